//! What Node sees: see index.d.ts.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{AsyncTask, Error, Result};
use napi::{Env, Task};
use napi_derive::napi;

use crate::cache::State;
use crate::decoder::Decoder;
use crate::level::Level;
use crate::onnx::Problem;
use crate::run::{self, Answer};
use crate::team::Team;

/// The first tokens of a state.
#[napi(object)]
pub struct Past {
    pub id: u32,
    pub token_count: u32,
}

/// A row of a run.
#[napi(object)]
pub struct Row {
    pub tokens: Vec<u32>,
    pub past: Option<Past>,
    pub keep: Option<Past>,
}

/// What a row gave.
#[napi(object)]
pub struct RowResult {
    pub logits: Vec<f64>,
    pub state_bytes: f64,
}

pub struct Model {
    decoder: Decoder,
    level: Level,
    team: Mutex<Team>,
    states: Mutex<HashMap<u32, State>>,
}

impl Model {
    fn open(path: &str, threads: usize) -> std::result::Result<Self, Problem> {
        let level = Level::of_this_processor().ok_or("needs a processor with AVX2")?;
        let decoder = Decoder::open(Path::new(path))?;
        let team = Team::new(threads, run::phases(&decoder)).map_err(|error| error.to_string())?;
        Ok(Self { decoder, level, team: Mutex::new(team), states: Mutex::default() })
    }

    fn states(&self) -> MutexGuard<'_, HashMap<u32, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, rows: Vec<run::Row>, keeps: &[Option<Past>]) -> Vec<RowResult> {
        let mut team = self.team.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = run::run(&self.decoder, self.level, &mut team, rows);
        keeps.iter().zip(answers).map(|(keep, answer)| self.keep(keep.as_ref(), answer)).collect()
    }

    /// Finds a row's past, and checks that it can be run.
    fn prepare(&self, tokens: Vec<u32>, past: Option<Past>) -> std::result::Result<run::Row, Problem> {
        let past = match past {
            None => State::default(),
            Some(Past { id, token_count }) => {
                let states = self.states();
                let state = states.get(&id).ok_or("A state was used after its release.")?;
                let count = token_count as usize;
                if count > state.tokens() {
                    return Err(format!("A state of {} tokens was used for {count}.", state.tokens()));
                }
                state.first(count)
            }
        };
        let (total, most) = (past.tokens() + tokens.len(), self.decoder.positions);
        if tokens.is_empty() || total > most {
            return Err(format!("A row of {} tokens, {total} in all; 1 to {most} can be run.", tokens.len()));
        }
        if let Some(token) = tokens.iter().find(|&&token| token as usize >= self.decoder.vocabulary()) {
            return Err(format!("There is no token {token}."));
        }
        Ok(run::Row { tokens, past })
    }

    fn keep(&self, keep: Option<&Past>, Answer { logits, state }: Answer) -> RowResult {
        let mut state_bytes = 0;
        if let Some(&Past { id, token_count }) = keep {
            let state = state.first((token_count as usize).min(state.tokens()));
            state_bytes = state.size_bytes();
            self.states().insert(id, state);
        }
        RowResult { logits: logits.map(f64::from).to_vec(), state_bytes: state_bytes as f64 }
    }
}

/// A model that is loaded, and the states it keeps.
#[napi]
pub struct NativeModel(Option<Arc<Model>>);

#[napi]
impl NativeModel {
    /// Answers rows together. Their pasts are found here and not when they run: a release may come before that.
    #[napi(ts_return_type = "Promise<RowResult[]>")]
    pub fn run(&self, rows: Vec<Row>) -> Result<AsyncTask<RunTask>> {
        let model = self.0.clone().ok_or_else(|| Error::from_reason("The model is closed."))?;
        let mut task = RunTask { rows: Vec::with_capacity(rows.len()), keeps: Vec::with_capacity(rows.len()), model };
        for Row { tokens, past, keep } in rows {
            task.rows.push(task.model.prepare(tokens, past).map_err(Error::from_reason)?);
            task.keeps.push(keep);
        }
        Ok(AsyncTask::new(task))
    }

    /// Forgets a state.
    #[napi]
    pub fn release(&self, id: u32) {
        if let Some(model) = &self.0 {
            model.states().remove(&id);
        }
    }

    /// Frees everything once the runs under way are done.
    #[napi]
    pub fn close(&mut self) {
        self.0 = None;
    }
}

/// Loads a file and starts the threads.
#[napi(ts_return_type = "Promise<NativeModel>")]
pub fn open_model(path: String, threads: u32) -> AsyncTask<OpenTask> {
    AsyncTask::new(OpenTask { path, threads: threads as usize })
}

pub struct OpenTask {
    path: String,
    threads: usize,
}

impl Task for OpenTask {
    type Output = Model;
    type JsValue = NativeModel;

    fn compute(&mut self) -> Result<Model> {
        Model::open(&self.path, self.threads).map_err(Error::from_reason)
    }

    fn resolve(&mut self, _: Env, model: Model) -> Result<NativeModel> {
        Ok(NativeModel(Some(Arc::new(model))))
    }
}

pub struct RunTask {
    model: Arc<Model>,
    rows: Vec<run::Row>,
    keeps: Vec<Option<Past>>,
}

impl Task for RunTask {
    type Output = Vec<RowResult>;
    type JsValue = Vec<RowResult>;

    fn compute(&mut self) -> Result<Vec<RowResult>> {
        Ok(self.model.run(std::mem::take(&mut self.rows), &self.keeps))
    }

    fn resolve(&mut self, _: Env, results: Vec<RowResult>) -> Result<Vec<RowResult>> {
        Ok(results)
    }
}
