//! All conventions on one draft, from top to bottom.

use std::sync::LazyLock;

use chrono_tz::Tz;
use regex::Regex;
use wiredesk_contract::Timestamp;
use wiredesk_contract::copy::{Dateline, Removed};
use wiredesk_contract::status::WireSignal;

use super::agencies::Agencies;
use super::marks::{self, Marks};
use super::months::MONTH;
use super::{dateline, embargo, signature};
use crate::strip::blocks::{Block, BlockKind};
use crate::strip::hygiene::key;
use crate::strip::pattern::pattern;

/// How many blocks from the top a dateline may stand.
const TOP: usize = 8;
/// How many blocks from the end signatures may stand.
const END: usize = 6;

static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:\p{{L}}+,? )?\d{{1,2}}(?:er|\.)?(?: de)? {MONTH}\.?(?: de)? \d{{4}}(?:[,·|\- ]+\d{{1,2}}[:h.]\d{{2}})?$"
    ))
});
static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:Por|Par|By|Von|Di|Per) (?P<name>\p{Lu}[\p{L}'’.\-]+(?: [\p{L}'’.\-]+){1,4})$")
});

/// What the conventions go by.
pub(crate) struct Context<'a> {
    pub(crate) agencies: &'a Agencies,
    pub(crate) published: Timestamp,
    pub(crate) zone: Tz,
}

/// A copy on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) headline: String,
    pub(crate) deck: Option<String>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) dateline: Option<Dateline>,
    pub(crate) byline: Option<String>,
    pub(crate) marks: Marks,
    pub(crate) embargoed: bool,
    pub(crate) embargoed_until: Option<Timestamp>,
    pub(crate) ed_note: Option<String>,
    pub(crate) copyright_notice: Option<String>,
    pub(crate) usage_terms: Option<String>,
    pub(crate) removed: Vec<Removed>,
}

impl Draft {
    /// Notes that a passage went, and why; long ones are cut to 200 characters.
    pub(crate) fn note(&mut self, text: &str, reason: &str) {
        self.removed.push(Removed { text: text.chars().take(200).collect(), reason: reason.to_owned() });
    }
}

/// Applies all conventions.
pub(crate) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let title = draft.headline.clone();
    let bare = marks::of_title(&title, &mut draft.marks);
    draft.headline = bare;
    notices(draft, context);
    repeated_titles(draft, &title);
    datelines(draft, context);
    repeated_titles(draft, &title);
    ending(draft);
    if let Some(deck) = draft.deck.take() {
        let deck = marks::of_end(&deck, &mut draft.marks);
        let opens = draft.blocks.first().is_some_and(|b| key(&b.text).starts_with(&key(&deck)));
        // A teaser that is the text's own beginning says nothing more.
        draft.deck =
            (!deck.is_empty() && !draft.blocks.is_empty() && !opens && key(&deck) != key(&draft.headline))
                .then_some(deck);
    }
}

/// Embargo lines, correction notices, bylines and lines of nothing but marks, near the top.
fn notices(draft: &mut Draft, context: &Context<'_>) {
    let mut at = 0;
    while at < TOP.min(draft.blocks.len()) {
        let text = draft.blocks[at].text.clone();
        let reason = if embargo::is_embargo(&text) {
            draft.embargoed = true;
            draft.embargoed_until = embargo::until(&text, context.published, context.zone);
            Some("embargo")
        } else if signature::of(&text) == Some(signature::Line::Correction) {
            draft.ed_note = Some(text.clone());
            draft.marks.signal.get_or_insert(WireSignal::Corrected);
            Some("correction_notice")
        } else if let Some(name) = BYLINE.captures(&text).and_then(|c| c.name("name")) {
            draft.byline.get_or_insert_with(|| name.as_str().to_owned());
            Some("byline")
        } else if text.chars().count() < 60 && marks::of_end(&text, &mut Marks::default()).is_empty() {
            marks::of_end(&text, &mut draft.marks);
            Some("mark")
        } else {
            None
        };
        match reason {
            Some(reason) => {
                draft.blocks.remove(at);
                draft.note(&text, reason);
            }
            None => at += 1,
        }
    }
    if embargo::is_embargo(&draft.headline) {
        draft.embargoed = true;
        draft.embargoed_until = embargo::until(&draft.headline, context.published, context.zone);
    }
}

/// The title over again at the top, with or without its marks.
fn repeated_titles(draft: &mut Draft, title: &str) {
    let keys = [key(title), key(&draft.headline)];
    let mut at = 0;
    while at < TOP.min(draft.blocks.len()) {
        let own = key(&draft.blocks[at].text);
        if !own.is_empty() && keys.contains(&own) {
            let block = draft.blocks.remove(at);
            draft.note(&block.text, "repeated_title");
        } else {
            at += 1;
        }
    }
}

/// The dateline; what stands above it is a date line, a deck, or text.
fn datelines(draft: &mut Draft, context: &Context<'_>) {
    let near = context.published.with_timezone(&context.zone).date_naive();
    let found =
        draft.blocks.iter().take(TOP).enumerate().find_map(|(at, block)| {
            dateline::find(&block.text, near, context.agencies).map(|found| (at, found))
        });
    let Some((at, found)) = found else { return };
    let above: Vec<Block> = draft.blocks.drain(..at).collect();
    let mut kept = Vec::new();
    for block in above {
        let length = block.text.chars().count();
        if DATE_LINE.is_match(&block.text) {
            draft.note(&block.text, "date_line");
        } else if length <= 300 && !(block.text.ends_with('.') && length > 160) {
            match &mut draft.deck {
                Some(deck) if key(deck).contains(&key(&block.text)) => {}
                Some(deck) if kept.is_empty() && draft.dateline.is_none() => {
                    deck.push('\n');
                    deck.push_str(&block.text);
                }
                deck => *deck = Some(block.text.clone()),
            }
            draft.note(&block.text, "deck");
        } else {
            kept.push(block);
        }
    }
    draft.note(&found.dateline.raw, "dateline");
    draft.dateline = Some(found.dateline);
    if let Some(byline) = found.byline {
        draft.byline.get_or_insert(byline);
    }
    if let Some(block) = draft.blocks.first_mut() {
        block.kind = BlockKind::Paragraph;
        block.text = block.text.get(found.rest..).unwrap_or_default().trim().to_owned();
        if block.text.is_empty() {
            draft.blocks.remove(0);
        }
    }
    kept.append(&mut draft.blocks);
    draft.blocks = kept;
}

/// Signatures, copyright lines and marks at the end.
fn ending(draft: &mut Draft) {
    let mut at = draft.blocks.len().saturating_sub(END);
    while at < draft.blocks.len() {
        let text = draft.blocks[at].text.clone();
        let last = at + 1 == draft.blocks.len();
        let reason = match signature::of(&text) {
            Some(signature::Line::Signature) => Some("signature"),
            Some(signature::Line::Copyright { terms }) => {
                draft.copyright_notice.get_or_insert_with(|| text.clone());
                if terms {
                    draft.usage_terms.get_or_insert_with(|| text.clone());
                }
                Some("copyright")
            }
            Some(signature::Line::Correction) => {
                draft.ed_note.get_or_insert_with(|| text.clone());
                draft.marks.signal.get_or_insert(WireSignal::Corrected);
                Some("correction_notice")
            }
            None => None,
        };
        if let Some(reason) = reason {
            draft.blocks.remove(at);
            draft.note(&text, reason);
            // The block before may have become the last one.
            at = at.saturating_sub(1);
            continue;
        }
        let bare = marks::of_end(&text, &mut Marks::default());
        if bare.len() != text.trim().len() && (last || bare.is_empty()) {
            marks::of_end(&text, &mut draft.marks);
            draft.note(text.get(bare.len()..).unwrap_or_default(), "mark");
            if bare.is_empty() {
                draft.blocks.remove(at);
                at = at.saturating_sub(1);
                continue;
            }
            draft.blocks[at].text = bare;
        }
        at += 1;
    }
}
