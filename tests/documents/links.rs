//! The table of contents and the links of the pages.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use wiredesk_tests::docs::blocks::{pages, root};

/// The targets of `[text](target)`, outside of fenced blocks.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        for rest in line.split("](").skip(1).filter(|_| !fenced) {
            found.extend(rest.split_once(')').map(|(target, _)| target.to_owned()));
        }
    }
    found
}

/// The anchor that a heading gets on a page: lower case, spaces as hyphens, other signs left out.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|l| l.strip_prefix('#'))
        .map(|l| anchor(l.trim_start_matches('#').trim()))
        .collect()
}

/// `docs/../schemas/x` as `schemas/x`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (page, text) in pages() {
        for target in targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let (file, part) = target.split_once('#').unwrap_or((&target, ""));
            let folder = Path::new(&page).parent().unwrap_or(Path::new(""));
            let file = if file.is_empty() { PathBuf::from(&page) } else { plain(&folder.join(file)) };
            let there = root().join(&file);
            if !there.exists() {
                wrong.push(format!("{page} leads to {target}, which is not there"));
            } else if !part.is_empty() && !anchors(&std::fs::read_to_string(&there).unwrap()).contains(part) {
                wrong.push(format!("{page} leads to {target}, but {} has no such heading", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 40, "{count} links");
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let summary = std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let mut listed = targets(&summary);
    listed.sort();
    let mut there: Vec<String> =
        pages().into_iter().filter_map(|(n, _)| Some(n.strip_prefix("docs/")?.to_owned())).collect();
    there.retain(|name| name != "SUMMARY.md");
    assert_eq!(listed, there);
}

#[test]
fn the_tests_of_links_find_what_is_wrong() {
    assert_eq!(targets("[a](b.md) and [c](d.md#e)\n```\n[x](y)\n```\n"), ["b.md", "d.md#e"]);
    assert_eq!(anchor("What `mends` itself, and when?"), "what-mends-itself-and-when");
    assert_eq!(plain(Path::new("docs/../schemas/topics.toml")), Path::new("schemas/topics.toml"));
}
