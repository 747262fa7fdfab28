//! The decision on copy, case by case, and what must hold for any stream of it.

use crate::dedupe_support::version;
use chrono::{Duration, TimeZone, Utc};
use proptest::prelude::*;
use wiredesk_cleaner::dedupe::{Before, Entry, Index, IndexChange, StoredText, decide, edits, explain};
use wiredesk_cleaner::strip::fingerprint::fingerprint;
use wiredesk_contract::copy::Dateline;
use wiredesk_contract::status::{PubStatus, WireSignal};
use wiredesk_contract::{Change, CopyItem, ItemId, Relation, SourceId, Timestamp, Verdict};

const FLOOD: &str = "El río Torán se desbordó este martes a su paso por Villalba tras doce horas de lluvia y obligó a evacuar a 340 vecinos de la ribera.
La alcaldesa, Nerea Ostolaza, aseguró que el agua alcanzó 2,4 metros en el puente viejo, la marca más alta desde 1983.
Los bomberos del valle rescataron a 17 personas de sus coches y la carretera comarcal N-612 sigue cortada en los dos sentidos.
El servicio de meteorología espera que la lluvia remita el miércoles por la tarde, aunque mantiene el aviso naranja en toda la comarca de Alta Ribera.";
const MORE: &str = "El gobierno regional ha abierto el polideportivo municipal para quienes no puedan volver a sus casas durante la noche.
La consejera de Interior, Amaia Lerchundi, visitará la zona mañana y ha prometido ayudas urgentes para los comercios afectados por la crecida.";

fn at(hours: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 2, 10, 6, 0, 0).unwrap() + Duration::hours(hours)
}

fn copy(id: &str, hours: i64, headline: &str, text: &str) -> CopyItem {
    crate::dedupe_support::copy(id, "diario", "es", at(hours), headline, text)
}

struct Desk(Index);

impl Desk {
    fn new() -> Self {
        Self(Index::new(Duration::hours(96)))
    }

    fn take(&mut self, copy: &CopyItem) -> Verdict {
        let before = Before { version: self.0.get(&copy.item_id), older: None };
        let (verdict, change) = decide(copy, &self.0, before);
        self.0.apply(change);
        verdict
    }
}

const HEADLINE: &str = "El Torán se desborda en Villalba";

#[test]
fn what_a_second_copy_is_to_the_first() {
    let first_half: String = FLOOD.lines().take(2).collect::<Vec<_>>().join("\n");
    let cases: Vec<(&str, String, Option<Relation>)> = vec![
        ("the same", FLOOD.to_owned(), Some(Relation::Resend)),
        ("other capitals and spaces", FLOOD.to_uppercase().replace(' ', "  "), Some(Relation::Resend)),
        ("half of it", first_half, Some(Relation::Cut)),
        ("more of it", format!("{FLOOD}\n{MORE}"), Some(Relation::Expanded)),
        ("a figure put right", FLOOD.replace("17 personas", "19 personas"), Some(Relation::Corrected)),
        ("something else", MORE.to_owned(), None),
        ("nothing", String::new(), None),
    ];
    for (name, text, relation) in cases {
        let mut desk = Desk::new();
        let first = copy("a", 0, HEADLINE, FLOOD);
        assert_eq!(desk.take(&first).duplicate_of, None);
        let verdict = desk.take(&copy("b", 2, HEADLINE, &text));
        assert_eq!(verdict.relation, relation, "{name}: {verdict:?}");
        assert_eq!(verdict.duplicate_of.is_some(), relation.is_some(), "{name}");
        if relation.is_some() {
            assert_eq!(verdict.cluster, first.item_id, "{name}");
        }
    }
}

#[test]
fn a_templated_series_is_not_a_repeat() {
    let note = |day: &str, a: &str, b: &str, c: &str| {
        format!(
            "El Banco de Tarn fijó este {day} el tipo de cambio oficial de la corona en {a} por euro, frente a {b} en la sesión anterior. El volumen negociado en el mercado de divisas de Tarn fue de {c} millones, según los datos que publica cada día la entidad en su boletín."
        )
    };
    let mut desk = Desk::new();
    desk.take(&copy("mon", 0, "Cambio oficial de la corona", &note("lunes", "7,4512", "7,4498", "312")));
    let verdict = desk.take(&copy(
        "tue",
        24,
        "Cambio oficial de la corona",
        &note("martes", "7,4631", "7,4512", "287"),
    ));
    assert_eq!((verdict.duplicate_of, verdict.relation), (None, Some(Relation::TemplateSibling)));
    let mut evidence = verdict.evidence.unwrap();
    let text = |note: String| StoredText { title: String::new(), text: note };
    explain(
        &mut evidence,
        &text(note("martes", "7,4631", "7,4512", "287")),
        &text(note("lunes", "7,4512", "7,4498", "312")),
    );
    assert!(evidence.differing_figures.contains(&"7,4631".to_owned()), "{evidence:?}");
}

#[test]
fn a_line_that_everybody_carries_is_no_news() {
    let mut desk = Desk::new();
    desk.take(&copy("a", 0, "Abre el mercado de Tarn", "Vea el vídeo."));
    assert_eq!(desk.take(&copy("b", 1, "Gana el Villalba", "Vea el vídeo.")).duplicate_of, None);
    assert!(desk.take(&copy("c", 1, "Gana el Villalba", "Vea el vídeo.")).duplicate_of.is_some());
    desk.take(&copy("d", 1, "Sin texto", ""));
    assert_eq!(desk.take(&copy("e", 1, "Sin texto", "")).duplicate_of, None);
}

#[test]
fn the_same_words_after_the_window_are_another_event() {
    let mut desk = Desk::new();
    desk.take(&copy("a", 0, HEADLINE, FLOOD));
    assert_eq!(desk.take(&copy("b", 97, HEADLINE, FLOOD)).duplicate_of, None);
    assert_eq!(desk.0.len(), 1, "the first has left");
}

#[test]
fn a_repeat_of_a_repeat_repeats_the_original() {
    let mut desk = Desk::new();
    let first = copy("a", 0, HEADLINE, FLOOD);
    desk.take(&first);
    for (n, text) in
        [FLOOD.to_owned(), format!("{FLOOD}\n{MORE}"), format!("{FLOOD}\n{MORE}")].iter().enumerate()
    {
        assert_eq!(
            desk.take(&copy(&n.to_string(), 1, HEADLINE, text)).duplicate_of,
            Some(first.item_id.clone())
        );
    }
}

#[test]
fn versions_of_one_item() {
    let first = copy("a", 0, HEADLINE, FLOOD);
    let text = |text: &str| {
        let mut copy = first.clone();
        copy.text = text.to_owned();
        copy.fingerprint = fingerprint(text);
        copy
    };
    let with = |edit: &dyn Fn(&mut CopyItem)| {
        let mut copy = first.clone();
        edit(&mut copy);
        copy
    };
    let half: String = FLOOD.lines().take(2).collect::<Vec<_>>().join("\n");
    let cases = [
        ("headline", with(&|c| c.headline = "Villalba, bajo el agua".into()), Change::TitleOnly),
        ("note", with(&|c| c.ed_note = Some("Añade vídeo".into())), Change::Status),
        ("a word", text(&FLOOD.replace("lluvia y obligó", "temporal y obligó")), Change::Minor),
        ("more", text(&format!("{FLOOD}\n{MORE}")), Change::Expanded),
        ("less", text(&half), Change::Cut),
        ("other words", text(MORE), Change::Rewritten),
        (
            "killed",
            with(&|c| {
                c.pub_status = PubStatus::Canceled;
                c.text = String::new();
            }),
            Change::Withdrawn,
        ),
        (
            "marked",
            {
                let mut copy = text(&FLOOD.replace("17 personas", "19 personas"));
                copy.signal = Some(WireSignal::Corrected);
                copy
            },
            Change::Corrected,
        ),
    ];
    for (name, second, change) in cases {
        let mut desk = Desk::new();
        assert_eq!(desk.take(&first).change, Change::New);
        let verdict = desk.take(&version(second, 2));
        assert_eq!((verdict.change, verdict.duplicate_of), (change, None), "{name}");
        assert_eq!(verdict.cluster, first.item_id, "{name}");
    }
}

#[test]
fn who_was_an_original_stays_one() {
    let mut desk = Desk::new();
    desk.take(&copy("a", 0, HEADLINE, FLOOD));
    let own = copy("b", 1, "Otra cosa", MORE);
    desk.take(&own);
    let verdict = desk.take(&version(copy("b", 1, HEADLINE, FLOOD), 2));
    assert_eq!(
        (verdict.change, verdict.duplicate_of, verdict.cluster),
        (Change::Rewritten, None, own.item_id)
    );
}

#[test]
fn an_embargoed_copy_is_nobodys_original() {
    let mut desk = Desk::new();
    let mut held = copy("a", 0, HEADLINE, FLOOD);
    held.pub_status = PubStatus::Withheld;
    held.embargoed_until = Some(at(6));
    desk.take(&version(held.clone(), 1));
    let early = desk.take(&copy("b", 2, HEADLINE, FLOOD));
    assert_eq!((early.duplicate_of, early.evidence), (None, None), "the only usable copy is news");
}

#[test]
fn a_killed_copy_is_nobodys_original_and_leaves_no_text() {
    let mut desk = Desk::new();
    let first = copy("a", 0, HEADLINE, FLOOD);
    desk.take(&first);
    let second = copy("b", 1, HEADLINE, FLOOD);
    desk.take(&second);
    let mut kill = first.clone();
    kill.pub_status = PubStatus::Canceled;
    assert_eq!(desk.take(&version(kill, 2)).change, Change::Withdrawn);
    let kept = desk.0.get(&first.item_id).unwrap().kept();
    assert!(kept.len() < 256, "no hash of its words is kept: {} bytes", kept.len());
    let third = desk.take(&copy("c", 2, HEADLINE, FLOOD));
    assert_eq!(third.duplicate_of, Some(second.item_id), "the earliest usable copy stands in");
}

#[test]
fn an_outlet_carries_an_agencys_dispatch() {
    let mut dispatch = copy("a", 0, HEADLINE, FLOOD);
    dispatch.source.agency = Some("Agencia Tarn".into());
    let mut carried = copy("b", 1, HEADLINE, FLOOD);
    carried.agency = Some("AGENCIA TARN".into());
    let mut desk = Desk::new();
    desk.take(&dispatch);
    assert_eq!(desk.take(&carried).syndicated_from, Some(dispatch.item_id.clone()));
    // The outlets were faster: the copy of the first is the original, and the dispatch's verdict names both.
    let mut desk = Desk::new();
    desk.take(&carried);
    let mut other = copy("c", 0, HEADLINE, FLOOD);
    let (raw, agency) = ("VILLALBA (AGENCIA TARN) -".to_owned(), Some("Agencia Tarn".to_owned()));
    other.dateline = Some(Dateline { raw, place: None, region: None, date: None, agency });
    desk.take(&other);
    let uncredited = copy("d", 0, HEADLINE, FLOOD);
    desk.take(&uncredited);
    let verdict = desk.take(&dispatch);
    assert_eq!(verdict.duplicate_of.as_ref(), Some(&carried.item_id));
    let mut carriers = verdict.carried_by;
    carriers.sort();
    let mut expected = [carried.item_id.clone(), other.item_id];
    expected.sort();
    assert_eq!(carriers, expected);
    // A later version of the copy finds the dispatch by itself.
    carried.text.push_str(" Los bomberos siguen en la zona.");
    let later = desk.take(&version(carried, 2));
    assert_eq!((later.duplicate_of, later.syndicated_from), (None, Some(dispatch.item_id)));
    assert_eq!(
        verdict.evidence.unwrap().note.as_deref(),
        Some("the dispatch of Agencia Tarn came after an outlet's copy of it")
    );
}

/// One arrival: item, text, hours since the one before, status.
fn arrivals() -> impl Strategy<Value = Vec<(u8, u8, i64, u8)>> {
    prop::collection::vec((0..8u8, 0..7u8, -3..30i64, 0..12u8), 1..40)
}

fn stream(arrivals: &[(u8, u8, i64, u8)]) -> Vec<CopyItem> {
    let texts = [
        FLOOD.to_owned(),
        format!("{FLOOD}\n{MORE}"),
        MORE.to_owned(),
        FLOOD.replace("17 personas", "19 personas"),
        FLOOD.lines().take(2).collect::<Vec<_>>().join("\n"),
        String::new(),
        "Vea el vídeo.".to_owned(),
    ];
    let mut hours = 0;
    let mut revisions = [0u32; 8];
    let mut copies = Vec::new();
    for (item, text, later, status) in arrivals {
        hours += later;
        let (slot, text) = (usize::from(*item), &texts[usize::from(*text)]);
        revisions[slot] += 1;
        let mut copy = copy(&item.to_string(), hours, HEADLINE, text);
        copy.pub_status = match status {
            0 => PubStatus::Canceled,
            1 => PubStatus::Withheld,
            _ => PubStatus::Usable,
        };
        copies.push(version(copy, revisions[slot]));
    }
    copies
}

/// Stored rows, as the shell keeps them.
#[derive(Default)]
struct Rows(Vec<(CopyItem, Verdict, Vec<u8>)>);

impl Rows {
    fn entry((copy, _, kept): &(CopyItem, Verdict, Vec<u8>)) -> Entry {
        let key = (copy.item_id.as_str(), copy.content_hash.as_str());
        Entry::restore(key, copy.revision, copy.event_time(), kept).unwrap()
    }

    /// An index of the window, from the rows alone.
    fn index(&self) -> Index {
        let mut index = Index::new(Duration::hours(96));
        let newest = self.0.iter().map(|(copy, ..)| copy.event_time()).max();
        for row in &self.0 {
            if newest.is_some_and(|newest| row.0.event_time() >= newest - Duration::hours(96)) {
                index.apply(IndexChange::put(Self::entry(row)));
            }
        }
        index
    }

    fn take(&mut self, index: &mut Index, copy: &CopyItem) -> Verdict {
        if let Some((_, verdict, _)) =
            self.0.iter().find(|(c, ..)| c.item_id == copy.item_id && c.content_hash == copy.content_hash)
        {
            return verdict.clone();
        }
        let newest =
            self.0.iter().filter(|(c, ..)| c.item_id == copy.item_id).max_by_key(|(c, ..)| c.revision);
        let version = newest.map(Self::entry);
        let (verdict, change) = decide(copy, index, Before { version: version.as_ref(), older: None });
        let kept = change.entry().kept();
        index.apply(change);
        self.0.push((copy.clone(), verdict.clone(), kept));
        verdict
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_restart_anywhere_changes_no_verdict(arrivals in arrivals(), cut in 0..40usize) {
        let copies = stream(&arrivals);
        let (mut rows, mut index) = (Rows::default(), Index::new(Duration::hours(96)));
        let straight: Vec<Verdict> = copies.iter().map(|copy| rows.take(&mut index, copy)).collect();
        let (mut rows, mut index) = (Rows::default(), Index::new(Duration::hours(96)));
        let mut restarted = Vec::new();
        for (n, copy) in copies.iter().enumerate() {
            if n == cut {
                index = rows.index();
            }
            restarted.push(rows.take(&mut index, copy));
        }
        prop_assert_eq!(straight, restarted);
    }

    /// A crash before the commit makes the bus deliver a stretch again: what was said stands, and the index is the same.
    #[test]
    fn what_is_delivered_again_changes_nothing(arrivals in arrivals(), rewinds in prop::collection::vec((0..40usize, 0..40usize), 0..4)) {
        let copies = stream(&arrivals);
        let mut straight = (Rows::default(), Index::new(Duration::hours(96)));
        let verdicts: Vec<Verdict> = copies.iter().map(|copy| straight.0.take(&mut straight.1, copy)).collect();
        let mut again = (Rows::default(), Index::new(Duration::hours(96)));
        let mut reached = 0;
        for (stop, back) in rewinds.into_iter().chain([(copies.len(), 0)]) {
            let stop = stop.min(copies.len());
            for n in reached.min(back)..stop {
                prop_assert_eq!(&again.0.take(&mut again.1, &copies[n]), &verdicts[n]);
            }
            reached = reached.max(stop);
        }
        prop_assert_eq!(again.0.0, straight.0.0, "other rows");
    }

    /// The core is a function of the copy and the index, and changes neither.
    #[test]
    fn the_same_copy_has_the_same_verdict(arrivals in arrivals()) {
        let mut desk = Desk::new();
        for copy in stream(&arrivals) {
            let decided = || decide(&copy, &desk.0, Before { version: desk.0.get(&copy.item_id), older: None });
            let (first, second) = (decided(), decided());
            prop_assert_eq!(&first, &second);
            desk.0.apply(first.1);
        }
    }

    #[test]
    fn an_item_never_repeats_itself_and_an_original_is_one(arrivals in arrivals()) {
        let mut desk = Desk::new();
        for copy in stream(&arrivals) {
            let verdict = desk.take(&copy);
            prop_assert_ne!(verdict.duplicate_of.as_ref(), Some(&copy.item_id));
            prop_assert_eq!(&verdict.cluster, verdict.duplicate_of.as_ref().unwrap_or(&copy.item_id));
        }
    }
}

#[test]
fn the_index_holds_the_window_and_no_more() {
    let mut desk = Desk::new();
    for hour in 0..1_000 {
        desk.take(&copy(&hour.to_string(), hour, HEADLINE, &format!("{FLOOD} Parte número {hour} del día.")));
        assert!(desk.0.len() <= 97);
    }
}

#[test]
fn equal_words_from_before_the_window_are_linked() {
    let index = Index::new(Duration::hours(96));
    let older = ItemId::derive(&SourceId::new("test"), "a");
    let before = Before { version: None, older: Some(&older) };
    let (verdict, _) = decide(&copy("b", 120, HEADLINE, FLOOD), &index, before);
    assert_eq!((verdict.duplicate_of, verdict.repeats), (None, Some(older.clone())));
    let (verdict, _) = decide(&copy("b", 120, HEADLINE, "Vea el vídeo."), &index, before);
    assert_eq!(verdict.repeats, None, "a line that everybody carries");
}

#[test]
fn what_was_edited_is_told_word_by_word() {
    let text = |text: String| StoredText { title: HEADLINE.to_owned(), text };
    let before = text(FLOOD.to_owned());
    let after = text(FLOOD.replace("17 personas", "19 personas").replace(" de la ribera", ""));
    let told: Vec<(String, String)> =
        edits(&before, &after).into_iter().map(|edit| (edit.before, edit.after)).collect();
    let edit = |before: &str, after: &str| (before.to_owned(), after.to_owned());
    assert_eq!(told, [edit("vecinos de la ribera.", "vecinos."), edit("17", "19")]);
    assert!(edits(&before, &before).is_empty());
}
