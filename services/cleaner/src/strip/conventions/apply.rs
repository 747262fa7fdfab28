//! All conventions on one draft, from top to bottom.

use std::sync::LazyLock;

use chrono::NaiveDate;
use chrono_tz::Tz;
use regex::Regex;
use wiredesk_contract::Timestamp;
use wiredesk_contract::copy::{Dateline, Removed};
use wiredesk_contract::status::WireSignal;

use super::agencies::Agencies;
use super::marks::{self, Marks};
use super::months::{MONTH, number};
use super::{dateline, embargo, signature};
use crate::strip::blocks::{Block, BlockKind};
use crate::strip::hygiene::key;
use crate::strip::pattern::pattern;

/// How many blocks from the top a dateline may stand.
const TOP: usize = 8;
/// How many blocks from the end signatures may stand.
const END: usize = 6;

/// `15 FÉVRIER 2022`, with or without weekday and hour.
static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:\p{{L}}+,? )?(?:(?P<d>\d{{1,2}})(?:er|\.)?(?: de)? (?P<m>{MONTH})\.?(?: de)?|(?P<m2>{MONTH})\.? (?P<d2>\d{{1,2}}),?) (?P<y>\d{{4}})(?:[,·|\- ]+\d{{1,2}}[:h.]\d{{2}})?$"
    ))
});
static BYLINE: LazyLock<Regex> = LazyLock::new(|| {
    const PARTICLE: &str = "de|del|de la|della|di|da|do|dos|das|van|von|der|zu|i|y|e|et|and|und|la|le|el";
    pattern(&format!(
        r"^\(?(?:Por|Par|By|Von|Di|Per|POR|PAR|BY|VON|DI|PER|por|par|by|von|di|per):? (?P<name>\p{{Lu}}[\p{{L}}'’.\-]*(?: (?:{PARTICLE}|\p{{Lu}}[\p{{L}}'’.\-]*)){{1,8}}(?:, (?:(?:da|de la|de l['’]|dell['’]) ?)?(?:ag[eè]n[cz]i?[aàe] )?[\p{{L}}]{{2,20}}(?: \p{{Lu}}\p{{L}}+)?)?)\)?$"
    ))
});
/// The agency's name behind the last sentence: `… EFE`, `… (ANSA).`
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"[.!?"”»)](?P<sign> ?(?:\((?P<a>[\p{L} /\-]{2,25})\)|[/–-]{0,2} ?(?P<b>EFE|Efe|ANSA|AFP|AP|dpa|Reuters|Lusa|LUSA|ACN|EP|EUROPA PRESS|Europa Press|AGI|SID|Servimedia|SERVIMEDIA))\.?)$"#,
    )
});
/// A notice in brackets before the text goes on.
static OPENING_BRACKET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\([^()]{10,400}\)|\[[^\[\]]{10,400}\])\s*"));

/// The first line of a list: an agenda's date, a bullet.
static LISTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[-–—•·*▪►]+\s|\d{1,2}[:.hH]\d{2}\b)"));

/// What the conventions go by.
pub(crate) struct Context<'a> {
    pub(crate) agencies: &'a Agencies,
    /// When it was published; without it a date without a year has none, and an embargo without a day no end.
    pub(crate) published: Option<Timestamp>,
    pub(crate) zone: Tz,
}

/// A copy on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) headline: String,
    pub(crate) deck: Option<String>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) dateline: Option<Dateline>,
    /// The agency that signs below the text.
    pub(crate) signed: Option<String>,
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
    glued_notice(draft);
    twice(draft);
    ending(draft, context);
    if let Some(deck) = draft.deck.take() {
        let deck = marks::of_end(&deck, &mut draft.marks);
        repeated_deck(draft, &deck);
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
            draft.embargoed_until =
                context.published.and_then(|near| embargo::until(&text, near, context.zone));
            Some("embargo")
        } else if signature::of(&text) == Some(signature::Line::Correction) {
            draft.ed_note = Some(text.clone());
            draft.marks.signal.get_or_insert(WireSignal::Corrected);
            Some("correction_notice")
        } else if text.chars().count() <= 80
            && let Some(name) = BYLINE.captures(&text).and_then(|c| c.name("name"))
        {
            draft.byline.get_or_insert_with(|| name.as_str().to_owned());
            Some("byline")
        } else if marks::of_line(&text, false, &mut draft.marks) {
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
        draft.embargoed_until =
            context.published.and_then(|near| embargo::until(&draft.headline, near, context.zone));
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
    let near = draft
        .blocks
        .iter()
        .take(TOP)
        .find_map(|block| date_line(&block.text))
        .or_else(|| context.published.map(|at| at.with_timezone(&context.zone).date_naive()));
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

/// The day that a line of nothing but a date names: of a dispatch that was posted again later, it gives the year.
fn date_line(text: &str) -> Option<NaiveDate> {
    let found = DATE_LINE.captures(text)?;
    let figure = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let month = found.name("m").or_else(|| found.name("m2")).and_then(|m| number(m.as_str()))?;
    let year = found.name("y").and_then(|m| m.as_str().parse().ok())?;
    NaiveDate::from_ymd_opt(year, month, figure("d").or_else(|| figure("d2"))?)
}

/// A notice of correction between the dateline and the text.
fn glued_notice(draft: &mut Draft) {
    let Some(block) = draft.blocks.first_mut() else { return };
    let Some(found) = OPENING_BRACKET.find(&block.text) else { return };
    let notice = found.as_str().trim().to_owned();
    if found.end() < block.text.len() && signature::of(&notice) == Some(signature::Line::Correction) {
        block.text = block.text.get(found.end()..).unwrap_or_default().to_owned();
        draft.note(&notice, "correction_notice");
        draft.marks.signal.get_or_insert(WireSignal::Corrected);
        draft.ed_note.get_or_insert(notice);
    }
}

/// A line that stands twice in a row at the top.
fn twice(draft: &mut Draft) {
    let mut at = 1;
    while at < TOP.min(draft.blocks.len()) {
        if key(&draft.blocks[at].text) == key(&draft.blocks[at - 1].text) {
            let block = draft.blocks.remove(at);
            draft.note(&block.text, "repeated_line");
        } else {
            at += 1;
        }
    }
}

/// The deck over again as the first line. Where it ends as a sentence, or begins a list, it may as well be the first
/// paragraph, which a feed's teaser repeats: then it stays.
fn repeated_deck(draft: &mut Draft, deck: &str) {
    let Some(first) = draft.blocks.first() else { return };
    let more = draft.blocks.get(1).is_some_and(|next| next.text.chars().count() >= 60);
    let sentence = first.text.ends_with(['.', '!', '?', '"', '”', '»', ':']);
    let listed = first.kind == BlockKind::ListEntry || LISTED.is_match(&first.text);
    if more && !sentence && !listed && deck.lines().any(|line| key(line) == key(&first.text)) {
        let block = draft.blocks.remove(0);
        draft.note(&block.text, "repeated_deck");
    }
}

/// Signatures, copyright lines, initials and marks at the end.
fn ending(draft: &mut Draft, context: &Context<'_>) {
    let mut at = draft.blocks.len().saturating_sub(END);
    while at < draft.blocks.len() {
        let text = draft.blocks[at].text.clone();
        let last = at + 1 == draft.blocks.len();
        let reason = match signature::of(&text) {
            Some(signature::Line::Signature) => Some("signature"),
            Some(signature::Line::Copyright { notice, terms }) => {
                if notice {
                    draft.copyright_notice.get_or_insert_with(|| text.clone());
                }
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
            None if at > 0 && marks::of_line(&text, last, &mut draft.marks) => Some("mark"),
            None if at > 0 && last && signature::initials(&text) => {
                draft.signed = draft.signed.take().or_else(|| context.agencies.name(&text));
                Some("initials")
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
        if last {
            ends_with(draft, at, context);
        }
        at += 1;
    }
}

/// Marks and the agency's name behind the last sentence.
fn ends_with(draft: &mut Draft, at: usize, context: &Context<'_>) {
    let text = draft.blocks[at].text.clone();
    let bare = marks::of_end(&text, &mut draft.marks);
    if bare.len() != text.trim().len() && !bare.is_empty() {
        draft.note(text.get(bare.len()..).unwrap_or_default(), "mark");
        draft.blocks[at].text.clone_from(&bare);
    }
    let Some(found) = SIGNED.captures(&bare) else { return };
    let (Some(sign), Some(printed)) = (found.name("sign"), found.name("a").or_else(|| found.name("b")))
    else {
        return;
    };
    if let Some(name) = context.agencies.name(printed.as_str()) {
        draft.note(sign.as_str().trim(), "signature");
        draft.signed.get_or_insert(name);
        draft.blocks[at].text = bare.get(..sign.start()).unwrap_or_default().trim_end().to_owned();
    }
}
