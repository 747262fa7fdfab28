//! Stable names that other stages write, as the page knows them: a name more is a line here and a line in each language.

use super::Word;

/// Something that is written under a stable name.
pub(crate) trait Named: Sized + Copy + 'static {
    /// All of them.
    const ALL: &'static [(&'static str, Self)];
}

macro_rules! named {
    ($(#[$doc:meta])* $sort:ident { $($one:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) enum $sort { $($one),* }

        impl Named for $sort {
            const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$one)),*];
        }
    };
}

named! {
    /// Why the cleaner takes a passage out (`Removed::reason`).
    Taken {
        Advertisement = "advertisement",
        Byline = "byline",
        Caption = "caption",
        Comments = "comments",
        CookieNotice = "cookie_notice",
        Copyright = "copyright",
        CorrectionNotice = "correction_notice",
        DateLine = "date_line",
        DateRow = "date_row",
        Dateline = "dateline",
        Deck = "deck",
        Embargo = "embargo",
        EmptySection = "empty_section",
        ForumChrome = "forum_chrome",
        Initials = "initials",
        Mark = "mark",
        Menu = "menu",
        NewsletterBox = "newsletter_box",
        NotText = "not_text",
        PageFooter = "page_footer",
        ReadMore = "read_more",
        RelatedLinks = "related_links",
        RepeatedDeck = "repeated_deck",
        RepeatedLine = "repeated_line",
        RepeatedOnSource = "repeated_on_source",
        RepeatedTitle = "repeated_title",
        ShareRow = "share_row",
        Sidebar = "sidebar",
        Signature = "signature",
        Title = "title",
    }
}

named! {
    /// What is mended to read a document (`Repair::kind`).
    Mended {
        BadByte = "bad_byte",
        BadEscape = "bad_escape",
        BareAmpersand = "bare_ampersand",
        BrokenItem = "broken_item",
        BrokenJson = "broken_json",
        BrokenMarkup = "broken_markup",
        ControlCharacter = "control_character",
        DeclaredEntity = "declared_entity",
        EncodedTwice = "encoded_twice",
        FieldLimit = "field_limit",
        HtmlEntity = "html_entity",
        ItemLimit = "item_limit",
        JunkAfter = "junk_after",
        JunkBefore = "junk_before",
        LongText = "long_text",
        MismatchedTag = "mismatched_tag",
        NationalCharacters = "national_characters",
        NoRoot = "no_root",
        NoVersion = "no_version",
        OddVersion = "odd_version",
        OldNamespace = "old_namespace",
        OlderVersion = "older_version",
        OverTheCap = "over_the_cap",
        PageBinary = "page_binary",
        PageEmpty = "page_empty",
        PageErrorPage = "page_error_page",
        PageLoginWall = "page_login_wall",
        PageNoBody = "page_no_body",
        PageNotHtml = "page_not_html",
        PagePdf = "page_pdf",
        PageSectionFront = "page_section_front",
        PageTooDeep = "page_too_deep",
        PageTooLarge = "page_too_large",
        PageTooManyAttributes = "page_too_many_attributes",
        PageVideoStub = "page_video_stub",
        PageWrongCharset = "page_wrong_charset",
        RootNamespace = "root_namespace",
        StrayEndTag = "stray_end_tag",
        StrayLt = "stray_lt",
        TrailingComma = "trailing_comma",
        Truncated = "truncated",
        UnboundPrefix = "unbound_prefix",
        UnclosedCdata = "unclosed_cdata",
        UnclosedComment = "unclosed_comment",
        UnclosedItem = "unclosed_item",
        UnclosedRoot = "unclosed_root",
        UnclosedTag = "unclosed_tag",
        UndeclaredEncoding = "undeclared_encoding",
        UndecodedCharacters = "undecoded_characters",
        UnreadItems = "unread_items",
        UpperCaseTags = "upper_case_tags",
        WrongEncoding = "wrong_encoding",
    }
}

named! {
    /// What the processor looks for (`Provenance::enrichment`).
    Sought {
        Dateline = "dateline",
        Dates = "dates",
        Entities = "entities",
        EventPlace = "event_place",
        Figures = "figures",
        Keywords = "keywords",
        Quotes = "quotes",
        Sentiment = "sentiment",
        Summary = "summary",
        Topics = "topics",
        Vocabulary = "vocabulary",
    }
}

/// Such a name for people.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub text: String,
    /// It has no words of ours yet, and is shown as it was written: in English.
    pub foreign: bool,
}

impl Known {
    /// In these words.
    pub fn of<N: Named>(name: &str, words: fn(N) -> Word) -> Self {
        match N::ALL.iter().find(|(own, _)| *own == name) {
            Some((_, one)) => Self { text: words(*one).to_owned(), foreign: false },
            None => Self { text: name.replace('_', " "), foreign: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LANGUAGES;
    use super::*;

    #[test]
    fn a_name_is_said_in_each_language_and_an_unknown_one_as_it_is_written() {
        let [en, es] = LANGUAGES;
        let text = |name, words| Known::of::<Taken>(name, words).text;
        assert_eq!(
            (text("share_row", en.taken), text("share_row", es.taken)),
            ("share row".into(), "botones para compartir".into())
        );
        assert_eq!(
            Known::of("of_a_later_release", es.mended),
            Known { text: "of a later release".to_owned(), foreign: true }
        );
    }

    /// The names are written by stages, which this crate does not know; so their sources are read. Whoever writes one more there gives it words
    /// here, or it would show in English on a Spanish page.
    #[test]
    fn every_name_that_a_stage_writes_is_known() {
        let services = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |path: &str| {
            let text =
                std::fs::read_to_string(services.join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
            text.split("mod tests {").next().unwrap_or_default().to_owned()
        };
        // The quoted names behind an opening.
        let quoted = |text: &str, opening: &str| -> Vec<String> {
            let name = |rest: &str| {
                let (name, _) = rest.split_once('"')?;
                let plain = |b: u8| b.is_ascii_lowercase() || b == b'_';
                (!name.is_empty() && name.bytes().all(plain)).then(|| name.to_owned())
            };
            text.match_indices(opening).filter_map(|(at, _)| name(&text[at + opening.len()..])).collect()
        };
        let missing = |names: Vec<String>, known: Vec<&str>| {
            assert!(!names.is_empty(), "the names are written otherwise now: mend this test");
            names.into_iter().filter(|name| !known.contains(&name.as_str())).collect::<Vec<_>>()
        };

        let taken = || Taken::ALL.iter().map(|(name, _)| *name).collect();
        // With what else is quoted there.
        for (path, others) in [
            ("extract/chrome.rs", &[][..]),
            ("extract/choose.rs", &[]),
            ("conventions/apply.rs", &["name", "sign", "a", "b", "d", "m", "y"]),
            ("forum.rs", &[]),
        ] {
            let names = missing(quoted(&read(&format!("cleaner/src/strip/{path}")), "\""), taken());
            assert_eq!(names.iter().find(|name| !others.contains(&name.as_str())), None, "{path}");
        }

        let mended = || Mended::ALL.iter().map(|(name, _)| *name).collect();
        for (path, openings) in [
            ("fetcher/src/health/words.rs", &["\""][..]),
            ("fetcher/src/read/repair.rs", &["tally.add(\"", "tally.add_n(\""]),
            ("fetcher/src/read/decode/mod.rs", &["[(\"", "((\"", "&[\""]),
            ("fetcher/src/read/json/mod.rs", &["repairs.add(\"", "repairs.add_n(\"", "else { \""]),
            ("fetcher/src/read/json/mend.rs", &["tally.add(\""]),
            ("fetcher/src/read/feed/mod.rs", &["tally.add(\"", "tally.add_n(\"", "            (\""]),
            ("fetcher/src/read/feed/value.rs", &["tally.add(\""]),
            ("fetcher/src/read/feed/channel.rs", &["tally.add(\""]),
            ("fetcher/src/read/feed/fields.rs", &["tally.add(\""]),
            ("fetcher/src/read/xml/references.rs", &["tally.add(\"", "tally.add_n(\""]),
            ("fetcher/src/read/wire/items.rs", &["repairs.add(\""]),
            ("fetcher/src/read/wire/versions.rs", &["repairs.add(\""]),
            ("fetcher/src/read/wire/iptc7901.rs", &["repairs.add(\""]),
            ("fetcher/src/read/wire/ninjs.rs", &["repairs.add(\""]),
            ("cleaner/src/strip/core.rs", &["kind: \""]),
        ] {
            let text = read(path);
            let names = openings.iter().flat_map(|opening| quoted(&text, opening)).collect();
            assert_eq!(missing(names, mended()), [""; 0], "{path}");
        }
        // Why a page was of no use.
        for (path, opening) in [
            ("extract/guard.rs", "Some(\""),
            ("extract/mod.rs", "not_article = Some(\""),
            ("core.rs", "not_article: Some(\""),
            ("page_kind.rs", "[&str; 4] = [\""),
            ("page_kind.rs", "\", \""),
        ] {
            let names = quoted(&read(&format!("cleaner/src/strip/{path}")), opening);
            let names = names.iter().map(|name| format!("page_{name}")).collect();
            assert_eq!(missing(names, mended()), [""; 0], "{path}");
        }

        let engine = read("processor/src/enrich/engine.rs");
        let sought = Sought::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(missing(quoted(&engine, "notes.guard(\""), sought), [""; 0]);
    }
}
