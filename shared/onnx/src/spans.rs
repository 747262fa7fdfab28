//! Labels of words to spans of the text.

use super::{
    Found,
    folder::{Label, Mark},
    words::Word,
};

/// The model's answer for one word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Verdict {
    /// The index of the label.
    pub label: usize,
    pub probability: f32,
}

/// The likeliest label of one row of logits, with its softmax; nothing if the numbers are not finite.
pub(super) fn verdict(logits: &[f32]) -> Option<Verdict> {
    if !logits.iter().all(|logit| logit.is_finite()) {
        return None;
    }
    let (label, &top) = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    // Taken relative to the largest, no power overflows and the sum is at least one.
    let sum: f32 = logits.iter().map(|logit| (logit - top).exp()).sum();
    Some(Verdict { label, probability: 1.0 / sum })
}

/// An entity that may still grow.
struct Open<'a> {
    label: &'a Label,
    start: usize,
    end: usize,
    sum: f32,
    words: u16,
}

impl<'a> Open<'a> {
    fn new(label: &'a Label, word: Word, probability: f32) -> Self {
        Self { label, start: word.start, end: word.end, sum: probability, words: 1 }
    }

    /// An entity takes in the next word if that is labelled as its inside, in the same paragraph.
    fn takes(&self, text: &str, label: &Label, word: Word) -> bool {
        let gap = text.get(self.end..word.start).unwrap_or_default();
        label.mark == Mark::Inside
            && label.name == self.label.name
            && self.words < u16::MAX
            && gap.matches('\n').count() < 2
    }

    fn grow(&mut self, word: Word, probability: f32) {
        self.end = word.end;
        self.sum += probability;
        self.words = self.words.saturating_add(1);
    }

    fn close(self) -> Found {
        let confidence = self.sum / f32::from(self.words);
        Found { start: self.start, end: self.end, sort: self.label.sort, confidence }
    }
}

/// The entities of a text: `words` and `verdicts` run side by side.
pub(super) fn spans(text: &str, words: &[Word], verdicts: &[Verdict], labels: &[Label]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut open: Option<Open<'_>> = None;
    for (&word, verdict) in words.iter().zip(verdicts) {
        let label = labels.get(verdict.label).filter(|label| label.mark != Mark::Outside);
        match (&mut open, label) {
            (Some(entity), Some(label)) if entity.takes(text, label, word) => {
                entity.grow(word, verdict.probability);
            }
            _ => {
                found.extend(open.take().map(Open::close));
                open = label.map(|label| Open::new(label, word, verdict.probability));
            }
        }
    }
    found.extend(open.map(Open::close));
    found
}

#[cfg(test)]
mod tests {
    use super::{super::Sort, super::folder::label, *};

    /// Spans of the words of a text that have these labels.
    fn spans_of(text: &str, names: &[&str]) -> Vec<(String, Sort)> {
        let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let words: Vec<_> = text
            .split_whitespace()
            .map(|word| Word { piece: 0, start: place(word), end: place(word) + word.len() })
            .collect();
        let labels: Vec<_> = names.iter().map(|name| label(name)).collect();
        let verdicts: Vec<_> = (0..names.len()).map(|label| Verdict { label, probability: 0.5 }).collect();
        spans(text, &words, &verdicts, &labels)
            .into_iter()
            .map(|found| (text[found.start..found.end].to_owned(), found.sort))
            .collect()
    }

    fn pair(text: &str, sort: Sort) -> (String, Sort) {
        (text.to_owned(), sort)
    }

    #[test]
    fn begin_parts_neighbours() {
        let names = ["B-PER", "I-PER", "B-PER", "O"];
        assert_eq!(spans_of("a b c d", &names), [pair("a b", Sort::Per), pair("c", Sort::Per)]);
    }

    #[test]
    fn inside_alone_begins() {
        assert_eq!(spans_of("a b c", &["O", "I-LOC", "I-LOC"]), [pair("b c", Sort::Loc)]);
        assert_eq!(spans_of("a b", &["B-LOC", "I-ORG"]), [pair("a", Sort::Loc), pair("b", Sort::Org)]);
        assert_eq!(spans_of("a b c", &["PERSON", "PERSON", "O"]), [pair("a b", Sort::Per)]);
    }

    #[test]
    fn other_names_of_one_sort_stay_apart() {
        assert_eq!(spans_of("a b", &["DATE", "MONEY"]), [pair("a", Sort::Misc), pair("b", Sort::Misc)]);
    }

    #[test]
    fn paragraphs_part_entities_and_lines_do_not() {
        assert_eq!(spans_of("a\nb", &["B-PER", "I-PER"]), [pair("a\nb", Sort::Per)]);
        assert_eq!(spans_of("a\n\nb", &["B-PER", "I-PER"]).len(), 2);
    }

    #[test]
    fn softmax() {
        let verdict = |logits: &[f32]| super::verdict(logits);
        assert_eq!(verdict(&[0.0, 0.0]).map(|verdict| verdict.probability), Some(0.5));
        assert_eq!(verdict(&[-3e38, 3e38]), Some(Verdict { label: 1, probability: 1.0 }));
        assert_eq!(verdict(&[f32::NAN, 1.0]), None);
        assert_eq!(verdict(&[]), None);
    }
}
