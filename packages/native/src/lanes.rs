//! Sixteen floats at a time, where the compiler makes no vectors of plain loops by itself.

use std::arch::x86_64::*;

/// Floats of a register of 512 bits, or of two of 256.
pub const LANES: usize = 16;

/// Sixteen floats in registers.
///
/// # Safety
/// All functions: the processor has the instructions of the implementation. They are meant to become part of a function
/// that is compiled for them.
pub trait Lanes: Copy {
    unsafe fn load(numbers: &[f32; LANES]) -> Self;
    unsafe fn store(self, numbers: &mut [f32; LANES]);
    /// Itself plus `factor * numbers`, rounded once.
    unsafe fn plus_times(self, factor: f32, numbers: Self) -> Self;
}

/// AVX-512.
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

/// AVX2 and FMA.
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
