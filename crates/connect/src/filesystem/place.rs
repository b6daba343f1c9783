//! Where tables' files may lie: within the project's folder, or within folders that the configuration names.
//!
//! A path is followed to what it really is (`..` and symbolic links resolved) before it is judged, so that neither
//! leads out (F6).

use std::io;
use std::path::{Component, Path, PathBuf};

use yeoul_engine::catalog::OptionError;

use crate::options::fault;

const KEY: &str = "path";

/// The folders in which tables' files may lie.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Relative paths begin here.
    folder: PathBuf,
    /// Folders besides that one.
    roots: Vec<PathBuf>,
}

impl Places {
    pub(crate) fn new(folder: PathBuf, roots: Vec<PathBuf>) -> Places {
        Places { folder, roots }
    }

    /// The real path of what `path` names, which need not exist.
    pub(crate) fn resolve(&self, path: &str) -> Result<PathBuf, OptionError> {
        let bare = self.bare(path)?;
        if path.contains('\0') {
            return Err(fault(KEY, "the path has a NUL in it", "write a path within the project's folder"));
        }
        let real = real_path(&self.folder.join(bare)).map_err(|error| {
            fault(KEY, format!("can't look at `{path}`: {error}"), "check the path and who may read it")
        })?;
        let allowed = std::iter::once(&self.folder).chain(&self.roots);
        let within = allowed.filter_map(|root| root.canonicalize().ok()).any(|root| real.starts_with(root));
        if within {
            return Ok(real);
        }
        let message = format!("`{path}` leads out of the project's folder");
        Err(fault(
            KEY,
            message,
            "put the files into the project's folder, or allow theirs: `--root DIR`, `files.roots` in `yeoul.toml`",
        ))
    }

    /// The path without `file:`.
    fn bare<'a>(&self, path: &'a str) -> Result<&'a str, OptionError> {
        let bare = path.strip_prefix("file://").or_else(|| path.strip_prefix("file:")).unwrap_or(path);
        match bare.split_once("://") {
            Some((scheme, _)) => {
                let message = format!("file system `{scheme}` is not supported yet");
                Err(fault(KEY, message, "write a path of this machine"))
            }
            None => Ok(bare),
        }
    }

    /// How a file within these folders is shown: from the project's folder on.
    pub(crate) fn shown(&self, real: &Path) -> String {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        real.strip_prefix(&folder).unwrap_or(real).display().to_string()
    }
}

/// A path with symbolic links and `..` resolved; what doesn't exist may only be at its end, without `..`.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    let mut missing = Vec::new();
    let mut existing = path;
    loop {
        match existing.canonicalize() {
            Ok(real) => return Ok(missing.iter().rev().fold(real, |real: PathBuf, name| real.join(name))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // A link to nowhere would be followed once something is there.
        if existing.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "a symbolic link that leads nowhere"));
        }
        match existing.components().next_back() {
            Some(Component::Normal(name)) => missing.push(name.to_owned()),
            _ => return Err(io::Error::new(io::ErrorKind::NotFound, "no such folder")),
        }
        existing = existing.parent().unwrap_or(Path::new("."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_within_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("project");
        std::fs::create_dir_all(project.join("data")).unwrap();
        std::fs::write(project.join("data/a.csv"), "x").unwrap();
        std::fs::write(dir.path().join("secret"), "x").unwrap();
        std::fs::create_dir(dir.path().join("shared")).unwrap();
        std::os::unix::fs::symlink(dir.path(), project.join("out")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("nowhere"), project.join("dangling")).unwrap();
        let places = Places::new(project.clone(), vec![dir.path().join("shared")]);
        let shared = format!("{}/shared/new/x.csv", dir.path().display());
        for good in ["data/a.csv", "./data/../data/a.csv", "lake/new/deep", "file:data/a.csv", &shared] {
            assert!(places.resolve(good).is_ok(), "{good}");
        }
        let beside = format!("{}/secret", dir.path().display());
        for bad in [
            "/etc/passwd",
            "../secret",
            "data/../../secret",
            "out/secret",
            "dangling/x",
            "new/../../secret",
            "s3://bucket/x",
            "file:///etc/passwd",
            "a\0b",
            &beside,
        ] {
            assert!(places.resolve(bad).is_err(), "{bad}");
        }
        assert_eq!(places.shown(&places.resolve("data/a.csv").unwrap()), "data/a.csv");
    }
}
