//! Products of quantised rows with quantised weights: what most of the time goes into.
//!
//! Both are bytes: rows unsigned around 128, weights signed. `y = (row - 128) · weight * scale`, where the sum over the
//! row is of whole numbers, so that it is exact in any order.

use std::arch::x86_64::*;
use std::array;

use crate::amx::{SIDE, Sums, WIDTH, multiply};
use crate::level::Level;

/// Columns whose weights lie together: two registers of 512 bits.
pub const BLOCK: usize = 32;
/// Inputs whose products one instruction adds up.
const GROUP: usize = 4;
/// What the rows of bytes are rounded up to.
pub const ROWS_OF_TILE: usize = SIDE;
/// Rows that share a reading of the weights: their sums fill the registers.
const MOST_ROWS: usize = 14;

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
/// At the level of AMX the thread has its [`crate::amx::Tiles`].
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
    let most = if level == Level::Amx { 2 * SIDE } else { MOST_ROWS };
    // As even as can be, so that no small group is left over; AMX computes whole tiles anyway.
    let groups = count.div_ceil(most);
    let start = |group: usize| if level == Level::Amx { (group * most).min(count) } else { count * group / groups };
    for group in 0..groups {
        let (first, end) = (start(group), start(group + 1));
        let last = if level == Level::Amx { end.next_multiple_of(SIDE) } else { end };
        let tile = Tile {
            bytes: &rows.bytes[first * inputs..last * inputs],
            factors: &rows.factors[first..end],
            weights,
            scales,
            excess,
        };
        let out = &mut out[first * width + offset..];
        // SAFETY: a level is only made where the processor has its instructions; the caller's word.
        match level {
            Level::Amx => unsafe { tile_amx(tile, out, width) },
            Level::Avx512 => unsafe { tile_avx512(tile, out, width) },
            Level::Avx2 => tile_avx2_in_pairs(tile, out, width),
        }
    }
}

/// Rows that share one reading of a block's weights.
#[derive(Clone, Copy)]
struct Tile<'a> {
    bytes: &'a [u8],
    factors: &'a [f32],
    weights: &'a [i8],
    scales: &'a [f32; BLOCK],
    excess: &'a [i32; BLOCK],
}

impl Tile<'_> {
    fn inputs(&self) -> usize {
        self.weights.len() / BLOCK
    }
}

/// # Safety
/// The thread has its [`crate::amx::Tiles`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn tile_amx(tile: Tile, out: &mut [f32], width: usize) {
    let (rows, inputs) = (tile.factors.len(), tile.inputs());
    let tiles = rows.div_ceil(SIDE);
    assert!(tiles <= 2 && tile.bytes.len() == tiles * SIDE * inputs && inputs.is_multiple_of(WIDTH));
    assert!(out.len() >= (rows - 1) * width + BLOCK);
    let mut sums = [Sums([[[0; SIDE]; SIDE]; 2]); 2];
    // SAFETY: the assertions above, and the caller's word.
    unsafe { multiply(tile.bytes.as_ptr(), inputs, tile.weights.as_ptr(), &mut sums[..tiles]) };
    for (row, &factor) in tile.factors.iter().enumerate() {
        for half in 0..2 {
            let sums = &sums[row / SIDE].0[half][row % SIDE];
            let out: &mut [f32; SIDE] = out[row * width + half * SIDE..].first_chunk_mut().expect("asserted");
            for column in 0..SIDE {
                let place = half * SIDE + column;
                out[column] = (sums[column] - tile.excess[place]) as f32 * (tile.scales[place] * factor);
            }
        }
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

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn tile_avx512(tile: Tile, out: &mut [f32], width: usize) {
    with_rows!(tile.factors.len(), rows_avx512, tile, out, width; 1 2 3 4 5 6 7 8 9 10 11 12 13 14);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn rows_avx512<const ROWS: usize>(tile: Tile, out: &mut [f32], width: usize) {
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

/// Sixteen registers hold the sums of two rows.
fn tile_avx2_in_pairs(tile: Tile, out: &mut [f32], width: usize) {
    let inputs = tile.inputs();
    for first in (0..tile.factors.len()).step_by(2) {
        let end = (first + 2).min(tile.factors.len());
        let pair =
            Tile { bytes: &tile.bytes[first * inputs..end * inputs], factors: &tile.factors[first..end], ..tile };
        // SAFETY: a level is only made where the processor has its instructions.
        unsafe { tile_avx2(pair, &mut out[first * width..], width) }
    }
}

#[target_feature(enable = "avx2,fma")]
fn tile_avx2(tile: Tile, out: &mut [f32], width: usize) {
    with_rows!(tile.factors.len(), rows_avx2, tile, out, width; 1 2);
}

#[target_feature(enable = "avx2,fma")]
fn rows_avx2<const ROWS: usize>(tile: Tile, out: &mut [f32], width: usize) {
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
                    // See MOST_WEIGHT.
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
