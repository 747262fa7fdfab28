//! The open stories, and where an item goes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wiredesk_contract::message::Message;
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::story::StoryItem;
use wiredesk_contract::{ItemId, Story, StoryId, Timestamp};
use wiredesk_store::story::ItemRow;

use crate::config::Config;
use crate::features::{Facts, Features};
use crate::similarity::{ByNumber, Frequencies, Weighted, keys};

/// Items that a feature may be in to lead to candidates: what everybody mentions leads nowhere.
const POSTINGS: usize = 400;
/// Stories that are looked at closely for one item.
const CANDIDATES: usize = 30;
/// Members that stand for a story: its first, and its newest.
const FIRST: usize = 3;
const NEWEST: usize = 9;
/// Of those, how many the item has to be like on average: a story has sides, and one alone is a chain.
const LIKEST: usize = 2;
/// Names that a story shows.
const SHOWN: usize = 10;

/// Where an item goes, and what that makes of stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The item and its story.
    pub row: ItemRow,
    /// The features, where the item is usable.
    pub features: Option<Features>,
    /// The new revision of the story that the item joined or left.
    pub story: Option<Story>,
}

/// The open stories. Their content follows from the order of what was placed alone.
#[derive(Debug)]
pub struct Stories {
    config: Config,
    newest: Option<Timestamp>,
    seq: i64,
    items: HashMap<ItemId, Member>,
    /// Items by their place in the order of joining; those of the window only.
    by_seq: ByNumber<i64, Joined>,
    order: BTreeSet<(Timestamp, i64)>,
    stories: HashMap<StoryId, Open>,
    /// The same by their numbers.
    numbered: ByNumber<u64, StoryId>,
    /// The number of the next story.
    next: u64,
    postings: ByNumber<u64, BTreeSet<i64>>,
    frequencies: Frequencies,
    /// Items and stories from before the window that the batch in hand asks for.
    attic: BTreeMap<ItemId, ItemRow>,
}

#[derive(Debug)]
struct Member {
    row: ItemRow,
    features: Option<Features>,
}

/// An item, and its story by number.
#[derive(Debug)]
struct Joined {
    item: ItemId,
    story: Option<u64>,
}

#[derive(Debug)]
struct Open {
    /// Of this run alone: shorter than an id.
    number: u64,
    message: Story,
    /// Members in the window, in the order in which they joined.
    members: BTreeSet<i64>,
}

impl Stories {
    /// No stories yet.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            newest: None,
            seq: 0,
            items: HashMap::new(),
            by_seq: ByNumber::default(),
            order: BTreeSet::new(),
            stories: HashMap::new(),
            numbered: ByNumber::default(),
            next: 0,
            postings: ByNumber::default(),
            frequencies: Frequencies::default(),
            attic: BTreeMap::new(),
        }
    }

    /// Items in the window.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// Open stories.
    pub fn len(&self) -> usize {
        self.stories.len()
    }

    /// Is there no open story?
    pub fn is_empty(&self) -> bool {
        self.stories.is_empty()
    }

    /// Is the item in the window?
    pub fn knows(&self, item: &ItemId) -> bool {
        self.items.contains_key(item)
    }

    /// Lends rows and stories from before the window for the batch to come, in place of those lent before.
    pub fn lend(&mut self, rows: Vec<ItemRow>, stories: Vec<Story>) {
        self.attic = rows.into_iter().map(|row| (row.item_id.clone(), row)).collect();
        let numbered = &mut self.numbered;
        self.stories.retain(|_, open| {
            let stays = !open.members.is_empty();
            if !stays {
                numbered.remove(&open.number);
            }
            stays
        });
        for message in stories {
            if !self.stories.contains_key(&message.story_id) {
                self.open(message);
            }
        }
    }

    /// Numbers that are given out from here on are above `seq`.
    pub fn resume(&mut self, seq: i64) {
        self.seq = self.seq.max(seq);
    }

    fn row(&self, item: &ItemId) -> Option<&ItemRow> {
        self.items.get(item).map(|m| &m.row).or_else(|| self.attic.get(item))
    }

    /// Says where an item goes; `None` where this version, or a newer one, was placed before. Changes nothing.
    pub fn place(&self, facts: &Facts) -> Option<Placed> {
        let known = self.row(&facts.item_id);
        if known.is_some_and(|row| row.version >= facts.version) {
            return None;
        }
        let usable = facts.status == PubStatus::Usable;
        let was_in = known.and_then(|row| row.story_id.clone());
        let mut row = ItemRow {
            item_id: facts.item_id.clone(),
            story_id: was_in.clone(),
            version: facts.version,
            seq: known.map_or(self.seq + 1, |row| row.seq),
            event_time: known.map_or(facts.event_time, |row| row.event_time),
            features: None,
        };
        let features = usable.then(|| facts.features.clone());
        row.features = features.as_ref().and_then(|f| serde_json::to_value(f).ok());
        let story = match (usable, was_in) {
            // A new version changes what is known of the item and not its story.
            (true, Some(_)) | (false, None) => None,
            (false, Some(story)) => {
                row.story_id = None;
                self.stories.get(&story).map(|open| self.without(open, &facts.item_id))
            }
            (true, None) => {
                let (id, score) = self.story_for(facts);
                row.seq = self.seq + 1;
                row.story_id = Some(id.clone());
                Some(self.with(id, facts, score))
            }
        };
        Some(Placed { row, features, story })
    }

    /// The story of a usable item that has none, and how well it fits.
    fn story_for(&self, facts: &Facts) -> (StoryId, f32) {
        let of_original = facts
            .duplicate_of
            .as_ref()
            .and_then(|original| self.row(original)?.story_id.clone())
            .filter(|story| self.stories.contains_key(story));
        if let Some(story) = of_original {
            return (story, 1.0);
        }
        let own = StoryId::derive(&facts.item_id);
        match facts.kind {
            CopyKind::News => self.nearest(facts).unwrap_or((own, 1.0)),
            // An agenda or a digest speaks of many events: it would pull their stories together.
            CopyKind::Planning | CopyKind::Roundup | CopyKind::NotArticle => (own, 1.0),
        }
    }

    fn nearest(&self, facts: &Facts) -> Option<(StoryId, f32)> {
        let item = Weighted::new(&facts.language, &facts.features, &self.frequencies);
        let sibling = facts.sibling_of.as_ref().and_then(|s| self.row(s)?.story_id.as_ref());
        let mut best: Option<(f32, &Open)> = None;
        for open in self.candidates(facts) {
            if sibling == Some(&open.message.story_id) {
                continue;
            }
            if let Some(score) = self.score(&item, facts, open)
                && score >= 1.0
                && best.is_none_or(|(known, _)| score > known)
            {
                best = Some((score, open));
            }
        }
        // The threshold lies at one half, a likeness of twice the threshold at 0.8.
        best.map(|(score, open)| {
            (open.message.story_id.clone(), (score * score / (1.0 + score * score) * 1e4).round() / 1e4)
        })
    }

    /// Stories that share the rarest features with the item.
    fn candidates(&self, facts: &Facts) -> Vec<&Open> {
        let mut mass: ByNumber<u64, f32> = ByNumber::default();
        let mut stories: Vec<u64> = Vec::new();
        for key in keys(&facts.features) {
            let Some(postings) = self.postings.get(&key).filter(|p| p.len() <= POSTINGS) else { continue };
            let idf = self.frequencies.idf(key);
            stories.clear();
            stories.extend(postings.iter().filter_map(|seq| self.by_seq.get(seq)?.story));
            stories.sort_unstable();
            stories.dedup();
            for story in &stories {
                *mass.entry(*story).or_default() += idf;
            }
        }
        let by_id = |(number, mass): (u64, f32)| Some((self.numbered.get(&number)?, mass));
        let mut found: Vec<(&StoryId, f32)> = mass.into_iter().filter_map(by_id).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        found.truncate(CANDIDATES);
        found.into_iter().filter_map(|(id, _)| self.stories.get(id)).collect()
    }

    fn member(&self, seq: i64) -> Option<&Member> {
        self.items.get(&self.by_seq.get(&seq)?.item)
    }

    /// The mean likeness to the likest of the members that stand for the story, halved for every half-life since its newest item.
    fn score(&self, item: &Weighted<'_>, facts: &Facts, open: &Open) -> Option<f32> {
        if open.message.items.len() >= self.config.max_items as usize {
            return None;
        }
        let count = open.members.len();
        let standing = open.members.iter().enumerate().filter(|(at, _)| *at < FIRST || at + NEWEST >= count);
        let mut scores = Vec::new();
        let mut hours = f32::MAX;
        for (_, seq) in standing {
            let Some(member) = self.member(*seq) else { continue };
            let Some(features) = &member.features else { continue };
            let language = open.language_of(&member.row.item_id);
            let other = item.beside(language, features, &self.frequencies);
            scores.push(item.likeness(&other, &self.config)?);
            let apart = (facts.event_time - member.row.event_time).num_minutes().abs() as f32 / 60.0;
            hours = hours.min(apart);
        }
        if scores.is_empty() || hours > self.config.open_hours as f32 {
            return None;
        }
        scores.sort_by(|a, b| b.total_cmp(a));
        let likest = scores.iter().take(LIKEST).sum::<f32>() / scores.len().min(LIKEST) as f32;
        Some(likest * 0.5_f32.powf(hours / self.config.half_life()))
    }

    /// The story's next revision, with the item.
    fn with(&self, id: StoryId, facts: &Facts, score: f32) -> Story {
        let mut story = self.stories.get(&id).map_or_else(|| opened(id, facts), |open| open.message.clone());
        story.revision += 1;
        story.items.push(StoryItem {
            item_id: facts.item_id.clone(),
            language: facts.language.clone(),
            headline: facts.headline.clone(),
            score,
        });
        story.first_seen = story.first_seen.min(facts.event_time);
        story.last_seen = story.last_seen.max(facts.event_time);
        self.describe(&mut story, Some(facts));
        story
    }

    /// The story's next revision, without the item.
    fn without(&self, open: &Open, item: &ItemId) -> Story {
        let mut story = open.message.clone();
        story.revision += 1;
        story.items.retain(|member| member.item_id != *item);
        self.describe(&mut story, None);
        story
    }

    /// Title, languages and names follow from the members.
    fn describe(&self, story: &mut Story, joining: Option<&Facts>) {
        let first = story.items.first();
        story.title = first.map(|member| member.headline.clone()).unwrap_or_default();
        story.language = first.map(|member| member.language.clone()).unwrap_or_else(|| "und".to_owned());
        let languages: BTreeSet<&String> = story.items.iter().map(|member| &member.language).collect();
        story.languages = languages.into_iter().cloned().collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let shown = story.items.iter().filter_map(|member| {
            let joins = joining.filter(|facts| facts.item_id == member.item_id).map(|facts| &facts.features);
            joins.or_else(|| self.items.get(&member.item_id)?.features.as_ref())
        });
        let mut members = 0;
        for features in shown {
            members += 1;
            for name in &features.shown {
                *counts.entry(name).or_default() += 1;
            }
        }
        let mut names: Vec<(&str, usize)> = counts.into_iter().filter(|(_, n)| n * 2 >= members).collect();
        names.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
        story.entities = names.into_iter().take(SHOWN).map(|(name, _)| name.to_owned()).collect();
    }

    /// Applies what was placed, just now or before a restart, and lets go of what has left the window.
    pub fn apply(&mut self, placed: Placed) {
        let Placed { row, features, story } = placed;
        self.newest = self.newest.max(Some(row.event_time));
        self.seq = self.seq.max(row.seq);
        self.remove(&row.item_id);
        if let Some(lent) = self.attic.get_mut(&row.item_id) {
            *lent = row.clone();
        }
        if let Some(message) = story {
            let id = message.story_id.clone();
            match self.stories.get_mut(&id) {
                Some(open) => open.message = message,
                None => self.open(message),
            }
        }
        let open = row.story_id.as_ref().and_then(|id| self.stories.get_mut(id));
        let story = open.map(|open| {
            open.members.insert(row.seq);
            open.number
        });
        if let Some(features) = &features {
            self.frequencies.add(features);
            for key in keys(features) {
                self.postings.entry(key).or_default().insert(row.seq);
            }
        }
        self.order.insert((row.event_time, row.seq));
        self.by_seq.insert(row.seq, Joined { item: row.item_id.clone(), story });
        // As they are stored they take three times the memory.
        let row = ItemRow { features: None, ..row };
        self.items.insert(row.item_id.clone(), Member { row, features });
        self.evict();
    }

    /// Puts a loaded story in, before its items.
    pub fn open(&mut self, message: Story) {
        let (id, number) = (message.story_id.clone(), self.next);
        self.next += 1;
        self.numbered.insert(number, id.clone());
        if let Some(before) = self.stories.insert(id, Open { number, message, members: BTreeSet::new() }) {
            self.numbered.remove(&before.number);
        }
    }

    fn remove(&mut self, item: &ItemId) {
        let Some(Member { row, features }) = self.items.remove(item) else { return };
        self.by_seq.remove(&row.seq);
        self.order.remove(&(row.event_time, row.seq));
        if let Some(open) = row.story_id.as_ref().and_then(|id| self.stories.get_mut(id)) {
            open.members.remove(&row.seq);
        }
        if let Some(features) = features {
            self.frequencies.remove(&features);
            for key in keys(&features) {
                if let Some(postings) = self.postings.get_mut(&key) {
                    postings.remove(&row.seq);
                    if postings.is_empty() {
                        self.postings.remove(&key);
                    }
                }
            }
        }
    }

    fn evict(&mut self) {
        let Some(limit) = self.newest.and_then(|newest| newest.checked_sub_signed(self.config.open())) else {
            return;
        };
        while let Some((time, seq)) = self.order.first().copied() {
            let Some(item) = self.by_seq.get(&seq).map(|joined| joined.item.clone()).filter(|_| time < limit)
            else {
                break;
            };
            if let Some(member) = self.items.get(&item) {
                // The batch in hand may still ask for it, and for its story: both go with the next batch.
                self.attic.insert(item.clone(), member.row.clone());
            }
            self.remove(&item);
        }
    }
}

impl Open {
    fn language_of(&self, item: &ItemId) -> &str {
        self.message.items.iter().rev().find(|m| m.item_id == *item).map_or("und", |m| &m.language)
    }
}

fn opened(id: StoryId, facts: &Facts) -> Story {
    Story {
        schema_version: Story::VERSION,
        story_id: id,
        revision: 0,
        title: String::new(),
        language: String::new(),
        languages: Vec::new(),
        items: Vec::new(),
        first_seen: facts.event_time,
        last_seen: facts.event_time,
        entities: Vec::new(),
        merged_into: None,
    }
}
