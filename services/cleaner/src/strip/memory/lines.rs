//! What one copy tells of its source: its short lines, and a sketch of its prose.

use sha2::{Digest, Sha256};

use crate::strip::blocks::Block;
use crate::strip::fingerprint::sketch;
use crate::strip::hygiene::key;

/// Longest line that may be learnt, in characters: what is longer is a paragraph, and paragraphs that come again are
/// background of a running story.
const LONGEST: usize = 200;
/// Most lines of an article that are looked at: half of them from its top, half from its end.
const MOST: usize = 64;
/// From how many characters on a line with a full stop is prose.
const PROSE: usize = 60;

/// What a copy tells of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Short lines of the text, those that the memory took out included: hash, and the line.
    pub lines: Vec<(i64, String)>,
    /// MinHash of the prose; empty where there is none.
    pub sketch: Vec<u32>,
}

/// Hash of a line that may be learnt: of its words in small letters. The lowest bit says whether it reads as prose. `None`
/// for a line without a letter, and for long ones.
pub(crate) fn hash(text: &str) -> Option<i64> {
    let length = text.chars().count();
    if length > LONGEST || !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let digest = Sha256::digest(key(text));
    let bytes = digest.first_chunk::<8>()?;
    let bit = i64::from(length >= PROSE && text.trim_end().ends_with(['.', '!', '?', '"', '”', '»', '…']));
    Some(i64::from_be_bytes(*bytes) & !1 | bit)
}

/// Does the line of this hash read as prose?
pub(crate) fn is_prose(hash: i64) -> bool {
    hash & 1 == 1
}

/// What a text tells; `swept` is what the memory took out of it, `deck` what stands above it.
pub(crate) fn told(blocks: &[Block], deck: Option<&str>, swept: &[String]) -> Told {
    let mut prose = String::new();
    for block in blocks {
        if hash(&block.text).is_none_or(is_prose) {
            prose.push_str(&block.text);
            prose.push('\n');
        }
    }
    let texts: Vec<&str> = deck
        .into_iter()
        .flat_map(str::lines)
        .chain(swept.iter().map(String::as_str))
        .chain(blocks.iter().map(|b| b.text.as_str()))
        .collect();
    let ends = (MOST / 2).min(texts.len());
    let (top, rest) = texts.split_at(ends);
    let end = rest.get(rest.len().saturating_sub(MOST / 2)..).unwrap_or_default();
    let mut lines: Vec<(i64, String)> = Vec::new();
    for text in top.iter().chain(end) {
        if let Some(hash) = hash(text)
            && lines.iter().all(|(known, _)| *known != hash)
        {
            lines.push((hash, (*text).to_owned()));
        }
    }
    Told { lines, sketch: sketch(&prose) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_are_told_and_paragraphs_are_not() {
        let long = "El pleno aprobó la reforma de la plaza con los votos de todos los grupos. ".repeat(4);
        let blocks = [
            Block::paragraph(long.trim()),
            Block::paragraph("Únete a nuestro canal"),
            Block::paragraph("***"),
        ];
        let told = told(&blocks, Some("El diario de la comarca"), &["Hazte socio".to_owned()]);
        let texts: Vec<&str> = told.lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["El diario de la comarca", "Hazte socio", "Únete a nuestro canal"]);
        assert!(!told.sketch.is_empty());
        assert_eq!(hash("Hazte socio"), hash("HAZTE  SOCIO."));
        assert!(
            hash("Suscríbete a nuestro boletín y recibe cada mañana las noticias del día.")
                .is_some_and(is_prose)
        );
    }
}
