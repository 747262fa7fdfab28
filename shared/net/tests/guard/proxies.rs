//! Proxies: the operator's may be anywhere, and what is behind it may not.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use wiredesk_net::{Client, NetConfig, NetError, Request};

use crate::parts::{Names, Server, config, ok, redirect, to};
use crate::tls;

/// Public addresses that nobody connects to: the proxies of these tests answer by themselves.
fn names() -> Names {
    Names::default()
        .with("open.test", &[&["9.9.9.9"]])
        .with("six.test", &[&["2620:fe::fe"]])
        .with("closed.test", &[&["127.0.0.1"]])
        .with("mixed.test", &[&["9.9.9.9", "10.0.0.1"]])
        .with("rebinding.test", &[&["9.9.9.9"], &["127.0.0.1"]])
        .with("proxy.test", &[&["127.0.0.1"]])
}

fn client(config: &NetConfig) -> Client {
    Client::with_lookup(config, "wiredesk-test", Arc::new(names())).unwrap()
}

fn through(proxy: &str, url: &str) -> Request {
    Request { proxy: Some(proxy.to_owned()), ..to(url) }
}

#[tokio::test]
async fn a_proxy_is_asked_with_its_credentials_and_its_name_may_be_inside() {
    let proxy = Server::start(|_| (ok(b"by proxy", ""), false)).await;
    let client = client(&NetConfig::default());
    let port = proxy.at.port();
    for (count, host) in ["127.0.0.1", "localhost", "proxy.test", "PROXY.test"].into_iter().enumerate() {
        let address = format!("http://someone:word@{host}:{port}");
        let response = client.get(&through(&address, "http://open.test/feed")).await;
        assert_eq!(&response.unwrap_or_else(|e| panic!("{host}: {e}")).body[..], b"by proxy");
        let head = proxy.seen()[count].to_lowercase();
        assert!(head.starts_with("get http://open.test/feed "), "{head}");
        assert!(head.contains("proxy-authorization: basic c29tzw9uztp3b3jk"), "{head}");
    }
}

#[tokio::test]
async fn what_is_closed_is_closed_through_a_proxy_too() {
    let proxy = Server::start(|path| {
        let to = path.rsplit_once("to=").map_or("/", |(_, to)| to);
        (redirect(302, to), false)
    })
    .await;
    let port = proxy.at.port();
    let client = client(&NetConfig::default());
    let closed = [
        "http://closed.test/".to_owned(),
        "https://closed.test/".to_owned(),
        "http://mixed.test/".to_owned(),
        "http://127.0.0.1/".to_owned(),
        "http://[::ffff:10.0.0.1]/".to_owned(),
        "https://169.254.169.254/".to_owned(),
        "http://localhost/".to_owned(),
        "http://a.localhost/".to_owned(),
        "http://unknown.test/".to_owned(),
        // Its own name is trusted as a proxy, not as a target.
        format!("http://proxy.test:{port}/"),
        format!("https://proxy.test:{port}/"),
    ];
    for scheme in ["http", "socks5"] {
        for url in &closed {
            let request = through(&format!("{scheme}://proxy.test:{port}"), url);
            let error = client.get(&request).await.unwrap_err();
            assert!(matches!(error.kind(), "forbidden_address" | "unresolved"), "{scheme} {url}: {error}");
        }
    }
    assert_eq!(proxy.connections(), 0, "the proxy was asked for a closed address");
    for (count, url) in closed.iter().enumerate() {
        let request = through(&format!("http://proxy.test:{port}"), &format!("http://open.test/?to={url}"));
        let error = client.get(&request).await.unwrap_err();
        assert!(matches!(error.kind(), "forbidden_address" | "unresolved"), "{url}: {error}");
        assert_eq!(proxy.connections(), count + 1);
    }
    // Each request looks again: a name that turns inwards later is closed later.
    let request = through(&format!("http://proxy.test:{port}"), "http://rebinding.test/?to=file:///");
    assert_eq!(client.get(&request).await.unwrap_err().kind(), "bad_request");
    assert_eq!(client.get(&request).await.unwrap_err().kind(), "forbidden_address");
}

#[tokio::test]
async fn a_host_that_the_operator_names_is_not_looked_up_before_a_proxy() {
    let proxy = Server::start(|_| (ok(b"by proxy", ""), false)).await;
    let named = NetConfig { allow: vec!["unknown.test".to_owned()], ..NetConfig::default() };
    let address = format!("http://127.0.0.1:{}", proxy.at.port());
    let response = client(&named).get(&through(&address, "http://unknown.test/")).await.unwrap();
    assert_eq!(&response.body[..], b"by proxy");
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let (sender, mut seen) = mpsc::channel(10);
    let acceptor = tls::acceptor(include_bytes!("server.pem"), &["h2"]);
    let proxy = Server::serve("127.0.0.1:0", move |_, mut stream: TcpStream| {
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        Box::pin(async move {
            stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
            let _ = tls::serve(stream, acceptor, 0, sender).await;
        })
    })
    .await
    .unwrap();
    let client = client(&tls::believing());
    let mut request = through(&format!("http://u:word@127.0.0.1:{}", proxy.at.port()), "https://open.test/x");
    request.cookie = Some("own=secret".into());
    assert_eq!(&client.get(&request).await.unwrap().body[..], b"secure");
    let asked = proxy.seen()[0].to_lowercase();
    assert!(asked.starts_with("connect open.test:443 "), "{asked}");
    assert!(asked.contains("proxy-authorization: basic dtp3b3jk") && !asked.contains("secret"), "{asked}");
    let inner = seen.recv().await.unwrap();
    assert!(
        inner.starts_with("h2") && inner.contains("own=secret") && !inner.contains("dTp3b3Jk"),
        "{inner}"
    );
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_gone_is_named_without_its_password() {
    let refuses = Server::start(|_| (b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n".to_vec(), false)).await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client(&config());
    for at in [refuses.at, gone] {
        let error =
            client.get(&through(&format!("http://u:word@{at}"), "https://open.test/")).await.unwrap_err();
        assert!(matches!(error, NetError::Proxy { .. }) && error.is_transient(), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains(&at.to_string()) && text.contains("open.test") && !text.contains("word"),
            "{text}"
        );
    }
    let plain = client.get(&through(&format!("http://{}", refuses.at), "http://open.test/")).await.unwrap();
    assert_eq!(plain.status, 407);
    for proxy in ["", "ftp://word", "http://", "word"] {
        let error = client.get(&through(proxy, "http://open.test/")).await.unwrap_err();
        assert!(matches!(error, NetError::BadProxy) && !error.to_string().contains("word"));
    }
}

/// A SOCKS 5 server (RFC 1928, RFC 1929) that keeps what it is asked for and answers by itself.
async fn socks() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let log = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 2];
            stream.read_exact(&mut hello).await.unwrap();
            let mut methods = vec![0; hello[1].into()];
            stream.read_exact(&mut methods).await.unwrap();
            let login = methods.contains(&2);
            stream.write_all(&[5, if login { 2 } else { 0 }]).await.unwrap();
            let mut text = String::new();
            if login {
                let mut bytes = [0; 2];
                stream.read_exact(&mut bytes).await.unwrap();
                let mut user = vec![0; usize::from(bytes[1]) + 1];
                stream.read_exact(&mut user).await.unwrap();
                let mut word = vec![0; usize::from(user.pop().unwrap())];
                stream.read_exact(&mut word).await.unwrap();
                stream.write_all(&[1, 0]).await.unwrap();
                text = format!("{}:{}@", String::from_utf8(user).unwrap(), String::from_utf8(word).unwrap());
            }
            let mut ask = [0; 4];
            stream.read_exact(&mut ask).await.unwrap();
            let mut target = vec![
                0;
                match ask[3] {
                    1 => 6,
                    4 => 18,
                    _ => 1,
                }
            ];
            stream.read_exact(&mut target).await.unwrap();
            log.lock().unwrap().push(format!("{text}{} {:?}", ask[3], target));
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            let _ = crate::parts::head(&mut stream).await;
            let _ = stream.write_all(&ok(b"by socks", "")).await;
        }
    });
    (port, seen)
}

#[tokio::test]
async fn a_socks_proxy_gets_the_checked_address_and_no_name() {
    let (port, seen) = socks().await;
    let client = client(&NetConfig::default());
    for (proxy, url, expected) in [
        (format!("socks5://proxy.test:{port}"), "http://open.test/", "1 [9, 9, 9, 9, 0, 80]"),
        (format!("socks5h://127.0.0.1:{port}"), "http://open.test:81/", "1 [9, 9, 9, 9, 0, 81]"),
        (format!("socks5://u:word@127.0.0.1:{port}"), "http://9.9.9.9/", "u:word@1 [9, 9, 9, 9, 0, 80]"),
        (
            format!("socks5://127.0.0.1:{port}"),
            "http://six.test/",
            "4 [38, 32, 0, 254, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 254, 0, 80]",
        ),
    ] {
        let response = client.get(&through(&proxy, url)).await.unwrap_or_else(|e| panic!("{url}: {e}"));
        assert_eq!(&response.body[..], b"by socks");
        assert_eq!(seen.lock().unwrap().pop().unwrap(), expected);
    }
}
