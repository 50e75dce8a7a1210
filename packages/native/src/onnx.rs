//! Reads what is needed of a .onnx file: its weights, and how its nodes use them.
//!
//! Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto in the protocol buffers' wire format,
//! https://protobuf.dev/programming-guides/encoding/. Weights may lie in other files:
//! https://onnx.ai/onnx/repo-docs/ExternalData.html.

use std::collections::HashMap;

/// What is wrong with a file, in words.
pub type Problem = String;

const FLOAT: u64 = 1;
const INT8: u64 = 3;

/// `data_location` of a weight that another file holds.
const EXTERNAL: u64 = 1;

/// A weight as its file holds it.
#[derive(Clone, Copy)]
pub struct Tensor<'file> {
    kind: u64,
    raw: &'file [u8],
    /// Where its bytes are, if they are in another file.
    place: Option<Place<'file>>,
}

/// A place in another file.
#[derive(Clone, Copy, Default)]
struct Place<'file> {
    location: &'file str,
    offset: usize,
    /// To the end of the file if there is none.
    length: Option<usize>,
}

/// An operator.
#[derive(Default)]
pub struct Node<'file> {
    pub operator: &'file str,
    pub inputs: Vec<&'file str>,
    pub outputs: Vec<&'file str>,
    integers: HashMap<&'file str, u64>,
    floats: HashMap<&'file str, f32>,
}

/// The graph of a model.
#[derive(Default)]
pub struct Graph<'file> {
    pub nodes: Vec<Node<'file>>,
    tensors: HashMap<&'file str, Tensor<'file>>,
}

impl<'file> Graph<'file> {
    /// Of the bytes of a whole file. Weights that are in others are empty until [`Graph::with_files`].
    pub fn read(file: &'file [u8]) -> Result<Self, Problem> {
        let mut graph = Graph::default();
        for field in Fields(file) {
            if let (7, Value::Bytes(bytes)) = field? {
                graph.read_parts(bytes)?;
            }
        }
        Ok(graph)
    }

    fn read_parts(&mut self, bytes: &'file [u8]) -> Result<(), Problem> {
        for field in Fields(bytes) {
            match field? {
                (1, Value::Bytes(node)) => self.nodes.push(Node::read(node)?),
                (5, Value::Bytes(tensor)) => {
                    let (name, tensor) = read_tensor(tensor)?;
                    self.tensors.insert(name, tensor);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The files beside the graph that hold weights, once for each weight.
    pub fn locations(&self) -> impl Iterator<Item = &'file str> {
        self.tensors.values().filter_map(|tensor| Some(tensor.place?.location))
    }

    /// With the weights that are in other files. `file` gives the bytes of the one at a location.
    pub fn with_files(mut self, file: impl Fn(&str) -> Option<&'file [u8]>) -> Result<Self, Problem> {
        for (name, tensor) in &mut self.tensors {
            if let Some(Place { location, offset, length }) = tensor.place {
                let rest = file(location).and_then(|bytes| bytes.get(offset..));
                let found = rest.and_then(|rest| rest.get(..length.unwrap_or(rest.len())));
                let problem = || format!("has a weight {name} beyond the end of {location}: is that cut off?");
                tensor.raw = found.ok_or_else(problem)?;
            }
        }
        Ok(self)
    }

    /// Whether there is a weight of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// `count` whole numbers of a byte each, row by row.
    pub fn bytes(&self, name: &str, count: usize) -> Result<&'file [i8], Problem> {
        let raw = self.raw_bytes(name, count)?;
        // SAFETY: i8 has u8's size and alignment, and every bit pattern is one.
        Ok(unsafe { std::slice::from_raw_parts(raw.as_ptr().cast(), raw.len()) })
    }

    /// The same, as they lie in the file.
    pub fn raw_bytes(&self, name: &str, count: usize) -> Result<&'file [u8], Problem> {
        self.raw(name, INT8, count)
    }

    /// `count` floats, row by row.
    pub fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>, Problem> {
        let raw = self.raw(name, FLOAT, count.saturating_mul(4))?;
        Ok(raw.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect())
    }

    /// How many elements a weight has.
    pub fn count(&self, name: &str) -> Result<usize, Problem> {
        let Tensor { kind, raw, .. } = self.tensor(name)?;
        Ok(if kind == FLOAT { raw.len() / 4 } else { raw.len() })
    }

    fn tensor(&self, name: &str) -> Result<Tensor<'file>, Problem> {
        self.tensors.get(name).copied().ok_or_else(|| format!("has no weight {name}"))
    }

    fn raw(&self, name: &str, kind: u64, bytes: usize) -> Result<&'file [u8], Problem> {
        let tensor = self.tensor(name)?;
        if tensor.kind != kind || tensor.raw.len() != bytes {
            return Err(format!("has a weight {name} of another type or size"));
        }
        Ok(tensor.raw)
    }

    /// The first operator of a kind.
    pub fn find(&self, operator: &str) -> Result<&Node<'file>, Problem> {
        let found = self.nodes.iter().find(|node| node.operator == operator);
        found.ok_or_else(|| format!("has no {operator}"))
    }

    /// The operator that makes a value.
    pub fn maker(&self, value: &str) -> Option<&Node<'file>> {
        self.nodes.iter().find(|node| node.outputs.contains(&value))
    }
}

impl<'file> Node<'file> {
    fn read(bytes: &'file [u8]) -> Result<Self, Problem> {
        let mut node = Node::default();
        for field in Fields(bytes) {
            match field? {
                (1, Value::Bytes(name)) => node.inputs.push(text(name)?),
                (2, Value::Bytes(name)) => node.outputs.push(text(name)?),
                (4, Value::Bytes(name)) => node.operator = text(name)?,
                (5, Value::Bytes(attribute)) => node.read_attribute(attribute)?,
                _ => {}
            }
        }
        Ok(node)
    }

    fn read_attribute(&mut self, bytes: &'file [u8]) -> Result<(), Problem> {
        let mut name = "";
        for field in Fields(bytes) {
            match field? {
                (1, Value::Bytes(bytes)) => name = text(bytes)?,
                (2, Value::Fixed32(bits)) => _ = self.floats.insert(name, f32::from_bits(bits)),
                (3, Value::Number(number)) => _ = self.integers.insert(name, number),
                _ => {}
            }
        }
        Ok(())
    }

    pub fn integer(&self, name: &str) -> Result<usize, Problem> {
        let found = self.integers.get(name).and_then(|&number| usize::try_from(number).ok());
        found.ok_or_else(|| format!("has a {} without {name}", self.operator))
    }

    pub fn float(&self, name: &str) -> Result<f32, Problem> {
        self.floats.get(name).copied().ok_or_else(|| format!("has a {} without {name}", self.operator))
    }
}

fn read_tensor(bytes: &[u8]) -> Result<(&str, Tensor<'_>), Problem> {
    let (mut name, mut tensor) = ("", Tensor { kind: 0, raw: &[], place: None });
    let (mut is_external, mut place) = (false, Place::default());
    for field in Fields(bytes) {
        match field? {
            (2, Value::Number(kind)) => tensor.kind = kind,
            (8, Value::Bytes(bytes)) => name = text(bytes)?,
            (9, Value::Bytes(raw)) => tensor.raw = raw,
            (13, Value::Bytes(entry)) => place.read_entry(entry)?,
            (14, Value::Number(location)) => is_external = location == EXTERNAL,
            _ => {}
        }
    }
    tensor.place = is_external.then_some(place);
    Ok((name, tensor))
}

impl<'file> Place<'file> {
    fn read_entry(&mut self, bytes: &'file [u8]) -> Result<(), Problem> {
        let (mut key, mut value) = ("", "");
        for field in Fields(bytes) {
            match field? {
                (1, Value::Bytes(bytes)) => key = text(bytes)?,
                (2, Value::Bytes(bytes)) => value = text(bytes)?,
                _ => {}
            }
        }
        let number = || value.parse().map_err(|_| format!("has a weight in another file with the {key} {value:?}"));
        match key {
            "location" => self.location = value,
            "offset" => self.offset = number()?,
            "length" => self.length = Some(number()?),
            _ => {}
        }
        Ok(())
    }
}

fn text(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| "has a name that is no text".into())
}

enum Value<'file> {
    Number(u64),
    Fixed32(u32),
    Bytes(&'file [u8]),
    Skipped,
}

/// The fields of a message: their numbers and values.
struct Fields<'file>(&'file [u8]);

impl<'file> Fields<'file> {
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<&'file [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Value<'file>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Skipped)?,
            2 => {
                let count = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(count)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'file> Iterator for Fields<'file> {
    type Item = Result<(u64, Value<'file>), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[]; // Nothing after it can be read.
        }
        Some(field.ok_or_else(|| "is cut off or no ONNX file".into()))
    }
}
