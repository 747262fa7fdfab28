//! Files, stdin and folders, plain or gzipped, with a progress bar on a terminal.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use crate::cli::progress;

/// Largest document that is read whole, in bytes, after decompression.
const MAX_DOCUMENT: u64 = 64 * 1024 * 1024;

/// Is it stdin?
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How a path is called in complaints.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() }
}

/// A reader of lines; `.gz` is decompressed.
pub fn lines(path: &Path, bar: &ProgressBar) -> io::Result<Box<dyn BufRead>> {
    if is_stdin(path) {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = bar.wrap_read(File::open(path)?);
    Ok(if path.extension().is_some_and(|e| e == "gz") {
        Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    })
}

/// A whole document; `.gz` is decompressed.
pub fn document(path: &Path, bar: &ProgressBar) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    lines(path, bar)?.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(io::Error::other(format!("it is larger than {MAX_DOCUMENT} bytes")));
    }
    Ok(bytes)
}

/// The files under these paths that have one of these endings, folders searched in the order of names; a path that is
/// itself a file is taken whatever its name.
pub fn walk(paths: &[PathBuf], endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if !is_stdin(path) && path.is_dir() {
            let mut inside: Vec<PathBuf> =
                fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
            inside.sort();
            inside.retain(|p| {
                let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
                p.is_dir() || endings.iter().any(|e| name.ends_with(e))
            });
            found.extend(walk(&inside, endings)?);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// A bar over the bytes of these files; hidden where nobody watches.
pub fn bar(paths: &[PathBuf]) -> ProgressBar {
    let total: u64 = paths.iter().filter_map(|p| fs::metadata(p).ok()).map(|m| m.len()).sum();
    progress::beside_answer(total, progress::BYTES, "")
}
