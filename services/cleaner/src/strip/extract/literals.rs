//! Groups of fixed words, found in one pass. They are written as patterns of words, `(?:…|…)`, `?`, `\d` and
//! `(?-u:\b)`, and spelled out into all that they stand for: a matcher of words is built at once and is as fast on the first
//! text as on any other, where one of patterns first has to come to know the texts.

use aho_corasick::AhoCorasick;

/// Stands for `(?-u:\b)` in a word that is being spelled out.
const EDGE: char = '\u{1}';

/// A matcher of groups, at most 32.
pub(super) struct Literals {
    words: AhoCorasick,
    /// Of each word the bit of its group, and whether it has to begin and to end at the edge of a word.
    kinds: Vec<(u32, bool, bool)>,
}

impl Literals {
    /// From one pattern a group.
    pub(super) fn of(patterns: &[&str]) -> Self {
        let (mut words, mut kinds) = (Vec::new(), Vec::new());
        for (group, pattern) in patterns.iter().enumerate() {
            for word in (Spelling { rest: pattern }).alternatives() {
                let bare = word.trim_matches(EDGE);
                let inner = bare.contains(EDGE);
                debug_assert!(!inner && !bare.is_empty(), "{pattern}");
                kinds.push((1 << group, word.starts_with(EDGE), word.ends_with(EDGE)));
                words.push(bare.to_owned());
            }
        }
        #[expect(clippy::expect_used, reason = "constant words, and every test of a page builds them")]
        let words = AhoCorasick::new(words).expect("constant words");
        Self { words, kinds }
    }

    /// The groups that a text of ASCII has words of, one bit each.
    pub(super) fn matches(&self, text: &str) -> u32 {
        let word = |at: Option<usize>| {
            at.and_then(|at| text.as_bytes().get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        };
        let edge = |at: usize| word(at.checked_sub(1)) != word(Some(at));
        let mut found = 0;
        for hit in self.words.find_overlapping_iter(text) {
            let (group, starts, ends) = self.kinds[hit.pattern().as_usize()];
            if found & group == 0 && (!starts || edge(hit.start())) && (!ends || edge(hit.end())) {
                found |= group;
            }
        }
        found
    }
}

/// A pattern as far as it is not spelled out yet.
struct Spelling<'a> {
    rest: &'a str,
}

impl Spelling<'_> {
    /// All that stands between here and the end or the closing bracket.
    fn alternatives(&mut self) -> Vec<String> {
        let (mut done, mut open) = (Vec::new(), vec![String::new()]);
        while let Some(options) = self.item() {
            match options {
                Item::Or => done.append(&mut std::mem::replace(&mut open, vec![String::new()])),
                Item::One(mut options) => {
                    if self.eat("?") {
                        options.push(String::new());
                    }
                    open = open.iter().flat_map(|a| options.iter().map(move |b| format!("{a}{b}"))).collect();
                }
            }
        }
        done.append(&mut open);
        done
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn item(&mut self) -> Option<Item> {
        if self.eat("(?-u:\\b)") {
            return Some(Item::One(vec![EDGE.to_string()]));
        }
        if self.eat("(?:") {
            return Some(Item::One(self.alternatives()));
        }
        if self.eat("\\d") {
            return Some(Item::One(('0'..='9').map(String::from).collect()));
        }
        if self.eat("|") {
            return Some(Item::Or);
        }
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        self.rest = chars.as_str();
        (next != ')').then(|| Item::One(vec![next.to_string()]))
    }
}

enum Item {
    Or,
    One(Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_spelled_out() {
        let spelled = Spelling { rest: r"(?:a|bc)-?d|(?-u:\b)e(?:fg)?(?-u:\b)" }.alternatives();
        assert_eq!(spelled, ["a-d", "ad", "bc-d", "bcd", "\u{1}efg\u{1}", "\u{1}e\u{1}"]);
        let two = Literals::of(&[r"(?-u:\b)ads?(?-u:\b)", r"h\d"]);
        assert_eq!(two.matches("the-ads-h2"), 3);
        assert_eq!(two.matches("shads-adss-hx"), 0);
    }
}
