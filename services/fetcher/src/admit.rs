//! From a look at a wire to a wire that is listed: what `wiredesk sources add` and the page do alike.

use sqlx::PgPool;
use wiredesk_contract::SourceId;
use wiredesk_store::source::{self as table, Listed};

use crate::config::Config;
use crate::error::FetchError;
use crate::health::Report;
use crate::list::Known;
use crate::listing;
use crate::source::SourceConfig;

/// Why a wire is not listed.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// It is not usable as it is named.
    #[error("{}", .0.to_string().replacen("configuration: ", "", 1))]
    Unusable(#[from] FetchError),
    /// Its feed is listed already.
    #[error("{url} is listed already: {other:?} has the same {what}")]
    Twice {
        /// Its address.
        url: String,
        /// Id of the one that is listed.
        other: String,
        /// `id`, `address` or `feed`.
        what: &'static str,
    },
}

/// A source with what a look saw of it, where nobody said otherwise. Its address is the one that was looked at, or where that has
/// moved for good.
pub fn completed(mut source: SourceConfig, report: &Report) -> SourceConfig {
    if source.name.is_empty() {
        source.name = one_line(report.title.as_deref().unwrap_or_default());
    }
    source.language = source.language.or_else(|| listing::language(report.language.as_deref()));
    if let Some(to) = &report.moved_to {
        source.url.clone_from(to);
    }
    source
}

/// Text of a wire on one line, without characters that could move a cursor.
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All sources that are listed: those of the configuration, and those of Postgres.
///
/// # Errors
/// sqlx's.
pub async fn listed(db: &PgPool, configured: &[SourceConfig]) -> Result<Vec<SourceConfig>, sqlx::Error> {
    let mut all = configured.to_vec();
    for known in table::known(db).await? {
        if all.iter().any(|s| s.id == known.id) {
            continue;
        }
        if let serde_json::Value::Object(values) = known.config
            && let Ok(source) = SourceConfig::from_values(values)
        {
            all.push(source);
        }
    }
    Ok(all)
}

/// A source that may be listed beside the others; one without an id gets one made of its name.
///
/// # Errors
/// [`AdmitError`] with what to do.
pub fn admitted(mut source: SourceConfig, listed: &[SourceConfig]) -> Result<SourceConfig, AdmitError> {
    if source.id.is_empty() {
        source.id = listing::free_id(&listing::slug(&source.name, &source.url), |id| {
            listed.iter().any(|s| s.id == id)
        });
    }
    source.check()?;
    let mut known = Known::default();
    for other in listed {
        // What is listed twice already is another's trouble.
        let _ = known.add(other);
    }
    if let Err(FetchError::Duplicate { other, what, .. }) = known.add(&source) {
        return Err(AdmitError::Twice { url: source.url, other, what });
    }
    Ok(source)
}

/// A source as its table has it.
pub fn row(config: &Config, source: &SourceConfig) -> Listed {
    let seconds = source.interval_seconds.unwrap_or(config.interval_seconds);
    Listed {
        id: SourceId::new(&source.id),
        name: source.shown().to_owned(),
        url: source.url.clone(),
        config: source.portable().values.into(),
        interval_seconds: i32::try_from(seconds).unwrap_or(i32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(id: &str, name: &str, url: &str) -> SourceConfig {
        SourceConfig { id: id.into(), name: name.into(), url: url.into(), ..SourceConfig::default() }
    }

    #[test]
    fn a_wire_is_listed_once_under_an_id_of_its_own() {
        let there = [source("agencia-nu", "Agencia Ñu", "https://nu.example/rss")];
        let new = admitted(source("", "Agencia Ñu", "https://nu.example/sport.xml"), &there).unwrap();
        assert_eq!(new.id, "agencia-nu-2");
        let twice = admitted(source("", "Ñu", "http://www.nu.example/rss/"), &there).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "http://www.nu.example/rss/ is listed already: \"agencia-nu\" has the same feed"
        );
        let unusable = admitted(source("", "Ñu", "ftp://nu.example/rss"), &there).unwrap_err();
        assert!(matches!(unusable, AdmitError::Unusable(_)), "{unusable}");
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(one_line(" Agencia\u{1b}[31m\n Ñu\t"), "Agencia [31m Ñu");
    }
}
