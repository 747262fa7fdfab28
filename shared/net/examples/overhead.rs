//! What a guarded request costs where the server says 304: requests a second and processor time, on loopback.
//!
//! `cargo run --release -p wiredesk-net --example overhead [connections] [requests]`

#![allow(clippy::unwrap_used, reason = "a measuring program")]

use std::process::{Command, Stdio};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use wiredesk_net::{Client, NetConfig, Request};

/// The server, in a process of its own so that its time is not counted.
async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}/feed", listener.local_addr().unwrap());
    while let Ok((mut stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let mut head = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let n = stream.read(&mut buffer).await?;
                if n == 0 {
                    return std::io::Result::Ok(());
                }
                head.extend_from_slice(&buffer[..n]);
                if head.ends_with(b"\r\n\r\n") {
                    head.clear();
                    stream
                        .write_all(b"HTTP/1.1 304 Not Modified\r\netag: \"a1\"\r\ndate: Mon, 02 Mar 2026 10:00:00 GMT\r\ncache-control: max-age=60\r\n\r\n")
                        .await?;
                }
            }
        });
    }
}

/// Processor time of this process so far, in seconds (user and system; a tick is 10 ms on Linux).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<i64> =
        stat.rsplit_once(')').unwrap().1.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // Without pid, name and state, utime and stime are the eleventh and twelfth field.
    (fields[10] + fields[11]) as f64 / 100.0
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|a| a == "serve") {
        return serve().await;
    }
    let number =
        |at: usize, otherwise: usize| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(otherwise);
    let (connections, requests) = (number(0, 8), number(1, 40_000));
    let mut server = Command::new(std::env::current_exe().unwrap());
    let mut server = tokio::process::Command::from({
        server.arg("serve").stdout(Stdio::piped());
        server
    })
    .kill_on_drop(true)
    .spawn()
    .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).await.unwrap();
    let url = url.trim().to_owned();

    let start = Instant::now();
    let config = NetConfig { allow: vec!["127.0.0.1/32".to_owned()], ..NetConfig::default() };
    let client = Client::new(&config, "wiredesk-measure").unwrap();
    println!("a client is made in {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);

    let run = async |own: bool| {
        let plain = reqwest::Client::builder().no_proxy().build().unwrap();
        let (start, before) = (Instant::now(), processor());
        let mut tasks = Vec::new();
        for _ in 0..connections {
            let (client, plain, url) = (client.clone(), plain.clone(), url.clone());
            tasks.push(tokio::spawn(async move {
                let request = Request {
                    url: url.clone(),
                    etag: Some("\"a1\"".into()),
                    last_modified: Some("Mon, 02 Mar 2026 10:00:00 GMT".into()),
                    accept: Some("application/rss+xml, */*;q=0.5"),
                    ..Request::default()
                };
                for _ in 0..requests / connections {
                    let status = if own {
                        client.get(&request).await.unwrap().status
                    } else {
                        plain
                            .get(&url)
                            .header("if-none-match", "\"a1\"")
                            .send()
                            .await
                            .unwrap()
                            .status()
                            .as_u16()
                    };
                    assert_eq!(status, 304);
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let (time, cpu) = (start.elapsed().as_secs_f64(), processor() - before);
        let name = if own { "guarded" } else { "reqwest alone" };
        println!(
            "{name:14} {connections} connections: {:7.0} requests/s, {:5.1} µs of processor a request",
            requests as f64 / time,
            cpu * 1e6 / requests as f64
        );
    };
    for own in [false, true, false, true] {
        run(own).await;
    }
}
