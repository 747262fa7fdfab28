//! Labelled wire copy: how `tests/corpus/enrich` is written, and JSON Lines with `{"text","ents"}`. See the corpus' README.

use std::fmt;
use std::path::Path;

use serde_json::Value;
use wiredesk_contract::enrichment::EntityType;

use crate::fnv::fnv1a;

/// A labelled item. Offsets are in characters of `title` or `text`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labelled {
    /// `es-017`.
    pub id: String,
    /// Items of one story belong to one half.
    pub story: String,
    /// `politics`, `courts` …
    pub manner: String,
    /// Language.
    pub language: String,
    /// Country of the agency.
    pub country: Option<String>,
    /// The wire's section.
    pub section: Option<String>,
    /// Media Topics of levels 1 and 2.
    pub topics: Vec<String>,
    /// Terms, most telling first.
    pub keywords: Vec<String>,
    /// Dateline.
    pub dateline: Option<GoldDateline>,
    /// Where the story happens, in items that say so: a geonameid, or 0 for nowhere in particular.
    pub happens: Option<u32>,
    /// Headline.
    pub title: String,
    /// Entities of the headline.
    pub title_entities: Vec<GoldEntity>,
    /// Body.
    pub text: String,
    /// Entities of the body.
    pub entities: Vec<GoldEntity>,
    /// Quotes of the body.
    pub quotes: Vec<GoldQuote>,
}

impl Labelled {
    /// Does the item belong to the half that is tested on? By story, so that no half knows the other's. Single sentences belong to
    /// the half that is learnt from.
    pub fn is_test(&self) -> bool {
        if self.story.is_empty() {
            return false;
        }
        let hash = fnv1a(self.language.bytes().chain(self.story.bytes()));
        (hash >> 32) & 1 == 1
    }
}

/// What the dateline says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldDateline {
    /// Place.
    pub place: Option<String>,
    /// Its geonameid.
    pub geonameid: Option<u32>,
    /// Agency.
    pub agency: Option<String>,
    /// Month and day.
    pub month_day: Option<String>,
}

/// An entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldEntity {
    /// First character.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Type.
    pub kind: EntityType,
    /// Geonameid of a place.
    pub geonameid: Option<u32>,
    /// Its fullest name in the item, where that is another than is printed here.
    pub name: Option<String>,
}

/// A quote, marks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldQuote {
    /// First character.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// `d` direct, `m` mixed, `i` indirect.
    pub kind: char,
    /// Fullest name of the speaker; none where the item does not name one.
    pub speaker: Option<String>,
}

/// What is wrong with a labelled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The item.
    pub id: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.what)
    }
}

impl std::error::Error for Malformed {}

/// Reads a file, or all `.txt` and `.jsonl` files of a folder and those below it, in the order of their names. A text belongs to
/// the language that its folder is named after.
///
/// # Errors
/// The first file that cannot be read or is not well formed.
pub fn read_path(path: &Path) -> Result<Vec<Labelled>, Malformed> {
    let wrong = |error: std::io::Error| Malformed { id: path.display().to_string(), what: error.to_string() };
    if path.is_dir() {
        let entries =
            std::fs::read_dir(path).map_err(wrong)?.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.is_dir() || path.extension().is_some_and(|e| e == "txt" || e == "jsonl"));
        paths.sort();
        return Ok(paths.iter().map(|path| read_path(path)).collect::<Result<Vec<_>, _>>()?.concat());
    }
    let file = std::fs::read_to_string(path).map_err(wrong)?;
    if path.extension().is_some_and(|ending| ending == "jsonl") {
        return read_json(&file);
    }
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let language = folder.filter(|name| name.len() == 2).unwrap_or_default();
    if file.starts_with("=== ") {
        read(&file, &language)
    } else if file.starts_with("medtop:") {
        read_topics(&file, &language)
    } else {
        read_sentences(&file, &language)
    }
}

/// Reads short items with their topics, one a line: codes, headline and text, divided by tabs.
///
/// # Errors
/// The first line that is not well formed.
pub fn read_topics(file: &str, language: &str) -> Result<Vec<Labelled>, Malformed> {
    let lines = file.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let id = format!("{language}-topics-{}", number + 1);
            let [codes, title, text] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(Malformed {
                    id,
                    what: "a line must be codes, headline and text, divided by tabs".to_owned(),
                });
            };
            Ok(Labelled {
                id,
                language: language.to_owned(),
                topics: codes.split_whitespace().map(str::to_owned).collect(),
                title: title.trim().to_owned(),
                text: text.trim().to_owned(),
                ..Labelled::default()
            })
        })
        .collect()
}

/// Reads items from marked-up text; `language` is that of the file.
///
/// # Errors
/// The first item that is not well formed.
pub fn read(file: &str, language: &str) -> Result<Vec<Labelled>, Malformed> {
    let blocks = file.split("\n=== ").map(|block| block.trim_start_matches("=== "));
    blocks.filter(|block| !block.trim().is_empty()).map(|block| item(block, language)).collect()
}

/// Reads sentences, one a line.
///
/// # Errors
/// The first line that is not well formed.
pub fn read_sentences(file: &str, language: &str) -> Result<Vec<Labelled>, Malformed> {
    let lines = file.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    lines
        .map(|(number, line)| {
            let id = format!("{language}-line-{}", number + 1);
            let marked = marked(line).map_err(|what| Malformed { id: id.clone(), what })?;
            Ok(Labelled {
                id,
                language: language.to_owned(),
                text: marked.text,
                entities: marked.entities,
                ..Labelled::default()
            })
        })
        .collect()
}

/// Reads `{"id","text","lang","ents":[[start,end,type],…]}`, the form of NER data sets.
///
/// # Errors
/// The first line that is not of this form.
pub fn read_json(file: &str) -> Result<Vec<Labelled>, Malformed> {
    let lines = file.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            json(line).ok_or_else(|| Malformed {
                id: format!("line {}", number + 1),
                what: "a line must be {\"text\": …, \"lang\": …, \"ents\": [[start, end, type], …]}"
                    .to_owned(),
            })
        })
        .collect()
}

fn json(line: &str) -> Option<Labelled> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text_of = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let entity = |entity: &Value| {
        Some(GoldEntity {
            start: number(entity.get(0))?,
            end: number(entity.get(1))?,
            kind: kind(entity.get(2)?.as_str()?)?,
            geonameid: None,
            name: None,
        })
    };
    Some(Labelled {
        id: text_of("id").unwrap_or_default(),
        language: text_of("lang").or_else(|| text_of("language")).unwrap_or_default(),
        text: text_of("text")?,
        entities: line.get("ents")?.as_array()?.iter().filter_map(entity).collect(),
        ..Labelled::default()
    })
}

fn kind(name: &str) -> Option<EntityType> {
    match name {
        "PER" => Some(EntityType::Per),
        "ORG" => Some(EntityType::Org),
        "LOC" => Some(EntityType::Loc),
        "MISC" => Some(EntityType::Misc),
        _ => None,
    }
}

fn item(block: &str, language: &str) -> Result<Labelled, Malformed> {
    let (id, rest) = block.split_once('\n').unwrap_or((block, ""));
    let id = id.trim().to_owned();
    let wrong = |what: &str| Malformed { id: id.clone(), what: what.to_owned() };
    let (head, body) = rest.split_once("\n---\n").ok_or_else(|| wrong("no line --- after the head"))?;
    let (title, text) = body.trim().split_once('\n').ok_or_else(|| wrong("no body after the headline"))?;
    let field = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let list = |name: &str, by: char| {
        let all = field(name).unwrap_or_default();
        all.split(by).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let title = marked(title.trim()).map_err(|what| wrong(&what))?;
    let body = marked(text.trim()).map_err(|what| wrong(&what))?;
    Ok(Labelled {
        story: field("story").ok_or_else(|| wrong("no story"))?,
        manner: field("manner").ok_or_else(|| wrong("no manner"))?,
        language: language.to_owned(),
        country: field("country"),
        section: field("section"),
        topics: list("topics", ' '),
        keywords: list("keywords", ';'),
        dateline: field("dateline").map(|line| dateline(&line)),
        happens: field("happens").map(|id| id.parse().unwrap_or(0)),
        title: title.text,
        title_entities: title.entities,
        text: body.text,
        entities: body.entities,
        quotes: body.quotes,
        id,
    })
}

/// `place | geonameid | agency | MM-DD`, `-` for what is not there.
fn dateline(line: &str) -> GoldDateline {
    let mut cells = line.split('|').map(str::trim).map(|cell| Some(cell).filter(|cell| *cell != "-"));
    let mut next = || cells.next().flatten();
    GoldDateline {
        place: next().map(str::to_owned),
        geonameid: next().and_then(|id| id.parse().ok()),
        agency: next().map(str::to_owned),
        month_day: next().map(str::to_owned),
    }
}

#[derive(Debug, Default)]
struct Marked {
    text: String,
    entities: Vec<GoldEntity>,
    quotes: Vec<GoldQuote>,
}

/// `[PER Olmedo=Marta Olmedo]`, `[LOC:3117735 Madrid]`, `{d:Marta Olmedo|"Sí"}`.
fn marked(source: &str) -> Result<Marked, String> {
    let mut out = Marked::default();
    let mut length = 0_u32;
    let mut entity: Option<(u32, EntityType, Option<u32>, usize)> = None;
    let mut quote: Option<(u32, char, Option<String>)> = None;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let near = || rest.chars().take(30).collect::<String>();
        match c {
            '[' if entity.is_none() => {
                let (head, after) =
                    rest[1..].split_once(' ').ok_or_else(|| format!("bad [ at {}", near()))?;
                let (name, id) = head.split_once(':').map_or((head, None), |(name, id)| (name, Some(id)));
                let kind = kind(name).ok_or_else(|| format!("no such type at {}", near()))?;
                entity = Some((length, kind, id.and_then(|id| id.parse().ok()), out.text.len()));
                rest = after;
                continue;
            }
            ']' => {
                let (start, kind, geonameid, byte) =
                    entity.take().ok_or_else(|| format!("a ] too many before {}", near()))?;
                let printed = out.text.get(byte..).unwrap_or_default();
                let name = printed.split_once('=').map(|(short, name)| (short.len(), name.to_owned()));
                if let Some((short, _)) = &name {
                    out.text.truncate(byte + short);
                    length = start + out.text.get(byte..).unwrap_or_default().chars().count() as u32;
                }
                let name = name.map(|(_, name)| name);
                out.entities.push(GoldEntity { start, end: length, kind, geonameid, name });
            }
            '{' if quote.is_none() => {
                let (head, after) =
                    rest[1..].split_once('|').ok_or_else(|| format!("bad {{ at {}", near()))?;
                let (kind, speaker) =
                    head.split_once(':').ok_or_else(|| format!("no speaker at {}", near()))?;
                let kind = kind.chars().next().filter(|kind| "dmi".contains(*kind));
                let kind = kind.ok_or_else(|| format!("no such kind of quote at {}", near()))?;
                let speaker = Some(speaker.trim().to_owned()).filter(|speaker| speaker != "-");
                quote = Some((length, kind, speaker));
                rest = after;
                continue;
            }
            '}' => {
                let (start, kind, speaker) =
                    quote.take().ok_or_else(|| format!("a }} too many before {}", near()))?;
                out.quotes.push(GoldQuote { start, end: length, kind, speaker });
            }
            '[' | '{' | '|' => return Err(format!("a {c} within another at {}", near())),
            _ => {
                out.text.push(c);
                length += 1;
            }
        }
        rest = &rest[c.len_utf8()..];
    }
    if entity.is_some() || quote.is_some() {
        return Err("a [ or { is not closed".to_owned());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = "=== es-001\nstory: pymes\nmanner: politics\ncountry: ES\ntopics: medtop:11000000\n\
        dateline: Madrid | 3117735 | EUROPA PRESS | -\nkeywords: pymes; rebaja\n---\n\
        [PER Olmedo=Marta Olmedo] baja impuestos\n\
        [LOC:3117735 MADRID] ([ORG EUROPA PRESS]) - {d:Marta Olmedo|\"Sí, [LOC España]\"}, dice.\n";

    #[test]
    fn an_item_is_read() {
        let items = read(ITEM, "es").unwrap();
        let item = &items[0];
        assert_eq!((items.len(), item.title.as_str()), (1, "Olmedo baja impuestos"));
        assert_eq!(item.title_entities[0].name.as_deref(), Some("Marta Olmedo"));
        assert_eq!(item.text, "MADRID (EUROPA PRESS) - \"Sí, España\", dice.");
        let spans: Vec<_> = item.entities.iter().map(|e| (e.start, e.end, e.geonameid)).collect();
        assert_eq!(spans, [(0, 6, Some(3_117_735)), (8, 20, None), (29, 35, None)]);
        let quote = &item.quotes[0];
        assert_eq!((quote.start, quote.end, quote.kind), (24, 36, 'd'));
        assert_eq!(item.dateline.as_ref().unwrap().month_day, None);
    }

    #[test]
    fn what_is_not_well_formed_is_named() {
        for (line, what) in [
            ("a [PER Olmedo", "not closed"),
            ("a [PIR Olmedo]", "no such type"),
            ("a ] b", "too many"),
            ("[PER a [LOC b]]", "within another"),
            ("{x:y|z}", "no such kind"),
        ] {
            let error = read_sentences(line, "es").unwrap_err();
            assert!(error.what.contains(what), "{line}: {error}");
        }
    }
}
