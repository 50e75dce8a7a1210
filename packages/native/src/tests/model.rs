use std::path::{Path, PathBuf};

use super::Random;
use super::small_model::{SMALL, SmallModel};
use crate::cache::{PAGE, Part};
use crate::decoder::Decoder;
use crate::level::Level;
use crate::model::{Model, Past, Row, RowResult};
use crate::onnx::Problem;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/en/model.onnx")
}

/// All rows are prepared before any is run.
fn run(model: &Model, rows: &[Row]) -> Result<Vec<RowResult>, Problem> {
    let prepared = rows
        .iter()
        .map(|Row { tokens, past, keep }| model.prepare(Row { tokens: tokens.clone(), past: *past, keep: *keep }));
    Ok(model.run(prepared.collect::<Result<_, _>>()?))
}

fn row(tokens: &[u32]) -> Row {
    Row { tokens: tokens.to_vec(), past: None, keep: None }
}

fn after(id: u32, past: usize, tokens: &[u32]) -> Row {
    Row { past: Some(Past { id, tokens: past }), ..row(tokens) }
}

fn keeping(row: Row, id: u32, tokens: usize) -> Row {
    Row { keep: Some(Past { id, tokens }), ..row }
}

fn logits(model: &Model, rows: &[Row]) -> Vec<Vec<f32>> {
    run(model, rows).unwrap().into_iter().map(|result| result.logits).collect()
}

fn prompts(random: &mut Random, vocabulary: usize, lengths: &[usize]) -> Vec<Vec<u32>> {
    lengths.iter().map(|&length| (0..length).map(|_| random.below(vocabulary) as u32).collect()).collect()
}

/// All must be the same to the last bit: sums of whole numbers are exact, and those of floats have one order.
fn assert_same_however_they_are_run(model: &Model, prompts: &[Vec<u32>], expected: &[Vec<f32>]) {
    let rows: Vec<Row> = prompts.iter().map(|prompt| row(prompt)).collect();
    assert_eq!(logits(model, &rows), expected, "together");
    for batch in [1, 2, 3] {
        let answers: Vec<_> = rows.chunks(batch).flat_map(|rows| logits(model, rows)).collect();
        assert_eq!(answers, expected, "{batch} by {batch}");
    }
    // Every prompt at another place, and all places within a page.
    let longest = prompts.iter().map(Vec::len).max().unwrap_or(0);
    for split in (1..PAGE).chain((PAGE..longest).step_by(7)) {
        let parts = prompts.iter().zip(0..).map(|(prompt, id)| (prompt.split_at(1 + split % (prompt.len() - 1)), id));
        let firsts: Vec<Row> = parts.clone().map(|((first, _), id)| keeping(row(first), id, first.len())).collect();
        run(model, &firsts).unwrap();
        let rests: Vec<Row> = parts.map(|((first, rest), id)| after(id, first.len(), rest)).collect();
        assert_eq!(logits(model, &rests), expected, "split at {split}");
    }
    // A word at a time, and the trigger's tokens, which are rolled back.
    let prompt = &prompts[0];
    for start in (0..prompt.len()).step_by(3) {
        let end = (start + 3).min(prompt.len());
        let mut next = row(&[&prompt[start..end], &[1, 2, 3]].concat());
        next.past = (start > 0).then_some(Past { id: 0, tokens: start });
        run(model, &[keeping(next, 0, end)]).unwrap();
    }
    let last = prompt.len() - 1;
    assert_eq!(logits(model, &[after(0, last, &prompt[last..])]), expected[..1], "word by word");
}

#[test]
fn a_small_model_gives_what_a_plain_loop_gives() {
    let small = SmallModel::new(SMALL, 19);
    let prompts = prompts(&mut Random(20), SMALL.vocabulary, &[37, 2, 16, 17, 3, 70]);
    let model = Model::new(small.decoder(), Level::all()[0], 2).unwrap();
    let rows: Vec<Row> = prompts.iter().map(|prompt| row(prompt)).collect();
    for (prompt, actual) in prompts.iter().zip(logits(&model, &rows)) {
        let expected = small.plainly(prompt);
        let difference = actual.iter().zip(&expected).map(|(actual, expected)| (actual - expected).abs());
        // A sum that is rounded elsewhere can end in another byte.
        let largest = difference.fold(0.0, f32::max);
        assert!(largest < 0.05, "{} tokens: {actual:?}, {expected:?}", prompt.len());
    }
}

#[test]
fn a_small_model_answers_the_same_however_it_is_run() {
    let small = SmallModel::new(SMALL, 21);
    let prompts = prompts(&mut Random(22), SMALL.vocabulary, &[35, 2, 16, 48, 33, 90, 5]);
    let mut expected = None;
    for level in Level::all() {
        for threads in 1..=4 {
            let model = Model::new(small.decoder(), level, threads).unwrap();
            let rows: Vec<Row> = prompts.iter().map(|prompt| row(prompt)).collect();
            let expected = expected.get_or_insert_with(|| logits(&model, &rows));
            assert_same_however_they_are_run(&model, &prompts, expected);
        }
    }
}

#[test]
fn the_shipped_model_answers_the_same_however_it_is_run() {
    let prompts = prompts(&mut Random(23), 49152, &[35, 4, 81]);
    let mut expected = None;
    for (level, threads) in Level::all().into_iter().zip([1, 2, 3]) {
        let model = Model::new(Decoder::open(&shipped()).unwrap(), level, threads).unwrap();
        let expected = expected.get_or_insert_with(|| {
            prompts.iter().flat_map(|prompt| logits(&model, &[row(prompt)])).collect::<Vec<_>>()
        });
        assert_same_however_they_are_run(&model, &prompts, expected);
    }
}

#[test]
fn the_shipped_model_opens_at_this_processor_s_level() {
    let model = Model::open(&shipped(), 1000).unwrap();
    assert!(run(&model, &[row(&[1, 2, 3])]).unwrap()[0].logits.iter().all(|logit| logit.is_finite()));
}

#[test]
fn rows_that_share_a_past_do_not_meet() {
    let model = Model::new(SmallModel::new(SMALL, 24).decoder(), Level::all()[0], 3).unwrap();
    let prompt: Vec<u32> = (0..20).collect();
    run(&model, &[keeping(row(&prompt), 1, 20)]).unwrap();
    let rests: Vec<Vec<u32>> = (0..9).map(|index| (0..=index).map(|token| token * 5 + index).collect()).collect();
    let rows: Vec<Row> = rests.iter().map(|rest| after(1, 20, rest)).collect();
    let whole: Vec<Row> = rests.iter().map(|rest| row(&[&prompt[..], rest].concat())).collect();
    assert_eq!(logits(&model, &rows), logits(&model, &whole));
    assert_eq!(logits(&model, &rows), logits(&model, &whole)); // The past is as it was.
}

#[test]
fn states_are_kept_as_asked() {
    let model = Model::new(SmallModel::new(SMALL, 25).decoder(), Level::all()[0], 1).unwrap();
    let page = SMALL.layers * SMALL.key_value_heads * size_of::<Part>();
    let bytes = |rows: &[Row]| run(&model, rows).unwrap()[0].state_bytes;
    let prompt: Vec<u32> = (0..40).collect();
    assert_eq!(bytes(&[row(&prompt)]), 0);
    assert_eq!(bytes(&[keeping(row(&prompt), 1, 0)]), 0);
    assert_eq!(bytes(&[keeping(row(&prompt), 1, 16)]), page);
    assert_eq!(bytes(&[keeping(row(&prompt), 1, 33)]), 3 * page);
    assert_eq!(bytes(&[keeping(after(1, 33, &[1]), 1, 34)]), 3 * page);
    assert_eq!(bytes(&[keeping(after(1, 0, &[1]), 1, 1000)]), page); // No more than there are.
    assert!(run(&model, &[after(1, 2, &[1])]).is_err());
}

#[test]
fn rows_that_cannot_be_run_are_errors_and_nothing_is_run() {
    let model = Model::new(SmallModel::new(SMALL, 26).decoder(), Level::all()[0], 2).unwrap();
    let most = vec![1; SMALL.positions];
    run(&model, &[keeping(row(&most), 1, 10)]).unwrap();
    let error = |bad: Row| run(&model, &[keeping(row(&[1]), 2, 1), bad]).err().unwrap_or_default();
    assert_eq!(error(after(7, 0, &[1])), "A state was used after its release.");
    assert_eq!(error(after(1, 11, &[1])), "A state of 10 tokens was used for 11.");
    assert_eq!(error(row(&[])), "A row of 0 tokens, 0 in all; 1 to 100 can be run.");
    assert_eq!(error(row(&[1; 101])), "A row of 101 tokens, 101 in all; 1 to 100 can be run.");
    assert_eq!(error(after(1, 10, &[1; 91])), "A row of 91 tokens, 101 in all; 1 to 100 can be run.");
    assert_eq!(error(row(&[0, 50])), "There is no token 50.");
    assert_eq!(error(after(2, 1, &[1])), "A state was used after its release.");
    assert_eq!(error(after(1, 10, &[1; 90])), "");
    let prepared = model.prepare(after(1, 10, &[1])).unwrap();
    model.release(1);
    model.release(1);
    assert_eq!(model.run(vec![prepared]).len(), 1); // It was found before.
    assert_eq!(error(after(1, 10, &[1])), "A state was used after its release.");
    assert!(logits(&model, &[]).is_empty());
}

#[test]
fn runs_at_the_same_time_wait_for_each_other() {
    let model = Model::new(SmallModel::new(SMALL, 27).decoder(), Level::all()[0], 2).unwrap();
    let prompts = prompts(&mut Random(28), SMALL.vocabulary, &[20, 31, 9, 40]);
    let expected: Vec<_> = prompts.iter().map(|prompt| logits(&model, &[row(prompt)])).collect();
    std::thread::scope(|scope| {
        for ((prompt, expected), id) in prompts.iter().zip(&expected).zip(0..) {
            let model = &model;
            scope.spawn(move || {
                for split in (1..prompt.len()).cycle().take(60) {
                    run(model, &[keeping(row(&prompt[..split]), id, split)]).unwrap();
                    assert_eq!(&logits(model, &[after(id, split, &prompt[split..])]), expected);
                    model.release(id);
                }
            });
        }
    });
}
