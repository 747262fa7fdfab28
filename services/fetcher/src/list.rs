//! The list of sources: those of the configuration, of a TOML file, and of an OPML file, checked and without repeats.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::config::Config;
use crate::error::FetchError;
use crate::source::SourceConfig;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    sources: Vec<SourceConfig>,
}

/// All sources of a configuration, in its order.
///
/// # Errors
/// [`FetchError`] with the file, the source, and what to do.
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
    let mut all: Vec<(String, SourceConfig)> =
        config.sources.iter().map(|s| ("configuration".to_owned(), s.clone())).collect();
    if let Some(path) = &config.sources_file {
        let place = path.display().to_string();
        all.extend(from_toml(&text_of(path)?, &place)?.into_iter().map(|s| (place.clone(), s)));
    }
    if let Some(path) = &config.sources_opml {
        let place = path.display().to_string();
        all.extend(from_opml(&text_of(path)?, &place)?.into_iter().map(|s| (place.clone(), s)));
    }
    check(&all)?;
    let all: Vec<SourceConfig> = all.into_iter().map(|(_, source)| source).collect();
    config.push.check(&all)?;
    Ok(all)
}

fn text_of(path: &Path) -> Result<String, FetchError> {
    std::fs::read_to_string(path)
        .map_err(|error| FetchError::File { path: path.display().to_string(), error })
}

fn check(all: &[(String, SourceConfig)]) -> Result<(), FetchError> {
    let mut ids: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut urls: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (place, source) in all {
        source.check(place)?;
        for (map, key, what) in
            [(&mut ids, source.id.as_str(), "id"), (&mut urls, source.url.as_str(), "address")]
        {
            // A webhook or a folder need not have an address.
            if key.is_empty() {
                continue;
            }
            if let Some((first, other)) = map.insert(key, (place.as_str(), source.id.as_str())) {
                return Err(FetchError::Duplicate {
                    id: source.id.clone(),
                    other: other.to_owned(),
                    what,
                    first: first.to_owned(),
                    second: place.clone(),
                });
            }
        }
    }
    Ok(())
}

/// The sources of a TOML list.
///
/// # Errors
/// [`FetchError::Form`] with line and column.
pub fn from_toml(text: &str, place: &str) -> Result<Vec<SourceConfig>, FetchError> {
    let file: File = toml::from_str(text).map_err(|e| FetchError::Form {
        path: place.to_owned(),
        form: "TOML",
        detail: e.to_string(),
    })?;
    Ok(file.sources)
}

/// The sources of an OPML list: every outline with an `xmlUrl`, at any depth. The id is made of the text, and where two
/// make the same one, of a number too.
///
/// # Errors
/// [`FetchError::Form`].
pub fn from_opml(text: &str, place: &str) -> Result<Vec<SourceConfig>, FetchError> {
    let list = opml::OPML::from_str(text).map_err(|e| FetchError::Form {
        path: place.to_owned(),
        form: "OPML",
        detail: e.to_string(),
    })?;
    let mut found = Vec::new();
    collect(&list.body.outlines, &mut found);
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for source in &mut found {
        let count = used.entry(source.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            source.id = format!("{}-{count}", source.id);
        }
    }
    Ok(found)
}

fn collect(outlines: &[opml::Outline], found: &mut Vec<SourceConfig>) {
    for outline in outlines {
        if let Some(url) = outline.xml_url.as_deref().map(str::trim).filter(|u| !u.is_empty()) {
            let name = outline
                .title
                .clone()
                .filter(|t| !t.trim().is_empty())
                .unwrap_or_else(|| outline.text.clone());
            found.push(SourceConfig {
                id: slug(&name, url),
                name: name.trim().to_owned(),
                url: url.to_owned(),
                language: outline.language.clone().filter(|l| !l.trim().is_empty()),
                ..SourceConfig::default()
            });
        }
        collect(&outline.outlines, found);
    }
}

/// `Europa Press: Nacional` to `europa-press-nacional`; a name without a Latin letter, to the address's host and path.
fn slug(name: &str, url: &str) -> String {
    let make = |text: &str| {
        let plain: String = text
            .to_lowercase()
            .chars()
            .map(|c| match c {
                'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
                'é' | 'è' | 'ê' | 'ë' => 'e',
                'í' | 'ì' | 'î' | 'ï' => 'i',
                'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
                'ú' | 'ù' | 'û' | 'ü' => 'u',
                'ç' => 'c',
                'ñ' => 'n',
                c if c.is_ascii_alphanumeric() => c,
                _ => '-',
            })
            .take(80)
            .collect();
        plain.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-")
    };
    let of_name = make(name);
    if of_name.is_empty() {
        make(url.trim_start_matches("https://").trim_start_matches("http://"))
    } else {
        of_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(toml: &str) -> Result<Vec<SourceConfig>, String> {
        let config: Config = toml::from_str(toml).map_err(|e| e.to_string())?;
        load(&config).map_err(|e| e.to_string())
    }

    #[test]
    fn lists_that_are_wrong_say_where_and_what_to_do() {
        let one = "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\n";
        for (toml, expected) in [
            (
                format!("{one}{one}"),
                "configuration: source \"a\" has the same id as source \"a\" in configuration; remove one of them",
            ),
            (
                format!("{one}[[sources]]\nid = \"b\"\nurl = \"https://wire.example/a\"\n"),
                "configuration: source \"b\" has the same address as source \"a\" in configuration; remove one of them",
            ),
            (
                "[[sources]]\nid = \"A b\"\nurl = \"https://wire.example/\"\n".into(),
                "configuration: source \"A b\": its id may only have lower-case letters, digits and hyphens, 1 to 100 of them",
            ),
            (
                "[[sources]]\nid = \"a\"\nurl = \"wire.example\"\n".into(),
                "configuration: source \"a\": \"wire.example\" is not a web address; write it as https://host/path",
            ),
            (
                format!("{one}time_zone = \"Madrid\"\n"),
                "configuration: source \"a\": \"Madrid\" is no time zone; write it as Europe/Madrid",
            ),
            (
                format!("{one}allow = [\"loopback\"]\n"),
                "configuration: source \"a\": \"loopback\" is not a network in CIDR form such as 10.1.0.0/16",
            ),
            (
                format!("{one}interval_seconds = 0\n"),
                "configuration: source \"a\": interval_seconds is 0; the least is 1",
            ),
            ("per_host = 0".into(), "fetcher.per_host is 0; the least is 1"),
        ] {
            assert_eq!(config(&toml).unwrap_err(), expected);
        }
        assert!(config(&format!("{one}intervall = 3\n")).unwrap_err().contains("unknown field `intervall`"));
        assert!(
            from_toml("[[source]]", "wires.toml")
                .unwrap_err()
                .to_string()
                .contains("wires.toml is not TOML: ")
        );
        let missing = Config { sources_file: Some("no/such.toml".into()), ..Config::default() };
        assert!(
            load(&missing)
                .unwrap_err()
                .to_string()
                .starts_with("the list of sources no/such.toml cannot be read")
        );
    }

    #[test]
    fn an_opml_list_at_any_depth() {
        let text = r#"<opml version="2.0"><head/><body>
            <outline text="Agencias"><outline text="Agencia Ñu" type="rss" xmlUrl="https://wire.example/1" language="es"/>
            <outline text="Agencia Ñu" xmlUrl="https://wire.example/2"/></outline>
            <outline text="新聞" xmlUrl="https://wire.example/zh/feed.xml"/></body></opml>"#;
        let found = from_opml(text, "list.opml").unwrap();
        let ids: Vec<&str> = found.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["agencia-nu", "agencia-nu-2", "wire-example-zh-feed-xml"]);
        assert_eq!((found[0].name.as_str(), found[0].language.as_deref()), ("Agencia Ñu", Some("es")));
        assert!(from_opml("<rss/>", "list.opml").unwrap_err().to_string().contains("list.opml is not OPML"));
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
