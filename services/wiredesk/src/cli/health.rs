//! `wiredesk health`: is the process of this configuration ready? An image holds no other program that could ask.

use std::process::ExitCode;

use crate::boot;
use crate::cli::ConfigArgs;
use crate::failure::Failure;
use crate::readiness::{self, Readiness};

pub fn run(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let listen = crate::config::read(args)?.value.admin.listen;
    boot::block_on(async {
        let wrong = match readiness::ask(&listen).await {
            Readiness::Ready => {
                println!("ready");
                return Ok(ExitCode::SUCCESS);
            }
            Readiness::Waiting(why) => format!("not ready: {why}"),
            Readiness::Nobody => format!(
                "nobody answers at {listen} (admin.listen): it has not started, or has ended; see its log"
            ),
            Readiness::Silent => {
                format!("{listen} (admin.listen) takes the question and does not answer: restart it")
            }
            Readiness::Stranger => {
                format!(
                    "what answers at {listen} is not wiredesk: set admin.listen to the address of the process in question"
                )
            }
        };
        Err(Failure::Failed(wrong))
    })
}
