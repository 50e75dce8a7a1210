//! Attention of one query over the pages of its conversation.

use crate::cache::{HEAD, PAGE, Part};
use crate::level::for_each_level;
use crate::rows::exp;

/// Sums that are added up side by side: a single one would wait for each of its additions.
const CHAINS: usize = 4;

for_each_level! {
    /// Softmax attention of a query over the first `visible` tokens.
    ///
    /// `scores`: room for as many floats as the pages have tokens.
    pub fn attend(query: &[f32; HEAD], pages: &[&Part], visible: usize, scores: &mut [[f32; PAGE]], out: &mut [f32]) {
        let count = visible.div_ceil(PAGE);
        let (pages, scores) = (&pages[..count], &mut scores[..count]);
        for (part, scores) in pages.iter().zip(scores.iter_mut()) {
            let mut sums = [[0f32; PAGE]; CHAINS];
            for (keys, query) in part.keys.as_chunks::<CHAINS>().0.iter().zip(query.as_chunks::<CHAINS>().0) {
                for chain in 0..CHAINS {
                    for lane in 0..PAGE {
                        sums[chain][lane] = query[chain].mul_add(keys[chain][lane], sums[chain][lane]);
                    }
                }
            }
            for lane in 0..PAGE {
                scores[lane] = (sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane]);
            }
        }
        // What lies behind the last visible token is another's, or nothing.
        for (lane, score) in scores[count - 1].iter_mut().enumerate() {
            if (count - 1) * PAGE + lane >= visible {
                *score = f32::NEG_INFINITY;
            }
        }
        let mut largest = [f32::NEG_INFINITY; PAGE];
        for scores in scores.iter() {
            for lane in 0..PAGE {
                largest[lane] = largest[lane].max(scores[lane]);
            }
        }
        let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let mut totals = [0f32; PAGE];
        let mut sums = [0f32; HEAD];
        for (index, (part, scores)) in pages.iter().zip(scores.iter()).enumerate() {
            let mut weights = [0f32; PAGE];
            for lane in 0..PAGE {
                weights[lane] = if scores[lane] == f32::NEG_INFINITY { 0.0 } else { exp(scores[lane] - largest) };
                totals[lane] += weights[lane];
            }
            for lane in 0..PAGE.min(visible - index * PAGE) {
                for place in 0..HEAD {
                    sums[place] = weights[lane].mul_add(part.values[lane][place], sums[place]);
                }
            }
        }
        let factor = 1.0 / totals.iter().sum::<f32>();
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum * factor;
        }
    }
}
