//! Sixteen floats at a time, where the compiler makes no vectors of plain loops by itself.

/// Floats of a register of 512 bits, of two of 256, or of four of 128.
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
