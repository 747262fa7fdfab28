//! Which files of a folder are whole: a pure function of what was seen in it, and when.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::SystemTime;

use chrono::Duration;
use wiredesk_contract::Timestamp;

/// A file as one look saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name in the folder.
    pub name: OsString,
    /// Bytes.
    pub len: u64,
    /// When it was last written.
    pub modified: SystemTime,
}

#[derive(Clone, Debug)]
struct Known {
    len: u64,
    modified: SystemTime,
    since: Timestamp,
    not_before: Option<Timestamp>,
}

/// What was seen in a folder up to now.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    files: BTreeMap<OsString, Known>,
}

impl Looks {
    /// The files that are whole: seen before, and since then unchanged in length and time for `settle`. By time of
    /// writing, then by name, so that a correction comes after what it corrects. What is gone is forgotten.
    pub fn look(&mut self, now: Timestamp, seen: Vec<Seen>, settle: Duration) -> Vec<Seen> {
        let before = std::mem::take(&mut self.files);
        let mut ready = Vec::new();
        for file in seen {
            let same = before.get(&file.name).filter(|k| (k.len, k.modified) == (file.len, file.modified));
            let known = match same {
                Some(known) => {
                    // A clock that was set back makes nobody wait for longer than the settling.
                    let since = known.since.min(now);
                    if now - since >= settle && known.not_before.is_none_or(|t| t <= now) {
                        ready.push(file.clone());
                    }
                    Known { since, ..known.clone() }
                }
                None => Known { len: file.len, modified: file.modified, since: now, not_before: None },
            };
            self.files.insert(file.name, known);
        }
        ready.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
        ready
    }

    /// A file that could not be taken or moved is not tried before `until`, unless it changes.
    pub fn put_off(&mut self, file: &Seen, until: Timestamp) {
        if let Some(known) = self.files.get_mut(&file.name) {
            known.not_before = Some(until);
        }
    }
}

/// Is it a file that somebody still writes, by its name? Programs that copy write to such names and rename in the end.
pub fn is_unfinished(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with('.')
        || lower.ends_with('~')
        || [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp"]
            .iter()
            .any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration as Time, UNIX_EPOCH};

    use chrono::DateTime;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        DateTime::from_timestamp(1_772_443_800, 0).unwrap() + Duration::milliseconds(ms)
    }

    fn file(name: &str, len: u64, modified: u64) -> Seen {
        Seen { name: name.into(), len, modified: UNIX_EPOCH + Time::from_secs(modified) }
    }

    fn look(looks: &mut Looks, ms: i64, files: &[Seen]) -> Vec<String> {
        let ready = looks.look(at(ms), files.to_vec(), Duration::milliseconds(2000));
        ready.into_iter().map(|f| f.name.into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_taken_when_it_no_longer_changes() {
        let mut looks = Looks::default();
        let none: [&str; 0] = [];
        for (ms, files, expected) in [
            // Old as it may be, one look is not enough: it may be in the making with the times of its original.
            (0, vec![file("b", 10, 5), file("a", 1, 5), file("c", 10, 1)], &none[..]),
            (1000, vec![file("b", 10, 5), file("a", 2, 5), file("c", 10, 1)], &none),
            (2000, vec![file("b", 10, 5), file("a", 2, 5), file("c", 10, 1)], &["c", "b"]),
            // The same length, written again.
            (2500, vec![file("b", 10, 6), file("a", 2, 5)], &none),
            (3000, vec![file("b", 10, 6), file("a", 2, 5)], &["a"]),
            (4500, vec![file("b", 10, 6)], &["b"]),
            // Gone and back: begun anew.
            (5000, vec![], &none),
            (9000, vec![file("b", 10, 6)], &none),
            // The clock goes back by an hour.
            (-3_600_000, vec![file("b", 10, 6)], &none),
            (-3_598_000, vec![file("b", 10, 6)], &["b"]),
        ] {
            assert_eq!(look(&mut looks, ms, &files), expected, "at {ms} ms");
        }
    }

    #[test]
    fn one_that_failed_is_left_for_a_while() {
        let mut looks = Looks::default();
        let one = file("a", 1, 1);
        look(&mut looks, 0, &[one.clone()]);
        assert_eq!(look(&mut looks, 2000, &[one.clone()]), ["a"]);
        looks.put_off(&one, at(60_000));
        assert!(look(&mut looks, 59_000, &[one.clone()]).is_empty());
        assert_eq!(look(&mut looks, 60_000, &[one.clone()]), ["a"]);
        looks.put_off(&one, at(120_000));
        // Mended meanwhile.
        assert!(look(&mut looks, 61_000, &[file("a", 2, 1)]).is_empty());
        assert_eq!(look(&mut looks, 63_000, &[file("a", 2, 1)]), ["a"]);
    }

    #[test]
    fn names_of_what_is_in_the_making() {
        for (name, expected) in [
            ("noticia.xml", false),
            ("noticia", false),
            ("tmp", false),
            ("noticia.tmp.xml", false),
            ("noticia.xml.tmp", true),
            ("NOTICIA.TMP", true),
            (".noticia.xml", true),
            (".hidden", true),
            ("noticia.xml.part", true),
            ("noticia.xml~", true),
        ] {
            assert_eq!(is_unfinished(name), expected, "{name}");
        }
    }
}
