//! The cores behind strip: datelines, enrichment, dedupe, stories; and the layers of a configuration.

use std::sync::LazyLock;

use chrono::{DateTime, Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wiredesk_cleaner::dedupe::Entry;
use wiredesk_cleaner::strip::conventions::dateline_of;
use wiredesk_cleaner::tool::Deduper;
use wiredesk_contract::marked::{self, Marks};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{ItemId, SourceId, Timestamp};
use wiredesk_processor::enrich::cues::Cues;
use wiredesk_processor::enrich::dateline::Finder;
use wiredesk_processor::enrich::summary::Given;
use wiredesk_processor::enrich::{Enricher, Input};
use wiredesk_runtime::config::{Sources, load};
use wiredesk_stories::{Facts, Features, Stories};

static CUES: LazyLock<Cues> = LazyLock::new(Cues::load);
static FINDER: LazyLock<Finder> = LazyLock::new(Finder::new);
static ENRICHER: LazyLock<Enricher> = LazyLock::new(Enricher::new);

const LANGUAGES: [&str; 8] = ["es", "en", "fr", "pt", "it", "de", "ca", ""];
const PROSE: [&str; 3] = [
    "El río Torán se desbordó este martes a su paso por Villalba tras doce horas de lluvia y obligó a evacuar a 340 vecinos de la ribera.\nLa alcaldesa, Nerea Ostolaza, aseguró que el agua alcanzó 2,4 metros en el puente viejo, la marca más alta desde 1983.\nLos bomberos del valle rescataron a 17 personas de sus coches y la carretera comarcal N-612 sigue cortada en los dos sentidos.",
    "The union said 78 percent of its 1,900 members at Brenholm accepted the offer of Nordhavn Shipping. \"We return on Monday,\" said Ida Holt, who led the strike for eleven days.",
    "Le musée de Clairval rouvre après six ans de travaux. La directrice Odile Ferrand attend 250 000 visiteurs la première année dans le bâtiment rénové.",
];

/// A dateline at the start of a text, by the cleaner and by the enricher: what is found was printed there.
pub fn dateline(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let inner = String::from_utf8_lossy(rest);
    let text = match first % 4 {
        0 => inner.into_owned(),
        1 => format!("MADRID, {inner} (EUROPA PRESS) - El pleno aprobó la reforma."),
        2 => format!("(ANSA) - {inner}, 1 LUG - Il consiglio ha approvato."),
        _ => format!("{inner} (Reuters) - The council approved it."),
    };
    let near = (first & 4 > 0).then(|| NaiveDate::from_ymd_opt(2026, 11, 24)).flatten();
    if let Some((found, end)) = dateline_of(&text, near) {
        let printed = text.get(..end).expect("a dateline ends between two characters");
        for part in [&found.place, &found.region].into_iter().flatten() {
            assert!(printed.contains(part.as_str()), "{part:?} is not in {printed:?}");
        }
        if let (Some(date), Some(near)) = (found.date, near) {
            let days = (date - near).num_days().abs();
            assert!(days <= 366 || printed.contains(&date.format("%Y").to_string()), "{date} of {printed:?}");
        }
        assert_eq!(
            dateline_of(&text, near).map(|(again, _)| again),
            Some(found),
            "the same text, another dateline"
        );
    }
    if let Some(found) = FINDER.find(&text, &CUES, |_| true) {
        assert!(text.get(..found.end).is_some_and(|printed| printed.contains(&found.raw)), "{found:?}");
    }
}

/// Copy, enriched: offsets are true, nothing failed, the same copy gives the same bytes. The first byte says the language, and
/// whether there is prose around what the fuzzer gives.
pub fn enrich(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let inner = String::from_utf8_lossy(rest);
    let (headline, inner) = inner.split_once('\n').unwrap_or(("", &inner));
    let text = match first >> 3 & 3 {
        0 => inner.to_owned(),
        n => format!("{}\n{inner}\n{}", PROSE[usize::from(n) - 1], PROSE[usize::from(n) % 3]),
    };
    let input = Input {
        headline,
        text: &text,
        language: LANGUAGES[usize::from(*first) % 8],
        published: (first & 0x20 > 0).then(|| NaiveDate::from_ymd_opt(2026, 11, 24)).flatten(),
        given: Given { feed: Some(headline), deck: None },
        ..Input::default()
    };
    let (out, _) = ENRICHER.run(&input);
    assert!(out.enrich.errors.is_empty(), "{:?}", out.enrich);
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let slice = |start: u32, end: u32| Some(&text[*bytes.get(start as usize)?..*bytes.get(end as usize)?]);
    let mut reached = 0;
    for e in &out.entities {
        assert_eq!(slice(e.start, e.end), Some(e.text.as_str()), "an entity is elsewhere");
        assert!(e.start >= reached && e.start < e.end, "entities overlap");
        assert!((0.0..=1.0).contains(&e.salience) && (0.0..=1.0).contains(&e.confidence), "{e:?}");
        reached = e.end;
    }
    for q in &out.quotes {
        assert_eq!(slice(q.start, q.end), Some(q.text.as_str()), "a quotation is elsewhere");
    }
    for f in &out.figures {
        assert_eq!(slice(f.start, f.end), Some(f.text.as_str()), "a figure is elsewhere");
        assert!(f.value.is_finite() && f.to.is_none_or(f64::is_finite), "{f:?}");
    }
    for d in &out.dates {
        assert_eq!(slice(d.start, d.end), Some(d.text.as_str()), "a date is elsewhere");
    }
    assert!(out.topics.iter().all(|t| (0.0..=1.0).contains(&t.score)));
    let written = serde_json::to_string(&out).expect("an enrichment is written");
    let read: wiredesk_contract::enrichment::Enrichment = serde_json::from_str(&written).expect("and read");
    assert_eq!(read, out, "what was written is read otherwise");
    let _ = marked::html(&text, &Marks::from(&out));
    if first & 0x40 > 0 {
        let again = serde_json::to_string(&ENRICHER.run(&input).0).expect("an enrichment is written");
        assert_eq!(again, written, "the same copy, another enrichment");
    }
}

/// Copies one after the other, a line each: its first byte says which item, what text it is cut from and how much later it
/// came. The verdicts are sound, the same twice, and the same with evidence.
pub fn dedupe(data: &[u8]) {
    if let Some(bytes) = data.strip_prefix(b"kept:") {
        return kept(bytes);
    }
    let lines = copies(data);
    let window = Duration::hours(96);
    let mut plain = Deduper::new(window);
    let verdicts: Vec<Value> = lines.iter().map(|line| plain.push(line)).collect();
    for verdict in &verdicts {
        let (id, of) = (&verdict["id"], &verdict["duplicate_of"]);
        assert_ne!(of, id, "an item repeats itself");
        assert_eq!(&verdict["cluster"], if of.is_null() { id } else { of }, "an original that is none");
        assert!((0.0..=1.0).contains(&verdict["similarity"].as_f64().unwrap_or(-1.0)), "{verdict}");
    }
    let mut explaining = Deduper::explaining(window);
    for (line, before) in lines.iter().zip(&verdicts) {
        let mut again = explaining.push(line);
        again["evidence"] = before["evidence"].clone();
        assert_eq!(&again, before, "the same copies, another verdict");
    }
}

/// Bytes of the column that an index is rebuilt from: what is read is written as the same bytes.
fn kept(bytes: &[u8]) {
    let at = Timestamp::default();
    if let Some(entry) = Entry::restore(("a", "b"), 1, at, bytes) {
        let written = entry.kept();
        let again = Entry::restore(("a", "b"), 1, at, &written).expect("what was written is read");
        assert_eq!(again.kept(), written, "other bytes for the same entry");
    }
}

/// At most 24 of them.
fn copies(data: &[u8]) -> Vec<Value> {
    let mut hours = 0;
    let lines = data.split(|b| *b == b'\n').filter_map(|line| line.split_first()).take(24);
    lines
        .map(|(first, rest)| {
            hours += i64::from(first >> 6) * 13;
            let said = String::from_utf8_lossy(rest);
            let prose = PROSE[usize::from(first >> 4 & 3) % 3];
            let cut = prose.floor_char_boundary(prose.len() / (1 + usize::from(first & 1)));
            let text = if first & 8 > 0 { format!("{}\n{said}", &prose[..cut]) } else { said.clone().into_owned() };
            let at = DateTime::from_timestamp(1_800_000_000 + hours * 3_600, 0).unwrap_or_default();
            json!({
                "id": (first & 7).to_string(), "title": said.chars().take(60).collect::<String>(), "text": text,
                "published": at.to_rfc3339(), "language": LANGUAGES[usize::from(first >> 4 & 3)],
                "source": if first & 2 > 0 { "uno" } else { "dos" }, "revision": 1 + hours / 13,
            })
        })
        .collect()
}

/// Items one after the other, as for dedupe: each in one story, where it stays as long as it may be used, the same twice.
pub fn stories(data: &[u8]) {
    let lines = copies(data);
    let run = || {
        let mut stories = Stories::new(wiredesk_stories::Config::default());
        let mut placed = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let facts = facts(n, line);
            let was = placed.iter().rev().find_map(|p: &wiredesk_stories::Placed| {
                (p.row.item_id == facts.item_id).then(|| p.row.story_id.clone())
            });
            let Some(here) = stories.place(&facts) else { continue };
            assert_eq!(stories.place(&facts).as_ref(), Some(&here), "placing changes something");
            assert_eq!(
                here.row.story_id.is_some(),
                facts.status == PubStatus::Usable,
                "a story for what is withdrawn"
            );
            if let (Some(Some(was)), Some(now)) = (was, &here.row.story_id) {
                assert_eq!(&was, now, "an item moved");
            }
            if let Some(story) = &here.story {
                let members = story.items.iter().filter(|m| m.item_id == facts.item_id).count();
                assert_eq!(
                    members,
                    usize::from(facts.status == PubStatus::Usable),
                    "a member twice, or not at all"
                );
                assert!(
                    story.items.iter().all(|m| (0.0..=1.0).contains(&m.score))
                        && story.first_seen <= story.last_seen
                );
            }
            stories.apply(here.clone());
            placed.push(here);
        }
        placed
    };
    assert_eq!(run(), run(), "the same items, other stories");
}

fn facts(n: usize, line: &Value) -> Facts {
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let at = DateTime::parse_from_rfc3339(text("published")).map(|t| t.to_utc()).unwrap_or_default();
    // The text says what becomes of the item.
    let status = match text("text").as_bytes().last() {
        Some(b'!') => PubStatus::Canceled,
        Some(b'?') => PubStatus::Withheld,
        _ => PubStatus::Usable,
    };
    let name = text("title").split(' ').next().unwrap_or_default();
    Facts {
        item_id: ItemId::derive(&SourceId::new("fuzz"), text("id")),
        version: n as u32 + 1,
        language: text("language").to_owned(),
        headline: text("title").to_owned(),
        event_time: at,
        status,
        kind: CopyKind::News,
        duplicate_of: None,
        sibling_of: None,
        features: Features::extract(
            text("language"),
            text("title"),
            text("text"),
            &[("ent:PER:a", name, 0.5)],
        ),
    }
}

/// Some of what a deployment configures.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    fetcher: wiredesk_fetcher::Config,
    api: wiredesk_api::Config,
    stories: wiredesk_stories::Config,
}

/// A file, then lines of flags and variables: a line that begins with `-` is a flag, with `+` a variable, and all others are the
/// file. What is accepted is printed, and printed again the same.
pub fn config(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (mut file, mut set, mut env) = (String::new(), Vec::new(), Vec::new());
    for line in text.lines() {
        match (line.strip_prefix('-'), line.strip_prefix('+').and_then(|l| l.split_once('='))) {
            (Some(flag), _) => set.push(flag.to_owned()),
            // `…_file` names a file to read: none of this machine's.
            (_, Some((name, value))) if !name.to_lowercase().ends_with("_file") => {
                env.push((format!("WIREDESK__{name}"), value.to_owned()));
            }
            _ => {
                file.push_str(line);
                file.push('\n');
            }
        }
    }
    let sources = Sources { embedded: Some(("desk.toml", &file)), set, env, ..Sources::default() };
    match load::<Config>(&sources) {
        Ok(loaded) => {
            let printed = loaded.print().expect("what was read is printed");
            let again = load::<Config>(&sources).expect("what was read is read again");
            assert_eq!(
                (again.print().ok(), &again.origins),
                (Some(printed), &loaded.origins),
                "the same layers, another configuration"
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
