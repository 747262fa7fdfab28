//! Dead letters that somebody asked for are sent to their topics again. The API, which strangers reach, may write to no topic; it
//! asks in Postgres, and the relay, which nobody reaches, sends.

use std::convert::Infallible;
use std::time::Duration;

use wiredesk_contract::{DeadId, DeadLetter};
use wiredesk_runtime::{Answered, Deps, StageError, dead};
use wiredesk_store::dead::{Action, answer, asked};

/// How often it is looked whether anybody has asked.
const EVERY: Duration = Duration::from_secs(2);
/// The wait after an error.
const AFTER_ERROR: Duration = Duration::from_secs(15);

/// Looks and sends for ever; errors are logged and it is tried again. Safe beside another relay: a letter that is sent twice makes
/// the same ids.
pub(crate) async fn send_asked(deps: &Deps) -> Infallible {
    loop {
        let wait = match look(deps).await {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "dead letters cannot be sent again now, and it is tried later: {error}");
                AFTER_ERROR
            }
        };
        tokio::time::sleep(wait).await;
    }
}

async fn look(deps: &Deps) -> Result<(), StageError> {
    let wanted = asked(&deps.db).answered().await?;
    if wanted.is_empty() {
        return Ok(());
    }
    let mut letters: Vec<DeadLetter> = Vec::new();
    let read = dead::read_all(deps, |letter| {
        if wanted.contains(&letter.dead_id) && !letters.iter().any(|known| known.dead_id == letter.dead_id) {
            letters.push(letter);
        }
    });
    if let Err(error) = read.await {
        return refuse(deps, &wanted, error).await;
    }
    for id in &wanted {
        let letter = letters.iter().find(|letter| letter.dead_id == *id);
        let (action, why) = match letter {
            None => (Action::Failed, "the topic no longer has it".to_owned()),
            Some(letter) => match send(deps, letter).await {
                Ok(()) => (Action::Retried, String::new()),
                Err(StageError::Transient(why)) => return Err(StageError::Transient(why)),
                Err(why) => (Action::Failed, why.to_string()),
            },
        };
        // Sent before it is noted: the other way round a crash would lose it.
        answer(&deps.db, id, action, &why, (deps.clock)()).answered().await?;
    }
    Ok(())
}

/// What does not help to try again is the answer to whoever asked.
async fn refuse(deps: &Deps, wanted: &[DeadId], error: StageError) -> Result<(), StageError> {
    if matches!(error, StageError::Transient(_)) {
        return Err(error);
    }
    for id in wanted {
        answer(&deps.db, id, Action::Failed, &error.to_string(), (deps.clock)()).answered().await?;
    }
    Ok(())
}

async fn send(deps: &Deps, letter: &DeadLetter) -> Result<(), StageError> {
    let record = dead::record_of(letter, &deps.topics, (deps.clock)()).map_err(StageError::Fatal)?;
    let producer = deps.bus.producer().await?;
    producer.send(vec![record]).await?;
    Ok(())
}
