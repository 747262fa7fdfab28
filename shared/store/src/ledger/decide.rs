//! Is this copy a new version? A pure function, so that every order of deliveries can be tried.

use std::collections::BTreeMap;

use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{ContentHash, Timestamp};

/// What the ledger knows of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Current version.
    pub version: u32,
    /// Hash of its cleaned fields.
    pub content_hash: ContentHash,
    /// Its status.
    pub pub_status: PubStatus,
    /// When the first version was written.
    pub first_created: Timestamp,
    /// When the current version was written.
    pub version_created: Timestamp,
    /// For each text that the item has had, the highest revision that it was seen with.
    pub seen: BTreeMap<ContentHash, u32>,
}

/// What a copy is to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The next version.
    Version,
    /// What the current version says; its revision is raised, so that a replay of older copies stays one.
    Sighting,
    /// It was taken before, and newer copies have followed.
    Replay,
    /// The item was killed or taken down: nothing brings it back.
    Refused,
}

/// A copy is a new version where its text differs from the current one's and was not stored before with this revision or a
/// later one. So a text that returns (A, B, A) makes three versions, and a replay of the three makes none.
pub fn decide(known: Option<&Known>, revision: u32, hash: &ContentHash) -> Decision {
    let Some(known) = known else { return Decision::Version };
    if known.content_hash == *hash {
        Decision::Sighting
    } else if known.pub_status == PubStatus::Canceled {
        Decision::Refused
    } else if known.seen.get(hash).is_some_and(|seen| *seen >= revision) {
        Decision::Replay
    } else {
        Decision::Version
    }
}

impl Known {
    /// A copy with the current text was seen.
    pub fn sighted(&mut self, revision: u32) {
        let seen = self.seen.entry(self.content_hash.clone()).or_insert(revision);
        *seen = revision.max(*seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash(text: u8) -> ContentHash {
        ContentHash::of(&[&text.to_string()])
    }

    /// A ledger of one item in memory.
    #[derive(Default)]
    struct Book {
        known: Option<Known>,
        texts: Vec<u8>,
    }

    impl Book {
        fn take(&mut self, revision: u32, text: u8, pub_status: PubStatus) -> Decision {
            let decision = decide(self.known.as_ref(), revision, &hash(text));
            match decision {
                Decision::Version => {
                    let mut seen = self.known.take().map(|k| k.seen).unwrap_or_default();
                    seen.insert(hash(text), revision);
                    self.texts.push(text);
                    let version = self.texts.len() as u32;
                    let zero = Timestamp::default();
                    self.known = Some(Known {
                        version,
                        content_hash: hash(text),
                        pub_status,
                        first_created: zero,
                        version_created: zero,
                        seen,
                    });
                }
                Decision::Sighting => {
                    if let Some(known) = &mut self.known {
                        known.sighted(revision);
                    }
                }
                Decision::Replay | Decision::Refused => {}
            }
            decision
        }
    }

    #[test]
    fn a_text_that_returns_is_a_third_version_and_its_replay_is_none() {
        let mut book = Book::default();
        for (revision, text) in [(1, b'a'), (2, b'b'), (3, b'a'), (1, b'a'), (2, b'b'), (3, b'a')] {
            book.take(revision, text, PubStatus::Usable);
        }
        assert_eq!(book.texts, b"aba");
    }

    #[test]
    fn a_revision_seen_with_the_current_text_is_remembered() {
        let mut book = Book::default();
        // Revision 2 differs in the feed only; its clean text is that of revision 1.
        for (revision, text) in [(1, b'a'), (2, b'a'), (3, b'b'), (1, b'a'), (2, b'a'), (3, b'b')] {
            book.take(revision, text, PubStatus::Usable);
        }
        assert_eq!(book.texts, b"ab");
    }

    #[test]
    fn a_killed_item_stays_killed() {
        let mut book = Book::default();
        assert_eq!(book.take(1, b'a', PubStatus::Usable), Decision::Version);
        assert_eq!(book.take(2, b'k', PubStatus::Canceled), Decision::Version);
        assert_eq!(book.take(3, b'a', PubStatus::Usable), Decision::Refused);
        assert_eq!(book.take(2, b'k', PubStatus::Canceled), Decision::Sighting);
        assert_eq!(book.texts, b"ak");
    }

    proptest! {
        /// The fetcher counts states upwards, and a crash anywhere makes the bus deliver a stretch again.
        #[test]
        fn replays_change_nothing(texts in prop::collection::vec(0u8..4, 1..12), rewinds in prop::collection::vec((0usize..12, 0usize..12), 0..6)) {
            let deliveries: Vec<(u32, u8)> = texts.iter().enumerate().map(|(i, t)| (i as u32 + 1, *t)).collect();
            let mut expected = texts.clone();
            expected.dedup();
            let mut book = Book::default();
            let mut reached = 0;
            for (stop, back) in rewinds {
                let stop = stop.min(deliveries.len());
                let start = reached.min(back);
                for (revision, text) in &deliveries[start..stop.max(start)] {
                    book.take(*revision, *text, PubStatus::Usable);
                }
                reached = reached.max(stop);
            }
            for (revision, text) in &deliveries[reached..] {
                book.take(*revision, *text, PubStatus::Usable);
            }
            prop_assert_eq!(book.texts, expected);
        }
    }
}
