//! Rules 6 to 8: heads of q and k on their way into attention.
use crate::elementwise::rms_norm_avx2;
use crate::exact::{TINY, amax, up_to_bf16};

/// Positions of a block of KV state.
const POSITIONS: usize = 64;
const RANGE: f32 = 127.0;

/// Normalises (if `norm` is given), rotates and transforms `heads` consecutive heads of width `d`, in place.
///
/// `cosines`, `sines`: [half] from `table_at`; `neighbours`: pairs are (2i, 2i+1), else (i, i+half).
/// Returns -1 for NaN or infinity, else 0.
pub unsafe fn rotate(
    v: *mut f32,
    offset: i32,
    heads: i32,
    d: i32,
    norm: *const f32,
    has_norm: i32,
    eps: f32,
    cosines: *const f32,
    sines: *const f32,
    table_at: i32,
    half: i32,
    neighbours: i32,
) -> i32 {
    unsafe {
        let (cosines, sines) = (cosines.add(table_at as usize), sines.add(table_at as usize));
        for head in 0..heads as usize {
            let x = v.add(offset as usize + head * d as usize);
            if has_norm != 0 && rms_norm_avx2(x, d as usize, norm, eps, x) != 0 {
                return -1;
            }
            rotate_avx2(x, cosines, sines, half as usize, neighbours != 0);
            hadamard(x, d as usize);
        }
    }
    0
}

#[target_feature(enable = "avx2")]
unsafe fn rotate_avx2(v: *mut f32, cosines: *const f32, sines: *const f32, half: usize, neighbours: bool) {
    unsafe {
        for i in 0..half {
            let (first, second) = if neighbours { (2 * i, 2 * i + 1) } else { (i, i + half) };
            let (c, s) = (*cosines.add(i), *sines.add(i));
            let (a, b) = (*v.add(first), *v.add(second));
            *v.add(first) = a * c - b * s;
            *v.add(second) = a * s + b * c;
        }
    }
}

/// Blocks of the largest power of two that divides `n`, not normalised.
#[target_feature(enable = "avx2")]
unsafe fn hadamard(v: *mut f32, n: usize) {
    let block = n & n.wrapping_neg();
    let mut stride = 1;
    while stride < block {
        let mut base = 0;
        while base < n {
            for i in base..base + stride {
                unsafe {
                    let (a, b) = (*v.add(i), *v.add(i + stride));
                    *v.add(i) = a + b;
                    *v.add(i + stride) = a - b;
                }
            }
            base += 2 * stride;
        }
        stride *= 2;
    }
}

/// Stores K and V of one position for `heads` kv heads of a layer: K [head][channel][position], V [head][position][channel].
///
/// Returns -1 for NaN or infinity, else 0.
pub unsafe fn store(
    key: *const f32,
    value: *const f32,
    offset: i32,
    heads: i32,
    d: i32,
    position: i32,
    k: *mut i8,
    k_at: i32,
    v: *mut i8,
    v_at: i32,
    v_stride: i32,
    k_scale: *mut f32,
    v_scale: *mut f32,
    scale_at: i32,
) -> i32 {
    let (d, position, v_stride) = (d as usize, position as usize, v_stride as usize);
    for head in 0..heads as usize {
        unsafe {
            let from = offset as usize + head * d;
            let scale = scale_at as usize + head * POSITIONS + position;
            let to_k = k.add(k_at as usize + head * d * POSITIONS + position);
            let to_v = v.add(v_at as usize + (head * POSITIONS + position) * v_stride);
            let fine = quantize_avx2(key.add(from), d, to_k, POSITIONS, k_scale.add(scale))
                && quantize_avx2(value.add(from), d, to_v, 1, v_scale.add(scale));
            if !fine {
                return -1;
            }
        }
    }
    0
}

#[target_feature(enable = "avx2")]
unsafe fn quantize_avx2(from: *const f32, d: usize, to: *mut i8, stride: usize, scale: *mut f32) -> bool {
    unsafe {
        let Some(largest) = amax(from, d) else { return false };
        let zero = largest < TINY;
        let s = if zero { 0.0 } else { up_to_bf16(largest / RANGE) };
        let inverse = if zero { 0.0 } else { 1.0 / s };
        for i in 0..d {
            let q = (*from.add(i) * inverse).round_ties_even().max(-RANGE).min(RANGE);
            *to.add(i * stride) = q.to_int_unchecked::<i32>() as i8;
        }
        *scale = s;
        true
    }
}
