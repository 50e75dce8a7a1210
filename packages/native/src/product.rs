//! Products of quantised rows with quantised weights: what most of the time goes into.
//!
//! Both are bytes: rows unsigned around 128, weights signed. `y = (row - 128) · weight * scale`, where the sum over the
//! row is of whole numbers, so that it is exact in any order.

use std::array;

use crate::level::Level;

/// Columns whose weights lie together: two registers of 512 bits, or as many bytes of smaller ones.
pub const BLOCK: usize = 32;
/// Inputs whose products one instruction adds up.
pub const GROUP: usize = 4;
/// What the rows of bytes are rounded up to.
pub const ROWS_OF_TILE: usize = 16;

/// Weights and what turns their sums into floats. The weights themselves are in the arena, at `start`.
pub struct Linear {
    pub inputs: usize,
    pub outputs: usize,
    /// Place of the first byte in the arena: `[outputs / BLOCK][inputs / GROUP][BLOCK][GROUP]`.
    pub start: usize,
    /// Of each column.
    pub scales: Vec<f32>,
    /// 128 times the sum of each column's weights: what rows around 128 have too much.
    pub excess: Vec<i32>,
    /// Of the rows' bytes; None where each row has its own.
    pub step: Option<f32>,
}

/// Most inputs of a product: sums of as many products of two bytes are far from the end of 32 bits.
pub const MOST_INPUTS: usize = 1 << 15;
/// The largest magnitude of a weight that AVX2 multiplies without loss: it adds two products in 16 bits, 255 * 64 * 2.
pub const MOST_WEIGHT: u8 = 64;

/// Writes weights `[inputs][outputs]` as [`Linear::start`] says; returns each column's sum, times 128.
pub fn pack(weights: &[i8], inputs: usize, outputs: usize, packed: &mut [i8]) -> Vec<i32> {
    let mut excess = vec![0; outputs];
    // Row by row: a file is read fastest from its beginning to its end.
    for (group, rows) in weights.chunks_exact(GROUP * outputs).enumerate() {
        for (block, excess) in excess.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let row = |place: usize| rows[place * outputs + block * BLOCK..].first_chunk().expect("a whole block");
            let rows: [&[i8; BLOCK]; GROUP] = array::from_fn(row);
            let start = (block * inputs + group * GROUP) * BLOCK;
            let cells = &mut packed[start..start + BLOCK * GROUP].as_chunks_mut::<GROUP>().0;
            for (column, (cell, excess)) in cells.iter_mut().zip(excess).enumerate() {
                *cell = rows.map(|row| row[column]);
                *excess += 128 * cell.iter().map(|&weight| i32::from(weight)).sum::<i32>();
            }
        }
    }
    excess
}

/// Rows of bytes, `[rows][inputs]`, and what each is multiplied by in the end. There are bytes for whole tiles of AMX, a
/// multiple of [`ROWS_OF_TILE`], of which those beyond the factors do not matter.
#[derive(Clone, Copy)]
pub struct ByteRows<'a> {
    pub bytes: &'a [u8],
    pub factors: &'a [f32],
}

/// One block of columns for all rows: `out[row * width + offset ..][.. BLOCK]`.
///
/// # Safety
/// The thread has its [`Level::tiles`].
pub unsafe fn product(
    level: Level,
    linear: &Linear,
    arena: &[i8],
    block: usize,
    rows: ByteRows,
    out: &mut [f32],
    (offset, width): (usize, usize),
) {
    let inputs = linear.inputs;
    let weights = &arena[linear.start + block * BLOCK * inputs..][..BLOCK * inputs];
    let columns = block * BLOCK..(block + 1) * BLOCK;
    let scales = linear.scales[columns.clone()].first_chunk().expect("a whole block");
    let excess = linear.excess[columns].first_chunk().expect("a whole block");
    let count = rows.factors.len();
    let Grouping { unit, most } = level.grouping();
    let units = count.div_ceil(unit);
    let groups = units.div_ceil(most);
    // As even as can be, so that no small group is left over.
    let start = |group: usize| units * group / groups * unit;
    for group in 0..groups {
        let (first, end) = (start(group), start(group + 1));
        let tile = Tile {
            bytes: &rows.bytes[first * inputs..end * inputs],
            factors: &rows.factors[first..end.min(count)],
            weights,
            scales,
            excess,
        };
        // SAFETY: the caller's word.
        unsafe { level.multiply(tile, &mut out[first * width + offset..], width) };
    }
}

/// How rows are put together.
pub struct Grouping {
    /// Rows that are multiplied as one.
    pub unit: usize,
    /// Units that share a reading of the weights: their sums fill the registers.
    pub most: usize,
}

/// Rows that share one reading of a block's weights.
#[derive(Clone, Copy)]
pub struct Tile<'a> {
    /// Of whole units.
    pub bytes: &'a [u8],
    pub factors: &'a [f32],
    pub weights: &'a [i8],
    pub scales: &'a [f32; BLOCK],
    #[cfg_attr(target_arch = "aarch64", expect(dead_code, reason = "rows are turned to lie around 0"))]
    pub excess: &'a [i32; BLOCK],
}

impl Tile<'_> {
    pub fn inputs(&self) -> usize {
        self.weights.len() / BLOCK
    }
}

/// Calls a function whose number of rows the compiler must know.
macro_rules! with_rows {
    ($rows:expr, $function:ident, $tile:expr, $out:expr, $width:expr; $($count:literal)*) => {
        match $rows {
            $($count => $function::<$count>($tile, $out, $width),)*
            rows => unreachable!("{rows} rows"),
        }
    };
}
pub(crate) use with_rows;
