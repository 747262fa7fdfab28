//! Text out of HTML, cheaply: for comparing and for a glance, not for publishing.

mod seen;

pub use seen::{Seen, file_name, seen};

use crate::html::{Token, resolve, tokens};

/// Text without tags, references resolved, white space as single spaces.
pub fn plain(html: &str) -> String {
    let mut out = String::new();
    for token in tokens(html) {
        if let Token::Text(text) = token {
            out.push_str(&resolve(text));
        }
    }
    spaced(&out)
}

/// Elements of a page that change with every visit, or are the same on every page.
const NOISE: &[&str] =
    &["head", "script", "style", "noscript", "nav", "aside", "footer", "header", "form", "iframe"];

/// The text of a page as far as it matters for "has it changed": without head, scripts, styles, navigation, asides and
/// forms. One pass, whatever the page.
pub fn of_page(html: &str) -> String {
    let mut out = String::new();
    let mut inside: Option<&str> = None;
    for token in tokens(html) {
        match (token, inside) {
            (Token::Close(name), Some(noise)) if name.eq_ignore_ascii_case(noise) => inside = None,
            (_, Some(_)) => {}
            (Token::Open { name, .. }, None) => {
                // The scanner has left the insides of these out, and their ends.
                let raw = name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style");
                inside = NOISE.iter().find(|n| !raw && n.eq_ignore_ascii_case(name)).copied();
                if raw || inside.is_some() {
                    out.push(' ');
                }
            }
            (Token::Text(text), None) => out.push_str(&resolve(text)),
            (Token::Close(_), None) => {}
        }
    }
    spaced(&out)
}

fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_references_and_noise() {
        assert_eq!(
            plain("<p>Una&nbsp;&amp; <b>otra</b>\n cosa &oacute; 3 < 5</p>"),
            "Una & otra cosa ó 3 < 5"
        );
        assert_eq!(plain("a & b"), "a & b");
        for (page, expected) in [
            (
                "<head><title>t</title></head><nav>Menú</nav><p>Copia.</p><script>x=1</script><ASIDE>más</ASIDE><footer>f</footer>",
                "Copia.",
            ),
            ("Uno<script>x</script>dos<style>y</style>tres", "Uno dos tres"),
            ("<p>Uno</p><form><p>dos</p><input></FORM ><p>tres</p><!-- cuatro", "Uno tres"),
            ("<main>U<b>n</b>o</main><nav>nunca cerrado <p>dos", "Uno"),
        ] {
            assert_eq!(of_page(page), expected, "{page}");
        }
    }
}
