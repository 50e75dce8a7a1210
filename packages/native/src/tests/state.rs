use std::sync::Arc;

use crate::cache::{PAGE, Page, Part, State};

const PARTS: usize = 3;
const PAGE_BYTES: usize = PARTS * size_of::<Part>();

fn grown(state: &State, more: usize) -> State {
    state.clone().grown(more, PARTS)
}

/// Which of two states' pages are the same.
fn shared(left: &State, right: &State) -> Vec<bool> {
    left.pages().iter().zip(right.pages()).map(|(left, right)| Arc::ptr_eq(left, right)).collect()
}

fn write(page: &Page, value: f32) {
    // SAFETY: nobody else uses the page now.
    unsafe { (*page.part_ptr(PARTS - 1)).keys[63][PAGE - 1] = value };
}

fn read(page: &Page) -> f32 {
    // SAFETY: nobody writes the page now.
    unsafe { page.part(PARTS - 1).keys[63][PAGE - 1] }
}

#[test]
fn a_state_has_pages_for_its_tokens() {
    assert_eq!(State::default().size_bytes(), 0);
    for tokens in 1..=3 * PAGE {
        let state = grown(&State::default(), tokens);
        assert_eq!((state.tokens(), state.pages().len()), (tokens, tokens.div_ceil(PAGE)));
        assert_eq!(state.size_bytes(), tokens.div_ceil(PAGE) * PAGE_BYTES);
    }
}

#[test]
fn the_first_tokens_share_all_their_pages() {
    let state = grown(&State::default(), 40);
    for tokens in 0..=40 {
        let first = state.first(tokens);
        assert_eq!((first.tokens(), first.pages().len()), (tokens, tokens.div_ceil(PAGE)));
        assert!(shared(&first, &state).into_iter().all(|same| same));
    }
}

#[test]
fn going_on_at_the_end_of_a_page_copies_none() {
    let past = grown(&State::default(), 2 * PAGE);
    assert_eq!(shared(&grown(&past, 1), &past), [true, true]);
}

#[test]
fn going_on_inside_a_page_copies_that_one() {
    let past = grown(&State::default(), 20);
    write(&past.pages()[1], 7.0);
    let (left, right) = (grown(&past, 20), grown(&past, 20));
    assert_eq!(shared(&left, &past), [true, false]);
    assert_eq!(shared(&left, &right), [true, false, false]);
    assert_eq!(read(&left.pages()[1]), 7.0);
    write(&left.pages()[1], 8.0);
    assert_eq!((read(&past.pages()[1]), read(&right.pages()[1])), (7.0, 7.0));
}

#[test]
fn rolling_back_inside_a_page_and_going_on_leaves_the_state_alone() {
    let state = grown(&State::default(), 48);
    write(&state.pages()[1], 7.0);
    let other = grown(&state.first(20), 10);
    assert_eq!((other.tokens(), other.pages().len()), (30, 2));
    assert_eq!(shared(&other, &state), [true, false]);
    write(&other.pages()[1], 8.0);
    assert_eq!(read(&state.pages()[1]), 7.0);
}

#[test]
fn going_on_by_nothing_copies_nothing() {
    let past = grown(&State::default(), 20);
    assert_eq!(shared(&grown(&past, 0), &past), [true, true]);
}
