//! robots.txt by RFC 9309: which pages of a host may be fetched. Pure; [`crate::pages`] fetches and keeps the files. It binds
//! article pages, not feeds that an operator named.

mod parse;
mod pattern;

use pattern::Pattern;

/// More of a file than this is not read, in bytes (RFC 9309, 2.5 asks for at least as much).
pub const LONGEST: usize = 500 * 1024;

/// What one robots.txt says to one crawler.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Robots {
    /// The longest first, and of equals those that allow.
    rules: Vec<Rule>,
    /// Seconds between two requests that the file asks for (`Crawl-delay`, not in the RFC, but asked of crawlers since 2004).
    pub crawl_delay: Option<f64>,
    /// Addresses of its `Sitemap:` lines, in order; they are for everybody.
    pub sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    pattern: Pattern,
    allow: bool,
}

impl Robots {
    /// Reads a file for the crawler that calls itself `token` (letters, `-` and `_`). Any bytes are a file.
    pub fn read(bytes: &[u8], token: &str) -> Self {
        parse::parse(bytes, token)
    }

    /// Nothing may be fetched.
    pub fn closed() -> Self {
        let everything = Rule { pattern: Pattern::new("/"), allow: false };
        Self { rules: vec![everything], ..Self::default() }
    }

    /// May the page at this path with its query be fetched? The longest rule that matches decides, of equals the one that
    /// allows; robots.txt itself always may.
    pub fn allows(&self, path_and_query: &str) -> bool {
        let path = pattern::of_address(path_and_query);
        path == "/robots.txt" || self.rules.iter().find(|r| r.pattern.matches(&path)).is_none_or(|r| r.allow)
    }

    /// About how much memory it holds, in bytes.
    pub fn weight(&self) -> usize {
        let rules: usize = self.rules.iter().map(|r| size_of::<Rule>() + r.pattern.weight()).sum();
        let sitemaps: usize = self.sitemaps.iter().map(|s| size_of::<String>() + s.len()).sum();
        size_of::<Self>() + rules + sitemaps
    }
}

/// What a crawler is called in robots.txt, out of its `User-Agent`: the product's name. Crawlers that call themselves `Mozilla`
/// for old servers' sake are named where they say `compatible; Name/1`.
pub fn token_of(user_agent: &str) -> String {
    let legal = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
    let product = |text: &str| text.trim_start().chars().take_while(|c| legal(*c)).collect::<String>();
    let compatible = user_agent.split_once("compatible;").map(|(_, rest)| product(rest));
    let first = Some(product(user_agent)).filter(|name| !name.eq_ignore_ascii_case("mozilla"));
    let named = compatible.into_iter().chain(first).find(|name| !name.is_empty());
    named.unwrap_or_else(|| "wiredesk".to_owned()).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
