//! A project folder: `yeoul.toml`, `*.sql` in the order of their names, `data/`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::fault::Fault;

/// One SQL file.
#[derive(Clone, Debug)]
pub struct SqlFile {
    /// Its path, as the user would write it.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl SqlFile {
    /// Reads `path`.
    ///
    /// # Errors
    /// A file that isn't there, can't be read or isn't UTF-8.
    pub fn read(path: &Path) -> Result<SqlFile, Fault> {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        Ok(SqlFile { path: path.to_owned(), text })
    }

    /// The path as text.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let shown = path.display();
    Fault::usage(match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("`{shown}` doesn't exist; name a project folder or a `.sql` file")
        }
        std::io::ErrorKind::InvalidData => format!("`{shown}` is not UTF-8 text; save it as UTF-8"),
        _ => format!("can't read `{shown}`: {error}; make it readable"),
    })
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// Its configuration.
    pub config: Config,
    /// Its SQL, in the order of the files' names.
    pub files: Vec<SqlFile>,
}

impl Project {
    /// The project in a folder, or that of one `.sql` file: without a configuration.
    ///
    /// # Errors
    /// A folder, a configuration or a file that can't be read.
    pub fn of(path: &Path) -> Result<Project, Fault> {
        if path.is_dir() {
            return Project::load(path);
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Project { folder, config: Config::default(), files: vec![SqlFile::read(path)?] })
    }

    /// Reads `folder`.
    ///
    /// # Errors
    /// A folder, a configuration or a file that can't be read.
    pub fn load(folder: &Path) -> Result<Project, Fault> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "sql") && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        let files = paths.iter().map(|path| SqlFile::read(path)).collect::<Result<Vec<_>, _>>()?;
        let config = Config::load(folder)?;
        config.feed.iter().try_for_each(|feed| check_feed(folder, &feed.file))?;
        Ok(Project { folder: folder.to_owned(), config, files })
    }
}

/// A feed's file must be there.
fn check_feed(folder: &Path, file: &Path) -> Result<(), Fault> {
    if folder.join(file).is_file() {
        return Ok(());
    }
    let configuration = folder.join(crate::config::FILE);
    Err(Fault::usage(format!(
        "{}: the feed's file `{}` doesn't exist; name a file of lines in the project, or remove the feed",
        configuration.display(),
        file.display()
    )))
}
