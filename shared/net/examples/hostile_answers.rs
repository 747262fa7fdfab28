//! What hostile answers cost: time, processor time and peak memory of each, in a process of its own.
//!
//! `cargo run --release -p wiredesk-net --example hostile_answers` serves each answer on loopback and prints one line for it. The
//! memory is the peak above what the client needs for a small answer.

#![allow(clippy::unwrap_used, reason = "a measuring program")]

#[path = "../tests/guard/bombs.rs"]
mod bombs;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiredesk_net::{Client, NetConfig, Request};

const MIB: usize = 1 << 20;

/// What a server sends: once, and then again and again.
struct Answer {
    name: &'static str,
    first: Vec<u8>,
    again: Vec<u8>,
    pause: Duration,
}

fn body(name: &'static str, coding: &str, body: Vec<u8>) -> Answer {
    let mut first =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: {coding}\r\n\r\n").into_bytes();
    first.extend(body);
    Answer { name, first, again: Vec::new(), pause: Duration::ZERO }
}

fn endless(name: &'static str, first: &[u8], again: Vec<u8>, pause: u64) -> Answer {
    Answer { name, first: first.to_vec(), again, pause: Duration::from_millis(pause) }
}

fn answers() -> Vec<Answer> {
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let gzip = bombs::zeros("gzip", 1024);
    let nested = bombs::encode("gzip", [&gzip[..]]);
    let noise: Vec<u8> =
        (0..16 * MIB as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    vec![
        body("nothing", "identity", b"<rss/>".to_vec()),
        body("16 MiB of noise in br", "br", bombs::encode("br", [&noise[..]])),
        body("16 MiB of noise in zstd", "zstd", bombs::encode("zstd", [&noise[..]])),
        body("16 MiB of noise, gzip three deep", "gzip, gzip, gzip", {
            let one = bombs::encode("gzip", [&noise[..noise.len() - MIB]]);
            let two = bombs::encode("gzip", [&one[..]]);
            bombs::encode("gzip", [&two[..]])
        }),
        body("17 MiB as they come", "identity", vec![b'x'; 17 * MIB]),
        body("1 GiB in gzip", "gzip", gzip),
        body("1 GiB in gzip in gzip", "gzip, gzip", nested.clone()),
        body("1 GiB in gzip in gzip, one named", "gzip", nested),
        body("1 GiB in deflate", "deflate", bombs::zeros("deflate", 1024)),
        body("1 GiB in raw deflate", "deflate", bombs::zeros("raw", 1024)),
        body("1 GiB in br", "br", bombs::zeros("br", 1024)),
        body("1 GiB in zstd", "zstd", bombs::zeros("zstd", 1024)),
        body("1 GiB in zstd, runs, window 8 MiB", "zstd", bombs::zstd_runs(8192, 23)),
        body("1 GiB in zstd, window 128 MiB", "zstd", bombs::zstd_runs(8192, 27)),
        body("1 GiB in zstd, window 2 GiB", "zstd", bombs::zstd_runs(8192, 31)),
        body("br with a window of 1 GiB", "br", vec![0x11, 30, 3]),
        body("gzip name of 17 MiB", "gzip", bombs::gzip_name(17 * MIB)),
        body("empty gzip members", "gzip", bombs::again(&bombs::encode("gzip", []), 17 * MIB)),
        body("empty zstd frames", "zstd", bombs::again(&bombs::encode("zstd", []), 17 * MIB)),
        body("skipped zstd frames", "zstd", bombs::again(&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0], 17 * MIB)),
        body("empty zstd blocks", "zstd", {
            let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3];
            frame.resize(17 * MIB, 0);
            frame
        }),
        body("empty deflate blocks with tables", "gzip", bombs::gzip_tables(17 * MIB)),
        body("empty deflate blocks", "gzip", bombs::gzip_blocks(16 * MIB - 100)),
        body(
            "the same in gzip",
            "gzip, gzip",
            bombs::encode("gzip", [&bombs::gzip_blocks(16 * MIB - 100)[..]]),
        ),
        body("empty br metablocks", "br", {
            // Window of 16 bits, then metadata blocks of no bytes (RFC 7932 section 9.2).
            let mut stream = vec![0b0000_1100];
            stream.resize(17 * MIB, 0b0000_0110);
            stream
        }),
        endless("endless chunks of 5 bytes", chunked, b"5\r\nshort\r\n".repeat(4000), 0),
        endless("endless chunks of 1 byte", chunked, b"1\r\nx\r\n".repeat(4000), 0),
        endless("endless headers", b"HTTP/1.1 200 OK\r\n", b"x: y\r\n".repeat(4000), 0),
        endless("one endless header", b"HTTP/1.1 200 OK\r\nx: ", vec![b'y'; 64 * 1024], 0),
        endless("endless 100 Continue (idle 1 s)", b"", b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), 0),
        endless("trickled body (total 2 s)", chunked, b"1\r\nx\r\n".to_vec(), 50),
        endless("trickled headers (idle 1 s)", b"HTTP/1.1 200 OK\r\n", b"x".to_vec(), 50),
        endless(
            "content-length of 16 EiB",
            b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551000\r\n\r\n",
            vec![b'x'; 64 * 1024],
            0,
        ),
        endless(
            "content-length of 1 GiB",
            b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n",
            vec![b'x'; 64 * 1024],
            0,
        ),
    ]
}

async fn serve(listener: TcpListener, answer: Arc<Answer>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let answer = answer.clone();
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            stream.write_all(&answer.first).await?;
            while !answer.again.is_empty() {
                stream.write_all(&answer.again).await?;
                tokio::time::sleep(answer.pause).await;
            }
            stream.shutdown().await
        });
    }
}

/// A figure of this process from /proc, in KiB.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Processor time of this process so far, in seconds (a tick is 10 ms on Linux): what a busy machine does not lengthen.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    // Behind the name come the state and ten more fields, then user and system time.
    fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// One request in this process, after a small one that shows what the client needs anyway.
async fn ask(small: &str, url: &str) {
    let config = NetConfig {
        allow: vec!["127.0.0.1/32".to_owned()],
        idle_seconds: 1,
        total_seconds: 2,
        ..NetConfig::default()
    };
    let client = Client::new(&config, "wiredesk-measure").unwrap();
    let request = |url: &str| Request { url: url.to_owned(), ..Request::default() };
    client.get(&request(small)).await.unwrap();
    let base = status("VmHWM");
    let (start, before) = (Instant::now(), processor());
    let result = client.get(&request(url)).await;
    let (time, busy) = (start.elapsed(), processor() - before);
    let peak = status("VmHWM").saturating_sub(base) as f64 / 1024.0;
    let said = match result {
        Ok(response) => format!("{} bytes", response.body.len()),
        Err(error) => format!("{}: {error}", error.kind()),
    };
    println!("{:7.3} s, of it {busy:4.2} s of a processor {peak:7.1} MiB  {said}", time.as_secs_f64());
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [small, url] = &arguments[..] {
        return ask(small, url).await;
    }
    let mut urls = Vec::new();
    for answer in answers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        urls.push((answer.name, format!("http://{}/", listener.local_addr().unwrap())));
        tokio::spawn(serve(listener, Arc::new(answer)));
    }
    for (name, url) in &urls {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([&urls[0].1, url]);
        let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
        print!("{name:36}{}", String::from_utf8_lossy(&output.stdout));
    }
}
