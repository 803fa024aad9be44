//! Rule 1: rows of a model file become rows of a packed matrix.
use std::arch::x86_64::*;

/// Rows of one group.
const GROUP: usize = 16;
const MAX_KW: f32 = 1023.0;
const MAX_KM: f32 = 32767.0;
/// Columns of a block of the file.
const BLOCK: usize = 32;

/// Formats, by their numbers in GGUF.
const Q4_0: i32 = 2;
const Q4_1: i32 = 3;
const Q8_0: i32 = 8;

/// Packs the rows `from .. to` of a matrix whose first such row is at `data`.
///
/// - `words`: int32 [group][word][row in group]; codes + 8 (4 bits) or + 128 (8 bits), the first column in the lowest bits
/// - `kw`, `km`: int16 [group][block][row in group]; `km` for Q4_1 alone
/// - `row_scale`: f32 [row]
///
/// Returns -1 for NaN or infinity, -2 for another format, else 0.
pub unsafe fn pack(
    format: i32,
    data: *const u8,
    from: i32,
    to: i32,
    columns: i32,
    words: *mut i32,
    kw: *mut i16,
    km: *mut i16,
    row_scale: *mut f32,
) -> i32 {
    let blocks = columns as usize / BLOCK;
    let mut at = data;
    for row in from as usize..to as usize {
        let fine = unsafe {
            match format {
                Q4_0 => pack_row::<Q4_0>(at, row, blocks, words, kw, km, row_scale),
                Q4_1 => pack_row::<Q4_1>(at, row, blocks, words, kw, km, row_scale),
                Q8_0 => pack_row::<Q8_0>(at, row, blocks, words, kw, km, row_scale),
                _ => return -2,
            }
        };
        if !fine {
            return -1;
        }
        at = unsafe { at.add(blocks * bytes(format)) };
    }
    0
}

/// Bytes of a block.
const fn bytes(format: i32) -> usize {
    match format {
        Q4_0 => 18,
        Q4_1 => 20,
        _ => 34,
    }
}

#[target_feature(enable = "avx2,f16c")]
unsafe fn pack_row<const FORMAT: i32>(
    data: *const u8,
    row: usize,
    blocks: usize,
    words: *mut i32,
    kw: *mut i16,
    km: *mut i16,
    row_scale: *mut f32,
) -> bool {
    unsafe {
        let half = |at: *const u8| {
            _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(i32::from(at.cast::<u16>().read_unaligned()))))
        };
        let d = |b: usize| half(data.add(b * bytes(FORMAT)));
        let m = |b: usize| half(data.add(b * bytes(FORMAT) + 2)) + d(b) * 8.0;
        let (mut largest_d, mut largest_m) = (0f32, 0f32);
        for b in 0..blocks {
            let (d, m) = (d(b).abs(), if FORMAT == Q4_1 { m(b).abs() } else { 0.0 });
            if !(d <= f32::MAX) || !(m <= f32::MAX) {
                return false;
            }
            largest_d = largest_d.max(d);
            largest_m = largest_m.max(m);
        }
        let scale = (largest_d / MAX_KW).max(largest_m / MAX_KM);
        *row_scale.add(row) = scale;
        let per_block = if FORMAT == Q8_0 { 8 } else { 4 };
        let (group, lane) = (row / GROUP, row % GROUP);
        for b in 0..blocks {
            let to = (group * blocks + b) * GROUP + lane;
            *kw.add(to) = if scale == 0.0 { 0 } else { (d(b) / scale).round_ties_even() as i16 };
            if FORMAT == Q4_1 {
                *km.add(to) = if scale == 0.0 { 0 } else { (m(b) / scale).round_ties_even() as i16 };
            }
            let codes = data.add(b * bytes(FORMAT) + if FORMAT == Q4_1 { 4 } else { 2 });
            let to = words.add((group * blocks + b) * per_block * GROUP + lane);
            if FORMAT == Q8_0 {
                for w in 0..8 {
                    // Adding 128 to each byte, modulo 256, is flipping its sign.
                    *to.add(w * GROUP) = codes.cast::<i32>().add(w).read_unaligned() ^ 0x8080_8080u32 as i32;
                }
            } else {
                // Columns 0-15 are the low nibbles, 16-31 the high ones.
                let first = codes.cast::<u64>().read_unaligned();
                let second = codes.cast::<u64>().add(1).read_unaligned();
                *to = gather(first);
                *to.add(GROUP) = gather(second);
                *to.add(2 * GROUP) = gather(first >> 4);
                *to.add(3 * GROUP) = gather(second >> 4);
            }
        }
        true
    }
}

/// The low nibbles of eight bytes, side by side.
#[inline(always)]
fn gather(bytes: u64) -> i32 {
    let nibbles = bytes & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    (fours | fours >> 16) as i32
}
