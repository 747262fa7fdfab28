//! People and organisations that an operator loaded with their Wikidata items (`wiredesk vocab load`): a name that stands for one
//! of them alone gets its id, `wd:Q…`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use wiredesk_contract::enrichment::{Entity, EntityType};
use wiredesk_store::register::Extracted;

use super::entities::link::id_of;
use super::tokens::fold;
use crate::fnv::fnv1a;

/// Names of known people and organisations.
#[derive(Debug, Default)]
pub struct KnownNames {
    /// By type and folded name; `None` where several things have the name.
    names: HashMap<(EntityType, String), Option<u32>>,
    entities: Vec<(String, String)>,
    version: String,
}

impl KnownNames {
    /// The names of these; their order does not matter.
    pub fn new(mut known: Vec<Extracted>) -> Self {
        known.sort_by(|a, b| a.id.cmp(&b.id));
        let mut of = Self::default();
        let mut digest = 0_u64;
        for entity in known {
            let index = u32::try_from(of.entities.len()).unwrap_or(u32::MAX);
            for name in entity.names.iter().map(|(_, name)| name).chain([&entity.name]) {
                let name = key(name);
                digest = fnv1a(digest.to_le_bytes().into_iter().chain(entity.id.bytes()).chain(name.bytes()));
                match of.names.entry((entity.kind, name)) {
                    Entry::Vacant(place) => drop(place.insert(Some(index))),
                    Entry::Occupied(mut place) if *place.get() != Some(index) => drop(place.insert(None)),
                    Entry::Occupied(_) => {}
                }
            }
            of.entities.push((entity.id, entity.name));
        }
        if !of.entities.is_empty() {
            of.version = format!("{digest:016x}");
        }
        of
    }

    /// The ids that each of these would have without the extract, by names that are its own alone.
    pub fn ids_without(&self, of: &Extracted) -> Vec<String> {
        let own = |name: &str| {
            let index = self.names.get(&(of.kind, key(name))).copied().flatten();
            index.and_then(|index| self.entities.get(index as usize)).is_some_and(|(id, _)| *id == of.id)
        };
        let names = of.names.iter().map(|(_, name)| name).chain([&of.name]);
        let mut ids: Vec<String> = names.filter(|name| own(name)).map(|name| id_of(of.kind, name)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Digest of the extract, for the provenance; empty where none is loaded.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Gives mentions of known people and organisations their ids and names.
    pub fn name(&self, entities: &mut [Entity]) {
        if self.entities.is_empty() {
            return;
        }
        for entity in entities {
            let named = |name: &str| self.names.get(&(entity.kind, key(name))).copied().flatten();
            // The fullest form decides: a surname alone is many people's.
            let Some((id, name)) = named(&entity.name).and_then(|index| self.entities.get(index as usize))
            else {
                continue;
            };
            entity.id.clone_from(id);
            entity.name.clone_from(name);
        }
    }
}

/// The form that names are compared in.
fn key(name: &str) -> String {
    fold(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: &str, kind: EntityType, names: &[&str]) -> Extracted {
        let of = |name: &&str| (String::new(), (*name).to_owned());
        let name = names[0].to_owned();
        Extracted { id: id.to_owned(), kind, name, names: names.iter().map(of).collect(), merges: Vec::new() }
    }

    fn mention(kind: EntityType, name: &str) -> Entity {
        Entity {
            start: 0,
            end: 1,
            text: name.to_owned(),
            kind,
            id: "ent:PER:x".to_owned(),
            name: name.to_owned(),
            salience: 0.5,
            confidence: 0.5,
            engine: "rules".to_owned(),
        }
    }

    #[test]
    fn names_in_any_language_meet_and_ambiguous_ones_are_left_alone() {
        let extract = || {
            vec![
                known("wd:Q2", EntityType::Per, &["Nadia Koroleva", "Надя Королева", "Nadja Koroljowa"]),
                known("wd:Q1", EntityType::Org, &["Unión Naval", "UN"]),
                known("wd:Q3", EntityType::Org, &["United Norns", "UN"]),
            ]
        };
        let names = KnownNames::new(extract());
        let mut found = [
            mention(EntityType::Per, "NADJA  KOROLJOWA"),
            mention(EntityType::Org, "UN"),
            mention(EntityType::Loc, "Unión Naval"),
            mention(EntityType::Org, "Union naval"),
        ];
        names.name(&mut found);
        let ids: Vec<&str> = found.iter().map(|entity| entity.id.as_str()).collect();
        assert_eq!(ids, ["wd:Q2", "ent:PER:x", "ent:PER:x", "wd:Q1"]);
        assert_eq!(found[0].name, "Nadia Koroleva");
        assert_eq!(names.ids_without(&extract()[1]), ["ent:ORG:union naval"]);
        let mut other = extract();
        other.reverse();
        assert_eq!(KnownNames::new(other).version(), names.version());
        assert_ne!(KnownNames::new(extract()[..2].to_vec()).version(), names.version());
        assert_eq!(KnownNames::default().version(), "");
    }
}
