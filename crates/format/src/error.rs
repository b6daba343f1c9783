//! What can be wrong with options and with rows.

use thiserror::Error;

/// A format's option that can't be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("option `{key}`: {message}; {help}")]
pub struct FormatError {
    /// The option's key, without the format's prefix (`ignore-parse-errors`); empty where the format or a column's
    /// type itself is at fault.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// A row that can't be decoded. Nothing of it stays in the decoder.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{reason} at byte {at}")]
pub struct RowError {
    /// What is wrong with it.
    pub reason: String,
    /// Where, in bytes from the start of the row.
    pub at: usize,
}

impl RowError {
    pub(crate) fn new(reason: impl Into<String>, at: usize) -> RowError {
        RowError { reason: reason.into(), at }
    }
}

/// A row that can't be encoded.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum EncodeError {
    /// The columns aren't those that the encoder was made for.
    #[error("column `{column}` is `{found}`, but `{expected}` was announced")]
    Layout {
        /// The column.
        column: String,
        /// Its Arrow type.
        found: String,
        /// The announced type.
        expected: String,
    },
    /// A value that the format can't express.
    #[error("column `{column}`: {reason}")]
    Value {
        /// The column.
        column: String,
        /// Why it can't be expressed.
        reason: String,
    },
}
