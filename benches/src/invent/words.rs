//! The words that items are invented of: for each language its commonest function words and some tens of thousands of words that are made
//! of syllables, so that dictionaries find endings to take off. Which word comes how often follows Zipf's law, as in any language.

use std::collections::HashSet;

/// Made words of a language.
const WORDS: usize = 30_000;
/// Names and words go with 1 / (rank + this): the commonest made word stands in half of all items of its language, the rarest in a few
/// hundred of a million.
const FLAT: f64 = 20.0;

/// Numbers from a seed, the same on every machine (SplitMix64).
pub struct Chance(u64);

impl Chance {
    /// Begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ (b >> 31)
    }

    /// 0 to 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 0 to `end`, which it never is.
    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    /// `from` to `to`, both included.
    pub fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }
}

/// Ranks that are the rarer the higher they are.
pub struct Zipf(Vec<f64>);

impl Zipf {
    /// Of so many ranks.
    pub fn new(ranks: usize, flat: f64) -> Self {
        let mut sum = 0.0;
        let weights = (0..ranks).map(|rank| {
            sum += 1.0 / (rank as f64 + 1.0 + flat);
            sum
        });
        Self(weights.collect())
    }

    /// A rank.
    pub fn pick(&self, chance: &mut Chance) -> usize {
        let wanted = chance.share() * self.0.last().copied().unwrap_or_default();
        self.0.partition_point(|sum| *sum <= wanted).min(self.0.len().saturating_sub(1))
    }
}

/// A language: its code, how many of a hundred items are in it, function words, syllables and endings.
pub struct Grammar {
    /// BCP 47.
    pub code: &'static str,
    /// Of a hundred items.
    pub share: usize,
    function: &'static str,
    onsets: &'static str,
    vowels: &'static str,
    endings: &'static str,
}

/// What items are invented in; Basque has no dictionary in Postgres' search here.
pub const GRAMMARS: [Grammar; 8] = [
    Grammar {
        code: "es",
        share: 38,
        function: "de la que el en y a los del se las por un para con no una su al lo como más pero sus este",
        onsets: "b br c ch d f fl g gr h j l ll m n p pl pr qu r s t tr v",
        vowels: "a e i o u ie ue á í ó",
        endings: "ción ciones ado ada ados ar aba arán o os a as dad mente ero eros able ñ es",
    },
    Grammar {
        code: "en",
        share: 22,
        function: "the of and to in a is that for it as was with be by on not he his but at are this have from",
        onsets: "b bl c ch d dr f g gr h k l m n p pr r s sh st str t th tr w",
        vowels: "a e i o u ea ai ou oo ee",
        endings: "ing ed s er ers tion tions ness ly ment ments est able y ies ck nd rt",
    },
    Grammar {
        code: "ca",
        share: 10,
        function: "de la que el i a en per els un les amb una no es del al més com són però seva als",
        onsets: "b c d f g gl j l ll m n p r s t tr v x ny",
        vowels: "a e i o u à è ó ú ia",
        endings: "ció cions at ada ats ar ava aran ment tat a es os er ers able",
    },
    Grammar {
        code: "fr",
        share: 8,
        function: "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il",
        onsets: "b br c ch d f g gr j l m n p pl qu r s t tr v",
        vowels: "a e i o u é è ou eau oi",
        endings: "tion tions er é ée és ait ment ments eur eurs able isme iste e es aient",
    },
    Grammar {
        code: "pt",
        share: 7,
        function: "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele",
        onsets: "b c ch d f g j l lh m n nh p pr qu r s t tr v",
        vowels: "a e i o u ã é ó ei ou",
        endings: "ção ções ado ada ar ava mente dade o os a as eiro eiros ável em",
    },
    Grammar {
        code: "de",
        share: 7,
        function: "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an",
        onsets: "b br d f g h k kl l m n p r s sch st t tr w z",
        vowels: "a e i o u ä ö ü ei au ie",
        endings: "ung ungen en er ern te ten lich keit heit isch ische s t bar chen",
    },
    Grammar {
        code: "it",
        share: 5,
        function: "di e il la che in un a per è una con sono da le del non si al come dei più gli alla nel",
        onsets: "b c ch d f g gl l m n p pr r s sc t tr v z",
        vowels: "a e i o u ia io uo",
        endings: "zione zioni ato ata ati are ava eranno mente ità o i a e iere abile",
    },
    Grammar {
        code: "eu",
        share: 3,
        function: "eta da ez bat ere du izan dira zuen baina edo den hau oso beste dute egin gabe baino",
        onsets: "b d g h k l m n p r s t tx tz z",
        vowels: "a e i o u ai ei au",
        endings: "a ak ek en ko tik ra tzen tu dun ari etan",
    },
];

/// A language with its words.
pub struct Language {
    /// Whence it is made.
    pub grammar: &'static Grammar,
    /// Every token that a text in it may have, in small letters: function words, made words, numbers, names.
    pub tokens: Vec<String>,
    /// How many of them are function words.
    pub function: usize,
    made: Zipf,
}

impl Language {
    /// Makes the words of a language; `names` are tokens that all languages share.
    pub fn new(grammar: &'static Grammar, number: u64, names: &[String]) -> Self {
        let mut tokens: Vec<String> = grammar.function.split(' ').map(str::to_owned).collect();
        let function = tokens.len();
        let mut known: HashSet<String> = tokens.iter().cloned().collect();
        let mut chance = Chance::new(1000 + number);
        let lists =
            [grammar.onsets, grammar.vowels, grammar.endings].map(|list| list.split(' ').collect::<Vec<_>>());
        while tokens.len() < function + WORDS {
            let mut word = String::new();
            for _ in 0..chance.between(1, 3) {
                word.push_str(lists[0][chance.below(lists[0].len())]);
                word.push_str(lists[1][chance.below(lists[1].len())]);
            }
            if chance.share() < 0.8 {
                word.push_str(lists[0][chance.below(lists[0].len())]);
                word.push_str(lists[2][chance.below(lists[2].len())]);
            }
            if known.insert(word.clone()) {
                tokens.push(word);
            }
        }
        tokens.extend((0..1000).map(|number| number.to_string()));
        tokens.extend(names.iter().cloned());
        Self { grammar, tokens, function, made: Zipf::new(WORDS, FLAT) }
    }

    /// A function word.
    pub fn particle(&self, chance: &mut Chance) -> usize {
        chance.below(self.function).min(chance.below(self.function))
    }

    /// A made word, common ones oftener.
    pub fn word(&self, chance: &mut Chance) -> usize {
        self.function + self.made.pick(chance)
    }

    /// The made word of this rank, 0 for the commonest.
    pub fn ranked(&self, rank: usize) -> &str {
        &self.tokens[self.function + rank.min(WORDS - 1)]
    }

    /// The token of a number below a thousand.
    pub fn number(&self, number: usize) -> usize {
        self.function + WORDS + number.min(999)
    }

    /// The token of a name.
    pub fn name(&self, name: usize) -> usize {
        self.function + WORDS + 1000 + name
    }
}

/// So many names of syllables, in small letters, each once.
pub fn names(count: usize, seed: u64) -> Vec<String> {
    let syllables: Vec<&str> = "al mar de ro ni ca lo ve ta sil bor que le san du ri mon fe gal ten vi co zar lu pe no bra si gor mi".split(' ').collect();
    let mut chance = Chance::new(seed);
    let mut known = HashSet::new();
    let mut names = Vec::new();
    while names.len() < count {
        let name: String =
            (0..chance.between(2, 4)).map(|_| syllables[chance.below(syllables.len())]).collect();
        if known.insert(name.clone()) {
            names.push(name);
        }
    }
    names
}

/// With a capital letter.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_common_and_rare_ones_are_there() {
        let zipf = Zipf::new(WORDS, FLAT);
        let mut chance = Chance::new(7);
        let picks: Vec<usize> = (0..200_000).map(|_| zipf.pick(&mut chance)).collect();
        let of = |from: usize, to: usize| picks.iter().filter(|rank| (from..to).contains(rank)).count();
        assert!(of(0, 1) > 20 * of(3000, 3001).max(1), "{} against {}", of(0, 1), of(3000, 3001));
        assert!(of(20_000, WORDS) > 0 && picks.iter().all(|rank| *rank < WORDS));
    }

    #[test]
    fn a_language_has_its_words_numbers_and_names_each_in_its_place() {
        let language = Language::new(&GRAMMARS[0], 0, &["almar".to_owned()]);
        assert_eq!(language.tokens[language.number(12)], "12");
        assert_eq!(language.tokens[language.name(0)], "almar");
        assert_eq!(language.tokens.len(), language.name(0) + 1);
        assert_eq!(GRAMMARS.iter().map(|grammar| grammar.share).sum::<usize>(), 100);
    }
}
