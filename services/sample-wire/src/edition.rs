//! One version of one item, with every macro filled.

use chrono::NaiveDate;
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{Change, Timestamp};

use crate::wires::Wire;

/// A dateline as printed and what it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Printed {
    pub(crate) raw: String,
    pub(crate) place: String,
    pub(crate) agency: Option<&'static str>,
    /// Absent where the agency prints none.
    pub(crate) date: Option<NaiveDate>,
}

/// One version of one item.
#[derive(Clone, Debug)]
pub(crate) struct Edition {
    pub(crate) wire: &'static Wire,
    pub(crate) slug: String,
    pub(crate) section: String,
    pub(crate) guid: String,
    pub(crate) link: String,
    /// Headline with its mark, as the feed prints it.
    pub(crate) title: String,
    /// Headline without marks.
    pub(crate) headline: String,
    pub(crate) teaser: String,
    pub(crate) dateline: Option<Printed>,
    pub(crate) byline: Option<String>,
    pub(crate) top: Option<String>,
    pub(crate) end: Option<String>,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) kind: CopyKind,
    pub(crate) photo: bool,
    pub(crate) developing: bool,
    pub(crate) published: Timestamp,
    pub(crate) updated: Timestamp,
    /// Second of release.
    pub(crate) at: i64,
    pub(crate) change: Change,
    pub(crate) pub_status: PubStatus,
    pub(crate) embargoed_until: Option<Timestamp>,
    pub(crate) contains: Vec<String>,
    pub(crate) lacks: Vec<String>,
}

impl Edition {
    /// The paragraphs as the agency sends them: the dateline opens the first.
    pub(crate) fn with_dateline(&self) -> Vec<String> {
        let mut out = Vec::with_capacity(self.paragraphs.len() + 2);
        out.extend(self.top.clone());
        for (index, paragraph) in self.paragraphs.iter().enumerate() {
            match (&self.dateline, index) {
                (Some(dateline), 0) => out.push(format!("{} {paragraph}", dateline.raw)),
                _ => out.push(paragraph.clone()),
            }
        }
        out.extend(self.end.clone());
        out
    }
}
