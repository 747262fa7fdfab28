//! For a terminal: the text with its spans in colours, then what was found.

use wiredesk_contract::enrichment::EntityType;
use wiredesk_contract::marked::{Marks, Piece, class, paragraphs};
use wiredesk_runtime::terminal::{Colour, printable};

use super::{Explained, facts};

/// The item as text.
pub fn paint(of: &Explained, colour: Colour) -> String {
    let mut out = colour.wrap("1", &format!("{}  {}", printable(&of.id), printable(&of.headline)));
    out.push_str("\n\n");
    for line in paragraphs(&of.text, &Marks::from(&of.enrichment)) {
        line.iter().for_each(|piece| out.push_str(&shown(piece, colour)));
        out.push('\n');
    }
    out.push('\n');
    for (name, lines) in facts(of) {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            out.push_str(&colour.wrap("2", &format!("{name:>12}  ")));
            out.push_str(&printable(line));
            out.push('\n');
        }
    }
    out.push('\n');
    out
}

fn shown(piece: &Piece<'_>, colour: Colour) -> String {
    let text = printable(piece.text);
    let mut codes: Vec<&str> = Vec::new();
    codes.extend(piece.entity.map(|entity| match entity.kind {
        EntityType::Per => "1;32",
        EntityType::Org => "1;35",
        EntityType::Loc => "1;36",
        EntityType::Misc => "1;33",
    }));
    if piece.entity.is_none() && (piece.figure.is_some() || piece.date.is_some()) {
        codes.push("34");
    }
    if piece.quote.is_some() {
        codes.push("4");
    }
    if colour == Colour::Ansi {
        return colour.wrap(&codes.join(";"), &text);
    }
    match (piece.entity, piece.quote) {
        (Some(entity), _) => format!("[{} {text}]", class(entity.kind)),
        (None, Some(_)) => format!("{{{text}}}"),
        (None, None) => text,
    }
}
