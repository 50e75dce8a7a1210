//! AVX-512 with VNNI's products of bytes.

use std::arch::x86_64::*;

use crate::lanes::{LANES, Lanes};
use crate::product::{BLOCK, GROUP, Tile, with_rows};

/// Rows whose sums fill the registers.
pub const MOST_ROWS: usize = 14;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub fn tile(tile: Tile, out: &mut [f32], width: usize) {
    with_rows!(tile.factors.len(), rows, tile, out, width; 1 2 3 4 5 6 7 8 9 10 11 12 13 14);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn rows<const ROWS: usize>(tile: Tile, out: &mut [f32], width: usize) {
    let inputs = tile.inputs();
    assert!(tile.bytes.len() == ROWS * inputs && tile.factors.len() == ROWS);
    assert!(out.len() >= (ROWS - 1) * width + BLOCK);
    let mut sums = [[_mm512_setzero_si512(); 2]; ROWS];
    for group in 0..inputs / GROUP {
        // SAFETY: the assertions above; a group of weights is BLOCK * GROUP bytes.
        unsafe {
            let weights = tile.weights.as_ptr().add(group * BLOCK * GROUP);
            let left = _mm512_loadu_si512(weights.cast());
            let right = _mm512_loadu_si512(weights.add(64).cast());
            for (row, sums) in sums.iter_mut().enumerate() {
                let bytes = tile.bytes.as_ptr().add(row * inputs + group * GROUP).cast::<i32>();
                let bytes = _mm512_set1_epi32(bytes.read_unaligned());
                sums[0] = _mm512_dpbusd_epi32(sums[0], bytes, left);
                sums[1] = _mm512_dpbusd_epi32(sums[1], bytes, right);
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let factor = _mm512_set1_ps(tile.factors[row]);
        for (half, &sum) in sums.iter().enumerate() {
            // SAFETY: the assertions above.
            unsafe {
                let excess = _mm512_loadu_si512(tile.excess.as_ptr().add(half * 16).cast());
                let scales = _mm512_loadu_ps(tile.scales.as_ptr().add(half * 16));
                let exact = _mm512_cvtepi32_ps(_mm512_sub_epi32(sum, excess));
                let scaled = _mm512_mul_ps(exact, _mm512_mul_ps(scales, factor));
                _mm512_storeu_ps(out.as_mut_ptr().add(row * width + half * 16), scaled);
            }
        }
    }
}

impl Lanes for __m512 {
    #[inline(always)]
    unsafe fn load(numbers: &[f32; LANES]) -> Self {
        // SAFETY: see the trait.
        unsafe { _mm512_loadu_ps(numbers.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn store(self, numbers: &mut [f32; LANES]) {
        // SAFETY: see the trait.
        unsafe { _mm512_storeu_ps(numbers.as_mut_ptr(), self) }
    }

    #[inline(always)]
    unsafe fn plus_times(self, factor: f32, numbers: Self) -> Self {
        // SAFETY: see the trait.
        unsafe { _mm512_fmadd_ps(_mm512_set1_ps(factor), numbers, self) }
    }
}
