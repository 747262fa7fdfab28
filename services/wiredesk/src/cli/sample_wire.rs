//! `wiredesk sample-wire`.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;
use wiredesk_runtime::health::State;

use crate::boot;
use crate::cli::ConfigArgs;
use crate::failure::Failure;
use crate::parts::sample_wire;

/// Flags over `[sample_wire]`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port; port 0 takes a free one
    #[arg(long)]
    listen: Option<String>,
    /// Seconds of the wire's clock in one second
    #[arg(long)]
    speed: Option<f64>,
    /// The clock stands still and is set by POST /control/clock
    #[arg(long)]
    manual: bool,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let root = crate::config::read(args)?.value;
    let mut config = root.sample_wire.clone();
    if let Some(listen) = &own.listen {
        config.listen.clone_from(listen);
    }
    config.speed = own.speed.unwrap_or(config.speed);
    config.manual |= own.manual;
    boot::block_on(async {
        let process = boot::Process::start(&root).await?;
        let stop: CancellationToken = process.shutdown();
        let served = sample_wire::serve(config, stop.clone()).await.map_err(Failure::of)?;
        // One that others reach by a name is a service as the others are; one beside a desk leaves that address to the desk.
        if root.sample_wire.url.is_some() {
            process.serve_admin(&root).await?;
            process.health().set("sample-wire", State::Ready);
        }
        println!("{}", served.base_url());
        stop.cancelled().await;
        process.end().await;
        Ok(ExitCode::SUCCESS)
    })
}
