//! The oracle: it serves the wires, so it knows every item and version that it issued, and says at the end what is missing, what came
//! twice, what says something else than it should, and what was judged wrongly.
//!
//! After Vector's end-to-end checks: whatever faults there were, once they are over the multiset of (id, version) in the ledger,
//! that in the topic, and what was issued must be equal.

mod copy;
mod wires;

use std::collections::{BTreeMap, BTreeSet};

use wiredesk_contract::ItemId;

pub use wires::{Oracle, SHOWN, source_table};

/// An item as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What each of its versions must have in its text, in order.
    pub marks: Vec<String>,
    /// The item that it repeats.
    pub repeats: Option<ItemId>,
}

/// A version as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The item.
    pub item: ItemId,
    /// Which version.
    pub version: u32,
    /// Its words.
    pub text: String,
    /// The verdict's original.
    pub duplicate_of: Option<ItemId>,
}

/// Everything that is wrong with what was found in a place, a sentence each.
pub fn demand(issued: &BTreeMap<ItemId, Issued>, place: &str, found: &[Found]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut times: BTreeMap<(&ItemId, u32), u32> = BTreeMap::new();
    for one in found {
        *times.entry((&one.item, one.version)).or_default() += 1;
        let mark =
            issued.get(&one.item).and_then(|item| item.marks.get(one.version.checked_sub(1)? as usize));
        let Some(mark) = mark else {
            wrong
                .push(format!("{place} has version {} of {}, which was never issued", one.version, one.item));
            continue;
        };
        if !one.text.contains(mark) {
            wrong.push(format!(
                "{place}: version {} of {} lacks {mark:?}: {:?}",
                one.version, one.item, one.text
            ));
        }
        let repeats = &issued[&one.item].repeats;
        if one.version == 1 && one.duplicate_of != *repeats {
            wrong.push(format!(
                "{place}: {} repeats {:?}, must repeat {repeats:?}",
                one.item, one.duplicate_of
            ));
        }
    }
    for ((item, version), n) in &times {
        if *n > 1 {
            wrong.push(format!("{place} has version {version} of {item} {n} times"));
        }
    }
    let all =
        issued.iter().flat_map(|(item, of)| (1..).take(of.marks.len()).map(move |version| (item, version)));
    let lost: BTreeSet<(&ItemId, u32)> = all.filter(|version| !times.contains_key(version)).collect();
    wrong
        .extend(lost.into_iter().map(|(item, version)| format!("{place} lacks version {version} of {item}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_twice_other_or_judged_wrongly_is_said() {
        let (a, b) = (ItemId::new("a"), ItemId::new("b"));
        let issued = BTreeMap::from([
            (a.clone(), Issued { marks: vec!["uno".to_owned(), "dos".to_owned()], repeats: None }),
            (b.clone(), Issued { marks: vec!["tres".to_owned()], repeats: Some(a.clone()) }),
        ]);
        let found = |item: &ItemId, version: u32, text: &str, of: Option<&ItemId>| Found {
            item: item.clone(),
            version,
            text: text.to_owned(),
            duplicate_of: of.cloned(),
        };
        let right = [found(&a, 1, "uno", None), found(&a, 2, "dos", None), found(&b, 1, "y tres", Some(&a))];
        assert_eq!(demand(&issued, "here", &right), [] as [&str; 0]);
        let wrong = [
            found(&a, 1, "uno", None),
            found(&a, 1, "uno", None),
            found(&b, 1, "cuatro", None),
            found(&b, 2, "tres", Some(&a)),
        ];
        let said = demand(&issued, "here", &wrong);
        for part in [
            "1 of a 2 times",
            "lacks version 2 of a",
            "1 of b lacks",
            "b repeats None",
            "version 2 of b, which",
        ] {
            assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:?}");
        }
        assert_eq!(said.len(), 5, "{said:?}");
    }
}
