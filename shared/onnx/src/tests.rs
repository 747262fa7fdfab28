//! The whole module on a tiny model that the tests write themselves: a table gives each piece its logits.

use super::*;
use serde_json::{Value, json};
use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The pieces, each with the index of its label.
const VOCABULARY: [(&str, usize); 24] = [
    ("[UNK]", 0),
    ("[CLS]", 1), // Special pieces have labels too, which must not show.
    ("[SEP]", 1),
    ("Zoé", 1),
    ("Müller", 2),
    ("Anna", 1),
    ("Mol", 1),
    ("##ière", 0),
    ("Acme", 3),
    ("##Works", 5),
    ("Ltd", 4),
    ("Paris", 5),
    ("São", 5),
    ("Paulo", 6),
    ("lives", 0),
    ("in", 0),
    ("##side", 1),
    ("works", 0),
    ("for", 0),
    ("à", 0),
    (".", 0),
    ("!", 0),
    ("x", 0),
    ("##x", 1),
];
const LABELS: [&str; 7] = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"];
/// The logit of a piece's label; the others have 0.
const HIGH: f32 = 4.0;

/// Protocol Buffers by hand: just what an ONNX file needs.
mod proto {
    pub fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x7F {
            bytes.push((number & 0x7F) as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    pub fn number(field: u64, number: u64) -> Vec<u8> {
        [varint(field << 3), varint(number)].concat()
    }

    pub fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
        [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
    }

    pub fn text(field: u64, text: &str) -> Vec<u8> {
        bytes(field, text.as_bytes())
    }
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;

fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let inputs = inputs.iter().flat_map(|input| proto::text(1, input)).collect();
    let node = [inputs, proto::text(2, output), proto::text(3, output), proto::text(4, operator)];
    proto::bytes(1, &node.concat())
}

fn table(name: &str, rows: &[Vec<f32>]) -> Vec<u8> {
    let width = rows.first().map_or(0, Vec::len);
    let raw: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = [
        proto::number(1, rows.len() as u64),
        proto::number(1, width as u64),
        proto::number(2, FLOAT),
        proto::text(8, name),
        proto::bytes(9, &raw),
    ];
    proto::bytes(5, &tensor.concat())
}

fn port(field: u64, name: &str, element: u64, last: Option<u64>) -> Vec<u8> {
    let named = |name: &str| proto::bytes(1, &proto::text(2, name));
    let last = last.map(|size| proto::bytes(1, &proto::number(1, size))).unwrap_or_default();
    let shape = [named("batch"), named("length"), last].concat();
    let tensor = [proto::number(1, element), proto::bytes(2, &shape)].concat();
    let port = [proto::text(1, name), proto::bytes(2, &proto::bytes(1, &tensor))].concat();
    proto::bytes(field, &port)
}

/// What a test may change of the model.
struct Shape {
    rows: Vec<Vec<f32>>,
    inputs: Vec<&'static str>,
    output: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        let row = |&(_, label): &(&str, usize)| {
            (0..LABELS.len()).map(|at| if at == label { HIGH } else { 0.0 }).collect()
        };
        Self {
            rows: VOCABULARY.iter().map(row).collect(),
            inputs: vec!["input_ids", "attention_mask", "token_type_ids"],
            output: "logits",
        }
    }
}

/// Every input looks its numbers up in a table and the results are added. The tables of the mask and the
/// types hold large wrong values where a right caller never looks.
fn model(shape: &Shape) -> Vec<u8> {
    let width = shape.rows.first().map_or(0, Vec::len);
    let mut parts = Vec::new();
    let mut sum = String::new();
    for name in &shape.inputs {
        let mut wrong = vec![0.0; width];
        wrong.iter_mut().take(1).for_each(|value| *value = 99.0);
        let rows = match *name {
            "attention_mask" => vec![wrong, vec![0.0; width]],
            "token_type_ids" => vec![vec![0.0; width], wrong],
            _ => shape.rows.clone(),
        };
        let (weights, looked) = (format!("{name}_table"), format!("{name}_looked"));
        parts.push(port(11, name, INT64, None));
        parts.push(table(&weights, &rows));
        parts.push(node("Gather", &[&weights, name], &looked));
        if sum.is_empty() {
            sum = looked;
        } else {
            let next = format!("{name}_sum");
            parts.push(node("Add", &[&sum, &looked], &next));
            sum = next;
        }
    }
    parts.push(node("Identity", &[&sum], shape.output));
    parts.push(port(12, shape.output, FLOAT, Some(width as u64)));
    parts.push(proto::text(2, "tiny"));
    let opset = [proto::text(1, ""), proto::number(2, 13)].concat();
    [proto::number(1, 8), proto::bytes(7, &parts.concat()), proto::bytes(8, &opset)].concat()
}

fn tokenizer() -> Value {
    let vocabulary: serde_json::Map<String, Value> =
        VOCABULARY.iter().enumerate().map(|(id, (piece, _))| ((*piece).to_owned(), json!(id))).collect();
    let special = |id: u32, content: &str| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true})
    };
    let token = |id: &str| json!({"SpecialToken": {"id": id, "type_id": 0}});
    json!({
        "version": "1.0",
        // As in many exports; both must be without effect.
        "truncation": {"direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null,
                    "pad_id": 0, "pad_type_id": 0, "pad_token": "[UNK]"},
        "added_tokens": [special(0, "[UNK]"), special(1, "[CLS]"), special(2, "[SEP]")],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                       "strip_accents": false, "lowercase": false},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [token("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, token("[SEP]")],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}
            }
        },
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 1000, "vocab": vocabulary}
    })
}

fn config(labels: &[&str]) -> Value {
    let map: serde_json::Map<String, Value> =
        labels.iter().enumerate().map(|(id, label)| (id.to_string(), json!(label))).collect();
    json!({"id2label": map, "max_position_embeddings": 512})
}

/// A folder of its own for a test, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("onnx-entities-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("model.onnx", &model(&Shape::default()));
        folder.write("tokenizer.json", tokenizer().to_string().as_bytes());
        folder.write("config.json", config(&LABELS).to_string().as_bytes());
        folder
    }

    fn with(name: &str, bytes: &[u8]) -> Self {
        let folder = Self::new();
        folder.write(name, bytes);
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    fn load(&self) -> Result<Classifier, LoadError> {
        Classifier::load(&self.0)
    }

    /// The sentence of the error, which has to name the file and hold no line break.
    fn error(&self, file: &str) -> String {
        let error = self.load().unwrap_err().to_string();
        assert!(error.contains(file) && error.contains("; ") && !error.contains('\n'), "{error}");
        error
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn found<'a>(classifier: &Classifier, text: &'a str) -> Vec<(&'a str, Sort)> {
    let found = classifier.find(text).unwrap();
    assert!(found.iter().all(|found| found.start < found.end));
    assert!(found.is_sorted_by(|left, right| left.end <= right.start));
    found.iter().map(|found| (&text[found.start..found.end], found.sort)).collect()
}

fn find(text: &str) -> Vec<(&str, Sort)> {
    found(&Folder::new().load().unwrap(), text)
}

#[test]
fn sorts_and_places_in_accented_text() {
    let text = "  Zoé Müller works for Acme Ltd à São Paulo.";
    assert_eq!(find(text), [("Zoé Müller", Sort::Per), ("Acme Ltd", Sort::Org), ("São Paulo", Sort::Loc)]);
    let found = Folder::new().load().unwrap().find(text).unwrap();
    assert_eq!((found[0].start, found[0].end), (2, 14));
    assert_eq!((found[2].start, found[2].end), (text.find("São").unwrap(), text.len() - 1));
    let share = HIGH.exp() / (HIGH.exp() + 6.0);
    assert!(found.iter().all(|found| (found.confidence - share).abs() < 1e-5));
}

#[test]
fn first_piece_labels_the_word() {
    // The further piece says O, LOC and PER, and is not asked.
    assert_eq!(find("Molière"), [("Molière", Sort::Per)]);
    assert_eq!(find("AcmeWorks Ltd"), [("AcmeWorks Ltd", Sort::Org)]);
    assert_eq!(find("inside Paris"), [("Paris", Sort::Loc)]);
}

#[test]
fn neighbours_stay_two() {
    assert_eq!(find("Zoé Anna Müller"), [("Zoé", Sort::Per), ("Anna Müller", Sort::Per)]);
}

#[test]
fn bare_labels() {
    let labels = ["O", "PERSON", "PERSON", "ORGANIZATION", "ORGANIZATION", "GPE", "GPE"];
    let folder = Folder::with("config.json", config(&labels).to_string().as_bytes());
    let found = found(&folder.load().unwrap(), "Zoé Anna in Acme Ltd à São Paulo");
    assert_eq!(found, [("Zoé Anna", Sort::Per), ("Acme Ltd", Sort::Org), ("São Paulo", Sort::Loc)]);
}

#[test]
fn nothing_in_nothing() {
    for text in ["", " ", " \n\t \u{A0}\u{2003}\n", "\0", "\u{200B}", ".", "lives in", "\u{FFFD}\u{202E}"] {
        assert_eq!(find(text), [], "{text:?}");
    }
}

#[test]
fn written_special_pieces_are_text() {
    assert_eq!(find("[CLS] Anna [SEP] Paris"), [("Anna", Sort::Per), ("Paris", Sort::Loc)]);
}

#[test]
fn long_texts_lose_nothing() {
    let classifier = Folder::new().load().unwrap();
    let sentence = "Zoé Müller lives in São Paulo. Molière works\nfor Acme Ltd à Paris! ";
    let text = sentence.repeat(1500);
    assert!(text.chars().count() > 99_000);
    let found = found(&classifier, &text);
    let names = ["Zoé Müller", "São Paulo", "Molière", "Acme Ltd", "Paris"];
    assert_eq!(found.len(), 1500 * names.len());
    assert!(found.iter().map(|found| found.0).eq(names.into_iter().cycle().take(found.len())));
}

#[test]
fn long_texts_without_any_end_lose_nothing() {
    let classifier = Folder::new().load().unwrap();
    let text = "Anna in ".repeat(2000);
    assert_eq!(found(&classifier, &text).len(), 2000);
    // One word of more pieces than a window holds: its first piece counts, those of later windows do not.
    let text = format!("Anna {} Paris", "x".repeat(700));
    assert_eq!(found(&classifier, &text), [("Anna", Sort::Per), ("Paris", Sort::Loc)]);
}

#[test]
fn short_models_get_short_windows() {
    let mut short = config(&LABELS);
    short["max_position_embeddings"] = json!(8);
    let classifier = Folder::with("config.json", short.to_string().as_bytes()).load().unwrap();
    assert_eq!(classifier.most, 6);
    let text = "Anna lives in Paris. ".repeat(20);
    assert_eq!(found(&classifier, &text).len(), 40);
}

#[test]
fn models_with_fewer_inputs_and_other_output_names() {
    let shape = Shape { inputs: vec!["input_ids"], output: "scores", ..Shape::default() };
    let classifier = Folder::with("model.onnx", &model(&shape)).load().unwrap();
    assert_eq!(found(&classifier, "Anna"), [("Anna", Sort::Per)]);
}

#[test]
fn digest_is_of_the_model() {
    let folder = Folder::new();
    let digest = folder.load().unwrap().digest();
    assert_eq!(folder.load().unwrap().digest(), digest);
    let mut shape = Shape::default();
    shape.rows[3][0] = 0.5;
    folder.write("model.onnx", &model(&shape));
    assert_ne!(folder.load().unwrap().digest(), digest);
}

#[test]
fn may_be_shared() {
    fn shared<T: Send + Sync>(_: &T) {}
    let classifier = Folder::new().load().unwrap();
    shared(&classifier);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(found(&classifier, "Anna à Paris").len(), 2));
        }
    });
}

#[test]
fn missing_files() {
    for file in ["model.onnx", "tokenizer.json", "config.json"] {
        let folder = Folder::new();
        fs::remove_file(folder.0.join(file)).unwrap();
        assert!(folder.error(file).contains("cannot be read"));
        // A folder where a file belongs is no better.
        fs::create_dir(folder.0.join(file)).unwrap();
        folder.error(file);
    }
    assert!(Classifier::load(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn broken_files() {
    let whole = model(&Shape::default());
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    for bytes in [&b""[..], b"\0", pointer, &[0xFF; 64], &whole[..whole.len() / 2]] {
        Folder::with("model.onnx", bytes).error("model.onnx");
    }
    for bytes in [&b""[..], b"{", b"{}", b"[]", &[0xFF; 64], br#"{"model": {"type": "None"}}"#] {
        Folder::with("tokenizer.json", bytes).error("tokenizer.json");
        Folder::with("config.json", bytes).error("config.json");
    }
}

#[test]
fn models_cut_or_changed_anywhere_do_not_panic() {
    let whole = model(&Shape::default());
    let folder = Folder::new();
    for at in (0..whole.len()).step_by(7) {
        folder.write("model.onnx", &whole[..at]);
        let _ = folder.load().map(|classifier| classifier.find("Anna à Paris"));
        let mut changed = whole.clone();
        if at % 2 == 0 {
            changed[at] ^= 0x55;
        } else {
            changed.iter_mut().skip(at).take(12).for_each(|byte| *byte = 0xFF);
        }
        folder.write("model.onnx", &changed);
        let _ = folder.load().map(|classifier| classifier.find("Anna à Paris"));
    }
}

#[test]
fn labels_that_do_not_fit() {
    let few = config(&LABELS[..5]).to_string();
    let error = Folder::with("config.json", few.as_bytes()).error("model.onnx");
    assert!(error.contains("names 5 labels") && error.contains("7]"), "{error}");
    let placeholders = config(&["LABEL_0", "LABEL_1"]).to_string();
    assert!(Folder::with("config.json", placeholders.as_bytes()).error("config.json").contains("`O`"));
    for map in [json!({}), json!({"1": "O"}), json!({"0": 7}), json!(["O"]), json!(null)] {
        Folder::with("config.json", json!({"id2label": map}).to_string().as_bytes()).error("config.json");
    }
}

#[test]
fn inputs_and_outputs_that_do_not_fit() {
    let unknown = Shape { inputs: vec!["input_ids", "pixel_values"], ..Shape::default() };
    assert!(Folder::with("model.onnx", &model(&unknown)).error("model.onnx").contains("`pixel_values`"));
    let none = Shape { inputs: vec!["attention_mask"], ..Shape::default() };
    assert!(Folder::with("model.onnx", &model(&none)).error("model.onnx").contains("`input_ids`"));
}

#[test]
fn pieces_that_the_model_lacks() {
    // The tokenizer is of a larger model: the first run passes, a text with a late piece does not.
    let mut shape = Shape::default();
    shape.rows.truncate(11);
    let classifier = Folder::with("model.onnx", &model(&shape)).load().unwrap();
    assert_eq!(found(&classifier, "Anna"), [("Anna", Sort::Per)]);
    let error = classifier.find("Anna à Paris").unwrap_err().to_string();
    assert!(error.contains("cannot be run") && !error.contains('\n'), "{error}");
}

#[test]
fn logits_that_are_no_numbers_are_no_entities() {
    let mut shape = Shape::default();
    shape.rows[5] = vec![f32::NAN; LABELS.len()];
    let classifier = Folder::with("model.onnx", &model(&shape)).load().unwrap();
    assert_eq!(found(&classifier, "Anna à Paris"), [("Paris", Sort::Loc)]);
}
