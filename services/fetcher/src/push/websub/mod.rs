//! WebSub subscriber (W3C Recommendation, 23 January 2018): hubs send a feed's changes, and polling is the safety net.
//!
//! Pure: [`discover`] (which hubs a feed names), [`pace`] (when to ask them). The shell: [`keep`] asks hubs and renews leases,
//! [`callback`] verifies intent and takes deliveries.

pub mod callback;
pub mod discover;
mod heed;
pub mod keep;
pub mod pace;
pub mod token;

pub use discover::{Offered, offered};
pub use heed::GRACE;
