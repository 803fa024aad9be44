//! Rule 3: `A = sum_b 2^shift_b (kw_b sum_j q_j x_j + km_b sum_j x_j)`, `y = (f32)(A * (Sw * 2^t))`.
use crate::dot::{LANES, Pair, dot};
use crate::exact::double_power_of_two;
use crate::quantize::BLOCK;
use std::arch::x86_64::*;

/// Rows of one group of a packed matrix.
const GROUP: usize = 16;

/// Tokens whose totals stay in the first-level cache together.
const MAX_TOKENS: usize = 64;

/// A packed matrix as Java lays it out, and the tokens it meets.
struct Linear {
    words: *const i32,     // [group][word][row in group]
    kw: *const i16,        // [group][scale block][row in group]
    km: *const i16,        // as kw, or null
    row_scale: *const f32, // [row]
    rows: usize,
    columns: usize,
    scale_block: usize,    // 16 or 32
    x: *const i16,         // [block][token][32]
    split: *const i32,     // [eight columns][4], of a single token
    sums: *const i32,      // [block][token][2]
    shifts: *const i8,     // [block][token]
    exponents: *const i32, // [token]
    tokens: usize,
    padded: usize,
    y: *mut f32,
    stride: usize,
}

/// Rows `from .. to` (multiples of 16) for all tokens; `y[y_offset + token * y_stride + row]`.
///
/// `code_bits` is 4 or 8; `x` is then `pairs4` or `pairs8` of `theseus_quantize`.
pub unsafe fn linear(
    words: *const i32,
    kw: *const i16,
    km: *const i16,
    row_scale: *const f32,
    rows: i32,
    columns: i32,
    code_bits: i32,
    scale_block: i32,
    has_minimum: i32,
    x: *const i16,
    split: *const i32,
    sums: *const i32,
    shifts: *const i8,
    exponents: *const i32,
    tokens: i32,
    padded: i32,
    from: i32,
    to: i32,
    y: *mut f32,
    y_offset: i32,
    y_stride: i32,
) {
    let linear = Linear {
        words,
        kw,
        km: if has_minimum != 0 { km } else { std::ptr::null() },
        row_scale,
        rows: rows as usize,
        columns: columns as usize,
        scale_block: scale_block as usize,
        x,
        split,
        sums,
        shifts,
        exponents,
        tokens: tokens as usize,
        padded: padded as usize,
        y: unsafe { y.add(y_offset as usize) },
        stride: y_stride as usize,
    };
    unsafe {
        for row in (from as usize..(to as usize).min(linear.rows)).step_by(GROUP) {
            match (code_bits, tokens) {
                (4, 1) => linear.single4(row),
                (_, 1) => linear.single8(row),
                (4, _) => linear.chunks::<4>(row),
                (_, _) => linear.chunks::<8>(row),
            }
        }
    }
}

impl Linear {
    /// Pairs of columns in a word of codes of `BITS` bits.
    const fn pairs_per_word<const BITS: i32>() -> usize {
        (16 / BITS) as usize
    }

    /// The codes of a word's columns, still stored + 2^(BITS-1), as 16-bit pairs.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn codes<const BITS: i32>(word: __m256i, pair: usize) -> __m256i {
        let mask = _mm256_set1_epi32(if BITS == 4 { 0x000F_000F } else { 0x00FF_00FF });
        let shifted = match pair {
            0 => word,
            1 => _mm256_srli_epi32(word, BITS),
            2 => _mm256_srli_epi32(word, 8),
            _ => _mm256_srli_epi32(word, 12),
        };
        _mm256_and_si256(shifted, mask)
    }

    /// `-2^(BITS-1) * sum of x` of a scale block: takes back what is added to stored codes.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn centre<const BITS: i32>(&self, sum: i32) -> Pair {
        [_mm256_set1_epi32(-sum << (BITS - 1)); 2]
    }

    /// Sum of x over scale block `b`.
    #[inline(always)]
    unsafe fn sum(&self, b: usize, token: usize) -> i32 {
        unsafe {
            if self.scale_block == BLOCK {
                let at = self.sums.add(2 * (b * self.padded + token));
                *at + *at.add(1)
            } else {
                *self.sums.add(2 * (b / 2 * self.padded + token) + b % 2)
            }
        }
    }

    /// 16 int16 scales as doubles, four vectors.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn scales(from: *const i16) -> [__m256d; 4] {
        let wide =
            |i: usize| unsafe { _mm256_cvtepi32_pd(_mm_cvtepi16_epi32(_mm_loadl_epi64(from.add(4 * i).cast()))) };
        [wide(0), wide(1), wide(2), wide(3)]
    }

    /// `totals += kw * (sums << shift) + km * (x_sum << shift)`; every product and sum is an integer below 2^53.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn add<const BITS: i32>(
        totals: &mut [__m256d; 4],
        kw: &[__m256d; 4],
        km: Option<&[__m256d; 4]>,
        sums: &Pair,
        shift: i32,
        x_sum: i32,
    ) {
        // A block's sum is below 2^20 with codes of 4 bits, but reaches 2^24 with 8: there 2^7 more leaves no room in 32 bits.
        let count = _mm_cvtsi32_si128(if BITS == 4 { shift } else { 0 });
        let low = _mm256_sll_epi32(sums[0], count);
        let high = _mm256_sll_epi32(sums[1], count);
        let mut s = [
            _mm256_cvtepi32_pd(_mm256_castsi256_si128(low)),
            _mm256_cvtepi32_pd(_mm256_extracti128_si256(low, 1)),
            _mm256_cvtepi32_pd(_mm256_castsi256_si128(high)),
            _mm256_cvtepi32_pd(_mm256_extracti128_si256(high, 1)),
        ];
        if BITS != 4 {
            let unit = _mm256_set1_pd(double_power_of_two(shift));
            for part in &mut s {
                *part = _mm256_mul_pd(*part, unit);
            }
        }
        for i in 0..4 {
            totals[i] = _mm256_fmadd_pd(s[i], kw[i], totals[i]);
        }
        if let Some(km) = km {
            let x = _mm256_set1_pd(f64::from(x_sum << shift));
            for i in 0..4 {
                totals[i] = _mm256_fmadd_pd(km[i], x, totals[i]);
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn finish(&self, row: usize, token: usize, totals: &[f64; LANES]) {
        unsafe {
            let power = double_power_of_two(*self.exponents.add(token));
            for r in 0..LANES.min(self.rows - row) {
                let scale = f64::from(*self.row_scale.add(row + r)) * power;
                *self.y.add(token * self.stride + row + r) = (totals[r] * scale) as f32;
            }
        }
    }

    /// One token and codes of 4 bits, which meet the halves of x as bytes: 32 products an instruction, and 16-bit sums, which
    /// hold a block's (8 times 2 products of 15 and 64).
    #[target_feature(enable = "avx2,fma")]
    unsafe fn single4(&self, row: usize) {
        unsafe {
            let group = row / GROUP;
            let words_per_block = self.scale_block / 8;
            let blocks = self.columns / self.scale_block;
            let nibbles = _mm256_set1_epi8(15);
            let mut word = self.words.add(group * self.columns / 8 * GROUP).cast::<__m256i>();
            let mut x = self.split;
            let mut totals = [_mm256_setzero_pd(); 4];
            for b in 0..blocks {
                let mut high = [_mm256_setzero_si256(); 2];
                let mut low = [_mm256_setzero_si256(); 2];
                for _ in 0..words_per_block {
                    let q = |i: usize| _mm256_set1_epi32(x.add(i).read_unaligned());
                    let (even_high, even_low, odd_high, odd_low) = (q(0), q(1), q(2), q(3));
                    for half in 0..2 {
                        let v = _mm256_loadu_si256(word.add(half));
                        let even = _mm256_and_si256(v, nibbles);
                        let odd = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibbles);
                        high[half] = _mm256_add_epi16(high[half], _mm256_maddubs_epi16(even, even_high));
                        low[half] = _mm256_add_epi16(low[half], _mm256_maddubs_epi16(even, even_low));
                        high[half] = _mm256_add_epi16(high[half], _mm256_maddubs_epi16(odd, odd_high));
                        low[half] = _mm256_add_epi16(low[half], _mm256_maddubs_epi16(odd, odd_low));
                    }
                    word = word.add(2);
                    x = x.add(4);
                }
                let x_sum = self.sum(b, 0);
                let centre = self.centre::<4>(x_sum);
                let shift = i32::from(*self.shifts.add(b * self.scale_block / BLOCK));
                let unit = _mm256_set1_pd(double_power_of_two(shift));
                let at = (group * blocks + b) * GROUP;
                for half in 0..2 {
                    let sum = _mm256_add_epi32(
                        _mm256_add_epi32(centre[half], _mm256_madd_epi16(high[half], _mm256_set1_epi16(64))),
                        _mm256_madd_epi16(low[half], _mm256_set1_epi16(1)),
                    );
                    // Below 2^20 * 2^10.
                    let kw = _mm256_cvtepi16_epi32(_mm_loadu_si128(self.kw.add(at + 8 * half).cast()));
                    let product = _mm256_mullo_epi32(sum, kw);
                    let first = _mm256_cvtepi32_pd(_mm256_castsi256_si128(product));
                    let last = _mm256_cvtepi32_pd(_mm256_extracti128_si256(product, 1));
                    totals[2 * half] = _mm256_fmadd_pd(first, unit, totals[2 * half]);
                    totals[2 * half + 1] = _mm256_fmadd_pd(last, unit, totals[2 * half + 1]);
                }
                if !self.km.is_null() {
                    let km = Self::scales(self.km.add(at));
                    let x = _mm256_set1_pd(f64::from(x_sum << shift));
                    for i in 0..4 {
                        totals[i] = _mm256_fmadd_pd(km[i], x, totals[i]);
                    }
                }
            }
            let totals: [f64; LANES] = std::mem::transmute(totals);
            self.finish(row, 0, &totals);
        }
    }

    /// One token and codes of 8 bits, which go from the word straight into the product.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn single8(&self, row: usize) {
        unsafe {
            let group = row / GROUP;
            let words_per_block = self.scale_block / 4;
            let blocks = self.columns / self.scale_block;
            let mut word = self.words.add(group * self.columns / 4 * GROUP).cast::<__m256i>();
            let mut x = self.x.cast::<i32>();
            let mut totals = [_mm256_setzero_pd(); 4];
            for b in 0..blocks {
                let x_sum = self.sum(b, 0);
                let mut s = self.centre::<8>(x_sum);
                let mut t = [_mm256_setzero_si256(); 2];
                for _ in 0..words_per_block {
                    let (v, u) = (_mm256_loadu_si256(word), _mm256_loadu_si256(word.add(1)));
                    for p in 0..Self::pairs_per_word::<8>() {
                        let q = _mm256_set1_epi32(x.add(p).read_unaligned());
                        let to = if p % 2 == 0 { &mut s } else { &mut t };
                        to[0] = _mm256_add_epi32(to[0], _mm256_madd_epi16(Self::codes::<8>(v, p), q));
                        to[1] = _mm256_add_epi32(to[1], _mm256_madd_epi16(Self::codes::<8>(u, p), q));
                    }
                    word = word.add(2);
                    x = x.add(Self::pairs_per_word::<8>());
                }
                s = [_mm256_add_epi32(s[0], t[0]), _mm256_add_epi32(s[1], t[1])];
                let scale = (group * blocks + b) * GROUP;
                let kw = Self::scales(self.kw.add(scale));
                let km = if self.km.is_null() { None } else { Some(Self::scales(self.km.add(scale))) };
                let shift = i32::from(*self.shifts.add(b * self.scale_block / BLOCK));
                Self::add::<8>(&mut totals, &kw, km.as_ref(), &s, shift, x_sum);
            }
            let totals: [f64; LANES] = std::mem::transmute(totals);
            self.finish(row, 0, &totals);
        }
    }

    /// Several tokens, by the chunk.
    unsafe fn chunks<const BITS: i32>(&self, row: usize) {
        for from in (0..self.tokens).step_by(MAX_TOKENS) {
            unsafe { self.many::<BITS>(row, from, self.tokens.min(from + MAX_TOKENS)) };
        }
    }

    /// The tokens `from .. to`: the codes of a block are unpacked once, then meet the tokens four by four.
    #[target_feature(enable = "avx2,fma")]
    unsafe fn many<const BITS: i32>(&self, row: usize, from: usize, to: usize) {
        unsafe {
            let group = row / GROUP;
            let words_per_block = self.scale_block / (32 / BITS) as usize;
            let blocks = self.columns / self.scale_block;
            let pairs = self.scale_block / 2;
            let mut word = self.words.add(group * self.columns / (32 / BITS) as usize * GROUP).cast::<__m256i>();
            let mut totals = [[_mm256_setzero_pd(); 4]; MAX_TOKENS];
            let mut tile = [[_mm256_setzero_si256(); 2]; BLOCK / 2];
            for b in 0..blocks {
                for w in 0..words_per_block {
                    let (v, u) = (_mm256_loadu_si256(word), _mm256_loadu_si256(word.add(1)));
                    for p in 0..Self::pairs_per_word::<BITS>() {
                        tile[w * Self::pairs_per_word::<BITS>() + p] =
                            [Self::codes::<BITS>(v, p), Self::codes::<BITS>(u, p)];
                    }
                    word = word.add(2);
                }
                let scale = (group * blocks + b) * GROUP;
                let kw = Self::scales(self.kw.add(scale));
                let km = if self.km.is_null() { None } else { Some(Self::scales(self.km.add(scale))) };
                let mut token = from;
                while token < to {
                    let own = &mut totals[token - from..];
                    match to - token {
                        1 => self.tokens::<BITS, 1>(&tile, pairs, b, token, &kw, km.as_ref(), own),
                        2 => self.tokens::<BITS, 2>(&tile, pairs, b, token, &kw, km.as_ref(), own),
                        3 => self.tokens::<BITS, 3>(&tile, pairs, b, token, &kw, km.as_ref(), own),
                        _ => self.tokens::<BITS, 4>(&tile, pairs, b, token, &kw, km.as_ref(), own),
                    }
                    token += 4;
                }
            }
            for (i, total) in totals.iter().enumerate().take(to - from) {
                let total: [f64; LANES] = std::mem::transmute(*total);
                self.finish(row, from + i, &total);
            }
        }
    }

    /// One scale block of `T` tokens.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn tokens<const BITS: i32, const T: usize>(
        &self,
        tile: &[Pair; BLOCK / 2],
        pairs: usize,
        b: usize,
        token: usize,
        kw: &[__m256d; 4],
        km: Option<&[__m256d; 4]>,
        totals: &mut [[__m256d; 4]],
    ) {
        unsafe {
            let block = b * self.scale_block / BLOCK;
            let at = block * self.padded + token;
            let skip = b * self.scale_block % BLOCK / 2;
            let x = self.x.cast::<i32>().add(at * BLOCK / 2 + skip);
            let mut sums = crate::dot::zero::<T>();
            for t in 0..T {
                sums[t] = self.centre::<BITS>(self.sum(b, token + t));
            }
            dot::<T>(tile.as_ptr(), pairs, x, BLOCK / 2, &mut sums);
            for t in 0..T {
                let shift = i32::from(*self.shifts.add(at + t));
                Self::add::<BITS>(&mut totals[t], kw, km, &sums[t], shift, self.sum(b, token + t));
            }
        }
    }
}
