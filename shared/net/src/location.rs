//! Addresses: what is taken for one, where a redirect leads, and how one is shown.

use reqwest::header::{self, HeaderMap};
use url::Url;

use crate::error::NetError;

/// Longest text of a wrong address that is shown, in characters.
const SHOWN: usize = 200;

/// An absolute web address without credentials.
///
/// # Errors
/// [`NetError::BadUrl`], [`NetError::Scheme`], [`NetError::Userinfo`].
pub fn parse(text: &str) -> Result<Url, NetError> {
    let url = Url::parse(text.trim()).map_err(|_| NetError::BadUrl(shown(text)))?;
    web(&url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NetError::Userinfo);
    }
    Ok(url)
}

/// Where a redirect leads; a server may not make us log in elsewhere, so credentials in it are dropped.
pub(crate) fn target(from: &Url, headers: &HeaderMap, status: u16) -> Result<Url, NetError> {
    let location = headers.get(header::LOCATION).ok_or(NetError::NoLocation(status))?;
    let text = String::from_utf8_lossy(location.as_bytes());
    let mut next = from.join(text.trim()).map_err(|_| NetError::BadUrl(shown(&text)))?;
    web(&next)?;
    let _ = next.set_username("");
    let _ = next.set_password(None);
    Ok(next)
}

fn web(url: &Url) -> Result<(), NetError> {
    match url.scheme() {
        "http" | "https" => Ok(()),
        other => Err(NetError::Scheme(other.to_owned())),
    }
}

/// Same scheme, host and port?
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// The text of an address without what may be secret: user name, password, the query's values.
pub(crate) fn shown(text: &str) -> String {
    let (scheme, rest) = match text.split_once("//") {
        Some((scheme, rest)) => (format!("{scheme}//"), rest),
        None => (String::new(), text),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, _)) => (rest, "?***"),
        None => (rest, ""),
    };
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => rest.to_owned(),
    };
    format!("{scheme}{rest}{query}").chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_secrets() {
        for (text, expected) in [
            ("https://press.example/feed", "https://press.example/feed"),
            ("https://u:pa/ss@press.example/feed", "https://***@press.example/feed"),
            ("https://press.example/feed?key=secret", "https://press.example/feed?***"),
            ("u:secret@press.example", "***@press.example"),
            ("//u:secret@h/?x", "//***@h/?***"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown(&"x".repeat(1000)).len(), SHOWN);
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = |a: &str, b: &str| same_origin(&a.parse().unwrap(), &b.parse().unwrap());
        assert!(same("http://a.example/x", "http://A.example:80/y"));
        for other in ["https://a.example/", "http://a.example:81/", "http://b.example/", "http://a.example./"]
        {
            assert!(!same("http://a.example/", other), "{other}");
        }
    }
}
