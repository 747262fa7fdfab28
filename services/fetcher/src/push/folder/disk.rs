//! The files themselves: listed, read and moved, without leaving the folder.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::looks::{Seen, is_unfinished};

/// Where files go that were taken.
pub const DONE: &str = "done";
/// Where files go that were not, or not wholly.
pub const ERROR: &str = "error";

/// What is in the folder and not in the making, folders aside; links and other things that are no files are among them.
///
/// # Errors
/// The system's, with the folder's path.
pub fn list(folder: &Path) -> io::Result<Vec<Seen>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| with_path(e, folder))? {
        let entry = entry?;
        let name = entry.file_name();
        if is_unfinished(&name.to_string_lossy()) {
            continue;
        }
        // Not followed where it is a link. One that went away between the two calls is simply gone.
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            continue;
        }
        let modified = about.modified()?;
        found.push(Seen { name, len: about.len(), modified });
    }
    Ok(found)
}

/// What reading a file gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Bytes {
    /// All of it.
    Whole(Vec<u8>),
    /// It is not to be taken: why, in words.
    Refused(String),
    /// It is not there any more, or another one: the next look sees.
    Gone,
}

/// Reads a file up to `cap` bytes. Links are not followed: what was opened must be the plain file that stood in the
/// folder, though somebody may swap it in between.
///
/// # Errors
/// The system's, with the file's path: such as permissions.
pub fn read(folder: &Path, name: &OsStr, cap: usize) -> io::Result<Bytes> {
    let path = folder.join(name);
    let stood = match fs::symlink_metadata(&path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Bytes::Gone),
        Err(error) => return Err(with_path(error, &path)),
    };
    if stood.is_symlink() {
        return Ok(Bytes::Refused(
            "it is a symbolic link, which is not followed; put the file itself here".to_owned(),
        ));
    }
    if !stood.is_file() {
        return Ok(Bytes::Refused("it is not a plain file".to_owned()));
    }
    if stood.len() > cap as u64 {
        return Ok(too_large(stood.len(), cap));
    }
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Bytes::Gone),
        Err(error) => return Err(with_path(error, &path)),
    };
    let opened = file.metadata()?;
    if !same_file(&stood, &opened) {
        return Ok(Bytes::Gone);
    }
    let mut bytes = Vec::with_capacity(stood.len() as usize);
    file.take(cap as u64 + 1).read_to_end(&mut bytes).map_err(|e| with_path(e, &path))?;
    if bytes.len() > cap {
        return Ok(too_large(bytes.len() as u64, cap));
    }
    Ok(Bytes::Whole(bytes))
}

fn too_large(bytes: u64, cap: usize) -> Bytes {
    Bytes::Refused(format!(
        "it has {bytes} bytes and {cap} are allowed; raise fetcher.push.max_body_bytes, or put fewer items into a file"
    ))
}

fn same_file(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Makes the folders for what is taken and what is not.
///
/// # Errors
/// The system's, with the path.
pub fn prepare(folder: &Path) -> io::Result<()> {
    for name in [DONE, ERROR] {
        let path = folder.join(name);
        match fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // A link would lead out of the folder.
                if !fs::symlink_metadata(&path)?.is_dir() {
                    return Err(io::Error::other(format!("{} is not a folder; remove it", path.display())));
                }
            }
            Err(error) => return Err(with_path(error, &path)),
        }
    }
    Ok(())
}

/// Moves a file that was taken to `done/DATE/`.
///
/// # Errors
/// The system's, with the path.
pub fn done(folder: &Path, name: &OsStr, day: NaiveDate) -> io::Result<PathBuf> {
    let to = folder.join(DONE).join(day.format("%Y-%m-%d").to_string());
    fs::create_dir_all(&to).map_err(|e| with_path(e, &to))?;
    put(&folder.join(name), &to, name)
}

/// Moves a file to `error/`, after `why` was written beside where it will be.
///
/// # Errors
/// The system's, with the path.
pub fn error(folder: &Path, name: &OsStr, why: &str) -> io::Result<PathBuf> {
    let to = free(&folder.join(ERROR), name);
    let mut note = to.clone().into_os_string();
    note.push(".txt");
    fs::write(&note, format!("{why}\n")).map_err(|e| with_path(e, Path::new(&note)))?;
    let from = folder.join(name);
    fs::rename(&from, &to).map_err(|e| with_path(e, &from))?;
    Ok(to)
}

fn put(from: &Path, folder: &Path, name: &OsStr) -> io::Result<PathBuf> {
    let to = free(folder, name);
    fs::rename(from, &to).map_err(|e| with_path(e, from))?;
    Ok(to)
}

/// A name in the folder that is not taken: wires use the same names again.
fn free(folder: &Path, name: &OsStr) -> PathBuf {
    let first = folder.join(name);
    let taken = |path: &Path| fs::symlink_metadata(path).is_ok();
    if !taken(&first) {
        return first;
    }
    let name = Path::new(name);
    let stem = name.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let end = name.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let mut count = 2_u64;
    loop {
        let next = folder.join(format!("{stem}-{count}{end}"));
        if !taken(&next) {
            return next;
        }
        count += 1;
    }
}

/// Removes the folders of `done/` that are older than `keep` days, and answers how many there were.
///
/// # Errors
/// The system's, with the path.
pub fn forget(folder: &Path, today: NaiveDate, keep: u32) -> io::Result<usize> {
    let done = folder.join(DONE);
    let mut removed = 0;
    for entry in fs::read_dir(&done).map_err(|e| with_path(e, &done))? {
        let entry = entry?;
        let day = entry.file_name().to_str().and_then(|n| NaiveDate::parse_from_str(n, "%Y-%m-%d").ok());
        let old = day.is_some_and(|d| (today - d).num_days() > i64::from(keep));
        // A link is not a folder here.
        if old && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path()).map_err(|e| with_path(e, &entry.path()))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The system's words do not name the file.
fn with_path(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
