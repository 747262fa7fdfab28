//! Which pieces of a page are the article: what the model says, corrected by what is certain.

use foldhash::HashSet;

use super::facts::Facts;
use super::model::Model;
use super::names;
use super::page::{Page, tag};
use super::phrases::{self, Phrases};
use super::witness::Witness;
use crate::strip::blocks::{Block, BlockKind};
use crate::strip::hygiene;

/// From how likely on a piece is kept at most and at least.
const LIKELY: (f32, f32) = (0.5, 0.3);
/// Between two kept pieces of the same container, less is asked of a heading.
const HEADING: f32 = 0.25;

/// What was decided about each piece.
pub(crate) struct Choice {
    /// 0 to 1 a piece.
    pub(crate) likely: Vec<f32>,
    pub(crate) kept: Vec<bool>,
}

/// Decides about all pieces of a page.
pub(crate) fn choose(page: &Page, facts: &Facts, witness: &Witness, model: &Model) -> Choice {
    let likely = model.likely(page, facts);
    let least = threshold(&likely, &facts.words);
    let mut kept: Vec<bool> = likely.iter().map(|l| *l >= least).collect();
    believe_body(page, facts, witness, &mut kept);
    posts(page, facts, witness, &mut kept);
    headings(page, facts, &likely, &mut kept);
    conventions(page, facts, &mut kept);
    read_more(page, facts, &mut kept);
    Choice { likely, kept }
}

/// From how likely on keeping a piece is worth more than leaving it: half of the best F1 that can be expected (Lipton,
/// Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014). Of a page that the model
/// is sure of that is a half; of a doubtful one it is less, as losing the text is worse than a line too many.
fn threshold(likely: &[f32], words: &[f32]) -> f32 {
    let mut order: Vec<usize> = (0..likely.len()).collect();
    order.sort_unstable_by(|a, b| likely[*b].total_cmp(&likely[*a]));
    let expected: f32 = likely.iter().zip(words).map(|(l, w)| l * w).sum();
    let (mut hits, mut taken, mut best) = (0.0f32, 0.0f32, 0.0f32);
    for at in order {
        hits += likely[at] * words[at];
        taken += words[at];
        best = best.max(2.0 * hits / (taken + expected).max(1.0));
    }
    (best / 2.0).clamp(LIKELY.1, LIKELY.0)
}

/// Where JSON-LD tells the whole body and the page has it, what stands behind it in other sorts of elements (comments,
/// other stories) is none of it.
fn believe_body(page: &Page, facts: &Facts, witness: &Witness, kept: &mut [bool]) {
    let inside: Vec<bool> = facts.bodies.iter().map(|share| *share > 0.6).collect();
    let told: f32 = facts.words.iter().zip(&inside).filter(|(_, i)| **i).map(|(w, _)| w).sum();
    if told < 80.0 || told < witness.body_words() * 0.7 {
        return;
    }
    let Some(last) = inside.iter().rposition(|i| *i) else { return };
    let sorts: Vec<u64> =
        page.pieces.iter().zip(&inside).filter(|(_, i)| **i).map(|(p, _)| page.place(p).sort).collect();
    for (at, piece) in page.pieces.iter().enumerate().skip(last + 1) {
        if !sorts.contains(&page.place(piece).sort) {
            kept[at] = false;
        }
    }
}

/// In a thread every post is text, also a short one: what stands where the words of other posts stand in theirs.
fn posts(page: &Page, facts: &Facts, witness: &Witness, kept: &mut [bool]) {
    let series = &facts.series;
    if !series.is_thread(witness.forum()) {
        return;
    }
    let spot = |at: usize| series.spot(page, page.pieces[at].place);
    let member = |at: usize| series.member(page.pieces[at].place);
    let words = |at: &usize| kept[*at] && member(*at) > 0 && facts.words[*at] >= 8.0;
    let spots: HashSet<u64> = (0..kept.len()).filter(words).map(spot).collect();
    for (at, kept) in kept.iter_mut().enumerate() {
        *kept |= member(at) > 0 && spots.contains(&spot(at));
    }
}

/// Headings between two kept pieces of their own container.
fn headings(page: &Page, facts: &Facts, likely: &[f32], kept: &mut [bool]) {
    for at in 1..kept.len().saturating_sub(1) {
        let piece = &page.pieces[at];
        if !kept[at] && piece.kind == BlockKind::Subhead && likely[at] >= HEADING {
            let same = |other: usize| kept[other] && facts.holders[other] == facts.holders[at];
            kept[at] = same(at - 1) && same(at + 1);
        }
    }
}

/// Datelines, and wire marks that make a line of their own, belong to the text that they stand with: the conventions
/// read them.
fn conventions(page: &Page, facts: &Facts, kept: &mut [bool]) {
    for at in 0..kept.len() {
        if kept[at] || facts.words[at] > 25.0 {
            continue;
        }
        let beside = (at.saturating_sub(2)..=(at + 2).min(kept.len() - 1))
            .any(|other| kept[other] && facts.holders[other] == facts.holders[at]);
        if beside && crate::strip::conventions::own_line(&page.pieces[at].text) {
            kept[at] = true;
        }
    }
}

/// A short line that opens like "read also" and is for the greater part a link, or goes on with a colon, leads elsewhere,
/// however like the paragraphs around it.
fn read_more(page: &Page, facts: &Facts, kept: &mut [bool]) {
    for ((piece, wording), kept) in page.pieces.iter().zip(&facts.phrases).zip(kept) {
        let short = piece.text.chars().count() <= 200;
        if *kept && short && wording & phrases::MORE != 0 {
            let linked = piece.linked as f32 / (piece.letters.max(1)) as f32;
            let colon = piece.text.chars().take(30).any(|c| c == ':');
            *kept = linked < 0.4 && !colon;
        }
    }
}

impl Choice {
    /// The kept pieces as blocks: the standfirst, and the body. Lines that a single break parts are one block.
    pub(crate) fn blocks(&self, page: &Page, deck: Option<&str>) -> (Vec<Block>, Vec<Block>) {
        let mut all: Vec<(usize, Block)> = Vec::new();
        let mut last: Option<usize> = None;
        for (at, piece) in page.pieces.iter().enumerate().filter(|(at, _)| self.kept[*at]) {
            let goes_on =
                piece.continues && at > 0 && last == Some(at - 1) && page.pieces[at - 1].place == piece.place;
            let links = piece.linked as f32 / (piece.letters.max(1)) as f32;
            match all.last_mut() {
                Some((_, block)) if goes_on && block.kind == piece.kind => {
                    block.text.push(' ');
                    block.text.push_str(&piece.text);
                }
                _ => all.push((at, Block { kind: piece.kind, text: piece.text.clone(), links })),
            }
            last = Some(at);
        }
        let split = self.standfirst(page, &all, deck);
        let body = all.split_off(split);
        let bare = |list: Vec<(usize, Block)>| list.into_iter().map(|(_, block)| block).collect::<Vec<_>>();
        (bare(all), bare(body))
    }

    /// How many of the first blocks are the standfirst: they are named as one or are the page's own description, and the
    /// body is of another sort of elements.
    fn standfirst(&self, page: &Page, all: &[(usize, Block)], deck: Option<&str>) -> usize {
        let sort = |at: usize| page.place(&page.pieces[at]).sort;
        let deck = deck.map(hygiene::key).unwrap_or_default();
        let mut count = 0;
        for (at, block) in all.iter().take(4) {
            let place = page.place(&page.pieces[*at]);
            let key = hygiene::key(&block.text);
            let described = !deck.is_empty() && (key == deck || key.len() > 40 && deck.starts_with(&key));
            let named = (place.names | page.pieces[*at].inner) & names::DECK != 0
                || place.tag & (tag::H2 | tag::H3) != 0 && place.near & names::DECK != 0;
            let short = block.text.chars().count() <= 500;
            let others = all.iter().filter(|(other, _)| sort(*other) == sort(*at)).count();
            if short && (described || named) && others <= 4 && all.len() > count + 1 {
                count += 1;
            } else {
                break;
            }
        }
        count
    }
}

/// Why a piece went, from its wording and its place.
pub(crate) fn reason(page: &Page, facts: &Facts, at: usize) -> &'static str {
    let piece = &page.pieces[at];
    let place = page.place(piece);
    let by_wording: &[(Phrases, &str)] = &[
        (phrases::CONSENT, "cookie_notice"),
        (phrases::MORE, "read_more"),
        (phrases::OTHERS, "related_links"),
        (phrases::SHARE, "share_row"),
        (phrases::ASK, "newsletter_box"),
        (phrases::COMMENTS, "comments"),
        (phrases::ADVERT, "advertisement"),
        (phrases::COPYRIGHT, "copyright"),
        (phrases::DATES, "date_row"),
        (phrases::BYLINE, "byline"),
        (phrases::PICTURE, "caption"),
    ];
    let wording = facts.phrases[at];
    if let Some((_, reason)) = by_wording.iter().find(|(bit, _)| wording & bit != 0) {
        return reason;
    }
    let all = place.names | place.near | place.far;
    if place.tags & tag::NAV != 0 {
        "menu"
    } else if place.tags & (tag::FIGURE | tag::CAPTION) != 0 {
        "caption"
    } else if place.tags & tag::FOOTER != 0 {
        "page_footer"
    } else if all & names::COMMENT != 0 {
        "comments"
    } else if all & (names::RELATED | names::TEASER) != 0 {
        "related_links"
    } else if place.tags & tag::ASIDE != 0 || all & names::SIDEBAR != 0 {
        "sidebar"
    } else if place.tags & tag::H1 != 0 {
        "title"
    } else {
        "not_text"
    }
}
