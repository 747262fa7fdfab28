//! What the page and its readers ask the API, each in several forms: other languages, wires, names, words and places in the list.

use sqlx::PgPool;

use crate::invent::Inventor;
use crate::invent::words::Chance;

/// Milliseconds that 99 of 100 answers may take.
pub const PAGE_MS: f64 = 50.0;
/// The same of searches by words.
pub const WORDS_MS: f64 = 200.0;

/// Something that is asked, in its forms.
pub struct Question {
    /// What it is called in the table.
    pub name: &'static str,
    /// Its aim, in milliseconds.
    pub aim: f64,
    /// Paths with their parameters.
    pub paths: Vec<String>,
}

/// What is in the database that questions are about.
struct There {
    ids: Vec<String>,
    changed: Vec<String>,
    repeated: Vec<String>,
    stories: Vec<String>,
    headlines: Vec<(String, String)>,
    place: String,
}

impl There {
    async fn look(db: &PgPool) -> Result<Self, sqlx::Error> {
        let texts = async |sql: &'static str| sqlx::query_scalar::<_, String>(sql).fetch_all(db).await;
        Ok(Self {
            ids: texts("SELECT item_id FROM item TABLESAMPLE SYSTEM (0.1) LIMIT 60").await?,
            changed: texts("SELECT item_id FROM item TABLESAMPLE SYSTEM (1) WHERE version > 1 AND pub_status = 'usable' LIMIT 60").await?,
            repeated: texts("SELECT DISTINCT duplicate_of FROM item TABLESAMPLE SYSTEM (0.2) WHERE duplicate_of IS NOT NULL LIMIT 60").await?,
            stories: texts("SELECT story_id FROM story ORDER BY items DESC LIMIT 30").await?,
            headlines: sqlx::query_as("SELECT language, headline FROM item TABLESAMPLE SYSTEM (0.1) WHERE language IN ('es', 'en', 'ca', 'fr') AND headline <> '' LIMIT 30")
                .fetch_all(db)
                .await?,
            place: sqlx::query_scalar("SELECT (SELECT tx::text || '.' || change_seq FROM item ORDER BY version_created DESC OFFSET 2000 LIMIT 1)")
                .fetch_one(db)
                .await?,
        })
    }
}

/// For an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// All questions; `cursors` are places deep in the list.
pub async fn all(db: &PgPool, inventor: &Inventor, cursors: &[String]) -> Result<Vec<Question>, sqlx::Error> {
    let there = There::look(db).await?;
    let mut questions = listed(inventor, cursors, &there);
    questions.extend(others(inventor, &there));
    questions.extend(by_words(inventor, &there));
    Ok(questions)
}

fn listed(inventor: &Inventor, cursors: &[String], there: &There) -> Vec<Question> {
    let page = |name, paths: Vec<String>| Question { name, aim: PAGE_MS, paths };
    let one = |path: &str| vec![path.to_owned()];
    let with = |start: &str, values: &[String]| {
        values.iter().map(|value| format!("{start}{}", encoded(value))).collect::<Vec<_>>()
    };
    let languages: Vec<String> =
        inventor.languages.iter().map(|language| language.grammar.code.to_owned()).collect();
    let wires: Vec<String> = (0..40).map(|n| format!("wire-{:03}", n * 12)).collect();
    let [famous, unknown, place, topic] = inventor.famous();
    let topics =
        [topic, "medtop:09000000".to_owned(), "medtop:20000901".to_owned(), "medtop:20001130".to_owned()];
    vec![
        page("page /", one("/")),
        page("page /, language", with("/?language=", &languages)),
        page("page /, wire", with("/?source=", &wires)),
        page("page /, topic", with("/?topic=", &topics)),
        page("page /, entity that many name", with("/?entity=", std::slice::from_ref(&famous))),
        page("page /, entity that few name", with("/?entity=", std::slice::from_ref(&unknown))),
        page("page /, place", with("/?place=", &[place, "geo:90002500".to_owned()])),
        page(
            "page /, near",
            ["40.4168,-3.7038,50", "40.4168,-3.7038,5", "41.9,1.2,120", "-30.1,-60.2,300"]
                .map(|circle| format!("/?near={circle}"))
                .to_vec(),
        ),
        page("page /, urgency", (1..=4).map(|urgency| format!("/?urgency={urgency}")).collect()),
        page("page /, no repeats", one("/?duplicates=false")),
        page(
            "page /, sort of copy",
            ["planning", "not_article"].map(|kind| format!("/?kind={kind}")).to_vec(),
        ),
        page("page /, several conditions", with("/?language=es&urgency=4&duplicates=false&topic=", &topics)),
        page("page /, deep in", with("/?cursor=", cursors)),
        page("page /, deep in, language", with("/?language=fr&cursor=", cursors)),
        page("GET /v1/items", one("/v1/items")),
        page("GET /v1/items, deep in", with("/v1/items?cursor=", cursors)),
        page(
            "GET /v1/items, changed_after",
            vec![format!("/v1/items?changed_after={}", there.place), "/v1/items?changed_after=".to_owned()],
        ),
        page("GET /v1/items, entity and language", with("/v1/items?language=es&entity=", &[famous, unknown])),
    ]
}

fn others(inventor: &Inventor, there: &There) -> Vec<Question> {
    let page = |name, paths: Vec<String>| Question { name, aim: PAGE_MS, paths };
    let ids = |start: &str, ids: &[String], end: &str| {
        ids.iter().map(|id| format!("{start}{id}{end}")).collect::<Vec<_>>()
    };
    let [famous, unknown, place, _] = inventor.famous();
    vec![
        page("page of an item", ids("/items/", &there.ids, "")),
        page("GET /v1/items/{id}", ids("/v1/items/", &there.ids, "")),
        page("GET /v1/items/{id}, repeated", ids("/v1/items/", &there.repeated, "")),
        page("GET /v1/items/{id}/diff", ids("/v1/items/", &there.changed, "/diff")),
        page("GET /v1/items/{id}/cleaning", ids("/v1/items/", &there.changed, "/cleaning")),
        page("row of the page", ids("/rows/", &there.ids, "")),
        page("page of stories", vec!["/stories".to_owned()]),
        page("GET /v1/stories", vec!["/v1/stories".to_owned()]),
        page("page of a story, the largest", ids("/stories/", &there.stories, "")),
        page("GET /v1/stories/{id}", ids("/v1/stories/", &there.stories, "")),
        page("page of wires", vec!["/sources".to_owned()]),
        page("GET /v1/sources", vec!["/v1/sources".to_owned()]),
        page("page of the pipeline", vec!["/pipeline".to_owned()]),
        page("GET /v1/figures", vec!["/v1/figures".to_owned()]),
        page("GET /v1/pipeline", vec!["/v1/pipeline".to_owned()]),
        page("GET /v1/entities", vec!["/v1/entities".to_owned(), "/v1/entities?kind=PER".to_owned()]),
        page(
            "GET /v1/entities, letters",
            ["mar", "alni", "Catabra", "zz"].map(|letters| format!("/v1/entities?q={letters}")).to_vec(),
        ),
        page(
            "GET /v1/entities/{id}",
            [famous, unknown, place].map(|id| format!("/v1/entities/{}", encoded(&id))).to_vec(),
        ),
    ]
}

fn by_words(inventor: &Inventor, there: &There) -> Vec<Question> {
    let search = |name, words: Vec<(String, &str)>| Question {
        name,
        aim: WORDS_MS,
        paths: words.into_iter().map(|(words, more)| format!("/?q={}{more}", encoded(&words))).collect(),
    };
    let [es, en, ..] = inventor.languages.as_slice() else { return Vec::new() };
    let pairs = |ranks: [usize; 4], then: &dyn Fn(&str, &str) -> String| {
        let [a, b, c, d] = ranks;
        vec![(then(es.ranked(a), es.ranked(b)), ""), (then(en.ranked(c), en.ranked(d)), "")]
    };
    let common = [0, 1, 3, 8, 20].map(|rank| (es.ranked(rank).to_owned(), "")).to_vec();
    let rare = [29_990, 29_000, 27_000, 24_000].map(|rank| (en.ranked(rank).to_owned(), "")).to_vec();
    // Two words that stand together in a headline, and one with a letter too many.
    let together = |(_, headline): &(String, String)| {
        let words: Vec<&str> = headline.split(' ').filter(|word| word.len() > 3).take(2).collect();
        (format!("\"{}\"", words.join(" ")), "")
    };
    let mistyped = |(_, headline): &(String, String)| {
        let longest = headline.split(' ').max_by_key(|word| word.len()).unwrap_or_default();
        let middle = longest.char_indices().nth(longest.chars().count() / 2).map_or(0, |(at, _)| at);
        (format!("{}zx{}", &longest[..middle], &longest[middle..]), "")
    };
    let mut chance = Chance::new(3);
    let mut between = || (en.ranked(100 + chance.below(4000)).to_owned(), "");
    vec![
        search("words: rare", rare),
        search("words: in some thousands", (0..20).map(|_| between()).collect()),
        search("words: common", common.clone()),
        search("words: two common", pairs([0, 3, 1, 2], &|a, b| format!("{a} {b}"))),
        search("words: common and rare", pairs([0, 20_000, 1, 25_000], &|a, b| format!("{a} {b}"))),
        search("words: either", pairs([2, 900, 4, 9_000], &|a, b| format!("{a} or {b}"))),
        search("words: phrase", there.headlines.iter().map(together).collect()),
        search("words: common, not another", pairs([0, 5, 1, 2], &|a, b| format!("{a} -{b}"))),
        search("words: rare, not another", pairs([25_000, 5, 26_000, 2], &|a, b| format!("{a} -{b}"))),
        search(
            "words: common, language",
            common.iter().map(|(word, _)| (word.clone(), "&language=es")).collect(),
        ),
        search(
            "words: common, another language",
            common.iter().map(|(word, _)| (word.clone(), "&language=en")).collect(),
        ),
        search(
            "words: common, wire",
            common.iter().map(|(word, _)| (word.clone(), "&source=wire-120")).collect(),
        ),
        search(
            "words: common, urgent",
            common.iter().map(|(word, _)| (word.clone(), "&urgency=2")).collect(),
        ),
        search("words: mistyped", there.headlines.iter().map(mistyped).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_an_address_is_written_so() {
        assert_eq!(encoded("ent:PER:ana ñ&1"), "ent%3APER%3Aana%20%C3%B1%261");
    }
}
