//! The engine `rules`: agencies, gazetteer and runs of capitals, typed by the words in and around them.

use std::collections::{HashMap, HashSet};

use wiredesk_contract::enrichment::EntityType::{Loc, Org, Per};

use super::super::budget;
use super::super::gazetteer::Named;
use super::super::places::resolve;
use super::super::tokens::Shape;
use super::runs::{Run, extend_org, extend_person, is_title, run_at, strip_front};
use super::{EntityTagger, Mention, Scene};

/// The engine; it has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules;

impl EntityTagger for Rules {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn tag(&self, scene: &Scene<'_>) -> Vec<Mention> {
        let lower: HashSet<&str> = scene
            .document
            .tokens
            .iter()
            .filter(|t| t.shape == Shape::Lower)
            .map(|t| t.fold.as_str())
            .collect();
        let reader = Reader { scene, lower };
        let mut found = Vec::new();
        let mut open = Vec::new();
        let mut index = 0;
        while index < scene.document.tokens.len() {
            budget::check();
            index = match reader.step(index) {
                Step::Found(mention) => {
                    let next = mention.end;
                    found.push(mention);
                    next
                }
                Step::Open(run) => {
                    open.push(run);
                    run.end
                }
                Step::Pass(next) => next.max(index + 1),
            };
        }
        found.extend(reader.settle(&found, &open));
        found.sort_by_key(|mention| mention.first);
        found
    }
}

/// The place that these tokens name, where the gazetteer has it.
pub(super) fn spot_of(scene: &Scene<'_>, first: usize, end: usize) -> Option<u32> {
    match scene.gazetteer.longest_at(scene.document, first) {
        Some((reached, candidates)) if reached == end => resolved(scene, candidates),
        _ => None,
    }
}

/// Which of the candidates is meant.
fn resolved(scene: &Scene<'_>, candidates: &[Named]) -> Option<u32> {
    let spot = resolve(scene.gazetteer, candidates, scene.context)?;
    let same = |c: &&Named| scene.gazetteer.spot(c.spot).is_some_and(|s| s.geonameid == spot.geonameid);
    candidates.iter().find(same).map(|c| c.spot)
}

enum Step {
    /// A mention.
    Found(Mention),
    /// One word that only the rest of the text can explain.
    Open(Run),
    /// Nothing; go on at this token.
    Pass(usize),
}

struct Reader<'s> {
    scene: &'s Scene<'s>,
    /// Words that the text also has in small letters.
    lower: HashSet<&'s str>,
}

impl Reader<'_> {
    fn step(&self, index: usize) -> Step {
        let scene = self.scene;
        let token = &scene.document.tokens[index];
        if let Some(end) = self.listed(index) {
            return found(index, end, Org, 0.95);
        }
        if !token.is_capital() {
            return Step::Pass(index + 1);
        }
        let run = run_at(scene, index);
        if let Some(mention) = self.place(run) {
            return Step::Found(mention);
        }
        let (name, titled) = strip_front(scene, run);
        if name.is_empty() {
            return Step::Pass(run.end);
        }
        if name.first > run.first {
            if let Some(end) = self.listed(name.first) {
                return found(name.first, end, Org, 0.95);
            }
            if let Some(mention) = self.place(name).filter(|_| !titled) {
                return Step::Found(mention);
            }
        }
        self.name(name, titled)
    }

    /// The end of an agency's or organisation's name from the lists at a token.
    fn listed(&self, index: usize) -> Option<usize> {
        let (document, cues) = (self.scene.document, self.scene.cues);
        let mut joined = String::new();
        let mut best = None;
        for (length, token) in document.tokens.iter().skip(index).take(4).enumerate() {
            if length > 0 {
                if document.gap(index + length - 1, index + length) != " " {
                    break;
                }
                joined.push(' ');
            }
            joined.push_str(&token.fold);
            // `dpa` is written small, in brackets.
            let small = length == 0
                && !token.is_capital()
                && !(index > 0
                    && document.tokens[index - 1].text == "("
                    && cues.agencies.contains_key(&token.fold));
            if small {
                return None;
            }
            let bracketed = index > 0 && document.tokens[index - 1].text == "(";
            let short = joined.len() <= 4 && token.shape == Shape::Title && !bracketed;
            if (cues.agencies.contains_key(&joined) || cues.has("orgname", &joined)) && !short {
                best = Some(index + length + 1);
            }
        }
        best
    }

    /// A place of the gazetteer or a region at the start of a run, where the run's other words do not say otherwise.
    fn place(&self, run: Run) -> Option<Mention> {
        let scene = self.scene;
        let tokens = &scene.document.tokens;
        let token = tokens.get(run.first)?;
        if scene.cues.has("portfolio", &token.fold) && self.after_office_link(run.first) {
            return None;
        }
        let region = self.region(run.first);
        let hit = scene.gazetteer.longest_at(scene.document, run.first);
        let (end, candidates) = match (hit, region) {
            (Some((end, _)), Some(other)) if other > end => (other, &[][..]),
            (Some((end, candidates)), _) => (end, candidates),
            (None, Some(end)) => (end, &[][..]),
            (None, None) => return None,
        };
        let before = run.first.checked_sub(1).map(|i| &tokens[i]);
        let located = before.is_some_and(|t| scene.cues.has("locprep", &t.fold));
        let dateline = run.first == 0
            || tokens[..run.first].iter().all(|t| t.shape == Shape::Mark || t.shape == Shape::Upper);
        if end < run.end {
            let rest = &tokens[run.first..run.end];
            let speaks =
                rest.iter().any(|t| scene.cues.is_org(&t.fold)) || scene.cues.has("given", &token.fold);
            let nations = rest.iter().skip(end - run.first).all(|t| scene.cues.has("demonym", &t.fold));
            // German writes nouns with capitals: the word beside the place is likely one.
            let german = scene.language == "de" && rest.len() == 2;
            let alone = located || nations || dateline || german;
            if speaks || !alone {
                return None;
            }
        }
        let index = resolved(scene, candidates);
        let spot = index.and_then(|index| scene.gazetteer.spot(index));
        let mention = Mention { first: run.first, end, kind: Loc, spot: index, confidence: 0.9 };
        let Some(spot) = spot else { return Some(mention) };
        if spot.is_country || located || dateline && token.shape == Shape::Upper {
            let word = token.first && !located && self.lower.contains(token.fold.as_str());
            let pronoun = token.text.len() <= 2 && !located;
            return if word || pronoun { None } else { Some(mention) };
        }
        let single = end == run.first + 1;
        let known = if single { 40_000 } else { 10_000 };
        let home = scene.context.source.as_deref() == Some(spot.country)
            || scene.context.home.contains(&spot.country);
        let enough = spot.population >= if home { known } else { known * 4 };
        let own = candidates.iter().any(|c| c.own);
        let common = single
            && (self.lower.contains(token.fold.as_str())
                || scene.cues.is_stop(scene.language, &token.fold)
                || scene.cues.has("given", &token.fold)
                || is_title(scene, run.first)
                || scene.cues.is_org(&token.fold));
        let titled = single && before.is_some_and(|_| is_title(scene, run.first - 1));
        let wary = token.first && single && spot.population < 150_000;
        let alias = single && !own && (spot.population < 300_000 || token.text.chars().count() < 5);
        (enough && !common && !titled && !wary && !alias).then_some(Mention { confidence: 0.75, ..mention })
    }

    /// The end of a region's name at a token.
    fn region(&self, index: usize) -> Option<usize> {
        let mut joined = String::new();
        let mut best = None;
        for (length, token) in self.scene.document.tokens.iter().skip(index).take(4).enumerate() {
            if length > 0 {
                if self.scene.document.gap(index + length - 1, index + length) != " " {
                    break;
                }
                joined.push(' ');
            }
            joined.push_str(&token.fold);
            if token.is_capital() && self.scene.cues.has("region", &joined) {
                best = Some(index + length + 1);
            }
        }
        best
    }

    /// Types a run that is no place.
    fn name(&self, run: Run, titled: bool) -> Step {
        let scene = self.scene;
        let tokens = &scene.document.tokens;
        let words = &tokens[run.first..run.end];
        let token = &words[0];
        let given = scene.cues.has("given", &token.fold);
        let portfolio = self.after_office_link(run.first);
        if words.iter().any(|t| scene.cues.is_org(&t.fold)) && !(given && run.len() <= 3) {
            let whole = extend_org(scene, run);
            // One such word alone (`Gobierno`) names no organisation, least of all where a capital says nothing.
            return if whole.len() > 1 {
                found(whole.first, whole.end, Org, 0.8)
            } else {
                Step::Pass(run.end)
            };
        }
        if run.len() == 1 && token.shape == Shape::Upper {
            return self.acronym(run);
        }
        if titled || given || self.title_before(run.first) && !portfolio {
            let whole = extend_person(scene, run);
            let plausible = whole.len() <= 5 && (scene.language != "de" || titled || given || run.len() > 1);
            return if plausible { found(whole.first, whole.end, Per, 0.85) } else { Step::Pass(run.end) };
        }
        if portfolio {
            return Step::Pass(run.end);
        }
        if run.len() == 1 {
            return Step::Open(run);
        }
        if token.first && self.lower.contains(token.fold.as_str()) {
            let rest = Run { first: run.first + 1, end: run.end };
            return self.name(rest, false);
        }
        match run.len() {
            2 | 3 => {
                let whole = extend_person(scene, run);
                found(whole.first, whole.end, Per, 0.55)
            }
            _ => Step::Pass(run.end),
        }
    }

    /// `OMS`, also one that is not known where it stands in brackets after its name.
    fn acronym(&self, run: Run) -> Step {
        let token = &self.scene.document.tokens[run.first];
        let length = token.text.chars().count();
        let known = self.scene.cues.has("acronym", &token.fold);
        let bracketed = run.first > 0 && self.scene.document.tokens[run.first - 1].text == "(";
        let roman = token.text.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C' | 'M'));
        if known || (2..=6).contains(&length) && !roman && (bracketed || !token.first) {
            return found(run.first, run.end, Org, if known { 0.95 } else { 0.5 });
        }
        Step::Pass(run.end)
    }

    /// Is the word before a title or office, with at most a comma between?
    fn title_before(&self, first: usize) -> bool {
        first > 0 && is_title(self.scene, first - 1) && self.scene.document.gap(first - 1, first) == " "
    }

    /// `ministra de Hacienda`, `ministre des Affaires`: the office's field, not an entity.
    fn after_office_link(&self, first: usize) -> bool {
        let tokens = &self.scene.document.tokens;
        let mut at = first;
        for _ in 0..4 {
            let Some(before) = at.checked_sub(1) else { return false };
            let token = &tokens[before];
            let link = self.scene.cues.has("orglink", &token.fold)
                || matches!(token.text, "'" | "’")
                || matches!(token.fold.as_str(), "la" | "las" | "los" | "el" | "les" | "the" | "l");
            if !link {
                return before + 1 < first && is_title(self.scene, before);
            }
            at = before;
        }
        false
    }

    /// Single words, with what the rest of the text has shown.
    fn settle(&self, found: &[Mention], open: &[Run]) -> Vec<Mention> {
        let tokens = &self.scene.document.tokens;
        let mut memory = HashMap::new();
        for mention in found.iter().filter(|m| m.kind != Loc) {
            let words = &tokens[mention.first..mention.end];
            let known = match mention.kind {
                Per => words.last().map(|t| t.fold.as_str()),
                _ => Some(words[0].fold.as_str()).filter(|_| words.len() == 1),
            };
            if let Some(word) = known.filter(|w| w.len() > 2) {
                memory.entry(word).or_insert(mention.kind);
            }
            if mention.kind == Per {
                for particle in words.iter().skip(1) {
                    memory.entry(particle.fold.as_str()).or_insert(Per);
                }
            }
        }
        open.iter()
            .filter_map(|run| self.single(*run, memory.get(tokens[run.first].fold.as_str()).copied()))
            .collect()
    }

    fn single(
        &self,
        run: Run,
        remembered: Option<wiredesk_contract::enrichment::EntityType>,
    ) -> Option<Mention> {
        let scene = self.scene;
        let tokens = &scene.document.tokens;
        let token = &tokens[run.first];
        let make =
            |kind, confidence| Some(Mention { first: run.first, end: run.end, kind, spot: None, confidence });
        if let Some(kind) = remembered {
            return make(kind, 0.8);
        }
        let demonym = scene.cues.has("demonym", &token.fold)
            || scene.language == "en"
                && ["ish", "ese", "ian", "ians", "ean", "ists", "ism"]
                    .iter()
                    .any(|e| token.fold.ends_with(e));
        let weak = token.text.chars().count() < 3
            || demonym
            || self.lower.contains(token.fold.as_str())
            || is_title(scene, run.first);
        if weak || token.first || scene.language == "de" {
            return None;
        }
        let before = run.first.checked_sub(1).map(|i| tokens[i].fold.as_str()).unwrap_or_default();
        let after = tokens.get(run.end).map(|t| t.fold.as_str()).unwrap_or_default();
        if scene.cues.is_verb(scene.language, after) {
            return make(Per, 0.6);
        }
        if scene.cues.has("locprep", before) {
            return make(Loc, 0.4);
        }
        // Measured: one unknown word alone is an entity of the guessed type in one case of five. Say nothing.
        None
    }
}

fn found(first: usize, end: usize, kind: wiredesk_contract::enrichment::EntityType, confidence: f32) -> Step {
    Step::Found(Mention { first, end, kind, spot: None, confidence })
}
