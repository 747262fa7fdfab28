//! The proxy of a source.

use std::fmt;

use url::Url;

use crate::error::NetError;

/// A proxy, perhaps with credentials: never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

impl Proxy {
    /// Reads `http://host:port`, `https://host:port` or `socks5://host:port`, each perhaps with `user:password@`.
    /// `socks5h` is taken for `socks5`: names are looked up and checked here, never at the proxy.
    ///
    /// # Errors
    /// [`NetError::BadProxy`], which does not quote it.
    pub fn parse(text: &str) -> Result<Self, NetError> {
        let text = text.trim();
        let text = match text.strip_prefix("socks5h://") {
            Some(rest) => format!("socks5://{rest}"),
            None => text.to_owned(),
        };
        let url = Url::parse(&text).map_err(|_| NetError::BadProxy)?;
        let known = matches!(url.scheme(), "http" | "https" | "socks5");
        let plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if !known || !plain || url.host_str().is_none_or(str::is_empty) {
            return Err(NetError::BadProxy);
        }
        Ok(Self(url))
    }

    /// Host and port, to show.
    pub(crate) fn shown(&self) -> String {
        let port = self.0.port_or_known_default().unwrap_or(1080);
        format!("{}:{port}", self.0.host_str().unwrap_or_default())
    }

    /// Its host as the resolver is asked for it.
    pub(crate) fn host(&self) -> String {
        self.0.host_str().unwrap_or_default().to_ascii_lowercase()
    }

    /// For the transport.
    pub(crate) fn reqwest(&self) -> Result<reqwest::Proxy, NetError> {
        reqwest::Proxy::all(self.0.as_str()).map_err(|_| NetError::BadProxy)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_and_never_shown() {
        for (text, shown) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("http://proxy.example", "proxy.example:80"),
            ("https://u:secret@proxy.example/", "proxy.example:443"),
            ("socks5://u:secret@10.0.0.1:9050", "10.0.0.1:9050"),
            ("socks5h://[::1]", "[::1]:1080"),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            assert_eq!(proxy.shown(), shown);
            assert!(proxy.reqwest().is_ok());
            assert_eq!(format!("{proxy:?}"), "Proxy(***)");
        }
        for text in [
            "",
            "proxy.example:3128",
            "ftp://secret",
            "http://",
            "http://h/secret",
            "http://h?x",
            "socks4://h:1",
        ] {
            let error = Proxy::parse(text).unwrap_err().to_string();
            assert!(error.contains("socks5://host:port") && !error.contains("secret"), "{error}");
        }
    }
}
