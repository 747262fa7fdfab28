//! The language of a copy: what the wire declares, checked against what the words say.

use std::sync::OnceLock;

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};
use whichlang::Lang;

/// Fewest letters that a language is told from.
const FEWEST_LETTERS: usize = 20;
/// Most characters that are looked at.
const MOST_CHARS: usize = 600;

/// Tells languages. Its models (33 MB) are loaded when the fast path leaves a doubt for the first time.
#[derive(Default)]
pub struct Languages {
    lingua: OnceLock<LanguageDetector>,
}

/// BCP 47 code and confidence, 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// BCP 47, primary subtag; `und` where it cannot be told.
    pub language: String,
    /// 0 to 1.
    pub confidence: f32,
}

impl Languages {
    /// The language of `text`, given what the wire declares. whichlang knows no Catalan, so a Catalan wire, and any
    /// disagreement with the declared language, goes to lingua.
    pub fn tell(&self, text: &str, declared: Option<&str>) -> Told {
        let prior = declared.map(primary).filter(|p| p.len() == 2 || p.len() == 3);
        let letters = text.chars().take(MOST_CHARS).filter(|c| c.is_alphabetic()).count();
        if letters < FEWEST_LETTERS {
            return match prior {
                Some(language) => Told { language, confidence: 0.5 },
                None => Told { language: "und".into(), confidence: 0.0 },
            };
        }
        let sample: String = text.chars().take(MOST_CHARS).collect();
        let quick = code(whichlang::detect_language(&sample));
        // Catalan passes for its neighbours, also under a feed that declares one of these.
        let catalan = matches!(quick, "es" | "fr" | "it" | "pt") && looks_catalan(&sample);
        if prior.as_deref() == Some(quick) && !catalan {
            return Told { language: quick.to_owned(), confidence: 0.99 };
        }
        if !SEVEN.iter().any(|(_, c)| *c == quick) {
            // Outside the seven lingua cannot help.
            return Told { language: quick.to_owned(), confidence: 0.8 };
        }
        if let Some(prior) = &prior
            && !SEVEN.iter().any(|(_, c)| c == prior)
            && !KNOWN_TO_WHICHLANG.contains(&prior.as_str())
        {
            // Neither knows the declared language (Galician, Basque): it is believed.
            return Told { language: prior.clone(), confidence: 0.5 };
        }
        if prior.is_none() && matches!(quick, "en" | "de") {
            // Nothing that whichlang does not know is taken for these.
            return Told { language: quick.to_owned(), confidence: 0.9 };
        }
        self.ask_lingua(&sample, prior)
    }

    fn ask_lingua(&self, sample: &str, prior: Option<String>) -> Told {
        let detector = self.lingua.get_or_init(|| {
            let languages: Vec<Language> = SEVEN.iter().map(|(language, _)| *language).collect();
            LanguageDetectorBuilder::from_languages(&languages).build()
        });
        let values = detector.compute_language_confidence_values(sample);
        let of = |code: &str| values.iter().find(|(l, _)| code_of(*l) == code).map_or(0.0, |(_, v)| *v);
        let Some((best, confidence)) = values.first().map(|(l, v)| (code_of(*l), *v)) else {
            return Told { language: prior.unwrap_or_else(|| "und".into()), confidence: 0.0 };
        };
        // The declared language keeps a close call.
        // Two words of its own outweigh a feed that declares its neighbour.
        let prior = prior.filter(|p| best != "ca" || p == "ca" || !looks_catalan(sample));
        match prior {
            Some(prior) if of(&prior) >= 0.3 => {
                Told { confidence: of(&prior).max(0.5) as f32, language: prior }
            }
            _ => Told { language: best.to_owned(), confidence: confidence as f32 },
        }
    }
}

/// Words of Catalan that Spanish, French, Italian and Portuguese do not have; two of them are no chance.
fn looks_catalan(sample: &str) -> bool {
    const WORDS: [&str; 17] = [
        "amb", "els", "és", "això", "aquest", "aquesta", "aquests", "aquestes", "dels", "pels", "seva",
        "seves", "també", "perquè", "després", "fins", "segons",
    ];
    let words = sample.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    words.filter(|word| WORDS.contains(&word.as_str())).take(2).count() == 2
}

const SEVEN: [(Language, &str); 7] = [
    (Language::Spanish, "es"),
    (Language::French, "fr"),
    (Language::English, "en"),
    (Language::Portuguese, "pt"),
    (Language::Italian, "it"),
    (Language::German, "de"),
    (Language::Catalan, "ca"),
];

const KNOWN_TO_WHICHLANG: [&str; 10] = ["ar", "zh", "nl", "hi", "ja", "ko", "ru", "sv", "tr", "vi"];

fn code_of(language: Language) -> &'static str {
    SEVEN.iter().find(|(l, _)| *l == language).map_or("und", |(_, code)| code)
}

fn primary(tag: &str) -> String {
    tag.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_languages_with_and_without_a_prior() {
        let languages = Languages::default();
        for (code, text) in [
            ("es", "El Gobierno ha aprobado este martes una inversión para reabrir la línea ferroviaria"),
            ("fr", "Le gouvernement a approuvé mardi un investissement pour rouvrir la ligne ferroviaire"),
            ("en", "The government on Tuesday approved an investment to reopen the railway line"),
            ("pt", "O Governo aprovou esta terça-feira um investimento para reabrir a linha ferroviária"),
            ("it", "Il governo ha approvato martedì un investimento per riaprire la linea ferroviaria"),
            (
                "de",
                "Die Regierung hat am Dienstag eine Investition zur Wiedereröffnung der Bahnstrecke gebilligt",
            ),
        ] {
            assert_eq!(languages.tell(text, None).language, code);
            assert_eq!(languages.tell(text, Some(code)).language, code);
        }
        let catalan = "El Govern ha aprovat aquest dimarts una inversió per reobrir la línia de tren amb les estacions, segons els alcaldes";
        for declared in [Some("ca-ES"), Some("es"), None] {
            let told = languages.tell(catalan, declared);
            assert_eq!(told.language, "ca", "{declared:?}");
            assert!(told.confidence > 0.5);
        }
        assert_eq!(languages.tell("12:30", None).language, "und");
        assert_eq!(languages.tell("12:30", Some("it")).language, "it");
    }
}
