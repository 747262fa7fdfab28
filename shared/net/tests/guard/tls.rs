//! TLS: the operator's own authority, HTTP/2 and its switch, failures in words.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use wiredesk_net::{Client, NetConfig, NetError, Request};

use crate::parts::{Server, allowing, config, get, head, ok, to};

const SERVER: &[u8] = include_bytes!("server.pem");
const EXPIRED: &[u8] = include_bytes!("expired.pem");

/// The invented authority that has signed both.
pub fn authority() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guard/authority.pem"))
}

/// Believes the invented authority.
pub fn believing() -> NetConfig {
    NetConfig { ca_file: Some(authority()), ..config() }
}

/// TLS with the certificate and key of a PEM file.
pub fn acceptor(pem: &[u8], protocols: &[&str]) -> TlsAcceptor {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let mut server =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    server.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(server))
}

/// Takes one TLS connection and answers its requests in HTTP/2 or HTTP/1.1, with a header of `wide` bytes; gives what the
/// requests held.
pub async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    wide: usize,
    seen: mpsc::Sender<String>,
) -> io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        while let Some(head) = head(&mut stream).await {
            let _ = seen.send(format!("http/1.1\n{head}")).await;
            let answer =
                format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 6\r\n\r\nsecure", "y".repeat(wide));
            stream.write_all(answer.as_bytes()).await?;
        }
        return Ok(());
    }
    let mut connection = h2::server::handshake(stream).await.map_err(io::Error::other)?;
    while let Some(request) = connection.accept().await {
        let (request, mut respond) = request.map_err(io::Error::other)?;
        let _ = seen.send(format!("h2\n{request:?}")).await;
        let response = http::Response::builder().header("x", "y".repeat(wide)).body(()).unwrap();
        let mut body = respond.send_response(response, false).map_err(io::Error::other)?;
        body.send_data("secure".into(), true).map_err(io::Error::other)?;
    }
    Ok(())
}

/// A TLS server on loopback: its port, and what it was asked.
async fn start(
    pem: &'static [u8],
    protocols: &'static [&'static str],
    wide: usize,
) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, seen) = mpsc::channel(100);
    let acceptor = acceptor(pem, protocols);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), wide, sender.clone()));
        }
    });
    (port, seen)
}

#[tokio::test]
async fn http2_is_spoken_unless_it_is_switched_off() {
    let (port, mut seen) = start(SERVER, &["h2", "http/1.1"], 10).await;
    let client = Client::new(&believing(), "wiredesk-test").unwrap();
    let request = to(&format!("https://localhost:{port}/"));
    for (http1_only, expected) in [(false, "h2"), (true, "http/1.1"), (false, "h2")] {
        let request = Request { http1_only, ..request.clone() };
        assert_eq!(&client.get(&request).await.unwrap().body[..], b"secure");
        assert!(seen.recv().await.unwrap().starts_with(expected));
    }
    let without = NetConfig { http2: false, ..believing() };
    get(&without, &request.url).await.unwrap();
    assert!(seen.recv().await.unwrap().starts_with("http/1.1"));
}

#[tokio::test]
async fn header_floods_end_in_both_versions() {
    for protocols in [&["h2"][..], &["http/1.1"]] {
        let (port, _seen) = start(SERVER, protocols, 100_000).await;
        let error = get(&believing(), &format!("https://localhost:{port}/")).await.unwrap_err();
        assert!(matches!(error, NetError::Headers { .. } | NetError::Unreachable { .. }), "{error}");
        let wide = NetConfig { max_header_bytes: 200_000, ..believing() };
        assert!(get(&wide, &format!("https://localhost:{port}/")).await.is_ok());
    }
}

#[tokio::test]
async fn failures_say_what_to_do() {
    let (port, _seen) = start(SERVER, &[], 0).await;
    let (expired, _seen) = start(EXPIRED, &[], 0).await;
    let plain = Server::start(|_| (ok(b"", ""), false)).await;
    // Something that answers a greeting with words.
    let words = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let words_port = words.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = words.accept().await {
            let _ = stream.write_all(b"220 mail.example ESMTP\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    let other = NetConfig { allow: allowing(&["127.0.0.0/8"]).allow, ..believing() };
    for (config, url, part) in [
        (&config(), format!("https://localhost:{port}/"), "name its certificate in net.ca_file"),
        (&believing(), format!("https://localhost:{expired}/"), "has expired"),
        (&other, format!("https://wire.localhost:{port}/"), "is for another host"),
        (&other, format!("https://localhost:{words_port}/"), "does not speak TLS"),
    ] {
        let error = get(config, &url).await.unwrap_err();
        assert!(matches!(error, NetError::Tls { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains(part), "{url}: {error}");
    }
    // A plain server never answers the greeting: it waits for the end of a request.
    let quick = NetConfig { connect_seconds: 1, ..believing() };
    let error = get(&quick, &plain.url("/").replace("http:", "https:")).await.unwrap_err();
    assert_eq!(error.kind(), "timeout", "{error}");
}

#[test]
fn an_authority_that_is_none_is_refused_at_once() {
    for (path, part) in [
        ("no/such.pem", "no/such.pem"),
        (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "no certificate"),
    ] {
        let wrong = NetConfig { ca_file: Some(path.into()), ..NetConfig::default() };
        let error = Client::new(&wrong, "wiredesk-test").unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("PEM"), "{error}");
    }
}
