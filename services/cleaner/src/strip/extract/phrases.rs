//! What a line says by its wording, in several languages: evidence for the choice of blocks.

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

/// One bit a sort of wording.
pub(crate) type Phrases = u32;

pub(crate) const MORE: Phrases = 1;
pub(crate) const OTHERS: Phrases = 1 << 1;
pub(crate) const SHARE: Phrases = 1 << 2;
pub(crate) const ASK: Phrases = 1 << 3;
pub(crate) const COMMENTS: Phrases = 1 << 4;
pub(crate) const ADVERT: Phrases = 1 << 5;
pub(crate) const COPYRIGHT: Phrases = 1 << 6;
pub(crate) const DATES: Phrases = 1 << 7;
pub(crate) const BYLINE: Phrases = 1 << 8;
pub(crate) const PICTURE: Phrases = 1 << 10;
pub(crate) const CONSENT: Phrases = 1 << 11;

/// How many sorts there are.
pub(crate) const COUNT: usize = SORTS.len();

/// The sorts in the order of their bits. What opens with `^` is looked for at the start of the line alone.
const SORTS: &[&str] = &[
    // Go and read something else.
    r"(?i)^\W*(?:leer más|lee (?:también|además|más)|lea también|leer también|lire (?:aussi|également|plus|la suite)|à lire|leia (?:também|mais)|saiba mais|ler (?:também|mais)|veja também|leggi (?:anche|tutto|pure)|per approfondire|read (?:more|also|next|the full|our|now)|see (?:also|more)|also (?:read|see)|lesen sie|mehr (?:zum thema|dazu|lesen)|auch interessant|passend dazu|siehe auch|weiterlesen|llegi[ur] (?:també|més)|(?:más|mais) informaç?ión|te puede interesar|també et pot|related|keep reading|continue reading|more (?:from|on|stories|news|like)|don['’]t miss|recommended|you (?:may|might) (?:also )?like|lees (?:ook|meer|verder)|les (?:også|mer)|läs (?:också|mer|även)|lue (?:myös|lisää)|læs (?:også|mere)|czytaj (?:też|także|więcej)|zobacz (?:też|także)|čtěte|přečtěte|читайте|по теме|смотрите|okumaya|bkz|関連|こちらも|延伸阅读|相关|更多|관련|اقرأ|إقرأ|اقرا|soma (?:zaidi|pia)|funda|what to read|up next|watch:|watch now|click here|pročitajte|citește|olvassa)",
    // Headings of lists of other stories.
    r"(?i)^\W*(?:te recomendamos|también te puede|le puede interesar|lo más|noticias relacionadas|artículos relacionados|sur le même sujet|articles? (?:liés|similaires|recommandés)|les plus|mais lidas|relacionad|articoli correlati|potrebbe|i più|you may also|recommend|related|most (?:read|popular|viewed|watched)|more on|top (?:stories|news)|latest|trending|popular|meistgelesen|das könnte|empfohlen|themen|neueste|aktuell|contenido relacionado|editor['’]?s['’]? (?:pick|choice)|what['’]s next|in this (?:article|story)|in case you|inhalt|table of contents|contents|in diesem|archiv|featured|best of|from the web|we recommend|für sie|nieuws|meest|sport|newsletter|siste|senaste|mest)(?-u:\b).{0,50}$",
    // Sharing and following.
    r"(?i)^\W*(?:compart|partag|condividi|share|teilen|tweet|whatsapp|facebook|copi(?:ar|er|ed|a)|copy|enviar por|imprimir|print|guardar|save|síguenos|suivez|siga|seguici|segui|follow|folge|link kopieren|e-?mail|merken|artikel (?:teilen|merken|drucken)|drucken|add (?:us|as)|google news|diesen artikel|del(?-u:\b)|dela(?-u:\b)|delen|поделиться|공유|分享|シェア|join (?:us|our|the)|like us|bookmark|report (?:this|a)|gift|send)(?-u:\b)",
    // Being asked to subscribe, sign in, pay.
    r"(?i)(?:suscr[ií]b|apúnta|regístra|inscrivez|abonnez|abonné|inscreva|assine|assinante|subscreva|iscriviti|abbona|abonnier|abonnement|melden sie|anmelden|einloggen|registrier|newsletter|subscrib|sign up|sign in|log ?in|subscription|free trial|your inbox|your email|thanks for signing|e-mail-adresse|paywall|premium|unlimited access|already a|support (?:our|us|the)|donat|spende|unterstütz|membership|become a|advertis(?:e|ing) with|exclusive (?:stories|content|access)|whatsapp (?:channel|group)|telegram|download (?:the|our)|our app|promo code|per e-?mail|prenumer|abonner|kirjaudu|tilaa|підпис|подпис|구독|로그인|登録|ログイン|会員|有料)",
    // Comments.
    r"(?i)^\W*(?:\d+ )?(?:comentarios?|commentaires?|commenti|comentários?|comments?|kommentare?n?|leave a|deja (?:un|tu)|laisser un|join the (?:conversation|discussion)|post a comment|view comments|show comments|have your say|what do you think|your comment|add a comment|be the first|diskut|discuss|reply|replies|antworten|zitieren|responses?|write a|コメント|댓글|评论|комментар|kommentti|reacties)(?-u:\b)",
    // Advertising.
    r"(?i)^\W*(?:publicidad|publicité|advertisement|advert|article continues|story continues|pubblicità|publicidade|anzeige|werbung|publicitat|ad|ads|continua dopo|la suite après|sponsored|promoted|paid (?:content|post)|scroll to|annonse|annons|mainos|reklam|reklama|реклама|광고|広告|advertentie|affiliate|as an amazon|we may earn|externer inhalt|empfohlener redaktioneller|an dieser stelle finden|mit ihrer zustimmung|this content is hosted|to view this)(?-u:\b)",
    // Copyright.
    r"(?i)(?:©|\(c\) ?\d{4}|copyright|all rights reserved|riproduzione riservata|derechos reservados|droits réservés|direitos reservados|alle rechte|may not be (?:published|reproduced)|無断|禁止|무단|版权|责任编辑|责编)",
    // Dates and times.
    r"(?i)^\W*(?:(?:last |first )?(?:updated?|modified|posted|published|created)|actualizad|publicad|publié|mis à jour|pubblicato|aggiornato|aktualisiert|veröffentlicht|stand:|erstellt|atualizado|publisert|oppdatert|publicerad|uppdaterad|julkaistu|päivitetty|gepubliceerd|opublikowano|обновлено|입력|수정|公開|更新|发布|\d{1,2}[./ -]\s?(?:\d{1,2}|\p{L}{3,10})[./ -]\s?\d{2,4}(?-u:\b)|\d{4}[-/年.]\s?\d{1,2}[-/月.]|\d{4}년|\p{L}{3,9}\.? \d{1,2},? \d{4}|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |\d+ (?:min|mins|minutes?|hours?|days?|weeks?|months?|years?)(?-u:\b).{0,10}(?:ago|read)?$|vor \d+|hace \d+|il y a|lesezeit|lesedauer|tiempo de lectura|reading time|time to read)",
    // Who wrote it.
    r"(?i)^\W*(?:by|por|par|von|di|per|av|af|door|text|author|autor|auteur|reporting|written|story by|photo(?:s|graphy)? by|words)(?-u:\b)[:\s]+[\p{Lu}].{0,80}$",
    // Signatures at the end.
    r"(?i)^\W*(?:\(?(?:additional )?(?:reporting|writing|editing|edited|reported) (?:by|from)|con información|con informació|com informações|avec (?:afp|reuters|ap)|mit material|with (?:files|agenc|reporting|inputs)|this (?:article|story|report|post|piece) (?:was|is|has|first|originally|appeared)|dieser (?:artikel|text|beitrag)|editor['’]?s note|correction|clarification|korrektur|hinweis|disclaimer|source|quelle|fuente|fonte|redaktion|the views|opinions expressed|about the author|über den autor|contact|kontakt|follow (?:him|her|them|\p{Lu})|reach|got a (?:tip|story)|do you (?:have|know)|if you have|for more (?:stories|information|news|on)|original(?:ly)? (?:published|article))(?-u:\b)",
    // Pictures.
    r"(?i)^\W*(?:image|imagen|photo|foto|bild|picture|file|credit|crédit|crédito|credito|quelle|getty|reuters|ap photo|afp|dpa|imago|epa|shutterstock|video|vídeo|vidéo|watch|listen|gallery|slideshow|infograf|screenshot|courtesy|写真|사진|图|enlarge|view gallery|open image|caption)(?-u:\b)",
    // Consent.
    r"(?i)(?:(?-u:\b)cookies?(?-u:\b)|we use cookies|personal data|datenschutz|privacy|personenbezogen|protección de datos|galetes|consent|javascript|your browser|ihr browser|adblock|ad blocker)",
    // Subjects.
    r"(?i)^\W*(?:etiquetas|archivado en|tags?|temas|topics?|filed under|more about|schlagw|stichw|themen|keywords?|categor|mots-clés|ämnen|emner|теги|키워드|キーワード|labels?|sections?|in:)(?-u:\b)\W",
    // Hints on forums.
    r"(?i)^\W*(?:joined|registered|posts?|threads?|location|likes?|reactions?|quote|originally posted|member|administrator|moderator|senior|junior|newbie|#\d+|click to expand|said:|wrote:|last edited|edited by|page \d+|top|jump to|solved|asked|answered|votes?|views?|score|accepted|improve this|ask question|sign up or)(?-u:\b)",
    // A fact box of a list of key points.
    r"(?i)^\W*(?:key (?:points|takeaways|facts)|at a glance|das wichtigste|in kürze|auf einen blick|summary|zusammenfassung|claves|en breve|l['’]essentiel|in sintesi|highlights|the facts|factbox|zur person|zum thema|faq|tl;?dr|the gist|what you need|why it matters|what we know)(?-u:\b)",
];

/// Pictures again, by what may stand anywhere.
const PICTURED: &str = r"(?i)(?:getty images?|\(?(?:photo|image|foto|bild|credit|crédit|pic|picture|quelle|kuva|foto)s?(?: by)?\s*[:/©]|/(?:reuters|getty|afp|ap|epa|dpa|shutterstock|efe|imago)|ap photo|via getty|via reuters|via ap|imago images|picture alliance|shutterstock|©)";

/// Room for the states of the matcher, in bytes: with less it would forget and build them again.
const CACHE: usize = 8 << 20;

/// Patterns, and the bit that each stands for.
struct Matcher {
    set: RegexSet,
    bits: Vec<Phrases>,
}

impl Matcher {
    fn of(patterns: &[(Phrases, &str)]) -> Self {
        let bits = patterns.iter().map(|(bit, _)| *bit).collect();
        let texts = patterns.iter().map(|(_, text)| text);
        #[expect(clippy::expect_used, reason = "constant patterns, and every test of a page compiles them")]
        let set = RegexSetBuilder::new(texts).dfa_size_limit(CACHE).build().expect("constant patterns");
        Self { set, bits }
    }

    fn matches(&self, line: &str) -> Phrases {
        self.set.matches(line).iter().fold(0, |mask, at| mask | self.bits[at])
    }
}

/// Those that open a line, and those that may stand anywhere in it. Apart, because the first are done with most lines
/// after a few characters, and would multiply the states that the second need for each of the others.
static MATCHERS: LazyLock<(Matcher, Matcher)> = LazyLock::new(|| {
    let all = SORTS.iter().enumerate().map(|(at, text)| (1 << at, *text)).chain([(PICTURE, PICTURED)]);
    let (open, within): (Vec<_>, Vec<_>) = all.partition(|(_, text)| text.starts_with("(?i)^"));
    (Matcher::of(&open), Matcher::of(&within))
});

/// Longest line that is looked at, in bytes.
const LONGEST: usize = 600;

/// The sorts that a line belongs to.
pub(crate) fn of(line: &str) -> Phrases {
    let head = line.get(..line.floor_char_boundary(LONGEST)).unwrap_or_default();
    let (open, within) = &*MATCHERS;
    open.matches(head) | within.matches(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wording_is_recognised() {
        assert_ne!(of("Lire aussi : la tempête Irune en images") & 1, 0);
        assert_ne!(of("By Ada Quill") & BYLINE, 0);
        assert_ne!(of("© 2026 La Gaceta") & COPYRIGHT, 0);
        assert_eq!(of("El puerto cerró ayer a las siete"), 0);
    }
}
