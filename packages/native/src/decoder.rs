//! The weights of a fused int8 graph, as `training/turnwise_training/export_fused.py` writes it.

use std::io;
use std::iter::once;
use std::path::Path;

use memmap2::{Mmap, MmapMut};

use crate::cache::HEAD;
use crate::files::{MappedFile, open_beside};
use crate::onnx::{Graph, Problem};
use crate::product::{BLOCK, Linear, MOST_INPUTS, MOST_WEIGHT, pack};

/// The actions' logits: what a run gives for each row, and after them a yield's, if the graph has one.
pub const ACTIONS: usize = 4;

/// What comes with the weights of a layer.
pub struct Layer {
    pub attention_norm: Vec<f32>,
    pub query_key_value: Linear,
    pub attention_out: Linear,
    pub mlp_norm: Vec<f32>,
    /// The gate's columns first.
    pub gate_up: Linear,
    pub down: Linear,
}

pub struct Decoder {
    pub hidden: usize,
    pub heads: usize,
    pub key_value_heads: usize,
    pub mlp: usize,
    pub epsilon: f32,
    /// The longest prompt.
    pub positions: usize,
    /// `[positions][HEAD / 2]`
    pub cosines: Vec<f32>,
    pub sines: Vec<f32>,
    pub layers: Vec<Layer>,
    pub final_norm: Vec<f32>,
    /// How many logits a row has: those of the actions, or one more.
    pub outputs: usize,
    /// `[hidden][outputs]`
    pub action_head: Vec<f32>,
    embeddings: Embeddings,
    /// The weights of all products, packed.
    pub arena: Arena,
}

/// Memory for bytes, on large pages where the system has them: every run reads all of it.
pub struct Arena(MmapMut);

impl Arena {
    fn new(bytes: usize) -> io::Result<Self> {
        let memory = MmapMut::map_anon(bytes)?;
        // Only speed depends on it.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage);
        Ok(Self(memory))
    }

    pub fn bytes(&self) -> &[i8] {
        // SAFETY: i8 has u8's size and alignment, and every bit pattern is one.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len()) }
    }

    fn bytes_mut(&mut self) -> &mut [i8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), self.0.len()) }
    }
}

/// The table stays in its file: a prompt needs few of its rows, and processes share what the system has read of it.
struct Embeddings {
    table: Mmap,
    scales: Vec<f32>,
}

impl Decoder {
    /// Reads a graph's file and those beside it that hold weights. None may change as long as this is used.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let file = MappedFile::open(path)?;
        let graph = Graph::read(file.bytes())?;
        let others = open_beside(path, &graph)?;
        let graph = graph.with_files(|location| others.get(location).map(MappedFile::bytes))?;
        let map = |part: &[u8]| once(&file).chain(others.values()).find_map(|file| file.map(part));
        Self::read(&graph, |part| map(part).unwrap_or_else(|| Err(io::ErrorKind::NotFound.into())))
    }

    /// Of a graph. `map` maps weights that are needed longer: what was read of the rest is given back.
    pub fn read(graph: &Graph<'_>, map: impl FnOnce(&[u8]) -> io::Result<Mmap>) -> Result<Self, Problem> {
        let count = (0..).take_while(|layer| graph.has(&format!("layers.{layer}.down"))).count();
        if count == 0 || graph.has("layers.0.query_key_value_bias") {
            return Err("is no fused graph without biases".into());
        }
        let attention = graph.find("GroupQueryAttention")?;
        let (heads, key_value_heads) = (attention.integer("num_heads")?, attention.integer("kv_num_heads")?);
        if key_value_heads == 0 || heads > MOST_INPUTS / HEAD || !heads.is_multiple_of(key_value_heads) {
            return Err(format!("has {heads} heads for {key_value_heads} keys and values"));
        }
        let hidden = graph.count("final_norm")?;
        let mlp = graph.count("layers.0.down")?.checked_div(hidden).unwrap_or(0);
        let positions = graph.count("rotary_cosines")? / (HEAD / 2);
        let vocabulary = graph.count("embeddings_scales")?;
        let packed = (heads + 2 * key_value_heads) * HEAD;
        for size in [hidden, heads * HEAD, mlp] {
            if size == 0 || size > MOST_INPUTS || !size.is_multiple_of(HEAD) {
                return Err(format!("has a size of {size}: no multiple of {HEAD} up to {MOST_INPUTS}"));
            }
        }
        if positions == 0 || vocabulary == 0 {
            return Err("has no positions or no tokens".into());
        }
        let outputs = graph.count("action_head")?.checked_div(hidden).unwrap_or(0);
        if outputs != ACTIONS && outputs != ACTIONS + 1 {
            return Err(format!("has {outputs} logits: not those of {ACTIONS} actions, or one more"));
        }
        let arena =
            Arena::new(count * hidden * (packed + heads * HEAD + 3 * mlp)).map_err(|error| error.to_string())?;
        let mut loader = Loader { graph, arena, used: 0 };
        let layers = (0..count)
            .map(|index| {
                let name = |part| format!("layers.{index}.{part}");
                Ok(Layer {
                    attention_norm: graph.floats(&name("attention_norm"), hidden)?,
                    query_key_value: loader.linear(&name("query_key_value"), hidden, packed)?,
                    attention_out: loader.linear(&name("attention_out"), heads * HEAD, hidden)?,
                    mlp_norm: graph.floats(&name("mlp_norm"), hidden)?,
                    gate_up: loader.linear(&name("gate_up"), hidden, 2 * mlp)?,
                    down: loader.linear(&name("down"), mlp, hidden)?,
                })
            })
            .collect::<Result<_, Problem>>()?;
        let table = map(graph.raw_bytes("embeddings", vocabulary * hidden)?)
            .map_err(|error| format!("cannot be mapped: {error}"))?;
        Ok(Self {
            hidden,
            heads,
            key_value_heads,
            mlp,
            epsilon: graph.find("SkipSimplifiedLayerNormalization")?.float("epsilon")?,
            positions,
            cosines: graph.floats("rotary_cosines", positions * HEAD / 2)?,
            sines: graph.floats("rotary_sines", positions * HEAD / 2)?,
            layers,
            outputs,
            final_norm: graph.floats("final_norm", hidden)?,
            action_head: graph.floats("action_head", hidden * outputs)?,
            arena: loader.arena,
            embeddings: Embeddings { scales: graph.floats("embeddings_scales", vocabulary)?, table },
        })
    }

    /// How many tokens it knows.
    pub fn vocabulary(&self) -> usize {
        self.embeddings.scales.len()
    }

    /// Heads that have keys and values, of all layers.
    pub fn parts(&self) -> usize {
        self.layers.len() * self.key_value_heads
    }

    /// Writes a token's embedding.
    pub fn embed(&self, token: usize, out: &mut [f32]) {
        let Embeddings { table, scales } = &self.embeddings;
        let row = &table[token * self.hidden..][..self.hidden];
        for (out, &byte) in out.iter_mut().zip(row) {
            *out = f32::from(byte as i8) * scales[token];
        }
    }
}

struct Loader<'file> {
    graph: &'file Graph<'file>,
    arena: Arena,
    used: usize,
}

impl Loader<'_> {
    fn linear(&mut self, name: &str, inputs: usize, outputs: usize) -> Result<Linear, Problem> {
        const { assert!(HEAD.is_multiple_of(BLOCK)) };
        let weights = self.graph.bytes(name, inputs * outputs)?;
        if weights.iter().fold(0, |largest, weight| largest.max(weight.unsigned_abs())) > MOST_WEIGHT {
            return Err(format!("has weights of more than seven bits in {name}"));
        }
        let start = self.used;
        self.used += inputs * outputs;
        let excess = pack(weights, inputs, outputs, &mut self.arena.bytes_mut()[start..self.used]);
        let scales = self.graph.floats(&format!("{name}_scales"), outputs)?;
        Ok(Linear { inputs, outputs, start, scales, excess, step: self.step(name)? })
    }

    /// The fixed step of the rows that meet a weight, None if each row is divided by its largest magnitude before.
    fn step(&self, weight: &str) -> Result<Option<f32>, Problem> {
        let graph = self.graph;
        let product = graph.nodes.iter().find(|node| node.inputs.get(1) == Some(&weight));
        let product = product.ok_or_else(|| format!("does not use its weight {weight}"))?;
        let unknown = || format!("uses its weight {weight} in an unknown way");
        let quantised = graph.maker(product.inputs[0]).filter(|node| node.operator == "QuantizeLinear");
        let rows = quantised.and_then(|node| Some((*node.inputs.first()?, *node.inputs.get(1)?)));
        let (rows, step) = rows.ok_or_else(unknown)?;
        if graph.maker(rows).is_some_and(|node| node.operator == "Div") {
            return Ok(None);
        }
        Ok(Some(graph.floats(step, 1)?[0]))
    }
}
