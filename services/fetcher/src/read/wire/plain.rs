//! Plain text as paragraphs. Agencies mark them by blank lines, by an indented first line, or by the line itself; lines
//! of a table stay lines.

use super::html::{block, escape};

/// A line as long as this is a paragraph that nobody wrapped.
const UNWRAPPED: usize = 100;

/// The paragraphs of a text, escaped, with `<br>` between the lines of a table.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().collect();
    let full = lines.iter().filter(|l| !l.trim().is_empty());
    let (count, indented) = full.clone().fold((0, 0), |(n, i), l| (n + 1, i + usize::from(indent(l) > 0)));
    let longest = full.map(|l| l.chars().count()).max().unwrap_or_default();
    // Where all lines are indented, none begins a paragraph by that.
    let by_indent = indented > 0 && indented < count;
    let mut out: Vec<String> = Vec::new();
    let mut open = String::new();
    let mut before = "";
    for line in lines {
        if line.trim().is_empty() {
            finish(&mut open, &mut out);
            before = "";
            continue;
        }
        let tabular = is_tabular(line) && is_tabular(before);
        let begins = longest > UNWRAPPED
            || by_indent && indent(line) > 0 && !tabular
            || !by_indent && ends_early(before, longest);
        if begins {
            finish(&mut open, &mut out);
        }
        if !open.is_empty() {
            open.push_str(if tabular { "<br>" } else { " " });
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        escape(&words.join(" "), &mut open);
        before = line;
    }
    finish(&mut open, &mut out);
    out
}

/// The paragraphs as HTML.
pub(super) fn copy(text: &str) -> String {
    let mut out = String::new();
    for paragraph in paragraphs(text) {
        block(&mut out, "p", &paragraph);
    }
    out
}

fn finish(open: &mut String, out: &mut Vec<String>) {
    if !open.is_empty() {
        out.push(std::mem::take(open));
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
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
            assert_eq!(paragraphs(&text), expected, "{name}");
        }
    }
}
