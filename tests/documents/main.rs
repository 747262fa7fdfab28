//! The documentation without a desk: its links, its table of contents, its tables, and which of its commands are run.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

mod links;
mod topics;

use wiredesk_tests::docs::blocks::all;

/// Pages whose every shell block says whether it is run.
const DECLARED: [&str; 8] = [
    "docs/api.md",
    "docs/cli.md",
    "docs/concepts.md",
    "docs/consuming.md",
    "docs/faq.md",
    "docs/quick-start.md",
    "docs/topics.md",
    "docs/enrich.md",
];

#[test]
fn shell_blocks_say_whether_they_are_run() {
    for block in all().iter().filter(|b| DECLARED.contains(&b.page.as_str())) {
        assert!(!block.language().is_empty(), "{}: the block names no language", block.place());
        let said =
            block.says("test") || block.info.get(1).is_some_and(|w| w == "elsewhere") && block.info.len() > 2;
        assert!(
            block.language() != "sh" || said,
            "{}: write `sh test`, or `sh elsewhere` and why",
            block.place()
        );
    }
}
