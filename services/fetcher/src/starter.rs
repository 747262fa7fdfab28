//! The starter list: public wires that are shipped with the executable.

use crate::error::FetchError;
use crate::listing::{self, Form, Mode};
use crate::source::SourceConfig;

const WIRES: &str = include_str!("../../../config/wires.toml");

/// The starter list's sources in these languages (BCP 47, the first part decides); all of them where none is named.
///
/// # Errors
/// [`FetchError`], which the tests rule out.
pub fn sources(languages: &[String]) -> Result<Vec<SourceConfig>, FetchError> {
    let all: Vec<SourceConfig> =
        listing::read(WIRES.as_bytes(), Form::Toml, &"config/wires.toml".into(), Mode::Strict)?
            .into_iter()
            .collect::<Result<_, _>>()?;
    let main = |t: &str| t.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let wanted: Vec<String> = languages.iter().map(|l| main(l)).collect();
    let is_wanted = |s: &SourceConfig| {
        wanted.is_empty() || s.language.as_deref().is_some_and(|l| wanted.contains(&main(l)))
    };
    Ok(all.into_iter().filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wiredesk_contract::source::Rights;

    #[test]
    fn the_starter_list_is_sound() {
        let all = sources(&[]).unwrap();
        crate::list::check(&all).unwrap();
        assert!((60..=150).contains(&all.len()), "{}", all.len());
        let languages: BTreeSet<_> = all.iter().filter_map(|s| s.language.as_deref()).collect();
        assert!(languages.len() >= 7, "{languages:?}");
        for source in &all {
            assert_eq!(source.rights, Rights::Headline, "{}", source.id);
            assert!(
                source.language.is_some() && !source.name.is_empty() && !source.tags.is_empty(),
                "{}",
                source.id
            );
            assert!(source.headers.is_empty() && source.allow.is_empty(), "{}", source.id);
        }
        let first_outlet = all.iter().position(|s| s.agency.is_none()).unwrap();
        assert!(all[first_outlet..].iter().all(|s| s.agency.is_none()), "agencies come first");
    }

    #[test]
    fn by_language() {
        let found = sources(&["es-ES".to_owned(), "fr".to_owned()]).unwrap();
        assert!(found.iter().any(|s| s.language.as_deref() == Some("fr")));
        assert!(found.iter().all(|s| matches!(s.language.as_deref(), Some("es" | "fr"))));
        assert!(sources(&["tlh".to_owned()]).unwrap().is_empty());
    }
}
