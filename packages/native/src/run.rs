//! One pass over the weights, for all rows that wait.

use crate::attention::{Scores, attend};
use crate::cache::{HEAD, PAGE, Part, State};
use crate::decoder::Decoder;
use crate::level::Level;
use crate::product::{BLOCK, ByteRows, Linear, ROWS_OF_TILE, product};
use crate::rows::{add, gate, normalise, quantise, rotate};
use crate::table::Table;
use crate::team::{Team, Worker};

/// Phases of a layer, and what comes before and after the layers.
const PHASES_OF_LAYER: usize = 9;
const OTHER_PHASES: usize = 2;

/// Tokens to run after a past.
pub struct Row {
    pub tokens: Vec<u32>,
    pub past: State,
}

/// What a row gives.
pub struct Answer {
    pub logits: Vec<f32>,
    /// Of the past and the row.
    pub state: State,
}

/// The phases of a run, for [`Team::new`].
pub fn phases(decoder: &Decoder) -> usize {
    decoder.layers.len() * PHASES_OF_LAYER + OTHER_PHASES
}

/// Answers rows, which must have tokens, and be within the decoder's vocabulary and positions.
pub fn run(decoder: &Decoder, level: Level, team: &mut Team, rows: Vec<Row>) -> Vec<Answer> {
    let run = Run::new(decoder, level, rows);
    team.run(&|worker| run.work(worker));
    let answers = run.states.into_iter().enumerate().map(|(row, state)| {
        // SAFETY: all threads are done.
        let logits = unsafe { run.logits.row(row) };
        Answer { logits: logits.to_vec(), state }
    });
    answers.collect()
}

/// A token of a row.
struct Place {
    token: usize,
    row: usize,
    position: usize,
}

/// Where all threads read and write. `[tokens][…]` but for the logits.
struct Run<'model> {
    decoder: &'model Decoder,
    level: Level,
    places: Vec<Place>,
    /// All tokens, and the last of each row.
    all: Vec<usize>,
    last: Vec<usize>,
    states: Vec<State>,
    residual: Table<f32>,
    /// The residual of each row's last token: all that is needed after the last attention.
    last_residual: Table<f32>,
    queries: Table<f32>,
    attended: Table<f32>,
    activated: Table<f32>,
    bytes: Table<u8>,
    attended_bytes: Table<u8>,
    wide_bytes: Table<u8>,
    /// What a level of each row of bytes stands for.
    steps: Table<f32>,
    logits: Table<f32>,
}

/// What a thread has for itself.
struct Scratch {
    /// The columns of a product that are worked on.
    columns: Vec<f32>,
    normed: Vec<f32>,
    /// Of the pages of the longest row.
    scores: Vec<Scores>,
}

impl<'model> Run<'model> {
    fn new(decoder: &'model Decoder, level: Level, rows: Vec<Row>) -> Self {
        let (mut places, mut last, mut states) = (Vec::new(), Vec::new(), Vec::new());
        for (row, Row { tokens, past }) in rows.into_iter().enumerate() {
            let (before, more) = (past.tokens(), tokens.len());
            let place = |(index, token)| Place { token: token as usize, row, position: before + index };
            places.extend(tokens.into_iter().enumerate().map(place));
            last.push(places.len() - 1);
            states.push(past.grown(more, decoder.parts()));
        }
        let (tokens, queries) = (places.len(), decoder.heads * HEAD);
        let padded = tokens.next_multiple_of(ROWS_OF_TILE);
        Self {
            residual: Table::new(tokens, decoder.hidden),
            last_residual: Table::new(states.len(), decoder.hidden),
            queries: Table::new(tokens, queries),
            attended: Table::new(tokens, queries),
            activated: Table::new(tokens, decoder.mlp),
            bytes: Table::new(padded, decoder.hidden),
            attended_bytes: Table::new(padded, queries),
            wide_bytes: Table::new(padded, decoder.mlp),
            steps: Table::new(tokens, 1),
            logits: Table::new(states.len(), decoder.outputs),
            decoder,
            level,
            places,
            all: (0..tokens).collect(),
            last,
            states,
        }
    }

    /// What each thread does. Every phase only reads what earlier ones wrote, and its pieces write apart: that is what
    /// the tables and pages ask for.
    fn work(&self, worker: &Worker) {
        let Self { decoder, level, .. } = *self;
        let _tiles = level.tiles();
        let longest = self.states.iter().map(|state| state.pages().len()).max().unwrap_or(0);
        let mut scratch = Scratch {
            columns: vec![0.0; self.places.len() * 2 * BLOCK],
            normed: vec![0.0; decoder.hidden],
            scores: vec![Scores::default(); longest],
        };
        worker.phase(self.places.len(), |token| {
            // SAFETY: the row is this piece's.
            decoder.embed(self.places[token].token, unsafe { self.residual.row_mut(token) });
        });
        for (index, layer) in decoder.layers.iter().enumerate() {
            let is_last = index + 1 == decoder.layers.len();
            self.norm(
                worker,
                &self.residual,
                self.places.len(),
                &layer.attention_norm,
                &layer.query_key_value,
                &mut scratch,
            );
            self.project(worker, &layer.query_key_value, index, &mut scratch);
            // From the last attention on only the last tokens matter.
            let (tokens, residual) =
                if is_last { (&self.last, &self.last_residual) } else { (&self.all, &self.residual) };
            let count = tokens.len();
            self.attention(worker, tokens, index, &mut scratch);
            // SAFETY: a piece writes its own row, and reads what earlier phases have written.
            worker.phase(count, |row| unsafe {
                if is_last {
                    residual.row_mut(row).copy_from_slice(self.residual.row(tokens[row]));
                }
                self.write_bytes(self.attended.row(tokens[row]), layer.attention_out.step, &self.attended_bytes, row);
            });
            self.add_product(worker, &layer.attention_out, &self.attended_bytes, residual, count, &mut scratch);
            self.norm(worker, residual, count, &layer.mlp_norm, &layer.gate_up, &mut scratch);
            self.activate(worker, &layer.gate_up, count, &mut scratch);
            // SAFETY: as above.
            worker.phase(count, |row| unsafe {
                self.write_bytes(self.activated.row(row), layer.down.step, &self.wide_bytes, row);
            });
            self.add_product(worker, &layer.down, &self.wide_bytes, residual, count, &mut scratch);
        }
        // SAFETY: as above.
        worker.phase(self.states.len(), |row| unsafe {
            normalise(level, self.last_residual.row(row), &decoder.final_norm, decoder.epsilon, &mut scratch.normed);
            let logits = self.logits.row_mut(row);
            for (&value, weights) in scratch.normed.iter().zip(decoder.action_head.chunks_exact(decoder.outputs)) {
                for (logit, weight) in logits.iter_mut().zip(weights) {
                    *logit += value * weight;
                }
            }
        });
    }

    /// # Safety
    /// As [`Table::row_mut`] of both tables.
    unsafe fn write_bytes(&self, values: &[f32], step: Option<f32>, bytes: &Table<u8>, row: usize) {
        // SAFETY: the caller's word.
        unsafe {
            self.steps.row_mut(row)[0] = quantise(self.level, values, step, bytes.row_mut(row));
        }
    }

    fn norm(
        &self,
        worker: &Worker,
        residual: &Table<f32>,
        count: usize,
        weights: &[f32],
        next: &Linear,
        scratch: &mut Scratch,
    ) {
        // SAFETY: a piece writes its own row, and reads what earlier phases have written.
        worker.phase(count, |row| unsafe {
            normalise(self.level, residual.row(row), weights, self.decoder.epsilon, &mut scratch.normed);
            self.write_bytes(&scratch.normed, next.step, &self.bytes, row);
        });
    }

    /// Two blocks of columns of a product: `columns[row][2 * BLOCK]`.
    ///
    /// # Safety
    /// No thread may write the bytes and steps meanwhile, and this one has its tiles, see [`Run::work`].
    unsafe fn columns(
        &self,
        linear: &Linear,
        bytes: &Table<u8>,
        count: usize,
        blocks: [usize; 2],
        columns: &mut [f32],
    ) {
        let padded = count.next_multiple_of(ROWS_OF_TILE);
        // SAFETY: the caller's word.
        let rows = unsafe { ByteRows { bytes: bytes.first(padded), factors: self.steps.first(count) } };
        for (half, block) in blocks.into_iter().enumerate() {
            let place = (half * BLOCK, 2 * BLOCK);
            // SAFETY: the caller's word.
            unsafe { product(self.level, linear, self.decoder.arena.bytes(), block, rows, columns, place) };
        }
    }

    /// Queries, keys and values, a head a piece; keys and values go into the pages.
    fn project(&self, worker: &Worker, linear: &Linear, layer: usize, scratch: &mut Scratch) {
        const { assert!(HEAD == 2 * BLOCK) };
        let Decoder { heads, key_value_heads, cosines, sines, .. } = self.decoder;
        let (heads, key_value_heads) = (*heads, *key_value_heads);
        // SAFETY: a piece writes the columns of its head, or one half of its head's part of pages that this run has made:
        // no two rows have the same one.
        worker.phase(heads + 2 * key_value_heads, |head| unsafe {
            self.columns(linear, &self.bytes, self.places.len(), [2 * head, 2 * head + 1], &mut scratch.columns);
            let values = scratch.columns.as_chunks_mut::<HEAD>().0;
            for (token, (place, values)) in self.places.iter().zip(values).enumerate() {
                let angles = place.position * HEAD / 2..(place.position + 1) * HEAD / 2;
                let (cosines, sines) = (&cosines[angles.clone()], &sines[angles]);
                if head < heads {
                    rotate(self.level, values, cosines, sines, 1.0 / (HEAD as f32).sqrt());
                    self.queries.cells_mut(token, head * HEAD, HEAD).copy_from_slice(values);
                    continue;
                }
                let page = &self.states[place.row].pages()[place.position / PAGE];
                let lane = place.position % PAGE;
                let of_layer = layer * key_value_heads;
                if head < heads + key_value_heads {
                    rotate(self.level, values, cosines, sines, 1.0);
                    let part = page.part_ptr(of_layer + head - heads);
                    for (index, &value) in values.iter().enumerate() {
                        (*part).keys[index][lane] = value;
                    }
                } else {
                    let part = page.part_ptr(of_layer + head - heads - key_value_heads);
                    (*part).values[lane] = *values;
                }
            }
        });
    }

    /// A token's queries that share keys and values a piece.
    fn attention(&self, worker: &Worker, tokens: &[usize], layer: usize, scratch: &mut Scratch) {
        let Decoder { heads, key_value_heads, .. } = *self.decoder;
        let width = heads / key_value_heads * HEAD;
        // SAFETY: a piece writes its own columns, and reads what earlier phases have written.
        worker.phase(tokens.len() * key_value_heads, |piece| unsafe {
            let (token, head) = (tokens[piece / key_value_heads], piece % key_value_heads);
            let Place { row, position, .. } = self.places[token];
            let pages = self.states[row].pages().iter().map(|page| page.part(layer * key_value_heads + head));
            let pages: Vec<&Part> = pages.take(position / PAGE + 1).collect();
            let queries = &self.queries.row(token)[head * width..][..width];
            let out = self.attended.cells_mut(token, head * width, width);
            attend(self.level, queries, &pages, position + 1, &mut scratch.scores, out);
        });
    }

    /// Adds a product to the residual.
    fn add_product(
        &self,
        worker: &Worker,
        linear: &Linear,
        bytes: &Table<u8>,
        residual: &Table<f32>,
        count: usize,
        scratch: &mut Scratch,
    ) {
        // SAFETY: a piece writes its own columns, and reads what earlier phases have written.
        worker.phase(linear.outputs / (2 * BLOCK), |piece| unsafe {
            self.columns(linear, bytes, count, [2 * piece, 2 * piece + 1], &mut scratch.columns);
            for (row, more) in scratch.columns.chunks_exact(2 * BLOCK).take(count).enumerate() {
                add(self.level, residual.cells_mut(row, piece * 2 * BLOCK, 2 * BLOCK), more);
            }
        });
    }

    /// The MLP's inner rows: columns of the gate and those of up that belong to them.
    fn activate(&self, worker: &Worker, linear: &Linear, count: usize, scratch: &mut Scratch) {
        let pieces = self.decoder.mlp / BLOCK;
        // SAFETY: a piece writes its own columns, and reads what earlier phases have written.
        worker.phase(pieces, |piece| unsafe {
            self.columns(linear, &self.bytes, count, [piece, pieces + piece], &mut scratch.columns);
            for (row, values) in scratch.columns.chunks_exact(2 * BLOCK).take(count).enumerate() {
                let (left, right) = values.split_at(BLOCK);
                gate(self.level, left, right, self.activated.cells_mut(row, piece * BLOCK, BLOCK));
            }
        });
    }
}
