//! Reads the files of a feed set, as `wiredesk tool feed` does, for its scorer: `feeds FOLDER > results.jsonl`, where
//! FOLDER/oracle.jsonl names the files and their HTTP headers.

use std::collections::BTreeMap;
use std::io::BufRead;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).ok_or("usage: feeds FOLDER")?);
    let list = std::io::BufReader::new(std::fs::File::open(folder.join("oracle.jsonl"))?);
    for line in list.lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let file = row["file"].as_str().unwrap_or_default();
        let headers: BTreeMap<String, String> =
            serde_json::from_value(row["headers"].clone()).unwrap_or_default();
        println!("{}", wiredesk_fetcher::tool::feed(file, &std::fs::read(folder.join(file))?, &headers));
    }
    Ok(())
}
