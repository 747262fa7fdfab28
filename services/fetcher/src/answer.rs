//! What an answer of a wire means.

use wiredesk_contract::Timestamp;
use wiredesk_net::{NetError, Response};

use crate::schedule::backoff;

/// What an answer means.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 304.
    Unchanged,
    /// 200 with a body.
    Document(Box<Response>),
    /// 410: ask no more.
    Gone,
    /// No document, in words; with the pause that the server asked for, in seconds.
    Failed {
        /// HTTP status, where there was an answer.
        status: Option<u16>,
        /// Why, in words.
        error: String,
        /// `Retry-After`.
        retry_after: Option<u64>,
    },
    /// A body over the cap: the error in words, and the body's first bytes.
    TooLarge(String, Vec<u8>),
}

/// How much of a body over the cap is shown, in bytes.
const HEAD: usize = 4096;

/// Reads an answer.
pub fn read(result: Result<Response, NetError>, now: Timestamp) -> Answer {
    let response = match result {
        Ok(response) => response,
        Err(error @ NetError::TooLarge { .. }) => {
            let words = error.to_string();
            let NetError::TooLarge { head, .. } = error else { return Answer::TooLarge(words, Vec::new()) };
            return Answer::TooLarge(words, head[..head.len().min(HEAD)].to_vec());
        }
        Err(error) => return Answer::Failed { status: None, error: error.to_string(), retry_after: None },
    };
    let status = response.status;
    match status {
        304 => Answer::Unchanged,
        200 | 203 => Answer::Document(Box::new(response)),
        410 => Answer::Gone,
        _ => {
            let retry_after = response.retry_after.as_deref().and_then(|t| backoff::retry_after(t, now));
            Answer::Failed { status: Some(status), error: words(status, retry_after), retry_after }
        }
    }
}

fn words(status: u16, retry_after: Option<u64>) -> String {
    let what = match status {
        401 | 407 => "it wants credentials; put them into the source's headers",
        403 => "it refuses us; ask its operator, or name a contact in the configuration",
        404 => "there is no feed at this address; look for its new one",
        429 => "we ask too often; raise the source's interval_seconds",
        500..=599 => "the fault is on its side",
        _ => "that is no answer to a request for a feed",
    };
    let wait = retry_after.map(|s| format!("; asked to wait {s} s")).unwrap_or_default();
    format!("the server answers {status}: {what}{wait}")
}
