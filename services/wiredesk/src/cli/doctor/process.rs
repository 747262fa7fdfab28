//! The process whose admin address the configuration names: is it ready, and if not, what does it wait for?

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::finding::Finding;

const ABOUT: &str = "process";
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn look(listen: &str) -> Finding {
    match tokio::time::timeout(PATIENCE, readiness(listen)).await {
        Ok(Ok(answer)) => judge(listen, &answer),
        Ok(Err(_)) => Finding::weak(
            ABOUT,
            format!("nobody answers at {listen}, the admin address of this configuration"),
            "start one (`wiredesk run`), or run the doctor with the configuration of the process in question",
        ),
        Err(_) => {
            Finding::ill(ABOUT, format!("{listen} takes the question and does not answer"), "restart it")
        }
    }
}

/// The body of `/readyz`. HTTP/1.0: the answer ends where the connection does.
async fn readiness(listen: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(listen).await?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: doctor\r\n\r\n").await?;
    let mut answer = Vec::new();
    // A stranger may listen there: no more than health has to say.
    stream.take(64 << 10).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

fn judge(listen: &str, answer: &str) -> Finding {
    let Ok(answer) = serde_json::from_str::<Value>(answer) else {
        return Finding::weak(
            ABOUT,
            format!("what answers at {listen} is not wiredesk"),
            "set admin.listen to the address of the process in question",
        );
    };
    let components = answer["components"].as_object().into_iter().flatten();
    let told: Vec<String> = components
        .filter(|(_, state)| state["state"] != "ready")
        .map(|(name, state)| {
            let why = state["reason"].as_str().map(|why| format!(" ({why})")).unwrap_or_default();
            format!("{name} is {}{why}", state["state"].as_str().unwrap_or("unknown"))
        })
        .collect();
    match (answer["ok"].as_bool(), told.is_empty()) {
        (Some(true), true) => Finding::well(ABOUT, format!("the one at {listen} is ready")),
        _ => {
            Finding::ill(ABOUT, format!("the one at {listen}: {}", told.join("; ")), "mend what it waits for")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    #[test]
    fn what_a_process_says_of_itself_is_passed_on() {
        assert_eq!(judge("a", r#"{"ok":true,"components":{"relay":{"state":"ready"}}}"#).grade, Grade::Well);
        let waits = judge(
            "a",
            r#"{"ok":false,"components":{"relay":{"state":"retrying","reason":"Kafka: refused"}}}"#,
        );
        assert_eq!(
            (waits.grade, waits.says.as_str()),
            (Grade::Ill, "the one at a: relay is retrying (Kafka: refused)")
        );
        assert_eq!(judge("a", "<html>").grade, Grade::Weak);
    }
}
