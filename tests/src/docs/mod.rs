//! The documentation, held to what is there: its commands and clients run, its examples are records, its links lead somewhere.

pub mod blocks;
pub mod clients;
pub mod commands;
pub mod examples;
pub mod workplace;

use crate::Desk;

/// Everything of the documentation that is untrue on this desk, which has the whole sample wire behind it, runs, is on Kafka and
/// listens for admin on this port: a sentence each.
pub async fn wrong(desk: &Desk, admin: u16) -> Vec<String> {
    let place = match workplace::Workplace::new(desk, admin) {
        Ok(place) => place,
        Err(why) => return vec![format!("no place to work: {why}")],
    };
    let mut wrong = commands::wrong(&place);
    wrong.extend(clients::wrong(desk, &place).await);
    wrong.extend(examples::wrong(desk).await);
    wrong
}
