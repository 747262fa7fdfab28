//! `wiredesk migrate`.

use std::process::ExitCode;

use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::failure::Failure;
use crate::roles::{self, Prefix};

/// Roles beside the tables.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Also makes the Postgres roles of least privilege, one a service, and sets their rights
    #[arg(long)]
    roles: bool,
    /// First part of the roles' names: roles belong to the whole cluster, so each deployment in it needs its own
    #[arg(long, value_name = "NAME", default_value = "wiredesk", requires = "roles", value_parser = roles::prefix)]
    role_prefix: Prefix,
    /// Only prints the SQL of the roles, for an administrator to run (psql --single-transaction)
    #[arg(long, requires = "roles")]
    print: bool,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    if own.print {
        print!("{}", roles::script(&own.role_prefix, config.bus.kind)?);
        return Ok(ExitCode::SUCCESS);
    }
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let result = async {
            process.migrate(&config).await?;
            if own.roles {
                let db = process.database(&config).await?;
                roles::apply(&db, &own.role_prefix, config.bus.kind).await?;
            }
            Ok::<(), Failure>(())
        }
        .await;
        process.end().await;
        result?;
        println!("Postgres is up to date and every topic is there");
        if own.roles {
            println!("{}", roles::next_steps(&own.role_prefix)?);
        }
        Ok(ExitCode::SUCCESS)
    })
}
