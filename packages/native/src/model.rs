//! A model that is loaded, and the states it keeps.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cache::State;
use crate::decoder::Decoder;
use crate::level::Level;
use crate::onnx::Problem;
use crate::run::{self, Answer};
use crate::team::Team;

/// The first tokens of a state, which is known by its number.
#[derive(Clone, Copy)]
pub struct Past {
    pub id: u32,
    pub tokens: usize,
}

/// A row of a run.
pub struct Row {
    /// Without those of the past.
    pub tokens: Vec<u32>,
    pub past: Option<Past>,
    /// What is kept of the past and the tokens, under its number.
    pub keep: Option<Past>,
}

/// A row that can be run.
pub struct Prepared {
    row: run::Row,
    keep: Option<Past>,
}

/// What a row gave.
pub struct RowResult {
    pub logits: Vec<f32>,
    pub state_bytes: usize,
}

pub struct Model {
    decoder: Decoder,
    level: Level,
    team: Mutex<Team>,
    states: Mutex<HashMap<u32, State>>,
}

impl Model {
    pub fn open(path: &Path, threads: usize) -> Result<Self, Problem> {
        let level = Level::of_this_processor().ok_or_else(|| format!("needs a processor with {}", Level::LEAST))?;
        // More would only wait for each other.
        let threads = threads.min(std::thread::available_parallelism().map_or(1, usize::from));
        Self::new(Decoder::open(path)?, level, threads)
    }

    /// Runs a decoder at a level that the processor has.
    pub fn new(decoder: Decoder, level: Level, threads: usize) -> Result<Self, Problem> {
        let team = Team::new(threads, run::phases(&decoder)).map_err(|error| error.to_string())?;
        Ok(Self { decoder, level, team: Mutex::new(team), states: Mutex::default() })
    }

    /// Finds a row's past, and checks that it can be run. A state may be released after that.
    pub fn prepare(&self, Row { tokens, past, keep }: Row) -> Result<Prepared, Problem> {
        let past = match past {
            None => State::default(),
            Some(Past { id, tokens }) => {
                let states = self.states();
                let state = states.get(&id).ok_or("A state was used after its release.")?;
                if tokens > state.tokens() {
                    return Err(format!("A state of {} tokens was used for {tokens}.", state.tokens()));
                }
                state.first(tokens)
            }
        };
        let (total, most) = (past.tokens() + tokens.len(), self.decoder.positions);
        if tokens.is_empty() || total > most {
            return Err(format!("A row of {} tokens, {total} in all; 1 to {most} can be run.", tokens.len()));
        }
        if let Some(token) = tokens.iter().find(|&&token| token as usize >= self.decoder.vocabulary()) {
            return Err(format!("There is no token {token}."));
        }
        Ok(Prepared { row: run::Row { tokens, past }, keep })
    }

    /// Answers rows together.
    pub fn run(&self, rows: Vec<Prepared>) -> Vec<RowResult> {
        let (rows, keeps): (_, Vec<_>) = rows.into_iter().map(|Prepared { row, keep }| (row, keep)).unzip();
        let mut team = self.team.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = run::run(&self.decoder, self.level, &mut team, rows);
        drop(team);
        keeps.into_iter().zip(answers).map(|(keep, answer)| self.keep(keep, answer)).collect()
    }

    /// Forgets a state.
    pub fn release(&self, id: u32) {
        self.states().remove(&id);
    }

    fn states(&self) -> MutexGuard<'_, HashMap<u32, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, keep: Option<Past>, Answer { logits, state }: Answer) -> RowResult {
        let mut state_bytes = 0;
        if let Some(Past { id, tokens }) = keep {
            let state = state.first(tokens.min(state.tokens()));
            state_bytes = state.size_bytes();
            self.states().insert(id, state);
        }
        RowResult { logits, state_bytes }
    }
}
