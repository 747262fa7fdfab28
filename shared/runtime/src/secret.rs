//! Values that are never printed.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

/// What a secret is printed and serialised as.
pub const MASK: &str = "***";

/// A value that is neither printed nor serialised: both give `***`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: to be used, not to be kept or logged.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl<T: JsonSchema> JsonSchema for Secret<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Secret_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // `writeOnly` is JSON Schema's word for what goes in and is never shown.
        let mut schema = T::json_schema(generator);
        schema.insert("writeOnly".to_owned(), true.into());
        schema
    }
}

/// A URL whose password is never printed or serialised; the rest helps to find a mistake.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Takes a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL with its password.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The URL with `***` for its password, and for the values of query parameters that look like one.
    pub fn masked(&self) -> String {
        let (url, query) = self.0.split_once('?').map_or((self.0.as_str(), None), |(u, q)| (u, Some(q)));
        let mut out = match url.split_once("://") {
            // The last @ ends the user part: a password may hold one that nobody escaped.
            Some((scheme, rest)) => match rest.rsplit_once('@') {
                Some((user, host)) => match user.split_once(':') {
                    Some((name, _)) => format!("{scheme}://{name}:{MASK}@{host}"),
                    None => url.to_owned(),
                },
                None => url.to_owned(),
            },
            None if url.contains('@') => MASK.to_owned(),
            None => url.to_owned(),
        };
        if let Some(query) = query {
            let masked: Vec<String> = query.split('&').map(mask_parameter).collect();
            out.push('?');
            out.push_str(&masked.join("&"));
        }
        out
    }
}

fn mask_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.contains("pass") || name.contains("key") || name.contains("token") => {
            format!("{name}={MASK}")
        }
        _ => parameter.to_owned(),
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl JsonSchema for SecretUrl {
    fn schema_name() -> Cow<'static, str> {
        "SecretUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "writeOnly": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("s3same".to_owned());
        assert_eq!(
            format!("{secret} {secret:?} {}", serde_json::to_string(&secret).unwrap()),
            "*** *** \"***\""
        );
        assert_eq!(secret.reveal(), "s3same");
    }

    #[test]
    fn a_url_is_printed_without_its_password() {
        for (url, printed) in [
            (
                "postgres://desk:s3same@db.example.test/wiredesk",
                "postgres://desk:***@db.example.test/wiredesk",
            ),
            ("postgres://desk:s3@same@db.example.test:5433/x", "postgres://desk:***@db.example.test:5433/x"),
            ("postgres://desk@localhost/x", "postgres://desk@localhost/x"),
            (
                "postgres://localhost/x?user=desk&password=s3same",
                "postgres://localhost/x?user=desk&password=***",
            ),
            ("desk:s3same@localhost", "***"),
            ("", ""),
        ] {
            let secret = SecretUrl::new(url);
            assert_eq!(format!("{secret}"), printed);
            assert_eq!(format!("{secret:?}"), printed);
            assert_eq!(secret.reveal(), url);
        }
    }
}
