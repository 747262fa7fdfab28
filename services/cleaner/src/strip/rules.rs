//! What the core goes by: built once, shared by all workers.

use super::conventions::agencies::Agencies;
use super::language::Languages;

/// Tables and detectors of the strip stage.
#[derive(Default)]
pub struct Rules {
    /// Names of agencies.
    pub agencies: Agencies,
    /// Tells languages.
    pub languages: Languages,
}

impl Rules {
    /// The rules with further agencies, named as a dateline prints them.
    pub fn new(more_agencies: &[String]) -> Self {
        Self { agencies: Agencies::with(more_agencies), languages: Languages::default() }
    }
}
