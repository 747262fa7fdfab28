use chrono::TimeZone;
use wiredesk_contract::Timestamp;

use super::*;
use crate::read::{Hints, read};

/// 2 March 2026, 12:00 UTC.
fn noon() -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
}

fn item(n: u32, minutes_ago: i64) -> String {
    let at = (noon() - chrono::Duration::minutes(minutes_ago)).to_rfc2822();
    format!(
        "<item><guid>g-{n}</guid><title>Item {n}</title><link>https://wire.example/{n}</link><pubDate>{at}</pubDate></item>"
    )
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Desk</title><language>es</language><ttl>5</ttl>{items}</channel></rss>"
    )
}

fn look(text: &str, response: Option<&Response>) -> Report {
    let source = SourceConfig {
        id: "a".to_owned(),
        url: "https://wire.example/feed".to_owned(),
        language: Some("es".to_owned()),
        ..SourceConfig::default()
    };
    let document = read(text.as_bytes(), &Hints::default()).unwrap();
    report(&source, &Config::default(), text.as_bytes(), &document, response, noon())
}

fn kinds(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|p| p.kind.as_str()).collect()
}

#[test]
fn a_wire_that_is_well() {
    let items: String = (0..20).map(|n| item(n, i64::from(n) * 10)).collect();
    let report = look(&rss(&items), None);
    assert_eq!(kinds(&report), Vec::<&str>::new(), "{:?}", report.problems);
    assert_eq!(
        (report.items, report.title.as_deref(), report.language.as_deref()),
        (20, Some("Desk"), Some("es"))
    );
    assert_eq!(report.asks["ttl"], "5 min");
    let rhythm = &report.rhythm;
    assert_eq!(
        (rhythm.dated, rhythm.newest, rhythm.gap_seconds, rhythm.window_seconds),
        (20, Some(noon()), Some(600.0), Some(11_400.0))
    );
    assert_eq!(rhythm.busiest_window_seconds, Some(12_000.0));
}

#[test]
fn what_is_wrong_is_said_with_what_to_mend() {
    let with = |extra: &str| rss(&format!("{extra}{}{}{}", item(1, 10), item(2, 70), item(3, 130)));
    let future = item(9, -120);
    let undated = "<item><guid>u</guid><title>U</title><link>https://wire.example/u</link></item>";
    let naked = "<item><guid>n</guid><title>N</title><link>https://wire.example/n</link><pubDate>2026-03-02 11:00:00</pubDate></item>";
    let nameless = item(4, 20).replace("<guid>g-4</guid>", "");
    let twin = item(1, 15);
    let untitled = item(5, 20).replace("<title>Item 5</title>", "");
    let linkless = item(6, 20).replace("<link>https://wire.example/6</link>", "");
    let cases: [(&str, String, Weight, &str); 8] = [
        ("future", with(&future), Weight::Bad, "1 of 4 items are dated in the future"),
        ("no_date", with(undated), Weight::Poor, "1 of 4 items carry no date"),
        (
            "no_zone",
            with(naked),
            Weight::Poor,
            "1 of its dates say no time zone (they are read as UTC; set the source's time_zone)",
        ),
        ("no_guid", with(&nameless), Weight::Poor, "1 of 4 items have no guid or id"),
        ("same_guid", with(&twin), Weight::Bad, "2 items share the guid \"g-1\""),
        ("no_title", with(&untitled), Weight::Poor, "1 of 4 items have no title"),
        ("no_link", with(&linkless), Weight::Poor, "1 of 4 items have no link"),
        (
            "language",
            with("").replace("<language>es", "<language>it"),
            Weight::Poor,
            "it says that its language is it, but es is configured",
        ),
    ];
    for (kind, text, weight, words) in cases {
        let report = look(&text, None);
        let problem = report
            .problems
            .iter()
            .find(|p| p.kind == kind)
            .unwrap_or_else(|| panic!("{kind}: {:?}", report.problems));
        assert!(problem.what.starts_with(words), "{}", problem.what);
        assert_eq!(problem.weight, weight, "{kind}");
    }
    let bare = look(&with("").replace("Item 1", "Salt & Pepper"), None);
    let mended = bare.problems.iter().find(|p| p.kind == "bare_ampersand").unwrap();
    assert!(mended.what.starts_with("mended: “&” stands bare"), "{}", mended.what);
    let cut = with("").split_once("<pubDate>").map(|(a, _)| format!("{a}<pubD")).unwrap();
    let whole = with("").replace("</channel></rss>", &format!("{}<item><guid>x", item(8, 200)));
    assert!(kinds(&look(&whole, None)).contains(&"partial"), "{cut}");
}

#[test]
fn silence_is_measured_against_the_usual_gap() {
    let at = |newest: i64| (0..6).map(|n| item(n, newest + i64::from(n) * 60)).collect::<String>();
    assert_eq!(kinds(&look(&rss(&at(290)), None)), Vec::<&str>::new());
    let report = look(&rss(&at(310)), None);
    assert_eq!(kinds(&report), ["silent"]);
    assert!(
        report.problems[0]
            .what
            .starts_with("silent: the newest item is 5 h old, though one usually comes every 60 min"),
        "{:?}",
        report.problems
    );
    // A burst of the minute is no rhythm to alarm about for within the hour.
    let burst: String = (0..6).map(|n| item(n, 40 + i64::from(n))).collect();
    assert!(!kinds(&look(&rss(&burst), None)).contains(&"silent"));
}

#[test]
fn a_small_window_is_named() {
    let items: String = (0..10).map(|n| item(n, i64::from(n) * 2)).collect();
    let report = look(&rss(&items), None);
    assert_eq!(kinds(&report), ["small_window"]);
    assert!(report.problems[0].what.contains("all of them within 20 min"), "{:?}", report.problems);
}

#[test]
fn dates_without_a_zone_and_lengths_that_cannot_be() {
    for (date, naked) in [
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 11:00:00 +0100", 0),
        ("2026-03-02T11:00:00Z", 0),
        ("2026-03-02T11:00:00+01:00", 0),
        ("2026-03-02T11:00:00-05", 0),
        ("Mon, 02 Mar 2026 11:00:00 CET", 0),
        ("2026-03-02 11:00 Europe/Madrid", 0),
        ("2026-03-02", 0),
        ("2026-03-02 11:00:00", 1),
        ("2026-03-02T11:00:00", 1),
        ("Mon, 02 Mar 2026 11:00:00", 1),
        ("03/02/2026 11:00 AM", 1),
        ("", 0),
    ] {
        for text in
            [format!("<pubDate>{date}</pubDate>"), format!("<a:b/><dc:date><![CDATA[ {date} ]]></dc:date>")]
        {
            assert_eq!(scan::dates_without_zone(&text), naked, "{text}");
        }
    }
    let enclosures = |lengths: [u32; 3]| {
        let tag = |(n, l): (usize, u32)| {
            format!("<enclosure url=\"https://wire.example/{n}.jpg\" length=\"{l}\"/>")
        };
        lengths.into_iter().enumerate().map(tag).collect::<String>()
    };
    assert_eq!(scan::one_length_for_all(&enclosures([4096; 3])).as_deref(), Some("4096"));
    assert_eq!(scan::one_length_for_all(&enclosures([4096, 4096, 4097])), None);
    assert_eq!(scan::one_length_for_all(&"<enclosure url='a' length='1'/>".repeat(3)), None);
}

#[test]
fn hubs_of_link_headers() {
    assert_eq!(
        hub_links(
            "<https://hub.example/>; rel=\"hub\", <https://wire.example/>; rel=self, bad, <https://h.example/>;rel=hub"
        ),
        ["https://hub.example/", "https://h.example/"]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_scan_panic(text in "[<>a-zA-Z:/ \\[\\]!0-9+-é]{0,80}") {
        scan::dates_without_zone(&text);
        scan::one_length_for_all(&format!("<enclosure{text}"));
        scan::dates_without_zone(&format!("<pubDate>{text}"));
    }
}
