//! Why a command ends early, and the exit code that says so: 1 failed while running, 2 wrong usage, configuration or SQL.

use std::process::ExitCode;

/// Why a command ends early.
#[derive(Debug)]
pub enum Fault {
    /// The user wrote something that can't be done: an argument, a key, a statement, a place.
    Usage(anyhow::Error),
    /// It was asked for rightly and failed.
    Failed(anyhow::Error),
    /// As `Usage`, and already told where it was found, place by place.
    Told,
}

impl Fault {
    /// A fault of usage with this message.
    pub fn usage(message: impl Into<String>) -> Fault {
        Fault::Usage(anyhow::Error::msg(message.into()))
    }

    /// A failure with this message.
    pub fn failed(message: impl Into<String>) -> Fault {
        Fault::Failed(anyhow::Error::msg(message.into()))
    }

    /// Tells the user, on standard error, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Fault::Usage(error) => tell(error, 2),
            Fault::Failed(error) => tell(error, 1),
            Fault::Told => ExitCode::from(2),
        }
    }
}

fn tell(error: &anyhow::Error, code: u8) -> ExitCode {
    eprintln!("error: {}", with_causes(error));
    ExitCode::from(code)
}

/// An error and its causes, each once: what an error says of its cause itself is not said again.
fn with_causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.contains(&cause) {
        true => said,
        false if said.is_empty() => cause,
        false => format!("{said}: {cause}"),
    })
}

impl<E: Into<anyhow::Error>> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault::Failed(error.into())
    }
}

/// Turns any error into a fault of usage.
pub trait OrUsage<T> {
    /// The value, or the error as a fault of usage.
    fn or_usage(self) -> Result<T, Fault>;
}

impl<T, E: Into<anyhow::Error>> OrUsage<T> for Result<T, E> {
    fn or_usage(self) -> Result<T, Fault> {
        self.map_err(|error| Fault::Usage(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn each_cause_is_told_once() {
        let refused = || std::io::Error::other("permission denied");
        let told =
            |context: &str| with_causes(&Err::<(), _>(refused()).context(context.to_owned()).expect_err("an error"));
        assert_eq!(told("can't read `x`"), "can't read `x`: permission denied");
        assert_eq!(told("can't read `x`: permission denied; mend it"), "can't read `x`: permission denied; mend it");
    }
}
