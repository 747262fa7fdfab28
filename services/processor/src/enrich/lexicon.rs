//! Common words of a language, as Bloom filters: what is in a dictionary is less likely a name.
//!
//! The file: `WDWORDS` and the form (1); then per language its code (2 bytes), the number of bytes of the filter (u32, little-endian), and
//! the filter. Eight bits a word and four probes: one word in forty that is not there seems to be.

use foldhash::HashMap;

use crate::fnv::fnv1a;

const MAGIC: &[u8; 8] = b"WDWORDS\x01";
const SHIPPED: &[u8] = include_bytes!("../../vocab/words.bin");
const PROBES: u64 = 4;

/// The words of some languages.
#[derive(Debug, Default)]
pub struct Lexicon {
    filters: HashMap<[u8; 2], &'static [u8]>,
}

impl Lexicon {
    /// The words in the executable.
    pub fn load() -> Self {
        let mut lexicon = Self::default();
        let mut rest = SHIPPED.strip_prefix(MAGIC.as_slice()).unwrap_or_default();
        while let Some(([a, b, length @ ..], after)) = rest.split_first_chunk::<6>() {
            let length = u32::from_le_bytes(*length) as usize;
            let Some((filter, after)) = after.split_at_checked(length) else { break };
            lexicon.filters.insert([*a, *b], filter);
            rest = after;
        }
        lexicon
    }

    /// Is a folded word in the dictionary of a language? `None` where there is no dictionary.
    pub fn knows(&self, language: &str, word: &str) -> Option<bool> {
        let code = language.as_bytes().first_chunk::<2>()?;
        let filter = self.filters.get(code)?;
        Some(places(word, filter.len()).all(|bit| filter[bit / 8] & 1 << (bit % 8) != 0))
    }
}

/// The file of these languages and their folded words.
pub fn file<'a>(languages: impl IntoIterator<Item = ([u8; 2], Vec<&'a str>)>) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    for (code, words) in languages {
        let mut filter = vec![0_u8; words.len().max(1)];
        for word in words {
            for bit in places(word, filter.len()) {
                filter[bit / 8] |= 1 << (bit % 8);
            }
        }
        out.extend(code);
        out.extend((filter.len() as u32).to_le_bytes());
        out.extend(filter);
    }
    out
}

/// The bits of a word in a filter of so many bytes (Kirsch and Mitzenmacher 2008: two hashes make all probes).
fn places(word: &str, bytes: usize) -> impl Iterator<Item = usize> {
    let hash = fnv1a(word.bytes());
    let step = (hash >> 32) | 1;
    (0..PROBES).map(move |n| (hash.wrapping_add(n.wrapping_mul(step)) % (bytes.max(1) as u64 * 8)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_and_most_others_are_not() {
        let lexicon = Lexicon::load();
        for (language, word) in
            [("de", "regierung"), ("es", "gobierno"), ("en", "government"), ("fr", "voiture")]
        {
            assert_eq!(lexicon.knows(language, word), Some(true), "{word}");
        }
        let strangers = (0..1_000).filter(|n| lexicon.knows("de", &format!("xq{n}")) == Some(true)).count();
        assert!(strangers < 60, "{strangers} of 1,000 words that are none");
        assert_eq!(lexicon.knows("pl", "dom"), None);
    }
}
