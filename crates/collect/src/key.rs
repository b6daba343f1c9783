//! The records' keys: one for all, or a field of each.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::http::HeaderMap;
use serde_json::value::RawValue;

use crate::fault::Fault;

/// Where keys come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum KeySource {
    /// Records have no key.
    None,
    /// All have this one.
    Same(Vec<u8>),
    /// The value of a field: a string's text, another value's JSON; no key if it is missing or null.
    Field(String),
}

impl KeySource {
    /// Reads `?key=`, `?key-field=` and the header `Yeoul-Key`.
    pub(crate) fn parse(parameters: &[(Vec<u8>, Vec<u8>)], headers: &HeaderMap) -> Result<KeySource, Fault> {
        let mut sources = Vec::new();
        for (name, value) in parameters {
            sources.push(match name.as_slice() {
                b"key" => KeySource::Same(value.clone()),
                b"key-field" => KeySource::Field(field_name(value)?),
                _ => {
                    let name = String::from_utf8_lossy(name);
                    return Err(Fault::bad(
                        format!("there is no parameter `{name}`"),
                        "there are `key` and `key-field`",
                    ));
                }
            });
        }
        sources.extend(headers.get_all("yeoul-key").iter().map(|key| KeySource::Same(key.as_bytes().to_vec())));
        if sources.len() > 1 {
            let help = "give one of `key`, `key-field` and the header `Yeoul-Key`";
            return Err(Fault::bad("the key is given more than once", help));
        }
        Ok(sources.pop().unwrap_or(KeySource::None))
    }

    /// The key of a record, which is a sound JSON value.
    pub(crate) fn key_of(&self, record: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self {
            KeySource::None => None,
            KeySource::Same(key) => Some(Cow::Borrowed(key)),
            KeySource::Field(name) => field(record, name).map(Cow::Owned),
        }
    }
}

fn field_name(bytes: &[u8]) -> Result<String, Fault> {
    let name = String::from_utf8(bytes.to_vec());
    name.map_err(|_| Fault::bad("`key-field` is not UTF-8", "name a field of the records"))
}

fn field(record: &[u8], name: &str) -> Option<Vec<u8>> {
    // What isn't an object has no fields.
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(record).ok()?;
    let value = fields.get(name)?.get();
    if value == "null" {
        return None;
    }
    Some(serde_json::from_str::<String>(value).map_or_else(|_| value.as_bytes().to_vec(), String::into_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fields_key_is_its_text() {
        let key = |record: &str| {
            let source = KeySource::Field("k".to_owned());
            source.key_of(record.as_bytes()).map(|key| String::from_utf8(key.into_owned()).unwrap())
        };
        assert_eq!(key(r#"{"k":"a\u0062"}"#).as_deref(), Some("ab"));
        assert_eq!(key(r#"{"x":{"k":1},"k": 1.50}"#).as_deref(), Some("1.50"));
        for none in [r#"{"k":null}"#, r#"{"x":1}"#, "[1]", "1"] {
            assert_eq!(key(none), None, "{none}");
        }
    }
}
