//! The program as it is called, and the page that shows what it says.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::Command;

const PAGE: &str = include_str!("../../docs/capacity.md");

fn said(args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_wiredesk-benches")).args(args).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[test]
fn it_says_what_it_can_measure() {
    assert!(said(&["--help"]).contains("scale"));
}

#[test]
fn the_page_has_the_table_of_this_model() {
    // Numbers there are written for people.
    let page = PAGE.replace(',', "");
    for line in said(&["model", "--table"]).lines() {
        assert!(page.contains(&line.replace(',', "")), "docs/capacity.md lacks {line}");
    }
}

#[test]
fn the_page_has_the_prices_of_this_model() {
    let prices = ["--core-hour", "0.04", "--memory-hour", "0.005", "--disk-month", "0.1"];
    let page = PAGE.replace(',', "");
    for (sources, items) in [("100", "2000"), ("1000", "20000"), ("10000", "200000"), ("100000", "2000000")] {
        let answer = said(&[&["model", "--sources", sources, "--items", items], &prices[..]].concat());
        let month =
            answer.lines().find_map(|line| line.strip_prefix("a month: ")?.split(' ').next()).unwrap();
        let row = format!("| {items} | {month} |");
        assert!(page.contains(&row), "docs/capacity.md lacks {row}");
    }
}
