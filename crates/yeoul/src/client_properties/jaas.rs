//! `sasl.jaas.config`: `org.apache.kafka….ScramLoginModule required username="alice" password="secret";`

use yeoul_broker::Mechanism;

/// Name and password.
pub(super) fn user(text: &str, mechanism: Mechanism) -> Result<(String, String), String> {
    let text = text.trim().strip_suffix(';').ok_or("it has to end in `;`")?;
    let (module, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let expected = match mechanism {
        Mechanism::Plain => "org.apache.kafka.common.security.plain.PlainLoginModule",
        Mechanism::Scram(_) => "org.apache.kafka.common.security.scram.ScramLoginModule",
    };
    if module != expected {
        return Err(format!("`{module}` is not the module of {mechanism}; write `{expected}`"));
    }
    let (_flag, options) = rest.trim_start().split_once(char::is_whitespace).ok_or("it names no user")?;
    let (mut user, mut password) = (None, None);
    let mut left = options.trim_start();
    while !left.is_empty() {
        let (name, value, behind) = option(left)?;
        match name {
            "username" => user = Some(value),
            "password" => password = Some(value),
            other => return Err(format!("the option `{other}` is not supported")),
        }
        left = behind.trim_start();
    }
    user.zip(password).ok_or_else(|| "it needs `username` and `password`".to_owned())
}

/// An option's name and value, and what is behind it. The error repeats nothing of a value, which may be a password.
fn option(text: &str) -> Result<(&str, String, &str), String> {
    let (name, rest) = text.split_once('=').ok_or("options are written `name=\"value\"`")?;
    let mut characters = rest.trim_start().strip_prefix('"').ok_or("values stand in double quotes")?.chars();
    let mut value = String::new();
    loop {
        match characters.next().ok_or("a value does not end")? {
            '"' => return Ok((name.trim_end(), value, characters.as_str())),
            '\\' => value.push(characters.next().ok_or("a value does not end")?),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yeoul_broker::ScramHash;

    const PLAIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule";

    #[test]
    fn name_and_password_are_read() {
        let text = format!("{PLAIN} required\n username=\"a b\"   password=\"x=\\\"y\\\\\" ;");
        assert_eq!(user(&text, Mechanism::Plain), Ok(("a b".to_owned(), "x=\"y\\".to_owned())));
    }

    #[test]
    fn what_is_missing_or_unknown_is_said_and_no_password() {
        for (text, said) in [
            (format!("{PLAIN} required username=\"u\" password=\"canary\""), "end in `;`"),
            (format!("{PLAIN} required username=\"u\";"), "it needs"),
            (format!("{PLAIN} required password=\"canary\" token=\"x\";"), "`token`"),
            (format!("{PLAIN} required password=\"canary;"), "does not end"),
            (format!("{PLAIN} required password=canary;"), "double quotes"),
            (format!("{PLAIN};"), "names no user"),
        ] {
            let error = user(&text, Mechanism::Plain).unwrap_err();
            assert!(error.contains(said) && !error.contains("canary"), "{text}: {error}");
        }
        let other =
            user(&format!("{PLAIN} required username=\"u\" password=\"p\";"), Mechanism::Scram(ScramHash::Sha512));
        assert!(other.unwrap_err().contains("ScramLoginModule"));
    }
}
