use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::Random;
use crate::team::{Team, Worker};

/// Runs phases of so many pieces, and asserts that each is done once, after all of the phase before.
fn run_and_check(team: &mut Team, phases: &[usize], pause: impl Fn(usize, usize) + Sync) {
    let pieces = |&count: &usize| (0..count).map(|_| AtomicUsize::new(0)).collect();
    let done: Vec<Vec<AtomicUsize>> = phases.iter().map(pieces).collect();
    let is_done = |phase: usize| done[phase].iter().all(|times| times.load(Ordering::Relaxed) == 1);
    team.run(&|worker: &Worker| {
        for (phase, &count) in phases.iter().enumerate() {
            worker.phase(count, |piece| {
                assert!(phase == 0 || is_done(phase - 1));
                pause(phase, piece);
                done[phase][piece].fetch_add(1, Ordering::Relaxed);
            });
            assert!(is_done(phase));
        }
    });
    assert!((0..phases.len()).all(is_done));
}

#[test]
fn every_piece_is_done_once_in_thousands_of_runs() {
    let mut random = Random(11);
    for threads in 0..=4 {
        let mut team = Team::new(threads, 6).unwrap();
        for _ in 0..2000 {
            let phases: Vec<usize> = (0..random.below(7)).map(|_| random.below(9)).collect();
            run_and_check(&mut team, &phases, |_, _| {});
        }
    }
}

#[test]
fn threads_that_sleep_delay_nothing_but_their_piece() {
    let mut random = Random(12);
    for threads in 1..=4 {
        let mut team = Team::new(threads, 5).unwrap();
        for _ in 0..30 {
            let slow = (random.below(5), random.below(7));
            run_and_check(&mut team, &[7, 1, 3, 7, 2], |phase, piece| {
                if (phase, piece) == slow {
                    thread::sleep(Duration::from_millis(2));
                }
            });
        }
    }
}

#[test]
fn runs_after_a_pause_find_sleeping_helpers() {
    let mut team = Team::new(3, 2).unwrap();
    for micros in [0, 1, 50, 500, 5000, 20_000] {
        thread::sleep(Duration::from_micros(micros));
        run_and_check(&mut team, &[5, 5], |_, _| {});
    }
}

#[test]
fn teams_run_beside_each_other() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut team = Team::new(3, 3).unwrap();
                (0..300).for_each(|_| run_and_check(&mut team, &[4, 9, 1], |_, _| {}));
            });
        }
    });
}

#[test]
fn a_team_ends_whether_it_has_run_or_not() {
    for runs in (0..300).map(|index| index % 3) {
        let mut team = Team::new(4, 1).unwrap();
        (0..runs).for_each(|_| run_and_check(&mut team, &[3], |_, _| {}));
    }
}

/// A panic of which nothing is printed.
fn panic_quietly() {
    resume_unwind(Box::new("on purpose"));
}

#[test]
fn a_panic_of_any_member_ends_the_run_and_leaves_the_team() {
    for threads in 1..=4 {
        let mut team = Team::new(threads, 4).unwrap();
        for (phase, piece) in (0..4).flat_map(|phase| (0..5).map(move |piece| (phase, piece))) {
            let run = AssertUnwindSafe(|| {
                run_and_check(&mut team, &[5; 4], |at, which| {
                    if (at, which) == (phase, piece) {
                        panic_quietly();
                    }
                });
            });
            assert!(catch_unwind(run).is_err());
            run_and_check(&mut team, &[5; 4], |_, _| {});
        }
    }
}

#[test]
fn a_helper_s_panic_reaches_the_caller() {
    let mut team = Team::new(3, 2).unwrap();
    let caller = thread::current().id();
    let run = AssertUnwindSafe(|| {
        run_and_check(&mut team, &[2000, 3], |_, _| {
            if thread::current().id() != caller {
                panic_quietly();
            }
            thread::sleep(Duration::from_micros(100));
        });
    });
    assert!(catch_unwind(run).is_err());
    run_and_check(&mut team, &[5, 3], |_, _| {});
}

#[test]
fn a_program_of_too_many_phases_panics() {
    let mut team = Team::new(2, 2).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| run_and_check(&mut team, &[1, 1, 1], |_, _| {}))).is_err());
    run_and_check(&mut team, &[1, 1], |_, _| {});
}
