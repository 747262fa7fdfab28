//! `wiredesk tool feed` without the rest of the desk: a list of `{"file","headers"}` beside the files, results to the
//! standard output. For measuring while the reader is worked on.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

#[derive(serde::Deserialize)]
struct Listed {
    file: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

fn main() -> std::io::Result<()> {
    let list = std::env::args().nth(1).unwrap_or_default();
    let folder = Path::new(&list).parent().unwrap_or(Path::new(""));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in BufReader::new(std::fs::File::open(&list)?).lines() {
        let listed: Listed = serde_json::from_str(&line?)?;
        let bytes = std::fs::read(folder.join(&listed.file))?;
        let headers = listed.headers.into_iter().map(|(n, v)| (n.to_lowercase(), v)).collect();
        writeln!(out, "{}", wiredesk_fetcher::tool::feed(&listed.file, &bytes, &headers))?;
    }
    Ok(())
}
