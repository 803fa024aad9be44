//! Rule 2: the input of a linear layer as block floating point.
use crate::exact::{TINY, amax, exponent, power_of_two};
use std::arch::x86_64::*;

/// Columns that share an exponent.
pub const BLOCK: usize = 32;
const BITS: i32 = 12;
const WINDOW: i32 = 7;

/// Quantises `v[0..columns]` into token `token` of arrays for `padded` tokens.
///
/// - `pairs4`, `pairs8`: int16 [block][token][32], columns in the order in which 4-bit and 8-bit codes come out of their
///   words two by two: per eight (0,4) (1,5) (2,6) (3,7), per four (0,2) (1,3)
/// - `split`: int8 [eight columns][16], written for a single token alone: with x = 64 h + l and l in 0..63, the h of the even
///   columns, their l, the h of the odd columns, their l
/// - `sums`: int32 [block][token][2], of the integers of each 16 columns
/// - `shifts`: int8 [block][token]; `exponents`: int32 [token]
///
/// Returns 0, or -1 for NaN or infinity, and then has written nothing.
pub unsafe fn quantize(
    v: *const f32,
    offset: i32,
    columns: i32,
    pairs4: *mut i16,
    pairs8: *mut i16,
    split: *mut i8,
    sums: *mut i32,
    shifts: *mut i8,
    exponents: *mut i32,
    token: i32,
    padded: i32,
) -> i32 {
    unsafe {
        quantize_avx2(
            v.add(offset as usize),
            columns as usize,
            pairs4,
            pairs8,
            split,
            sums,
            shifts,
            exponents,
            token as usize,
            padded as usize,
        )
    }
}

#[target_feature(enable = "avx2")]
unsafe fn quantize_avx2(
    v: *const f32,
    columns: usize,
    pairs4: *mut i16,
    pairs8: *mut i16,
    split: *mut i8,
    sums: *mut i32,
    shifts: *mut i8,
    exponents: *mut i32,
    token: usize,
    padded: usize,
) -> i32 {
    unsafe {
        let Some(largest) = amax(v, columns) else { return -1 };
        let zero = largest < TINY;
        let low = if zero { 0 } else { exponent(largest) - WINDOW };
        *exponents.add(token) = if zero { 0 } else { low - BITS };
        for block in 0..columns / BLOCK {
            let at = block * padded + token;
            let from = v.add(block * BLOCK);
            let to4 = pairs4.add(at * BLOCK).cast::<__m128i>();
            let to8 = pairs8.add(at * BLOCK).cast::<__m128i>();
            if zero {
                for i in 0..4 {
                    if padded == 1 {
                        _mm_storeu_si128(split.add((block * 4 + i) * 16).cast(), _mm_setzero_si128());
                    }
                    _mm_storeu_si128(to4.add(i), _mm_setzero_si128());
                    _mm_storeu_si128(to8.add(i), _mm_setzero_si128());
                }
                *sums.add(2 * at) = 0;
                *sums.add(2 * at + 1) = 0;
                *shifts.add(at) = 0;
                continue;
            }
            let block_max = amax(from, BLOCK).unwrap_or(0.0);
            let e = if block_max == 0.0 { low } else { exponent(block_max).max(low) };
            let scale = _mm256_set1_ps(power_of_two(BITS - e));
            *shifts.add(at) = (e - low) as i8;
            let mut halves = [_mm_setzero_si128(); 2];
            for i in 0..4 {
                let scaled = _mm256_mul_ps(_mm256_loadu_ps(from.add(8 * i)), scale);
                let q = _mm256_cvtps_epi32(scaled); // the default rounding: ties to even
                let first = _mm256_castsi256_si128(q);
                let last = _mm256_extracti128_si256(q, 1);
                if padded == 1 {
                    _mm_storeu_si128(split.add((block * 4 + i) * 16).cast(), halved(q));
                }
                halves[i / 2] = _mm_add_epi32(halves[i / 2], _mm_add_epi32(first, last));
                _mm_storeu_si128(to4.add(i), pair(first, last));
                _mm_storeu_si128(to8.add(i), pair(_mm_unpacklo_epi64(first, last), _mm_unpackhi_epi64(first, last)));
            }
            *sums.add(2 * at) = total(halves[0]);
            *sums.add(2 * at + 1) = total(halves[1]);
        }
        0
    }
}

/// Eight integers as bytes h and l of x = 64 h + l: even columns' h, even l, odd h, odd l.
#[target_feature(enable = "avx2")]
fn halved(q: __m256i) -> __m128i {
    let high = _mm256_srai_epi32(q, 6);
    let low = _mm256_and_si256(q, _mm256_set1_epi32(63));
    // 16-bit lanes: h0-3 l0-3 | h4-7 l4-7; as bytes the same order in the lower half of each 128 bits.
    let words = _mm256_packs_epi32(high, low);
    let bytes = _mm256_packs_epi16(words, words);
    // h0-3 l0-3 h4-7 l4-7
    let all = _mm_unpacklo_epi64(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    _mm_shuffle_epi8(all, _mm_setr_epi8(0, 2, 8, 10, 4, 6, 12, 14, 1, 3, 9, 11, 5, 7, 13, 15))
}

/// Lanes of `low` in the lower and of `high` in the upper 16 bits.
#[target_feature(enable = "avx2")]
fn pair(low: __m128i, high: __m128i) -> __m128i {
    _mm_blend_epi16(low, _mm_slli_epi32(high, 16), 0xAA)
}

#[target_feature(enable = "avx2")]
fn total(v: __m128i) -> i32 {
    let two = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0b01_00_11_10));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0b10_11_00_01)))
}
