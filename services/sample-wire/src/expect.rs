//! From the plan to the manifest: what follows from the copy, and no more.

use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, ItemId, SourceId};

use crate::edition::Edition;
use crate::manifest::{
    ExpectedDateline, ExpectedDeadLetter, ExpectedItem, ExpectedRepair, ExpectedVersion, Manifest,
};
use crate::pages;
use crate::plan::{Plan, Planned};
use crate::wires::{Format, WIRES};

pub(crate) fn of(plan: &Plan) -> Manifest {
    let sources = |format: Format| -> Vec<SourceId> {
        WIRES.iter().filter(|wire| wire.format == format).map(|wire| SourceId::new(wire.id)).collect()
    };
    let items: Vec<ExpectedItem> = plan.items.iter().filter_map(|item| expected(plan, item)).collect();
    let dead_letters = [(Format::RssBroken, "broken_entry"), (Format::Login, "not_a_feed")]
        .into_iter()
        .flat_map(|(format, reason)| {
            sources(format).into_iter().map(move |source| (source, reason.to_owned()))
        })
        .map(|(source, reason)| ExpectedDeadLetter { source, reason })
        .collect();
    let repairs = sources(Format::RssTruncated)
        .into_iter()
        .map(|source| ExpectedRepair { source, kind: "truncated".to_owned() })
        .collect();
    let ends_at = items.iter().flat_map(|item| &item.versions).map(|version| version.at).max().unwrap_or(0);
    Manifest {
        settings: plan.settings.clone(),
        items,
        dead_letters,
        repairs,
        gone: sources(Format::Gone),
        not_feeds: sources(Format::Login),
        ends_at,
    }
}

fn expected(plan: &Plan, item: &Planned) -> Option<ExpectedItem> {
    let first = item.editions.first()?;
    let siblings = |name: &String| -> Vec<ItemId> {
        let same = plan.items.iter().filter(|other| other.template.as_ref() == Some(name));
        same.map(|other| other.item_id.clone()).filter(|id| *id != item.item_id).collect()
    };
    let mut versions: Vec<ExpectedVersion> = item.editions.iter().map(version).collect();
    if let Some((until, sent)) = first.embargoed_until.zip(versions.first().cloned()) {
        let at = ((until - plan.settings.epoch).num_seconds() as f64 * plan.settings.speed).round() as i64;
        versions.push(ExpectedVersion {
            at,
            change: Change::Status,
            pub_status: PubStatus::Usable,
            embargoed_until: None,
            by_ledger: true,
            ..sent
        });
        versions.sort_by_key(|version| version.at);
    }
    let (duplicate_of, relations) = item.duplicate_of.clone().unzip();
    Some(ExpectedItem {
        source: SourceId::new(first.wire.id),
        slug: first.slug.clone(),
        guid: (!first.guid.is_empty()).then(|| first.guid.clone()),
        link: first.link.clone(),
        item_id: item.item_id.clone(),
        language: first.wire.language.to_owned(),
        published: first.published,
        kind: first.kind,
        dateline: first.dateline.as_ref().map(|dateline| ExpectedDateline {
            raw: dateline.raw.clone(),
            place: dateline.place.clone(),
            agency: dateline.agency.map(str::to_owned),
            date: dateline.date,
        }),
        versions,
        duplicate_of,
        relations: relations.unwrap_or_default(),
        template_siblings: item.template.as_ref().map(siblings).unwrap_or_default(),
        story: item.story.clone(),
    })
}

fn version(edition: &Edition) -> ExpectedVersion {
    let killed = edition.pub_status == PubStatus::Canceled;
    let mut contains = edition.contains.clone();
    if killed {
        contains.clear();
    } else {
        contains.extend(edition.paragraphs.iter().filter_map(|paragraph| phrase(paragraph)).take(4));
    }
    let mut lacks: Vec<String> = edition.lacks.clone();
    lacks.extend(pages::chrome(edition.wire.look).iter().map(|&phrase| phrase.to_owned()));
    lacks.extend(edition.dateline.iter().map(|dateline| dateline.raw.clone()));
    lacks.extend(edition.end.clone());
    ExpectedVersion {
        at: edition.at,
        change: edition.change,
        pub_status: edition.pub_status,
        embargoed_until: edition.embargoed_until,
        by_ledger: false,
        headline: edition.headline.clone(),
        developing: edition.developing,
        body_contains: contains,
        body_lacks: lacks,
    }
}

/// The last six words in a row without punctuation or figures, after the paragraph's first two words: no
/// cleaning of quotes, dashes or spaces can change it.
fn phrase(paragraph: &str) -> Option<String> {
    let words: Vec<&str> = paragraph.split(' ').skip(2).collect();
    let plain = |word: &&str| word.chars().all(char::is_alphabetic) && !word.is_empty();
    words.windows(6).rev().find(|window| window.iter().all(plain)).map(|window| window.join(" "))
}
