//! Every word of the page, in each language that it speaks. What is said with a value in it is a function, so that each language puts
//! the value where it belongs. A word more is a field here and a line in each language: what is missing does not compile.

mod choice;
mod english;
mod names;
mod spanish;

use std::fmt::Display;

use wiredesk_contract::Timestamp;
use wiredesk_contract::status::CopyKind;
use wiredesk_contract::verdict::{Change, Relation};

pub(crate) use self::choice::{Frame, choose, depends, vary};
pub(crate) use self::names::{Known, Mended, Sought, Taken};
use crate::answers::SourceState;
use crate::error::ApiError;

/// The languages, the first of which is spoken to those who ask for none.
pub(crate) const LANGUAGES: [&Words; 2] = [&english::ENGLISH, &spanish::SPANISH];

type Word = &'static str;
/// A sentence about one text.
type Said = fn(&str) -> String;
/// A sentence about one number, as templates give it.
type Numbered = fn(&dyn Display) -> String;

/// Is it one, and not several?
fn is_one(n: &dyn Display) -> bool {
    n.to_string() == "1"
}

/// A noun that is counted.
pub(crate) struct Counted {
    pub one: Word,
    pub many: Word,
}

impl Counted {
    /// The noun beside a number.
    pub fn of(&self, n: impl Display) -> Word {
        if is_one(&n) { self.one } else { self.many }
    }
}

/// The words of one language.
pub(crate) struct Words {
    /// BCP 47.
    pub code: Word,
    /// The language's own name.
    pub name: Word,
    /// Between thousands; groups begin where `grouped_from` digits are.
    pub thousands: Word,
    pub grouped_from: usize,
    pub decimal: Word,
    pub months: [Word; 12],
    pub frame: FrameWords,
    pub wire: WireWords,
    pub item: ItemWords,
    pub difference: DifferenceWords,
    pub stories: StoriesWords,
    pub sources: SourcesWords,
    pub looks: LooksWords,
    pub pipeline: PipelineWords,
    pub alerts: AlertsWords,
    pub login: LoginWords,
    pub trouble: TroubleWords,
    pub change: fn(Change) -> Word,
    pub relation: fn(Relation) -> Word,
    pub kind: fn(CopyKind) -> Word,
    pub state: fn(SourceState) -> Word,
    /// Why a passage was taken out of the copy.
    pub taken: fn(Taken) -> Word,
    /// What was mended to read a document.
    pub mended: fn(Mended) -> Word,
    /// What the processor looks for.
    pub sought: fn(Sought) -> Word,
    /// A condition of the wire: its parameter and its value.
    pub condition: fn(&str, &str) -> String,
    /// What went wrong.
    pub error: fn(&ApiError) -> String,
}

/// Around every screen, and what several of them say.
pub(crate) struct FrameWords {
    pub skip: Word,
    pub nav: Word,
    pub wire: Word,
    pub stories: Word,
    pub sources: Word,
    pub pipeline: Word,
    pub alerts: Word,
    pub log_out: Word,
    pub language: Word,
    pub items: Counted,
    pub repeats: Counted,
    pub older: Word,
    pub why: Word,
    pub state: Word,
    pub to_do: Word,
    pub where_: Word,
    pub around: Word,
}

pub(crate) struct WireWords {
    pub not_live: Word,
    pub live: Word,
    pub reconnecting: Word,
    pub closed: Word,
    pub so_far: Word,
    pub versions: Counted,
    pub stories: Counted,
    /// Behind the number of those that do; how many there are.
    pub answering: Numbered,
    pub all: Word,
    pub wire: Word,
    pub words: Word,
    pub words_hint: Word,
    pub without_repeats: Word,
    pub show: Word,
    pub only: Word,
    pub take_off: Said,
    pub alike: Word,
    pub nothing_like_this: Word,
    /// The search ended before it came to the oldest items: a link to those follows.
    pub none_so_recent: Word,
    /// Before, on and after the link to the sources.
    pub nothing_yet: [Word; 3],
    /// Between the keys.
    pub keys: [Word; 5],
    pub send: Word,
    pub list_as: Word,
    pub no_headline: Word,
    pub killed: Word,
    /// With its end, where it is known.
    pub embargo: fn(Option<&str>) -> String,
    pub urgent: Word,
    pub version: fn(u32, Word) -> String,
    pub repeat: Word,
    pub more_to_come: Word,
}

pub(crate) struct ItemWords {
    pub read_at_source: Word,
    pub about: Word,
    pub a_repeat: Word,
    /// Between the relation and the original.
    pub of: Word,
    /// Behind the original: how alike, in percent.
    pub alike: Numbered,
    pub both_have: Said,
    pub figures_differ: Said,
    pub names_differ: Said,
    pub adds: Said,
    pub takes_out: Said,
    pub changes: fn(&str, &str) -> String,
    pub topics: Word,
    pub names: Word,
    pub quotes: Word,
    pub story: Word,
    pub with_the_others: Word,
    pub versions: Word,
    pub what_changed: Word,
    /// How many passages were taken out.
    pub cleaned: fn(usize) -> String,
    pub nothing_taken_out: Word,
    /// Before the list of what was mended.
    pub mended: Word,
    /// By which version of what the wire repeats.
    pub by_memory: fn(u32) -> String,
    pub who_found_what: Word,
    pub found: Word,
    pub found_by: Word,
    pub engine_version: Word,
}

pub(crate) struct DifferenceWords {
    pub title: Numbered,
    pub the_item: Word,
    pub versions: fn(&dyn Display, &dyn Display) -> String,
    pub earlier: fn(&dyn Display, &dyn Display) -> String,
}

pub(crate) struct StoriesWords {
    pub none: Word,
    pub why_together: Word,
    /// Before the names that most of its items have.
    pub most_name: Word,
    pub map: Word,
    /// What the dots are.
    pub about_map: Word,
    pub in_each_language: Word,
    pub time_line: Word,
    pub how_well: Word,
    pub fits: Numbered,
    pub on_the_wire: Word,
}

pub(crate) struct SourcesWords {
    pub wire: Word,
    pub items: Word,
    pub rhythm: Word,
    pub newest: Word,
    pub last_poll: Word,
    pub every: Said,
    /// Since when there was nothing new.
    pub silent: fn(Option<&str>) -> String,
    pub paused: Word,
    pub resume: Word,
    pub poll_now: Word,
    pub pause: Word,
    pub why_rest: Said,
    pub who_may: Word,
}

/// A wire that is looked at before it is listed.
pub(crate) struct LooksWords {
    pub a_new: Word,
    pub address: Word,
    pub look: Word,
    pub looking: Word,
    pub listing: Word,
    pub listed: Word,
    pub its_items: Word,
    pub newest: Said,
    pub remarks: Word,
    pub list_it: Word,
    pub which: Word,
    pub name: Word,
    pub language: Word,
    pub rights: Word,
    pub headline: Word,
    pub full_text: Word,
    pub pages: Word,
    pub add: Word,
}

pub(crate) struct PipelineWords {
    pub now: Word,
    pub last_hour: Counted,
    pub half: Word,
    pub nineteen: Word,
    pub to_publish: Word,
    pub oldest_for: Numbered,
    pub too_large: Counted,
    pub how_far: Said,
    pub stage: Word,
    pub reads: Word,
    pub to_go: Word,
    pub up_to_date: Word,
    pub dropped: Counted,
    pub the_day: Word,
    pub an_hour: Said,
    pub at_the_most: Said,
    /// The hour, its items, the repeats among them.
    pub bar: fn(&str, &str, &str) -> String,
    /// The longest of all, with its unit: what the chart of waits is of, and what stands under it.
    pub waits: Said,
    pub longest: Said,
    /// The hour, and seconds: half of its items, nineteen of twenty.
    pub wait_bar: fn(&str, &str, &str) -> String,
    pub languages: Word,
    pub wires: Word,
    pub topics: Word,
    pub dead: Word,
    pub none_waits: Word,
    pub wait: Numbered,
    pub send_again: Word,
    pub drop: Word,
    pub why_dropped: Said,
    pub done: fn(&str) -> Word,
}

pub(crate) struct AlertsWords {
    pub about: Word,
    pub made: Word,
    pub who_may: Word,
    pub a_new: Word,
    pub of: Word,
    pub name: Word,
    pub address: Word,
    pub make: Word,
    /// Before, on and after the link to the wire.
    pub none: [Word; 3],
    pub alert: Word,
    pub to: Word,
    pub sent: Word,
    pub given_up: Word,
    pub last: Word,
    pub remove: Word,
}

pub(crate) struct LoginWords {
    pub log_in: Word,
    pub token: Word,
    /// Around what a token begins with and the command that makes one.
    pub help: [Word; 3],
}

/// Where a screen cannot be shown.
pub(crate) struct TroubleWords {
    pub nothing_here: Word,
    pub not_done: Word,
    /// Instead of what only we can mend.
    pub fault: Word,
    pub to_the_wire: Word,
}

impl Words {
    /// A whole number.
    pub fn number(&self, n: impl Display) -> String {
        let digits = n.to_string();
        if digits.len() < self.grouped_from || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return digits;
        }
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A number with one digit behind the point.
    pub fn tenths(&self, n: f64) -> String {
        format!("{n:.1}").replace('.', self.decimal)
    }

    /// `24 Nov 18:05 UTC`.
    pub fn time(&self, at: Timestamp) -> String {
        use chrono::Datelike;
        let month = self.months.get(at.month0() as usize).copied().unwrap_or_default();
        format!("{} {month} {} UTC", at.day(), at.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_each_language_does() {
        let [en, es] = LANGUAGES;
        for (n, english, spanish) in [
            (7, "7", "7"),
            (1234, "1,234", "1234"),
            (12_345, "12,345", "12.345"),
            (1_234_567, "1,234,567", "1.234.567"),
        ] {
            assert_eq!((en.number(n), es.number(n)), (english.to_owned(), spanish.to_owned()));
        }
        assert_eq!((en.tenths(1.25 + 0.01), es.tenths(1.26)), ("1.3".to_owned(), "1,3".to_owned()));
        assert_eq!(en.number(-1234), "-1234", "what is no count stays as it is");
        let at = "2026-01-04T08:05:00Z".parse().unwrap();
        assert_eq!((en.time(at), es.time(at)), ("4 Jan 08:05 UTC".to_owned(), "4 ene 08:05 UTC".to_owned()));
    }

    #[test]
    fn nouns_follow_their_number() {
        for words in LANGUAGES {
            let items = &words.frame.items;
            assert_eq!((items.of(0), items.of(1), items.of(2)), (items.many, items.one, items.many));
            assert_ne!(items.one, items.many);
        }
    }
}
