//! AVX2 and FMA.

use std::arch::x86_64::*;

use crate::lanes::{LANES, Lanes};
use crate::product::{BLOCK, GROUP, Tile, with_rows};

/// Rows whose sums fill the registers.
pub const MOST_ROWS: usize = 2;

#[target_feature(enable = "avx2,fma")]
pub fn tile(tile: Tile, out: &mut [f32], width: usize) {
    with_rows!(tile.factors.len(), rows, tile, out, width; 1 2);
}

#[target_feature(enable = "avx2,fma")]
fn rows<const ROWS: usize>(tile: Tile, out: &mut [f32], width: usize) {
    let inputs = tile.inputs();
    assert!(tile.bytes.len() == ROWS * inputs && tile.factors.len() == ROWS);
    assert!(out.len() >= (ROWS - 1) * width + BLOCK);
    let ones = _mm256_set1_epi16(1);
    let mut sums = [[_mm256_setzero_si256(); 4]; ROWS];
    for group in 0..inputs / GROUP {
        // SAFETY: the assertions above; a group of weights is BLOCK * GROUP bytes.
        unsafe {
            let weights = tile.weights.as_ptr().add(group * BLOCK * GROUP);
            for (row, sums) in sums.iter_mut().enumerate() {
                let bytes = tile.bytes.as_ptr().add(row * inputs + group * GROUP).cast::<i32>();
                let bytes = _mm256_set1_epi32(bytes.read_unaligned());
                for (quarter, sum) in sums.iter_mut().enumerate() {
                    let weights = _mm256_loadu_si256(weights.add(quarter * 32).cast());
                    // See [`crate::product::MOST_WEIGHT`].
                    let products = _mm256_maddubs_epi16(bytes, weights);
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(products, ones));
                }
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let factor = _mm256_set1_ps(tile.factors[row]);
        for (quarter, &sum) in sums.iter().enumerate() {
            // SAFETY: the assertions above.
            unsafe {
                let excess = _mm256_loadu_si256(tile.excess.as_ptr().add(quarter * 8).cast());
                let scales = _mm256_loadu_ps(tile.scales.as_ptr().add(quarter * 8));
                let exact = _mm256_cvtepi32_ps(_mm256_sub_epi32(sum, excess));
                let scaled = _mm256_mul_ps(exact, _mm256_mul_ps(scales, factor));
                _mm256_storeu_ps(out.as_mut_ptr().add(row * width + quarter * 8), scaled);
            }
        }
    }
}

impl Lanes for [__m256; 2] {
    #[inline(always)]
    unsafe fn load(numbers: &[f32; LANES]) -> Self {
        // SAFETY: see the trait; there are two halves.
        unsafe { [_mm256_loadu_ps(numbers.as_ptr()), _mm256_loadu_ps(numbers.as_ptr().add(8))] }
    }

    #[inline(always)]
    unsafe fn store(self, numbers: &mut [f32; LANES]) {
        // SAFETY: see the trait; there are two halves.
        unsafe {
            _mm256_storeu_ps(numbers.as_mut_ptr(), self[0]);
            _mm256_storeu_ps(numbers.as_mut_ptr().add(8), self[1]);
        }
    }

    #[inline(always)]
    unsafe fn plus_times(self, factor: f32, numbers: Self) -> Self {
        // SAFETY: see the trait.
        unsafe {
            let factor = _mm256_set1_ps(factor);
            [_mm256_fmadd_ps(factor, numbers[0], self[0]), _mm256_fmadd_ps(factor, numbers[1], self[1])]
        }
    }
}
