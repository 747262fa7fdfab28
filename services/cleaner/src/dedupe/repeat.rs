//! Whether a likeness makes one copy a repeat of the other, and what sort of repeat.

use wiredesk_contract::Relation;

use super::entry::Entry;
use super::likeness::{Agreement, Likeness};
use super::shingles::Shingles;

/// What two copies are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    /// The same news.
    Same,
    /// The same template about another event.
    Sibling,
    /// Nothing.
    Different,
}

/// Words below which a text is too short for shares of shingles: one changed word changes three.
pub(super) const SHORT: u32 = 14;

/// What beside the texts counts for a comparison.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Setting {
    /// Hours between the two.
    pub(super) hours: f32,
    /// Both came by the same wire.
    pub(super) one_source: bool,
    /// The wire says that the later one is a correction.
    pub(super) corrected: bool,
}

/// Compares `copy`, whose shingles are at hand in a table, with a candidate that came before it. Figures, names and headline
/// are not looked at where words and letters alone say that the two are different: that is most candidates.
pub(super) fn compare(
    copy: &Entry,
    shingles: &Shingles<'_>,
    before: &Entry,
    corrected: bool,
) -> (Likeness, Likely) {
    let words = Likeness::of_words(&copy.sketch, shingles, &before.sketch);
    let one_source = copy.origin.source == before.origin.source;
    if apart(&words, one_source) {
        return (words, Likely::Different);
    }
    let likeness = words.and_things(&copy.sketch, &before.sketch);
    let hours = (copy.event_time - before.event_time).num_minutes().abs() as f32 / 60.0;
    (likeness, likely(&likeness, Setting { hours, one_source, corrected }))
}

/// Are two copies different whatever figures, names and headline they have?
fn apart(words: &Likeness, one_source: bool) -> bool {
    if words.exact {
        return false;
    }
    words.shorter < SHORT || one_source && !overlaps(words) && words.containment < NEAR.0
}

/// May a wire's copy be a repeat of another on the same wire?
fn overlaps(likeness: &Likeness) -> bool {
    likeness.containment >= OVERLAP || likeness.letters >= LETTERS
}

/// What a likeness comes to.
pub(super) fn likely(likeness: &Likeness, setting: Setting) -> Likely {
    if likeness.shorter < SHORT {
        // A line such as "see the video" is under many headlines: equal words count only under an equal headline.
        return if likeness.exact && likeness.headline { Likely::Same } else { Likely::Different };
    }
    if likeness.exact {
        return Likely::Same;
    }
    let (enough, least) =
        if setting.one_source { (overlaps(likeness), SAME) } else { (true, SAME_ELSEWHERE) };
    if enough && score(likeness, setting) >= least {
        return Likely::Same;
    }
    let near = likeness.containment >= NEAR.0
        && (likeness.containment >= NEAR.1
            || likeness.title.share() >= HEADLINE && likeness.title.common > 0);
    if near { Likely::Sibling } else { Likely::Different }
}

/// What a wire sends in other words is a new dispatch on the same story; another outlet's other words are a rewriting. So a
/// repeat on one wire has at least this containment of shingles or, where its words are badly spelt, this Jaccard similarity of
/// letter runs (unrelated copy of one language has up to 0.2).
const OVERLAP: f32 = 0.58;
const LETTERS: f32 = 0.5;
/// Containment of a sibling under a like headline, and under another.
const NEAR: (f32, f32) = (0.3, 0.55);
/// Share of headline words from which two headlines are alike.
const HEADLINE: f32 = 0.65;

/// The score from which two copies of one wire tell the same news, and those of two.
const SAME: f32 = 1.0;
const SAME_ELSEWHERE: f32 = 0.4;
/// What a mark of correction adds: a correction may change figures that would else speak against it.
const CORRECTED: f32 = 2.0;
/// Hours within which most repeats come.
const SOON: f32 = 6.0;

/// How likely two copies tell the same news, as the logarithm of odds.
///
/// Words are lost to cutting, noise and rewriting alike; figures and names are lost to them no more than other words. So
/// what counts beside the overlap is whether figures and names agree *more* than the words around them (the same event in
/// other words) or *less* (another event in the same words); and time: most repeats come within hours, the next of a
/// templated series after a day or a week. The weights were fitted by logistic regression on pairs of wire copy
/// (docs/dedupe.md).
fn score(likeness: &Likeness, setting: Setting) -> f32 {
    let known = f32::from(likeness.figures.common + likeness.names.common).min(20.0);
    let wrong = f32::from(likeness.figures.wrong());
    1.47 * odds(likeness.containment) + 1.61 * odds(likeness.letters_contained()) + 2.20 * known.ln_1p()
        - 0.67 * wrong.min(8.0).ln_1p()
        + 1.98 * surprise(likeness.figures, likeness.containment)
        + 0.31 * surprise(likeness.names, likeness.containment)
        - 1.50 * (setting.hours / SOON).ln_1p()
        + if setting.corrected { CORRECTED } else { 0.0 }
        - 4.02
}

/// The logarithm of the odds of a share, smoothed at its ends.
fn odds(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    ((share + 0.03) / (1.03 - share)).ln()
}

/// By how many standard deviations more of the shorter list is in the longer than if its words were lost as often as all
/// words of the text. A shingle of three words is kept when all three are: so a word is kept with the cube root of that.
fn surprise(agreement: Agreement, containment: f32) -> f32 {
    let kept = containment.clamp(0.02, 0.97).cbrt();
    let all = f32::from(agreement.least());
    (f32::from(agreement.common) - all * kept) / (all * kept * (1.0 - kept) + 1.0).sqrt()
}

/// Containment below which a repeat is written in other words.
const REWRITTEN: f32 = 0.6;
/// Size of a cut copy, at most, and of an expanded one, at least.
const CUT: f32 = 0.86;
const EXPANDED: f32 = 1.17;
/// Size from which a copy was expanded, whatever else was put right.
const GROWN: f32 = 1.35;
/// Share of the changed words that are figures and names, from which a change is a correction and not an editor's hand.
const PUT_RIGHT: f32 = 0.29;

/// What `copy` is to `original`, which it repeats; `likeness` is of the copy to the original.
pub(super) fn relation(likeness: &Likeness, corrected: bool) -> Relation {
    if likeness.exact {
        return Relation::Resend;
    }
    if corrected {
        return Relation::Corrected;
    }
    if likeness.containment < REWRITTEN {
        return Relation::Rewritten;
    }
    if likeness.size < CUT {
        return Relation::Cut;
    }
    if likeness.size > GROWN {
        return Relation::Expanded;
    }
    // A changed word changes three shingles.
    let shingles = likeness.common as f32 / likeness.containment.max(0.01);
    let changed = ((1.0 - likeness.containment) * shingles / 3.0).max(0.34);
    let wrong = f32::from(likeness.figures.wrong() + likeness.names.wrong());
    // Who writes a headline of their own sends the dispatch on; who corrects it leaves the headline or corrects that too.
    let headline = likeness.title.least() == 0 || likeness.title.share() >= HEADLINE;
    if wrong >= PUT_RIGHT * changed && wrong > 0.0 && headline {
        Relation::Corrected
    } else if likeness.size > EXPANDED {
        Relation::Expanded
    } else {
        Relation::Resend
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(containment: f32, figures: (u16, u16), names: (u16, u16)) -> Likeness {
        let agreement = |(common, wrong): (u16, u16)| Agreement { common, first: wrong, second: wrong };
        Likeness {
            jaccard: containment / (2.0 - containment),
            containment,
            common: (containment * 150.0) as u32,
            size: 1.0,
            letters: containment.sqrt() / (2.0 - containment.sqrt()),
            shorter: 150,
            figures: agreement(figures),
            names: agreement(names),
            ..Likeness::default()
        }
    }

    const ELSEWHERE: Setting = Setting { hours: 1.0, one_source: false, corrected: false };
    const SAME_WIRE: Setting = Setting { one_source: true, ..ELSEWHERE };

    #[test]
    fn figures_tell_other_words_from_another_event() {
        assert_eq!(
            likely(&like(0.3, (6, 0), (9, 0)), ELSEWHERE),
            Likely::Same,
            "the same event in other words"
        );
        assert_eq!(likely(&like(0.3, (2, 4), (4, 5)), ELSEWHERE), Likely::Different, "two events of a story");
        assert_eq!(
            likely(&like(0.7, (1, 7), (9, 1)), ELSEWHERE),
            Likely::Sibling,
            "another event in the same words"
        );
        assert_eq!(likely(&like(0.9, (5, 1), (9, 0)), ELSEWHERE), Likely::Same, "one figure put right");
    }

    #[test]
    fn a_wires_other_words_are_another_dispatch_and_its_bad_letters_are_not() {
        assert_eq!(likely(&like(0.2, (6, 0), (9, 0)), SAME_WIRE), Likely::Different);
        assert_eq!(likely(&like(0.48, (7, 1), (12, 2)), SAME_WIRE), Likely::Same);
    }

    #[test]
    fn a_mark_of_correction_and_a_day_between_count() {
        let changed = like(0.85, (2, 2), (6, 1));
        let marked = Setting { corrected: true, ..SAME_WIRE };
        let next_day = Setting { hours: 24.0, ..SAME_WIRE };
        assert_eq!(likely(&changed, marked), Likely::Same);
        assert_eq!(likely(&changed, next_day), Likely::Sibling, "the next of a series");
    }

    #[test]
    fn more_agreement_never_makes_a_repeat_less_likely() {
        for wrong in 0..5 {
            for common in 0..9 {
                let of = |containment, common| score(&like(containment, (common, wrong), (5, 1)), ELSEWHERE);
                assert!(of(0.6, common + 1) > of(0.6, common), "{common} figures agree, {wrong} do not");
                assert!(of(0.7, 0) > of(0.6, 0), "{wrong}: more words agree");
            }
        }
    }
}
