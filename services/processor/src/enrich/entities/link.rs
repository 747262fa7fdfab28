//! From mentions to entities: offsets, ids and the fullest name. `Blinken` after `Antony Blinken` is the same person, and
//! `OMS` in brackets after an organisation's name is that organisation.

use std::collections::BTreeMap;

use wiredesk_contract::enrichment::{Entity, EntityType};

use super::super::tokens::{Shape, fold};
use super::{Mention, Scene};

/// The entities of a text, in order; `headline` (folded) raises the salience of what it names. `engine` found the mentions.
pub fn entities(scene: &Scene<'_>, mentions: &[Mention], headline: &str, engine: &str) -> Vec<Entity> {
    let full = full_names(scene, mentions);
    let mut entities: Vec<Entity> =
        mentions.iter().filter_map(|mention| entity(scene, mention, &full)).collect();
    let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for entity in &entities {
        counts.entry(entity.id.clone()).or_insert((0, entity.start)).0 += 1;
    }
    let most = counts.values().map(|(count, _)| *count).max().unwrap_or(1) as f32;
    let length = scene.document.char_at(scene.document.text.len()).max(1) as f32;
    for entity in &mut entities {
        let (count, start) = counts.get(&entity.id).copied().unwrap_or((1, entity.start));
        let titled = !headline.is_empty() && headline.contains(&fold(last_word(&entity.name)));
        let early = 1.0 - start as f32 / length;
        engine.clone_into(&mut entity.engine);
        entity.salience = round(0.5 * count as f32 / most + 0.2 * early + if titled { 0.3 } else { 0.0 });
    }
    entities
}

fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

/// Two digits are all that such a number is good for, and they print the same everywhere.
fn round(value: f32) -> f32 {
    (value.clamp(0.0, 1.0) * 100.0).round() / 100.0
}

/// (type, short form) to the full name: surnames of people, acronyms of organisations. The first full name wins.
fn full_names(scene: &Scene<'_>, mentions: &[Mention]) -> BTreeMap<(EntityType, String), String> {
    let tokens = &scene.document.tokens;
    let mut full = BTreeMap::new();
    let mut inner_names: Vec<(String, String)> = Vec::new();
    for (index, mention) in mentions.iter().enumerate() {
        let name = scene.document.span(mention.first, mention.end);
        let words = &tokens[mention.first..mention.end];
        if mention.kind == EntityType::Per && words.len() > 1 {
            for from in 1..words.len() {
                let short = fold(scene.document.span(mention.first + from, mention.end));
                full.entry((EntityType::Per, short)).or_insert_with(|| name.to_owned());
            }
            // `Caicedo` of `Eneida Caicedo Solís`, `Caicedo Solís` of `Eneida Luz Caicedo Solís`.
            for (from, to) in
                (1..words.len()).flat_map(|from| (from + 1..words.len()).map(move |to| (from, to)))
            {
                let inner = scene.document.span(mention.first + from, mention.first + to);
                if inner.chars().next().is_some_and(char::is_uppercase) && inner.chars().count() > 3 {
                    inner_names.push((fold(inner), name.to_owned()));
                }
            }
        }
        if mention.kind == EntityType::Org && words.len() > 1 {
            // `Procuradoria-Geral da República` and, with or without brackets, `PGR`.
            let parts = words.iter().filter(|t| t.is_capital()).flat_map(|t| t.text.split(['-', '‑']));
            let initials: String = parts.filter_map(|part| part.chars().next()).collect();
            if initials.chars().count() > 2 {
                full.entry((EntityType::Org, fold(&initials))).or_insert_with(|| plain(name));
            }
        }
        let next = mentions.get(index + 1);
        let bracket = next.filter(|next| next.first == mention.end + 1 && tokens[mention.end].text == "(");
        if let Some(short) = bracket.filter(|next| {
            words.len() > 1
                && mention.kind == EntityType::Org
                && next.end == next.first + 1
                && tokens[next.first].shape == Shape::Upper
        }) {
            full.entry((EntityType::Org, tokens[short.first].fold.clone()))
                .or_insert_with(|| name.to_owned());
        }
    }
    // An end of a name is its bearer's before the middle of another's.
    for (short, name) in inner_names {
        full.entry((EntityType::Per, short)).or_insert(name);
    }
    full
}

fn entity(
    scene: &Scene<'_>,
    mention: &Mention,
    full: &BTreeMap<(EntityType, String), String>,
) -> Option<Entity> {
    let document = scene.document;
    let start = document.char_at(document.tokens.get(mention.first)?.start);
    let end = document.char_at(document.tokens.get(mention.end.checked_sub(1)?)?.end);
    let text = document.span(mention.first, mention.end).to_owned();
    let (id, name) = match mention.spot.and_then(|spot| scene.gazetteer.spot(spot)) {
        Some(spot) => (spot.id(), spot.name.to_owned()),
        None => {
            let short = fold(&text);
            let name = full.get(&(mention.kind, short)).cloned().unwrap_or_else(|| plain(&text));
            (id_of(mention.kind, &name), name)
        }
    };
    Some(Entity {
        start,
        end,
        text,
        kind: mention.kind,
        id,
        name,
        salience: 0.0,
        confidence: mention.confidence,
        engine: String::new(),
    })
}

/// Blanks and line breaks within a name as one blank.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `ent:PER:antony blinken`: the same on every replay.
pub fn id_of(kind: EntityType, name: &str) -> String {
    let kind = match kind {
        EntityType::Per => "PER",
        EntityType::Org => "ORG",
        EntityType::Loc => "LOC",
        EntityType::Misc => "MISC",
    };
    format!("ent:{kind}:{}", plain(&fold(name)))
}
