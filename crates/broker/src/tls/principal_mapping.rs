//! From a certificate's subject to a user's name (KIP-371, Kafka's `ssl.principal.mapping.rules`): the first rule that
//! fits the whole subject gives the name.
//!
//! ```text
//! DEFAULT                          the subject as it is
//! RULE:pattern/replacement/        pattern is a regular expression, $1 its first group
//! RULE:pattern/replacement/L       in lower case; U: in upper case
//! ```

use std::str::FromStr;

use regex::Regex;

/// Rules, in their order.
#[derive(Clone, Debug, Default)]
pub struct PrincipalMapping {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
enum Rule {
    Default,
    Replace { pattern: Regex, replacement: String, case: Case },
}

#[derive(Clone, Copy, Debug)]
enum Case {
    AsIs,
    Lower,
    Upper,
}

impl PrincipalMapping {
    /// These rules; without any, the subject is the name.
    ///
    /// # Errors
    /// A rule that can't be read.
    pub fn new<T: AsRef<str>>(rules: &[T]) -> Result<PrincipalMapping, String> {
        let rules = rules.iter().map(|rule| rule.as_ref().parse()).collect::<Result<_, _>>()?;
        Ok(PrincipalMapping { rules })
    }

    /// The name of a subject; nothing if no rule fits.
    pub(crate) fn name(&self, subject: &str) -> Option<String> {
        if self.rules.is_empty() {
            return Some(subject.to_owned());
        }
        self.rules.iter().find_map(|rule| rule.name(subject)).filter(|name| !name.is_empty())
    }
}

impl Rule {
    fn name(&self, subject: &str) -> Option<String> {
        match self {
            Rule::Default => Some(subject.to_owned()),
            Rule::Replace { pattern, replacement, case } => {
                let found = pattern.captures(subject)?;
                let mut name = String::new();
                found.expand(replacement, &mut name);
                Some(match case {
                    Case::AsIs => name,
                    Case::Lower => name.to_lowercase(),
                    Case::Upper => name.to_uppercase(),
                })
            }
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Rule, String> {
        if text == "DEFAULT" {
            return Ok(Rule::Default);
        }
        let wrong = || format!("`{text}` is not a rule; write `DEFAULT` or `RULE:^CN=(.*?),.*$/$1/`");
        let body = text.strip_prefix("RULE:").ok_or_else(wrong)?;
        let (body, case) = match body.rsplit_once('/').ok_or_else(wrong)? {
            (body, "") => (body, Case::AsIs),
            (body, "L") => (body, Case::Lower),
            (body, "U") => (body, Case::Upper),
            _ => return Err(wrong()),
        };
        let (pattern, replacement) = body.rsplit_once('/').ok_or_else(wrong)?;
        // The whole subject has to fit, as in Java's `matches`.
        let pattern = Regex::new(&format!("^(?:{pattern})$")).map_err(|error| format!("`{text}`: {error}"))?;
        // `$1x` is group 1 and an x for Java, a group called `1x` for this library.
        let groups = Regex::new(r"\$(\d+)").expect("it is a regular expression");
        let replacement = groups.replace_all(replacement, "$${$1}").into_owned();
        Ok(Rule::Replace { pattern, replacement, case })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &[&str], subject: &str, name: Option<&str>) {
        let mapping = PrincipalMapping::new(rules).unwrap();
        assert_eq!(mapping.name(subject).as_deref(), name, "{rules:?} {subject}");
    }

    #[test]
    fn the_first_rule_that_fits_gives_the_name() {
        const SUBJECT: &str = "CN=Alice,OU=Ops,O=Acme,C=KR";
        check(&[], SUBJECT, Some(SUBJECT));
        check(&["DEFAULT"], SUBJECT, Some(SUBJECT));
        check(&["RULE:^CN=(.*?),OU=Ops.*$/$1/"], SUBJECT, Some("Alice"));
        check(&["RULE:^CN=(.*?),.*$/$1/L"], SUBJECT, Some("alice"));
        check(&["RULE:^CN=(.*?),OU=(.*?),.*$/$1x@$2/U"], SUBJECT, Some("ALICEX@OPS"));
        check(&["RULE:^CN=(.*?)$/$1/", "DEFAULT"], "CN=Alice", Some("Alice"));
        check(&["RULE:CN=Bob/bob/", "DEFAULT"], SUBJECT, Some(SUBJECT));
        check(&["RULE:CN=(Al)/$1/"], SUBJECT, None);
    }

    #[test]
    fn a_rule_that_can_not_be_read_is_refused() {
        for rule in ["", "default", "RULE:", "RULE:a", "RULE:a/b", "RULE:a/b/X", "RULE:(/b/"] {
            assert!(PrincipalMapping::new(&[rule]).is_err(), "{rule}");
        }
    }
}
