//! Rules 4, 5 and 10: elementwise functions whose bits do not depend on the machine. Rust neither reorders nor contracts
//! floating-point operations, so what is written is what is computed.
use std::arch::x86_64::*;

/// Largest magnitude below which a vector counts as zero.
pub const TINY: f32 = f32::from_bits(0x0D80_0000); // 2^-100

const LOG2_E: f32 = f32::from_bits(0x3FB8_AA3B);
const LN2_HIGH: f32 = 0.693_359_375;
const LN2_LOW: f32 = f32::from_bits(0xB95E_8083);
const C5: f32 = f32::from_bits(0x3C08_3128);
const C4: f32 = f32::from_bits(0x3D2B_9532);
const C3: f32 = f32::from_bits(0x3E2A_ABD8);
const C2: f32 = f32::from_bits(0x3EFF_FEFE);

/// Adding and subtracting this rounds a float of magnitude below 2^22 to an integer, ties to even.
const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23

/// e^x of rule 10 for eight values.
#[inline]
#[target_feature(enable = "avx2")]
pub fn exp8(x: __m256) -> __m256 {
    let set = |v: f32| _mm256_set1_ps(v);
    let clipped = _mm256_blendv_ps(x, set(88.0), _mm256_cmp_ps(x, set(88.0), _CMP_GT_OQ));
    let rounded = _mm256_add_ps(_mm256_mul_ps(clipped, set(LOG2_E)), set(ROUND));
    let n = _mm256_sub_ps(rounded, set(ROUND));
    let r = _mm256_sub_ps(_mm256_sub_ps(clipped, _mm256_mul_ps(n, set(LN2_HIGH))), _mm256_mul_ps(n, set(LN2_LOW)));
    let mut y = _mm256_add_ps(_mm256_mul_ps(set(C5), r), set(C4));
    for c in [C3, C2, 1.0, 1.0] {
        y = _mm256_add_ps(_mm256_mul_ps(y, r), set(c));
    }
    let bias = 127u32.wrapping_sub(ROUND.to_bits()) as i32;
    let power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_castps_si256(rounded), _mm256_set1_epi32(bias)), 23);
    let value = _mm256_mul_ps(y, _mm256_castsi256_ps(power));
    _mm256_andnot_ps(_mm256_cmp_ps(x, set(-86.0), _CMP_LT_OQ), value)
}

/// 2^k for k in -126..127.
#[inline(always)]
pub fn power_of_two(k: i32) -> f32 {
    f32::from_bits(((k + 127) as u32) << 23)
}

/// 2^k for k in -1022..1023.
#[inline(always)]
pub fn double_power_of_two(k: i32) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// The integer E with 2^(E-1) <= a < 2^E for normal a > 0; -126 for subnormals and zero.
#[inline(always)]
pub fn exponent(a: f32) -> i32 {
    ((a.to_bits() >> 23) & 0xFF) as i32 - 126
}

/// bf16 with ties to even: the format of the residual between layers.
#[inline(always)]
pub fn wire(x: f32) -> f32 {
    let bits = x.to_bits();
    f32::from_bits(bits.wrapping_add(0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000)
}

/// x >= 0 rounded up to bf16: the format of the scales of K and V.
#[inline(always)]
pub fn up_to_bf16(x: f32) -> f32 {
    f32::from_bits(x.to_bits().wrapping_add(0xFFFF) & 0xFFFF_0000)
}

/// Largest magnitude, or None if a value is NaN or infinite. Compares bits: the order of magnitudes, with NaN on top.
#[inline(always)]
pub unsafe fn amax(v: *const f32, n: usize) -> Option<f32> {
    let mut largest = 0i32;
    for i in 0..n {
        largest = largest.max((unsafe { *v.add(i) }.to_bits() & 0x7FFF_FFFF) as i32);
    }
    if largest >= 0x7F80_0000 { None } else { Some(f32::from_bits(largest as u32)) }
}
