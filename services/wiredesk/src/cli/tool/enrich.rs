//! `wiredesk tool enrich`.

use std::io::{self, IsTerminal};

use wiredesk_runtime::terminal::Colour;

use super::LinesArgs;
use super::lines;
use super::output::Output;
use crate::parts::Enricher;
use crate::parts::processor::explain::{page, paint};

/// What is enriched, and how it is shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    lines: LinesArgs,
    /// On a terminal, show the text with its spans in colours (brackets with NO_COLOR) and everything that was found
    #[arg(long)]
    explain: bool,
    /// Show one item as an HTML page: wiredesk tool enrich --html ITEM.jsonl > item.html
    #[arg(long, conflicts_with = "explain")]
    html: bool,
}

/// Enriches every line: JSON Lines, or text for people.
pub fn run(args: &Args, out: &mut Output) -> io::Result<()> {
    let enricher = Enricher::new();
    let files = &args.lines.files;
    if args.html {
        let mut pages = 0_u32;
        return lines::each(files, out, |out, place, line| {
            pages += 1;
            if pages == 1 {
                return out.text_of(place, || page(&enricher.explain(line)));
            }
            out.skip(place, "--html makes the page of one item, and it is made of the first");
            Ok(())
        });
    }
    if !(args.explain && io::stdout().is_terminal()) {
        return lines::run(files, out, |line| enricher.enrich(line));
    }
    let colour = Colour::wanted();
    lines::each(files, out, |out, place, line| out.text_of(place, || paint(&enricher.explain(line), colour)))
}
