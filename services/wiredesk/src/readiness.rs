//! What the process at an admin address says of itself: `/readyz`, asked and read.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(3);

/// An answer, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// All of it works.
    Ready,
    /// Some of it does not, in words.
    Waiting(String),
    /// Nobody listens there.
    Nobody,
    /// The question is taken and not answered.
    Silent,
    /// What answers is not wiredesk.
    Stranger,
}

/// Asks at an address, as `admin.listen` has it.
pub async fn ask(listen: &str) -> Readiness {
    match tokio::time::timeout(PATIENCE, body(listen)).await {
        Ok(Ok(answer)) => read(&answer),
        Ok(Err(_)) => Readiness::Nobody,
        Err(_) => Readiness::Silent,
    }
}

/// The body of `/readyz`. HTTP/1.0: the answer ends where the connection does.
async fn body(listen: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listen).await?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
    let mut answer = Vec::new();
    // A stranger may listen there: no more than health has to say.
    stream.take(64 << 10).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

fn read(answer: &str) -> Readiness {
    let Ok(answer) = serde_json::from_str::<Value>(answer) else { return Readiness::Stranger };
    let Some(ok) = answer["ok"].as_bool() else { return Readiness::Stranger };
    let components = answer["components"].as_object().into_iter().flatten();
    let told: Vec<String> = components
        .filter(|(_, state)| state["state"] != "ready")
        .map(|(name, state)| {
            let why = state["reason"].as_str().map(|why| format!(" ({why})")).unwrap_or_default();
            format!("{name} is {}{why}", state["state"].as_str().unwrap_or("unknown"))
        })
        .collect();
    match (ok, told.is_empty()) {
        (true, true) => Readiness::Ready,
        (false, true) => Readiness::Waiting("nothing has started yet".to_owned()),
        (_, false) => Readiness::Waiting(told.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_says_of_itself_is_passed_on() {
        assert_eq!(read(r#"{"ok":true,"components":{"relay":{"state":"ready"}}}"#), Readiness::Ready);
        assert_eq!(
            read(r#"{"ok":false,"components":{"relay":{"state":"retrying","reason":"Kafka: refused"}}}"#),
            Readiness::Waiting("relay is retrying (Kafka: refused)".to_owned())
        );
        assert_eq!(
            read(r#"{"ok":false,"components":{}}"#),
            Readiness::Waiting("nothing has started yet".to_owned())
        );
        assert_eq!(read("<html>"), Readiness::Stranger);
        assert_eq!(read(r#"{"error":"no such page"}"#), Readiness::Stranger);
    }
}
