//! What was found in a text, marked in it: pieces for whoever shows them, and HTML for the page and `wiredesk tool enrich --html`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::enrichment::{DateMention, Enrichment, Entity, EntityType, Figure, Quote};
use crate::escape::{escape, escaped};
use crate::item::Item;

/// What is marked. Offsets count Unicode characters of the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks<'a> {
    /// People, organisations, places, other names.
    pub entities: &'a [Entity],
    /// Quotations.
    pub quotes: &'a [Quote],
    /// Money, percentages, measures, counts.
    pub figures: &'a [Figure],
    /// Dates.
    pub dates: &'a [DateMention],
}

impl<'a> From<&'a Enrichment> for Marks<'a> {
    fn from(of: &'a Enrichment) -> Self {
        Self { entities: &of.entities, quotes: &of.quotes, figures: &of.figures, dates: &of.dates }
    }
}

impl<'a> From<&'a Item> for Marks<'a> {
    fn from(of: &'a Item) -> Self {
        Self { entities: &of.entities, quotes: &of.quotes, figures: &of.figures, dates: &of.dates }
    }
}

/// A run of text, and what it is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Piece<'a> {
    /// The text.
    pub text: &'a str,
    /// The entity.
    pub entity: Option<&'a Entity>,
    /// The quotation.
    pub quote: Option<&'a Quote>,
    /// The figure.
    pub figure: Option<&'a Figure>,
    /// The date.
    pub date: Option<&'a DateMention>,
}

/// The class and label of a type: `PER`, `ORG`, `LOC`, `MISC`.
pub fn class(kind: EntityType) -> &'static str {
    match kind {
        EntityType::Per => "PER",
        EntityType::Org => "ORG",
        EntityType::Loc => "LOC",
        EntityType::Misc => "MISC",
    }
}

/// The paragraphs of a text (one a line) cut into pieces. What runs backwards, ends beyond the text or overlaps an earlier one of
/// its sort is left out; only quotations may go over lines.
pub fn paragraphs<'a>(text: &'a str, marks: &Marks<'a>) -> Vec<Vec<Piece<'a>>> {
    // Byte of each character, and of the end.
    let bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
    let entities = sound(text, &bytes, marks.entities, |e| (e.start, e.end), false);
    let quotes = sound(text, &bytes, marks.quotes, |q| (q.start, q.end), true);
    let figures = sound(text, &bytes, marks.figures, |f| (f.start, f.end), false);
    let dates = sound(text, &bytes, marks.dates, |d| (d.start, d.end), false);
    let mut borders: BTreeSet<usize> = BTreeSet::from([0, text.len()]);
    for (start, end) in spans(&entities).chain(spans(&quotes)).chain(spans(&figures)).chain(spans(&dates)) {
        borders.extend([start, end]);
    }
    for (byte, _) in text.match_indices('\n') {
        borders.extend([byte, byte + 1]);
    }
    let borders: Vec<usize> = borders.into_iter().collect();
    let mut lines = vec![Vec::new()];
    for (from, to) in borders.iter().zip(borders.iter().skip(1)) {
        let piece = text.get(*from..*to).unwrap_or_default();
        match lines.last_mut() {
            Some(line) if piece != "\n" && !piece.is_empty() => line.push(Piece {
                text: piece,
                entity: at(&entities, *from),
                quote: at(&quotes, *from),
                figure: at(&figures, *from),
                date: at(&dates, *from),
            }),
            _ => lines.push(Vec::new()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A thing and its bytes.
type Spanned<'a, T> = ((usize, usize), &'a T);

/// Those that can be shown, in order, with their bytes.
fn sound<'a, T>(
    text: &str,
    bytes: &[usize],
    of: &'a [T],
    span: impl Fn(&T) -> (u32, u32),
    over_lines: bool,
) -> Vec<Spanned<'a, T>> {
    let mut sorted: Vec<(u32, u32, &T)> = of.iter().map(|one| (span(one).0, span(one).1, one)).collect();
    sorted.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut reached = 0;
    let mut kept = Vec::with_capacity(sorted.len());
    for (start, end, one) in sorted {
        let byte = |at: u32| bytes.get(at as usize).copied();
        let (Some(start), Some(end)) = (byte(start), byte(end)) else { continue };
        let line = over_lines || !text.get(start..end).unwrap_or_default().contains('\n');
        if start < reached || end <= start || !line {
            continue;
        }
        kept.push(((start, end), one));
        reached = end;
    }
    kept
}

fn spans<'s, T>(of: &'s [Spanned<'_, T>]) -> impl Iterator<Item = (usize, usize)> + 's {
    of.iter().map(|(span, _)| *span)
}

/// The one that covers a byte.
fn at<'a, T>(of: &[Spanned<'a, T>], byte: usize) -> Option<&'a T> {
    let place = of.partition_point(|((_, end), _)| *end <= byte);
    of.get(place).filter(|((start, _), _)| *start <= byte).map(|(_, one)| *one)
}

/// The text as `<p>` elements with a `<mark>` for each entity, figure and date and a `<q>` around what is quoted; everything escaped.
pub fn html(text: &str, marks: &Marks<'_>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in paragraphs(text, marks) {
        out.push_str("<p>");
        for quoted in line.chunk_by(|a, b| a.quote.map(std::ptr::from_ref) == b.quote.map(std::ptr::from_ref))
        {
            let quote = quoted.first().and_then(|piece| piece.quote);
            if let Some(quote) = quote {
                let speaker = quote.speaker.as_deref().unwrap_or("speaker not named");
                let _ = write!(out, r#"<q title="{}">"#, escaped(speaker));
            }
            quoted.iter().for_each(|piece| marked(&mut out, piece));
            if quote.is_some() {
                out.push_str("</q>");
            }
        }
        out.push_str("</p>\n");
    }
    out
}

fn marked(out: &mut String, piece: &Piece<'_>) {
    let (class, title) = match (piece.entity, piece.figure, piece.date) {
        (Some(entity), ..) => (class(entity.kind), entity.name.clone()),
        (_, Some(figure), _) => ("figure", figure_words(figure)),
        (.., Some(date)) => ("date", date_words(date)),
        _ => {
            escape(piece.text, out);
            return;
        }
    };
    let _ =
        write!(out, r#"<mark class="{class}" title="{}">{}</mark>"#, escaped(&title), escaped(piece.text));
}

/// `2500000 to 3000000 EUR`.
pub fn figure_words(figure: &Figure) -> String {
    let to = figure.to.map(|to| format!(" to {to}")).unwrap_or_default();
    let unit = figure.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    format!("{}{to}{unit}", figure.value)
}

/// `2026-05-03 to 2026-05-05`.
pub fn date_words(date: &DateMention) -> String {
    let to = date.to.as_deref().map(|to| format!(" to {to}")).unwrap_or_default();
    format!("{}{to}", date.date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::QuoteKind;

    fn entity(start: u32, end: u32) -> Entity {
        Entity {
            start,
            end,
            text: String::new(),
            kind: EntityType::Loc,
            id: "geo:1".to_owned(),
            name: "Málaga".to_owned(),
            salience: 1.0,
            confidence: 1.0,
            engine: "rules".to_owned(),
        }
    }

    fn quote(start: u32, end: u32) -> Quote {
        Quote {
            start,
            end,
            text: String::new(),
            speaker: Some("Ana \"<b>\" Gil".to_owned()),
            speaker_id: None,
            verb: None,
            kind: QuoteKind::Direct,
            confidence: 1.0,
        }
    }

    fn words(text: &str, entities: &[Entity]) -> Vec<Vec<String>> {
        let shown =
            |p: &Piece<'_>| if p.entity.is_some() { format!("[{}]", p.text) } else { p.text.to_owned() };
        let marks = Marks { entities, ..Marks::default() };
        paragraphs(text, &marks).iter().map(|line| line.iter().map(shown).collect()).collect()
    }

    #[test]
    fn offsets_count_characters_not_bytes() {
        assert_eq!(
            words("Ñu en Málaga hoy\nFin", &[entity(6, 12)]),
            [vec!["Ñu en ", "[Málaga]", " hoy"], vec!["Fin"]]
        );
    }

    #[test]
    fn impossible_entities_are_left_out() {
        let text = "uno\ndos";
        for bad in [entity(2, 5), entity(5, 5), entity(6, 99), entity(7, 3)] {
            assert_eq!(words(text, &[bad]), [vec!["uno"], vec!["dos"]]);
        }
        assert_eq!(words("abcd", &[entity(0, 3), entity(1, 2)]), [vec!["[abc]", "d"]]);
        assert!(words("", &[]).is_empty());
    }

    #[test]
    fn a_quotation_goes_over_lines_and_around_names_and_everything_is_escaped() {
        let text = "Dijo <i>: Voy a Málaga\ny vuelvo.";
        let (entities, quotes) = ([entity(16, 22)], [quote(10, 31)]);
        let marks = Marks { entities: &entities, quotes: &quotes, ..Marks::default() };
        let speaker = "Ana &quot;&lt;b&gt;&quot; Gil";
        assert_eq!(
            html(text, &marks),
            format!(
                "<p>Dijo &lt;i&gt;: <q title=\"{speaker}\">Voy a <mark class=\"LOC\" title=\"Málaga\">Málaga</mark></q></p>\n<p><q title=\"{speaker}\">y vuelvo</q>.</p>\n"
            )
        );
    }
}
