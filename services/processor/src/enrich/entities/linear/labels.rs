//! Labels of tokens: outside, or the beginning or inside of an entity of a type.

use wiredesk_contract::enrichment::EntityType;

use super::super::super::tokens::Shape;
use super::super::{Mention, Scene};
use super::super::{rules, runs};

/// How many labels there are: outside, and two a type.
pub(super) const LABELS: usize = 9;
/// Outside.
pub(super) const OUTSIDE: usize = 0;

const TYPES: [EntityType; 4] = [EntityType::Per, EntityType::Org, EntityType::Loc, EntityType::Misc];

/// The label of an entity's first token.
pub(super) fn begin(kind: EntityType) -> usize {
    1 + 2 * TYPES.iter().position(|t| *t == kind).unwrap_or_default()
}

/// May `label` follow `before`? The inside of an entity follows only its beginning or more of its inside.
pub(super) fn may_follow(before: usize, label: usize) -> bool {
    let inside = label != OUTSIDE && label.is_multiple_of(2);
    !inside || before == label || before + 1 == label
}

/// The labels of a text in which these mentions stand.
pub(super) fn of(tokens: usize, mentions: &[Mention]) -> Vec<u8> {
    let mut labels = vec![OUTSIDE as u8; tokens];
    for mention in mentions {
        let first = begin(mention.kind) as u8;
        for (place, label) in labels.iter_mut().take(mention.end).skip(mention.first).enumerate() {
            *label = if place == 0 { first } else { first + 1 };
        }
    }
    labels
}

/// A label with its confidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sure {
    pub(super) label: u8,
    /// 0 to 1.
    pub(super) confidence: f32,
}

/// Takes titles and offices from the front of a person's name, and marks of honour (`MP`, `KC`) from its end.
fn bare(scene: &Scene<'_>, mention: &mut Mention) {
    let tokens = &scene.document.tokens;
    let given = |index: usize| scene.cues.has("given", &tokens[index].fold);
    while mention.end - mention.first > 1 && runs::is_title(scene, mention.first) && !given(mention.first) {
        mention.first += 1;
        // The stop of `Mr.`
        if mention.end - mention.first > 1 && tokens[mention.first].text == "." {
            mention.first += 1;
        }
    }
    let honour = |index: usize| {
        let token = &tokens[index];
        token.shape == Shape::Upper
            && matches!(token.text, "MP" | "KC" | "QC" | "MEP" | "MSP" | "TD" | "MLA" | "OBE" | "CBE" | "MBE")
    };
    while mention.end - mention.first > 1 && honour(mention.end - 1) {
        mention.end -= 1;
    }
}

/// The mentions that labels make. A place of the same words that the rules found keeps its spot.
pub(super) fn mentions(scene: &Scene<'_>, labels: &[Sure], ruled: &[Mention]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for (index, sure) in labels.iter().enumerate() {
        let label = usize::from(sure.label);
        if label == OUTSIDE {
            continue;
        }
        let kind = TYPES[(label - 1) / 2];
        match found.last_mut().filter(|m| label.is_multiple_of(2) && m.end == index && m.kind == kind) {
            Some(open) => {
                open.end = index + 1;
                open.confidence = open.confidence.min(sure.confidence);
            }
            None => found.push(Mention {
                first: index,
                end: index + 1,
                kind,
                spot: None,
                confidence: sure.confidence,
            }),
        }
    }
    for mention in found.iter_mut().filter(|m| m.kind == EntityType::Per) {
        bare(scene, mention);
    }
    // What the lists are sure of, and the model passed over.
    let free = |rule: &&Mention| found.iter().all(|m| m.end <= rule.first || rule.end <= m.first);
    let listed: Vec<Mention> =
        ruled.iter().filter(|rule| rule.confidence >= 0.9).filter(free).cloned().collect();
    found.extend(listed);
    found.sort_by_key(|mention| mention.first);
    for mention in found.iter_mut().filter(|m| m.kind == EntityType::Loc) {
        let same =
            ruled.iter().find(|r| (r.first, r.end, r.kind) == (mention.first, mention.end, mention.kind));
        mention.spot = match same {
            Some(known) => known.spot,
            None => rules::spot_of(scene, mention.first, mention.end),
        };
    }
    found
}
