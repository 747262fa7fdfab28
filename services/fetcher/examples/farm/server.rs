//! The farm's servers: HTTP/1.1 with keep-alive, one path a feed.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Versions = Arc<Mutex<HashMap<u64, (u64, u64)>>>;

/// Serves until it is killed; says its address in one line.
pub async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let versions: Versions = Arc::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        let versions = versions.clone();
        tokio::spawn(async move {
            let _ = connection(stream, &versions).await;
        });
    }
}

async fn connection(mut stream: TcpStream, versions: &Versions) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let feed: u64 =
            head.split(' ').nth(1).and_then(|p| p.trim_start_matches('/').parse().ok()).unwrap_or(0);
        let asked = head.lines().find_map(|l| l.strip_prefix("if-none-match: ")).unwrap_or_default();
        let answer = answer(feed, asked, versions);
        buffer.drain(..end);
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn answer(feed: u64, asked: &str, versions: &Versions) -> String {
    let version = {
        let mut all = versions.lock().unwrap_or_else(PoisonError::into_inner);
        let (requests, version) = all.entry(feed).or_insert((feed, 0));
        *requests += 1;
        if feed % 10 == 9 && *requests % 20 == 0 {
            *version += 1;
        }
        *version
    };
    let validators = feed % 10 < 6 || feed % 10 == 9;
    let etag = format!("\"{feed}-{version}\"");
    if validators && asked == etag {
        return format!("HTTP/1.1 304 Not Modified\r\netag: {etag}\r\n\r\n");
    }
    let body = document(feed, version);
    let mut head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\n", body.len());
    if validators {
        let _ = write!(head, "etag: {etag}\r\nlast-modified: Mon, 02 Mar 2026 09:30:00 GMT\r\n");
    }
    format!("{head}\r\n{body}")
}

/// Ten items of about 400 bytes.
fn document(feed: u64, version: u64) -> String {
    let mut body = format!("<rss version=\"2.0\"><channel><title>Wire {feed}</title><ttl>2</ttl>");
    for n in (version..version + 10).rev() {
        let _ = write!(
            body,
            "<item><title>Dispatch {n} of wire {feed}: the harbour opens again</title><guid isPermaLink=\"false\">{feed}-{n}</guid>\
             <link>https://wire{feed}.example/dispatch/{n}</link><pubDate>Mon, 02 Mar 2026 09:30:00 GMT</pubDate>\
             <description>After three days of storm the harbour master lets the first ships out; the ferry follows at noon, \
             and the lighthouse is dark no more, says the agency's correspondent on the quay.</description></item>"
        );
    }
    body.push_str("</channel></rss>");
    body
}
