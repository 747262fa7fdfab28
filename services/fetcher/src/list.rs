//! The list of sources: those of the configuration and those of its files, checked, and without repeats.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::error::FetchError;
use crate::listing::{self, Form, Mode};
use crate::source::SourceConfig;

/// All sources of a configuration, in its order.
///
/// # Errors
/// [`FetchError`] with the file, the line, the source, and what to do.
pub fn load(config: &Config) -> Result<Vec<SourceConfig>, FetchError> {
    for (name, value) in [
        ("fetcher.interval_seconds", config.interval_seconds as usize),
        ("fetcher.concurrency", config.concurrency),
        ("fetcher.per_host", config.per_host),
        ("fetcher.pages.concurrency", config.pages.concurrency),
        ("fetcher.lease_seconds", config.lease_seconds as usize),
    ] {
        if value == 0 {
            return Err(FetchError::Zero(name));
        }
    }
    let mut all = config.sources.clone();
    for (path, form) in [(&config.sources_file, None), (&config.sources_opml, Some(Form::Opml))] {
        let Some(path) = path else { continue };
        for file in files(path)? {
            all.extend(of_file(&file, form)?);
        }
    }
    check(&all)?;
    config.push.check(&all)?;
    Ok(all)
}

/// A list file, or the list files of a folder in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, FetchError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let wrong = |error| FetchError::File { path: path.display().to_string(), error };
    let mut found: Vec<PathBuf> = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect())
        .map_err(wrong)?;
    let known = |p: &PathBuf| p.extension().is_some_and(|e| ["toml", "opml", "json"].iter().any(|k| e == *k));
    found.retain(known);
    found.sort();
    Ok(found)
}

/// The sources of a file, each of them sound by itself.
fn of_file(path: &Path, form: Option<Form>) -> Result<Vec<SourceConfig>, FetchError> {
    let place: Arc<str> = path.display().to_string().into();
    let bytes = std::fs::read(path).map_err(|error| FetchError::File { path: place.to_string(), error })?;
    let form = form.unwrap_or_else(|| Form::of_name(path));
    listing::read(&bytes, form, &place, Mode::Strict)?.into_iter().collect()
}

/// Is every source usable, and none listed twice?
///
/// # Errors
/// [`FetchError::Source`] and [`FetchError::Duplicate`] with file, line and what to do.
pub fn check(all: &[SourceConfig]) -> Result<(), FetchError> {
    let mut known = Known::default();
    for source in all {
        source.check()?;
        source.check_secrets()?;
        known.add(source)?;
    }
    Ok(())
}

/// What is listed so far, to find what is listed twice: by id, and by the feed, also where its address is only written
/// differently.
#[derive(Debug, Default)]
pub struct Known<'a> {
    ids: BTreeMap<&'a str, &'a SourceConfig>,
    feeds: BTreeMap<String, &'a SourceConfig>,
}

impl<'a> Known<'a> {
    /// Takes a source that is not there yet.
    ///
    /// # Errors
    /// [`FetchError::Duplicate`].
    pub fn add(&mut self, source: &'a SourceConfig) -> Result<(), FetchError> {
        let feed = feed_key(source);
        let twice = |other: &SourceConfig, what| FetchError::Duplicate {
            id: source.id.clone(),
            other: other.id.clone(),
            what,
            first: other.place.of(if what == "id" { "id" } else { "url" }),
            second: source.place.of(if what == "id" { "id" } else { "url" }),
        };
        if let Some(other) = self.ids.get(source.id.as_str()) {
            return Err(twice(other, "id"));
        }
        if let Some(other) = self.feeds.get(&feed).filter(|_| !feed.is_empty()) {
            let what = if source.folder.is_some() {
                "folder"
            } else if other.url == source.url {
                "address"
            } else {
                "feed"
            };
            return Err(twice(other, what));
        }
        self.ids.insert(&source.id, source);
        self.feeds.insert(feed, source);
        Ok(())
    }

    /// Is there a source of this id?
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }
}

/// What two sources share that are the same feed: the key of the address, as of an article's link (scheme, `www.`, default
/// port, fragment and a slash at the end make no difference). Empty for a source that is not asked for.
pub fn feed_key(source: &SourceConfig) -> String {
    if let Some(folder) = &source.folder {
        return format!("folder:{}", folder.display());
    }
    if source.kind != crate::source::SourceKind::Feed {
        return String::new();
    }
    crate::address::key(source.url.trim()).unwrap_or_else(|| source.url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(toml: &str) -> Result<Vec<SourceConfig>, String> {
        let mut config: Config = toml::from_str(toml).map_err(|e| e.to_string())?;
        // As the executable does for its configuration file.
        listing::locate(
            &mut config.sources,
            &format!("[fetcher]\n{}", toml.replace("[[s", "[[fetcher.s")),
            "desk.toml",
        );
        load(&config).map_err(|e| e.to_string())
    }

    #[test]
    fn lists_that_are_wrong_say_where_and_what_to_do() {
        let one = "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\n";
        for (toml, expected) in [
            (
                format!("{one}{one}"),
                "desk.toml, line 6: source \"a\" has the same id as source \"a\" in desk.toml, line 3; remove one of them",
            ),
            (
                format!("{one}[[sources]]\nid = \"b\"\nurl = \"https://wire.example/a\"\n"),
                "desk.toml, line 7: source \"b\" has the same address as source \"a\" in desk.toml, line 4; remove one of them",
            ),
            (
                format!("{one}[[sources]]\nid = \"b\"\nurl = \"http://www.wire.example:80/a/#top\"\n"),
                "desk.toml, line 7: source \"b\" has the same feed as source \"a\" in desk.toml, line 4; remove one of them",
            ),
            (
                "[[sources]]\nid = \"A b\"\nurl = \"https://wire.example/\"\n".into(),
                "desk.toml, line 3: source \"A b\": its id may only have lower-case letters, digits and hyphens, 1 to 100 of them",
            ),
            (
                "[[sources]]\nid = \"a\"\nurl = \"wire.example\"\n".into(),
                "desk.toml, line 4: source \"a\": \"wire.example\" is not a web address; write it as https://host/path",
            ),
            (
                format!("{one}time_zone = \"Madrid\"\n"),
                "desk.toml, line 5: source \"a\": \"Madrid\" is no time zone; write it as Europe/Madrid",
            ),
            (
                format!("{one}language = \"español\"\n"),
                "desk.toml, line 5: source \"a\": \"español\" is no language tag; write it as es or pt-BR",
            ),
            (
                format!("{one}agency = \"E\\u0000FE\"\n"),
                "desk.toml, line 5: source \"a\": its agency has a line break or another control character; take it out",
            ),
            (
                format!("{one}allow = [\"loopback\"]\n"),
                "desk.toml, line 5: source \"a\": \"loopback\" is not a network in CIDR form such as 10.1.0.0/16 nor a host such as wire.example:8080",
            ),
            (
                format!("{one}interval_seconds = 0\n"),
                "desk.toml, line 5: source \"a\": interval_seconds is 0; the least is 1",
            ),
            (
                format!("{one}retention_days = 3\n"),
                "desk.toml, line 5: source \"a\": retention_days is 3; the least is 8, since the topics keep items for a week",
            ),
            (
                format!("{one}cookie = \"env:WIREDESK_NO_SUCH_VARIABLE\"\n"),
                "desk.toml, line 5: source \"a\": cookie: the environment variable WIREDESK_NO_SUCH_VARIABLE is not set; set it where the fetcher runs",
            ),
            (
                "[[sources]]\nid = \"a\"\nkind = \"folder\"\n".into(),
                "desk.toml, line 4: source \"a\": a source of kind \"folder\" needs folder = \"/path\"",
            ),
            ("per_host = 0".into(), "fetcher.per_host is 0; the least is 1"),
        ] {
            assert_eq!(config(&toml).unwrap_err(), expected);
        }
        let missing = Config { sources_file: Some("no/such.toml".into()), ..Config::default() };
        let said = load(&missing).unwrap_err().to_string();
        assert!(said.starts_with("the list of sources no/such.toml cannot be read"), "{said}");
    }

    #[test]
    fn sources_without_an_address_do_not_repeat_each_other() {
        let hook = |id: &str| {
            format!("[[sources]]\nid = \"{id}\"\nkind = \"webhook\"\nsecret = \"an invented secret\"\n")
        };
        assert_eq!(config(&format!("{}{}", hook("a"), hook("b"))).unwrap().len(), 2);
        let folder = |id: &str| format!("[[sources]]\nid = \"{id}\"\nkind = \"folder\"\nfolder = \"/in\"\n");
        assert!(config(&format!("{}{}", folder("a"), folder("b"))).unwrap_err().contains("the same folder"));
    }

    #[test]
    fn files_of_all_forms_in_a_folder() {
        let folder = std::env::temp_dir().join(format!("wiredesk-lists-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        put("a.toml", "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\n");
        put("b.opml", "<opml><body><outline text='B' xmlUrl='https://wire.example/b'/></body></opml>");
        put("c.json", "[{\"id\": \"c\", \"url\": \"https://wire.example/c\"}]");
        put("notes.txt", "not a list");
        let config = Config { sources_file: Some(folder.clone()), ..Config::default() };
        let ids: Vec<String> = load(&config).unwrap().into_iter().map(|s| s.id).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        put("d.toml", "\n[[sources]]\nid = \"d\"\nurl = \"https://wire.example/b\"\n");
        let said = load(&config).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(
            said.contains("d.toml, line 4: source \"d\" has the same address as source \"b\" in")
                && said.contains("b.opml, line 1; remove one of them"),
            "{said}"
        );
    }

    #[test]
    fn headers_are_not_printed() {
        let text = "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\nheaders = { Authorization = \"Bearer hush\" }\n";
        let found = config(text).unwrap();
        assert!(!format!("{found:?}").contains("hush"));
        assert!(!serde_json::to_string(&found).unwrap().contains("hush"));
        assert_eq!(found[0].revealed_headers()["Authorization"], "Bearer hush");
    }
}
