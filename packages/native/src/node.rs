//! What Node sees: see index.d.ts.

use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use napi::bindgen_prelude::{AsyncTask, Error, Result};
use napi::{Env, Task};
use napi_derive::napi;

use crate::model::{self, Model, Prepared};
use crate::onnx::Problem;

/// The first tokens of a state.
#[napi(object)]
pub struct Past {
    pub id: u32,
    pub token_count: u32,
}

impl From<Past> for model::Past {
    fn from(Past { id, token_count }: Past) -> Self {
        Self { id, tokens: token_count as usize }
    }
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

/// A model that is loaded, and the states it keeps.
#[napi]
pub struct NativeModel(Option<Arc<Model>>);

#[napi]
impl NativeModel {
    /// Answers rows together. Their pasts are found here and not when they run: a release may come before that.
    #[napi(ts_return_type = "Promise<RowResult[]>")]
    pub fn run(&self, rows: Vec<Row>) -> Result<AsyncTask<RunTask>> {
        let model = self.0.clone().ok_or_else(|| Error::from_reason("The model is closed."))?;
        let prepared = rows.into_iter().map(|Row { tokens, past, keep }| {
            model.prepare(model::Row { tokens, past: past.map(Into::into), keep: keep.map(Into::into) })
        });
        let rows = prepared.collect::<std::result::Result<_, _>>().map_err(Error::from_reason)?;
        Ok(AsyncTask::new(RunTask { model, rows }))
    }

    /// Forgets a state.
    #[napi]
    pub fn release(&self, id: u32) {
        if let Some(model) = &self.0 {
            model.release(id);
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
    AsyncTask::new(OpenTask { path: path.into(), threads: threads as usize })
}

/// A panic would end the process. It is a mistake in this crate, and concerns what was asked for alone: see Team.
fn without_panic<T>(task: impl FnOnce() -> std::result::Result<T, Problem>) -> Result<T> {
    let result = catch_unwind(AssertUnwindSafe(task));
    result
        .unwrap_or_else(|_| Err("There is a mistake in turnwise (see standard error).".into()))
        .map_err(Error::from_reason)
}

pub struct OpenTask {
    path: PathBuf,
    threads: usize,
}

impl Task for OpenTask {
    type Output = Model;
    type JsValue = NativeModel;

    fn compute(&mut self) -> Result<Model> {
        without_panic(|| Model::open(&self.path, self.threads))
    }

    fn resolve(&mut self, _: Env, model: Model) -> Result<NativeModel> {
        Ok(NativeModel(Some(Arc::new(model))))
    }
}

pub struct RunTask {
    model: Arc<Model>,
    rows: Vec<Prepared>,
}

impl Task for RunTask {
    type Output = Vec<model::RowResult>;
    type JsValue = Vec<RowResult>;

    fn compute(&mut self) -> Result<Self::Output> {
        without_panic(|| Ok(self.model.run(take(&mut self.rows))))
    }

    fn resolve(&mut self, _: Env, results: Self::Output) -> Result<Vec<RowResult>> {
        let result = |model::RowResult { logits, state_bytes }| RowResult {
            logits: logits.into_iter().map(f64::from).collect(),
            state_bytes: state_bytes as f64,
        };
        Ok(results.into_iter().map(result).collect())
    }
}
