//! Forms of closed addresses: none is reached. The listeners are real and count connections; the controls show that the
//! same forms do reach them where the operator allows it.

use std::process::Command;
use std::sync::Arc;

use wiredesk_net::{Client, NetConfig, NetError};

use crate::parts::{Names, Server, allowing, get, ok, redirect, to};

/// Hosts, and whether they reach this machine's loopback where everything is allowed.
const HOSTS: &[(&str, bool)] = &[
    // IPv4 in the spellings that inet_aton takes.
    ("127.0.0.1", true),
    ("127.0.0.1.", true),
    ("127.1", true),
    ("127.0.1", true),
    ("2130706433", true),
    ("0x7f000001", true),
    ("0X7F000001", true),
    ("017700000001", true),
    ("0177.0.0.1", true),
    ("00000177.0.0.1", true),
    ("0x7f.1", true),
    ("0x7f.0x0.0x0.0x1", true),
    ("0x7f.0.1", true),
    ("0177.0x0.1", true),
    ("0", true),
    ("0.0.0.0", true),
    ("0x0", true),
    ("127.8.8.8", false),
    ("127.255.255.254", false),
    ("0.1.2.3", false),
    ("10.0.0.1", false),
    ("167772161", false),
    ("012.1", false),
    ("172.16.0.1", false),
    ("172.31.255.255", false),
    ("192.168.0.1", false),
    ("0xc0a80001", false),
    ("100.64.0.1", false),
    ("169.254.169.254", false),
    ("2852039166", false),
    ("0xa9fea9fe", false),
    ("198.18.0.1", false),
    ("224.0.0.1", false),
    ("255.255.255.255", false),
    // Digits, dots and letters that IDNA maps.
    ("①②⑦.⓪.⓪.①", true),
    ("127。0。0。1", true),
    ("127．0．0．1", true),
    ("１２７.０.０.１", true),
    ("ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", true),
    // Percent-encoded.
    ("%31%32%37.0.0.1", true),
    ("%6c%6f%63%61%6c%68%6f%73%74", true),
    ("127%2e0%2e0%2e1", true),
    // Names of this machine.
    ("localhost", true),
    ("LOCALHOST", true),
    ("localhost.", true),
    ("wire.localhost", true),
    ("a.b.localhost.", true),
    // IPv6, and IPv4 inside it.
    ("[::1]", true),
    ("[0:0:0:0:0:0:0:1]", true),
    ("[::]", true),
    ("[::ffff:127.0.0.1]", true),
    ("[::ffff:7f00:1]", true),
    ("[0:0:0:0:0:ffff:7f00:0001]", true),
    ("[::FFFF:127.0.0.1]", true),
    ("[::ffff:0.0.0.0]", true),
    ("[::127.0.0.1]", false),
    ("[::7f00:1]", false),
    ("[::ffff:0:127.0.0.1]", false),
    ("[::ffff:10.0.0.1]", false),
    ("[::ffff:a9fe:a9fe]", false),
    ("[64:ff9b::127.0.0.1]", false),
    ("[64:ff9b::a9fe:a9fe]", false),
    ("[64:ff9b:1::7f00:1]", false),
    ("[64:ff9b:1::808:808]", false),
    ("[2002:7f00:1::]", false),
    ("[2002:a00:1::1]", false),
    ("[2001:0:7f00:1::1]", false),
    ("[2001:0:53aa:64c:0:0:80ff:fffe]", false),
    ("[2a00::5efe:7f00:1]", false),
    ("[fe80::200:5efe:10.0.0.1]", false),
    ("[fe80::1]", false),
    ("[fec0::1]", false),
    ("[fc00::1]", false),
    ("[fd00:ec2::254]", false),
    ("[ff02::1]", false),
    ("[100::1]", false),
    ("[2001:db8::1]", false),
    // Names whose answers are closed, see `names`.
    ("four.test", true),
    ("six.test", true),
    ("mapped.test", true),
    ("any.test", true),
    ("both.test", true),
    ("private.test", false),
    ("metadata.test", false),
    ("nat64.test", false),
    ("sixtofour.test", false),
];

/// What is no host at all to the parser: refused before anything is asked.
const NO_HOSTS: &[&str] = &[
    "[fe80::1%25lo]",
    "[::1%lo]",
    "[::1%2525lo]",
    "[127.0.0.1]",
    "127.0.0.1.1",
    "256.0.0.1",
    "0x100000000",
    "1.2.3.4.0x7f",
    "127.0.0.1%00.test",
    "local host",
];

fn names() -> Names {
    Names::default()
        .with("four.test", &[&["127.0.0.1"]])
        .with("six.test", &[&["::1"]])
        .with("mapped.test", &[&["::ffff:127.0.0.1"]])
        .with("any.test", &[&["0.0.0.0"]])
        .with("both.test", &[&["::1", "127.0.0.1"]])
        .with("private.test", &[&["10.0.0.1", "192.168.1.1"]])
        .with("metadata.test", &[&["169.254.169.254"]])
        .with("nat64.test", &[&["64:ff9b::7f00:1"]])
        .with("sixtofour.test", &[&["2002:7f00:1::1"]])
        // A closed answer beside an open one: 127.0.0.2 is the open one of these tests.
        .with("mixed.test", &[&["127.0.0.1", "127.0.0.2", "::1"]])
        // Open when it is looked at, closed when it is used.
        .with("rebinding.test", &[&["127.0.0.2"], &["127.0.0.1"]])
}

/// Listeners that nobody may reach, on one port of 127.0.0.1 and ::1.
struct Traps(Vec<Server>);

impl Traps {
    async fn set() -> Self {
        let inside = |_: &str| (ok(b"inside", ""), false);
        loop {
            let four = Server::at("127.0.0.1:0", inside).await.unwrap();
            // Where this machine has no IPv6 there is nothing to reach over it.
            match Server::at(&format!("[::1]:{}", four.at.port()), inside).await {
                Ok(six) => return Self(vec![four, six]),
                Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {}
                Err(_) => return Self(vec![four]),
            }
        }
    }

    fn port(&self) -> u16 {
        self.0[0].at.port()
    }

    fn reached(&self) -> usize {
        self.0.iter().map(Server::connections).sum()
    }

    fn has_six(&self) -> bool {
        self.0.len() > 1
    }
}

fn client(config: &NetConfig) -> Client {
    Client::with_lookup(config, "wiredesk-test", Arc::new(names())).unwrap()
}

fn refused(error: &NetError) -> bool {
    matches!(
        error,
        NetError::Forbidden { .. } | NetError::BadUrl(_) | NetError::Scheme(_) | NetError::Userinfo
    )
}

#[tokio::test]
async fn no_form_of_a_closed_address_is_reached() {
    assert!(HOSTS.len() + NO_HOSTS.len() >= 60);
    let traps = Traps::set().await;
    let port = traps.port();
    let closed = client(&NetConfig::default());
    for (host, _) in HOSTS {
        let error = closed.get(&to(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, NetError::Forbidden { .. }), "{host}: {error}");
    }
    for host in NO_HOSTS {
        let error = closed.get(&to(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, NetError::BadUrl(_)), "{host}: {error}");
    }
    for url in [
        format!("http://127.0.0.2@127.0.0.1:{port}/"),
        format!("http://127.0.0.2:80@127.0.0.1:{port}/"),
        format!("http://u:p@[::1]:{port}/"),
        format!("http://127.0.0.1:{port}\\@127.0.0.2/"),
        format!("http://127.0.0.1:{port}#@127.0.0.2/"),
        format!("http://127.0.0.1:{port}?@127.0.0.2/"),
        format!("http:127.0.0.1:{port}/"),
        format!("http:/\\127.0.0.1:{port}/"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        format!("http:///127.0.0.1:{port}/"),
        format!(" \thttp://127.0.0.1:{port}/\n"),
        format!("http://127.\n0.0.1:{port}/"),
        format!("HTTPS://127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
    ] {
        let error = closed.get(&to(&url)).await.unwrap_err();
        assert!(refused(&error), "{url}: {error}");
    }
    assert_eq!(traps.reached(), 0, "a closed address was reached");
}

#[tokio::test]
async fn the_same_forms_reach_it_where_everything_is_allowed() {
    let traps = Traps::set().await;
    let open = client(&allowing(&["0.0.0.0/0", "::/0"]));
    for (host, reaches) in HOSTS {
        let only_six = matches!(*host, "[::1]" | "[0:0:0:0:0:0:0:1]" | "[::]" | "six.test");
        if !reaches || (only_six && !traps.has_six()) {
            continue;
        }
        let before = traps.reached();
        let response = open.get(&to(&format!("http://{host}:{}/", traps.port()))).await;
        let response = response.unwrap_or_else(|e| panic!("{host}: {e}"));
        assert_eq!(&response.body[..], b"inside", "{host}");
        assert!(traps.reached() > before, "{host}");
    }
}

#[tokio::test]
async fn no_redirect_leads_to_one() {
    let traps = Traps::set().await;
    let port = traps.port();
    let mut targets: Vec<String> = HOSTS
        .iter()
        .map(|(h, _)| *h)
        .chain(NO_HOSTS.iter().copied())
        .map(|h| format!("http://{h}:{port}/"))
        .collect();
    targets.extend([
        format!("//127.0.0.1:{port}/"),
        format!("\\\\127.0.0.1:{port}/"),
        format!("/\\127.0.0.1:{port}/"),
        format!("http://127.0.0.2@127.0.0.1:{port}/"),
        format!("http://user:word@[::1]:{port}/"),
        format!("http://127.0.0.1:{port}\\@127.0.0.2/"),
        format!("https://localhost:{port}/"),
        format!("gopher://127.0.0.1:{port}/_x"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("dict://127.0.0.1:{port}/"),
        format!("ldap://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        format!("view-source:http://127.0.0.1:{port}/"),
        format!("jar:http://127.0.0.1:{port}/!/x"),
        format!("blob:http://127.0.0.1:{port}/x"),
        "file:///etc/passwd".to_owned(),
        "file://localhost/etc/passwd".to_owned(),
        "data:text/xml,<rss/>".to_owned(),
        "javascript:location='http://127.0.0.1/'".to_owned(),
        "unix:/var/run/docker.sock".to_owned(),
    ]);
    let list = targets.clone();
    let start = Server::at("127.0.0.2:0", move |path| {
        let mut parts = path.split('/').skip(1).map(|n| n.parse::<usize>().unwrap());
        let (status, target) = (parts.next().unwrap(), parts.next().unwrap());
        (redirect(u16::try_from(status).unwrap(), &list[target]), false)
    })
    .await
    .unwrap();
    let client = client(&allowing(&["127.0.0.2/32"]));
    for status in [301, 302, 303, 307, 308] {
        for (number, target) in targets.iter().enumerate() {
            let error = client.get(&to(&start.url(&format!("/{status}/{number}")))).await.unwrap_err();
            assert!(refused(&error) && !error.is_transient(), "{status} {target}: {error}");
        }
    }
    assert_eq!(start.seen().len(), 5 * targets.len());
    assert_eq!(traps.reached(), 0, "a redirect reached a closed address");
}

#[tokio::test]
async fn of_a_mixed_answer_only_the_open_addresses_are_used() {
    let traps = Traps::set().await;
    let place = format!("127.0.0.2:{}", traps.port());
    let open = Server::at(&place, |_| (ok(b"open", ""), false)).await.unwrap();
    let client = client(&allowing(&["127.0.0.2/32"]));
    for _ in 0..5 {
        let response = client.get(&to(&format!("http://mixed.test:{}/", traps.port()))).await.unwrap();
        assert_eq!(&response.body[..], b"open");
    }
    assert_eq!((open.connections(), traps.reached()), (5, 0));
}

#[tokio::test]
async fn an_answer_that_changes_after_the_check_gains_nothing() {
    let traps = Traps::set().await;
    let place = format!("127.0.0.2:{}", traps.port());
    let open = Server::at(&place, |_| (ok(b"open", ""), false)).await.unwrap();
    let names = Arc::new(names());
    let client = Client::with_lookup(&allowing(&["127.0.0.2/32"]), "wiredesk-test", names.clone()).unwrap();
    let url = format!("http://rebinding.test:{}/", traps.port());
    assert_eq!(&client.get(&to(&url)).await.unwrap().body[..], b"open");
    // One look-up a connection: between check and use there is no second one that could say something else.
    assert_eq!((names.asked("rebinding.test"), open.connections()), (1, 1));
    let error = client.get(&to(&url)).await.unwrap_err();
    assert!(matches!(error, NetError::Forbidden { .. }), "{error}");
    assert_eq!((names.asked("rebinding.test"), traps.reached()), (2, 0));
}

#[tokio::test]
async fn what_is_allowed_for_a_port_is_reached_on_that_port_alone() {
    let traps = Traps::set().await;
    let other = Server::start(|_| (ok(b"other", ""), false)).await;
    let (port, wrong) = (traps.port(), other.at.port());
    let names_of = |allow: String| client(&allowing(&[&allow]));
    for (allow, host, reached) in [
        (format!("127.0.0.1:{port}"), "127.0.0.1", true),
        (format!("127.0.0.0/8:{port}"), "127.0.0.1", true),
        (format!("127.0.0.0/8:{port}"), "four.test", true),
        (format!("four.test:{port}"), "four.test", true),
        (format!("four.test:{port}"), "127.0.0.1", false),
        (format!("four.test:{port}"), "any.test", false),
        ("four.test".to_owned(), "four.test", true),
        (format!("127.0.0.1:{wrong}"), "127.0.0.1", false),
        (format!("127.0.0.1:{wrong}"), "four.test", false),
    ] {
        let before = traps.reached();
        let result = names_of(allow.clone()).get(&to(&format!("http://{host}:{port}/"))).await;
        assert_eq!(result.is_ok(), reached, "{allow} {host}");
        assert_eq!(traps.reached() > before, reached, "{allow} {host}");
    }
    // One client, both ports of one name: the allowance for the one does not open the other.
    let client = names_of(format!("127.0.0.1:{port}"));
    assert!(client.get(&to(&format!("http://four.test:{port}/"))).await.is_ok());
    assert!(client.get(&to(&format!("http://four.test:{wrong}/"))).await.is_err());
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn what_a_document_or_a_header_says_is_not_followed() {
    let traps = Traps::set().await;
    let inside = format!("http://127.0.0.1:{}/", traps.port());
    let page = format!(
        "<html><meta http-equiv=\"refresh\" content=\"0;url={inside}\"><base href=\"{inside}\"><img src=\"{inside}\">"
    );
    let headers = format!(
        "refresh: 0;url={inside}\r\ncontent-location: {inside}\r\nlocation: {inside}\r\nlink: <{inside}>; rel=preload\r\nalt-svc: http/1.1=\"127.0.0.1:{}\"\r\n",
        traps.port()
    );
    let start = Server::at("127.0.0.2:0", move |path| match path {
        "/300" => (redirect(300, &inside), false),
        "/304" => (redirect(304, &inside), false),
        "/305" => (redirect(305, &inside), false),
        "/306" => (redirect(306, &inside), false),
        "/201" => (redirect(201, &inside), false),
        _ => (ok(page.as_bytes(), &headers), false),
    })
    .await
    .unwrap();
    let client = client(&allowing(&["127.0.0.2/32"]));
    for (path, status) in
        [("/", 200), ("/", 200), ("/300", 300), ("/304", 304), ("/305", 305), ("/306", 306), ("/201", 201)]
    {
        assert_eq!(client.get(&to(&start.url(path))).await.unwrap().status, status);
    }
    assert_eq!(traps.reached(), 0);
}

const PLACE: &str = "WIREDESK_NET_TEST_PLACE";

/// Runs only as a child of the next test, with proxies in its environment.
#[tokio::test]
#[ignore = "started by the_environments_proxies_are_not_used"]
async fn child_with_proxies_in_its_environment() {
    let Ok(url) = std::env::var(PLACE) else { return };
    assert!(std::env::var("http_proxy").is_ok());
    assert_eq!(&get(&allowing(&["127.0.0.2/32"]), &url).await.unwrap().body[..], b"direct");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_proxies_are_not_used() {
    let traps = Traps::set().await;
    let direct = Server::at("127.0.0.2:0", |_| (ok(b"direct", ""), false)).await.unwrap();
    let proxy = format!("http://127.0.0.1:{}", traps.port());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--ignored", "--exact", "ssrf::child_with_proxies_in_its_environment"]);
    child
        .env(PLACE, direct.url("/"))
        .env_remove("REQUEST_METHOD")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, &proxy);
    }
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!((direct.connections(), traps.reached()), (1, 0));
}
