//! One page for one item, without anything from elsewhere.

use std::fmt::Write as _;

use wiredesk_contract::escape::escaped;
use wiredesk_contract::marked::{Marks, html};

use super::{Explained, facts};

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
article{font-family:Georgia,serif}dt{font-weight:600;margin-top:1rem}dd{margin:0 0 .15rem 1rem}\
mark{color:inherit;border-radius:.2rem;padding:0 .1em}mark.PER{background:#d7f0d8}mark.ORG{background:#ecdcf7}mark.LOC{background:#d5ecf7}\
mark.MISC{background:#f8ecc8}mark.figure,mark.date{background:none;border-bottom:1px dotted #777}q{quotes:none;text-decoration:underline #999}\
@media(prefers-color-scheme:dark){body{background:#141414;color:#eee}mark.PER{background:#1f4a25}mark.ORG{background:#452a5c}\
mark.LOC{background:#1c4558}mark.MISC{background:#57481a}}";

/// The page of an item.
pub fn page(of: &Explained) -> String {
    let (headline, language) = (escaped(&of.headline), escaped(&of.language));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{headline}</title>\n<style>{STYLE}</style>\n<p>{}</p>\n\
         <article lang=\"{language}\" dir=\"auto\">\n<h1>{headline}</h1>\n{}</article>\n<dl>\n",
        escaped(&of.id),
        html(&of.text, &Marks::from(&of.enrichment)),
    );
    for (name, lines) in facts(of).iter().filter(|(_, lines)| !lines.is_empty()) {
        let _ = writeln!(out, "<dt>{name}</dt>");
        for line in lines {
            let _ = writeln!(out, "<dd>{}</dd>", escaped(line));
        }
    }
    out.push_str("</dl>\n</html>\n");
    out
}
