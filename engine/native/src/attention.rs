//! Rule 9, in steps that each see one block of KV state, because the blocks are separate arrays.
use crate::dot::{LANES, dot, interleave, zero};
use crate::exact::{TINY, amax, double_power_of_two, exp8, exponent, power_of_two};
use crate::quantize::BLOCK;
use std::arch::x86_64::*;

/// Positions of a block of KV state.
const POSITIONS: usize = 64;
/// Widest head.
const MAX_HEAD: usize = 512;
const BITS: i32 = 12;
const WEIGHT_WINDOW: i32 = 16;

/// Rule 8 for the queries of `tokens` tokens of `group` heads each: integers [query][d] and the scale of each.
///
/// Returns -1 for NaN or infinity, else 0.
pub unsafe fn queries(
    q: *const f32,
    offset: i32,
    stride: i32,
    tokens: i32,
    group: i32,
    d: i32,
    range: f32,
    factor: f32,
    queries: *mut i16,
    scales: *mut f32,
) -> i32 {
    unsafe {
        for query in 0..(tokens * group) as usize {
            let token = query / group as usize;
            let from = offset as usize + token * stride as usize + query % group as usize * d as usize;
            if !load_query(q.add(from), d as usize, range, factor, queries.add(query * d as usize), scales.add(query)) {
                return -1;
            }
        }
    }
    0
}

#[target_feature(enable = "avx2")]
unsafe fn load_query(v: *const f32, d: usize, range: f32, factor: f32, to: *mut i16, scale: *mut f32) -> bool {
    unsafe {
        let Some(largest) = amax(v, d) else { return false };
        let zero = largest < TINY;
        let s = if zero { 0.0 } else { largest / range };
        let inverse = if zero { 0.0 } else { 1.0 / s };
        for i in 0..d {
            let x = (*v.add(i) * inverse).round_ties_even().max(-range).min(range);
            *to.add(i) = if zero { 0 } else { x.to_int_unchecked::<i32>() as i16 };
        }
        *scale = s * factor;
    }
    true
}

/// `scores[query][first + j] = ((f32)(q . k_j) * query scale) * k scale_j` for all 64 positions j of a block; also copies the
/// block's V scales to `v_scales[first + j]`.
///
/// `k`: int8 [channel][position] from `k_at`; `stride`: floats of a row of scores.
pub unsafe fn scores(
    k: *const i8,
    k_at: i32,
    k_scale: *const f32,
    v_scale: *const f32,
    scale_at: i32,
    d: i32,
    queries: *const i16,
    query_scales: *const f32,
    count: i32,
    scores: *mut f32,
    v_scales: *mut f32,
    stride: i32,
    first: i32,
) {
    unsafe {
        let scales = scale_at as usize;
        for j in 0..POSITIONS {
            *v_scales.add(first as usize + j) = *v_scale.add(scales + j);
        }
        scores_of_block(
            k.add(k_at as usize),
            k_scale.add(scales),
            d as usize,
            queries,
            query_scales,
            count as usize,
            scores.add(first as usize),
            stride as usize,
        );
    }
}

#[target_feature(enable = "avx2")]
unsafe fn scores_of_block(
    k: *const i8,
    k_scale: *const f32,
    d: usize,
    queries: *const i16,
    query_scales: *const f32,
    count: usize,
    scores: *mut f32,
    stride: usize,
) {
    unsafe {
        let mut tile = [[_mm256_setzero_si256(); 2]; MAX_HEAD / 2];
        for from in (0..POSITIONS).step_by(LANES) {
            for p in 0..d / 2 {
                let row = k.add(2 * p * POSITIONS + from);
                tile[p] = interleave(row, row.add(POSITIONS));
            }
            let sk = [_mm256_loadu_ps(k_scale.add(from)), _mm256_loadu_ps(k_scale.add(from + 8))];
            let mut query = 0;
            while query < count {
                let x = queries.add(query * d).cast::<i32>();
                let to = scores.add(query * stride + from);
                let sq = query_scales.add(query);
                match count - query {
                    1 => scores_of_queries::<1>(tile.as_ptr(), d, x, sq, &sk, to, stride),
                    2 => scores_of_queries::<2>(tile.as_ptr(), d, x, sq, &sk, to, stride),
                    3 => scores_of_queries::<3>(tile.as_ptr(), d, x, sq, &sk, to, stride),
                    _ => scores_of_queries::<4>(tile.as_ptr(), d, x, sq, &sk, to, stride),
                }
                query += 4;
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn scores_of_queries<const T: usize>(
    tile: *const [__m256i; 2],
    d: usize,
    x: *const i32,
    scales: *const f32,
    sk: &[__m256; 2],
    to: *mut f32,
    stride: usize,
) {
    unsafe {
        let mut sums = zero::<T>();
        dot::<T>(tile, d / 2, x, d / 2, &mut sums);
        for t in 0..T {
            let sq = _mm256_set1_ps(*scales.add(t));
            for half in 0..2 {
                let z = _mm256_mul_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sums[t][half]), sq), sk[half]);
                _mm256_storeu_ps(to.add(t * stride + 8 * half), z);
            }
        }
    }
}

/// From scores to integer weights, for each query over the `visible` positions of its token.
///
/// - `scores`: f32 [query][stride], overwritten
/// - `weights`: int16 [query][stride], u of rule 9, 0 where a query sees nothing
/// - `shifts`: int8 [query][stride / 32], e_b - low
/// - `factors`: f64 [query], 2^(low + 18) / denominator, or 0 where the result is zero
///
/// Token t sees `first_visible + t` positions. Returns -1 for a score that is NaN or infinite, else 0.
pub unsafe fn weights(
    scores: *mut f32,
    stride: i32,
    tokens: i32,
    group: i32,
    first_visible: i32,
    v_scales: *const f32,
    weights: *mut i16,
    shifts: *mut i8,
    factors: *mut f64,
) -> i32 {
    let stride = stride as usize;
    for query in 0..(tokens * group) as usize {
        let n = first_visible as usize + query / group as usize;
        let fine = unsafe {
            weigh(
                scores.add(query * stride),
                n,
                stride,
                v_scales,
                weights.add(query * stride),
                shifts.add(query * (stride / BLOCK)),
                factors.add(query),
            )
        };
        if !fine {
            return -1;
        }
    }
    0
}

#[target_feature(enable = "avx2")]
unsafe fn weigh(
    w: *mut f32,
    n: usize,
    stride: usize,
    v_scales: *const f32,
    weights: *mut i16,
    shifts: *mut i8,
    factor: *mut f64,
) -> bool {
    unsafe {
        // What a query does not see gets the score of minus infinity, so that whole vectors can be taken: exp makes it 0.
        for j in n..stride {
            *w.add(j) = f32::NEG_INFINITY;
        }
        let end = n.next_multiple_of(8);
        let Some(m) = largest_score(w, end) else { return false };
        let (denominator, top) = probabilities(w, end, m, v_scales);
        for j in end..stride {
            *w.add(j) = 0.0;
        }
        let zero = top < TINY;
        let low = exponent(top) - WEIGHT_WINDOW;
        for b in 0..stride / BLOCK {
            let from = w.add(b * BLOCK);
            let block_max = amax(from, BLOCK).unwrap_or(0.0);
            let e = if block_max == 0.0 { low } else { exponent(block_max).max(low) };
            let scale = _mm256_set1_ps(if zero { 0.0 } else { power_of_two(BITS - e) });
            for i in 0..2 {
                let first = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(from.add(16 * i)), scale));
                let last = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(from.add(16 * i + 8)), scale));
                let u = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, last), 0b11_01_10_00);
                _mm256_storeu_si256(weights.add(b * BLOCK + 16 * i).cast(), u);
            }
            *shifts.add(b) = if zero { 0 } else { (e - low) as i8 };
        }
        *factor = if zero { 0.0 } else { double_power_of_two(low - BITS + 30) / denominator as f64 };
        true
    }
}

/// The largest of `n` scores, or None if one is NaN or the largest is infinite.
#[target_feature(enable = "avx2")]
unsafe fn largest_score(w: *const f32, n: usize) -> Option<f32> {
    unsafe {
        let mut largest = _mm256_set1_ps(f32::NEG_INFINITY);
        let mut odd = _mm256_setzero_ps();
        for j in (0..n).step_by(8) {
            let z = _mm256_loadu_ps(w.add(j));
            odd = _mm256_or_ps(odd, _mm256_cmp_ps(z, z, _CMP_UNORD_Q));
            largest = _mm256_max_ps(largest, z);
        }
        let lanes: [f32; 8] = std::mem::transmute(largest);
        let m = lanes.iter().fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
        if _mm256_movemask_ps(odd) != 0 || m.abs() > f32::MAX { None } else { Some(m) }
    }
}

/// Turns scores into `w_j = p_j * v_scale_j`; returns the sum of rint(p_j * 2^30) and the largest w_j.
#[target_feature(enable = "avx2")]
unsafe fn probabilities(w: *mut f32, n: usize, m: f32, v_scales: *const f32) -> (i64, f32) {
    unsafe {
        let mut denominator = _mm256_setzero_si256();
        let mut top = _mm256_setzero_ps();
        for j in (0..n).step_by(8) {
            let p = exp8(_mm256_sub_ps(_mm256_loadu_ps(w.add(j)), _mm256_set1_ps(m)));
            let whole = _mm256_cvtps_epi32(_mm256_mul_ps(p, _mm256_set1_ps(1_073_741_824.0)));
            // At most 2^30 each, so unsigned halves of 64-bit lanes.
            denominator = _mm256_add_epi64(denominator, _mm256_and_si256(whole, _mm256_set1_epi64x(0xFFFF_FFFF)));
            denominator = _mm256_add_epi64(denominator, _mm256_srli_epi64(whole, 32));
            let weight = _mm256_mul_ps(p, _mm256_loadu_ps(v_scales.add(j)));
            _mm256_storeu_ps(w.add(j), weight);
            top = _mm256_max_ps(top, weight);
        }
        let sums: [i64; 4] = std::mem::transmute(denominator);
        let tops: [f32; 8] = std::mem::transmute(top);
        (sums.iter().sum(), tops.iter().fold(0.0, |a, &b| if b > a { b } else { a }))
    }
}

/// `totals[query][channel] += 2^shift * sum over positions of u * v` for the 64 positions of a block.
///
/// `v`: int8 [position][channel] from `v_at`, rows `v_stride` bytes apart; `totals`: int64 [query][width], width a multiple of
/// 16; `stride` and `first` as in `theseus_scores`.
pub unsafe fn values(
    v: *const i8,
    v_at: i32,
    v_stride: i32,
    weights: *const i16,
    shifts: *const i8,
    stride: i32,
    first: i32,
    count: i32,
    totals: *mut i64,
    width: i32,
) {
    unsafe {
        values_avx2(
            v.add(v_at as usize),
            v_stride as usize,
            weights.add(first as usize),
            shifts.add(first as usize / BLOCK),
            stride as usize,
            count as usize,
            totals,
            width as usize,
        );
    }
}

#[target_feature(enable = "avx2")]
unsafe fn values_avx2(
    v: *const i8,
    v_stride: usize,
    weights: *const i16,
    shifts: *const i8,
    stride: usize,
    count: usize,
    totals: *mut i64,
    width: usize,
) {
    unsafe {
        let mut tile = [[_mm256_setzero_si256(); 2]; BLOCK / 2];
        for b in 0..POSITIONS / BLOCK {
            for from in (0..width).step_by(LANES) {
                for (p, pair) in tile.iter_mut().enumerate() {
                    let row = v.add((b * BLOCK + 2 * p) * v_stride + from);
                    *pair = interleave(row, row.add(v_stride));
                }
                let mut query = 0;
                while query < count {
                    let x = weights.add(query * stride + b * BLOCK).cast::<i32>();
                    let shift = shifts.add(query * (stride / BLOCK) + b);
                    let to = totals.add(query * width + from);
                    match count - query {
                        1 => values_of_queries::<1>(tile.as_ptr(), x, stride, shift, to, width),
                        2 => values_of_queries::<2>(tile.as_ptr(), x, stride, shift, to, width),
                        3 => values_of_queries::<3>(tile.as_ptr(), x, stride, shift, to, width),
                        _ => values_of_queries::<4>(tile.as_ptr(), x, stride, shift, to, width),
                    }
                    query += 4;
                }
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn values_of_queries<const T: usize>(
    tile: *const [__m256i; 2],
    x: *const i32,
    stride: usize,
    shifts: *const i8,
    to: *mut i64,
    width: usize,
) {
    unsafe {
        let mut sums = zero::<T>();
        dot::<T>(tile, BLOCK / 2, x, stride / 2, &mut sums);
        for t in 0..T {
            let shift = _mm_cvtsi32_si128(i32::from(*shifts.add(t * (stride / BLOCK))));
            for half in 0..2 {
                let s = sums[t][half];
                let wide = [
                    _mm256_cvtepi32_epi64(_mm256_castsi256_si128(s)),
                    _mm256_cvtepi32_epi64(_mm256_extracti128_si256(s, 1)),
                ];
                for (i, part) in wide.iter().enumerate() {
                    let at = to.add(t * width + 8 * half + 4 * i).cast::<__m256i>();
                    let sum = _mm256_add_epi64(_mm256_loadu_si256(at), _mm256_sll_epi64(*part, shift));
                    _mm256_storeu_si256(at, sum);
                }
            }
        }
    }
}

/// `out[out_offset + token * out_stride + head in group * d + channel] = (f32)((f64)total * factor)`.
pub unsafe fn attended(
    totals: *const i64,
    width: i32,
    factors: *const f64,
    tokens: i32,
    group: i32,
    d: i32,
    out: *mut f32,
    out_offset: i32,
    out_stride: i32,
) {
    let (group, d) = (group as usize, d as usize);
    for query in 0..tokens as usize * group {
        let at = out_offset as usize + query / group * out_stride as usize + query % group * d;
        unsafe {
            let factor = *factors.add(query);
            for c in 0..d {
                *out.add(at + c) = (*totals.add(query * width as usize + c) as f64 * factor) as f32;
            }
        }
    }
}
