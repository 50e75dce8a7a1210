//! What is done to a row of floats between the products.

use crate::lanes::LANES;
use crate::level::for_each_level;

/// 1.5 * 2^23: a float of this size has its whole part in its lowest bits.
const WHOLE: f32 = 12_582_912.0;
/// Levels of a quantised row on either side of zero.
const LEVELS: f32 = 127.0;

for_each_level! {
    /// Root mean square normalisation (https://arxiv.org/abs/1910.07467).
    pub fn normalise(row: &[f32], weights: &[f32], epsilon: f32, out: &mut [f32]) {
        let mut sums = [0f32; LANES];
        for lanes in row.as_chunks::<LANES>().0 {
            for (sum, &value) in sums.iter_mut().zip(lanes) {
                *sum = value.mul_add(value, *sum);
            }
        }
        let mean = sums.iter().sum::<f32>() / row.len() as f32;
        let factor = 1.0 / (mean + epsilon).sqrt();
        for ((out, &value), &weight) in out.iter_mut().zip(row).zip(weights) {
            *out = value * factor * weight;
        }
    }
}

for_each_level! {
    /// Unsigned bytes around 128, by a fixed step or by the row's own largest magnitude; returns what a level stands
    /// for.
    pub fn quantise(row: &[f32], step: Option<f32>, out: &mut [u8]) -> f32 {
        let step = step.unwrap_or_else(|| {
            let mut largest = [f32::MIN_POSITIVE * LEVELS; LANES];
            for lanes in row.as_chunks::<LANES>().0 {
                for (largest, value) in largest.iter_mut().zip(lanes) {
                    *largest = largest.max(value.abs());
                }
            }
            largest.into_iter().fold(0f32, f32::max) / LEVELS
        });
        for (byte, &value) in out.iter_mut().zip(row) {
            let level = (value / step).clamp(-LEVELS - 1.0, LEVELS);
            *byte = ((level + WHOLE).to_bits() as u8).wrapping_add(128);
        }
        step
    }
}

for_each_level! {
    /// SwiGLU's inner part (https://arxiv.org/abs/2002.05202): `out = silu(gate) * up`.
    pub fn gate(gate: &[f32], up: &[f32], out: &mut [f32]) {
        for ((out, &gate), &up) in out.iter_mut().zip(gate).zip(up) {
            *out = gate * up / (1.0 + exp(-gate));
        }
    }
}

for_each_level! {
    pub fn add(row: &mut [f32], more: &[f32]) {
        for (value, &more) in row.iter_mut().zip(more) {
            *value += more;
        }
    }
}

for_each_level! {
    /// Rotary position embedding of a head, halves together (https://arxiv.org/abs/2104.09864), times a factor.
    pub fn rotate(head: &mut [f32], cosines: &[f32], sines: &[f32], factor: f32) {
        let (left, right) = head.split_at_mut(head.len() / 2);
        for (((left, right), &cosine), &sine) in left.iter_mut().zip(right).zip(cosines).zip(sines) {
            let (x, y) = (*left * factor, *right * factor);
            *left = x * cosine - y * sine;
            *right = y * cosine + x * sine;
        }
    }
}

/// e^x to 2 units in the last place, in operations that become vectors: 2^n * p(r) with |r| <= ln(2) / 2
/// (polynomial and constants are those of Cephes' expf).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, WHOLE);
    let n = shifted - WHOLE;
    // ln(2) in two parts, so that no bits of x are lost.
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, x));
    let mut p = 1.987_569_1e-4f32;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = p.mul_add(r, coefficient);
    }
    let p = p.mul_add(r * r, r + 1.0);
    f32::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 23))
}
