//! From clean copy, verdict and enrichment to the item that is published: what the rights and the embargo allow of it.
//!
//! Field names and meanings follow IPTC ninjs 3.1 (<https://iptc.org/standards/ninjs/>) where it has them.

use wiredesk_contract::enrichment::{EnrichReport, Enrichment, Quote};
use wiredesk_contract::item::{AltId, Body, InfoSource, ItemVerdict, RoleText};
use wiredesk_contract::message::Message;
use wiredesk_contract::source::Rights;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::verdict::Evidence;
use wiredesk_contract::{CopyItem, Item, Timestamp, Verdict};
use wiredesk_store::ledger::{VersionFacts, killed};

/// Longest lead of a source whose text may not be published, in characters: a one-paragraph dispatch is not all lead.
const LONGEST_LEAD: usize = 600;

/// The item as it may be published at `now`.
pub fn item_of(
    copy: &CopyItem,
    verdict: &Verdict,
    enrichment: &Enrichment,
    facts: &VersionFacts,
    now: Timestamp,
) -> Item {
    let item = full(copy, verdict, enrichment, facts);
    match copy.pub_status {
        PubStatus::Canceled => killed(item),
        PubStatus::Withheld if copy.embargoed_until.is_none_or(|end| end > now) => withheld(item),
        PubStatus::Withheld | PubStatus::Usable => usable(item),
    }
}

/// What is to be published when the embargo ends; `None` where there is none at `now`, or none that ends.
pub fn held_of(
    copy: &CopyItem,
    verdict: &Verdict,
    enrichment: &Enrichment,
    facts: &VersionFacts,
    now: Timestamp,
) -> Option<Item> {
    let waits = copy.pub_status == PubStatus::Withheld && copy.embargoed_until.is_some_and(|end| end > now);
    waits.then(|| usable(full(copy, verdict, enrichment, facts)))
}

fn usable(item: Item) -> Item {
    Item { pub_status: PubStatus::Usable, embargoed_until: None, ..item }
}

/// Metadata only: that there will be news, whence and when; nothing that was taken from its text.
fn withheld(item: Item) -> Item {
    let item = item.without_findings();
    Item {
        descriptions: Vec::new(),
        bodies: Vec::new(),
        media: Vec::new(),
        verdict: ItemVerdict { evidence: None, ..item.verdict },
        ..item
    }
}

/// The item with another enrichment of its copy. Times, version and verdict stay: the ledger stamps the new version.
pub fn reenriched(item: &Item, copy: &CopyItem, enrichment: &Enrichment) -> Item {
    let mut item = item.clone();
    enrich(&mut item, copy, enrichment);
    if item.pub_status == PubStatus::Withheld { withheld(item) } else { item }
}

/// Puts into an item what was found in its copy, as far as the source's rights allow.
fn enrich(item: &mut Item, copy: &CopyItem, enrichment: &Enrichment) {
    let all = copy.source.rights == Rights::FullText;
    let place = copy.dateline.as_ref().and_then(|d| d.place.clone());
    let published = |quote: &&Quote| all || is_published(quote, &item.descriptions);
    item.quotes = enrichment.quotes.iter().filter(published).cloned().collect();
    item.subjects.clone_from(&enrichment.topics);
    item.located = enrichment.located.as_ref().map(|p| p.name.clone()).or(place);
    item.dateline_place.clone_from(&enrichment.located);
    item.entities.clone_from(&enrichment.entities);
    item.places.clone_from(&enrichment.places);
    item.event_place.clone_from(&enrichment.event_place);
    item.keywords.clone_from(&enrichment.keywords);
    item.figures.clone_from(&enrichment.figures);
    item.dates.clone_from(&enrichment.dates);
    item.summary.clone_from(&enrichment.summary);
    item.reading_seconds = enrichment.reading_seconds;
    item.sentiment.clone_from(&enrichment.sentiment);
    item.enrich.clone_from(&enrichment.enrich);
    item.provenance.clone_from(&enrichment.provenance);
}

/// Everything that the source's rights allow.
fn full(copy: &CopyItem, verdict: &Verdict, enrichment: &Enrichment, facts: &VersionFacts) -> Item {
    let all = copy.source.rights == Rights::FullText;
    let mut item = Item {
        schema_version: Item::VERSION,
        uri: Item::uri_of(&copy.item_id),
        item_id: copy.item_id.clone(),
        version: facts.version,
        version_created: facts.version_created,
        first_created: facts.first_created,
        content_created: copy.published,
        pub_status: copy.pub_status,
        embargoed_until: copy.embargoed_until,
        urgency: copy.urgency,
        kind: copy.kind,
        language: copy.language.clone(),
        language_confidence: copy.language_confidence,
        headlines: vec![role("main", &copy.headline)],
        bodies: if all { bodies(copy) } else { Vec::new() },
        by: byline(copy),
        slugline: copy.slugline.clone(),
        subjects: Vec::new(),
        located: None,
        info_sources: info_sources(copy),
        alt_ids: alt_ids(copy),
        ed_note: copy.ed_note.clone(),
        copyright_holder: Some(copy.agency.clone().unwrap_or_else(|| copy.source.name.clone())),
        copyright_notice: copy.copyright_notice.clone(),
        usage_terms: copy.usage_terms.clone(),
        url: copy.url.clone(),
        media: copy.media.clone(),
        source: copy.source.clone(),
        dateline: copy.dateline.clone(),
        dateline_place: None,
        markers: copy.markers.clone(),
        developing: copy.developing,
        change: facts.change,
        verdict: without_passages(verdict, all),
        entities: Vec::new(),
        places: Vec::new(),
        event_place: None,
        quotes: Vec::new(),
        keywords: Vec::new(),
        figures: Vec::new(),
        dates: Vec::new(),
        summary: None,
        reading_seconds: 0,
        sentiment: None,
        story: None,
        categories: copy.categories.clone(),
        content_hash: copy.content_hash.clone(),
        fetched_at: copy.fetched_at,
        enrich: EnrichReport::default(),
        provenance: Vec::new(),
        descriptions: descriptions(copy, all),
    };
    enrich(&mut item, copy, enrichment);
    item
}

fn role(role: &str, value: &str) -> RoleText {
    RoleText { role: role.to_owned(), value: value.to_owned() }
}

fn descriptions(copy: &CopyItem, all: bool) -> Vec<RoleText> {
    let first = || copy.text.lines().map(str::trim).find(|line| !line.is_empty());
    let lead = copy.lead.as_deref().map(str::trim).filter(|l| !l.is_empty()).or_else(first);
    let lead = lead.map(|l| if all { l.to_owned() } else { cut(l, LONGEST_LEAD) });
    let deck = copy.deck.as_deref().filter(|d| !d.trim().is_empty());
    deck.map(|d| role("deck", d)).into_iter().chain(lead.map(|l| role("lead", &l))).collect()
}

/// At most `longest` characters, cut between words.
fn cut(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let head = &text[..end];
    let words = head.rfind(char::is_whitespace).map_or(head, |space| &head[..space]);
    format!("{} …", words.trim_end())
}

/// A quotation is text: where that may not be published, only what the lead shows anyway.
fn is_published(quote: &Quote, descriptions: &[RoleText]) -> bool {
    descriptions.iter().any(|d| d.value.contains(&quote.text))
}

fn bodies(copy: &CopyItem) -> Vec<Body> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let body = |content_type: &str, value: &str| Body {
        role: "main".to_owned(),
        content_type: content_type.to_owned(),
        char_count: count(copy.text.chars().count()),
        word_count: count(copy.text.split_whitespace().count()),
        value: value.to_owned(),
    };
    let plain = (!copy.text.is_empty()).then(|| body("text/plain", &copy.text));
    let html = copy.html.as_deref().filter(|html| !html.is_empty()).map(|html| body("text/html", html));
    plain.into_iter().chain(html).collect()
}

fn byline(copy: &CopyItem) -> Option<String> {
    copy.byline.clone().or_else(|| (!copy.authors.is_empty()).then(|| copy.authors.join(", ")))
}

fn info_sources(copy: &CopyItem) -> Vec<InfoSource> {
    let source = |role: &str, name: &str| InfoSource { name: name.to_owned(), role: role.to_owned() };
    let wire = source("wire", &copy.source.name);
    std::iter::once(wire).chain(copy.agency.as_deref().map(|name| source("agency", name))).collect()
}

fn alt_ids(copy: &CopyItem) -> Vec<AltId> {
    let ids = [("guid", &copy.guid), ("link", &copy.url), ("canonical", &copy.canonical_url)];
    ids.into_iter()
        .filter_map(|(role, value)| Some(AltId { role: role.to_owned(), value: value.clone()? }))
        .collect()
}

/// The evidence quotes passages of the text: they go only where the text goes.
fn without_passages(verdict: &Verdict, all: bool) -> ItemVerdict {
    let mut verdict = ItemVerdict::from(verdict.clone());
    if !all {
        verdict.evidence = verdict.evidence.map(|e| Evidence { shared: Vec::new(), edits: Vec::new(), ..e });
    }
    verdict
}
