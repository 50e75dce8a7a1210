use super::Random;
use crate::level::Level;
use crate::rows::{add, exp, gate, normalise, quantise, rotate};

/// What a function gives, which must be the same at every level.
fn at_every_level(work: impl Fn(Level, &mut Vec<f32>)) -> Vec<f32> {
    let results = Level::all().into_iter().map(|level| {
        let mut out = Vec::new();
        work(level, &mut out);
        out
    });
    let results: Vec<Vec<f32>> = results.collect();
    let bits = |floats: &[f32]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
    assert!(results.iter().all(|result| bits(result) == bits(&results[0])));
    results.into_iter().next().expect("this processor has a level")
}

fn assert_near(actual: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        assert!((f64::from(*actual) - expected).abs() <= tolerance * expected.abs().max(1e-3), "{actual} {expected}");
    }
}

#[test]
fn exp_is_within_two_units_in_the_last_place() {
    for step in -87_000..=88_000 {
        let x = step as f32 / 1000.0;
        let (actual, expected) = (f64::from(exp(x)), f64::from(x).exp());
        assert!((actual / expected - 1.0).abs() <= 2.0 * f64::from(f32::EPSILON), "e^{x}: {actual}, {expected}");
    }
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp(f32::NEG_INFINITY), exp(-87.0));
    assert_eq!(exp(f32::INFINITY), exp(88.0));
}

#[test]
fn quantise_rounds_to_the_nearest_and_ties_to_even() {
    let mut random = Random(4);
    let ties: Vec<f32> = (-260..260).map(|half| half as f32 / 2.0).collect();
    let far = vec![f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-40, 127.4, -128.4];
    let spread: Vec<f32> = (0..576).map(|_| random.float() * 200.0).collect();
    for (values, step) in [(&ties, 1.0), (&far, 1.0), (&spread, 1.0), (&spread, 0.37), (&ties, 0.25)] {
        let expected = values.iter().map(|value| {
            let level = (value / step).clamp(-128.0, 127.0).round_ties_even();
            (level as i32 + 128) as u8
        });
        let expected: Vec<u8> = expected.collect();
        for level in Level::all() {
            let mut bytes = vec![0; values.len()];
            assert_eq!(quantise(level, values, Some(step), &mut bytes), step);
            assert_eq!(bytes, expected, "{level:?}");
        }
    }
}

#[test]
fn quantise_finds_a_row_s_own_step() {
    let mut random = Random(5);
    for size in [1e-30, 1e-3, 1.0, 1e30] {
        let mut values: Vec<f32> = random.floats(576).iter().map(|value| value * size).collect();
        values[random.below(576)] = -1.5 * size;
        for level in Level::all() {
            let mut bytes = vec![0; values.len()];
            let step = quantise(level, &values, None, &mut bytes);
            assert_eq!(step, 1.5 * size / 127.0);
            assert_eq!(bytes.iter().min(), Some(&1));
            for (byte, value) in bytes.iter().zip(&values) {
                assert!(((f32::from(*byte) - 128.0) * step - value).abs() <= 0.501 * step);
            }
        }
    }
}

#[test]
fn quantise_takes_anything() {
    for level in Level::all() {
        let mut bytes = [0; 64];
        let step = quantise(level, &[0.0; 64], None, &mut bytes);
        assert!(step > 0.0 && bytes == [128; 64]);
        for values in [[f32::NAN; 64], [f32::INFINITY; 64], [1e-45; 64]] {
            for step in [None, Some(0.0), Some(f32::NAN)] {
                quantise(level, &values, step, &mut bytes);
            }
        }
    }
}

#[test]
fn normalise_divides_by_the_root_of_the_mean_square() {
    let mut random = Random(6);
    for width in [64, 192, 576, 1536] {
        let (row, weights) = (random.floats(width), random.floats(width));
        let actual = at_every_level(|level, out| {
            out.resize(width, 0.0);
            normalise(level, &row, &weights, 1e-5, out);
        });
        let mean = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>() / width as f64;
        let pairs = row.iter().zip(&weights);
        let expected = pairs.map(|(&value, &weight)| f64::from(value) * f64::from(weight) / (mean + 1e-5).sqrt());
        assert_near(&actual, &expected.collect::<Vec<_>>(), 1e-6);
    }
}

#[test]
fn rotate_turns_pairs_by_their_angles() {
    let mut random = Random(7);
    let (head, angles) = (random.floats(64), random.floats(32));
    let (cosines, sines): (Vec<f32>, Vec<f32>) = angles.iter().map(|angle| (angle.cos(), angle.sin())).unzip();
    let actual = at_every_level(|level, out| {
        out.clone_from(&head);
        rotate(level, out, &cosines, &sines, 0.125);
    });
    let turned = |index: usize| {
        let (x, y) = (f64::from(head[index % 32]) / 8.0, f64::from(head[index % 32 + 32]) / 8.0);
        let (cosine, sine) = (f64::from(cosines[index % 32]), f64::from(sines[index % 32]));
        if index < 32 { x * cosine - y * sine } else { y * cosine + x * sine }
    };
    assert_near(&actual, &(0..64).map(turned).collect::<Vec<_>>(), 1e-5);
}

#[test]
fn gate_is_silu_times_up() {
    let mut random = Random(8);
    let mut left: Vec<f32> = random.floats(96).iter().map(|value| value * 20.0).collect();
    left[..4].copy_from_slice(&[0.0, -0.0, 200.0, -200.0]);
    let up = random.floats(96);
    let actual = at_every_level(|level, out| {
        out.resize(96, 0.0);
        gate(level, &left, &up, out);
    });
    let silu = |x: f64| x / (1.0 + (-x).exp());
    let expected: Vec<f64> = left.iter().zip(&up).map(|(&x, &up)| silu(f64::from(x)) * f64::from(up)).collect();
    assert_near(&actual, &expected, 1e-6);
}

#[test]
fn add_adds() {
    let sums = at_every_level(|level, out| {
        out.extend([1.0, 2.0, 3.0]);
        add(level, out, &[0.5, -2.0, 1e9]);
    });
    assert_eq!(sums, [1.5, 0.0, 1e9 + 3.0]);
}
