//! `clean`: clean copy and the verdict on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::copy::CopyItem;
use crate::message::{Kind, Message};
use crate::verdict::Verdict;

/// Clean copy with the verdict of the dedupe stage. Key: item id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CleanItem {
    /// Version of this message's form.
    pub schema_version: u16,
    /// The copy.
    pub copy: CopyItem,
    /// What it is to what came before.
    pub verdict: Verdict,
}

impl Message for CleanItem {
    const KIND: Kind = Kind::Clean;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        self.copy.item_id.as_str()
    }
    fn id(&self) -> String {
        self.copy.id()
    }
    fn subject(&self) -> &str {
        self.copy.item_id.as_str()
    }
    fn source(&self) -> String {
        self.copy.source()
    }
}
