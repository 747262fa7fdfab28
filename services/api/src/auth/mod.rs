//! Who asks, and whether it is let in: one gate before every route.

pub mod keeper;
pub mod limit;
pub mod origin;
pub mod session;
pub mod token;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use self::keeper::{Pass, Scope};
use self::limit::{Share, address_key};
use self::origin::Peer;
use self::token::Token;
use crate::config::Access;
use crate::error::ApiError;
use crate::state::AppState;

/// What everyone may ask for: the way in, its language, the page's own files, and the description.
fn is_public(path: &str) -> bool {
    matches!(path, "/login" | "/logout" | "/favicon.ico" | "/v1/openapi.json")
        || path.starts_with("/assets/")
        || path.starts_with("/language/")
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The token that came with the request.
    pub pass: Option<Arc<Pass>>,
    /// It came as the page's cookie.
    pub by_cookie: bool,
    /// The bucket that it takes from.
    pub key: String,
}

impl Reader {
    fn may(&self, scope: Scope) -> bool {
        self.pass.as_ref().is_some_and(|p| p.scopes.contains(&scope))
    }

    /// Is the page shown to somebody who may change things from it?
    pub fn is_admin_here(&self) -> bool {
        self.by_cookie && self.may(Scope::Admin)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Somebody who may change things: the way for a handler to say that it needs the scope `admin`.
#[derive(Clone, Debug)]
pub struct Admin {
    /// Who, for the audit.
    pub actor: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pass = parts.extensions.get::<Reader>().and_then(|r| r.pass.clone()).ok_or(ApiError::NoToken)?;
        if !pass.scopes.contains(&Scope::Admin) {
            return Err(ApiError::Scope(Scope::Admin));
        }
        Ok(Self { actor: pass.actor() })
    }
}

/// Lets a request in, or says why not; every answer tells what is left of the reader's share.
pub async fn gate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let page = wants_page(&request);
    let mut share = None;
    let entered = enter(&state, &mut request, &mut share).await;
    let secret = state.config.access == Access::Token || has_credentials(request.headers());
    let asset = request.uri().path().starts_with("/assets/");
    let mut response = match entered {
        Ok(()) => next.run(request).await,
        // A person is shown the way in; a program is told.
        Err(ApiError::NoToken | ApiError::Token(_)) if page => Redirect::to("/login").into_response(),
        Err(error) => error.into_response(),
    };
    if let Some(share) = share {
        tell(response.headers_mut(), share);
    }
    if secret && !asset {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

async fn enter(state: &AppState, request: &mut Request, share: &mut Option<Share>) -> Result<(), ApiError> {
    let peer =
        request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let address = address_key(origin::client(peer, request.headers(), &state.proxies));
    let mut take = |key: &str, quota: u32| {
        let taken = state.limits.take(key, quota, Instant::now());
        *share = Some(taken.unwrap_or_else(|(share, _)| share));
        taken.map(|_| ()).map_err(|(_, wait)| ApiError::TooMany(wait))
    };
    if !origin::to_us(&state.config, request.uri(), request.headers()) {
        return Err(ApiError::Host);
    }
    let given = credentials(request.headers());
    // A token in an address is in logs and histories by now, whatever is answered.
    let in_address = Token::is_in(&request.uri().to_string());
    let as_stranger = in_address
        || match &given {
            Given::Nothing | Given::Wrong => true,
            Given::Bearer(token) | Given::Cookie(token) => !state.keeper.knows(token.id()),
        };
    if as_stranger {
        take(&address, state.config.anonymous_per_minute)?;
    }
    if in_address {
        return Err(ApiError::TokenInAddress);
    }
    let public = is_public(request.uri().path());
    let open = public || state.config.access == Access::Open;
    let mut reader = Reader { pass: None, by_cookie: false, key: address.clone() };
    let checked = match &given {
        Given::Nothing => None,
        Given::Wrong => Some(Err(keeper::Refused::Unknown.into())),
        Given::Bearer(token) | Given::Cookie(token) => Some(state.keeper.check(token).await),
    };
    reader.by_cookie = matches!(given, Given::Cookie(_));
    match checked {
        None => {}
        Some(Ok(pass)) => reader.pass = Some(Arc::new(pass)),
        // A session that has ended is no reason to refuse what is open to all, such as the way in.
        Some(Err(ApiError::Token(_))) if reader.by_cookie && open => {}
        Some(Err(error)) => {
            if !as_stranger {
                take(&address, state.config.anonymous_per_minute)?;
            }
            return Err(error);
        }
    }
    if let Some(pass) = &reader.pass {
        reader.key = format!("token {}", pass.id);
        take(&reader.key, pass.rate)?;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads && (reader.by_cookie || public) && !origin::from_our_page(request.uri(), request.headers()) {
        return Err(ApiError::ForeignPage);
    }
    let needs = match (public, reads) {
        (true, _) => None,
        (false, true) if state.config.access == Access::Open => None,
        (false, true) => Some(Scope::Read),
        (false, false) => Some(Scope::Admin),
    };
    if let Some(scope) = needs.filter(|scope| !reader.may(*scope)) {
        return Err(if reader.pass.is_some() { ApiError::Scope(scope) } else { ApiError::NoToken });
    }
    request.extensions_mut().insert(reader);
    Ok(())
}

enum Given {
    Nothing,
    Wrong,
    Bearer(Token),
    Cookie(Token),
}

fn credentials(headers: &HeaderMap) -> Given {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value
            .to_str()
            .ok()
            .and_then(|v| v.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| Token::read(token));
        return token.map_or(Given::Wrong, Given::Bearer);
    }
    // Another program's cookie under our name is no reason to refuse what is open.
    session::token(headers).map_or(Given::Nothing, Given::Cookie)
}

fn has_credentials(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || session::token(headers).is_some()
}

fn wants_page(request: &Request) -> bool {
    request.method() == Method::GET && is_for_people(request)
}

/// Does a browser ask that shows the answer to somebody?
pub(crate) fn is_for_people(request: &Request) -> bool {
    let html = |v: &HeaderValue| v.to_str().is_ok_and(|v| v.contains("text/html"));
    !request.uri().path().starts_with("/v1/") && request.headers().get(header::ACCEPT).is_some_and(html)
}

/// The headers of the IETF's draft "RateLimit header fields for HTTP".
fn tell(headers: &mut HeaderMap, share: Share) {
    let pairs = [
        ("ratelimit-policy", format!("\"minute\";q={};w=60", share.quota)),
        ("ratelimit", format!("\"minute\";r={};t={}", share.left, share.full_in)),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
