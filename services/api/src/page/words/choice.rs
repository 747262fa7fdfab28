//! Which language the page speaks: the one that was chosen in the page, else the one that the browser asks for, else the first of ours.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use super::{LANGUAGES, Words};
use crate::auth::Reader;
use crate::error::ApiError;
use crate::page::filter::address;
use crate::state::AppState;

/// Holds the code of the language that was chosen. It is no secret, and no token is under its name.
const COOKIE: &str = "wiredesk-language";
/// A year.
const SECONDS: u32 = 365 * 24 * 3600;

/// What stands around every screen.
pub(crate) struct Frame {
    /// The words.
    pub t: &'static Words,
    /// The screen.
    pub here: &'static str,
    /// Somebody is logged in.
    pub session: bool,
    /// The address to come back to.
    back: String,
    /// It was asked for, and can be again.
    asked: bool,
}

impl Frame {
    /// On this screen.
    pub fn at(self, here: &'static str) -> Self {
        // What a form was sent to cannot be asked for.
        let back = if self.asked { self.back } else { format!("/{here}") };
        Self { here, back, ..self }
    }

    /// The other languages, and where this screen is in them.
    pub fn others(&self) -> impl Iterator<Item = (&'static Words, String)> {
        let others = LANGUAGES.into_iter().filter(|words| words.code != self.t.code);
        others.map(|words| (words, address(&format!("/language/{}", words.code), &[("back", &self.back)])))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let reader = Reader::from_request_parts(parts, state).await?;
        let back = parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
        Ok(Self {
            t: words_for(&parts.headers),
            here: "",
            session: reader.by_cookie,
            back,
            asked: parts.method == Method::GET || parts.method == Method::HEAD,
        })
    }
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// `GET /language/{code}?back=…`: remembers the language and goes back. A link can lead here from anywhere: all that it does is to
/// choose words.
pub(crate) async fn choose(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(Back { back }): Query<Back>,
) -> Result<Response, ApiError> {
    let Some(words) = LANGUAGES.into_iter().find(|words| words.code == code) else {
        return Err(ApiError::NotFound { what: "language", id: code });
    };
    let secure = if state.config.behind_tls { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax{secure}", words.code);
    let mut response = Redirect::to(&own(&back)).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An address of this desk; the first screen where it leads anywhere else.
fn own(back: &str) -> String {
    const DESK: &str = "http://desk.invalid";
    let base = Url::parse(DESK).ok();
    let url = base.as_ref().and_then(|base| base.join(back).ok().filter(|url| url.origin() == base.origin()));
    // A path that begins with two slashes would be read as a host.
    let path = url.map(|url| url[url::Position::BeforePath..].to_owned());
    path.filter(|path| back.starts_with('/') && !path.starts_with("//")).unwrap_or_else(|| "/".to_owned())
}

/// Says of every page that it depends on who asks, and that a kept one is to be asked for again (its tag answers that cheaply): a cache
/// would show it in the language of somebody else, or in the one before.
pub(crate) async fn vary(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let html = |kind: &HeaderValue| kind.as_bytes().starts_with(b"text/html");
    if response.headers().get(header::CONTENT_TYPE).is_some_and(html) {
        depends(response.headers_mut());
    }
    response
}

/// The headers that say so.
pub(crate) fn depends(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
}

fn words_for(headers: &HeaderMap) -> &'static Words {
    let of = |code: &str| LANGUAGES.into_iter().find(|words| words.code.eq_ignore_ascii_case(code));
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    if let Some(words) = pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, code)| of(code)) {
        return words;
    }
    // RFC 9110, section 12.5.4: the greatest weight; of equal ones, the first.
    let accepted = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|v| v.to_str().ok());
    let mut best: Option<(f32, &'static Words)> = None;
    for range in accepted.flat_map(|v| v.split(',')) {
        let (range, weight) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let primary = range.trim().split('-').next().unwrap_or_default();
        let words = if primary == "*" { Some(LANGUAGES[0]) } else { of(primary) };
        if let Some(words) = words
            && weight > best.map_or(0.0, |(most, _)| most)
        {
            best = Some((weight, words));
        }
    }
    best.map_or(LANGUAGES[0], |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(cookie: &str, accept: &str) -> &'static str {
        let headers = [(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, accept)];
        let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
        words_for(&headers.map(|(name, value)| (name, value.parse().unwrap())).collect()).code
    }

    #[test]
    fn the_language_is_the_chosen_one_else_the_asked_for_else_english() {
        for (cookie, accept, expected) in [
            ("", "", "en"),
            ("", "es", "es"),
            ("", "es-ES,es;q=0.9,en;q=0.8", "es"),
            ("", "ES-mx", "es"),
            ("", "en-GB,en;q=0.9,es;q=0.8", "en"),
            ("", "ca,es;q=0.8,en;q=0.5", "es"),
            ("", "en;q=0.2, es;q=0.3", "es"),
            ("", "de,fr;q=0.5", "en"),
            ("", "es;q=0,en;q=0.1", "en"),
            ("", "es;q=0", "en"),
            ("", "es;q=nonsense", "en"),
            ("", "*", "en"),
            ("", "est", "en"),
            ("wiredesk-language=es", "en", "es"),
            ("a=b; wiredesk-language=en; c=d", "es", "en"),
            ("wiredesk-language=xx", "es", "es"),
            ("wiredesk-language", "es", "es"),
        ] {
            assert_eq!(spoken(cookie, accept), expected, "{cookie} {accept}");
        }
    }

    #[test]
    fn one_comes_back_to_this_desk_alone() {
        for (back, expected) in [
            ("/", "/"),
            ("/items/a?x=1&y=%C3%B1", "/items/a?x=1&y=%C3%B1"),
            ("", "/"),
            ("items", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/.//evil.example", "/"),
            ("/%2e//evil.example", "/"),
            ("https://evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\r\nSet-Cookie: x=y", "/aSet-Cookie:%20x=y"),
        ] {
            assert_eq!(own(back), expected, "{back:?}");
        }
    }
}
