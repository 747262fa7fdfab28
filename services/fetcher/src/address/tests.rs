use proptest::prelude::*;

use super::*;

#[test]
fn the_link_to_show() {
    for (link, expected) in [
        ("HTTP://WWW.Wire.Example:80/A/B?b=2&a=1", "http://www.wire.example/A/B?b=2&a=1"),
        ("https://w.example/1?utm_source=rss&utm_medium=feed", "https://w.example/1"),
        ("https://w.example/1?id=7&utm_source=rss&x=%20+", "https://w.example/1?id=7&x=%20+"),
        ("https://w.example/1?a=1&amp;utm_source=rss", "https://w.example/1?a=1"),
        ("https://w.example/1?", "https://w.example/1"),
        ("https://w.example/1#?ref=rss&format=simple&link=guid", "https://w.example/1"),
        ("https://w.example/1#xtor=RSS-3208", "https://w.example/1"),
        ("https://w.example/1#:~:text=una%20cosa", "https://w.example/1"),
        ("https://w.example/#!/news/1", "https://w.example/#!/news/1"),
        ("https://w.example/#!/news/1:~:text=x", "https://w.example/#!/news/1"),
        ("https://w.example/app#/news/1", "https://w.example/app#/news/1"),
        ("https://w.example/1#!", "https://w.example/1"),
        ("https://año.example/ñ", "https://xn--ao-zja.example/%C3%B1"),
        ("https://me:secret@w.example/1", "https://w.example/1"),
        ("https://m.w.example/1/amp/?amp=1", "https://m.w.example/1/amp/?amp=1"),
        ("https://w.example/1?ref=home&source=wire", "https://w.example/1?ref=home&source=wire"),
    ] {
        assert_eq!(canon(link).as_deref(), Some(expected), "{link}");
    }
    for link in
        ["", "w.example/1", "mailto:a@w.example", "tag:w.example,2026:1", "ftp://w.example/1", "https://"]
    {
        assert_eq!(canon(link), None, "{link}");
    }
    assert_eq!(canon(&format!("https://w.example/{}", "a".repeat(9000))), None);
}

#[test]
fn the_key() {
    for (key_expected, links) in [
        (
            "wire.example/2026/una-nota",
            &[
                "https://wire.example/2026/una-nota",
                "http://www.wire.example/2026/una-nota/",
                "https://m.wire.example/2026/una-nota",
                "https://mobile.wire.example/2026/una-nota",
                "https://amp.wire.example/2026/una-nota",
                "https://www.wire.example/2026/una-nota/amp/",
                "https://www.wire.example/2026/una-nota/amp",
                "https://wire.example/2026/una-nota?amp=1",
                "https://wire.example/2026/una-nota?outputType=amp",
                "https://wire.example/2026/una-nota?hs_amp=true",
                "https://wire.example/2026/una-nota.amp",
                "https://wire.example/amp/2026/una-nota",
                "https://wire.example/2026/amp/una-nota",
                "https://wire-example.cdn.ampproject.org/c/s/www.wire.example/2026/una-nota/amp/",
                "https://wire-example.cdn.ampproject.org/v/s/wire.example/2026/una-nota?amp_js_v=0.1&usqp=mq331AQ",
                "https://www.google.com/amp/s/wire.example/2026/una-nota",
                "https://www.google.com/amp/s/www.google.com/amp/wire.example/2026/una-nota",
                "https://wire.example/2026/%75na%2Dnota?utm_source=x#top",
            ][..],
        ),
        (
            "w.example/nota.html",
            &[
                "https://w.example/nota.html",
                "https://w.example/nota_amp.html",
                "https://w.example/nota.amp.html",
                "https://w.example/nota~amp.html",
            ],
        ),
        (
            "w.example/a%C3%B1o?a=1%202&b=3",
            &["https://w.example/año?b=3&a=1+2", "http://w.example/a%c3%b1o?a=1%202&b=3"],
        ),
        ("w.example/?p=1", &["https://w.example/?p=1", "http://www.w.example?p=1"]),
        ("w.example/1.do", &["https://w.example/1.do;jsessionid=A1", "https://w.example/1.do?PHPSESSID=b"]),
        ("w.example/", &["https://w.example", "http://www.w.example/"]),
        ("w.example/amp", &["https://w.example/amp/"]),
        (
            "w.example/nota-1.shtml",
            &["https://w.example/nota-1_amp.shtml", "https://w.example/amp/nota-1.shtml"],
        ),
        ("w.example/amp/contacto", &["https://w.example/amp/contacto"]),
        ("w.example/.amp", &["https://w.example/.amp"]),
        ("en.wiki.example/wiki/X", &["https://en.m.wiki.example/wiki/X"]),
        // The label is part of the name itself, or of a public suffix.
        ("m.com/1", &["https://m.com/1", "https://www.m.com/1"]),
        ("www.gov.uk/news/1", &["https://www.gov.uk/news/1"]),
        ("w.example:8080/1", &["https://w.example:8080/1"]),
        ("127.0.0.1/1", &["https://127.0.0.1:80/1"]),
        ("w.example/#!/1", &["https://w.example/#!/1"]),
        ("google.com/amp/about", &["https://www.google.com/amp/about"]),
        ("w.example/1", &["https://www.google.com/%61mp/s/w.example/1"]),
    ] {
        for link in links {
            assert_eq!(key(link).as_deref(), Some(key_expected), "{link}");
        }
    }
    assert_ne!(key("https://sport.w.example/1"), key("https://w.example/1"));
    assert_ne!(key("https://w.example/A"), key("https://w.example/a"));
    assert_ne!(key("https://w.example/?p=1"), key("https://w.example/?p=2"));
    assert_ne!(key("https://w.example/a%2Fb"), key("https://w.example/a/b"));
}

#[test]
fn what_a_page_calls_itself() {
    let base = Url::parse("https://www.wire.example/2026/1?utm_source=rss").unwrap();
    for (head, expected) in [
        (
            "<link rel=\"canonical\" href=\"https://wire.example/2026/1\">",
            Some("https://wire.example/2026/1"),
        ),
        ("<LINK href=/2026/1#x REL='shortlink Canonical'>", Some("https://www.wire.example/2026/1")),
        (
            "<base href=\"https://www.wire.example/es/\"><link rel=canonical href=1?a=1&amp;b=2>",
            Some("https://www.wire.example/es/1?a=1&b=2"),
        ),
        ("<link rel=canonical href=https://elsewhere.example/2026/1>", None),
        ("<link rel=canonical href=https://wire.example.evil.test/2026/1>", None),
        ("<link rel=canonical href=/>", None),
        ("<link rel=canonical href='javascript:x'>", None),
        ("<link rel=canonical href=/1><link rel=canonical href=/2>", None),
        ("<link rel=canonical href=/1><link rel=canonical href=/1>", Some("https://www.wire.example/1")),
        ("<!-- <link rel=canonical href=/1> --><script>'<link rel=canonical href=/1>'</script>", None),
        ("</head><body><link rel=canonical href=/1>", None),
        ("<link rel=canonical content=/1>", None),
    ] {
        let html = format!("<html><head><title>t</title>{head}</head><body></body>");
        assert_eq!(canonical_of_page(&html, &base).as_ref().map(Url::as_str), expected, "{head}");
    }
}

fn link() -> impl Strategy<Value = String> {
    let piece = "(amp|AMP|www|m|\\.|%61mp|%2[fF]|%zz|ñ|[a-z0-9]|utm_source=x|ref=rss|amp=1|outputType=amp|a=[0-9]|b=%20\\+|\\.amp|\\.\\.|_amp\\.html|&|/|//|=|;|#|#!|:~:|\\?|\\+| )";
    let host = "((www|m|amp|mobile|es|a)\\.){0,3}(wire\\.example|co\\.uk|gov\\.uk|cdn\\.ampproject\\.org|google\\.com|año\\.es|127\\.0\\.0\\.1|m\\.com)(:80|:443|:8)?\\.?";
    ("(https|http|HTTP|ftp)", host, proptest::collection::vec(piece, 0..14))
        .prop_map(|(scheme, host, rest)| format!("{scheme}://{host}/{}", rest.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn each_form_is_stable(link in link()) {
        if let Some(once) = canon(&link) {
            prop_assert_eq!(canon(&once), Some(once.clone()), "canon of {}", link);
            prop_assert_eq!(key(&once), key(&link), "a link and its canon have one key");
        }
        if let Some(once) = key(&link) {
            prop_assert_eq!(key(&format!("https://{once}")), Some(once.clone()), "key of {}", link);
        }
    }

    /// The page shown is the same: scheme, host, port, path and every parameter that is no tracking stay, in order.
    #[test]
    fn the_page_stays_the_same(link in link()) {
        let Some(canon) = parsed(&link) else { return Ok(()) };
        let given = Url::parse(&link).unwrap();
        prop_assert_eq!(given.origin(), canon.origin());
        prop_assert_eq!(given.path(), canon.path());
        let host = given.host_str().unwrap();
        let meant: Vec<&str> = given
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty() && !tracking::tracks(host, p))
            .collect();
        prop_assert_eq!(meant.join("&"), canon.query().unwrap_or_default());
    }

    #[test]
    fn nothing_panics(link in "\\PC{0,60}", html in "(<link rel=canonical href=|<base href=|[<>/'\"a-z:. ñ])(\\PC){0,40}") {
        let _ = (canon(&link), key(&link));
        let base = Url::parse("https://w.example/1").unwrap();
        let _ = canonical_of_page(&html, &base);
    }
}
