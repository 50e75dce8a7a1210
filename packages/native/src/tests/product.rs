use super::Random;
use crate::level::Level;
use crate::product::{BLOCK, ByteRows, Linear, MOST_WEIGHT, ROWS_OF_TILE, pack, product};

/// Two blocks of columns, so that one does not begin at 0.
const OUTPUTS: usize = 2 * BLOCK;

struct Case {
    weights: Vec<i8>,
    linear: Linear,
    arena: Vec<i8>,
    bytes: Vec<u8>,
    factors: Vec<f32>,
}

fn case(rows: usize, inputs: usize, random: &mut Random, mut weight: impl FnMut(&mut Random) -> i8) -> Case {
    let weights: Vec<i8> = (0..inputs * OUTPUTS).map(|_| weight(random)).collect();
    let start = 64;
    let mut arena = vec![0; start + weights.len()];
    let excess = pack(&weights, inputs, OUTPUTS, &mut arena[start..]);
    let linear = Linear { inputs, outputs: OUTPUTS, start, scales: random.floats(OUTPUTS), excess, step: None };
    let bytes = (0..rows.next_multiple_of(ROWS_OF_TILE) * inputs).map(|_| random.bits() as u8).collect();
    Case { weights, linear, arena, bytes, factors: random.floats(rows) }
}

impl Case {
    fn at(&self, level: Level) -> Vec<f32> {
        let _tiles = level.tiles();
        let rows = ByteRows { bytes: &self.bytes, factors: &self.factors };
        let mut out = vec![f32::NAN; self.factors.len() * OUTPUTS];
        for block in 0..OUTPUTS / BLOCK {
            // SAFETY: there are tiles.
            unsafe { product(level, &self.linear, &self.arena, block, rows, &mut out, (block * BLOCK, OUTPUTS)) };
        }
        out
    }

    fn plainly(&self) -> Vec<f32> {
        let inputs = self.linear.inputs;
        let mut out = Vec::new();
        for (row, factor) in self.factors.iter().enumerate() {
            for column in 0..OUTPUTS {
                let mut sum = 0i64;
                for input in 0..inputs {
                    let byte = i64::from(self.bytes[row * inputs + input]) - 128;
                    sum += byte * i64::from(self.weights[input * OUTPUTS + column]);
                }
                out.push(sum as f32 * (self.linear.scales[column] * factor));
            }
        }
        out
    }
}

#[test]
fn every_level_gives_what_a_plain_loop_gives() {
    let mut random = Random(1);
    for (rows, inputs) in
        (1..=40).map(|rows| (rows, 64)).chain([(1, 1536), (7, 576), (17, 1536), (33, 192), (100, 576)])
    {
        let case = case(rows, inputs, &mut random, |random| (random.below(127) as i8) - 63);
        let expected = case.plainly();
        for level in Level::all() {
            assert_eq!(case.at(level), expected, "{level:?}: {rows} rows, {inputs} inputs");
        }
    }
}

#[test]
fn the_largest_numbers_fit() {
    let most = MOST_WEIGHT as i8;
    for weight in [most, -most] {
        for byte in [0, 255] {
            let mut case = case(3, 1536, &mut Random(2), |_| weight);
            case.bytes.fill(byte);
            let expected = case.plainly();
            for level in Level::all() {
                assert_eq!(case.at(level), expected, "{level:?}: {byte} * {weight}");
            }
        }
    }
}

#[test]
fn no_rows_are_no_work() {
    let case = case(0, 64, &mut Random(3), |_| 1);
    for level in Level::all() {
        assert!(case.at(level).is_empty());
    }
}
