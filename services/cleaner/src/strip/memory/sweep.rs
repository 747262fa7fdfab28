//! Takes out of a text what its source repeats.

use super::InForce;
use crate::strip::blocks::{Block, BlockKind};

/// Smallest share of a text's characters that must be left; where less is, the memory is not believed.
const LEAST_LEFT: f64 = 0.4;

/// Takes the repeated lines out of `blocks` and answers with them, in their order. Where nothing much would be left the text
/// stays as it is.
pub(crate) fn sweep(blocks: &mut Vec<Block>, memory: &InForce) -> Vec<String> {
    let repeated: Vec<bool> = blocks.iter().map(|b| memory.has(&b.text)).collect();
    if !repeated.contains(&true) {
        return Vec::new();
    }
    let size = |wanted: bool| -> usize {
        blocks.iter().zip(&repeated).filter(|(_, r)| **r == wanted).map(|(b, _)| b.text.len()).sum()
    };
    let (left, gone) = (size(false), size(true));
    let prose = blocks.iter().zip(&repeated).any(|(b, r)| !r && b.kind == BlockKind::Paragraph);
    if !prose || (left as f64) < (left + gone) as f64 * LEAST_LEFT {
        return Vec::new();
    }
    let mut swept = Vec::new();
    let mut at = repeated.into_iter();
    blocks.retain_mut(|block| {
        let gone = at.next() == Some(true);
        if gone {
            swept.push(std::mem::take(&mut block.text));
        }
        !gone
    });
    swept
}

/// A deck without the lines that the source repeats (its own slogan, as many pages declare it).
pub(crate) fn deck(deck: &str, memory: &InForce) -> (Option<String>, Vec<String>) {
    let (gone, kept): (Vec<&str>, Vec<&str>) = deck.lines().partition(|line| memory.has(line));
    let kept = (!kept.is_empty()).then(|| kept.join("\n"));
    (kept, gone.into_iter().map(str::to_owned).collect())
}
