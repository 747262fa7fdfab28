//! Things in a row: the posts of a thread, the comments below an article, the cards of a list. The row that holds the most
//! running text says which of these a page is: a thread begins with its first post, comments begin behind the text.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;
use foldhash::{HashMap, HashMapExt};

use super::facts::Look;
use super::names;
use super::page::{Page, Place, tag};

/// Figures of a piece.
pub(crate) const WIDTH: usize = 9;

/// Fewest words of a member.
const MEMBER: f32 = 8.0;

/// What the members of a row share: the parent, the element, the groups of its names. Whole class names tell even from odd,
/// and the first from the rest.
type Row = (u32, u32, names::Names);

fn row(place: &Place) -> Row {
    (place.parent, place.tag, place.names)
}

/// The row of a page.
#[derive(Default)]
pub(crate) struct Series {
    /// Of each element, which member of the row it is in, from 1.
    inside: Vec<u16>,
    members: f32,
    /// Its share of the running text.
    share: f32,
    /// Its largest member's share of its own text.
    largest: f32,
    /// Does the first running text behind the title stand in it?
    first: f32,
    /// Share of the running text below elements that are named as those of forums.
    forum: f32,
    /// Does the address say that it is a forum's?
    address: f32,
}

impl Series {
    pub(crate) fn of(page: &Page, looks: &[Look], first: Option<usize>) -> Self {
        let places = &page.places;
        let (mut below, mut own) = (vec![0.0f32; places.len()], vec![0.0f32; places.len()]);
        let (mut prose, mut forum) = (0.0, 0.0);
        for (piece, look) in page.pieces.iter().zip(looks) {
            if look.prose {
                let place = page.place(piece);
                prose += look.words;
                if (place.names | place.near | place.far | piece.inner) & names::FORUM != 0 {
                    forum += look.words;
                }
                below[piece.place as usize] += look.words;
                own[piece.place as usize] += look.words;
            }
        }
        // A child comes after its parent.
        for at in (1..places.len()).rev() {
            let parent = places[at].parent as usize;
            if parent != at {
                below[parent] += below[at];
            }
        }
        let mut rows: HashMap<Row, (f32, f32)> = HashMap::new();
        let text = tag::P | tag::H1 | tag::H2 | tag::H3 | tag::PRE;
        let member =
            |at: usize| at > 0 && below[at] >= MEMBER && own[at] < below[at] && places[at].tag & text == 0;
        for (at, place) in places.iter().enumerate() {
            if member(at) {
                let row = rows.entry(row(place)).or_default();
                row.0 += 1.0;
                row.1 += below[at];
            }
        }
        let best = rows.into_iter().filter(|(_, (count, _))| *count >= 2.0);
        // Of equal ones the first, so that the same page gives the same figures.
        let best = best.max_by(|a, b| a.1.1.total_cmp(&b.1.1).then(b.0.cmp(&a.0)));
        let share = |part: f32| if prose > 0.0 { part / prose } else { 0.0 };
        let mut series = Self { forum: share(forum), address: address(page), ..Self::default() };
        let Some((key, (members, words))) = best else { return series };
        let mut inside = vec![0u16; places.len()];
        let (mut count, mut largest) = (0u16, 0.0f32);
        for (at, place) in places.iter().enumerate() {
            // Short ones too, once it is known which row it is.
            if at > 0 && row(place) == key {
                count = count.saturating_add(1);
                largest = largest.max(below[at]);
                inside[at] = count;
            } else if place.parent as usize != at {
                inside[at] = inside[place.parent as usize];
            }
        }
        let first = first.map(|at| page.pieces[at].place as usize);
        series.first = first.map_or(-1.0, |at| f32::from(inside[at].min(3)));
        (series.members, series.share, series.largest) = (members, share(words), largest / words.max(1.0));
        series.inside = inside;
        series
    }

    /// Is this a thread: does the page's text begin with the first post, or is it, by address and names, plainly a forum's?
    pub(crate) fn is_thread(&self, declared: bool) -> bool {
        let begins = self.first == 1.0 && (declared || self.address > 0.0 || self.forum >= 0.5);
        begins || self.address > 0.0 && self.forum >= 0.8 && self.share >= 0.5
    }

    /// Which post an element is in, from 1; 0 where it is in none.
    pub(crate) fn member(&self, place: u32) -> u16 {
        self.inside.get(place as usize).copied().unwrap_or_default()
    }

    /// Equal for pieces that stand at the same place within their posts.
    pub(crate) fn spot(&self, page: &Page, place: u32) -> u64 {
        let member = self.member(place);
        let mut hasher = FixedState::default().build_hasher();
        for (_, place) in page.up(place).take_while(|(_, place)| self.member(place.parent) == member) {
            (place.tag, place.names).hash(&mut hasher);
        }
        hasher.finish()
    }

    pub(crate) fn figures(&self, rows: &mut Vec<f32>, place: u32, before: f32) {
        let inside = self.member(place);
        rows.extend([
            f32::from(inside.min(40)),
            f32::from(u8::from(inside > 0)),
            self.members.ln_1p(),
            self.share,
            self.largest,
            self.first,
            self.forum,
            self.address,
            if inside > 0 { before.ln_1p() } else { -1.0 },
        ]);
    }
}

/// 1 where a part of the path says so, 2 where the host does, 3 for both.
fn address(page: &Page) -> f32 {
    let meta =
        |name: &str| page.head.metas.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let Some(url) = page.head.canonical.as_deref().or_else(|| meta("og:url")) else { return 0.0 };
    let url = url.to_lowercase();
    let (host, path) =
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).split_once('/').unwrap_or_default();
    let words = |text: &str| {
        text.split(['/', '.', '?', '=', '&', '-']).take(6).any(|word| {
            matches!(
                word,
                "forum"
                    | "forums"
                    | "board"
                    | "boards"
                    | "community"
                    | "discuss"
                    | "discussion"
                    | "discussions"
                    | "thread"
                    | "threads"
                    | "topic"
                    | "topics"
                    | "viewtopic"
                    | "showthread"
                    | "showtopic"
                    | "questions"
                    | "ubbthreads"
                    | "phpbb"
                    | "foro"
                    | "foros"
                    | "forosocial"
                    | "foren"
                    | "t"
                    | "answers"
            )
        })
    };
    f32::from(u8::from(words(path)) + 2 * u8::from(words(host)))
}

#[cfg(test)]
mod tests {
    use super::super::figures;

    const WORDS: &str =
        "Llevamos tres días sin ver salir una sola barca del puerto viejo por culpa del temporal.";

    fn page(before: &str, posts: &str) -> String {
        format!(
            "<html><head><link rel=canonical href='https://foros.puerto.example/hilo/temporal'></head><body><h1>Temporal</h1>\
             {before}<div class=replies>{posts}</div></body></html>"
        )
    }

    fn post(class: &str, text: &str) -> String {
        format!(
            "<div class='{class}'><div class=author>Nerea</div><div class='post-text'><p>{text}</p></div></div>"
        )
    }

    #[test]
    fn a_thread_begins_with_its_first_post_whatever_the_posts_are_called() {
        let posts = [post("odd first", WORDS), post("even", "Ninguna."), post("odd last", WORDS)].concat();
        let (page, facts) = figures(&page("", &posts)).unwrap();
        assert!(facts.series.is_thread(false));
        let place = |text: &str| page.pieces.iter().find(|p| p.text == text).unwrap().place;
        let all: Vec<u32> = page.pieces.iter().filter(|p| p.text == WORDS).map(|p| p.place).collect();
        assert_eq!(all.iter().map(|p| facts.series.member(*p)).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(facts.series.member(place("Ninguna.")), 2);
        assert_eq!(facts.series.spot(&page, place("Ninguna.")), facts.series.spot(&page, all[0]));
        assert_ne!(facts.series.spot(&page, place("Nerea")), facts.series.spot(&page, all[0]));
    }

    #[test]
    fn comments_below_an_article_make_no_thread() {
        let posts = [post("odd", WORDS), post("even", WORDS)].concat();
        let (_, facts) = figures(&page(&format!("<div class=story><p>{WORDS}</p></div>"), &posts)).unwrap();
        assert!(!facts.series.is_thread(true));
    }
}
