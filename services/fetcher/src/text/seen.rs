//! What a reader of a piece of HTML sees, for comparing two builds of it.

use std::collections::BTreeSet;

use crate::address;
use crate::html::{Token, attribute, resolve, tokens};

/// What a reader sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The words in order, single spaces between; what is struck out or inserted is marked.
    pub words: String,
    /// Where links lead, as keys, and the file names of pictures and players.
    pub links: BTreeSet<String>,
}

/// A counter, a share of time or an advertisement has at most so many bytes of text; longer text in an element that is called
/// so is copy.
const SHORT: usize = 60;

/// Words in an element's class or id that say that its text is counted, not written.
const COUNTERS: &[&str] =
    &["views", "viewcount", "hits", "counter", "counts", "visitas", "lecturas", "vistas", "shares", "likes"];
/// Words in a class or id that say that it is an advertisement or a row of buttons.
const ADVERTISEMENTS: &[&str] = &[
    "ad",
    "ads",
    "adsbygoogle",
    "advert",
    "advertisement",
    "publicidad",
    "feedflare",
    "sponsored",
    "sharedaddy",
];
/// Hosts that serve nothing but advertisements and pixels.
const AD_HOSTS: &[&str] = &[
    "doubleclick.net",
    "feedburner.com",
    "feedsportal.com",
    "googleadservices.com",
    "googlesyndication.com",
    "outbrain.com",
    "pheedo.com",
    "scorecardresearch.com",
    "taboola.com",
];
/// Units of a line that only counts, such as "1.234 visitas".
const UNITS: &[&str] = &[
    "views",
    "view",
    "reads",
    "hits",
    "shares",
    "likes",
    "visitas",
    "lecturas",
    "vistas",
    "vues",
    "aufrufe",
    "visualizzazioni",
    "visualizações",
    "visualizaciones",
    "просмотров",
    "просмотра",
    "прегледа",
];
/// Words of a time that goes with the clock, such as "5 minutes ago".
const AGO: &[&str] = &["ago", "hace", "il y a", "vor ", " fa", "há ", "atrás", "назад", "just now", "前"];
/// Elements that start a line.
const LINES: &[&str] = &[
    "p",
    "div",
    "br",
    "hr",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figure",
    "figcaption",
    "section",
    "article",
    "header",
    "footer",
    "pre",
    "aside",
];
/// Elements that change what the words say.
const MARKS: &[&str] = &["del", "s", "strike", "ins"];

/// What an element is suspected of, from its start tag until its end tag.
struct Suspect<'a> {
    name: &'a str,
    /// Elements of that name inside it.
    depth: usize,
    /// Where it began.
    words: usize,
    links: Vec<String>,
    what: What,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Counter,
    Advertisement,
    Time,
}

/// What a reader of `html` sees. One pass.
pub fn seen(html: &str) -> Seen {
    let mut out = String::with_capacity(html.len() / 2);
    let mut links = BTreeSet::new();
    let mut suspect: Option<Suspect<'_>> = None;
    for token in tokens(html) {
        match token {
            Token::Text(text) => out.extend(resolve(text).chars().filter(|c| !is_invisible(*c))),
            Token::Open { name, attributes } => {
                start(name, &mut out, "+");
                let link = link(name, attributes);
                match &mut suspect {
                    Some(s) => {
                        s.depth += usize::from(s.name.eq_ignore_ascii_case(name));
                        s.links.extend(link);
                    }
                    None => {
                        suspect = what(name, attributes).map(|what| Suspect {
                            name,
                            depth: 0,
                            words: out.len(),
                            links: Vec::new(),
                            what,
                        });
                        links.extend(link);
                    }
                }
            }
            Token::Close(name) => {
                suspect = match suspect {
                    Some(mut s) if s.name.eq_ignore_ascii_case(name) && s.depth > 0 => {
                        s.depth -= 1;
                        Some(s)
                    }
                    Some(s) if s.name.eq_ignore_ascii_case(name) => {
                        if is_noise(&s, out.get(s.words..).unwrap_or_default()) {
                            out.truncate(s.words);
                        } else {
                            links.extend(s.links);
                        }
                        None
                    }
                    other => other,
                };
                start(name, &mut out, "-");
            }
        }
    }
    // An element that never ends is no counter: its text is copy.
    links.extend(suspect.into_iter().flat_map(|s| s.links));
    let kept = out.split('\n').filter(|line| !only_counts(line)).flat_map(str::split_whitespace);
    let mut words = String::with_capacity(out.len());
    for word in kept {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    Seen { words, links }
}

/// Zero-width spaces and joiners that only break lines, and soft hyphens. (Joiners that shape letters stay.)
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

fn start(name: &str, out: &mut String, sign: &str) {
    if LINES.iter().any(|l| l.eq_ignore_ascii_case(name)) {
        out.push('\n');
    } else if let Some(mark) = MARKS.iter().find(|m| m.eq_ignore_ascii_case(name)) {
        // Characters that no text has, so that nothing that is written looks like them.
        out.push_str(&format!("\u{1}{sign}{mark}\u{1}"));
    }
}

fn what(name: &str, attributes: &str) -> Option<What> {
    if name.eq_ignore_ascii_case("time") {
        return Some(What::Time);
    }
    // Elements without end tag have no text.
    if ["img", "br", "hr", "input"].iter().any(|v| v.eq_ignore_ascii_case(name)) {
        return None;
    }
    let class = attribute(attributes, "class").unwrap_or_default();
    let id = attribute(attributes, "id").unwrap_or_default();
    let is = |list: &[&str], word: &str| list.iter().any(|l| l.eq_ignore_ascii_case(word));
    let names = class.split_ascii_whitespace().chain(id.split_ascii_whitespace());
    for name in names {
        if is(ADVERTISEMENTS, name) {
            return Some(What::Advertisement);
        }
        if name.split(['-', '_']).any(|word| is(COUNTERS, word)) {
            return Some(What::Counter);
        }
    }
    None
}

fn is_noise(suspect: &Suspect<'_>, text: &str) -> bool {
    let text = text.trim();
    match suspect.what {
        _ if text.len() > SHORT => false,
        What::Advertisement => true,
        What::Counter => text.contains(|c: char| c.is_ascii_digit()) || text.is_empty(),
        What::Time => {
            let lower = text.to_lowercase();
            AGO.iter().any(|word| lower.contains(word))
        }
    }
}

/// "1.234 visitas", "12K views".
fn only_counts(line: &str) -> bool {
    let line = line.trim();
    if line.len() > SHORT || !line.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let mut units = 0;
    let rest_counts = line.split_whitespace().all(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let unit = UNITS.contains(&word.as_str());
        units += usize::from(unit);
        unit || word.is_empty()
            || word.trim_end_matches(['k', 'm']).chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    });
    rest_counts && units == 1
}

/// Where a link leads, or the file of a picture or player; None for pixels and advertisements.
fn link(name: &str, attributes: &str) -> Option<String> {
    let is = |n: &str| name.eq_ignore_ascii_case(n);
    if is("a") {
        let href = attribute(attributes, "href")?;
        let key = address::key(href.trim()).unwrap_or_else(|| href.trim().to_owned());
        return (!is_advertisement(&key)).then_some(key);
    }
    if !["img", "iframe", "video", "audio", "source", "embed"].iter().any(|n| is(n)) {
        return None;
    }
    let src = attribute(attributes, "src")?;
    let pixel = |n: &str| attribute(attributes, n).is_some_and(|v| matches!(v.trim(), "0" | "1" | "1px"));
    let host_and_path = address::key(src.trim()).unwrap_or_default();
    if src.starts_with("data:") || (pixel("width") && pixel("height")) || is_advertisement(&host_and_path) {
        return None;
    }
    // Servers of pictures turn, and carry size and signature in path and query.
    Some(file_name(&src).to_owned()).filter(|f| !f.is_empty())
}

fn is_advertisement(key: &str) -> bool {
    let host = key.split(['/', ':']).next().unwrap_or_default();
    AD_HOSTS.iter().any(|h| host.strip_suffix(h).is_some_and(|b| b.is_empty() || b.ends_with('.')))
}

/// The last part of an address' path.
pub fn file_name(address: &str) -> &str {
    let path = address.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_counter_that_is_copy_stays() {
        for html in [
            "<div class=views>El vídeo tiene más de doce millones de visitas desde que el lunes se publicó en la red.</div>",
            "<p>12 visitas y 3 heridos</p>",
            "<p>El debate acabó con 1.234 lecturas del texto</p>",
            "<time>10:30</time>",
            "<div class=ad><p>nunca cerrado",
            "<p>2026</p>",
        ] {
            assert!(!seen(html).words.is_empty(), "{html}");
        }
        assert_eq!(seen("<p>1.234 visitas</p><p>12K views</p><p>(3) lecturas</p>").words, "");
    }

    #[test]
    fn links_are_keys_and_pictures_are_files() {
        let seen = seen(
            "<a href='http://www.w.example/1?utm_source=x'>a</a><img src=//c.example/x/f.jpg?w=1><iframe src=https://v.example/embed/ab>",
        );
        assert_eq!(seen.links.into_iter().collect::<Vec<_>>(), ["ab", "f.jpg", "w.example/1"]);
    }

    proptest! {
        /// However words are dressed, each stays, in order.
        #[test]
        fn words_stay(words in proptest::collection::vec("[a-zñ]{1,8}", 1..20), tags in proptest::collection::vec("(<p>|</p>|<b>|<div class=views>|</div>|<span class=ad>|<time>|</time>|<br>|<!-- c -->)", 20)) {
            // Long enough that no element of these passes for a counter.
            let long: Vec<String> = words.iter().map(|w| format!("{w}{}", "x".repeat(SHORT))).collect();
            let html: String = long.iter().zip(&tags).map(|(w, t)| format!("{t} {w} ")).collect();
            prop_assert_eq!(seen(&html).words, long.join(" "));
        }

        #[test]
        fn nothing_panics(html in "[<>/!='\"&;:a-zñ0-9 \\-]{0,120}") {
            let _ = seen(&html);
        }
    }
}
