//! Which lines of a page are in the labelled text: the best chain of matches, in the order of both.

use std::collections::HashMap;

/// Words as hashes, in small letters; letters of scripts without spaces are words of their own.
pub fn words(text: &str) -> Vec<u64> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let mut out = Vec::new();
    let (mut hash, mut within) = (START, false);
    for c in text.chars() {
        if c.is_alphanumeric() || c == '_' {
            for low in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(low))).wrapping_mul(0x0100_0000_01b3);
            }
            within = true;
            if !matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{0e00}'..='\u{0e7f}')
            {
                continue;
            }
        }
        if within {
            out.push(hash);
            (hash, within) = (START, false);
        }
    }
    if within {
        out.push(hash);
    }
    out
}

/// Most places of the text that are tried for a line.
const PLACES: usize = 24;

struct Match {
    line: usize,
    start: usize,
    end: usize,
    hits: usize,
}

/// Of each line, the share of its words that the text has at the line's place.
pub fn labels<'a>(lines: impl Iterator<Item = &'a str>, text: &str) -> Vec<f32> {
    let gold = words(text);
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, word) in gold.iter().enumerate() {
        places.entry(*word).or_default().push(at);
    }
    let lines: Vec<Vec<u64>> = lines.map(words).collect();
    let mut matches = Vec::new();
    for (line, own) in lines.iter().enumerate() {
        matches.extend(found(line, own, &gold, &places));
    }
    // The chain of most hits: matches in the order of lines, each behind the one before in the text.
    let mut best: Vec<(usize, usize)> = vec![(0, usize::MAX); gold.len() + 1];
    let mut totals: Vec<(usize, usize)> = Vec::with_capacity(matches.len());
    let mut tree = Prefix { best: &mut best };
    let mut at = 0;
    while at < matches.len() {
        let end =
            matches[at..].iter().position(|m| m.line != matches[at].line).map_or(matches.len(), |n| at + n);
        for m in &matches[at..end] {
            let (sum, from) = tree.up_to(m.start);
            totals.push((sum + m.hits, from));
        }
        for (n, m) in matches[at..end].iter().enumerate() {
            tree.set(m.end, totals[at + n].0, at + n);
        }
        at = end;
    }
    let mut out = vec![0.0; lines.len()];
    let mut last = (0..totals.len()).max_by_key(|n| totals[*n].0);
    while let Some(n) = last {
        let m = &matches[n];
        out[m.line] = (m.hits as f32 / lines[m.line].len().max(1) as f32).min(1.0);
        last = Some(totals[n].1).filter(|from| *from != usize::MAX);
    }
    out
}

/// Largest total among those that end at most at a place (a Fenwick tree).
struct Prefix<'a> {
    best: &'a mut [(usize, usize)],
}

impl Prefix<'_> {
    fn set(&mut self, at: usize, total: usize, from: usize) {
        let mut at = at + 1;
        while at <= self.best.len() {
            if self.best[at - 1].0 < total {
                self.best[at - 1] = (total, from);
            }
            at += at & at.wrapping_neg();
        }
    }

    fn up_to(&self, at: usize) -> (usize, usize) {
        let (mut at, mut found) = (at + 1, (0, usize::MAX));
        while at > 0 {
            if self.best[at - 1].0 > found.0 {
                found = self.best[at - 1];
            }
            at -= at & at.wrapping_neg();
        }
        found
    }
}

/// Where in the text a line may stand: where the most of its words do, each at its own distance from the start.
fn found(line: usize, own: &[u64], gold: &[u64], places: &HashMap<u64, Vec<usize>>) -> Vec<Match> {
    let mut starts: HashMap<usize, usize> = HashMap::new();
    // Rare words say where.
    let mut rare: Vec<(usize, usize)> =
        own.iter().enumerate().filter_map(|(n, w)| Some((places.get(w)?.len(), n))).collect();
    rare.sort_unstable();
    for (_, n) in rare.iter().take(12) {
        for place in places[&own[*n]].iter().take(60) {
            if let Some(start) = place.checked_sub(*n) {
                *starts.entry(start).or_default() += 1;
            }
        }
    }
    let mut starts: Vec<(usize, usize)> = starts.into_iter().collect();
    starts.sort_unstable_by_key(|(start, votes)| (std::cmp::Reverse(*votes), *start));
    let mut matches: Vec<Match> = Vec::new();
    for (start, _) in starts.into_iter().take(PLACES) {
        // Word by word from there, over small differences.
        let (mut at, mut hits, mut end) = (start, 0, start);
        for word in own {
            if let Some(step) = (0..3).find(|step| gold.get(at + step) == Some(word)) {
                at += step + 1;
                hits += 1;
                end = at;
            }
        }
        let enough = if own.len() < 4 { hits == own.len() } else { hits * 2 >= own.len() };
        if enough && hits > 0 && !matches.iter().any(|m| m.start == start && m.end == end) {
            matches.push(Match { line, start, end, hits });
        }
    }
    matches
}
