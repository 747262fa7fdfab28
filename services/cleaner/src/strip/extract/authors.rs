//! Who wrote it, as credited: JSON-LD, then meta elements, then what the page marks, links or prints as a byline.

use super::jsonld::Declared;
use super::meta::{Metas, NEAR};
use super::names::{self, Names};
use super::page::{Page, Piece, tag};
use super::{people, phrases, plain};
use crate::strip::hygiene;

/// `meta` elements that name authors, the surest first.
const METAS: &[&str] = &[
    "author",
    "article:author",
    "og:article:author",
    "authors",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "cxenseparse:author",
    "lp:author",
    "article:author:name",
    "citation_author",
    "twitter:data1",
];
/// Most words of a line that is a byline.
const WORDS: usize = 14;
/// Most words of one that stands far from the title, and most names that such lines come to.
const FAR_WORDS: usize = 8;
const FAR_NAMES: usize = 2;
/// Elements of other stories and other people.
const OTHERS: Names = names::TEASER | names::RELATED | names::COMMENT | names::SIDEBAR;

/// People, agencies and others, in their order.
pub(super) fn read(
    page: &Page,
    ld: &Declared,
    metas: &Metas<'_>,
    site: &[String],
    title_at: Option<usize>,
) -> Vec<String> {
    let keys: Vec<String> = site.iter().map(|s| hygiene::key(s)).collect();
    let is_site = |name: &str| {
        let key = hygiene::key(name);
        keys.iter().any(|s| *s == key || key.len() >= 6 && s.starts_with(&format!("{key} ")))
    };
    let from_ld = declared(ld, &is_site);
    if from_ld.iter().any(|n| !is_site(n)) {
        return fuller(from_ld, page, title_at, &is_site);
    }
    let (mut from_meta, mut of_site) = (Vec::new(), Vec::new());
    for name in METAS {
        for value in metas.all(name).filter(|v| !v.starts_with("http") && !v.contains("facebook.com")) {
            let (site, others): (Vec<String>, Vec<String>) =
                people::of(&plain(value)).into_iter().partition(|n| is_site(n));
            from_meta.extend(others);
            of_site.extend(site);
        }
        from_meta.dedup();
        if !from_meta.is_empty() {
            return fuller(from_meta, page, title_at, &is_site);
        }
    }
    of_site.truncate(1);
    let near = byline(page, title_at, &is_site);
    // The less sure, the later; a site that names itself wrote it where nobody else is named.
    [near, from_ld, labelled(page, &is_site), linked(page, &is_site), of_site]
        .into_iter()
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// The names that JSON-LD gives.
fn declared(ld: &Declared, is_site: &impl Fn(&str) -> bool) -> Vec<String> {
    let declared = ld.authors();
    let mut found: Vec<String> = Vec::new();
    for (name, organisation) in &declared {
        let name = plain(name);
        let mut names = if *organisation { vec![name.clone()] } else { people::of(&name) };
        // In one string with a person the site is where that person works.
        if names.iter().any(|n| n.contains(' ') && !is_site(n)) {
            names.retain(|n| !is_site(n));
        }
        // One name stands whole where it would not come apart as names.
        if names.is_empty()
            && declared.len() == 1
            && name.split(' ').count() <= 5
            && !name.starts_with("http")
            && !name.contains('@')
        {
            names = vec![name];
        }
        for name in names {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// A declared first name, or the name of an account, gives way to the whole name that the byline has.
fn fuller(
    declared: Vec<String>,
    page: &Page,
    title_at: Option<usize>,
    is_site: &impl Fn(&str) -> bool,
) -> Vec<String> {
    let short = |name: &str| name.is_ascii() && !name.contains([' ', '.']) && !is_site(name);
    if !declared.iter().any(|name| short(name)) {
        return declared;
    }
    let printed = byline(page, title_at, is_site);
    let whole = |name: &str| {
        let own = name.to_lowercase();
        printed.iter().find(|whole| {
            let words: Vec<String> = whole.split(' ').map(str::to_lowercase).collect();
            let account = words.last().is_some_and(|last| last.len() >= 4 && own.ends_with(last.as_str()));
            let dated = whole.chars().any(|c| c.is_ascii_digit());
            words.len() > 1 && !dated && (words.contains(&own) || account)
        })
    };
    let one = |name: String| match whole(&name) {
        Some(whole) if short(&name) => whole.clone(),
        _ => name,
    };
    declared.into_iter().map(one).collect()
}

/// Names that the page marks as the author's, prints as a byline or links to pages of authors, near the title or the start
/// of the text.
fn byline(page: &Page, title_at: Option<usize>, is_site: &impl Fn(&str) -> bool) -> Vec<String> {
    let title_place = title_at.and_then(|at| page.pieces.get(at)).map(|p| p.place);
    let mut found: Vec<String> = Vec::new();
    for (text, place) in &page.head.authors {
        if title_place.is_none_or(|t| *place > t.saturating_sub(80) && *place < t.saturating_add(200)) {
            add(&mut found, people::of(text), is_site);
        }
    }
    if !found.is_empty() {
        return found;
    }
    let start = title_at.unwrap_or(0);
    let near =
        page.pieces.get(start.saturating_sub(5)..(start + NEAR).min(page.pieces.len())).unwrap_or_default();
    for piece in near {
        let place = page.place(piece);
        let words = piece.text.split_whitespace().count();
        let named = (place.names | place.near | piece.inner) & names::BYLINE != 0 && words <= WORDS;
        let printed = words <= WORDS && phrases::of(&piece.text) & phrases::BYLINE != 0;
        if (named || printed) && place.tags & (tag::H1 | tag::NAV) == 0 {
            add(&mut found, people::of(&piece.text), is_site);
            if printed && found.is_empty() {
                found.extend(people::agency(&piece.text).filter(|name| !is_site(name)));
            }
        }
    }
    if let ([first, .., last], true) = (near, found.is_empty()) {
        for (text, place) in &page.head.linked {
            if (first.place..=last.place).contains(place) {
                add(&mut found, people::of(text), is_site);
            }
        }
    }
    found
}

/// Lines far from the title that say who wrote it, where they name few.
fn labelled(page: &Page, is_site: &impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let short = |piece: &&Piece| piece.text.split_whitespace().count() <= FAR_WORDS;
    for piece in page.pieces.iter().filter(short) {
        let place = page.place(piece);
        let off = place.tags & tag::NAV != 0 || place.names & names::COMMENT != 0;
        let others = (place.names | place.near) & OTHERS != 0
            || place.tags & (tag::ASIDE | tag::FOOTER | tag::LINK) != 0;
        if off || piece.text.chars().count() > 80 {
            continue;
        }
        let printed = !others && phrases::of(&piece.text) & phrases::BYLINE != 0;
        if printed || people::labelled(&piece.text) {
            add(&mut found, people::of(&piece.text), is_site);
        }
    }
    if found.len() <= FAR_NAMES { found } else { Vec::new() }
}

/// The one author whose page is linked, where no other is.
fn linked(page: &Page, is_site: &impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (text, place) in &page.head.linked {
        let Some(place) = page.places.get(*place as usize) else { continue };
        let others = (place.names | place.near) & OTHERS != 0 || place.tags & (tag::NAV | tag::FOOTER) != 0;
        if !others {
            add(&mut found, people::of(text), is_site);
        }
    }
    if found.len() == 1 { found } else { Vec::new() }
}

/// Adds names that are new, and more than one word where they are in Latin letters.
fn add(found: &mut Vec<String>, names: Vec<String>, is_site: &impl Fn(&str) -> bool) {
    for name in names {
        let known = found.iter().any(|f| hygiene::key(f) == hygiene::key(&name));
        if !known && !is_site(&name) && (name.contains(' ') || !name.is_ascii()) && found.len() < 8 {
            found.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::article;

    const TEXT: &str =
        "Der Rat hat am Dienstag den Umbau des Marktes beschlossen, der im Frühjahr beginnen soll.";

    fn authors(head: &str, above: &str, below: &str) -> Vec<String> {
        let text = format!("<p>{TEXT}</p>").repeat(16);
        article(&format!(
            "<html><head>{head}</head><body><h1>Der Markt wird umgebaut</h1>{above}<article>{text}</article>{below}</body></html>"
        ))
        .authors
    }

    fn ld(author: &str) -> String {
        format!(
            "<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"Der Markt wird umgebaut\",\
             \"author\":{author},\"publisher\":{{\"name\":\"Hafenblatt\"}}}}</script>"
        )
    }

    #[test]
    fn whose_page_is_linked_wrote_it() {
        let link = "<span><a href='/autor/ilse-brandt'>Ilse Brandt</a></span>";
        assert_eq!(authors("", link, ""), ["Ilse Brandt"]);
        assert_eq!(authors("", "", link), ["Ilse Brandt"]);
        // Several are those of other stories; a section is nobody.
        let two = format!("{link}<span><a href='/autor/tom-wren'>Tom Wren</a></span>");
        assert!(authors("", "", &two).is_empty());
        assert!(authors("", "", "<span><a href='/politik/ilse-brandt'>Ilse Brandt</a></span>").is_empty());
    }

    #[test]
    fn labels_count_far_from_the_title_and_few_printed_bylines() {
        assert_eq!(authors("", "", "<ul><li><b>Autorin/Autor</b> Ilse Brandt</li></ul>"), ["Ilse Brandt"]);
        assert_eq!(authors("", "", "<p>Written by Ada Quill</p>"), ["Ada Quill"]);
        assert_eq!(authors("", "", "<div>（责编：王小明、李冬）</div>"), ["王小明", "李冬"]);
        let many = "<p>By Ada Quill</p><p>By Tom Wren</p><p>By Jo Lark</p>";
        assert!(authors("", "", many).is_empty());
        assert_eq!(authors("", "<p>By AFP, in News</p>", ""), ["AFP"]);
    }

    #[test]
    fn the_site_is_no_author_beside_a_person_and_is_one_alone() {
        assert_eq!(authors(&ld("\"Ilse Brandt, Hafenblatt\""), "", ""), ["Ilse Brandt"]);
        assert_eq!(authors(&ld("\"Hafenblatt\""), "", ""), ["Hafenblatt"]);
        let metas =
            "<meta property='og:site_name' content='Ada Quill'><meta name=author content='Ada Quill'>";
        assert_eq!(authors(metas, "", ""), ["Ada Quill"]);
        assert_eq!(authors(metas, "<p>By Tom Wren</p>", ""), ["Tom Wren"]);
    }

    #[test]
    fn a_first_name_and_an_account_give_way_to_the_whole_name() {
        let byline = "<p class=byline>By Jo Robinson</p>";
        for given in ["Jo", "jrobinson"] {
            assert_eq!(authors(&ld(&format!("\"{given}\"")), byline, ""), ["Jo Robinson"], "{given}");
        }
        assert_eq!(authors(&ld("\"dpa\""), byline, ""), ["dpa"]);
    }
}
