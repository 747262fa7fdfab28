//! `wiredesk status`: the desk's numbers on one screen.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Serialize;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::outbox::backlog;
use wiredesk_store::source::{State, states};
use wiredesk_store::{condition, read};

use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::cli::style::{Paint, ago};
use crate::failure::Failure;

/// In which form.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

/// The numbers.
#[derive(Debug, Serialize)]
struct Status {
    now: Timestamp,
    items: i64,
    versions: i64,
    repeats: i64,
    /// Stories of more than one item.
    stories: i64,
    last_hour: i64,
    last_day: i64,
    /// Items of the last day by language.
    languages: BTreeMap<String, i64>,
    newest: Option<Timestamp>,
    /// Versions that wait to be published.
    outbox: u64,
    /// Wires by state.
    wires: BTreeMap<&'static str, i64>,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let counted = async {
            let now = wall_clock();
            let counts = read::counts(&db).await?;
            let volume = condition::volume(&db, now).await?;
            Ok::<_, sqlx::Error>(Status {
                now,
                items: counts.items,
                versions: counts.versions,
                repeats: counts.duplicates,
                stories: counts.stories,
                last_hour: volume.last_hour,
                last_day: volume.languages.values().sum(),
                languages: volume.languages,
                newest: volume.newest,
                outbox: backlog(&db).await?.rows,
                wires: states(&db).await?.into_iter().map(|(state, n)| (state.as_str(), n)).collect(),
            })
        };
        let counted = counted.await.map_err(|error| {
            Failure::Failed(format!("the desk cannot be counted: {error}; `wiredesk doctor` says more"))
        });
        process.end().await;
        let status = counted?;
        if own.json {
            println!("{}", serde_json::to_string(&status).map_err(Failure::of)?);
        } else {
            print!("{}", screen(&status, Paint::of_stdout()));
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn screen(status: &Status, paint: Paint) -> String {
    let line = |name: &str, value: String| format!("{}  {value}\n", paint.quiet(&format!("{name:<9}")));
    let mut languages: Vec<(&String, &i64)> = status.languages.iter().collect();
    languages.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let languages: Vec<String> = languages.iter().map(|(language, n)| format!("{language} {n}")).collect();
    let wires: Vec<String> = State::ALL
        .into_iter()
        .filter_map(|state| {
            let n = *status.wires.get(state.as_str())?;
            (n > 0).then(|| paint.state(state, &format!("{n} {}", state.as_str())))
        })
        .collect();
    let or_none = |parts: Vec<String>| if parts.is_empty() { "none".to_owned() } else { parts.join(", ") };
    let mut out = String::new();
    out += &line(
        "items",
        format!("{} in {} versions; {} repeat another", status.items, status.versions, status.repeats),
    );
    out += &line("stories", format!("{} of more than one item", status.stories));
    out += &line("newest", ago(status.newest, status.now));
    out += &line(
        "volume",
        format!("{} in the last hour, {} in the last day", status.last_hour, status.last_day),
    );
    out += &line("languages", or_none(languages));
    out += &line("outbox", format!("{} on the way", status.outbox));
    out += &line("wires", or_none(wires));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_has_what_there_is_and_says_none_where_there_is_nothing() {
        let now: Timestamp = "2026-02-15T12:00:00Z".parse().unwrap();
        let mut status = Status {
            now,
            items: 0,
            versions: 0,
            repeats: 0,
            stories: 0,
            last_hour: 0,
            last_day: 0,
            languages: BTreeMap::new(),
            newest: None,
            outbox: 0,
            wires: State::ALL.into_iter().map(|state| (state.as_str(), 0)).collect(),
        };
        let empty = screen(&status, Paint::plain());
        assert!(empty.contains("languages  none\n") && empty.contains("wires      none\n"), "{empty}");
        status.languages = [("es".to_owned(), 3), ("pt".to_owned(), 40)].into();
        status.wires.insert("silent", 2);
        status.newest = Some("2026-02-15T11:58:00Z".parse().unwrap());
        let full = screen(&status, Paint::plain());
        assert!(
            full.contains("languages  pt 40, es 3\n") && full.contains("wires      2 silent\n"),
            "{full}"
        );
        assert!(full.contains("newest     2 min ago\n"), "{full}");
    }
}
