//! What the class, id and other names of an element say about its part on a page, in several languages.

use std::cell::RefCell;
use std::sync::LazyLock;

use foldhash::HashMap;

use super::literals::Literals;

/// One bit a group of names, in the order of [`GROUPS`].
pub(crate) type Names = u32;

/// How many groups there are.
pub(crate) const COUNT: usize = GROUPS.len();

pub(crate) const DECK: Names = 1 << 3;
pub(crate) const BYLINE: Names = 1 << 6;
pub(crate) const RELATED: Names = 1 << 8;
pub(crate) const TEASER: Names = 1 << 9;
pub(crate) const COMMENT: Names = 1 << 12;
pub(crate) const DIALOG: Names = 1 << 17;
pub(crate) const SIDEBAR: Names = 1 << 18;
pub(crate) const FORUM: Names = 1 << 19;

/// The groups, as [`Literals`] reads them: a pattern over names in small letters with `-` between their words.
const GROUPS: &[&str] = &[
    // The body of an article.
    r"(?:article|story|entry|post|news|main|page)-?(?:body|text|content|copy)|body-?(?:text|content|copy|main)|content-?(?:body|text|main)|cuerpo|corps|corpo|fliesstext|rich-?text|detail-?(?:body|text|content)",
    // Weaker signs of it.
    r"article|story|entry|post|content|(?-u:\b)body|text|noticia|artikel|articulo|artigo|articolo",
    // A paragraph.
    r"paragraph|absatz|text-?block|(?-u:\b)para(?-u:\b)|(?-u:\b)p\d?(?-u:\b)|textmodule",
    // A standfirst.
    r"summary|standfirst|(?-u:\b)lead(?-u:\b)|(?-u:\b)lede(?-u:\b)|(?-u:\b)deck(?-u:\b)|(?-u:\b)dek(?-u:\b)|intro|chapo|chapeau|sapo|kicker|sub-?tit|sub-?head|excerpt|abstract|ingress|entradilla|bajada|copete|vorspann|description|preamble|perex|sommario|occhiello|(?-u:\b)lead-?text|strapline|leadin|tagline",
    // A heading.
    r"title|headline|(?-u:\b)hed(?-u:\b)|heading|titel|titre|titulo|titolo|overline",
    // A picture and its caption.
    r"caption|credit|legend|bildunter|pie-?foto|photo|image|(?-u:\b)img|picture|galler|figure|slide|(?-u:\b)bild|foto|thumb|copyright-?holder|carousel",
    // Who wrote it.
    r"byline|author|autor|auteur|autore|writer|contributor|journalist|redakt|(?-u:\b)bio|reporter|creator|(?-u:\b)by(?-u:\b)",
    // When.
    r"date|time|publish|updated|(?-u:\b)meta|datum|fecha|stamp",
    // Other stories.
    r"related|recommend|read-?(?:more|also|next)|more-?(?:on|stories|news|from|link)|also|similar|relacionad|recomend|promo|most-?|popular|trend|next|leia|lire|verwandt|weiter|in-?line-?(?:link|article)|link-?(?:list|box|group)|see-|suggest|outbrain|taboola|further|(?-u:\b)more(?-u:\b)|read-?it|embed-?article|internal-?link",
    // Lists of them.
    r"teaser|(?-u:\b)card|tile|list-?item|feed|(?-u:\b)items?(?-u:\b)|grid|listing|latest|river|(?-u:\b)list(?-u:\b)|thumbnail",
    // Sharing.
    r"share|sharing|social|facebook|twitter|whatsapp|follow|compart|partag|telegram|bookmark",
    // Being asked for something.
    r"newsletter|subscri|sign-?(?:up|in)|login|regist|paywall|piano|regwall|(?-u:\b)abo(?-u:\b)|abonn|suscri|donat|support|member|offer|(?-u:\b)cta(?-u:\b)|call-to|marketing|upsell|premium|(?-u:\b)form(?-u:\b)|app-?promo|download",
    // Comments.
    r"comment|disqus|coral|respond|reply|replies|kommentar|comentario|commentaire|reader",
    // Ways around the site.
    r"(?-u:\b)nav|menu|crumb|header|masthead|topbar|toolbar|(?-u:\b)tabs?(?-u:\b)|sitemap|pagina|pager|skip|search|navigation",
    // The page's foot.
    r"footer|copyright|legal|disclaimer|colophon|imprint|terms|impressum",
    // Advertising.
    r"(?-u:\b)ads?(?-u:\b)|(?-u:\b)ad-|advert|sponsor|banner|(?-u:\b)dfp|(?-u:\b)gpt|werbung|anzeige|publicid|(?-u:\b)pub(?-u:\b)|commercial|affiliat|shop|product|price|deal",
    // Subjects.
    r"(?-u:\b)tags?(?-u:\b)|(?-u:\b)tag-|topic|keyword|categor|label|etiquet|schlagw|section|rubri",
    // Consent and dialogs.
    r"cookie|consent|gdpr|privacy|(?-u:\b)cmp|onetrust|modal|popup|overlay|dialog|toast|tooltip|hover|rollover|popover",
    // Columns beside the text.
    r"sidebar|aside|rail|widget|secondary|complementary|right-?(?:col|side)|(?-u:\b)side",
    // Posts of a forum.
    r"post-?(?:body|content|text|message)|message-?(?:body|content|text|user)|thread|(?-u:\b)topic|cooked|bbcode|bb-?wrapper|(?-u:\b)js-post|(?-u:\b)b-post|answer|question|user-?post|s-prose|user-?content|post-\d",
    // Quotations.
    r"quote|zitat|(?-u:\b)pull|(?-u:\b)cita(?-u:\b)",
    // Boxes within the text.
    r"fact|info-?box|(?-u:\b)box(?-u:\b)|key-?point|takeaway|highlight|(?-u:\b)toc(?-u:\b)|table-of|timeline|glossar|despiece|bullet|callout|note-?box|infokasten|kasten",
    // Pictures that move, and sound.
    r"video|player|audio|podcast|listen|media|embed|youtube|tweet|instagram",
    // Running reports.
    r"(?-u:\b)live|ticker",
    // Not for the eye.
    r"hidden|visually|sr-only|screen-?reader|offscreen|assistive|d-none|print|noprint|a11y|accessib|(?-u:\b)hide",
    // Notes of the editors, and signatures.
    r"correction|editor|(?-u:\b)notes?(?-u:\b)|notice|footnote|endnote|signature|(?-u:\b)sig(?-u:\b)|source|trust|about|disclosure",
    // Counts and people's marks.
    r"read(?:ing)?-?time|minutes|count|views|rating|vote|stats|badge|rank|avatar|user|profile|button|icon|tool|action",
];

static SET: LazyLock<Literals> = LazyLock::new(|| Literals::of(GROUPS));

thread_local! {
    /// What names came to, by the names as they are written: the pages of a site, and of all sites, name alike.
    static KNOWN: RefCell<HashMap<Box<str>, Names>> = RefCell::default();
}

/// Most names that a thread keeps: a quarter of a megabyte of usual ones, two of the longest.
const MOST_KNOWN: usize = 4096;
/// Longest names that are kept, in bytes.
const LONGEST_KNOWN: usize = 512;

/// Reads names; each different text is looked at once.
#[derive(Default)]
pub(crate) struct Reader {
    written: String,
    buffer: String,
}

/// Longest text of names that is looked at, in characters.
const LONGEST: usize = 300;

impl Reader {
    /// The groups that the names belong to.
    pub(crate) fn read(&mut self, parts: &[&str]) -> Names {
        self.written.clear();
        for part in parts {
            self.written.push_str(part);
            // No attribute has it.
            self.written.push('\0');
        }
        if self.written.len() > LONGEST_KNOWN {
            return self.look(parts);
        }
        if let Some(names) = KNOWN.with_borrow(|known| known.get(self.written.as_str()).copied()) {
            return names;
        }
        let names = self.look(parts);
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert(self.written.as_str().into(), names);
        });
        names
    }

    fn look(&mut self, parts: &[&str]) -> Names {
        self.buffer.clear();
        for part in parts {
            let mut before = '-';
            for c in part.chars().take(LONGEST) {
                if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                    self.buffer.push('-');
                }
                self.buffer.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
                before = c;
            }
            self.buffer.push('-');
        }
        SET.matches(&self.buffer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexSet;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn words_are_found_as_the_patterns_find_them(parts in prop::collection::vec(prop::sample::select(vec![
            "article", "story", "body", "text", "p", "1", "7", "-", "-", "lead", "sub", "tit", "title", "by", "time", "read",
            "more", "on", "in", "line", "link", "item", "s", "ads", "ad", "h", "post", "tag", "tags", "card", "para", "side",
            "meta", "img", "a", "x", "nav", "live", "box", "hide", "note", "abo", "ing", "group", "list", "toc", "bb", "wrapper",
        ]), 0..12)) {
            static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| RegexSet::new(GROUPS).unwrap());
            let text = parts.concat();
            let wanted = PATTERNS.matches(&text).iter().fold(0, |mask, at| mask | 1 << at);
            prop_assert_eq!(SET.matches(&text), wanted, "{}", text);
        }
    }

    #[test]
    fn names_are_read_in_every_spelling() {
        let mut reader = Reader::default();
        let mut has = |name: &str, group: Names| reader.read(&[name]) & group != 0;
        assert!(has("ArticleBody__text", 1));
        assert!(has("author-name", BYLINE));
        assert!(has("relatedLinks", RELATED));
        assert!(has("c-TeaserList", TEASER));
        assert!(has("postHeadline", 1 << 4));
        assert!(!has("advantage", 1 << 15));
        assert!(!has("", u32::MAX));
    }
}
