//! `wiredesk tool feed`.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::input;
use super::output::Output;
use crate::parts::fetcher;

#[derive(Deserialize)]
struct Listed {
    file: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Reads every document, one line each.
pub fn run(files: &[PathBuf], list: Option<&Path>, out: &mut Output) -> io::Result<()> {
    let bar = input::bar(files);
    for file in files {
        one(file, &input::name(file), &BTreeMap::new(), &bar, out)?;
    }
    let Some(list) = list else {
        bar.finish_and_clear();
        return Ok(());
    };
    let folder = list.parent().unwrap_or(Path::new(""));
    for (n, line) in input::lines(list, &bar)?.lines().enumerate() {
        let place = format!("{} line {}", input::name(list), n + 1);
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Listed>(&line) {
            Ok(listed) => {
                // As given where that exists, else beside the list.
                let given = PathBuf::from(&listed.file);
                let path = if given.exists() { given } else { folder.join(&listed.file) };
                let headers = listed.headers.into_iter().map(|(n, v)| (n.to_lowercase(), v)).collect();
                one(&path, &listed.file, &headers, &bar, out)?;
            }
            Err(error) => {
                out.skip(&place, &format!("it is not of the form {{\"file\",\"headers\"}} ({error})"))
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn one(
    path: &Path,
    name: &str,
    headers: &BTreeMap<String, String>,
    bar: &indicatif::ProgressBar,
    out: &mut Output,
) -> io::Result<()> {
    match input::document(path, bar) {
        Ok(bytes) => out.write_of(name, || fetcher::tool::feed(name, &bytes, headers)),
        Err(error) => {
            out.skip(name, &format!("it cannot be read: {error}"));
            Ok(())
        }
    }
}
