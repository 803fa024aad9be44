//! Rules 14 and 15: what only encoders of the BERT family need.
use crate::exact::{TINY, amax, double_power_of_two, exp8, exponent, power_of_two};
use std::arch::x86_64::*;

const NORM_BITS: i32 = 18;
const T_SLOPE: f32 = f32::from_bits(0x3E6D_3388); // 0x1.da671p-3
const A: [f32; 5] = [
    f32::from_bits(0x3F07_DC22), // 0x1.0fb844p-1
    f32::from_bits(0xBF3A_00E3), // -0x1.7401c6p-1
    f32::from_bits(0x3F35_F0E3), // 0x1.6be1c6p-1
    f32::from_bits(0xBE11_A98E), // -0x1.23531cp-3
    f32::from_bits(0x3E02_7906), // 0x1.04f20cp-3
];

/// `to[i] = layer_norm(x)[i] * weight[i] + bias[i]`, may be in place; -1 for NaN or infinity, else 0.
pub unsafe fn layer_norm(
    x: *const f32,
    offset: i32,
    n: i32,
    weight: *const f32,
    bias: *const f32,
    eps: f32,
    to: *mut f32,
    to_offset: i32,
) -> i32 {
    unsafe { layer_norm_avx2(x.add(offset as usize), n as usize, weight, bias, eps, to.add(to_offset as usize)) }
}

#[target_feature(enable = "avx2")]
unsafe fn layer_norm_avx2(
    x: *const f32,
    n: usize,
    weight: *const f32,
    bias: *const f32,
    eps: f32,
    to: *mut f32,
) -> i32 {
    unsafe {
        let Some(largest) = amax(x, n) else { return -1 };
        if largest < TINY {
            std::ptr::copy(bias, to, n);
            return 0;
        }
        let e = exponent(largest);
        let scale = power_of_two(NORM_BITS - e);
        let (mut sum, mut squares) = (0i64, 0i64);
        for i in 0..n {
            let q = i64::from((*x.add(i) * scale).round_ties_even().to_int_unchecked::<i32>());
            sum += q;
            squares += q * q;
        }
        let count = n as f64;
        let mean = (sum as f64 / count * double_power_of_two(e - NORM_BITS)) as f32;
        let spread = (n as i64 * squares - sum * sum) as f64 / (count * count);
        let variance = spread * double_power_of_two(2 * (e - NORM_BITS)) + f64::from(eps);
        let r = (1.0 / variance.sqrt()) as f32;
        for i in 0..n {
            *to.add(i) = ((*x.add(i) - mean) * r) * *weight.add(i) + *bias.add(i);
        }
        0
    }
}

/// `x[i] = gelu(x[i])` by the error function.
pub unsafe fn gelu(x: *mut f32, offset: i32, n: i32) {
    unsafe { gelu_avx2(x.add(offset as usize), n as usize) }
}

#[target_feature(enable = "avx2")]
unsafe fn gelu_avx2(x: *mut f32, n: usize) {
    unsafe {
        let whole = n / 8 * 8;
        for i in (0..whole).step_by(8) {
            _mm256_storeu_ps(x.add(i), gelu8(_mm256_loadu_ps(x.add(i))));
        }
        let mut last = [0f32; 8];
        std::ptr::copy(x.add(whole), last.as_mut_ptr(), n - whole);
        let values: [f32; 8] = std::mem::transmute(gelu8(_mm256_loadu_ps(last.as_ptr())));
        std::ptr::copy(values.as_ptr(), x.add(whole), n - whole);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn gelu8(x: __m256) -> __m256 {
    let one = _mm256_set1_ps(1.0);
    let magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0), x);
    let t = _mm256_div_ps(one, _mm256_add_ps(one, _mm256_mul_ps(magnitude, _mm256_set1_ps(T_SLOPE))));
    let mut y = _mm256_set1_ps(A[0]);
    for a in &A[1..] {
        y = _mm256_add_ps(_mm256_mul_ps(y, t), _mm256_set1_ps(*a));
    }
    let e = exp8(_mm256_mul_ps(_mm256_mul_ps(x, x), _mm256_set1_ps(-0.5)));
    let tail = _mm256_mul_ps(_mm256_mul_ps(y, t), e);
    let negative = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ);
    _mm256_mul_ps(x, _mm256_blendv_ps(_mm256_sub_ps(one, tail), tail, negative))
}
