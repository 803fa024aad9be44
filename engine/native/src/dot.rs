//! The inner product of everything: 16 lanes (rows, positions or channels) against up to four vectors of integers.
use std::arch::x86_64::*;

/// Lanes of a tile: two vectors of 32-bit sums.
pub const LANES: usize = 16;

/// 16-bit pairs of 16 lanes, one element a pair: lanes 0-7, then 8-15.
pub type Pair = [__m256i; 2];

/// `start + sum over pairs of tile[pair][lane] . x[pair]` for `T` vectors, each `stride` 32-bit pairs after the last.
///
/// Two multiply-adds and two additions per pair and vector: with four vectors every vector unit of an AVX2 machine is
/// busy every cycle, and the 8 sums, 2 weights, 1 broadcast and the products fit into 16 registers.
#[inline]
#[target_feature(enable = "avx2")]
pub unsafe fn dot<const T: usize>(tile: *const Pair, pairs: usize, x: *const i32, stride: usize, sums: &mut [Pair; T]) {
    let mut acc = *sums;
    for p in 0..pairs {
        let [a, b] = unsafe { *tile.add(p) };
        for t in 0..T {
            let q = _mm256_set1_epi32(unsafe { x.add(t * stride + p).read_unaligned() });
            acc[t][0] = _mm256_add_epi32(acc[t][0], _mm256_madd_epi16(a, q));
            acc[t][1] = _mm256_add_epi32(acc[t][1], _mm256_madd_epi16(b, q));
        }
    }
    *sums = acc;
}

/// Sums of zero.
#[inline]
#[target_feature(enable = "avx2")]
pub fn zero<const T: usize>() -> [Pair; T] {
    [[_mm256_setzero_si256(); 2]; T]
}

/// Two rows of 16 bytes as pairs of 16-bit integers.
#[inline]
#[target_feature(enable = "avx2")]
pub unsafe fn interleave(first: *const i8, second: *const i8) -> Pair {
    unsafe {
        let a = _mm_loadu_si128(first.cast());
        let b = _mm_loadu_si128(second.cast());
        [_mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b)), _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b))]
    }
}
