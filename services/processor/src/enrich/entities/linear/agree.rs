//! One name is one thing throughout a text: what a text says clearly in one place holds in the others.

use std::collections::HashMap;

use wiredesk_contract::enrichment::EntityType;

use super::super::{Mention, Scene, rules};

/// Confidence of a mention that follows from another.
const FOLLOWS: f32 = 0.7;
/// Letters of the shortest name that is carried to where the model saw none.
const LEAST: usize = 4;

/// Gives all mentions of a name the type that speaks loudest, and marks those that were passed over.
pub(super) fn agree(scene: &Scene<'_>, mut mentions: Vec<Mention>) -> Vec<Mention> {
    let tokens = &scene.document.tokens;
    let name = |first: usize, end: usize| -> Vec<&str> {
        tokens[first..end].iter().map(|t| t.fold.as_str()).collect()
    };
    // Surnames of people who are named in full.
    let mut surnames: HashMap<&str, f32> = HashMap::new();
    for mention in mentions.iter().filter(|m| m.kind == EntityType::Per && m.end - m.first > 1) {
        let known = surnames.entry(tokens[mention.end - 1].fold.as_str()).or_default();
        *known = known.max(mention.confidence);
    }
    let mut votes: HashMap<Vec<&str>, HashMap<EntityType, f32>> = HashMap::new();
    for mention in &mentions {
        *votes.entry(name(mention.first, mention.end)).or_default().entry(mention.kind).or_default() +=
            mention.confidence;
    }
    for (word, confidence) in &surnames {
        if let Some(kinds) = votes.get_mut([*word].as_slice()) {
            *kinds.entry(EntityType::Per).or_default() += confidence;
        }
    }
    let best = |kinds: &HashMap<EntityType, f32>| {
        kinds.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))).map(|(kind, _)| *kind)
    };
    let place = |first: usize, end: usize| rules::spot_of(scene, first, end);
    for mention in &mut mentions {
        let loudest = votes.get(&name(mention.first, mention.end)).and_then(best);
        if let Some(kind) = loudest.filter(|kind| *kind != mention.kind) {
            // A city and its club bear one name: of those two each place stays what it is.
            let club = matches!(
                (kind, mention.kind),
                (EntityType::Org, EntityType::Loc) | (EntityType::Loc, EntityType::Org)
            );
            if !club {
                mention.kind = kind;
                mention.spot = if kind == EntityType::Loc { place(mention.first, mention.end) } else { None };
            }
        }
    }
    let mut taken = vec![false; tokens.len()];
    for mention in &mentions {
        taken[mention.first..mention.end].fill(true);
    }
    let sure = |kinds: &HashMap<EntityType, f32>| kinds.values().sum::<f32>() >= 0.8;
    let longest = votes.keys().map(Vec::len).max().unwrap_or(0);
    let mut index = 0;
    while index < tokens.len() {
        let found = (1..=longest).rev().find_map(|length| {
            let end = index + length;
            if !tokens[index].is_capital() || end > tokens.len() || taken[index..end].contains(&true) {
                return None;
            }
            let kinds = votes.get(&name(index, end))?;
            let letters: usize = tokens[index..end].iter().map(|t| t.fold.len()).sum();
            (letters >= LEAST && sure(kinds)).then(|| best(kinds).map(|kind| (end, kind))).flatten()
        });
        let surname = || {
            let token = &tokens[index];
            let known = token.is_capital()
                && !taken[index]
                && token.fold.len() >= LEAST
                && surnames.contains_key(token.fold.as_str());
            known.then_some((index + 1, EntityType::Per))
        };
        match found.or_else(surname) {
            Some((end, kind)) => {
                let spot = if kind == EntityType::Loc { place(index, end) } else { None };
                mentions.push(Mention { first: index, end, kind, spot, confidence: FOLLOWS });
                index = end;
            }
            None => index += 1,
        }
    }
    mentions.sort_by_key(|mention| mention.first);
    mentions
}
