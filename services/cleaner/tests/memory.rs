//! What a source repeats on different articles is learnt and taken out; news is not. The copy is invented.

use crate::strip_support::{item, run, run_with};
use chrono::{Duration, TimeZone, Utc};
use wiredesk_cleaner::strip::memory::learn::learn;
use wiredesk_cleaner::strip::memory::shell::{LEAD, Memories, Telling};
use wiredesk_cleaner::strip::{Rules, memory::InForce, strip};
use wiredesk_contract::{CopyItem, ItemId, Outcome, RawItem, Timestamp};
use wiredesk_store::memory::SourceArticle;

const CHANNEL: &str = "Únete a nuestro canal y no te pierdas nada";

fn at(hours: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 2, 5, 0, 0).single().unwrap_or_default() + Duration::hours(hours)
}

/// Prose that no other number has: every word is made of it.
fn prose(n: u64) -> String {
    let words: Vec<String> = (0..60u64)
        .map(|k| {
            let mut x = (n * 1_000_003 + k).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (0..7)
                .map(|_| {
                    x = x.rotate_left(13).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    char::from(b'a' + u8::try_from(x % 26).unwrap_or(0))
                })
                .collect()
        })
        .collect();
    format!("{}.", words.join(" "))
}

/// The dispatch of this number: its own prose, and these lines.
fn raw(n: u64, hours: i64, lines: &[&str]) -> RawItem {
    dispatch(n, &prose(n), hours, lines)
}

fn dispatch(n: u64, text: &str, hours: i64, lines: &[&str]) -> RawItem {
    let mut raw = item(&format!("Titular número {n}"), "es");
    raw.item_id = ItemId::derive(&raw.source.id, &n.to_string());
    raw.fetched_at = at(hours);
    raw.entry.published = Some(at(hours));
    let lines: String = lines.iter().map(|line| format!("<p>{line}</p>")).collect();
    raw.entry.content_html = Some(format!("<p>{text}</p><p>{}</p>{lines}", prose(n + 500_000)));
    raw
}

fn article(raw: &RawItem) -> SourceArticle {
    let rules = Rules::default();
    match strip(raw, &rules, &InForce::default(), raw.fetched_at) {
        Outcome::Emit(mut all) if all.len() == 1 => {
            let one = all.remove(0);
            SourceArticle {
                source: raw.source.id.clone(),
                item_id: raw.item_id.clone(),
                fetched_at: raw.fetched_at,
                lines: one.told.lines.iter().map(|(hash, _)| *hash).collect(),
                sketch: one.told.sketch,
            }
        }
        other => panic!("one copy was expected, not {other:?}"),
    }
}

/// How many lines are learnt of these dispatches.
fn learnt(dispatches: &[RawItem]) -> usize {
    let articles: Vec<SourceArticle> = dispatches.iter().map(article).collect();
    learn(&articles, &[]).repeated.len()
}

#[test]
fn a_line_on_different_dispatches_hours_and_days_is_learnt() {
    let daily = |count: u64, every: i64| -> Vec<RawItem> {
        (0..count).map(|n| raw(n, i64::try_from(n).unwrap_or(0) * every, &[CHANNEL])).collect()
    };
    assert_eq!(learnt(&daily(12, 7)), 1);
    assert_eq!(learnt(&daily(7, 12)), 0, "too few dispatches");
    assert_eq!(learnt(&daily(30, 1)), 0, "two days only");
    assert_eq!(learnt(&daily(12, 24)), 1);
}

#[test]
fn a_running_story_and_its_resends_are_no_chrome() {
    // Leads of one story: each with a new top, the same text below, another id and another headline.
    let story = prose(1).repeat(2);
    let leads: Vec<RawItem> = (0..30)
        .map(|n| {
            let mut raw = dispatch(n, "", i64::try_from(n).unwrap_or(0) * 5, &[]);
            raw.entry.content_html = Some(format!("<p>Novedad {n}. {story}</p><p>El pleno vota hoy</p>"));
            raw
        })
        .collect();
    assert_eq!(learnt(&leads), 0);
    // A template: weather, lottery, closing prices. The figures differ, the words do not.
    let template = prose(2).repeat(2);
    let daily: Vec<RawItem> = (0..30)
        .map(|n| {
            let mut raw = dispatch(n, "", i64::try_from(n).unwrap_or(0) * 24, &[]);
            raw.entry.content_html =
                Some(format!("<p>{template} Día {n}: {} grados.</p><p>Temperaturas previstas</p>", n + 3));
            raw
        })
        .collect();
    assert_eq!(learnt(&daily), 0);
    // The sentence of background that a third of all dispatches has for weeks.
    let background = "La guerra de los molinos empezó hace dos años y ha dejado miles de desplazados.";
    let hot: Vec<RawItem> = (0..60)
        .map(|n| {
            let lines: Vec<&str> = if n % 3 == 0 { vec![background] } else { Vec::new() };
            raw(n, i64::try_from(n).unwrap_or(0) * 9, &lines)
        })
        .collect();
    assert_eq!(learnt(&hot), 0);
    // The same sentence under every single article is the house's own.
    let house = "Suscríbete a nuestro boletín y recibe cada mañana las noticias de la comarca en tu correo.";
    let all: Vec<RawItem> = (0..60).map(|n| raw(n, i64::try_from(n).unwrap_or(0) * 9, &[house])).collect();
    let expected = usize::from(run(&all[0]).text.contains(house));
    assert_eq!(learnt(&all), expected, "unless the rules for newsletter boxes took it already");
}

/// Sends dispatches through a cleaner: prepared, stripped, taught.
async fn through(memories: &mut Memories, raws: &[RawItem], now: Timestamp) -> Vec<CopyItem> {
    let rules = Rules::default();
    let mut copies = Vec::new();
    for raw in raws {
        memories.prepare(std::slice::from_ref(raw)).await.unwrap_or_else(|e| panic!("{e}"));
        let Outcome::Emit(mut all) = strip(raw, &rules, &memories.of(raw), now) else {
            panic!("a copy was expected")
        };
        let one = all.remove(0);
        let telling = Telling {
            source: &raw.source.id,
            item_id: &raw.item_id,
            fetched_at: raw.fetched_at,
            told: &one.told,
        };
        memories.teach(&[telling], now).await.unwrap_or_else(|e| panic!("{e}"));
        copies.push(one.copy);
    }
    copies
}

#[tokio::test]
async fn a_version_is_in_force_from_its_time_on_for_every_cleaner_and_every_replay() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    let now = wiredesk_contract::time::wall_clock();
    // A lesson after each dispatch; the lead is as it is.
    let cleaner = || Memories::with(db.clone(), LEAD, Duration::zero());
    let days_ago = |n: i64| now - Duration::hours(9 * (14 - n));
    let history: Vec<RawItem> = (0..14)
        .map(|n| {
            let mut one = raw(u64::try_from(n).unwrap_or(0), 0, &[CHANNEL]);
            one.fetched_at = days_ago(n);
            one
        })
        .collect();
    let mut first = cleaner();
    let before = through(&mut first, &history, now).await;
    assert!(before.iter().all(|c| c.text.contains(CHANNEL) && c.memory_version.is_none()));
    // Learnt by now, but in force only for what is fetched ten minutes from now on.
    let mut today = raw(100, 0, &[CHANNEL]);
    today.fetched_at = now;
    let mut later = raw(101, 0, &[CHANNEL]);
    later.fetched_at = wiredesk_contract::time::wall_clock() + LEAD;
    for cleaner in [&mut first, &mut cleaner()] {
        let copies = through(cleaner, &[today.clone(), later.clone()], now).await;
        assert!(copies[0].text.contains(CHANNEL));
        assert!(!copies[1].text.contains(CHANNEL), "{}", copies[1].text);
        assert_eq!(copies[1].memory_version, Some(1));
        assert!(copies[1].removed.iter().any(|r| r.text == CHANNEL && r.reason == "repeated_on_source"));
    }
    // A replay of everything says the same as the first time.
    assert_eq!(through(&mut cleaner(), &history, now).await, before);
}

#[tokio::test]
async fn two_cleaners_that_learn_at_once_write_one_version() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    let now = wiredesk_contract::time::wall_clock();
    let history: Vec<RawItem> = (0..20)
        .map(|n| {
            let mut one = raw(n, 0, &[CHANNEL]);
            one.fetched_at = now - Duration::hours(9 * (20 - i64::try_from(n).unwrap_or(0)));
            one
        })
        .collect();
    let mut one = Memories::with(db.clone(), LEAD, Duration::zero());
    let mut two = Memories::with(db.clone(), LEAD, Duration::zero());
    let (odd, even): (Vec<RawItem>, Vec<RawItem>) =
        history.iter().enumerate().fold((Vec::new(), Vec::new()), |(mut a, mut b), (n, raw)| {
            if n % 2 == 0 {
                b.push(raw.clone())
            } else {
                a.push(raw.clone())
            }
            (a, b)
        });
    tokio::join!(through(&mut one, &odd, now), through(&mut two, &even, now));
    let (lines, _) = wiredesk_store::memory::load(db, &[history[0].source.id.clone()])
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(lines.len(), 1, "learnt once: {lines:?}");
    assert_eq!(lines[0].from_version, 1);
}

#[test]
fn a_text_is_never_emptied() {
    let mut one = item("Un titular", "es");
    one.entry.content_html = Some(format!("<p>{CHANNEL}</p>"));
    let lines = [wiredesk_store::memory::SourceLine {
        source: one.source.id.clone(),
        line: article(&raw(1, 0, &[CHANNEL])).lines[0],
        from_version: 1,
        from_time: at(0),
        until: None,
    }];
    let memory = wiredesk_cleaner::strip::memory::Memory::new(lines.to_vec());
    assert_eq!(run_with(&one, &memory.at(one.fetched_at)).text, CHANNEL);
    let full = raw(2, 0, &[CHANNEL]);
    let copy = run_with(&full, &memory.at(full.fetched_at));
    assert!(!copy.text.contains(CHANNEL) && copy.text.contains(&prose(2)));
    assert!(run(&full).text.contains(CHANNEL));
}
