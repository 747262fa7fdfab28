//! What the folder says beside the model itself: the labels and the length that the model can take, both
//! from `config.json`, and the digest of the model's file.

use super::{LoadError, Sort};
use serde_json::Value;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The names of the files in a Hugging Face export.
pub(super) const MODEL: &str = "model.onnx";
pub(super) const TOKENIZER: &str = "tokenizer.json";
pub(super) const CONFIG: &str = "config.json";

/// The longest window that is ever run, in pieces with the special ones. Attention costs the square of this.
const LONGEST: usize = 512;
/// A shorter limit than this leaves no room for words beside the special pieces: the number is nonsense.
const SHORTEST: usize = 8;
/// No tagger has more labels; a larger number is a broken file that would ask for much memory.
const MOST_LABELS: usize = 4096;

/// How a label stands in a run of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// No entity.
    Outside,
    /// The first word of an entity, even right after another of the same sort.
    Begin,
    /// A further word of an entity, or the first if none of its name is open.
    Inside,
}

/// A label of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub mark: Mark,
    pub sort: Sort,
    /// The name without its prefix: `GPE` and `LOC` are one sort here, but two entities in a text.
    pub name: String,
}

/// What is used of `config.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Config {
    pub labels: Vec<Label>,
    /// The most pieces of one run, special ones included.
    pub limit: usize,
}

/// Reads `config.json`.
pub(super) fn config(folder: &Path) -> Result<Config, LoadError> {
    let file = folder.join(CONFIG);
    let bytes = read(&file)?;
    let json: Value = serde_json::from_slice(&bytes).map_err(|error| {
        LoadError::new(
            &file,
            format_args!("is not valid JSON ({error})"),
            "copy it from the model's export again",
        )
    })?;
    Ok(Config { labels: labels(&file, &json)?, limit: limit(&json) })
}

/// The bytes of a file that has to be there.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, LoadError> {
    std::fs::read(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &io::Error) -> LoadError {
    LoadError::new(
        file,
        format_args!("cannot be read ({error})"),
        "give a folder that holds model.onnx, tokenizer.json and config.json",
    )
}

fn labels(file: &Path, json: &Value) -> Result<Vec<Label>, LoadError> {
    let wrong =
        |what: &str| LoadError::new(file, what, "use the config.json of a token-classification model");
    let map = json.get("id2label").and_then(Value::as_object).ok_or_else(|| wrong("has no `id2label`"))?;
    if map.len() > MOST_LABELS {
        return Err(wrong("has far too many labels in `id2label`"));
    }
    let labels = (0..map.len())
        .map(|id| map.get(&id.to_string()).and_then(Value::as_str).map(label))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| wrong("has an `id2label` that does not name every label from 0 on"))?;
    if labels.iter().any(|label| label.mark == Mark::Outside) {
        Ok(labels)
    } else {
        // Placeholder names such as `LABEL_0` end here; with them every word would be an entity.
        Err(wrong("has an `id2label` without the label `O`"))
    }
}

/// `B-PER`, `I-PER`, bare `PER`, and the letters of the BIOES and BILOU schemes.
pub(super) fn label(text: &str) -> Label {
    let text = text.trim();
    let (mark, name) = match text.split_once(['-', '_']) {
        Some(("B" | "S" | "U", name)) => (Mark::Begin, name),
        Some(("I" | "E" | "L", name)) => (Mark::Inside, name),
        _ if matches!(text, "O" | "o") => (Mark::Outside, ""),
        _ => (Mark::Inside, text),
    };
    let name = name.to_uppercase();
    Label { mark, sort: sort(&name), name }
}

fn sort(name: &str) -> Sort {
    match name {
        "PER" | "PERSON" => Sort::Per,
        "ORG" | "ORGANIZATION" | "ORGANISATION" => Sort::Org,
        "LOC" | "GPE" | "LOCATION" | "FAC" => Sort::Loc,
        _ => Sort::Misc,
    }
}

/// A model with fewer positions than the longest window would read past its table. `RoBERTa`'s count has two
/// positions more than can be used (514 for 512), which the cap takes care of.
fn limit(json: &Value) -> usize {
    json.get("max_position_embeddings")
        .and_then(Value::as_u64)
        .and_then(|most| usize::try_from(most).ok())
        .filter(|&most| most >= SHORTEST)
        .map_or(LONGEST, |most| most.min(LONGEST))
}

/// FNV-1a of 64 bits over a file, folded to 32. The file is streamed, for it may be of a gigabyte.
pub(super) fn digest(file: &Path) -> Result<u32, LoadError> {
    let mut stream = File::open(file).map_err(|error| unreadable(file, &error))?;
    let mut buffer = vec![0; 1 << 16];
    let mut hash = FNV_START;
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(fold(hash)),
            Ok(count) => hash = fnv(hash, buffer.iter().take(count)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(file, &error)),
        }
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

fn fnv<'a>(hash: u64, bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// Truncation is meant: the two halves are laid over each other.
#[allow(clippy::cast_possible_truncation)]
fn fold(hash: u64) -> u32 {
    ((hash >> 32) ^ hash) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_scheme() {
        let parts = |text: &str| {
            let label = label(text);
            (label.mark, label.sort)
        };
        assert_eq!(parts("O").0, Mark::Outside);
        assert_eq!(parts("B-PER"), (Mark::Begin, Sort::Per));
        assert_eq!(parts("I-ORG"), (Mark::Inside, Sort::Org));
        assert_eq!(parts("PERSON"), (Mark::Inside, Sort::Per));
        assert_eq!(parts("B-GPE"), (Mark::Begin, Sort::Loc));
        assert_eq!(parts("I-FAC"), (Mark::Inside, Sort::Loc));
        assert_eq!(parts("B_organization"), (Mark::Begin, Sort::Org));
        assert_eq!(parts("E-LOCATION"), (Mark::Inside, Sort::Loc));
        assert_eq!(parts("S-MISC"), (Mark::Begin, Sort::Misc));
        assert_eq!(parts("WORK_OF_ART"), (Mark::Inside, Sort::Misc));
        assert_eq!(label("B-WORK_OF_ART").name, "WORK_OF_ART");
    }

    #[test]
    fn limits() {
        let limit = |text: &str| limit(&serde_json::from_str(text).unwrap());
        assert_eq!(limit("{}"), 512);
        assert_eq!(limit(r#"{"max_position_embeddings": 514}"#), 512);
        assert_eq!(limit(r#"{"max_position_embeddings": 128}"#), 128);
        assert_eq!(limit(r#"{"max_position_embeddings": -1}"#), 512);
        assert_eq!(limit(r#"{"max_position_embeddings": 0}"#), 512);
    }

    #[test]
    fn fnv_of_known_strings() {
        // Published values of FNV-1a 64.
        assert_eq!(fnv(FNV_START, b"".iter()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(FNV_START, b"a".iter()), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fold(0xaf63_dc4c_8601_ec8c), 0xaf63_dc4c ^ 0x8601_ec8c);
    }
}
