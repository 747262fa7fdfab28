//! `wiredesk token …`: who may use the API.

use std::process::ExitCode;

use chrono::Duration;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use sqlx::PgPool;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;
use wiredesk_runtime::terminal::{Colour, printable};
use wiredesk_store::audit_log::{self, Entry};
use wiredesk_store::token::{self as table, TokenRow};

use super::sources::ask::failed;
use super::tool::window;
use super::{ConfigArgs, actor};
use crate::boot::{self, Process};
use crate::failure::Failure;
use crate::parts::api::auth::keeper::Scope as Granted;
use crate::parts::api::auth::token::Token as Secret;

/// What is done with the tokens of the API.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Makes a token and shows it, once: only its hash is kept
    Create {
        /// Who or what will use it
        #[arg(long)]
        name: String,
        /// What it may do
        #[arg(long, value_enum, value_delimiter = ',', default_value = "read")]
        scope: Vec<Scope>,
        /// How long it is good, such as 90d or 12h; or never
        #[arg(long, default_value = "90d", value_parser = lifetime)]
        expires: Lifetime,
        /// Requests a minute, such as 600 or 600/min
        #[arg(long, default_value = "600/min", value_parser = rate)]
        rate: i32,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Lists the tokens: what each may do, until when, when it was last used; never the tokens themselves
    List {
        /// As JSON Lines
        #[arg(long)]
        json: bool,
    },
    /// Ends tokens; the API refuses them within seconds
    Revoke {
        /// Ids, as `list` shows them: the eight characters of a token after wd_
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Why, for the audit
        #[arg(long, default_value = "")]
        why: String,
        /// As JSON Lines
        #[arg(long)]
        json: bool,
    },
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// Items, stories, sources, the live stream
    Read,
    /// What changes something
    Admin,
}

impl Scope {
    fn granted(self) -> Granted {
        match self {
            Self::Read => Granted::Read,
            Self::Admin => Granted::Admin,
        }
    }
}

/// How long a token is good; None is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(Option<Duration>);

fn lifetime(text: &str) -> Result<Lifetime, String> {
    match text {
        "never" => Ok(Lifetime(None)),
        _ => window::parse(text).map(|span| Lifetime(Some(span))).map_err(|why| format!("{why}, or never")),
    }
}

fn rate(text: &str) -> Result<i32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text);
    let wrong = || format!("{text:?} is no rate; write it as 600/min");
    number.parse().ok().filter(|rate| *rate > 0).ok_or_else(wrong)
}

pub fn run(args: &ConfigArgs, command: &Token) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let done = match command {
            Token::Create { name, scope, expires, rate, json } => {
                create(&db, name, scope, *expires, *rate, *json).await
            }
            Token::List { json } => list(&db, *json).await,
            Token::Revoke { ids, why, json } => revoke(&db, ids, why, *json).await,
        };
        process.end().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn create(
    db: &PgPool,
    name: &str,
    scopes: &[Scope],
    expires: Lifetime,
    rate: i32,
    json: bool,
) -> Result<(), Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Failure::Usage("a token's name has 1 to 200 characters, on one line".to_owned()));
    }
    let now = wall_clock();
    let end = expires.0.map(|span| {
        let too_long = || Failure::Usage("the token would be good beyond the calendar; say never".to_owned());
        now.checked_add_signed(span).filter(|end| end.timestamp() < 253_402_300_800).ok_or_else(too_long)
    });
    let token = Secret::generate();
    let mut words: Vec<String> = scopes.iter().map(|s| s.granted().as_str().to_owned()).collect();
    words.sort_unstable();
    words.dedup();
    let row = TokenRow {
        id: token.id().to_owned(),
        name: name.to_owned(),
        hash: token.hash().to_vec(),
        scopes: words,
        rate_per_minute: rate,
        created: now,
        expires: end.transpose()?,
        last_used: None,
        revoked: None,
    };
    let mut tx = db.begin().await.map_err(failed)?;
    table::insert(&mut *tx, &row).await.map_err(failed)?;
    let detail =
        json!({"name": row.name, "scopes": row.scopes, "expires": row.expires, "rate_per_minute": rate});
    note(&mut tx, now, "token.create", &row.id, "", detail).await?;
    tx.commit().await.map_err(failed)?;
    if json {
        let mut shown = shown(&row, now);
        shown["token"] = token.reveal().into();
        println!("{shown}");
        return Ok(());
    }
    println!("{}", token.reveal());
    let until =
        row.expires.map_or("for ever".to_owned(), |end| format!("until {}", end.format("%F %H:%M UTC")));
    eprintln!(
        "This is shown once. {} may {} {until}, {rate} requests a minute; send it as\n    Authorization: Bearer wd_…\n\
         `wiredesk token revoke {}` ends it.",
        printable(&row.name),
        row.scopes.join(" and "),
        row.id
    );
    Ok(())
}

async fn list(db: &PgPool, json: bool) -> Result<(), Failure> {
    let rows = table::list(db).await.map_err(failed)?;
    let now = wall_clock();
    if json {
        for row in &rows {
            println!("{}", shown(row, now));
        }
        return Ok(());
    }
    let colour = Colour::of_stdout();
    let day = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.format("%F %H:%M").to_string());
    for row in &rows {
        let state = state(row, now);
        println!(
            "{}  {}  {}  {}\n    made {}, ends {}, last used {}, {} requests a minute",
            colour.wrap("1", &row.id),
            colour.wrap(if state == "good" { "32" } else { "31" }, state),
            row.scopes.join(","),
            printable(&row.name),
            row.created.format("%F %H:%M"),
            day(row.expires),
            day(row.last_used),
            row.rate_per_minute,
        );
    }
    if rows.is_empty() {
        println!("no tokens; `wiredesk token create --name NAME` makes one");
    }
    Ok(())
}

async fn revoke(db: &PgPool, ids: &[String], why: &str, json: bool) -> Result<(), Failure> {
    let now = wall_clock();
    // All or none: whoever names several wants to hear of a wrong one.
    let mut tx = db.begin().await.map_err(failed)?;
    for id in ids {
        if !table::revoke(&mut *tx, id, now).await.map_err(failed)? {
            return Err(match table::find(db, id).await.map_err(failed)? {
                Some(_) => Failure::Failed(format!("the token {id} was revoked before; nothing was changed")),
                None => Failure::Failed(format!(
                    "there is no token {id}; `wiredesk token list` shows those that there are, nothing was changed"
                )),
            });
        }
        note(&mut tx, now, "token.revoke", id, why, json!({})).await?;
    }
    tx.commit().await.map_err(failed)?;
    for id in ids {
        match json {
            true => println!("{}", json!({"id": id, "revoked": now})),
            false => println!("{id} is revoked; the API refuses it within seconds"),
        }
    }
    Ok(())
}

async fn note(
    db: &mut sqlx::PgConnection,
    at: Timestamp,
    action: &str,
    id: &str,
    why: &str,
    detail: Value,
) -> Result<(), Failure> {
    let (action, target, reason) = (action.to_owned(), id.to_owned(), why.to_owned());
    let entry = Entry { at, actor: actor(), action, target, reason, detail };
    audit_log::insert(db, &entry).await.map_err(failed)
}

fn state(row: &TokenRow, now: Timestamp) -> &'static str {
    match (row.revoked, row.expires) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "good",
    }
}

fn shown(row: &TokenRow, now: Timestamp) -> Value {
    json!({
        "id": row.id, "name": row.name, "state": state(row, now), "scopes": row.scopes,
        "rate_per_minute": row.rate_per_minute, "created": row.created, "expires": row.expires,
        "last_used": row.last_used, "revoked": row.revoked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_lifetimes() {
        assert_eq!((rate("600/min"), rate("5")), (Ok(600), Ok(5)));
        for wrong in ["", "0", "-1", "600/h", "99999999999"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
        assert_eq!(lifetime("never"), Ok(Lifetime(None)));
        assert_eq!(lifetime("90d"), Ok(Lifetime(Some(Duration::days(90)))));
        assert!(lifetime("soon").is_err());
    }
}
