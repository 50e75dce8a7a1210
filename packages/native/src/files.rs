//! The files of a model, mapped: the graph's, and those beside it that hold weights.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Component, Path};

use memmap2::{Mmap, MmapOptions};

use crate::onnx::{Graph, Problem};

/// A file that must not change as long as it, or a part of it, is mapped.
pub struct MappedFile {
    file: File,
    bytes: Mmap,
}

impl MappedFile {
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        // SAFETY: model files are replaced, never written in place (see the manifest's checksums).
        let bytes = unsafe { Mmap::map(&file) }.map_err(|error| format!("cannot be mapped: {error}"))?;
        Ok(Self { file, bytes })
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Maps a part of its bytes by itself, for longer than the rest. None if they are not in this file.
    pub fn map(&self, part: &[u8]) -> Option<io::Result<Mmap>> {
        let (whole, part) = (self.bytes.as_ptr_range(), part.as_ptr_range());
        if part.start < whole.start || part.end > whole.end {
            return None;
        }
        let start = part.start as usize - whole.start as usize;
        let length = part.end as usize - part.start as usize;
        // SAFETY: as above.
        Some(unsafe { MmapOptions::new().offset(start as u64).len(length).map(&self.file) })
    }
}

/// Maps the files that hold weights of a graph, by their locations. They lie in its folder, or deeper.
pub fn open_beside<'file>(path: &Path, graph: &Graph<'file>) -> Result<HashMap<&'file str, MappedFile>, Problem> {
    let mut files = HashMap::new();
    for location in graph.locations() {
        let is_inside = Path::new(location).components().all(|part| matches!(part, Component::Normal(_)));
        if location.is_empty() || !is_inside {
            return Err(format!("has weights in {location:?}, which is no path inside its folder"));
        }
        if !files.contains_key(location) {
            let file = MappedFile::open(&path.with_file_name(location));
            files.insert(location, file.map_err(|problem| format!("has weights in {location}, which {problem}"))?);
        }
    }
    Ok(files)
}
