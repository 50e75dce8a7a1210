use std::fs;
use std::path::{Path, PathBuf};

use super::Random;
use super::small_model::{Message, SMALLEST, SmallModel, decoder, external_tensor, integer, node, tensor};
use crate::decoder::Decoder;
use crate::onnx::Graph;

fn file() -> Vec<u8> {
    let attention = node("Attention", &["x", "weights"], &["y"], &[integer("heads", 300)]);
    let graph = Message::default()
        .bytes(1, &attention.0)
        .bytes(1, &node("Div", &["y"], &["z"], &[Message::default().bytes(1, b"epsilon").float(2, 0.5)]).0)
        .bytes(5, &tensor("weights", 3, &[1, 255, 128]).0)
        .bytes(5, &tensor("norm", 1, &1.5f32.to_le_bytes()).0);
    Message::default().number(1, 10).bytes(7, &graph.0).0
}

#[test]
fn a_graph_is_read() {
    let file = file();
    let graph = Graph::read(&file).unwrap();
    assert_eq!(graph.bytes("weights", 3).unwrap(), [1, -1, -128]);
    assert_eq!(graph.floats("norm", 1).unwrap(), [1.5]);
    assert_eq!((graph.count("weights"), graph.count("norm")), (Ok(3), Ok(1)));
    assert!(graph.has("norm") && !graph.has("z"));
    let attention = graph.find("Attention").unwrap();
    assert_eq!((&attention.inputs[..], &attention.outputs[..]), (&["x", "weights"][..], &["y"][..]));
    assert_eq!(attention.integer("heads"), Ok(300));
    assert_eq!(graph.maker("z").unwrap().float("epsilon"), Ok(0.5));
}

#[test]
fn what_is_missing_or_of_another_type_is_an_error() {
    let file = file();
    let graph = Graph::read(&file).unwrap();
    assert!(graph.bytes("norm", 4).is_err() && graph.floats("weights", 1).is_err());
    assert!(graph.bytes("weights", 4).is_err() && graph.floats("norm", usize::MAX).is_err());
    assert!(graph.bytes("nothing", 0).is_err() && graph.count("nothing").is_err());
    assert!(graph.find("Nothing").is_err() && graph.maker("nothing").is_none());
    let attention = graph.find("Attention").unwrap();
    assert!(attention.integer("nothing").is_err() && attention.float("heads").is_err());
}

#[test]
fn a_file_that_is_cut_off_is_an_error() {
    let file = file();
    let begins_graph = 2; // Before it there is only the version.
    for end in begins_graph + 1..file.len() {
        assert!(Graph::read(&file[..end]).is_err(), "cut off at {end}");
    }
}

#[test]
fn lengths_and_numbers_beyond_all_bounds_are_errors() {
    let huge = [0xff; 9];
    for key in 0..=255 {
        for last in [0x00, 0x01, 0x7f, 0xff] {
            let field = [&[key][..], &huge, &[last]].concat();
            assert_eq!(Graph::read(&field).is_ok(), key & 0x87 == 0 && last < 0x80, "{key:x} {last:x}");
        }
    }
}

/// Some bytes become others, as often as not next to each other.
fn damage(file: &mut [u8], random: &mut Random) {
    let start = random.below(file.len());
    for _ in 0..=random.below(3) {
        let place =
            if random.below(2) == 0 { random.below(file.len()) } else { (start + random.below(8)) % file.len() };
        file[place] = if random.below(2) == 0 { file[place] ^ 1 << random.below(8) } else { random.bits() as u8 };
    }
}

#[test]
fn a_damaged_graph_gives_no_panic() {
    let mut random = Random(13);
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tiny/fused/model.onnx");
    let (small, tiny) = (file(), fs::read(tiny).unwrap());
    for _ in 0..20_000 {
        let mut damaged = small.clone();
        damage(&mut damaged, &mut random);
        let _ = Graph::read(&damaged);
    }
    for _ in 0..2000 {
        let mut damaged = tiny.clone();
        damage(&mut damaged, &mut random);
        assert!(decoder(&damaged).is_err()); // Its heads are too small, for one thing.
    }
}

#[test]
fn a_damaged_model_gives_an_error_or_a_model() {
    let mut random = Random(14);
    let file = SmallModel::new(SMALLEST, 15).file();
    let weights = |window: &[u8]| window.iter().filter(|&&byte| byte.is_ascii_alphabetic()).count() < 12;
    let mut counts = [0, 0];
    for _ in 0..4000 {
        let mut damaged = file.clone();
        // Mostly where names and sizes are.
        let start = loop {
            let start = random.below(file.len() - 64);
            if !weights(&file[start..start + 64]) || random.below(50) == 0 {
                break start;
            }
        };
        damage(&mut damaged[start..start + 64], &mut random);
        counts[usize::from(decoder(&damaged).is_ok())] += 1;
    }
    assert!(counts.iter().all(|&count| count > 200), "{counts:?}");
}

#[test]
fn a_model_that_is_cut_off_is_an_error() {
    let file = SmallModel::new(SMALLEST, 16).file();
    for end in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        assert!(decoder(&file[..end]).is_err(), "cut off at {end}");
    }
}

#[test]
fn sizes_that_do_not_fit_are_errors() {
    let error = |change: fn(&mut super::small_model::Sizes)| {
        let mut sizes = SMALLEST;
        change(&mut sizes);
        decoder(&SmallModel::new(sizes, 17).file()).err().unwrap_or_default()
    };
    assert!(error(|sizes| sizes.hidden = 0).contains("size of 0"));
    assert!(error(|sizes| sizes.hidden = 96).contains("size of 96"));
    assert!(error(|sizes| sizes.mlp = 0).contains("size of 0"));
    assert!(error(|sizes| sizes.mlp = 32).contains("size of 32"));
    assert!(error(|sizes| sizes.heads = 0).contains("size of 0"));
    assert!(error(|sizes| sizes.key_value_heads = 0).contains("0 keys"));
    assert!(error(|sizes| sizes.key_value_heads = 2).contains("2 keys"));
    assert!(error(|sizes| sizes.positions = 0).contains("no positions"));
    assert!(error(|sizes| sizes.vocabulary = 0).contains("no tokens"));
    assert!(error(|sizes| sizes.outputs = 6).contains("6 logits"));
    assert!(error(|sizes| sizes.layers = 0).contains("no fused graph"));
    assert_eq!(error(|_| ()), "");
}

#[test]
fn weights_of_eight_bits_are_an_error() {
    let mut file = SmallModel::new(SMALLEST, 18).file();
    let name = b"layers.0.down";
    let start = file.windows(name.len()).position(|window| window == name).unwrap();
    file[start + name.len() + 10] = 65;
    assert!(decoder(&file).err().unwrap().contains("seven bits"));
}

#[test]
fn what_is_no_model_is_an_error() {
    let open = |path: &str| Decoder::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).err();
    for path in ["Cargo.toml", "../../models/en/tokenizer.json", "src", "nothing"] {
        assert!(open(path).is_some(), "{path}");
    }
    assert!(open("nothing").unwrap().starts_with("cannot be read"));
    assert!(decoder(&[]).is_err());
}

const EXTERNAL: &[(&str, &str)] = &[("location", "table.bin"), ("offset", "2"), ("length", "3")];

/// A graph with a weight that is in another file, as far as `place` says.
fn graph_of(place: &[(&str, &str)]) -> Vec<u8> {
    let weights = external_tensor("weights", 3, place);
    Message::default().bytes(7, &Message::default().bytes(5, &weights.0).0).0
}

#[test]
fn weights_in_other_files_are_read() {
    let read = |place: &[(&str, &str)], count: usize| {
        let file = graph_of(place);
        let graph = Graph::read(&file)?;
        assert_eq!(graph.locations().collect::<Vec<_>>(), ["table.bin"]);
        assert!(graph.bytes("weights", count).is_err(), "there are no files yet");
        let graph = graph.with_files(|_| Some(&[9, 9, 1, 255, 128, 7]))?;
        graph.bytes("weights", count).map(<[i8]>::to_vec)
    };
    assert_eq!(read(EXTERNAL, 3).unwrap(), [1, -1, -128]);
    assert_eq!(read(&EXTERNAL[..2], 4).unwrap(), [1, -1, -128, 7]);
    assert_eq!(read(&EXTERNAL[..1], 6).unwrap(), [9, 9, 1, -1, -128, 7]);
    assert!(read(EXTERNAL, 4).is_err());
}

#[test]
fn weights_that_other_files_do_not_have_are_errors() {
    let read = |place: &[(&str, &str)], bytes: Option<&'static [u8]>| {
        let file = graph_of(place);
        Graph::read(&file).and_then(|graph| graph.with_files(|_| bytes).map(|_| ())).err().unwrap_or_default()
    };
    assert_eq!(read(EXTERNAL, Some(&[0; 5])), "");
    for bytes in [None, Some(&[0; 4][..]), Some(&[0; 1]), Some(&[])] {
        assert!(read(EXTERNAL, bytes).contains("weights beyond the end of table.bin"), "{bytes:?}");
    }
    for key in ["offset", "length"] {
        for value in ["-1", "", "two", "99999999999999999999"] {
            let problem = read(&[EXTERNAL[0], (key, value)], Some(&[0; 5]));
            assert!(problem.contains(key) && problem.contains(value), "{key} {value}: {problem}");
        }
        let most = usize::MAX.to_string();
        assert!(read(&[EXTERNAL[0], ("offset", "1"), (key, &most)], Some(&[0; 5])).contains("beyond"), "{key}");
    }
}

/// A folder of a test, which is gone after it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("turnwise-native-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("deeper")).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_model_in_two_files_is_the_one_in_one_file() {
    let (model, folder) = (SmallModel::new(SMALLEST, 19), Folder::new("two-files"));
    let embeddings = |decoder: &Decoder| {
        let mut row = vec![0.0; decoder.hidden];
        (0..decoder.vocabulary()).flat_map(|token| (decoder.embed(token, &mut row), row.clone()).1).collect::<Vec<_>>()
    };
    let whole = Decoder::open(&folder.write("whole.onnx", &model.file())).unwrap();
    for (location, padding) in [("table.bin", 0), ("table.bin", 5000), ("deeper/table.bin", 1)] {
        let (graph, table) = model.files(location, padding);
        folder.write(location, &table);
        let split = Decoder::open(&folder.write("split.onnx", &graph)).unwrap();
        assert_eq!(embeddings(&split), embeddings(&whole), "{location} after {padding}");
        assert_eq!(split.arena.bytes(), whole.arena.bytes());
    }
}

#[test]
fn a_data_file_that_is_missing_cut_off_or_elsewhere_is_an_error() {
    let (model, folder) = (SmallModel::new(SMALLEST, 20), Folder::new("broken"));
    let open = |location: &str| {
        let (graph, table) = model.files(location, 0);
        (Decoder::open(&folder.write("model.onnx", &graph)).err().unwrap_or_default(), table)
    };
    let (problem, table) = open("table.bin");
    assert!(problem.starts_with("has weights in table.bin, which cannot be read"), "{problem}");
    folder.write("table.bin", &table[1..]);
    assert!(open("table.bin").0.contains("embeddings beyond the end of table.bin"));
    folder.write("table.bin", &[]);
    assert!(open("table.bin").0.contains("embeddings beyond the end of table.bin"));
    let path = folder.write("table.bin", &table);
    assert_eq!(open("table.bin").0, "");
    for location in ["", ".", "../table.bin", "deeper/../table.bin", path.to_str().unwrap()] {
        assert!(open(location).0.contains("no path inside its folder"), "{location}");
    }
}
