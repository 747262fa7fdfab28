use super::*;

const NONE: &BTreeSet<String> = &BTreeSet::new();

fn file(name: &str) -> Arc<str> {
    name.into()
}

fn ids(entries: &[Result<SourceConfig, FetchError>]) -> Vec<&str> {
    entries.iter().map(|e| e.as_ref().map_or("refused", |s| s.id.as_str())).collect()
}

#[test]
fn an_opml_list_at_any_depth() {
    let text = r#"<opml version="2.0"><head/><body>
        <outline text="Agencias"><outline text="Agencia Ñu" type="rss" xmlUrl="https://wire.example/1" language="es"/>
        <outline text="Agencia Ñu" xmlUrl="https://wire.example/2"/></outline>
        <outline text="新聞" xmlUrl="https://wire.example/zh/feed.xml"/></body></opml>"#;
    let found = read(text.as_bytes(), Form::Opml, &file("list.opml"), Mode::Strict).unwrap();
    assert_eq!(ids(&found), ["agencia-nu", "agencia-nu-2", "wire-example-zh-feed-xml"]);
    let first = found[0].as_ref().unwrap();
    assert_eq!((first.name.as_str(), first.language.as_deref()), ("Agencia Ñu", Some("es")));
    assert_eq!(first.tags, ["Agencias"]);
    assert_eq!(found[2].as_ref().unwrap().place.to_string(), "list.opml, line 4");
    let said = read(b"<rss/>", Form::Opml, &file("list.opml"), Mode::Strict).unwrap_err().to_string();
    assert!(said.starts_with("list.opml: the list of sources is not OPML: there is no <opml>"), "{said}");
}

#[test]
fn the_line_of_what_is_wrong_in_every_form() {
    let cases: [(&str, Form, &str); 9] = [
        (
            "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\n\n[[sources]]\nid = \"b\"\nintervall = 3\n",
            Form::Toml,
            "x, line 7: unknown field `intervall`",
        ),
        (
            "[[sources]]\nid = \"a\"\nurl = 3\n",
            Form::Toml,
            "x, line 3: url: invalid type: integer `3`, expected a string",
        ),
        ("[[sources]]\nurl = \"https://wire.example/\"\n", Form::Toml, "x, line 1: missing field `id`"),
        ("\n[[source]]\n", Form::Toml, "x, line 2: the list of sources is not TOML: unknown field `source`"),
        ("[[sources]]\nid = \n", Form::Toml, "x, line 2: the list of sources is not TOML: "),
        (
            "<opml>\n<body>\n<outline text='A' xmlUrl='wire.example'/></body></opml>",
            Form::Opml,
            "x, line 3: source \"a\": \"wire.example\" is not a web address",
        ),
        (
            "[\n {\"id\": \"a\", \"url\": \"https://wire.example/[\\\"\"},\n {\"id\": \"b\", \"ulr\": 1}]",
            Form::Json,
            "x, line 3: unknown field `ulr`",
        ),
        (
            "{\"sources\": [\n\n3]}",
            Form::Json,
            "x, line 1: the list of sources is not JSON: a source is an object",
        ),
        ("{\"sources\": [\n,]}", Form::Json, "x, line 2: the list of sources is not JSON: expected value"),
    ];
    for (text, form, expected) in cases {
        let said = match read(text.as_bytes(), form, &file("x"), Mode::Strict) {
            Err(error) => error.to_string(),
            Ok(entries) => {
                entries.into_iter().find_map(Result::err).map(|e| e.to_string()).unwrap_or_default()
            }
        };
        assert!(said.starts_with(expected), "{said:?} should begin with {expected:?}");
    }
    let near =
        read(b"[[sources]]\nid = \"a\"\nlanguge = \"es\"\n", Form::Toml, &file("x"), Mode::Strict).unwrap();
    let said = near[0].as_ref().unwrap_err().to_string();
    assert!(said.contains("did you mean `language`?"), "{said}");
}

#[test]
fn others_lists_are_read_leniently() {
    let json = r#"{"about": ["facts"], "sources": [
        {"name": "Agencia Ñu", "url": "https://wire.example/a", "language": "es", "class": "wire", "note": null},
        {"name": "By contract", "url": null, "country": "FR"},
        {"name": "Agencia Ñu", "url": "https://wire.example/b"},
        {"id": "agencia-nu-2", "url": "https://wire.example/c"}]}"#;
    let found = read(json.as_bytes(), Form::Json, &file("x"), Mode::Lenient(NONE)).unwrap();
    assert_eq!(ids(&found), ["agencia-nu", "refused", "agencia-nu-3", "agencia-nu-2"]);
    assert!(found[1].as_ref().unwrap_err().to_string().starts_with("x, line 3: source \"by-contract\""));
    let toml = "[fetcher]\nper_host = 2\n[[fetcher.sources]]\nname = \"A\"\nurl = \"https://wire.example/a\"\nnote = 1\n";
    assert_eq!(ids(&read(toml.as_bytes(), Form::Toml, &file("x"), Mode::Lenient(NONE)).unwrap()), ["a"]);
}

#[test]
fn the_form_is_seen() {
    for (bytes, form) in [
        ("\u{feff}<?xml version='1.0'?><opml/>", Form::Opml),
        ("  [ {\"url\": 1}]", Form::Json),
        ("{}", Form::Json),
        ("[]", Form::Json),
        ("[[sources]]", Form::Toml),
        ("[fetcher]", Form::Toml),
        ("# a comment", Form::Toml),
        ("", Form::Toml),
    ] {
        assert_eq!(Form::of_bytes(bytes.as_bytes()), form, "{bytes}");
    }
    assert_eq!(Form::of_name(Path::new("Feeds.OPML")), Form::Opml);
}

/// Sources with everything that a list can say.
fn full() -> Vec<SourceConfig> {
    let text = r#"
        [[sources]]
        id = "a"
        name = "Agencia Ñu & <Hijos>"
        url = "https://wire.example/rss?ch=1&d=2"
        language = "pt-BR"
        country = "BR"
        time_zone = "America/Sao_Paulo"
        agency = "123"
        rights = "full_text"
        pages = true
        interval_seconds = 30
        allow = ["10.1.0.0/16"]
        headers = { Authorization = "Bearer env:WIRE", X-Key = "file:/run/secrets/key" }
        cookie = "env:WIRE_COOKIE"
        user_agent = "desk \"two\" of 'us'"
        websub = false
        tags = ["national", "desk/night, late"]
        [[sources]]
        id = "b"
        kind = "webhook"
        secret = "file:/run/secrets/b"
        [[sources]]
        id = "c"
        name = "c"
        url = "https://wire.example/c"
        tags = ["x", "y"]
        [[sources]]
        id = "true"
        kind = "folder"
        folder = "/in/c"
    "#;
    let found = read(text.as_bytes(), Form::Toml, &file("x"), Mode::Strict).unwrap();
    found.into_iter().map(|s| SourceConfig { place: Place::default(), ..s.unwrap() }).collect()
}

#[test]
fn what_is_exported_comes_back_the_same() {
    let sources = full();
    for (form, text) in [
        (Form::Toml, write::toml(&sources, "[[sources]]")),
        (Form::Json, write::json(&sources)),
        (Form::Opml, opml::write(&sources, "Desk & sons")),
    ] {
        for mode in [Mode::Strict, Mode::Lenient(NONE)] {
            let back = read(text.as_bytes(), form, &file("x"), mode).unwrap();
            let back: Vec<SourceConfig> =
                back.into_iter().map(|s| SourceConfig { place: Place::default(), ..s.unwrap() }).collect();
            assert_eq!(back, sources, "{form:?}: {text}");
        }
        assert_eq!(Form::of_bytes(text.as_bytes()), form);
    }
    let block = write::toml(&sources[2..3], "[[fetcher.sources]]");
    assert_eq!(
        block,
        "[[fetcher.sources]]\nid = \"c\"\nname = \"c\"\nurl = \"https://wire.example/c\"\nrights = \"headline\"\ntags = [\"x\", \"y\"]\n"
    );
}

#[test]
fn secrets_are_not_exported() {
    let text = "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\ncookie = \"s3same\"\nproxy = \"http://u:s3same@p.example\"\nheaders = { Authorization = \"Bearer s3same\", Accept = \"env:ACCEPT\" }\n";
    let sources: Vec<SourceConfig> = read(text.as_bytes(), Form::Toml, &file("x"), Mode::Strict)
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(sources[0].portable().left_out, ["headers.Authorization", "cookie", "proxy"]);
    for text in [write::toml(&sources, "[[sources]]"), write::json(&sources), opml::write(&sources, "x")] {
        assert!(!text.contains("s3same") && text.contains("env:ACCEPT"), "{text}");
    }
}

#[test]
fn opml_of_the_wild() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><OPML><BODY>\n<OUTLINE TEXT=\"Espa\xf1a\">\
        <OUTLINE TEXT=\"El D\xeda & Noche\" XMLURL=\"https://wire.example/rss?a=1&b=2\" LANGUAGE=\"es_ES\"/></OUTLINE></BODY></OPML>";
    let found = read(latin, Form::Opml, &file("x"), Mode::Strict).unwrap();
    let source = found[0].as_ref().unwrap();
    assert_eq!(
        (source.id.as_str(), source.name.as_str(), source.url.as_str(), source.language.as_deref()),
        ("el-dia-noche", "El Día & Noche", "https://wire.example/rss?a=1&b=2", Some("es-ES"))
    );
    assert_eq!(source.tags, ["España"]);
    let broken = "<opml><outline text='El\nDía\t& Noche' xmlUrl='https://wire.example/a'/>";
    let found = read(broken.as_bytes(), Form::Opml, &file("x"), Mode::Strict).unwrap();
    assert_eq!(found[0].as_ref().unwrap().name, "El Día & Noche");
    let cases: [(&str, &[&str]); 9] = [
        ("\u{feff}<opml><outline text='A' xmlUrl='https://wire.example/a'/>", &["https://wire.example/a"]),
        (
            "<opml><!-- <outline xmlUrl='https://wire.example/no'/> --><outline xmlUrl=https://wire.example/a>",
            &["https://wire.example/a"],
        ),
        (
            "<outline text=\"a > b\" xmlUrl=\"https://wire.example/a?x=&amp;y=&eacute;\"/>",
            &["https://wire.example/a?x=&y=é"],
        ),
        (
            "<opml><outline type='link' url='https://wire.example/no'/><outline type='rss' url='https://wire.example/a'/>",
            &["https://wire.example/a"],
        ),
        (
            "<opml><outline xmlUrl='feed://wire.example/a'/><outline xmlUrl='feed:https://wire.example/b'/>",
            &["http://wire.example/a", "https://wire.example/b"],
        ),
        (
            "<opml><outline xmlUrl='https://wire.example/a' <outline xmlUrl='https://wire.example/b'/>",
            &["https://wire.example/a", "https://wire.example/b"],
        ),
        (
            "<opml><outline xmlUrl='https://wire.example/a\n/><outline xmlUrl='https://wire.example/b'/>",
            &["https://wire.example/a", "https://wire.example/b"],
        ),
        (
            "<opml><outline xmlUrl=''/><outline text='x' xmlUrl/><outline / xmlUrl = 'https://wire.example/a' />",
            &["https://wire.example/a"],
        ),
        ("<opml/>", &[]),
    ];
    for (text, expected) in cases {
        let found = read(text.as_bytes(), Form::Opml, &file("x"), Mode::Lenient(NONE)).unwrap();
        let urls: Vec<String> =
            found.into_iter().map(|s| s.map_or_else(|e| e.to_string(), |s| s.url)).collect();
        assert_eq!(urls, expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_a_list_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
                                  start in 0_usize..4) {
        let starts: [&[u8]; 4] = [b"", b"<opml><outline text='a' ", b"[[sources]]\n", b"[{\"url\":"];
        let bytes = [starts[start], &bytes].concat();
        for form in [Form::Toml, Form::Opml, Form::Json] {
            let _ = read(&bytes, form, &file("x"), Mode::Lenient(NONE));
        }
    }

    #[test]
    fn any_source_comes_back(name in "\\PC{0,20}", agency in "\\PC{1,12}", tag in "[^\\p{C}\\s]{1,10}") {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let agency = agency.split_whitespace().collect::<Vec<_>>().join(" ");
        proptest::prop_assume!(!agency.is_empty());
        let source = SourceConfig {
            id: "a".to_owned(), name, url: "https://wire.example/a".to_owned(), agency: Some(agency), tags: vec![tag],
            ..SourceConfig::default()
        };
        let list = [source.clone()];
        for (form, text) in [
            (Form::Toml, write::toml(&list, "[[sources]]")),
            (Form::Json, write::json(&list)),
            (Form::Opml, opml::write(&list, "x")),
        ] {
            let back = read(text.as_bytes(), form, &file("x"), Mode::Strict).unwrap().remove(0).unwrap();
            proptest::prop_assert_eq!(SourceConfig { place: Place::default(), ..back }, source.clone(), "{}", text);
        }
    }
}
