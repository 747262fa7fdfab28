//! The newest version of each item, a file each.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::Value;
use wiredesk_contract::Item;

/// Where the files are.
pub struct Folder {
    path: PathBuf,
}

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is on the disk now.
    Now,
    /// It, or a later one, was there before.
    Before,
}

impl Folder {
    /// Makes the folder where it is missing.
    pub fn open(path: &str) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Self { path: path.into() })
    }

    /// Keeps a version; it is on the disk when this returns.
    pub fn keep(&self, item: &Item, message: &[u8]) -> io::Result<Kept> {
        let file = self.path.join(format!("{}.json", item.item_id));
        if let Ok(text) = fs::read(&file) {
            let there: Value = serde_json::from_slice(&text)?;
            if there["version"].as_u64() >= Some(u64::from(item.version)) {
                return Ok(Kept::Before);
            }
        }
        // Written beside it and moved: a crash leaves the old file or the new one.
        let beside = file.with_extension("new");
        let mut new = File::create(&beside)?;
        new.write_all(message)?;
        new.sync_all()?;
        fs::rename(&beside, &file)?;
        File::open(&self.path)?.sync_all()?;
        Ok(Kept::Now)
    }

    /// How many items are kept.
    pub fn items(&self) -> io::Result<usize> {
        let names = fs::read_dir(&self.path)?.map(|entry| entry.map(|e| e.path()));
        let paths: Vec<PathBuf> = names.collect::<Result<_, _>>()?;
        Ok(paths.iter().filter(|p| p.extension().is_some_and(|e| e == "json")).count())
    }
}
