//! Configuration in layers, each over the one before: the defaults of the types, a TOML file, the environment, flags.
//! Unknown keys are refused wherever they come from, and every value knows where it came from.

mod env;
mod error;
mod layers;
mod print;
mod suggest;

pub use env::{Alias, Setting};
pub use error::ConfigError;
pub use layers::{Loaded, Sources, load};
pub use suggest::with_suggestion;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The default of its type.
    Default,
    /// The file of this name.
    File(String),
    /// The environment variable of this name.
    Env(String),
    /// A `--set` flag.
    Flag,
}

impl std::fmt::Display for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) => f.write_str(name),
            Self::Env(name) => write!(f, "${name}"),
            Self::Flag => f.write_str("--set"),
        }
    }
}
