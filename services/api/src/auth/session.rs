//! The page's session: the token itself in a cookie that no script can read, checked like any token.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::Reader;
use super::keeper::{Refused, Scope};
use super::token::Token;
use crate::error::ApiError;
use crate::page::words::{Frame, Words};
use crate::state::AppState;

/// Under HTTPS the prefix binds the cookie to this host; browsers refuse it without `Secure`.
const NAMES: [&str; 2] = ["__Host-wiredesk", "wiredesk"];

/// The token of the session.
pub fn token(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let pairs: Vec<(&str, &str)> =
        cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('=')).collect();
    NAMES.iter().find_map(|name| {
        let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
        Token::read(value)
    })
}

fn cookie(behind_tls: bool, value: &str, more: &str) -> HeaderValue {
    let (name, secure) = if behind_tls { (NAMES[0], "; Secure") } else { (NAMES[1], "") };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}");
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    t: &'static Words,
    frame: Frame,
    wrong: Option<String>,
}

/// `GET /login`.
pub(crate) async fn form(reader: Reader, frame: Frame) -> Result<Response, ApiError> {
    if reader.pass.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    page(frame, None)
}

fn page(frame: Frame, wrong: Option<String>) -> Result<Response, ApiError> {
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    Ok((status, Html(LoginPage { t: frame.t, frame: frame.at("login"), wrong }.render()?)).into_response())
}

/// `POST /login`: that it comes from our own page, the gate has seen.
pub(crate) async fn begin(
    State(state): State<AppState>,
    frame: Frame,
    body: Bytes,
) -> Result<Response, ApiError> {
    let given = url::form_urlencoded::parse(&body).find(|(key, _)| key == "token");
    let given = given.and_then(|(_, value)| Token::read(&value));
    let checked = match &given {
        Some(token) => state.keeper.check(token).await,
        None => Err(Refused::Unknown.into()),
    };
    let wrong = match (checked, given) {
        (Ok(pass), Some(token)) if pass.scopes.contains(&Scope::Read) => {
            let mut response = Redirect::to("/").into_response();
            let cookie = cookie(state.config.behind_tls, token.reveal(), "");
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            return Ok(response);
        }
        (Ok(_), _) => ApiError::Scope(Scope::Read),
        (Err(error @ ApiError::Token(_)), _) => error,
        (Err(error), _) => return Err(error),
    };
    let wrong = (frame.t.error)(&wrong);
    page(frame, Some(wrong))
}

/// `POST /logout`.
pub(crate) async fn end(State(state): State<AppState>) -> Response {
    let mut response = Redirect::to("/login").into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(state.config.behind_tls, "", "; Max-Age=0"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_read_among_others() {
        let one = Token::generate();
        let text = format!("a=b; wiredesk={}; c", one.reveal());
        let headers: HeaderMap = [(header::COOKIE, text.parse().unwrap())].into_iter().collect();
        assert_eq!(token(&headers).unwrap().hash(), one.hash());
        let headers: HeaderMap = [(header::COOKIE, "wiredesk=x".parse().unwrap())].into_iter().collect();
        assert!(token(&headers).is_none());
    }

    #[test]
    fn the_cookie_is_for_the_page_alone() {
        let plain = cookie(false, "x", "").to_str().unwrap().to_owned();
        assert_eq!(plain, "wiredesk=x; Path=/; HttpOnly; SameSite=Strict");
        let secure = cookie(true, "x", "").to_str().unwrap().to_owned();
        assert_eq!(secure, "__Host-wiredesk=x; Path=/; HttpOnly; SameSite=Strict; Secure");
    }
}
