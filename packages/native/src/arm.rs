//! What there is for arm64: NEON, which is always there, and its products of bytes.

use std::arch::aarch64::*;
use std::arch::asm;
use std::array;
use std::convert::Infallible;

use crate::lanes::{LANES, Lanes};
use crate::product::{BLOCK, GROUP, Grouping, Tile, with_rows};

/// The widest instructions that this processor has, of those that there is code for. Whoever makes one answers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// NEON with the products of bytes: Arm since Cortex-A76 and Neoverse N1, Apple since A13 and M1.
    Neon,
}

impl Level {
    /// What a processor must have.
    pub const LEAST: &str = "the instruction SDOT";

    /// All that this processor has.
    #[cfg(test)]
    pub fn all() -> Vec<Self> {
        Self::of_this_processor().into_iter().collect()
    }

    /// None where there is none: ONNX Runtime has to do it.
    pub fn of_this_processor() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("dotprod").then_some(Self::Neon)
    }

    /// Nothing: there are no tiles.
    pub fn tiles(self) -> Option<Infallible> {
        None
    }

    pub fn grouping(self) -> Grouping {
        Grouping { unit: 1, most: MOST_ROWS }
    }

    /// A tile of [`Self::grouping`]'s rows.
    ///
    /// # Safety
    /// It is: only tiles would ask for care.
    pub unsafe fn multiply(self, tile: Tile, out: &mut [f32], width: usize) {
        // SAFETY: a level is only made where the processor has its instructions.
        unsafe { multiply(tile, out, width) };
    }
}

/// Calls a function that is compiled for a level, with the level's lanes: see `for_each_level`.
macro_rules! call_at_level {
    ($level:ident, $function:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {
        match $level {
            $crate::level::Level::Neon => $function::<[std::arch::aarch64::float32x4_t; 4]>($($argument),*),
        }
    };
}
pub(crate) use call_at_level;

/// Rows whose sums fill the registers, of which a row takes eight.
const MOST_ROWS: usize = 3;
/// Columns of a register of sums.
const COLUMNS: usize = 4;
/// Bytes of a register.
const WIDTH: usize = 16;

type Sums<const ROWS: usize> = [[int32x4_t; BLOCK / COLUMNS]; ROWS];

#[target_feature(enable = "dotprod")]
fn multiply(tile: Tile, out: &mut [f32], width: usize) {
    with_rows!(tile.factors.len(), multiply_rows, tile, out, width; 1 2 3);
}

#[target_feature(enable = "dotprod")]
fn multiply_rows<const ROWS: usize>(tile: Tile, out: &mut [f32], width: usize) {
    let inputs = tile.inputs();
    assert!(tile.bytes.len() == ROWS * inputs && tile.factors.len() == ROWS && inputs.is_multiple_of(WIDTH));
    assert!(out.len() >= (ROWS - 1) * width + BLOCK);
    let mut sums: Sums<ROWS> = [[vdupq_n_s32(0); BLOCK / COLUMNS]; ROWS];
    for start in (0..inputs).step_by(WIDTH) {
        // SAFETY: the assertions above; a group of weights is BLOCK * GROUP bytes.
        unsafe {
            // Both sides of a product are signed: rows are turned to lie around 0, so that they have no excess.
            let row = |row: usize| veorq_u8(vld1q_u8(tile.bytes.as_ptr().add(row * inputs + start)), vdupq_n_u8(128));
            let rows = array::from_fn(|index| vreinterpretq_s8_u8(row(index)));
            let weights = tile.weights.as_ptr().add(start * BLOCK);
            add_group::<0, ROWS>(&rows, weights, &mut sums);
            add_group::<1, ROWS>(&rows, weights, &mut sums);
            add_group::<2, ROWS>(&rows, weights, &mut sums);
            add_group::<3, ROWS>(&rows, weights, &mut sums);
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let factor = vdupq_n_f32(tile.factors[row]);
        for (index, &sum) in sums.iter().enumerate() {
            // SAFETY: the assertions above.
            unsafe {
                let scales = vld1q_f32(tile.scales.as_ptr().add(index * COLUMNS));
                let scaled = vmulq_f32(vcvtq_f32_s32(sum), vmulq_f32(scales, factor));
                vst1q_f32(out.as_mut_ptr().add(row * width + index * COLUMNS), scaled);
            }
        }
    }
}

/// Adds the products of one of the four groups of inputs that a register holds.
///
/// # Safety
/// There are weights of four groups.
#[inline]
#[target_feature(enable = "dotprod")]
unsafe fn add_group<const PLACE: usize, const ROWS: usize>(
    rows: &[int8x16_t; ROWS],
    weights: *const i8,
    sums: &mut Sums<ROWS>,
) {
    for column in 0..BLOCK / COLUMNS {
        // SAFETY: the caller's word.
        let weights = unsafe { vld1q_s8(weights.add(PLACE * BLOCK * GROUP + column * WIDTH)) };
        for (sums, &row) in sums.iter_mut().zip(rows) {
            sums[column] = add_products::<PLACE>(sums[column], weights, row);
        }
    }
}

/// Adds to each sum the products of its column's four weights with the four bytes at a place of the row.
///
/// SDOT (by element) of the Arm Architecture Reference Manual, for which the compiler has no stable word.
#[inline]
#[target_feature(enable = "dotprod")]
fn add_products<const PLACE: usize>(mut sums: int32x4_t, weights: int8x16_t, row: int8x16_t) -> int32x4_t {
    // SAFETY: this function's features; the instruction only has its registers.
    unsafe {
        asm!(
            "sdot {sums:v}.4s, {weights:v}.16b, {row:v}.4b[{place}]",
            sums = inout(vreg) sums,
            weights = in(vreg) weights,
            row = in(vreg) row,
            place = const PLACE,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sums
}

impl Lanes for [float32x4_t; 4] {
    #[inline(always)]
    unsafe fn load(numbers: &[f32; LANES]) -> Self {
        // SAFETY: there are four quarters.
        array::from_fn(|quarter| unsafe { vld1q_f32(numbers.as_ptr().add(4 * quarter)) })
    }

    #[inline(always)]
    unsafe fn store(self, numbers: &mut [f32; LANES]) {
        for (quarter, register) in self.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { vst1q_f32(numbers.as_mut_ptr().add(4 * quarter), register) };
        }
    }

    #[inline(always)]
    unsafe fn plus_times(self, factor: f32, numbers: Self) -> Self {
        // SAFETY: NEON is always there.
        array::from_fn(|quarter| unsafe { vfmaq_n_f32(self[quarter], numbers[quarter], factor) })
    }
}
