//! Plain text out of small HTML, cheaply: for comparing and for a glance, not for publishing.

use std::sync::OnceLock;

use regex::Regex;

#[expect(clippy::unwrap_used, reason = "the patterns are constants, and a test reads each")]
fn pattern(cell: &'static OnceLock<Regex>, text: &str) -> &'static Regex {
    cell.get_or_init(|| Regex::new(text).unwrap())
}

/// Text without tags, references resolved, white space as single spaces.
pub fn plain(html: &str) -> String {
    static TAG: OnceLock<Regex> = OnceLock::new();
    let text = pattern(&TAG, r"</?[a-zA-Z!][^>]*>").replace_all(html, "");
    let text =
        quick_xml::escape::unescape(&text).map_or_else(|_| text.clone().into_owned(), |t| t.into_owned());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a page as far as it matters for "has it changed": without head, scripts, styles, navigation, asides and
/// forms, which change with every visit.
pub fn of_page(html: &str) -> String {
    static NOISE: OnceLock<Regex> = OnceLock::new();
    let noise = pattern(
        &NOISE,
        r"(?is)<!--.*?-->|<head\b.*?</head>|<script\b.*?</script>|<style\b.*?</style>|<noscript\b.*?</noscript>|<nav\b.*?</nav>|<aside\b.*?</aside>|<footer\b.*?</footer>|<header\b.*?</header>|<form\b.*?</form>|<iframe\b.*?</iframe>",
    );
    plain(&noise.replace_all(html, " "))
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
        assert_eq!(
            of_page(
                "<head><title>t</title></head><nav>Menú</nav><p>Copia.</p><script>x=1</script><ASIDE>más</ASIDE><footer>f</footer>"
            ),
            "Copia."
        );
    }
}
