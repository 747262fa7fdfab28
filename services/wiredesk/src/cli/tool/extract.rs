//! `wiredesk tool extract`.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use wiredesk_runtime::terminal::Colour;

use super::input;
use super::output::Output;
use crate::parts::cleaner;

const ENDINGS: [&str; 4] = [".html", ".htm", ".html.gz", ".htm.gz"];

/// How the lines of a page are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// The article only.
    Article,
    /// Also each line of the page, and why it stayed or went; for people, on a terminal.
    Lines,
}

/// Extracts every page; its id is the file's stem. With [`Telling::Lines`] a terminal gets text with colours (none with
/// `NO_COLOR`), and a pipe JSON Lines as ever.
pub fn run(paths: &[PathBuf], telling: Telling, out: &mut Output) -> io::Result<()> {
    let watched = io::stdout().is_terminal();
    let colour = Colour::wanted();
    let mut files = Vec::new();
    for path in paths {
        match input::walk(std::slice::from_ref(path), &ENDINGS) {
            Ok(found) => files.extend(found),
            Err(error) => out.skip(&input::name(path), &format!("it cannot be read: {error}")),
        }
    }
    let bar = input::bar(&files);
    for file in &files {
        let name = input::name(file);
        match input::document(file, &bar) {
            Ok(bytes) => match telling {
                Telling::Article => out.write_of(&name, || cleaner::tool::extract(&id(file), &bytes))?,
                Telling::Lines if watched => out.text_of(&name, || {
                    cleaner::tool::paint(&cleaner::tool::explain(&id(file), &bytes), colour)
                })?,
                Telling::Lines => out.write_of(&name, || cleaner::tool::explain(&id(file), &bytes))?,
            },
            Err(error) => out.skip(&name, &format!("it cannot be read: {error}")),
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn id(file: &Path) -> String {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let longest = ENDINGS.iter().filter_map(|e| name.strip_suffix(e)).min_by_key(|stem| stem.len());
    match longest {
        Some(stem) => stem.to_owned(),
        None => input::name(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_stem() {
        for (file, wanted) in
            [("a/b.html", "b"), ("b.x.html.gz", "b.x"), ("b.htm", "b"), ("-", "stdin"), ("b", "b")]
        {
            assert_eq!(id(Path::new(file)), wanted);
        }
    }
}
