//! Items by words, part by part: the newest some thousands first, then four times as far back, and again, until a page is full. Most
//! pages are full with the first part. The index has the hour and the day beside the words, so a part costs what it holds and not what
//! there is of the words in all years. It has no positions, though: of a phrase each item that has its words is compared, some 15 to
//! 40 µs each, and of two frequent words that hardly ever stand together that is every tenth item there is. So who asks may say how
//! long he waits: the page then ends where the last part did, and the next goes on from there.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

use super::items::{Found, ItemFilter, ItemRow, NEWEST_FIRST, Place, Sql};
use super::ways::{chosen, shown};

/// Items of the first part. It is looked through whatever it takes, so every page gets on.
const FIRST: i64 = 4_000;
/// How much further back than the part before a part reaches.
const FURTHER: i32 = 4;
/// Parts, until the rest is one.
const PARTS: i32 = 4;
/// Hours that are named one by one, and days where those are more. Each is a list of the index that is read along.
const HOURS: i64 = 36;
const DAYS: i64 = 100;
/// Postgres' error where a statement took longer than it may.
const TOO_LONG: &str = "57014";

/// From when on items are looked at (inclusive), and until when (exclusive); None is without an end.
#[derive(Clone, Copy)]
struct Part {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    /// The newest that it can have.
    newest: DateTime<Utc>,
}

/// Items that fulfil `filter`, newest version first, after the place `after`; where looking for them takes longer than `within`, those
/// found by then.
pub(super) async fn by_words(
    db: &PgPool,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
    within: Option<Duration>,
) -> Result<Found, sqlx::Error> {
    let begun = Instant::now();
    let mut tx = db.begin().await?;
    let mut found = Found::default();
    let Some(newest) = time_of(&mut tx, filter, after, 0).await? else { return Ok(found) };
    let oldest_of_first = time_of(&mut tx, filter, after, FIRST).await?;
    // By the index of words and no other: Postgres takes a text to be as cheap to compare as a number, and walks the newest items for a
    // rare word until it has read every text there is. A bitmap that does not fit its memory forgets which rows it means, and all texts
    // of a page of rows are compared: of a million items it needs some 10 MB.
    sqlx::raw_sql(
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; \
         SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL client_min_messages = warning; SET LOCAL work_mem = '32MB'",
    )
    .execute(&mut *tx)
    .await?;
    let mut until = None;
    for part in 0..=PARTS {
        let back =
            oldest_of_first.map(|first| (newest - first).max(TimeDelta::hours(1)) * FURTHER.pow(part as u32));
        let from = back.filter(|_| part < PARTS).and_then(|back| newest.checked_sub_signed(back));
        let last = from.is_none_or(|from| filter.since.is_some_and(|since| since >= from));
        let from = if last { filter.since } else { from };
        if part > 0
            && let Some(within) = within
        {
            let left = within.saturating_sub(begun.elapsed()).as_millis();
            if left == 0 {
                return Ok(found.so_far(until));
            }
            sqlx::query("SELECT set_config('statement_timeout', $1, true)")
                .bind(left.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let of = Part { from, until, newest: until.unwrap_or(newest) };
        match of.items(&mut tx, filter, after, filter.limit - found.rows.len() as i64).await {
            Ok(rows) => found.rows.extend(rows),
            Err(error) if part > 0 && within.is_some() && is_too_long(&error) => {
                return Ok(found.so_far(until));
            }
            Err(error) => return Err(error),
        }
        if last || found.rows.len() as i64 >= filter.limit {
            break;
        }
        until = from;
    }
    tx.commit().await?;
    Ok(found.ended(filter.limit))
}

fn is_too_long(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == TOO_LONG)
}

/// When the item was written that stands `at` items after the place.
async fn time_of(
    tx: &mut PgConnection,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
    at: i64,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let mut sql = Sql::new("SELECT i.version_created FROM item i WHERE true");
    place(&mut sql, after);
    if let Some(since) = filter.since {
        sql.push(" AND i.version_created >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        sql.push(" AND i.version_created < ").push_bind(until);
    }
    sql.push(NEWEST_FIRST).push("1 OFFSET ").push_bind(at);
    sql.build_query_scalar().persistent(false).fetch_optional(tx).await
}

/// The condition that an item stands after a place in the list.
pub(super) fn place(sql: &mut Sql, after: Option<Place<'_>>) {
    if let Some((at, id)) = after {
        sql.push(" AND (i.version_created, i.item_id) < (").push_bind(at);
        sql.push(", ").push_bind(id.to_owned()).push(")");
    }
}

impl Part {
    async fn items(
        self,
        tx: &mut PgConnection,
        filter: &ItemFilter,
        after: Option<Place<'_>>,
        most: i64,
    ) -> Result<Vec<ItemRow>, sqlx::Error> {
        let mut sql = chosen();
        sql.push("SELECT i.item_id FROM item i WHERE true");
        place(&mut sql, after);
        if let Some(until) = self.until {
            sql.push(" AND i.version_created < ").push_bind(until);
        }
        if let Some(from) = self.from {
            sql.push(" AND i.version_created >= ").push_bind(from);
            if let Some(when) = spans(from, self.newest) {
                sql.push(" AND search_when(i.version_created) && ").push_bind(when);
            }
        }
        filter.conditions(&mut sql);
        sql.push(NEWEST_FIRST).push_bind(most);
        // Planned anew each time: how many rows have a word is most of what makes a good plan.
        shown(sql, most).build_query_as().persistent(false).fetch_all(tx).await
    }
}

/// The hours from one instant to another, as `search_when` counts them, or the days; None where those are many too.
fn spans(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Vec<i64>> {
    let count = |seconds: i64| from.timestamp().div_euclid(seconds)..=to.timestamp().div_euclid(seconds);
    let (hours, days) = (count(3_600), count(86_400));
    if hours.end() - hours.start() < HOURS {
        Some(hours.map(|hour| 2 * hour).collect())
    } else if days.end() - days.start() < DAYS {
        Some(days.map(|day| 2 * day + 1).collect())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_names_its_hours_or_its_days() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(spans(at("1970-01-02T01:59:59Z"), at("1970-01-02T03:00:00Z")), Some(vec![50, 52, 54]));
        assert_eq!(
            spans(at("1969-12-31T23:30:00Z"), at("1970-01-03T00:00:00Z")),
            Some(vec![-1, 1, 3, 5]),
            "days from before 1970 on"
        );
        assert_eq!(spans(at("2020-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")), None);
    }
}
