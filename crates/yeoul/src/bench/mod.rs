//! The figures of the README, one file each. A figure is a sentence for people and numbers for machines.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fault::Fault;

pub mod append;
mod child;
pub mod decode;
pub mod latency;
pub mod window;

/// One figure.
pub struct Figure {
    /// Its name on the command line.
    pub name: &'static str,
    /// For people.
    pub text: String,
    /// For machines.
    pub json: Value,
}

/// A folder that goes when it is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("can't remove `{}`: {error}", self.0.display());
        }
    }
}

/// A new folder under `folder`, which decides which disk is measured.
///
/// # Errors
/// A folder that can't be written.
pub fn scratch(folder: &Path, name: &str) -> Result<Scratch, Fault> {
    let path = folder.join(format!("yeoul-bench-{name}-{}", std::process::id()));
    let made = std::fs::create_dir_all(&path);
    made.map_err(|error| {
        Fault::usage(format!("can't write `{}`: {error}; name another folder with `--dir`", path.display()))
    })?;
    Ok(Scratch(path))
}

/// The middle one; sorts `values`.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
