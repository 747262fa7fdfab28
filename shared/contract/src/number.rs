//! Shares and scores are numbers: one beyond the range of `f32` would be read as infinite and written as null, which no reader takes.

use serde::de::{Deserialize, Deserializer, Error};

/// Reads a finite number.
///
/// # Errors
/// The deserializer's, and for a number that is too large.
pub(crate) fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let number = f32::deserialize(deserializer)?;
    if number.is_finite() { Ok(number) } else { Err(D::Error::custom("a number is too large")) }
}
