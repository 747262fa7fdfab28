use proptest::prelude::*;

use super::*;

fn allowed(file: &str, path: &str) -> bool {
    Robots::read(file.as_bytes(), "wiredesk").allows(path)
}

#[test]
fn the_examples_of_the_rfc() {
    // 5.1, with names of our own for the crawlers.
    let file = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                User-Agent: otherbot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
                User-Agent: abot\nUser-Agent: wiredesk\nDisallow: /example/page.html\n\n\
                User-Agent: emptybot\n";
    let bots = |bot: &str, path: &str| Robots::read(file.as_bytes(), bot).allows(path);
    for (bot, path, expected) in [
        ("somebody", "/", true),
        ("somebody", "/a/b.gif", false),
        ("somebody", "/a/b.gif?x", true),
        ("somebody", "/example/page.html", false),
        ("somebody", "/publications/1", true),
        ("somebody", "/publications/x.gif", true),
        ("otherbot", "/1", false),
        ("otherbot", "/example/page.html", true),
        ("otherbot", "/example/allowed.gif", true),
        ("wiredesk", "/example/page.html", false),
        ("WireDesk", "/a/b.gif", true),
        ("abot", "/example/other.html", true),
        ("emptybot", "/example/", true),
    ] {
        assert_eq!(bots(bot, path), expected, "{bot} {path}");
    }
    // 5.2: the longest match.
    let file = "User-Agent: wiredesk\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";
    assert!(!allowed(file, "/example/page/disallowed.gif"));
    assert!(allowed(file, "/example/page/1"));
}

#[test]
fn percent_encoding_as_in_2_2_2() {
    for (rule, path, expected) in [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", true),
        ("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http%3A%2F%2Ffoo.bar", true),
        ("/foo/bar?baz=http%3A%2F%2Ffoo.bar", "/foo/bar?baz=http://foo.bar", true),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", true),
        ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", true),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", true),
        ("/foo/bar/baz", "/foo/bar/%62%61%7A", true),
        ("/a%2Fb", "/a/b", false),
        ("/a%3cd", "/a%3Cd", true),
        ("/file%2A.html", "/file*.html", true),
        ("/file%2A.html", "/fileX.html", false),
        ("/price%24", "/price$", true),
        ("/%zz", "/%zz", true),
        ("/Case", "/case", false),
    ] {
        let file = format!("User-agent: *\nDisallow: {rule}\n");
        assert_eq!(!allowed(&file, path), expected, "{rule} {path}");
    }
}

#[test]
fn stars_and_the_end() {
    for (rule, path, expected) in [
        ("/fish", "/fish.html", true),
        ("/fish", "/catfish", false),
        ("/fish*", "/fishheads", true),
        ("/*.php", "/a/b.php?x", true),
        ("/*.php$", "/a.php", true),
        ("/*.php$", "/a.php?x", false),
        ("/*.php$", "/a.php.php", true),
        ("/a*b*c$", "/abbbc/c", true),
        ("/a*b*c$", "/acb", false),
        ("*/x", "/y/x/z", true),
        ("/**/x", "/q/x", true),
        ("/$", "/", true),
        ("/$", "/a", false),
        ("/a$b", "/a$b", true),
        ("*", "/anything", true),
        ("/a*$", "/ab", true),
        ("fish", "/fish", false),
        ("", "/a", false),
    ] {
        let file = format!("User-agent: *\nDisallow: {rule}\n");
        assert_eq!(!allowed(&file, path), expected, "{rule} {path}");
    }
}

#[test]
fn groups_as_people_write_them() {
    for (what, file, path, expected) in [
        ("no file", "", "/a", true),
        ("a byte order mark", "\u{feff}User-agent: *\nDisallow: /a", "/a", false),
        ("old line ends", "User-agent: *\rDisallow: /a\r", "/a", false),
        ("comments", "User-agent: * # all\nDisallow: /a # not this", "/a", false),
        ("rules before any group", "Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", true),
        ("blank lines do not end a group", "User-agent: *\n\n\nDisallow: /a", "/a", false),
        (
            "other records do not end one",
            "User-agent: wiredesk\nSitemap: x\nUser-agent: b\nDisallow: /a",
            "/a",
            false,
        ),
        (
            "ours twice is one",
            "User-agent: wiredesk\nDisallow: /b\nUser-agent: b\nDisallow: /\nUser-agent: WIREDESK\nDisallow: /a",
            "/a",
            false,
        ),
        (
            "ours twice, the first",
            "User-agent: wiredesk\nDisallow: /a\nUser-agent: b\nDisallow: /\nUser-agent: wiredesk\nDisallow: /b",
            "/a",
            false,
        ),
        (
            "ours is not everybody's",
            "User-agent: *\nDisallow: /\nUser-agent: wiredesk\nDisallow: /b",
            "/a",
            true,
        ),
        ("ours may be empty", "User-agent: *\nDisallow: /\nUser-agent: wiredesk\n", "/a", true),
        ("a version beside the name", "User-agent: wiredesk/2.0 (x)\nDisallow: /a", "/a", false),
        ("a longer name is another's", "User-agent: wiredesk-news\nDisallow: /a", "/a", true),
        ("equal lengths allow", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true),
        ("the longest wins, not the first", "User-agent: *\nAllow: /\nDisallow: /a", "/ab", false),
        ("a typing error", "Useragent: *\nDissallow: /a", "/a", false),
        ("no bytes of text", "\0\u{1}User-agent\u{fffd}\nUser-agent: *\nDisallow: /a", "/a", false),
        ("itself always", "User-agent: *\nDisallow: /", "/robots.txt", true),
    ] {
        assert_eq!(allowed(file, path), expected, "{what}");
    }
    assert!(!Robots::closed().allows("/a"));
}

#[test]
fn delays_and_sitemaps() {
    let file = "Sitemap: https://w.example/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nUser-agent: wiredesk\nCrawl-delay: 7\nCrawl-delay: x\nAllow: /\nSITEMAP:https://w.example/news.xml";
    let robots = Robots::read(file.as_bytes(), "wiredesk");
    assert_eq!(robots.crawl_delay, Some(7.0));
    assert_eq!(robots.sitemaps, ["https://w.example/s.xml", "https://w.example/news.xml"]);
    for bad in ["-1", "inf", "NaN", "1e999", ""] {
        let file = format!("User-agent: *\nCrawl-delay: {bad}\n");
        assert_eq!(Robots::read(file.as_bytes(), "wiredesk").crawl_delay, None, "{bad}");
    }
}

#[test]
fn the_file_is_cut_at_a_line() {
    let mut file = String::from("User-agent: *\nDisallow: /first\n");
    while file.len() < LONGEST - 20 {
        file.push_str("# nothing\n");
    }
    file.push_str("Disallow: /a/long/way/beyond/the/cut\nDisallow: /after\n");
    let robots = Robots::read(file.as_bytes(), "wiredesk");
    assert!(!robots.allows("/first"));
    assert!(robots.allows("/a/other"), "half of a rule is none");
    assert!(robots.allows("/after"));
}

/// However a file of 500 KiB is made up, what is kept of it is no more than a small multiple of the file: parsing allocates
/// nothing besides and looks at each byte a bounded number of times (lines are cut once, each piece of a rule is copied once).
#[test]
fn a_hostile_file_gives_no_more_than_its_size() {
    for line in [
        "Disallow: /*a*a*a*a*a*a*a*b\n",
        "Disallow: *\n",
        "User-agent: wiredesk\n",
        "Sitemap: x\n",
        "Disallow: /%é\n",
        "#",
    ] {
        let mut file = String::from("User-agent: *\n");
        while file.len() < LONGEST {
            file.push_str(line);
        }
        let robots = Robots::read(file.as_bytes(), "wiredesk");
        assert!(robots.weight() < 8 * LONGEST, "{line:?}: {}", robots.weight());
        let _ = robots.allows(&format!("/{}", "a".repeat(2000)));
    }
    let one_line = format!("User-agent: *\nDisallow: /{}\n", "*a".repeat(LONGEST));
    assert!(Robots::read(one_line.as_bytes(), "wiredesk").allows("/aaaa"));
}

#[test]
fn the_name_in_robots_txt() {
    for (agent, expected) in [
        ("wiredesk/0.1 (+https://w.example)", "wiredesk"),
        ("Mozilla/5.0 (compatible; DeskBot/2.1; +https://w.example)", "deskbot"),
        ("Mozilla/5.0 (X11)", "wiredesk"),
        ("My-Desk_1", "my-desk_"),
        ("", "wiredesk"),
        ("1.0", "wiredesk"),
    ] {
        assert_eq!(token_of(agent), expected, "{agent}");
    }
}

/// What a pattern means, said the slow way.
fn meant(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => true,
        [b'$'] => path.is_empty(),
        [b'*', rest @ ..] => (0..=path.len()).any(|n| meant(rest, &path[n..])),
        [c, rest @ ..] => path.first() == Some(c) && meant(rest, &path[1..]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn patterns_mean_what_the_slow_way_says(pattern in "[/*][ab*/]{0,7}\\$?", path in "/[ab/]{0,10}") {
        let expected = meant(pattern.as_bytes(), path.as_bytes());
        prop_assert_eq!(Pattern::new(&pattern).matches(&path), expected, "{} {}", pattern, path);
    }

    #[test]
    fn any_bytes_are_a_file(bytes in proptest::collection::vec(any::<u8>(), 0..200), path in "\\PC{0,30}") {
        let mut file = b"User-agent: *\nDisallow: ".to_vec();
        file.extend(bytes);
        let _ = Robots::read(&file, "wiredesk").allows(&path);
    }
}
