//! The fenced blocks of the pages.
//!
//! A shell block says behind its language what is done with it: `sh test` is run by the tests and must succeed and print
//! something; `quiet` may print nothing; of an `endless` one each line is run for itself and ended after some seconds; `python` and
//! `rust` are clients, which have a test of their own. `sh elsewhere` is not run, and says why.

use std::path::{Path, PathBuf};

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The page, from the top of the tree.
    pub page: String,
    /// Line of the fence, counted from 1.
    pub line: usize,
    /// What stands behind the fence, word by word.
    pub info: Vec<String>,
    /// What is between the fences.
    pub text: String,
}

impl Block {
    /// Is this word behind the fence?
    pub fn says(&self, word: &str) -> bool {
        self.info.iter().any(|w| w == word)
    }

    /// Its language.
    pub fn language(&self) -> &str {
        self.info.first().map(String::as_str).unwrap_or_default()
    }

    /// Where it stands, for people.
    pub fn place(&self) -> String {
        format!("{}, line {}", self.page, self.line)
    }
}

/// The top of the tree.
pub fn root() -> PathBuf {
    let below = Path::new(env!("CARGO_MANIFEST_DIR"));
    below.parent().unwrap_or(below).to_owned()
}

/// The pages, names from the top of the tree with their texts: README.md and docs/*.md by name.
pub fn pages() -> Vec<(String, String)> {
    let mut names = vec!["README.md".to_owned()];
    let folder = std::fs::read_dir(root().join("docs")).unwrap_or_else(|e| panic!("docs: {e}"));
    let found = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.extend(found.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")));
    names[1..].sort();
    let read =
        |name: &String| std::fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    names.iter().map(|name| (name.clone(), read(name))).collect()
}

/// The blocks of all pages.
pub fn all() -> Vec<Block> {
    pages().iter().flat_map(|(name, text)| of(name, text)).collect()
}

/// The blocks of one page.
pub fn of(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for (n, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        open = match (open, bare.strip_prefix("```")) {
            (None, Some(info)) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                Some((indent, Block { page: page.to_owned(), line: n + 1, info, text: String::new() }))
            }
            (Some((_, block)), Some("")) => {
                blocks.push(block);
                None
            }
            (Some((indent, mut block)), _) => {
                block.text.push_str(line.get(indent..).unwrap_or(bare));
                block.text.push('\n');
                Some((indent, block))
            }
            (None, None) => None,
        };
    }
    if let Some((_, block)) = open {
        panic!("{}: the block is not closed", block.place());
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_with_what_they_say() {
        let page = "a\n```sh test quiet\none\n\n  two\n```\n- b\n  ```json\n  {\n    \"a\": 1\n  ```\n";
        let found = of("p.md", page);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].text.as_str(), found[0].line), ("one\n\n  two\n", 2));
        assert!(found[0].says("test") && found[0].says("quiet") && !found[0].says("endless"));
        assert_eq!((found[1].language(), found[1].text.as_str()), ("json", "{\n  \"a\": 1\n"));
    }
}
