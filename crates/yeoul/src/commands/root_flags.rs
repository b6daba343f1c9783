//! Where tables' files may lie, from the command line.

use std::path::PathBuf;

use crate::config::Config;
use crate::fault::Fault;

/// Folders besides the project's.
#[derive(Debug, clap::Args)]
pub struct RootFlags {
    /// A folder besides the project's in which tables' files may lie; may be repeated
    #[arg(long = "root", value_name = "DIR")]
    roots: Vec<PathBuf>,
}

impl RootFlags {
    /// Adds them to the configuration's; relative ones begin in the current folder.
    ///
    /// # Errors
    /// A path that is no folder.
    pub fn add_to(&self, config: &mut Config) -> Result<(), Fault> {
        for root in &self.roots {
            let unusable =
                |error| Fault::usage(format!("can't use `--root {}`: {error}; name a folder", root.display()));
            config.files.roots.push(root.canonicalize().map_err(unusable)?);
        }
        Ok(())
    }
}
