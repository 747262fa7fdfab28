//! Plain text as paragraphs. Agencies mark them by blank lines, by an indented first line, or by the line itself; lines
//! of a table stay lines.

use wiredesk_contract::escape::escape;

use super::html::block;

/// A line as long as this is a paragraph that nobody wrapped.
const UNWRAPPED: usize = 100;

/// Gives the paragraphs of a text, escaped, with `<br>` between the lines of a table.
fn each(text: &str, mut give: impl FnMut(&str)) {
    let single;
    let text = if text.contains('\r') {
        single = text.replace("\r\n", "\n").replace('\r', "\n");
        &single
    } else {
        text
    };
    let (mut count, mut indented, mut longest) = (0_usize, 0_usize, 0_usize);
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        count += 1;
        indented += usize::from(is_indented(line));
        longest = longest.max(line.chars().count());
    }
    // Where all lines are indented, none begins a paragraph by that.
    let by_indent = indented > 0 && indented < count;
    let (mut open, mut before) = (String::new(), "");
    for line in text.lines() {
        let blank = line.trim().is_empty();
        let tabular = is_tabular(line) && is_tabular(before);
        let begins = blank
            || longest > UNWRAPPED
            || by_indent && is_indented(line) && !tabular
            || !by_indent && ends_early(before, longest);
        if begins && !open.is_empty() {
            give(&open);
            open.clear();
        }
        if !open.is_empty() {
            open.push_str(if tabular { "<br>" } else { " " });
        }
        for (n, word) in line.split_whitespace().enumerate() {
            if n > 0 {
                open.push(' ');
            }
            escape(word, &mut open);
        }
        before = if blank { "" } else { line };
    }
    if !open.is_empty() {
        give(&open);
    }
}

/// Adds a text's paragraphs to HTML.
pub(super) fn add(text: &str, out: &mut String) {
    each(text, |paragraph| block(out, "p", paragraph));
}

/// A text's paragraphs as HTML.
pub(super) fn copy(text: &str) -> String {
    let mut out = String::new();
    add(text, &mut out);
    out
}

fn is_indented(line: &str) -> bool {
    line.starts_with(char::is_whitespace)
}

/// Columns: two gaps of two spaces or more, or one of five.
fn is_tabular(line: &str) -> bool {
    let inner = line.trim();
    inner.contains("     ") || inner.split("  ").filter(|piece| !piece.trim().is_empty()).count() > 2
}

/// A sentence that ends well before the lines do ends a paragraph.
fn ends_early(line: &str, longest: usize) -> bool {
    let line = line.trim_end();
    line.ends_with(['.', '!', '?', ':', '"', '»', '”', '\'']) && line.chars().count() * 10 < longest * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_as_agencies_mark_them() {
        let long = "Una frase que nadie partió en renglones y que pasa de los cien caracteres porque así la guarda el sistema.";
        for (name, text, expected) in [
            ("blank lines", "Uno\r\ndos.\r\n\r\nTres & <b>\r\n".to_owned(), vec!["Uno dos.", "Tres &amp; &lt;b&gt;"]),
            ("indented", "  Uno de los\ndos pasos.\n  El otro\nllegó.".to_owned(), vec!["Uno de los dos pasos.", "El otro llegó."]),
            ("all indented", "  uno\n  dos".to_owned(), vec!["uno dos"]),
            ("a line each", format!("{long}\nCorta."), vec![long, "Corta."]),
            (
                "short last lines",
                "El pleno aprobó las cuentas del año en una sesión larga\ny sin votos en contra.\nLa oposición se abstuvo por la partida de las obras.".to_owned(),
                vec!["El pleno aprobó las cuentas del año en una sesión larga y sin votos en contra.", "La oposición se abstuvo por la partida de las obras."],
            ),
            ("a table", "Lugo   3  1\nVigo   2  2\nOrense 0  0".to_owned(), vec!["Lugo 3 1<br>Vigo 2 2 Orense 0 0"]),
            ("empty", " \n\n".to_owned(), vec![]),
        ] {
            let mut found = Vec::new();
            each(&text, |paragraph| found.push(paragraph.to_owned()));
            assert_eq!(found, expected, "{name}");
        }
    }
}
