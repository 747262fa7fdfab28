//! Parameters as handlers get them: what cannot be read is refused with a sentence, and what Postgres could not hold too.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use wiredesk_contract::Timestamp;

use crate::error::ApiError;

/// Longest id, in characters.
const LONGEST_ID: usize = 200;

/// The query string.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        read.map(|query| Self(query.0)).map_err(|error| {
            let said = error.body_text();
            let said = said.split_once("query string: ").map_or(said.as_str(), |(_, said)| said);
            ApiError::BadRequest(format!("the query cannot be read: {said}"))
        })
    }
}

/// The id in the path.
#[derive(Clone, Debug)]
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        let id = read.map_err(|_| ApiError::BadRequest("the id in the path is not UTF-8".to_owned()))?.0;
        text("the id", &id, LONGEST_ID)?;
        Ok(Self(id))
    }
}

/// Is a text one that a parameter may be?
///
/// # Errors
/// [`ApiError::BadRequest`] where it is longer than `most` characters, or has the character NUL, which Postgres holds in no text.
pub fn text(name: &str, value: &str, most: usize) -> Result<(), ApiError> {
    let length = value.chars().count();
    if length > most {
        return Err(ApiError::BadRequest(format!("{name} has {length} characters; {most} are the most")));
    }
    if value.contains('\0') {
        return Err(ApiError::BadRequest(format!("{name} has the character NUL; leave it out")));
    }
    Ok(())
}

/// Is an instant one that Postgres and people's calendars have? Years 1 to 9999.
pub fn is_sound(at: Timestamp) -> bool {
    (-62_135_596_800..253_402_300_800).contains(&at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_could_not_hold_is_refused() {
        assert!(text("q", "Ñandú", 10).is_ok());
        assert!(text("q", "a\0b", 10).is_err() && text("q", "12345678901", 10).is_err());
        for (year, sound) in
            [("0001", true), ("9999", true), ("0000", false), ("-4000", false), ("+10000", false)]
        {
            let at: Timestamp = format!("{year}-01-01T00:00:00Z").parse().unwrap();
            assert_eq!(is_sound(at), sound, "{year}");
        }
    }
}
