//! A hub on loopback: takes subscriptions, verifies intent, delivers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use tokio::net::TcpListener;
use url::Url;

use super::desk::{Answer, send};

/// How the hub answers the next requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Verifies at once, before it answers 202, with this lease in seconds.
    Verifies(i64),
    /// Answers 202 and does nothing.
    Idle,
    /// Answers this status.
    Fails(u16),
    /// Answers 202 and says that it denies.
    Denies,
}

/// A request to the hub, by the names of its fields without `hub.`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub callback: String,
    pub mode: String,
    pub topic: String,
    pub secret: String,
    pub lease_seconds: String,
}

#[derive(Clone)]
pub struct Hub {
    pub at: SocketAddr,
    pub manner: Arc<Mutex<Manner>>,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    /// Answers to its questions of intent.
    pub verified: Arc<Mutex<Vec<Answer>>>,
}

impl Hub {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let hub = Self {
            at,
            manner: Arc::new(Mutex::new(manner)),
            asked: Arc::default(),
            verified: Arc::default(),
        };
        let app = Router::new().route("/", post(subscribe)).with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        hub
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.at)
    }

    pub fn last(&self) -> Asked {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    /// Asks the callback of a request whether it was meant, with what a test may make wrong.
    pub async fn verify(&self, of: &Asked, mode: &str, topic: &str, more: &[(&str, &str)]) -> Answer {
        let url = Url::parse(&of.callback).unwrap();
        // The serializer may not cross an await: it is gone by the end of this statement.
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", mode)
            .append_pair("hub.topic", topic)
            .extend_pairs(more)
            .finish();
        send(address(&url), "GET", &format!("{}?{query}", url.path()), &[], b"").await
    }

    /// Delivers a body to a callback, signed by this method with this secret.
    pub async fn deliver(&self, of: &Asked, signature: Option<String>, body: &str) -> Answer {
        let url = Url::parse(&of.callback).unwrap();
        let link = format!("<{}>; rel=hub, <{}>; rel=self", self.url(), of.topic);
        let mut headers = vec![("content-type", "application/rss+xml"), ("link", link.as_str())];
        if let Some(signature) = &signature {
            headers.push(("x-hub-signature", signature));
        }
        send(address(&url), "POST", url.path(), &headers, body.as_bytes()).await
    }
}

fn address(url: &Url) -> SocketAddr {
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap()).parse().unwrap()
}

/// `METHOD=HEX` of a body under a secret.
pub fn signed(method: &str, secret: &str, body: &str) -> Option<String> {
    fn mac<M: Mac + KeyInit>(secret: &str, body: &str) -> String {
        let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }
    let hex = match method {
        "sha1" => mac::<Hmac<sha1::Sha1>>(secret, body),
        "sha256" => mac::<Hmac<sha2::Sha256>>(secret, body),
        "sha384" => mac::<Hmac<sha2::Sha384>>(secret, body),
        _ => mac::<Hmac<sha2::Sha512>>(secret, body),
    };
    Some(format!("{method}={hex}"))
}

async fn subscribe(State(hub): State<Hub>, body: String) -> StatusCode {
    let mut asked = Asked::default();
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()).into_owned() {
        match name.as_str() {
            "hub.callback" => asked.callback = value,
            "hub.mode" => asked.mode = value,
            "hub.topic" => asked.topic = value,
            "hub.secret" => asked.secret = value,
            "hub.lease_seconds" => asked.lease_seconds = value,
            other => panic!("{other} is no field of a request"),
        }
    }
    hub.asked.lock().unwrap().push(asked.clone());
    let manner = *hub.manner.lock().unwrap();
    match manner {
        Manner::Idle => {}
        Manner::Fails(status) => return StatusCode::from_u16(status).unwrap(),
        Manner::Denies => {
            let told =
                hub.verify(&asked, "denied", &asked.topic, &[("hub.reason", "not\nin our town")]).await;
            hub.verified.lock().unwrap().push(told);
        }
        Manner::Verifies(lease) => {
            let lease = lease.to_string();
            let more = [("hub.challenge", "un reto & más"), ("hub.lease_seconds", lease.as_str())];
            let told = hub.verify(&asked, &asked.mode, &asked.topic, &more).await;
            hub.verified.lock().unwrap().push(told);
        }
    }
    StatusCode::ACCEPTED
}
