//! Health, metrics and traces over real sockets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wiredesk_runtime::Health;
use wiredesk_runtime::admin::{AdminConfig, start};
use wiredesk_runtime::health::State;
use wiredesk_runtime::telemetry::{TelemetryConfig, Traces, recorder};

async fn get(address: std::net::SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer[9..12].parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[tokio::test]
async fn health_and_metrics_are_answered() {
    let health = Health::default();
    let config = AdminConfig { listen: "127.0.0.1:0".to_owned() };
    let stop = CancellationToken::new();
    let address = start(&config, health.clone(), recorder(), stop.clone()).await.unwrap();
    assert_eq!(get(address, "/livez").await.0, 200);
    assert_eq!(get(address, "/readyz").await.0, 503, "nothing has started");
    health.set("postgres", State::Ready);
    assert_eq!(get(address, "/readyz").await.0, 200);
    health.set("strip", State::Retrying("Postgres is away".to_owned()));
    let (status, body) = get(address, "/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains(r#""strip":{"reason":"Postgres is away","state":"retrying"}"#), "{body}");
    assert_eq!(get(address, "/livez").await.0, 200, "who tries again is alive");
    health.set("strip", State::Failed("it stopped".to_owned()));
    assert_eq!(get(address, "/livez").await.0, 503);
    metrics::counter!("wiredesk_stage_inputs_total", "stage" => "strip").increment(3);
    metrics::histogram!("wiredesk_stage_store_seconds", "stage" => "strip").record(0.02);
    let (_, body) = get(address, "/metrics").await;
    assert!(body.contains("wiredesk_stage_inputs_total{stage=\"strip\"} 3"), "{body}");
    assert!(body.contains("wiredesk_stage_store_seconds_bucket{stage=\"strip\",le=\"0.05\"} 1"), "{body}");
    assert!(body.contains("wiredesk_part_ready{part=\"postgres\"} 1"), "{body}");
    assert!(body.contains("wiredesk_part_ready{part=\"strip\"} 0"), "{body}");
    let taken = start(&AdminConfig { listen: address.to_string() }, health, None, stop.clone()).await;
    assert!(taken.unwrap_err().to_string().contains("set [admin] listen to a free address"));
    stop.cancel();
}

type Got = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_arrives_at_a_collector() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let got = Got::default();
    let collector = Router::new()
        .route(
            "/v1/traces",
            post(|Extract(got): Extract<Got>, headers: axum::http::HeaderMap, body: Bytes| async move {
                let kind =
                    headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
                got.lock().unwrap().push((kind, body.to_vec()));
            }),
        )
        .with_state(got.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, collector).await });
    let traces =
        Traces::start(&TelemetryConfig { otlp_endpoint: Some(wiredesk_runtime::SecretUrl::new(endpoint)) })
            .unwrap();
    {
        use tracing_subscriber::layer::SubscriberExt;
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        let _here = tracing::subscriber::set_default(subscriber);
        tracing::info_span!("process", otel.name = "process wiredesk.raw.v1").in_scope(|| {});
    }
    tokio::time::timeout(Duration::from_secs(60), traces.shutdown()).await.unwrap();
    let got = got.lock().unwrap();
    let (kind, body) = got.first().expect("one export");
    assert_eq!(kind, "application/x-protobuf");
    let has = |wanted: &str| body.windows(wanted.len()).any(|w| w == wanted.as_bytes());
    assert!(has("process wiredesk.raw.v1") && has("wiredesk"), "the span's name is in the export");
}
