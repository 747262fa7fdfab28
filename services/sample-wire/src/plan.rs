//! The plan: every version of every item with its second of release.

use chrono::{DateTime, Duration, Timelike};
use chrono_tz::Tz;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, ItemId, Relation, SourceId, Timestamp};

use crate::calendar::fill;
use crate::copy::{CopyFile, Dispatch, Version, paragraphs};
use crate::edition::{Edition, Printed};
use crate::error::SampleError;
use crate::settings::Settings;
use crate::wires::{Look, WIRES, Wire};

/// One item through all its versions.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) item_id: ItemId,
    pub(crate) editions: Vec<Edition>,
    /// Relations and the id of the original.
    pub(crate) duplicate_of: Option<(ItemId, Vec<Relation>)>,
    pub(crate) story: Option<String>,
    pub(crate) template: Option<String>,
}

impl Planned {
    /// The version that is out at `second`.
    pub(crate) fn at(&self, second: i64) -> Option<&Edition> {
        self.editions.iter().rev().find(|edition| edition.at <= second)
    }
}

/// Everything that will be released.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) items: Vec<Planned>,
}

impl Plan {
    /// Reads the copy and plans its release.
    pub(crate) fn new(settings: &Settings) -> Result<Self, SampleError> {
        let mut items: Vec<Planned> = Vec::new();
        for wire in WIRES {
            let fail = |reason: String| SampleError::Copy { wire: wire.id.to_owned(), reason };
            let file: CopyFile = toml::from_str(wire.copy).map_err(|error| fail(error.to_string()))?;
            for (index, dispatch) in file.item.iter().enumerate() {
                let original = match &dispatch.copy_of {
                    None => None,
                    Some(copy) => {
                        Some(items.iter().find(|item| key(item) == Some(copy.item.clone())).ok_or_else(
                            || fail(format!("{} repeats the unknown {}", dispatch.slug, copy.item)),
                        )?)
                    }
                };
                let planned = plan_item(settings, wire, index, dispatch, original);
                items.push(planned);
            }
        }
        Ok(Self { settings: settings.clone(), items })
    }

    /// What the wire's feed holds at `second`: latest change first.
    pub(crate) fn window(&self, wire: &Wire, second: i64) -> Vec<&Edition> {
        let mut out: Vec<&Edition> = self
            .items
            .iter()
            .filter_map(|item| item.at(second))
            .filter(|edition| edition.wire.id == wire.id)
            .collect();
        out.sort_by(|a, b| (b.at, b.published, &b.slug).cmp(&(a.at, a.published, &a.slug)));
        out.truncate(wire.window);
        out
    }
}

fn key(item: &Planned) -> Option<String> {
    item.editions.first().map(|edition| format!("{}/{}", edition.wire.id, edition.slug))
}

/// 0 to 4 seconds, by seed and name (FNV-1a), none for what is out from the start.
fn jitter(seed: u64, name: &str, at: i64) -> i64 {
    if at == 0 {
        return 0;
    }
    let hash =
        name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    ((hash >> 32) % 5) as i64
}

fn plan_item(
    settings: &Settings,
    wire: &'static Wire,
    index: usize,
    dispatch: &Dispatch,
    original: Option<&Planned>,
) -> Planned {
    let rhythm = match index.checked_sub(wire.first) {
        None => 0,
        Some(later) => wire.rhythm.0 + later as i64 * wire.rhythm.1,
    };
    let at = dispatch.at.unwrap_or(rhythm);
    let at = at + jitter(settings.seed, &dispatch.slug, at);
    let first = first_edition(settings, wire, dispatch, original, at);
    let (link, guid) = (first.link.clone(), first.guid.clone());
    let mut editions = vec![first];
    for version in &dispatch.version {
        if let Some(last) = editions.last() {
            editions.push(next_edition(settings, last, version, at));
        }
    }
    let identity = if guid.is_empty() { &link } else { &guid };
    let duplicate_of = dispatch.copy_of.as_ref().zip(original);
    Planned {
        item_id: ItemId::derive(&SourceId::new(wire.id), identity),
        duplicate_of: duplicate_of.map(|(copy, item)| (item.item_id.clone(), copy.relations.clone())),
        editions,
        story: dispatch.story.clone().or_else(|| original.and_then(|item| item.story.clone())),
        template: dispatch.template.clone(),
    }
}

fn first_edition(
    settings: &Settings,
    wire: &'static Wire,
    dispatch: &Dispatch,
    original: Option<&Planned>,
    at: i64,
) -> Edition {
    let published = match dispatch.hours_ago {
        Some(hours) => settings.epoch - Duration::hours(i64::from(hours)),
        // What is out from the start was sent in the minutes before.
        None if at == 0 => {
            settings.epoch - Duration::seconds(40 + 20 * jitter(settings.seed, &dispatch.slug, 1))
        }
        None => settings.wall(at),
    };
    let local = published.with_timezone(&wire.zone);
    let speak = |text: &str| fill(text, wire.language, &local);
    let taken = original.and_then(|item| item.editions.first());
    let mut body: Vec<String> = match (taken, &dispatch.copy_of) {
        (Some(edition), Some(copy)) => {
            let count = copy.paragraphs.unwrap_or(edition.paragraphs.len());
            edition.paragraphs.iter().take(count).cloned().collect()
        }
        _ => Vec::new(),
    };
    body.extend(paragraphs(&dispatch.body).iter().map(|paragraph| speak(paragraph)));
    let embargoed_until = dispatch.embargo.then(|| settings.embargo_end(at));
    let link =
        format!("{}/{}/{}", settings.base_url, wire.path, page_name(wire, dispatch, published, &local));
    let headline = speak(&dispatch.title);
    Edition {
        wire,
        slug: dispatch.slug.clone(),
        section: dispatch.section.clone(),
        guid: guid(wire, &dispatch.slug, &link, &local),
        link,
        title: format!("{}{headline}", dispatch.mark.as_deref().unwrap_or_default()),
        headline,
        teaser: dispatch.teaser.as_deref().map(speak).or_else(|| body.first().cloned()).unwrap_or_default(),
        dateline: printed(wire, dispatch, &local)
            .or_else(|| taken.and_then(|edition| edition.dateline.clone())),
        byline: dispatch.byline.clone(),
        top: dispatch.top.as_deref().map(|line| line_with_embargo(&speak(line), wire, embargoed_until)),
        end: dispatch.end.as_deref().map(speak),
        paragraphs: body,
        kind: dispatch.kind,
        photo: dispatch.photo,
        developing: dispatch.developing,
        published,
        updated: published,
        at,
        change: Change::New,
        pub_status: if dispatch.embargo { PubStatus::Withheld } else { PubStatus::Usable },
        embargoed_until,
        contains: dispatch.contains.iter().map(|phrase| speak(phrase)).collect(),
        lacks: Vec::new(),
    }
}

fn next_edition(settings: &Settings, last: &Edition, version: &Version, first_at: i64) -> Edition {
    let mut next = last.clone();
    let local = last.published.with_timezone(&last.wire.zone);
    let speak = |text: &str| fill(text, last.wire.language, &local);
    next.at = first_at + version.after;
    next.updated = settings.wall(next.at);
    next.change = version.change;
    next.pub_status =
        if version.change == Change::Withdrawn { PubStatus::Canceled } else { PubStatus::Usable };
    next.embargoed_until = None;
    next.developing = false;
    if let Some(title) = &version.title {
        next.headline = speak(title);
    }
    next.title = format!("{}{}", version.mark.as_deref().unwrap_or_default(), next.headline);
    next.top = version.top.as_deref().map(speak);
    next.end = version.end.as_deref().map(speak);
    if let Some(body) = &version.body {
        next.paragraphs = paragraphs(body).iter().map(|paragraph| speak(paragraph)).collect();
        next.teaser = next.paragraphs.first().cloned().unwrap_or_default();
    }
    for (old, new) in &version.replace {
        next.paragraphs.iter_mut().for_each(|paragraph| *paragraph = paragraph.replace(old, new));
        next.teaser = next.teaser.replace(old, new);
    }
    if let Some(more) = &version.append {
        next.paragraphs.extend(paragraphs(more).iter().map(|paragraph| speak(paragraph)));
    }
    next.contains = version.contains.iter().map(|phrase| speak(phrase)).collect();
    next.lacks = version.lacks.clone();
    next
}

fn printed(wire: &Wire, dispatch: &Dispatch, local: &DateTime<Tz>) -> Option<Printed> {
    let place = dispatch.place.as_deref()?;
    let pattern = dispatch.dateline.as_deref().unwrap_or(wire.dateline);
    if pattern.is_empty() {
        return None;
    }
    let raw = pattern.replace("{PLACE}", &place.to_uppercase()).replace("{Place}", place);
    let as_printed = if pattern.contains("{PLACE}") { place.to_uppercase() } else { place.to_owned() };
    Some(Printed {
        raw: fill(&raw, wire.language, local),
        place: as_printed,
        agency: wire.agency.or(Some("Europa Press")),
        date: (pattern.contains("{d}") || pattern.contains("{d0}")).then(|| local.date_naive()),
    })
}

fn line_with_embargo(line: &str, wire: &Wire, until: Option<Timestamp>) -> String {
    let Some(until) = until else { return line.to_owned() };
    let local = until.with_timezone(&wire.zone);
    let clock = format!("{:02}:{:02}", local.hour(), local.minute());
    let utc = format!("{:02}:{:02}", until.hour(), until.minute());
    fill(&line.replace("{embargo}", &clock).replace("{embargo_gmt}", &utc), wire.language, &local)
}

/// The page's name below the wire's path.
fn page_name(wire: &Wire, dispatch: &Dispatch, published: Timestamp, local: &DateTime<Tz>) -> String {
    let (slug, section) = (&dispatch.slug, &dispatch.section);
    match wire.look {
        Look::EuropaPress => format!("{section}/noticia-{slug}-{}.html", local.format("%Y%m%d%H%M%S")),
        Look::Forum => {
            format!("showthread.php/{}-{slug}", 48_000 + jitter(7, slug, 1) * 211 + slug.len() as i64)
        }
        Look::Outlet(_) => format!("{section}/{}/{slug}.html", local.format("%Y/%m/%d")),
        Look::Plain => format!("{section}/{slug}-{}", published.timestamp().rem_euclid(10_000_000)),
    }
}

/// Identity within the feed, in the manner of the wire; empty where the link serves.
fn guid(wire: &Wire, slug: &str, link: &str, local: &DateTime<Tz>) -> String {
    match wire.path {
        "afp" => format!("urn:newsml:afp.example:{}:{slug}", local.format("%Y%m%d")),
        "reuters" => format!("tag:reuters.example,{}:newsml_{slug}", local.format("%Y")),
        "efe" | "dpa" | "gaceta" => format!("tag:{}.example,{}:{slug}", wire.path, local.format("%Y-%m-%d")),
        "ap" | "sureste24" => format!("{}-{slug}", wire.path),
        "ansa" => String::new(),
        _ => link.to_owned(),
    }
}
