//! Keyset cursors: opaque to clients, so that the ordering behind them may change.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use wiredesk_contract::Timestamp;

use crate::error::ApiError;
use crate::extract::{is_sound, text};

/// A place in a list that is ordered by an instant and an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The instant of the last row of the page before.
    pub at: Timestamp,
    /// Its id.
    pub id: String,
}

impl Cursor {
    /// The cursor as a client sees it.
    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}|{}", self.at.timestamp_micros(), self.id))
    }

    /// Reads a cursor that [`Cursor::write`] wrote.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] for anything else.
    pub fn read(given: &str) -> Result<Self, ApiError> {
        let wrong = || {
            ApiError::BadRequest("the cursor is not one that this API gave out; start without it".to_owned())
        };
        let bytes = URL_SAFE_NO_PAD.decode(given).map_err(|_| wrong())?;
        let inner = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (micros, id) = inner.split_once('|').ok_or_else(wrong)?;
        let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros).filter(|at| is_sound(*at));
        let at = at.ok_or_else(wrong)?;
        text("the cursor", id, 200)?;
        Ok(Self { at, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_written() {
        let at = DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap();
        let cursor = Cursor { at, id: "a1|b2".to_owned() };
        assert_eq!(Cursor::read(&cursor.write()).unwrap(), cursor);
    }

    #[test]
    fn anything_else_is_a_bad_request() {
        let made = |inner: &str| URL_SAFE_NO_PAD.encode(inner);
        let far = made("-9223372036854775808|a");
        let (nul, beyond) = (made("1790000000123456|a\0b"), made("8200000000000000000|a"));
        for text in ["", "x", "!!!", "MTIz", "fGlk", &far, &nul, &beyond, &made("99999999999999999999|a")] {
            assert!(matches!(Cursor::read(text), Err(ApiError::BadRequest(_))), "{text}");
        }
    }
}
