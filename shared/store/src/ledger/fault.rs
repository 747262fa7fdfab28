//! Places where a test can make a transaction fail, as a crash or a lost answer would.

use std::fmt;
use std::sync::Arc;

use super::LedgerError;

type Hook = dyn Fn(&'static str) -> bool + Send + Sync;

/// Where to fail; nowhere, outside tests.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Hook>>);

impl Faults {
    /// Nowhere.
    pub fn none() -> Self {
        Self(None)
    }

    /// At every step for which `hook` answers true.
    pub fn new(hook: impl Fn(&'static str) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// Is this step to fail now?
    pub fn strikes(&self, step: &'static str) -> bool {
        wiredesk_failpoint::hit(step);
        self.0.as_ref().is_some_and(|hook| hook(step))
    }

    pub(super) fn hit(&self, step: &'static str) -> Result<(), LedgerError> {
        if self.strikes(step) { Err(LedgerError::Injected(step)) } else { Ok(()) }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Faults(some)" } else { "Faults(none)" })
    }
}
