//! The documents of an index: the newest that changed, a few in one poll.

use std::collections::BTreeMap;

use wiredesk_contract::SourceId;
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, ChildState, Found, Leased, Validators};

use super::{Poll, Poller, Via, Wire, count, state};
use crate::answer::{self, Answer};
use crate::ask::request_of;
use crate::queue::Turns;
use crate::read::{Child, Hints};
use crate::schedule::moved::domain;
use crate::schedule::{Asks, Told};

/// Most documents of an index that are remembered.
const REMEMBERED: usize = 2000;

/// What to do about the documents of an index.
#[derive(Debug, Default, PartialEq)]
struct Choice {
    /// Ask for these, the newest first.
    fetch: Vec<ChildState>,
    /// Remember these without asking: what was there before us is an archive.
    note: Vec<ChildState>,
    /// More changed than are fetched now.
    left: bool,
}

/// What the documents of an index came to.
#[derive(Debug, Default)]
pub(super) struct Children {
    /// What they told; None where none had anything.
    pub told: Option<Told>,
    /// Some are still to be asked for: the index is to be read again.
    pub left: bool,
}

/// Chooses at most `most` documents to ask for. Of a new index the newest; later those that changed, and those whose index
/// does not say when they did.
fn choose(listed: &[Child], known: &BTreeMap<String, ChildState>, most: usize) -> Choice {
    let oldest = known.values().filter_map(|k| k.modified).min();
    let first = known.is_empty();
    let mut listed: Vec<&Child> = listed.iter().collect();
    listed.sort_by_key(|c| std::cmp::Reverse(c.modified));
    let changed = |child: &&&Child| match (known.get(&child.url), child.modified) {
        (Some(before), Some(modified)) => before.modified.is_none_or(|b| b < modified),
        (Some(_), None) => true,
        // Older than all that is remembered: the archive.
        (None, Some(modified)) => oldest.is_none_or(|o| modified > o),
        (None, None) => true,
    };
    let as_known = |child: &Child| ChildState {
        url: child.url.clone(),
        modified: child.modified,
        validators: known.get(&child.url).map(|k| k.validators.clone()).unwrap_or_default(),
    };
    let changed: Vec<&&Child> = listed.iter().filter(changed).collect();
    let fetch: Vec<ChildState> = changed.iter().take(most).map(|c| as_known(c)).collect();
    let left = !first && changed.iter().skip(most).any(|c| c.modified.is_some());
    let note = if first {
        listed.iter().take(REMEMBERED).skip(fetch.len()).map(|c| as_known(c)).collect()
    } else {
        Vec::new()
    };
    Choice { fetch, note, left }
}

impl Poller {
    /// Asks for documents of an index: of those `listed` now, or, where the index itself is unchanged, of those that it
    /// does not date.
    pub(super) async fn children(
        &self,
        wire: &Wire,
        leased: &Leased,
        turns: &Turns,
        listed: Option<&[Child]>,
        poll: &mut Poll,
    ) -> Result<Children, StageError> {
        let known = table::children(&self.db, &SourceId::new(&wire.config.id)).answered().await?;
        let most = self.config.children_a_poll;
        let own = domain(&wire.config.url);
        let choice = match listed {
            Some(listed) => {
                // Of other domains we know neither the queue nor whether they are meant.
                let listed: Vec<Child> = listed.iter().filter(|c| domain(&c.url) == own).cloned().collect();
                choose(&listed, &known, most)
            }
            None => Choice {
                fetch: known.into_values().filter(|c| c.modified.is_none()).take(most).collect(),
                ..Choice::default()
            },
        };
        poll.polled.children = choice.note;
        let mut out = Children { told: None, left: choice.left };
        for child in choice.fetch {
            turns.wait(&leased.domain, self.clock).await;
            let Some(more) = self.child(wire, child, poll).await? else {
                out.left = true;
                break;
            };
            let Some(more) = more else { continue };
            let sum =
                out.told.get_or_insert_with(|| Told { asks: state::of(leased).asks, ..Told::default() });
            sum.new = sum.new.saturating_add(more.new);
            sum.items = sum.items.saturating_add(more.items);
            sum.oldest = sum.oldest.into_iter().chain(more.oldest).min();
            sum.newest = sum.newest.max(more.newest);
        }
        Ok(out)
    }

    /// One document of an index. None where the server refuses: no more are asked for now.
    async fn child(
        &self,
        wire: &Wire,
        child: ChildState,
        poll: &mut Poll,
    ) -> Result<Option<Option<Told>>, StageError> {
        let answered = wire.client.get(&request_of(&wire.config, &child.url, Some(&child.validators))).await;
        let at = (self.clock)();
        let response = match answer::read(answered, at) {
            Answer::Document(response) => *response,
            Answer::Unchanged => {
                poll.polled.children.push(child);
                return Ok(Some(None));
            }
            Answer::Failed { status: Some(429), retry_after, error } => {
                tracing::warn!(
                    source = wire.config.id,
                    "a document of the index {}: {error}",
                    wire.config.id
                );
                poll.refused = Some(retry_after);
                return Ok(None);
            }
            other => {
                let error = match other {
                    Answer::Failed { error, .. } | Answer::TooLarge(error, _) => error,
                    _ => "it is gone".to_owned(),
                };
                tracing::warn!(
                    source = wire.config.id,
                    "a document of the index {} is left out ({}): {error}",
                    wire.config.id,
                    child.url
                );
                return Ok(Some(None));
            }
        };
        let hash = state::body_hash(&response.body);
        let same = child.validators.body_hash.as_deref() == Some(&hash);
        let validators = Validators {
            etag: response.etag.clone(),
            last_modified: response.last_modified.clone(),
            body_hash: Some(hash),
        };
        poll.polled.children.push(ChildState { validators, ..child });
        if same {
            return Ok(Some(None));
        }
        let hints = Hints {
            content_type: response.content_type.clone(),
            url: Some(response.url.clone()),
            zone: wire.config.zone(),
        };
        let taken = self.take(wire, response.body, hints, at, Via::Poll).await?;
        let told = Told {
            new: count(taken.new),
            items: count(taken.window),
            oldest: taken.oldest,
            newest: taken.found.newest_item,
            asks: Asks::default(),
        };
        add(&mut poll.polled.found, taken.found);
        Ok(Some(Some(told)))
    }
}

/// The index's own form stays; what its documents held is added.
fn add(to: &mut Found, more: Found) {
    to.newest_item = to.newest_item.max(more.newest_item);
    to.partial = match (to.partial, more.partial) {
        (None, other) | (other, None) => other,
        (Some(a), Some(b)) => Some(a || b),
    };
    to.form = to.form.take().or(more.form);
    to.repairs = to.repairs.take().or(more.repairs);
    to.seen.extend(more.seen);
    to.touched.extend(more.touched);
    to.refused.extend(more.refused);
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn child(name: &str, day: Option<i64>) -> Child {
        Child { url: name.to_owned(), modified: day.and_then(|d| DateTime::from_timestamp(d * 86_400, 0)) }
    }

    fn known(children: &[Child]) -> BTreeMap<String, ChildState> {
        let state =
            |c: &Child| ChildState { url: c.url.clone(), modified: c.modified, ..ChildState::default() };
        children.iter().map(|c| (c.url.clone(), state(c))).collect()
    }

    fn names(states: &[ChildState]) -> Vec<&str> {
        states.iter().map(|s| s.url.as_str()).collect()
    }

    #[test]
    fn the_newest_that_changed() {
        let old: Vec<Child> = (1..=6).map(|d| child(&format!("c{d}"), Some(d))).collect();
        let first = choose(&old, &BTreeMap::new(), 2);
        assert_eq!(names(&first.fetch), ["c6", "c5"]);
        assert_eq!(names(&first.note), ["c4", "c3", "c2", "c1"], "the archive is noted, not fetched");
        assert_eq!(choose(&old, &known(&old), 2), Choice::default());
        let mut now = old.clone();
        now[2] = child("c3", Some(8));
        now.push(child("c7", Some(7)));
        now.push(child("c0", Some(0)));
        assert_eq!(names(&choose(&now, &known(&old), 5).fetch), ["c3", "c7"]);
        let undated = [child("a", None), child("b", None), child("c", None)];
        assert_eq!(names(&choose(&undated, &known(&undated), 2).fetch), ["a", "b"]);
    }
}
