//! Attention of a token's queries over the pages of its conversation.

use crate::cache::{HEAD, PAGE, Part};
use crate::lanes::{LANES, Lanes};
use crate::level::for_each_level;
use crate::rows::exp;

/// Queries that share a reading of the keys and values: their sums fill the registers.
const MOST_QUERIES: usize = 4;
/// Sums of a score that are added up side by side: a single one would wait for each of its additions.
const CHAINS: usize = 2;

/// Room for the scores of a page.
pub type Scores = [[f32; PAGE]; MOST_QUERIES];

for_each_level! {
    /// Softmax attention of queries, `[heads][HEAD]`, over the first `visible` tokens, of which there is at least one.
    ///
    /// `scores`: for as many pages as there are.
    pub fn attend(queries: &[f32], pages: &[&Part], visible: usize, scores: &mut [Scores], out: &mut [f32]) {
        let view = View { pages: &pages[..visible.div_ceil(PAGE)], visible };
        let scores = &mut scores[..view.pages.len()];
        let (queries, out) = (queries.as_chunks().0, out.as_chunks_mut().0);
        for (queries, out) in queries.chunks(MOST_QUERIES).zip(out.chunks_mut(MOST_QUERIES)) {
            // SAFETY: the lanes are those of the level that this is compiled for.
            unsafe { attend_counted::<L>(queries, view, scores, out) }
        }
    }
}

/// What a token sees.
#[derive(Clone, Copy)]
struct View<'a> {
    pages: &'a [&'a Part],
    visible: usize,
}

/// The compiler must know how many queries there are.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn attend_counted<L: Lanes>(
    queries: &[[f32; HEAD]],
    view: View,
    scores: &mut [Scores],
    out: &mut [[f32; HEAD]],
) {
    // SAFETY: the caller's word.
    unsafe {
        match queries.len() {
            1 => attend_together::<L, 1>(queries, view, scores, out),
            2 => attend_together::<L, 2>(queries, view, scores, out),
            3 => attend_together::<L, 3>(queries, view, scores, out),
            _ => attend_together::<L, MOST_QUERIES>(queries, view, scores, out),
        }
    }
}

/// What a query gets does not depend on the others.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn attend_together<L: Lanes, const QUERIES: usize>(
    queries: &[[f32; HEAD]],
    View { pages, visible }: View,
    scores: &mut [Scores],
    out: &mut [[f32; HEAD]],
) {
    let queries: &[[f32; HEAD]; QUERIES] = queries.first_chunk().expect("the caller has counted them");
    for (part, scores) in pages.iter().zip(&mut *scores) {
        // SAFETY: the caller's word.
        let sums = unsafe { score::<L, QUERIES>(queries, &part.keys) };
        for ([even, odd], scores) in sums.iter().zip(scores) {
            for ((score, even), odd) in scores.iter_mut().zip(even).zip(odd) {
                *score = even + odd;
            }
        }
    }
    // What lies behind the last visible token is another's, or nothing.
    let last = pages.len() - 1;
    for scores in &mut scores[last] {
        scores[visible - last * PAGE..].fill(f32::NEG_INFINITY);
    }
    let mut largest = [[f32::NEG_INFINITY; PAGE]; QUERIES];
    for scores in &*scores {
        for (largest, scores) in largest.iter_mut().zip(scores) {
            for (largest, &score) in largest.iter_mut().zip(scores) {
                *largest = largest.max(score);
            }
        }
    }
    let largest = largest.map(|lanes| lanes.into_iter().fold(f32::NEG_INFINITY, f32::max));
    let mut totals = [[0f32; PAGE]; QUERIES];
    let mut sums = [[0f32; HEAD]; QUERIES];
    for (index, (part, scores)) in pages.iter().zip(&*scores).enumerate() {
        let mut weights = [[0f32; PAGE]; QUERIES];
        for (((weights, scores), totals), largest) in weights.iter_mut().zip(scores).zip(&mut totals).zip(largest) {
            for ((weight, &score), total) in weights.iter_mut().zip(scores).zip(totals) {
                *weight = if score == f32::NEG_INFINITY { 0.0 } else { exp(score - largest) };
                *total += *weight;
            }
        }
        let values = &part.values[..PAGE.min(visible - index * PAGE)];
        // SAFETY: the caller's word.
        unsafe { add_values::<L, QUERIES>(&weights, values, &mut sums) };
    }
    for ((out, sums), totals) in out.iter_mut().zip(sums).zip(totals) {
        let factor = 1.0 / totals.iter().sum::<f32>();
        *out = sums.map(|sum| sum * factor);
    }
}

/// Queries times the keys of a page, in [`CHAINS`] sums each.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn score<L: Lanes, const QUERIES: usize>(
    queries: &[[f32; HEAD]; QUERIES],
    keys: &[[f32; PAGE]; HEAD],
) -> [[[f32; PAGE]; CHAINS]; QUERIES] {
    const { assert!(PAGE == LANES) };
    let mut scores = [[[0f32; PAGE]; CHAINS]; QUERIES];
    // SAFETY: the caller's word.
    unsafe {
        let mut sums = [[L::load(&[0.0; LANES]); CHAINS]; QUERIES];
        for (step, keys) in keys.as_chunks::<CHAINS>().0.iter().enumerate() {
            for chain in 0..CHAINS {
                let keys = L::load(&keys[chain]);
                for query in 0..QUERIES {
                    sums[query][chain] = sums[query][chain].plus_times(queries[query][step * CHAINS + chain], keys);
                }
            }
        }
        for (scores, sums) in scores.iter_mut().zip(sums) {
            for (scores, sums) in scores.iter_mut().zip(sums) {
                sums.store(scores);
            }
        }
    }
    scores
}

/// Adds the values of a page's visible tokens, times each query's weights.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn add_values<L: Lanes, const QUERIES: usize>(
    weights: &[[f32; PAGE]; QUERIES],
    values: &[[f32; HEAD]],
    sums: &mut [[f32; HEAD]; QUERIES],
) {
    const QUARTERS: usize = HEAD / LANES;
    // SAFETY: the caller's word.
    unsafe {
        let mut registers = [[L::load(&[0.0; LANES]); QUARTERS]; QUERIES];
        for (registers, sums) in registers.iter_mut().zip(&*sums) {
            for (register, sums) in registers.iter_mut().zip(sums.as_chunks().0) {
                *register = L::load(sums);
            }
        }
        for (lane, values) in values.iter().enumerate() {
            for (quarter, values) in values.as_chunks().0.iter().enumerate() {
                let values = L::load(values);
                for query in 0..QUERIES {
                    registers[query][quarter] = registers[query][quarter].plus_times(weights[query][lane], values);
                }
            }
        }
        for (registers, sums) in registers.into_iter().zip(sums) {
            for (register, sums) in registers.into_iter().zip(sums.as_chunks_mut().0) {
                register.store(sums);
            }
        }
    }
}
