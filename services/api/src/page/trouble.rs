//! What cannot be shown, said to a person in the page's words. Programs, and the page's own scripts, get the problem document.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::words::{Frame, Words, depends};
use crate::auth::is_for_people;
use crate::error::ApiError;

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    t: &'static Words,
    frame: Frame,
    title: &'static str,
    sentence: String,
}

/// Puts a screen in the place of an error that a person would see; status and headers stay.
pub(crate) async fn shown(request: Request, next: Next) -> Response {
    if !is_for_people(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(frame) = Frame::from_request_parts(&mut parts, &()).await;
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = response.extensions().get::<Arc<ApiError>>().cloned() else { return response };
    let status = response.status();
    let t = frame.t;
    let page = TroublePage {
        t,
        frame: frame.at(""),
        title: if status == StatusCode::NOT_FOUND { t.trouble.nothing_here } else { t.trouble.not_done },
        sentence: match status {
            StatusCode::INTERNAL_SERVER_ERROR => t.trouble.fault.to_owned(),
            _ => (t.error)(&error),
        },
    };
    let Ok(html) = page.render() else { return response };
    let (old, _) = response.into_parts();
    let mut page = (status, Html(html)).into_response();
    for (name, value) in &old.headers {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    depends(page.headers_mut());
    page
}
