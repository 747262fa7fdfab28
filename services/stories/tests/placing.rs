//! Where an item goes, case by case, and what must hold for any stream.

use chrono::{Duration, TimeZone, Utc};
use proptest::prelude::*;
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{ItemId, SourceId, StoryId, Timestamp};
use wiredesk_store::story::Open;
use wiredesk_stories::stage::restore;
use wiredesk_stories::{Config, Facts, Features, Placed, Stories};

fn at(hours: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 2, 10, 6, 0, 0).unwrap() + Duration::hours(hours)
}

const FLOOD: [(&str, &str, &str); 5] = [
    (
        "es",
        "El Torán se desborda en Villalba y obliga a evacuar a 340 vecinos",
        "La alcaldesa de Villalba, Nerea Ostolaza, dijo el 10 de febrero que el río Torán alcanzó 2,4 metros, la marca más alta desde 1983. Los bomberos rescataron a 17 personas.",
    ),
    (
        "fr",
        "Inondations à Villalba : 340 habitants évacués",
        "La maire, Nerea Ostolaza, a indiqué que la rivière Torán avait atteint 2,4 mètres le 10 février, un record depuis 1983. Les pompiers ont secouru 17 personnes.",
    ),
    (
        "en",
        "River Torán floods Villalba, 340 residents evacuated",
        "Mayor Nerea Ostolaza said the Torán rose to 2.4 metres on 10 February, its highest since 1983. Firefighters rescued 17 people from their cars.",
    ),
    (
        "de",
        "Hochwasser in Villalba: 340 Anwohner in Sicherheit gebracht",
        "Bürgermeisterin Nerea Ostolaza sagte, der Torán habe am 10. Februar 2,4 Meter erreicht, so viel wie seit 1983 nicht. Die Feuerwehr rettete 17 Menschen.",
    ),
    (
        "es",
        "Evacuados 340 vecinos de Villalba por la crecida del río Torán",
        "Nerea Ostolaza, alcaldesa de Villalba, confirmó el rescate de 17 personas por los bomberos tras la crecida del Torán, que llegó a 2,4 metros.",
    ),
];
const OTHERS: [(&str, &str, &str); 4] = [
    (
        "es",
        "El Atlético Tarn gana la copa en los penaltis",
        "El portero Iker Maldonado detuvo 3 lanzamientos y dio al Atlético Tarn su quinto título ante 41.200 espectadores.",
    ),
    (
        "en",
        "Harbour workers in Brenholm vote to end strike",
        "The union said 78 percent of its 1,900 members at Brenholm accepted the offer of Nordhavn Shipping.",
    ),
    (
        "fr",
        "Le musée de Clairval rouvre après six ans de travaux",
        "La directrice Odile Ferrand attend 250 000 visiteurs la première année dans le bâtiment rénové de Clairval.",
    ),
    (
        "it",
        "Terremoto di magnitudo 4,1 vicino a Roccaverde",
        "Nessun ferito secondo il sindaco Paolo Tiberi; la scossa è stata avvertita in 12 comuni della valle.",
    ),
];

fn facts(id: &str, version: u32, hours: i64, (language, headline, text): (&str, &str, &str)) -> Facts {
    Facts {
        item_id: ItemId::derive(&SourceId::new("test"), id),
        version,
        language: language.to_owned(),
        headline: headline.to_owned(),
        event_time: at(hours),
        status: PubStatus::Usable,
        kind: CopyKind::News,
        duplicate_of: None,
        sibling_of: None,
        features: Features::extract(language, headline, text, &[]),
    }
}

fn put(stories: &mut Stories, facts: &Facts) -> Option<Placed> {
    let placed = stories.place(facts);
    if let Some(placed) = &placed {
        stories.apply(placed.clone());
    }
    placed
}

fn story(placed: &Option<Placed>) -> Option<StoryId> {
    placed.as_ref().and_then(|p| p.row.story_id.clone())
}

#[test]
fn one_event_in_four_languages_is_one_story_and_other_events_are_not() {
    let mut stories = Stories::new(Config::default());
    let mut flood = Vec::new();
    let mut others = Vec::new();
    for (n, text) in FLOOD.iter().enumerate() {
        flood.push(story(&put(&mut stories, &facts(&format!("flood{n}"), 1, n as i64, *text))));
        if let Some(text) = OTHERS.get(n) {
            others.push(story(&put(&mut stories, &facts(&format!("other{n}"), 1, n as i64, *text))));
        }
    }
    let founder = StoryId::derive(&facts("flood0", 1, 0, FLOOD[0]).item_id);
    assert_eq!(flood, vec![Some(founder); 5]);
    others.sort();
    others.dedup();
    assert_eq!(others.len(), 4, "each its own");
    assert!(!others.contains(&flood[0]));
}

#[test]
fn a_duplicate_goes_with_its_original_and_a_template_sibling_does_not() {
    let mut stories = Stories::new(Config::default());
    let first = facts("a", 1, 0, FLOOD[0]);
    let home = story(&put(&mut stories, &first));
    let mut repeat = facts("b", 1, 1, ("es", "Última hora", "Ampliación en breve"));
    repeat.duplicate_of = Some(first.item_id.clone());
    assert_eq!(story(&put(&mut stories, &repeat)), home);
    let mut sibling = facts("c", 1, 2, FLOOD[0]);
    sibling.sibling_of = Some(first.item_id.clone());
    assert_ne!(story(&put(&mut stories, &sibling)), home);
    let mut agenda = facts("d", 1, 2, FLOOD[0]);
    agenda.kind = CopyKind::Planning;
    assert_ne!(story(&put(&mut stories, &agenda)), home);
}

#[test]
fn a_version_stays_where_the_item_is_and_a_killed_item_leaves() {
    let mut stories = Stories::new(Config::default());
    put(&mut stories, &facts("a", 1, 0, FLOOD[0]));
    let home = story(&put(&mut stories, &facts("b", 1, 1, FLOOD[4])));
    let moved = put(&mut stories, &facts("b", 2, 1, OTHERS[0])).unwrap();
    assert_eq!((moved.row.story_id.clone(), moved.story), (home.clone(), None), "no new revision either");
    assert_eq!(stories.place(&facts("b", 2, 1, FLOOD[4])), None, "a replay");
    let mut kill = facts("a", 2, 0, ("es", "", ""));
    kill.status = PubStatus::Canceled;
    let left = put(&mut stories, &kill).unwrap();
    let story = left.story.unwrap();
    assert_eq!((left.row.story_id, left.features, story.revision, story.items.len()), (None, None, 3, 1));
    assert_eq!(Some(story.story_id), home, "the id stays when its founder leaves");
    assert!(!story.title.contains("desborda"), "no word of the killed item: {}", story.title);
}

#[test]
fn an_embargoed_item_joins_when_it_is_released() {
    let mut stories = Stories::new(Config::default());
    let home = story(&put(&mut stories, &facts("a", 1, 0, FLOOD[0])));
    let mut held = facts("b", 1, 1, FLOOD[4]);
    held.status = PubStatus::Withheld;
    let placed = put(&mut stories, &held).unwrap();
    assert_eq!((placed.row.story_id, placed.row.features, placed.story), (None, None, None));
    assert_eq!(story(&put(&mut stories, &facts("b", 2, 1, FLOOD[4]))), home);
}

#[test]
fn what_has_left_the_window_takes_no_more_and_memory_is_flat() {
    let mut stories = Stories::new(Config::default());
    let home = story(&put(&mut stories, &facts("a", 1, 0, FLOOD[0])));
    assert_ne!(story(&put(&mut stories, &facts("b", 1, 24 * 8, FLOOD[4]))), home);
    for day in 9..200 {
        stories.lend(Vec::new(), Vec::new());
        put(&mut stories, &facts(&day.to_string(), 1, 24 * day, OTHERS[(day % 4) as usize]));
        assert!(stories.items() <= 8 && stories.len() <= 9, "{} {}", stories.items(), stories.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_restart_anywhere_places_the_same(
        arrivals in prop::collection::vec((0..12usize, 0..9usize, -5..40i64, 0..8u8), 1..40), cut in 0..40usize,
    ) {
        let mut hours = 0;
        let mut versions = [0u32; 12];
        let stream: Vec<Facts> = arrivals.iter().map(|(item, text, later, status)| {
            hours += later;
            versions[*item] += 1;
            let text = *FLOOD.iter().chain(&OTHERS).nth(*text).unwrap();
            let mut facts = facts(&item.to_string(), versions[*item], hours, text);
            facts.status = match status { 0 => PubStatus::Canceled, 1 => PubStatus::Withheld, _ => PubStatus::Usable };
            facts
        }).collect();
        let run = |cut: usize| {
            let (mut rows, mut messages) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
            let mut stories = Stories::new(Config::default());
            let mut answers = Vec::new();
            for (n, facts) in stream.iter().enumerate() {
                let newest = rows.values().map(|row: &wiredesk_store::story::ItemRow| row.event_time).max();
                if n == cut && let Some(newest) = newest {
                    let mut items: Vec<_> = rows.values().filter(|row| row.event_time >= newest - Config::default().open()).cloned().collect();
                    items.sort_by_key(|row| row.seq);
                    let seq = rows.values().map(|row| row.seq).max().unwrap_or(0);
                    let open = messages.values().filter(|story: &&wiredesk_contract::Story| items.iter().any(|row| row.story_id.as_ref() == Some(&story.story_id))).cloned().collect();
                    stories = restore(Config::default(), Open { items, stories: open, seq });
                }
                // As the shell does before each batch: what is asked for and has left the window is lent.
                let old: Vec<_> = rows.get(&facts.item_id).filter(|_| !stories.knows(&facts.item_id)).cloned().into_iter().collect();
                let their = old.iter().filter_map(|row| messages.get(row.story_id.as_ref()?)).cloned().collect();
                stories.lend(old, their);
                let placed = put(&mut stories, facts);
                if let Some(placed) = &placed {
                    rows.insert(placed.row.item_id.clone(), placed.row.clone());
                    if let Some(story) = &placed.story {
                        messages.insert(story.story_id.clone(), story.clone());
                    }
                }
                answers.push(placed);
            }
            answers
        };
        prop_assert_eq!(run(usize::MAX), run(cut));
    }

    /// A crash before the commit makes the bus deliver a stretch again: no item moves, and no story has another revision.
    #[test]
    fn what_is_delivered_again_changes_nothing(
        arrivals in prop::collection::vec((0..12usize, 0..9usize, 0..30i64, 0..8u8), 1..30), back in 0..30usize, stop in 0..30usize,
    ) {
        let (mut hours, mut versions) = (0, [0u32; 12]);
        let stream: Vec<Facts> = arrivals.iter().map(|(item, text, later, status)| {
            hours += later;
            versions[*item] += 1;
            let mut facts = facts(&item.to_string(), versions[*item], hours, *FLOOD.iter().chain(&OTHERS).nth(*text).unwrap());
            facts.status = match status { 0 => PubStatus::Canceled, 1 => PubStatus::Withheld, _ => PubStatus::Usable };
            facts
        }).collect();
        // Within the window; what has left it is lent by the shell, as in the property above.
        let newest = stream.iter().map(|f| f.event_time).max();
        let open = |facts: &&Facts| newest.is_none_or(|newest| facts.event_time >= newest - Config::default().open());
        let stream: Vec<&Facts> = stream.iter().filter(open).collect();
        let mut stories = Stories::new(Config::default());
        let straight: Vec<Option<Placed>> = stream.iter().map(|facts| put(&mut stories, facts)).collect();
        let stop = stop.min(stream.len());
        let mut stories = Stories::new(Config::default());
        let mut answers: Vec<Option<Placed>> = stream[..stop].iter().map(|facts| put(&mut stories, facts)).collect();
        for facts in &stream[back.min(stop)..stop] {
            prop_assert_eq!(put(&mut stories, facts), None, "a version is placed twice");
        }
        answers.extend(stream[stop..].iter().map(|facts| put(&mut stories, facts)));
        prop_assert_eq!(answers, straight);
    }
}
