//! Ids are newtypes and derived from the input, so that a replay gives the same ids.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The first 128 bits of SHA-256 over `domain` and `parts`, each part preceded by its length in bytes
/// (so that `["ab","c"]` and `["a","bc"]` differ), as 32 lower-case hexadecimal digits.
fn digest(domain: &str, parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in std::iter::once(&domain).chain(parts) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as it was written, for example from a database row or a URL.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A wire, as the operator names it: a slug such as `europapress-nacional`.
    SourceId
}
id! {
    /// One item of one wire, through all its versions: 32 hexadecimal digits.
    ItemId
}
id! {
    /// A story: the id is derived from the item that opened it. 32 hexadecimal digits.
    StoryId
}
id! {
    /// Hash of an item's cleaned fields: 32 hexadecimal digits. Equal hashes are the same version.
    ContentHash
}
id! {
    /// A dead letter, derived from where the record was: a replay writes the same one. 32 hexadecimal digits.
    DeadId
}

impl ItemId {
    /// The id of an entry of `source` whose identity within the wire is `key` (guid, atom:id, link …).
    pub fn derive(source: &SourceId, key: &str) -> Self {
        Self(digest("wiredesk:item", &[source.as_str(), key]))
    }
}

impl StoryId {
    /// The id of the story that `founder` opens.
    pub fn derive(founder: &ItemId) -> Self {
        Self(digest("wiredesk:story", &[founder.as_str()]))
    }
}

impl ContentHash {
    /// The hash of these parts, in this order.
    pub fn of(parts: &[&str]) -> Self {
        Self(digest("wiredesk:content", parts))
    }
}

impl DeadId {
    /// The id of the dead letter for the record at this place.
    pub fn derive(topic: &str, partition: i32, offset: i64) -> Self {
        Self(digest("wiredesk:dead", &[topic, &partition.to_string(), &offset.to_string()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_across_releases() {
        // Changing this value orphans every stored item: it may only change with a migration.
        let id = ItemId::derive(&SourceId::new("europapress"), "https://example.test/a");
        assert_eq!(
            id.as_str(),
            ItemId::derive(&SourceId::new("europapress"), "https://example.test/a").as_str()
        );
        assert_eq!(id.as_str().len(), 32);
        insta::assert_snapshot!(id, @"c5fa0f2de701119f11b29d0a6b239fc4");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(ContentHash::of(&["ab", "c"]), ContentHash::of(&["a", "bc"]));
        assert_ne!(ContentHash::of(&["a"]), ContentHash::of(&["a", ""]));
    }
}
