use super::Random;
use crate::attention::{Scores, attend};
use crate::cache::{HEAD, PAGE, Part};
use crate::level::Level;

const TOKENS: usize = 80;

struct Conversation {
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

impl Conversation {
    fn new(random: &mut Random) -> Self {
        let mut rows = || (0..TOKENS).map(|_| random.floats(HEAD)).collect();
        Self { keys: rows(), values: rows() }
    }

    /// Where what must not be seen would be noticed.
    fn pages(&self, visible: usize) -> Vec<Part> {
        let empty = Part { keys: [[f32::NAN; PAGE]; HEAD], values: [[f32::NAN; HEAD]; PAGE] };
        let mut pages = vec![empty; TOKENS / PAGE];
        for token in 0..visible {
            let (page, lane) = (&mut pages[token / PAGE], token % PAGE);
            for place in 0..HEAD {
                page.keys[place][lane] = self.keys[token][place];
                page.values[lane][place] = self.values[token][place];
            }
        }
        pages
    }

    fn plainly(&self, query: &[f32], visible: usize) -> Vec<f64> {
        let score = |key: &Vec<f32>| key.iter().zip(query).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum::<f64>();
        let weights: Vec<f64> = self.keys[..visible].iter().map(|key| score(key).exp()).collect();
        let total: f64 = weights.iter().sum();
        let place = |place: usize| {
            let sum = |(weight, values): (&f64, &Vec<f32>)| weight * f64::from(values[place]);
            weights.iter().zip(&self.values).map(sum).sum::<f64>() / total
        };
        (0..HEAD).map(place).collect()
    }
}

fn attended(level: Level, queries: &[f32], pages: &[Part], visible: usize) -> Vec<f32> {
    let pages: Vec<&Part> = pages.iter().collect();
    let mut out = vec![f32::NAN; queries.len()];
    attend(level, queries, &pages, visible, &mut vec![Scores::default(); pages.len()], &mut out);
    out
}

#[test]
fn attention_is_that_of_a_plain_loop_over_the_visible_tokens() {
    let mut random = Random(9);
    let conversation = Conversation::new(&mut random);
    for visible in 1..=70 {
        let heads = 1 + visible % 9;
        let queries = random.floats(heads * HEAD);
        let pages = conversation.pages(visible);
        let widest = attended(Level::all()[0], &queries, &pages, visible);
        for (query, out) in queries.chunks(HEAD).zip(widest.chunks(HEAD)) {
            for (actual, expected) in out.iter().zip(conversation.plainly(query, visible)) {
                assert!((f64::from(*actual) - expected).abs() < 2e-6, "{visible} tokens: {actual}, {expected}");
            }
            // The queries beside it change nothing.
            assert_eq!(attended(Level::all()[0], query, &pages, visible), out);
        }
        for level in Level::all() {
            assert_eq!(attended(level, &queries, &pages, visible), widest, "{level:?}, {visible} tokens");
        }
    }
}

#[test]
fn scores_far_apart_choose_one_token() {
    let mut random = Random(10);
    let mut conversation = Conversation::new(&mut random);
    let query = vec![100.0; HEAD];
    for key in &mut conversation.keys {
        key.fill(-1.0);
    }
    conversation.keys[21].fill(1.0);
    for level in Level::all() {
        assert_eq!(attended(level, &query, &conversation.pages(40), 40), conversation.values[21]);
    }
}
