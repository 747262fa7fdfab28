//! Pairs of quotation marks, and what stands around them.

use std::ops::Range;

use super::super::budget;
use super::super::tokens::{Document, Shape, Token};

/// The longest quotation, in bytes: an unclosed mark must not swallow the text.
const LONGEST: usize = 3_000;

/// Pairs of opening and closing marks, as token indices; inner pairs belong to the outer one.
pub(super) fn pairs(document: &Document<'_>) -> Vec<(usize, usize)> {
    let tokens = &document.tokens;
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        budget::check();
        let closing: &[&str] = match tokens[index].text {
            "«" => &["»"],
            "“" => &["”"],
            "„" => &["“", "”", "\""],
            "\"" => &["\""],
            "‹" => &["›"],
            "»" => &["«"],
            "‘" => &["’"],
            "'" => &["'"],
            _ => &[],
        };
        let opens = !matches!(tokens[index].text, "»" | "‘" | "'") || opens(document, index);
        let within = |i: &usize| tokens[*i].start - tokens[index].start < LONGEST;
        let close = (index + 1..tokens.len()).take_while(within).find(|i| {
            closing.contains(&tokens[*i].text)
                && (!matches!(tokens[*i].text, "’" | "'") || closes(document, *i))
        });
        match close.filter(|_| opens) {
            Some(close) => {
                let close = reopened(document, index, close);
                found.push((index, close));
                index = close + 1;
            }
            None => index += 1,
        }
    }
    found
}

/// `»so«`, `‘so’`: a word follows at once and none stands before.
fn opens(document: &Document<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).is_some_and(|i| document.gap(i, index).is_empty());
    !before && document.gap(index, index + 1).is_empty()
}

/// A closing `’` or `'`, not an apostrophe: no letter follows at once.
fn closes(document: &Document<'_>, index: usize) -> bool {
    document.tokens.get(index + 1).is_none_or(|t| !t.is_word() || !document.gap(index, index + 1).is_empty())
}

/// The last closing mark of an utterance whose paragraphs each begin with a mark, and end without one save the last.
fn reopened(document: &Document<'_>, open: usize, close: usize) -> usize {
    let tokens = &document.tokens;
    let again = |i: usize| {
        let next = i + 1;
        let breaks = document.gap(i, next).contains('\n');
        breaks && tokens.get(next).is_some_and(|t| t.text == tokens[open].text)
    };
    // `»` before a new paragraph in quotation (the Romance manner) reads as a closing mark: nothing follows it in its line.
    if tokens[close].text == tokens[open].text && again(close.saturating_sub(1)) {
        let rest = close + 1..tokens.len();
        return rest.take(600).find(|i| tokens[*i].text == tokens[close].text).unwrap_or(close);
    }
    close
}

/// The tokens around a quotation that belong to its sentence.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// What stands before the opening mark and after the closing one in the same sentence.
pub(super) fn around(document: &Document<'_>, open: usize, close: usize) -> Around {
    let tokens = &document.tokens;
    let mut from = open;
    while from > 0
        && !document.gap(from - 1, from).contains('\n')
        && !is_end(tokens, from - 1, document)
        && !matches!(tokens[from - 1].text, "\"" | "»" | "”")
    {
        from -= 1;
    }
    let mut to = close + 1;
    let goes_on = tokens.get(to).is_some_and(|t| {
        let near = !document.gap(close, to).contains('\n');
        let inside = tokens[close - 1].text == ",";
        near && (matches!(t.text, "," | "-" | "–" | "—" | "(") || t.shape == Shape::Lower || inside)
    });
    if goes_on {
        let opening = |t: &Token<'_>| matches!(t.text, "\"" | "«" | "“" | "„");
        while to < tokens.len()
            && !opening(&tokens[to])
            && !document.gap(to - 1, to).contains('\n')
            && (to == close + 1 || !is_end(tokens, to - 1, document))
        {
            to += 1;
        }
    }
    Around { before: from..open, after: close + 1..to }
}

/// Does the token end a sentence? A stop within an abbreviation does not.
fn is_end(tokens: &[Token<'_>], index: usize, document: &Document<'_>) -> bool {
    match tokens[index].text {
        "!" | "?" | "…" => true,
        "." => tokens.get(index + 1).is_none_or(|next| {
            next.sentence != tokens[index].sentence || document.gap(index, index + 1).contains('\n')
        }),
        _ => false,
    }
}

/// Is it a whole utterance? It begins a sentence, follows a colon or a dash, or is followed by its reporting clause.
pub(super) fn is_whole(document: &Document<'_>, open: usize, close: usize, around: &Around) -> bool {
    let tokens = &document.tokens;
    let colon = open.checked_sub(1).is_some_and(|i| matches!(tokens[i].text, ":" | "-" | "–" | "—"));
    let begins = around.before.is_empty() || colon;
    let capital =
        tokens.get(open + 1).is_some_and(|t| t.is_capital() || t.shape == Shape::Number || !t.is_word());
    let clause = matches!(tokens.get(close + 1).map(|t| t.text), Some("," | "–" | "—"))
        || matches!(tokens[close - 1].text, "," | "." | "!" | "?");
    begins && (capital || clause) || capital && clause && close > open + 4
}
