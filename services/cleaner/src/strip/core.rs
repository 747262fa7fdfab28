//! The core: an entry as fetched in, clean copy out.

use chrono_tz::Tz;
use wiredesk_contract::copy::{Fingerprint, Removed};
use wiredesk_contract::message::Message;
use wiredesk_contract::raw::Repair;
use wiredesk_contract::status::{CopyKind, PubStatus, WireSignal};
use wiredesk_contract::{ContentHash, CopyItem, Outcome, RawItem, Timestamp, Why};

use super::blocks::{Block, BlockKind, html_of, text_of};
use super::conventions::{Context, Draft, apply, kind};
use super::extract::{self, Article};
use super::fingerprint::fingerprint;
use super::memory::lines::{self, Told};
use super::memory::{InForce, sweep};
use super::rules::Rules;
use super::{forum, hygiene, page_kind};

/// Longest note to editors that is made of a withdrawn text, in characters.
const LONGEST_NOTE: usize = 1_000;

/// What became of an entry: its copy, and what the shell learns from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stripped {
    /// The copy.
    pub copy: CopyItem,
    /// What its text tells of its source; empty where it is no news.
    pub told: Told,
    /// Why its page was of no use, where it had one.
    pub page: Option<&'static str>,
}

/// Clean copy of one entry. Bad input is named, never refused: an entry without a usable page is published by its teaser
/// as [`CopyKind::NotArticle`]. An entry that says nothing itself and leads to what is no article is skipped with that
/// reason. Nothing is invented: every word of the output is in the input.
///
/// `memory` is what was in force of the source's memory when the page was fetched: the same page gives the same copy.
pub fn strip(raw: &RawItem, rules: &Rules, memory: &InForce, _now: Timestamp) -> Outcome<Stripped> {
    let stripped = clean(raw, rules, memory);
    let copy = &stripped.copy;
    let says = copy.lead.as_deref().is_some_and(|lead| hygiene::key(lead) != hygiene::key(&copy.headline));
    match stripped.page {
        Some(reason)
            if page_kind::NO_ARTICLE.contains(&reason)
                && copy.kind == CopyKind::NotArticle
                && copy.pub_status == PubStatus::Usable
                && !says =>
        {
            let link = copy.url.as_deref().unwrap_or("its page");
            Outcome::Skip(Why::new(reason, format!("{link} is no article and the entry has no teaser")))
        }
        _ => Outcome::Emit(vec![stripped]),
    }
}

fn clean(raw: &RawItem, rules: &Rules, memory: &InForce) -> Stripped {
    let entry = &raw.entry;
    let teaser = entry.summary_html.as_deref().map(extract::plain).filter(|t| !t.is_empty());
    let (mut article, page) = page_or_feed(raw);
    let title = extract::plain(&entry.title);
    let headline = match &article.title {
        Some(long) if title.is_empty() || cut_of(&title, long) => long.clone(),
        _ => title,
    };
    let published = entry.published.or(article.published);
    let zone: Tz = raw.source.time_zone.as_deref().and_then(|z| z.parse().ok()).unwrap_or(chrono_tz::UTC);
    let context =
        Context { agencies: &rules.agencies, published: Some(published.unwrap_or(raw.fetched_at)), zone };
    let printed = standfirst(&article).or_else(|| article.deck.take());
    let deck_of_feed = printed.is_none();
    let mut draft = Draft {
        headline,
        deck: printed.or_else(|| teaser.clone()),
        blocks: std::mem::take(&mut article.blocks),
        removed: std::mem::take(&mut article.removed),
        ..Draft::default()
    };
    let swept = sweep_all(&mut draft, memory);
    apply(&mut draft, &context);
    let told = if draft.blocks.is_empty() {
        Told::default()
    } else {
        lines::told(&draft.blocks, draft.deck.as_deref(), &swept)
    };
    let mut copy = finish(raw, rules, draft, article, teaser, published, page);
    copy.memory_version = (memory.version > 0).then_some(memory.version);
    copy.deck_of_feed = deck_of_feed && copy.deck.is_some();
    let news = copy.kind != CopyKind::NotArticle && !copy.text.is_empty();
    Stripped { copy, told: if news { told } else { Told::default() }, page }
}

/// Takes out what the source repeats, above the conventions: a dateline is found although chrome stood above it.
fn sweep_all(draft: &mut Draft, memory: &InForce) -> Vec<String> {
    let mut swept = Vec::new();
    if let Some(text) = draft.deck.take() {
        (draft.deck, swept) = sweep::deck(&text, memory);
    }
    swept.extend(sweep::sweep(&mut draft.blocks, memory));
    for text in &swept {
        draft.note(text, "repeated_on_source");
    }
    swept
}

/// The page's article; where there is none, the feed's content; where there is none either, nothing. And why the page was
/// of no use, where it was not.
fn page_or_feed(raw: &RawItem) -> (Article, Option<&'static str>) {
    let content = raw.entry.content_html.as_deref().filter(|c| !c.trim().is_empty());
    let from_page = raw.page.as_ref().map(|page| {
        let html = page
            .content_type
            .as_deref()
            .is_none_or(|t| t.contains("html") || t.contains("xml") || t.starts_with("text/"));
        if html {
            extract::article(&page.html)
        } else {
            Article { not_article: Some("not_html"), ..Article::default() }
        }
    });
    let from_page = from_page.map(|article| match garbled(&article.blocks) {
        true if article.not_article.is_none() => Article { not_article: Some("wrong_charset"), ..article },
        _ => article,
    });
    let refused = from_page.as_ref().and_then(|article| article.not_article);
    let article = match (from_page, content) {
        (Some(article), None) if refused.is_none() => article,
        (Some(article), Some(content)) if refused.is_none() => {
            let (feed, removed) = from_feed(content);
            // The feed's own text is cleaner than any page's, where it is not a mere beginning of it.
            if length(&feed) * 10 >= length(&article.blocks) * 9 {
                Article { blocks: feed, removed, ..article }
            } else {
                article
            }
        }
        (page, Some(content)) => {
            // A page that is none tells nothing but why.
            let page = page.filter(|_| !refused.is_some_and(|why| page_kind::NO_ARTICLE.contains(&why)));
            let (blocks, removed) = from_feed(content);
            Article { blocks, not_article: None, removed, ..page.unwrap_or_default() }
        }
        (Some(article), None) => {
            if refused.is_some_and(|why| page_kind::NO_ARTICLE.contains(&why)) {
                Article { not_article: refused, ..Article::default() }
            } else {
                Article { blocks: Vec::new(), ..article }
            }
        }
        (None, None) => Article::default(),
    };
    (article, refused)
}

fn from_feed(html: &str) -> (Vec<Block>, Vec<Removed>) {
    let blocks = extract::fragment(html);
    let mut removed = Vec::new();
    let blocks = forum::drop_flattened(extract::chrome::drop_lines(blocks, &mut removed), &mut removed);
    (blocks, removed)
}

/// Is one character in fifty one that could not be decoded? Then the page was read in the wrong encoding.
fn garbled(blocks: &[Block]) -> bool {
    let (mut all, mut bad) = (0, 0);
    for c in blocks.iter().flat_map(|b| b.text.chars()) {
        all += 1;
        bad += usize::from(c == '\u{fffd}');
    }
    bad * 50 > all
}

fn length(blocks: &[Block]) -> usize {
    blocks.iter().map(|b| b.text.len()).sum()
}

/// Is `title` the beginning of `long`, cut with an ellipsis?
fn cut_of(title: &str, long: &str) -> bool {
    let start = title.trim_end_matches(['…', '.', ' ']);
    start.len() < title.len() && !start.is_empty() && hygiene::key(long).starts_with(&hygiene::key(start))
}

fn finish(
    raw: &RawItem,
    rules: &Rules,
    mut draft: Draft,
    article: Article,
    teaser: Option<String>,
    published: Option<Timestamp>,
    page: Option<&'static str>,
) -> CopyItem {
    let entry = &raw.entry;
    let withdrawn = draft.marks.signal == Some(WireSignal::Withdrawn);
    let mut pub_status = entry.pub_status.unwrap_or_default();
    let embargoed_until = entry.embargoed_until.or(draft.embargoed_until);
    if withdrawn {
        pub_status = PubStatus::Canceled;
    } else if pub_status == PubStatus::Usable && (draft.embargoed || embargoed_until.is_some()) {
        pub_status = PubStatus::Withheld;
    }
    let mut ed_note = entry.ed_note.clone().or_else(|| draft.ed_note.take());
    let kind = match page {
        Some(_) if draft.blocks.is_empty() => CopyKind::NotArticle,
        _ => kind::of(&draft.headline, draft.blocks.iter().map(|b| b.text.as_str())),
    };
    let sample = sample(&draft, teaser.as_deref());
    let declared = entry
        .language
        .as_deref()
        .filter(|l| !l.is_empty())
        .or(raw.source.language.as_deref())
        .or(article.language.as_deref());
    let told = rules.languages.tell(&sample, declared);
    let mut lead = draft
        .blocks
        .iter()
        .find(|b| b.kind == BlockKind::Paragraph)
        .map(|b| b.text.clone())
        .or_else(|| teaser.clone());
    if pub_status == PubStatus::Canceled {
        let notice = text_of(&draft.blocks);
        if !notice.is_empty() {
            ed_note.get_or_insert_with(|| notice.chars().take(LONGEST_NOTE).collect());
        }
        draft.blocks.clear();
        draft.deck = None;
        lead = None;
    }
    let text = text_of(&draft.blocks);
    let byline = draft.byline.clone();
    let mut authors: Vec<String> = if entry.authors.is_empty() {
        article.authors.clone()
    } else {
        entry.authors.iter().map(|a| hygiene::line(a)).collect()
    };
    // Agencies and the wire itself are no people.
    authors.retain(|a| !a.is_empty() && rules.agencies.name(a).is_none() && *a != raw.source.name);
    let agency = draft.dateline.as_ref().and_then(|d| d.agency.clone());
    let agency = agency.or_else(|| draft.signed.clone()).or_else(|| raw.source.agency.clone());
    let mut media = entry.media.clone();
    if media.is_empty() {
        media.extend(article.image.clone());
    }
    let mut repairs = raw.repairs.clone();
    if let Some(why) = page {
        repairs.push(Repair { kind: format!("page_{why}"), count: 1 });
    }
    let undecoded = text.matches('\u{fffd}').count();
    if undecoded > 0 {
        let count = u32::try_from(undecoded).unwrap_or(u32::MAX);
        repairs.push(Repair { kind: "undecoded_characters".to_owned(), count });
    }
    let fingerprint = if text.is_empty() {
        lead.as_deref().map_or_else(Fingerprint::default, fingerprint)
    } else {
        fingerprint(&text)
    };
    let mut copy = CopyItem {
        schema_version: CopyItem::VERSION,
        item_id: raw.item_id.clone(),
        revision: raw.revision,
        content_hash: ContentHash::of(&[]),
        source: raw.source.clone(),
        url: entry.link.clone(),
        canonical_url: article.canonical,
        guid: entry.guid.clone(),
        headline: draft.headline,
        deck: draft.deck,
        deck_of_feed: false,
        lead,
        html: html_of(&draft.blocks),
        text,
        dateline: draft.dateline,
        agency,
        byline,
        authors,
        slugline: None,
        kind,
        markers: draft.marks.printed,
        signal: draft.marks.signal,
        developing: draft.marks.developing,
        urgency: entry.urgency.or(draft.marks.urgency).unwrap_or(5).clamp(1, 9),
        pub_status,
        embargoed_until,
        ed_note,
        language: told.language,
        language_confidence: told.confidence,
        published,
        updated: entry.updated.or(article.modified),
        fetched_at: raw.fetched_at,
        categories: entry.categories.clone(),
        media,
        copyright_notice: draft.copyright_notice.or_else(|| entry.copyright.clone()).or(article.copyright),
        usage_terms: draft.usage_terms,
        removed: draft.removed,
        memory_version: None,
        fingerprint,
        repairs,
        partial: raw.partial,
    };
    copy.content_hash = copy.hash();
    copy
}

/// The standfirst, one line a block.
fn standfirst(article: &Article) -> Option<String> {
    let text = text_of(&article.standfirst);
    (!text.is_empty()).then_some(text)
}

/// Title and lead: what the language is told from.
fn sample(draft: &Draft, teaser: Option<&str>) -> String {
    let mut sample = draft.headline.clone();
    for text in draft.blocks.iter().take(3).map(|b| b.text.as_str()).chain(teaser) {
        if sample.len() > 600 {
            break;
        }
        sample.push_str(". ");
        sample.push_str(text);
    }
    sample
}
