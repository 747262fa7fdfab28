//! The process whose admin address the configuration names: is it ready, and if not, what does it wait for?

use super::finding::Finding;
use crate::readiness::{self, Readiness};

const ABOUT: &str = "process";

pub(super) async fn look(listen: &str) -> Finding {
    judge(listen, readiness::ask(listen).await)
}

fn judge(listen: &str, answer: Readiness) -> Finding {
    match answer {
        Readiness::Ready => Finding::well(ABOUT, format!("the one at {listen} is ready")),
        Readiness::Waiting(why) => {
            Finding::ill(ABOUT, format!("the one at {listen}: {why}"), "mend what it waits for")
        }
        Readiness::Nobody => Finding::weak(
            ABOUT,
            format!("nobody answers at {listen}, the admin address of this configuration"),
            "start one (`wiredesk run`), or run the doctor with the configuration of the process in question",
        ),
        Readiness::Silent => {
            Finding::ill(ABOUT, format!("{listen} takes the question and does not answer"), "restart it")
        }
        Readiness::Stranger => Finding::weak(
            ABOUT,
            format!("what answers at {listen} is not wiredesk"),
            "set admin.listen to the address of the process in question",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    #[test]
    fn what_a_process_says_of_itself_is_passed_on() {
        assert_eq!(judge("a", Readiness::Ready).grade, Grade::Well);
        let waits = judge("a", Readiness::Waiting("relay is retrying (Kafka: refused)".to_owned()));
        assert_eq!(
            (waits.grade, waits.says.as_str()),
            (Grade::Ill, "the one at a: relay is retrying (Kafka: refused)")
        );
        assert_eq!(judge("a", Readiness::Stranger).grade, Grade::Weak);
    }
}
