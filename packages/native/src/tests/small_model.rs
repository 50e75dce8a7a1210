//! A fused graph of random weights, written as `export_fused.py` does, and a plain way to run it.

use memmap2::{Mmap, MmapMut};

use super::Random;
use crate::cache::HEAD;
use crate::decoder::{ACTIONS, Decoder};
use crate::level::Level;
use crate::onnx::{Graph, Problem};
use crate::rows::{normalise, quantise, rotate};

/// The sizes of a model.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub layers: usize,
    pub hidden: usize,
    pub heads: usize,
    pub key_value_heads: usize,
    pub mlp: usize,
    pub vocabulary: usize,
    pub positions: usize,
    pub outputs: usize,
}

/// Queries share keys; no size is another's.
pub const SMALL: Sizes = Sizes {
    layers: 3,
    hidden: 128,
    heads: 4,
    key_value_heads: 2,
    mlp: 192,
    vocabulary: 50,
    positions: 100,
    outputs: ACTIONS + 1,
};
pub const SMALLEST: Sizes = Sizes {
    layers: 1,
    hidden: 64,
    heads: 1,
    key_value_heads: 1,
    mlp: 64,
    vocabulary: 7,
    positions: 20,
    outputs: ACTIONS,
};

/// Of the rows that meet these weights; the others have their own.
const STEP: f32 = 0.03;
const EPSILON: f32 = 1e-5;

fn has_fixed_step(name: &str) -> bool {
    name.ends_with("out") || name.ends_with("down")
}

/// A message in the protocol buffers' wire format.
#[derive(Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub fn number(mut self, field: u64, number: u64) -> Self {
        self.varint(field << 3);
        self.varint(number);
        self
    }

    pub fn float(mut self, field: u64, number: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }
}

/// `attributes`: a message each.
pub fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[Message]) -> Message {
    let mut message = Message::default().bytes(4, operator.as_bytes());
    message = inputs.iter().fold(message, |message, name| message.bytes(1, name.as_bytes()));
    message = outputs.iter().fold(message, |message, name| message.bytes(2, name.as_bytes()));
    attributes.iter().fold(message, |message, attribute| message.bytes(5, &attribute.0))
}

pub fn integer(name: &str, number: u64) -> Message {
    Message::default().bytes(1, name.as_bytes()).number(3, number)
}

pub fn tensor(name: &str, kind: u64, raw: &[u8]) -> Message {
    Message::default().number(2, kind).bytes(8, name.as_bytes()).bytes(9, raw)
}

/// `place`: what is said of where its bytes are.
pub fn external_tensor(name: &str, kind: u64, place: &[(&str, &str)]) -> Message {
    let message = Message::default().number(2, kind).bytes(8, name.as_bytes());
    let entry = |(key, value): &(&str, &str)| Message::default().bytes(1, key.as_bytes()).bytes(2, value.as_bytes());
    place.iter().fold(message, |message, pair| message.bytes(13, &entry(pair).0)).number(14, 1)
}

/// A file being written, and what is in it.
pub struct SmallModel {
    pub sizes: Sizes,
    random: Random,
    graph: Message,
    bytes: Vec<(String, Vec<i8>)>,
    floats: Vec<(String, Vec<f32>)>,
}

impl SmallModel {
    pub fn new(sizes: Sizes, seed: u64) -> Self {
        let (bytes, floats) = (Vec::new(), Vec::new());
        let mut model = Self { sizes, random: Random(seed), graph: Message::default(), bytes, floats };
        let Sizes { layers, hidden, heads, key_value_heads, mlp, vocabulary, positions, outputs } = sizes;
        model.add_bytes("embeddings", vocabulary * hidden);
        model.add_floats("embeddings_scales", vocabulary, 0.002, 0.01);
        let angles: Vec<f32> = (0..positions * HEAD / 2)
            .map(|index| (index / (HEAD / 2)) as f32 / (1 + index % (HEAD / 2)) as f32)
            .collect();
        model.put_floats("rotary_cosines", angles.iter().map(|angle| angle.cos()).collect());
        model.put_floats("rotary_sines", angles.iter().map(|angle| angle.sin()).collect());
        model.put_floats("step", vec![STEP]);
        model.put_floats("own_step", vec![1.0 / 127.0]);
        for layer in 0..layers {
            model.add_floats(&format!("layers.{layer}.attention_norm"), hidden, 0.5, 1.5);
            model.add_linear(layer, "query_key_value", hidden, (heads + 2 * key_value_heads) * HEAD);
            model.add_linear(layer, "attention_out", heads * HEAD, hidden);
            model.add_floats(&format!("layers.{layer}.mlp_norm"), hidden, 0.5, 1.5);
            model.add_linear(layer, "gate_up", hidden, 2 * mlp);
            model.add_linear(layer, "down", mlp, hidden);
        }
        model.add_floats("final_norm", hidden, 0.5, 1.5);
        model.add_floats("action_head", hidden * outputs, -1.0, 1.0);
        let counts = [integer("num_heads", heads as u64), integer("kv_num_heads", key_value_heads as u64)];
        model.put_node(node("GroupQueryAttention", &[], &[], &counts));
        let epsilon = Message::default().bytes(1, b"epsilon").float(2, EPSILON);
        model.put_node(node("SkipSimplifiedLayerNormalization", &[], &[], &[epsilon]));
        model
    }

    fn put_node(&mut self, node: Message) {
        self.graph = std::mem::take(&mut self.graph).bytes(1, &node.0);
    }

    fn put_floats(&mut self, name: &str, floats: Vec<f32>) {
        let raw: Vec<u8> = floats.iter().flat_map(|float| float.to_le_bytes()).collect();
        self.graph = std::mem::take(&mut self.graph).bytes(5, &tensor(name, 1, &raw).0);
        self.floats.push((name.into(), floats));
    }

    fn add_floats(&mut self, name: &str, count: usize, least: f32, most: f32) {
        let floats =
            self.random.floats(count).iter().map(|float| least + (float + 1.0) / 2.0 * (most - least)).collect();
        self.put_floats(name, floats);
    }

    fn add_bytes(&mut self, name: &str, count: usize) {
        let bytes = self.random.weights(count);
        let raw: Vec<u8> = bytes.iter().map(|&byte| byte as u8).collect();
        self.graph = std::mem::take(&mut self.graph).bytes(5, &tensor(name, 3, &raw).0);
        self.bytes.push((name.into(), bytes));
    }

    fn add_linear(&mut self, layer: usize, part: &str, inputs: usize, outputs: usize) {
        let name = format!("layers.{layer}.{part}");
        self.add_bytes(&name, inputs * outputs);
        self.add_floats(&format!("{name}_scales"), outputs, 0.0005, 0.003);
        let (rows, divided, quantised) = (format!("{name}.rows"), format!("{name}.divided"), format!("{name}.bytes"));
        let (rows, step) = if has_fixed_step(part) { (&rows, "step") } else { (&divided, "own_step") };
        self.put_node(node("Div", &[&rows.replace("divided", "rows"), "largest"], &[&divided], &[]));
        self.put_node(node("QuantizeLinear", &[rows, step, "zero"], &[&quantised], &[]));
        self.put_node(node("MatMulIntegerToFloat", &[&quantised, &name, step], &[&format!("{name}.result")], &[]));
    }

    pub fn file(&self) -> Vec<u8> {
        Message::default().number(1, 10).bytes(7, &self.graph.0).0
    }

    /// The same with the embeddings in another file, `padding` bytes after its beginning.
    pub fn files(&self, location: &str, padding: usize) -> (Vec<u8>, Vec<u8>) {
        let (name, file) = ("embeddings", self.file());
        let bytes: Vec<u8> = self.bytes_of(name).iter().map(|&byte| byte as u8).collect();
        let inside = Message::default().bytes(5, &tensor(name, 3, &bytes).0).0;
        let start = file.windows(inside.len()).position(|window| window == inside).expect("the table");
        let end = start + inside.len();
        let place = [("location", location), ("offset", &padding.to_string()), ("length", &bytes.len().to_string())];
        let outside = Message::default().bytes(5, &external_tensor(name, 3, &place).0).0;
        let graph_start = file.len() - self.graph.0.len();
        let graph = [&file[graph_start..start], &outside, &file[end..]].concat();
        (Message::default().number(1, 10).bytes(7, &graph).0, [vec![1; padding], bytes].concat())
    }

    pub fn decoder(&self) -> Decoder {
        decoder(&self.file()).expect("a model")
    }

    fn bytes_of(&self, name: &str) -> &[i8] {
        &self.bytes.iter().find(|(found, _)| found == name).expect("bytes of this name").1
    }

    fn floats_of(&self, name: &str) -> &[f32] {
        &self.floats.iter().find(|(found, _)| found == name).expect("floats of this name").1
    }

    /// The logits after all tokens, one token after the other. Only the steps between the products are the crate's own,
    /// so that the same numbers are rounded.
    pub fn plainly(&self, tokens: &[u32]) -> Vec<f32> {
        let Sizes { layers, hidden, heads, key_value_heads, mlp, outputs, .. } = self.sizes;
        let level = *Level::all().last().expect("this processor has a level");
        let norm = |row: &[f32], name: &str| {
            let mut out = vec![0.0; row.len()];
            normalise(level, row, self.floats_of(name), EPSILON, &mut out);
            out
        };
        let mut caches = vec![Vec::<Vec<f32>>::new(); layers];
        let mut logits = Vec::new();
        for (position, &token) in tokens.iter().enumerate() {
            let scale = self.floats_of("embeddings_scales")[token as usize];
            let row = &self.bytes_of("embeddings")[token as usize * hidden..][..hidden];
            let mut residual: Vec<f32> = row.iter().map(|&byte| f32::from(byte) * scale).collect();
            let angles = position * HEAD / 2..(position + 1) * HEAD / 2;
            for (layer, cache) in caches.iter_mut().enumerate() {
                let name = |part: &str| format!("layers.{layer}.{part}");
                let mut packed =
                    self.linear(&name("query_key_value"), &norm(&residual, &name("attention_norm")), level);
                for (head, values) in packed.chunks_mut(HEAD).enumerate().take(heads + key_value_heads) {
                    let (cosines, sines) = (self.floats_of("rotary_cosines"), self.floats_of("rotary_sines"));
                    let factor = if head < heads { 0.125 } else { 1.0 };
                    rotate(level, values, &cosines[angles.clone()], &sines[angles.clone()], factor);
                }
                cache.push(packed);
                let attended: Vec<f32> = (0..heads).flat_map(|head| self.attend(cache, head)).collect();
                add(&mut residual, &self.linear(&name("attention_out"), &attended, level));
                let both = self.linear(&name("gate_up"), &norm(&residual, &name("mlp_norm")), level);
                let activated: Vec<f32> =
                    (0..mlp).map(|place| both[place] * both[mlp + place] / (1.0 + (-both[place]).exp())).collect();
                add(&mut residual, &self.linear(&name("down"), &activated, level));
            }
            let normed = norm(&residual, "final_norm");
            let head = self.floats_of("action_head");
            let logit = |output| (0..hidden).map(|place| normed[place] * head[place * outputs + output]).sum();
            logits = (0..outputs).map(logit).collect();
        }
        logits
    }

    fn linear(&self, name: &str, row: &[f32], level: Level) -> Vec<f32> {
        let mut bytes = vec![0; row.len()];
        let step = quantise(level, row, has_fixed_step(name).then_some(STEP), &mut bytes);
        let (weights, scales) = (self.bytes_of(name), self.floats_of(&format!("{name}_scales")));
        let column = |(column, scale): (usize, &f32)| {
            let product = |(input, &byte): (usize, &u8)| {
                (i32::from(byte) - 128) * i32::from(weights[input * scales.len() + column])
            };
            bytes.iter().enumerate().map(product).sum::<i32>() as f32 * (scale * step)
        };
        scales.iter().enumerate().map(column).collect()
    }

    /// The last token's attention, one head of it.
    fn attend(&self, cache: &[Vec<f32>], head: usize) -> Vec<f32> {
        let Sizes { heads, key_value_heads, .. } = self.sizes;
        let key = heads + head / (heads / key_value_heads);
        let part = |packed: &'_ Vec<f32>, head: usize| packed[head * HEAD..][..HEAD].to_vec();
        let query = part(cache.last().expect("a token"), head);
        let score = |packed| part(packed, key).iter().zip(&query).map(|(x, y)| f64::from(x * y)).sum::<f64>().exp();
        let weights: Vec<f64> = cache.iter().map(score).collect();
        let total: f64 = weights.iter().sum();
        let place = |place: usize| {
            let value = |packed: &Vec<f32>| f64::from(part(packed, key + key_value_heads)[place]);
            (cache.iter().zip(&weights).map(|(packed, weight)| weight * value(packed)).sum::<f64>() / total) as f32
        };
        (0..HEAD).map(place).collect()
    }
}

fn add(row: &mut [f32], more: &[f32]) {
    row.iter_mut().zip(more).for_each(|(value, more)| *value += more);
}

/// Of the bytes of a file.
pub fn decoder(file: &[u8]) -> Result<Decoder, Problem> {
    Decoder::read(&Graph::read(file)?, |part| Ok(mapped(part)))
}

fn mapped(file: &[u8]) -> Mmap {
    let mut memory = MmapMut::map_anon(file.len().max(1)).unwrap();
    memory[..file.len()].copy_from_slice(file);
    memory.make_read_only().unwrap()
}
