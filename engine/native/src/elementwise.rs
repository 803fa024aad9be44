//! Rules 4 and 5. Plain loops: with AVX2 enabled the compiler makes vector code of them, which has the same bits.
use crate::exact::{TINY, amax, double_power_of_two, exp8, exponent, power_of_two, wire};
use std::arch::x86_64::*;

const NORM_BITS: i32 = 18;

/// `to[i] = norm(x)[i] * weight[i]`, may be in place; -1 for NaN or infinity, else 0.
pub unsafe fn rms_norm(
    x: *const f32,
    offset: i32,
    n: i32,
    weight: *const f32,
    eps: f32,
    to: *mut f32,
    to_offset: i32,
) -> i32 {
    unsafe { rms_norm_avx2(x.add(offset as usize), n as usize, weight, eps, to.add(to_offset as usize)) }
}

#[target_feature(enable = "avx2")]
pub unsafe fn rms_norm_avx2(x: *const f32, n: usize, weight: *const f32, eps: f32, to: *mut f32) -> i32 {
    unsafe {
        let Some(largest) = amax(x, n) else { return -1 };
        if largest < TINY {
            for i in 0..n {
                *to.add(i) = 0.0;
            }
            return 0;
        }
        let e = exponent(largest);
        let scale = power_of_two(NORM_BITS - e);
        // Integers of 18 bits and sign: four sums of their squares, so that the additions overlap.
        let mut sums = [0i64; 4];
        for i in 0..n {
            let q = ((*x.add(i) * scale).round_ties_even()).to_int_unchecked::<i32>() as i64;
            sums[i % 4] += q * q;
        }
        let squares = sums.iter().sum::<i64>() as f64;
        let mean = squares * double_power_of_two(2 * (e - NORM_BITS)) / n as f64;
        let r = (1.0 / (mean + f64::from(eps)).sqrt()) as f32;
        for i in 0..n {
            *to.add(i) = (*x.add(i) * r) * *weight.add(i);
        }
        0
    }
}

/// `x[i] += y[i]`.
pub unsafe fn add(x: *mut f32, offset: i32, y: *const f32, y_offset: i32, n: i32) {
    unsafe { add_avx2(x.add(offset as usize), y.add(y_offset as usize), n as usize) }
}

#[target_feature(enable = "avx2")]
unsafe fn add_avx2(x: *mut f32, y: *const f32, n: usize) {
    for i in 0..n {
        unsafe { *x.add(i) += *y.add(i) };
    }
}

/// `x[i] = wire(x[i] + y[i])`.
pub unsafe fn add_wire(x: *mut f32, offset: i32, y: *const f32, y_offset: i32, n: i32) {
    unsafe { add_wire_avx2(x.add(offset as usize), y.add(y_offset as usize), n as usize) }
}

#[target_feature(enable = "avx2")]
unsafe fn add_wire_avx2(x: *mut f32, y: *const f32, n: usize) {
    for i in 0..n {
        unsafe { *x.add(i) = wire(*x.add(i) + *y.add(i)) };
    }
}

/// `g[i] = silu(g[i]) * u[i]`.
pub unsafe fn gate(g: *mut f32, g_offset: i32, u: *const f32, u_offset: i32, n: i32) {
    unsafe { gate_avx2(g.add(g_offset as usize), u.add(u_offset as usize), n as usize) }
}

#[target_feature(enable = "avx2")]
unsafe fn gate_avx2(g: *mut f32, u: *const f32, n: usize) {
    unsafe {
        let whole = n / 8 * 8;
        for i in (0..whole).step_by(8) {
            let value = gate8(_mm256_loadu_ps(g.add(i)), _mm256_loadu_ps(u.add(i)));
            _mm256_storeu_ps(g.add(i), value);
        }
        if whole < n {
            let mut last = [[0f32; 8]; 2];
            for i in whole..n {
                last[0][i - whole] = *g.add(i);
                last[1][i - whole] = *u.add(i);
            }
            let values: [f32; 8] =
                std::mem::transmute(gate8(_mm256_loadu_ps(last[0].as_ptr()), _mm256_loadu_ps(last[1].as_ptr())));
            for i in whole..n {
                *g.add(i) = values[i - whole];
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn gate8(g: __m256, u: __m256) -> __m256 {
    let e = exp8(_mm256_xor_ps(g, _mm256_set1_ps(-0.0)));
    _mm256_mul_ps(_mm256_div_ps(g, _mm256_add_ps(_mm256_set1_ps(1.0), e)), u)
}
