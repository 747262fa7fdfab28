//! The manifest follows from the copy and holds together.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeZone, Utc};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{Change, ItemId, Message};
use wiredesk_sample_wire::wires::WIRES;
use wiredesk_sample_wire::{Manifest, Settings, load_copy, manifest, sources};

fn settings() -> Settings {
    Settings::new("http://127.0.0.1:8090", Utc.with_ymd_and_hms(2026, 2, 15, 9, 30, 7).unwrap())
}

fn expected() -> Manifest {
    manifest(&settings()).unwrap()
}

#[test]
fn every_language_has_its_share() {
    let manifest = expected();
    let mut distinct: BTreeMap<&str, usize> = BTreeMap::new();
    for item in manifest.items.iter().filter(|item| item.duplicate_of.is_none()) {
        *distinct.entry(item.language.as_str()).or_default() += 1;
    }
    assert!(distinct.values().sum::<usize>() >= 90, "{distinct:?}");
    for language in ["es", "fr", "en", "pt", "it", "de", "ca"] {
        assert!(distinct[language] >= 8, "{language}: {distinct:?}");
    }
}

#[test]
fn ids_derive_from_what_the_feed_says() {
    let manifest = expected();
    let mut seen = BTreeSet::new();
    for item in &manifest.items {
        let identity = item.guid.as_ref().unwrap_or(&item.link);
        assert_eq!(item.item_id, ItemId::derive(&item.source, identity));
        assert!(seen.insert(item.item_id.clone()), "{} is there twice", item.slug);
    }
    assert_eq!(sources("http://127.0.0.1:8090/").len(), WIRES.len());
}

#[test]
fn duplicates_come_after_their_originals_and_cover_every_manner() {
    let manifest = expected();
    let duplicates: Vec<_> = manifest.items.iter().filter(|item| item.duplicate_of.is_some()).collect();
    assert_eq!(duplicates.len(), 4);
    let wires: BTreeSet<_> = duplicates.iter().map(|item| item.source.clone()).collect();
    assert_eq!(wires.len(), 4, "four outlets");
    let manners: BTreeSet<String> =
        duplicates.iter().map(|item| format!("{:?}", item.relations[0])).collect();
    assert_eq!(manners, ["Cut", "Expanded", "Resend"].map(str::to_owned).into());
    for item in duplicates {
        let original =
            manifest.items.iter().find(|other| Some(&other.item_id) == item.duplicate_of.as_ref()).unwrap();
        assert!(original.versions[0].at + 20 < item.versions[0].at, "{}", item.slug);
        assert_eq!(original.language, item.language);
    }
}

#[test]
fn everything_that_real_wires_do_is_there() {
    let manifest = expected();
    let changes: BTreeSet<String> = manifest
        .items
        .iter()
        .flat_map(|item| &item.versions)
        .map(|version| format!("{:?}", version.change))
        .collect();
    for change in [Change::Corrected, Change::Expanded, Change::TitleOnly, Change::Withdrawn, Change::Status]
    {
        assert!(changes.contains(&format!("{change:?}")), "no {change:?}");
    }
    assert!(manifest.items.iter().filter(|item| item.kind == CopyKind::Planning).count() >= 5);
    let templates = manifest.items.iter().filter(|item| !item.template_siblings.is_empty());
    assert!(templates.clone().count() >= 7);
    assert!(templates.clone().all(|item| item.duplicate_of.is_none()));
    let mut stories: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in &manifest.items {
        if let Some(story) = &item.story {
            stories.entry(story).or_default().insert(&item.language);
        }
    }
    assert!(stories.values().filter(|languages| languages.len() >= 4).count() >= 1, "{stories:?}");
    assert!(
        stories.values().all(|languages| languages.len() >= 2),
        "a story of one language says nothing: {stories:?}"
    );
    assert_eq!(
        (manifest.dead_letters.len(), manifest.repairs.len(), manifest.gone.len(), manifest.not_feeds.len()),
        (2, 1, 1, 1)
    );
}

#[test]
fn the_embargo_ends_on_a_full_minute_by_the_ledger() {
    let manifest = expected();
    let item = manifest.items.iter().find(|item| item.versions[0].pub_status == PubStatus::Withheld).unwrap();
    let (held, freed) = (&item.versions[0], &item.versions[1]);
    let until = held.embargoed_until.unwrap();
    assert_eq!(until.timestamp() % 60, 0);
    assert!(freed.by_ledger && freed.pub_status == PubStatus::Usable);
    assert_eq!(freed.at, (until - settings().epoch).num_seconds());
    assert!((120..=185).contains(&(freed.at - held.at)), "{} s", freed.at - held.at);
}

#[test]
fn a_poller_every_ten_seconds_misses_nothing() {
    for seed in [1, 2, 77] {
        let manifest = manifest(&Settings { seed, ..settings() }).unwrap();
        assert!(manifest.ends_at <= 660, "{}", manifest.ends_at);
        let out = manifest.as_of(0).len();
        assert!((12..=24).contains(&out), "{out} items at second 0");
        for wire in WIRES {
            let mut releases: Vec<i64> = Vec::new();
            for item in manifest.items.iter().filter(|item| item.source.as_str() == wire.id) {
                let sent: Vec<i64> = item
                    .versions
                    .iter()
                    .filter(|version| !version.by_ledger)
                    .map(|version| version.at)
                    .collect();
                assert!(
                    sent.windows(2).all(|pair| pair[1] - pair[0] >= 30),
                    "{} changes too fast",
                    item.slug
                );
                assert!(sent.is_sorted());
                releases.extend(sent);
            }
            releases.sort_unstable();
            for start in 0..=manifest.ends_at {
                let burst = releases.iter().filter(|at| (start..start + 10).contains(*at)).count();
                assert!(burst <= wire.window, "{} sends {burst} items in ten seconds", wire.id);
            }
        }
    }
}

#[test]
fn dates_lie_within_ninety_hours_and_never_ahead() {
    let manifest = expected();
    let epoch = settings().epoch;
    for item in &manifest.items {
        let age = epoch - item.published;
        assert!(age.num_hours() < 90, "{}", item.slug);
        assert!(item.published <= epoch + chrono::Duration::seconds(item.versions[0].at), "{}", item.slug);
    }
}

#[test]
fn every_readable_version_promises_some_text() {
    for item in expected().items {
        for version in item.versions.iter().filter(|version| version.pub_status != PubStatus::Canceled) {
            assert!(
                item.kind == CopyKind::Planning || !version.body_contains.is_empty(),
                "{} at {}",
                item.slug,
                version.at
            );
        }
    }
}

#[test]
fn load_is_deterministic_and_distinct_but_for_the_resends() {
    let one: Vec<_> = load_copy(7, 400).unwrap().collect();
    let two: Vec<_> = load_copy(7, 400).unwrap().collect();
    assert_eq!(one, two);
    let ids: BTreeSet<_> = one.iter().map(|raw| raw.key().to_owned()).collect();
    assert_eq!(ids.len(), 400);
    let texts: BTreeSet<_> = one.iter().map(|raw| raw.entry.title.clone()).collect();
    assert_eq!(texts.len(), 361, "every tenth but the first repeats an earlier one");
}
