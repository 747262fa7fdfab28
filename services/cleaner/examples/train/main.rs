//! Fits the model that tells the lines of an article from the rest of a page, and says what it is worth on sites that it has
//! not seen: `train SET… [--also SET…] [--folds 5] [--worst N] [--show FOLDER] [--write FOLDER]`.
//!
//! A set is a folder of labelled pages (see data.rs). Those of `--also` are trained on but not scored. With `--write` the two
//! rounds are fitted on everything and written there.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A tool of the developers': it ends where it cannot go on.

mod boost;
mod data;
mod label;
mod score;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use boost::{Forest, Rows, Table, Terms};
use data::Page;
use wiredesk_cleaner::tool::model::{Model, Sheet, Trees, extract_by};

struct Asked {
    sets: Vec<PathBuf>,
    also: Vec<PathBuf>,
    folds: usize,
    write: Option<PathBuf>,
    /// Weight of the pages of `also`.
    weight: f32,
    first: Terms,
    second: Terms,
    worst: usize,
    /// Where the held-out texts go.
    show: Option<PathBuf>,
}

fn asked() -> Asked {
    let first = Terms { trees: 90, leaves: 15, rate: 0.1, rows: 60, lambda: 1.0, figures: 0.4, pages: 0.8 };
    let second = Terms { trees: 70, leaves: 11, rate: 0.08, ..first };
    let mut asked = Asked {
        sets: vec![],
        also: vec![],
        folds: 5,
        write: None,
        weight: 0.5,
        first,
        second,
        worst: 0,
        show: None,
    };
    let mut args = std::env::args().skip(1);
    let mut also = false;
    while let Some(arg) = args.next() {
        let mut number = || -> f32 { args.next().expect("a number").parse().expect("a number") };
        match arg.as_str() {
            "--also" => also = true,
            "--folds" => asked.folds = number() as usize,
            "--weight" => asked.weight = number(),
            "--trees" => (asked.first.trees, asked.second.trees) = (number() as usize, number() as usize),
            "--leaves" => (asked.first.leaves, asked.second.leaves) = (number() as usize, number() as usize),
            "--rate" => (asked.first.rate, asked.second.rate) = (number(), number()),
            "--rows" => (asked.first.rows, asked.second.rows) = (number() as u32, number() as u32),
            "--figures" => (asked.first.figures, asked.second.figures) = (number(), number()),
            "--lambda" => (asked.first.lambda, asked.second.lambda) = (number(), number()),
            "--worst" => asked.worst = number() as usize,
            "--show" => asked.show = args.next().map(PathBuf::from),
            "--write" => asked.write = args.next().map(PathBuf::from),
            folder if also => asked.also.push(folder.into()),
            folder => asked.sets.push(folder.into()),
        }
    }
    asked
}

fn main() {
    let asked = asked();
    let mut pages = Vec::new();
    let mut own = 0;
    for (n, folder) in asked.sets.iter().chain(&asked.also).enumerate() {
        match data::read(folder) {
            Ok(read) => pages.extend(read),
            Err(error) => return eprintln!("SKIP: {} holds no labelled pages ({error})", folder.display()),
        }
        if n < asked.sets.len() {
            own = pages.len();
        }
    }
    let lines: usize = pages.iter().map(|p| p.labels.len()).sum();
    eprintln!("{} pages ({own} scored), {lines} lines, {} sites", pages.len(), sites(&pages).len());
    let folds = folds(&pages, asked.folds);
    if asked.write.is_none() || asked.worst > 0 {
        held_out(&asked, &pages, own, &folds);
    }
    if let Some(folder) = &asked.write {
        let all: Vec<usize> = (0..pages.len()).collect();
        let (first, second) = both(&asked, &pages, own, &all, &folds);
        let note = |round: &str, terms: &Terms| {
            format!(
                "# Boosted trees, {round} round: {} trees of at most {} leaves, learning rate {}, fitted by examples/train on\n\
                 # {} labelled pages of news, blogs and forums. Nothing of any page is in here.\n",
                terms.trees,
                terms.leaves,
                terms.rate,
                pages.len()
            )
        };
        std::fs::write(folder.join("first.txt"), note("first", &asked.first) + &first.text()).unwrap();
        std::fs::write(folder.join("second.txt"), note("second", &asked.second) + &second.text()).unwrap();
    }
}

fn sites(pages: &[Page]) -> BTreeMap<&str, usize> {
    let mut sites = BTreeMap::new();
    for page in pages {
        *sites.entry(page.site.as_str()).or_default() += 1;
    }
    sites
}

/// The fold of each page; a site is in one.
fn folds(pages: &[Page], count: usize) -> Vec<usize> {
    let hash = |site: &str| {
        let hash = label::words(site)
            .iter()
            .fold(0u64, |h, w| h.rotate_left(5) ^ w.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (hash >> 20) as usize % count
    };
    pages.iter().map(|page| hash(&page.site)).collect()
}

fn table(
    pages: &[Page],
    own: usize,
    weight: f32,
    some: &[usize],
    width: usize,
    figures: impl Fn(usize) -> Vec<f32>,
) -> Table {
    let mut rows = Rows::default();
    for (group, at) in some.iter().enumerate() {
        let page = &pages[*at];
        let words = page.sheet.words();
        let text: f32 = words.iter().zip(&page.labels).filter(|(_, l)| **l >= 0.5).map(|(w, _)| w).sum();
        let page_weight = if *at < own { 1.0 } else { weight };
        let all = figures(*at);
        for (line, label) in page.labels.iter().enumerate() {
            if *label < 0.0 {
                continue;
            }
            rows.figures.extend_from_slice(&all[line * width..(line + 1) * width]);
            rows.class.push(f32::from(u8::from(*label >= 0.5)));
            // A line weighs as its words, a page as any other.
            rows.weight.push(page_weight * 100.0 * (words[line] + 1.0) / text.max(120.0));
            rows.group.push(group as u32);
        }
    }
    Table::of(rows, width)
}

fn likely(forest: &Forest, rows: &[f32], width: usize) -> Vec<f32> {
    rows.chunks_exact(width).map(|row| 1.0 / (1.0 + (-forest.sum(row)).exp())).collect()
}

/// Fits both rounds on some pages. What the first thinks of a page that the second learns from comes from one that has not
/// seen the page's site.
fn both(asked: &Asked, pages: &[Page], own: usize, some: &[usize], folds: &[usize]) -> (Forest, Forest) {
    let fit_first = |some: &[usize], seed| {
        let table =
            table(pages, own, asked.weight, some, Sheet::FIRST, |at| pages[at].sheet.first().to_vec());
        boost::fit(&table, &asked.first, seed)
    };
    let first = fit_first(some, 1);
    let mut thought: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
    let inner: std::collections::BTreeSet<usize> = some.iter().map(|at| folds[*at]).collect();
    for fold in inner {
        let (out, rest): (Vec<usize>, Vec<usize>) = some.iter().partition(|at| folds[**at] == fold);
        let forest = fit_first(&rest, 2 + fold as u64);
        thought
            .extend(out.into_iter().map(|at| (at, likely(&forest, pages[at].sheet.first(), Sheet::FIRST))));
    }
    let table =
        table(pages, own, asked.weight, some, Sheet::SECOND, |at| pages[at].sheet.second(&thought[&at]));
    (first, boost::fit(&table, &asked.second, 99))
}

fn held_out(asked: &Asked, pages: &[Page], own: usize, folds: &[usize]) {
    let mut one: BTreeMap<&str, Vec<(score::Score, &Page)>> = BTreeMap::new();
    let mut two = one.clone();
    let mut bound = one.clone();
    for fold in 0..asked.folds {
        let start = Instant::now();
        let rest: Vec<usize> = (0..pages.len()).filter(|at| folds[*at] != fold).collect();
        let (first, second) = both(asked, pages, own, &rest, folds);
        let alone = Model::new(Trees::parse(&first.text()), Trees::default());
        let model = Model::new(Trees::parse(&first.text()), Trees::parse(&second.text()));
        for at in (0..own).filter(|at| folds[*at] == fold) {
            let page = &pages[at];
            for (scores, model) in [(&mut one, &alone), (&mut two, &model)] {
                let value = extract_by(&page.id, &page.bytes, model);
                let got = value["text"].as_str().unwrap_or_default();
                let score = score::of(got, &page.text);
                if let Some(folder) = &asked.show {
                    std::fs::write(folder.join(format!("{}.txt", page.id)), got).unwrap();
                }
                scores.entry(&page.set).or_default().push((score, page));
            }
            let best: Vec<&str> =
                page.sheet.lines().zip(&page.labels).filter(|(_, l)| **l >= 0.5).map(|(t, _)| t).collect();
            bound.entry(&page.set).or_default().push((score::of(&best.join("\n"), &page.text), page));
        }
        eprintln!("fold {fold}: {} pages, {:.0?}", rest.len(), start.elapsed());
    }
    for (round, scores) in [("first round", &one), ("both rounds", &two), ("labels", &bound)] {
        for (set, scores) in scores {
            let mean = |f: fn(&score::Score) -> f64| {
                scores.iter().map(|(s, _)| f(s)).sum::<f64>() / scores.len() as f64
            };
            let (p, r) = (mean(|s| s.precision), mean(|s| s.recall));
            println!(
                "{round} {set}: {} pages, mean F1 {:.4}, of means {:.4} (P {p:.4} R {r:.4}), under 0.8: {}",
                scores.len(),
                mean(|s| s.f1),
                score::harmonic(p, r),
                scores.iter().filter(|(s, _)| s.f1 < 0.8).count()
            );
        }
    }
    let mut worst: Vec<&(score::Score, &Page)> = two.values().flatten().collect();
    worst.sort_by(|a, b| a.0.f1.total_cmp(&b.0.f1));
    for (score, page) in worst.iter().take(asked.worst) {
        println!(
            "{:.3} P {:.3} R {:.3} {} {} {}",
            score.f1, score.precision, score.recall, page.set, page.id, page.site
        );
    }
}
