//! Load for benches: varied raw items made of the copy.

use chrono::Duration;
use wiredesk_contract::raw::{FeedEntry, Page};
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::{ItemId, Message, RawItem, SourceId, Timestamp};

use crate::edition::Edition;
use crate::error::SampleError;
use crate::feeds::full_html;
use crate::pages;
use crate::plan::Plan;
use crate::settings::Settings;

/// One in this many load items is a re-send of an earlier one, by another guid.
pub const RESEND_EVERY: u64 = 10;

/// `n` raw items: paragraphs of different dispatches of one wire, mixed, their figures and sentences changed by
/// `seed`, so that most are distinct news; every tenth sends an earlier one again. Pages have the size of real ones.
pub fn load_copy(seed: u64, n: usize) -> Result<impl Iterator<Item = RawItem>, SampleError> {
    let epoch = Timestamp::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    let settings = Settings { seed, ..Settings::new("http://127.0.0.1:8090", epoch) };
    let plan = Plan::new(&settings)?;
    Ok((0..n as u64).map(move |number| item(&plan, seed, number)))
}

/// SplitMix64: a stream of well-mixed numbers from one seed.
struct Mix(u64);

impl Mix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn item(plan: &Plan, seed: u64, number: u64) -> RawItem {
    let resend = number >= RESEND_EVERY && number % RESEND_EVERY == RESEND_EVERY - 1;
    let text_of = if resend { number - RESEND_EVERY / 2 } else { number };
    let mut edition = compose(plan, &mut Mix(seed ^ text_of.wrapping_mul(0x2545_f491_4f6c_dd1d)));
    edition.guid = format!("load-{seed}-{number}");
    edition.link = format!("{}/{}/load/{number}", plan.settings.base_url, edition.wire.path);
    edition.published = plan.settings.epoch + Duration::seconds(number as i64);
    edition.updated = edition.published;
    raw(plan, edition)
}

/// A dispatch of sentences of up to five dispatches of one wire, in an order of its own, with other figures.
fn compose(plan: &Plan, mix: &mut Mix) -> Edition {
    let pool: Vec<&Edition> = plan.items.iter().filter_map(|item| item.editions.first()).collect();
    let mut base = pool[mix.below(pool.len())].clone();
    let same: Vec<&&Edition> = pool.iter().filter(|edition| edition.wire.id == base.wire.id).collect();
    let mut sentences: Vec<String> = Vec::new();
    for _ in 0..5 {
        let other = same[mix.below(same.len())];
        sentences.extend(
            other.paragraphs.iter().flat_map(|paragraph| paragraph.split_inclusive(". ")).map(str::to_owned),
        );
    }
    for index in (1..sentences.len()).rev() {
        sentences.swap(index, mix.below(index + 1));
    }
    sentences.truncate(8 + mix.below(10));
    let paragraphs = sentences.chunks(3).map(|chunk| vary(chunk.join(" ").trim(), mix)).collect();
    base.paragraphs = paragraphs;
    base.headline = vary(&format!("{} ({})", base.headline, mix.below(100_000)), mix);
    base.title.clone_from(&base.headline);
    base.teaser = base.paragraphs.first().cloned().unwrap_or_default();
    base
}

/// Changes the figures, and swaps neighbouring long words here and there, so that texts share few word shingles.
fn vary(text: &str, mix: &mut Mix) -> String {
    let mut words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let digit = |c: char| if c.is_ascii_digit() { char::from(b'1' + mix.below(9) as u8) } else { c };
            word.chars().map(digit).collect()
        })
        .collect();
    let mut index = mix.below(5);
    while index + 1 < words.len() {
        words.swap(index, index + 1);
        index += 3 + mix.below(5);
    }
    words.join(" ")
}

fn raw(plan: &Plan, edition: Edition) -> RawItem {
    let wire = edition.wire;
    let id = SourceId::new(wire.id);
    let page = (!wire.full).then(|| Page {
        url: edition.link.clone(),
        content_type: Some("text/html".to_owned()),
        html: pages::render(&plan.settings, &edition, &[]),
    });
    RawItem {
        schema_version: RawItem::VERSION,
        item_id: ItemId::derive(&id, &edition.guid),
        revision: 1,
        source: SourceRef {
            id,
            name: wire.name.to_owned(),
            url: Some(format!("{}{}", plan.settings.base_url, wire.feed_path())),
            language: Some(wire.language.to_owned()),
            country: Some(wire.country.to_owned()),
            time_zone: Some(wire.zone.name().to_owned()),
            agency: wire.agency.map(str::to_owned),
            rights: Rights::FullText,
        },
        entry: FeedEntry {
            guid: Some(edition.guid.clone()),
            link: Some(edition.link.clone()),
            title: edition.title.clone(),
            summary_html: Some(edition.teaser.clone()),
            content_html: wire.full.then(|| full_html(&edition)),
            published: Some(edition.published),
            categories: vec![edition.section.clone()],
            language: Some(wire.language.to_owned()),
            ..FeedEntry::default()
        },
        page,
        fetched_at: edition.published,
        repairs: Vec::new(),
        partial: false,
    }
}
