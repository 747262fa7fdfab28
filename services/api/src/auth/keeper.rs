//! Which tokens are good. What Postgres says of a token is believed for three seconds, so that a token that is revoked is
//! refused within seconds, and a busy reader costs no query a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use subtle::ConstantTimeEq;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::token::{self as table, TokenRow};

use super::token::Token;
use crate::error::ApiError;

/// How long an answer of Postgres is believed.
const BELIEVED: Duration = Duration::from_secs(3);

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Items, stories, sources, the live stream.
    Read,
    /// What changes something.
    Admin,
}

impl Scope {
    /// As it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// Reads a word.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Read, Self::Admin].into_iter().find(|s| s.as_str() == text)
    }
}

/// A token that was good when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The token's id.
    pub id: String,
    /// Who or what uses it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Requests a minute.
    pub rate: u32,
}

impl Pass {
    /// Who did it, for the audit.
    pub fn actor(&self) -> String {
        format!("token {} ({})", self.id, self.name)
    }
}

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Never given out, or not whole. Which of the two is not said.
    #[error("the token is not known here; see that it is whole, or make another by `wiredesk token create`")]
    Unknown,
    /// Its time is over.
    #[error("the token has expired; make another by `wiredesk token create`")]
    Expired,
    /// An operator ended it.
    #[error("the token was revoked; make another by `wiredesk token create`")]
    Revoked,
}

impl Refused {
    /// The same token is refused again.
    pub fn is_transient(&self) -> bool {
        false
    }
}

/// Looks tokens up. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keeper {
    db: PgPool,
    // Only tokens that exist: as many as the table has rows, whatever strangers try.
    seen: Arc<Mutex<HashMap<String, (TokenRow, Instant)>>>,
}

impl Keeper {
    /// Asks this Postgres.
    pub fn new(db: PgPool) -> Self {
        Self { db, seen: Arc::default() }
    }

    /// Was this id found before? Then looking at it costs a query every three seconds at most.
    pub fn knows(&self, id: &str) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains_key(id)
    }

    /// Is this token good now?
    ///
    /// # Errors
    /// [`ApiError::Token`] where it is not, [`ApiError::Store`] where that cannot be said.
    pub async fn check(&self, token: &Token) -> Result<Pass, ApiError> {
        let row = self.row(token.id()).await?.ok_or(Refused::Unknown)?;
        // Constant time; and before anything is told of a token to somebody who only has its id.
        if !bool::from(row.hash.ct_eq(&token.hash())) {
            return Err(Refused::Unknown.into());
        }
        let pass = good(&row, wall_clock())?;
        self.note_use(&row).await;
        Ok(pass)
    }

    /// Is a token that was checked before still good? For whoever stays connected.
    ///
    /// # Errors
    /// As [`Keeper::check`].
    pub async fn check_again(&self, pass: &Pass) -> Result<(), ApiError> {
        let row = self.row(&pass.id).await?.ok_or(Refused::Unknown)?;
        good(&row, wall_clock())?;
        Ok(())
    }

    async fn row(&self, id: &str) -> Result<Option<TokenRow>, sqlx::Error> {
        let now = Instant::now();
        let fresh = |at: &Instant| now.saturating_duration_since(*at) < BELIEVED;
        if let Some((row, _)) =
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(id).filter(|(_, at)| fresh(at))
        {
            return Ok(Some(row.clone()));
        }
        let row = table::find(&self.db, id).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &row {
            Some(row) => seen.insert(id.to_owned(), (row.clone(), now)),
            None => seen.remove(id),
        };
        Ok(row)
    }

    /// Coarse on purpose, and no reason to refuse anyone: a write that fails is made with a later request.
    async fn note_use(&self, row: &TokenRow) {
        let now = wall_clock();
        if row.last_used.is_some_and(|at| now - at <= chrono::Duration::minutes(10)) {
            return;
        }
        if let Some((seen, _)) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&row.id) {
            seen.last_used = Some(now);
        }
        if let Err(error) = table::used(&self.db, &row.id, now).await {
            tracing::debug!(token = row.id, %error, "the use of a token was not noted: {error}");
        }
    }
}

fn good(row: &TokenRow, now: Timestamp) -> Result<Pass, Refused> {
    if row.revoked.is_some() {
        return Err(Refused::Revoked);
    }
    if row.expires.is_some_and(|end| end <= now) {
        return Err(Refused::Expired);
    }
    Ok(Pass {
        id: row.id.clone(),
        name: row.name.clone(),
        scopes: row.scopes.iter().filter_map(|s| Scope::read(s)).collect(),
        rate: row.rate_per_minute.unsigned_abs().max(1),
    })
}
