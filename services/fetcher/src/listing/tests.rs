use super::*;

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
    let found = read(text.as_bytes(), Form::Opml, &file("list.opml"), true).unwrap();
    assert_eq!(ids(&found), ["agencia-nu", "agencia-nu-2", "wire-example-zh-feed-xml"]);
    let first = found[0].as_ref().unwrap();
    assert_eq!((first.name.as_str(), first.language.as_deref()), ("Agencia Ñu", Some("es")));
    assert_eq!(first.tags, ["Agencias"]);
    assert_eq!(found[2].as_ref().unwrap().place.to_string(), "list.opml, line 4");
    let said = read(b"<rss/>", Form::Opml, &file("list.opml"), true).unwrap_err().to_string();
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
        ("[[sources]]\nid = \"a\"\nurl = 3\n", Form::Toml, "x, line 1: invalid type: integer `3`, expected a string"),
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
        ("{\"sources\": [\n\n3]}", Form::Json, "x, line 1: the list of sources is not JSON: a source is an object"),
        ("{\"sources\": [\n,]}", Form::Json, "x, line 2: the list of sources is not JSON: expected value"),
    ];
    for (text, form, expected) in cases {
        let said = match read(text.as_bytes(), form, &file("x"), true) {
            Err(error) => error.to_string(),
            Ok(entries) => entries.into_iter().find_map(Result::err).map(|e| e.to_string()).unwrap_or_default(),
        };
        assert!(said.starts_with(expected), "{said:?} should begin with {expected:?}");
    }
    let near = read(b"[[sources]]\nid = \"a\"\nlanguge = \"es\"\n", Form::Toml, &file("x"), true).unwrap();
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
    let found = read(json.as_bytes(), Form::Json, &file("x"), false).unwrap();
    assert_eq!(ids(&found), ["agencia-nu", "refused", "agencia-nu-3", "agencia-nu-2"]);
    assert!(found[1].as_ref().unwrap_err().to_string().starts_with("x, line 3: source \"by-contract\""));
    let toml = "[fetcher]\nper_host = 2\n[[fetcher.sources]]\nname = \"A\"\nurl = \"https://wire.example/a\"\nnote = 1\n";
    assert_eq!(ids(&read(toml.as_bytes(), Form::Toml, &file("x"), false).unwrap()), ["a"]);
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
