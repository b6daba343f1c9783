//! JSON paths as Flink's path library reads them: `$.a.b[0]`, `$['a']`, `$[1:3]`, `$.*`, `$..a`.
//!
//! A path is definite if it leads to one value at most. Where a definite part of a path leads nowhere, that is an error;
//! behind a wildcard it is no result.

use super::json_parse::Json;

/// Whether an error of the path is one, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// `lax`
    Lax,
    /// `strict`, also where nothing is said.
    Strict,
}

/// A path, taken apart.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Path {
    /// Its mode.
    pub(super) mode: Mode,
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Debug)]
enum Step {
    Name(String),
    Index(i64),
    Indexes(Vec<i64>),
    Slice(Option<i64>, Option<i64>),
    Any,
    /// The step behind it, at any depth.
    Deep,
}

/// Why a path can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BadPath {
    /// It is none.
    Invalid,
    /// It has a filter, a function or several names.
    Unsupported,
}

/// What a path leads to.
pub(super) type Found<'j, 'a> = Vec<&'j Json<'a>>;

impl Path {
    /// Takes a path apart.
    pub(super) fn parse(text: &str) -> Result<Path, BadPath> {
        let trimmed = text.trim();
        let mode_word = |word: &str| {
            let rest = trimmed.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
            rest.and_then(|_| trimmed[word.len()..].strip_prefix(|c: char| c.is_whitespace()))
        };
        let (mode, rest) = match (mode_word("lax"), mode_word("strict")) {
            (Some(rest), _) => (Mode::Lax, rest),
            (None, Some(rest)) => (Mode::Strict, rest),
            (None, None) => (Mode::Strict, trimmed),
        };
        let rest = rest.trim();
        let mut steps = Vec::new();
        let mut rest = match rest.strip_prefix(['$', '@']) {
            Some(rest) => rest,
            // The root may be left out in front of a name.
            None if rest.starts_with('[') => rest,
            None => name(rest, &mut steps)?,
        };
        while !rest.is_empty() {
            rest = step(rest, &mut steps)?;
        }
        Ok(Path { mode, steps })
    }

    /// Whether it leads to one value at most.
    pub(super) fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Name(_) | Step::Index(_)))
    }

    /// The values that it leads to; `None` where a definite part leads nowhere.
    pub(super) fn find<'j, 'a>(&self, root: &'j Json<'a>) -> Option<Found<'j, 'a>> {
        let mut found = vec![root];
        let mut definite = true;
        let mut steps = self.steps.iter();
        while let Some(step) = steps.next() {
            let mut next = Vec::new();
            if *step == Step::Deep {
                definite = false;
                let step = steps.next()?;
                found.iter().for_each(|value| deep(value, step, &mut next));
            } else {
                for value in &found {
                    if !step.apply(value, &mut next) && definite {
                        return None;
                    }
                }
                definite &= matches!(step, Step::Name(_) | Step::Index(_));
            }
            found = next;
        }
        Some(found)
    }
}

/// Reads one step, perhaps two (`..a`); what is left.
fn step<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, BadPath> {
    if let Some(rest) = text.strip_prefix("..") {
        steps.push(Step::Deep);
        return if rest.starts_with('[') { step(rest, steps) } else { name(rest, steps) };
    }
    if let Some(rest) = text.strip_prefix('.') {
        return name(rest, steps);
    }
    let rest = text.strip_prefix('[').ok_or(BadPath::Invalid)?;
    if rest.trim_start().starts_with('?') {
        return Err(BadPath::Unsupported);
    }
    if rest.trim_start().starts_with(['\'', '"']) {
        return names(rest, steps);
    }
    let (inside, rest) = rest.split_once(']').ok_or(BadPath::Invalid)?;
    steps.push(brackets(inside.trim())?);
    Ok(rest)
}

fn name<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, BadPath> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.contains('(') {
        return Err(BadPath::Unsupported);
    }
    match name.trim() {
        "" => return Err(BadPath::Invalid),
        "*" => steps.push(Step::Any),
        name if name.contains(char::is_whitespace) => return Err(BadPath::Invalid),
        name => steps.push(Step::Name(name.to_owned())),
    }
    Ok(rest)
}

/// `'a']`; several names make an object in Flink, which is not supported.
fn names<'a>(text: &'a str, steps: &mut Vec<Step>) -> Result<&'a str, BadPath> {
    let text = text.trim_start();
    let quote = text.chars().next().ok_or(BadPath::Invalid)?;
    let mut name = String::new();
    let mut chars = text[1..].char_indices();
    let end = loop {
        match chars.next().ok_or(BadPath::Invalid)? {
            (_, '\\') => name.extend(chars.next().map(|(_, c)| c)),
            (at, c) if c == quote => break at + 2,
            (_, c) => name.push(c),
        }
    };
    steps.push(Step::Name(name));
    let rest = text[end..].trim_start();
    if rest.starts_with(',') {
        return Err(BadPath::Unsupported);
    }
    rest.strip_prefix(']').ok_or(BadPath::Invalid)
}

fn brackets(inside: &str) -> Result<Step, BadPath> {
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| BadPath::Invalid);
    if inside == "*" {
        return Ok(Step::Any);
    }
    if let Some((from, to)) = inside.split_once(':') {
        let end = |text: &str| if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) };
        return Ok(Step::Slice(end(from)?, end(to)?));
    }
    if inside.contains(',') {
        return Ok(Step::Indexes(inside.split(',').map(number).collect::<Result<_, _>>()?));
    }
    number(inside).map(Step::Index)
}

impl Step {
    /// Appends what the step leads to from a value; whether it leads anywhere.
    fn apply<'j, 'a>(&self, value: &'j Json<'a>, found: &mut Found<'j, 'a>) -> bool {
        match (self, value) {
            (Step::Name(name), Json::Object(fields)) => match fields.get(name.as_str()) {
                Some(field) => found.push(field),
                None => return false,
            },
            (Step::Index(index), Json::Array(items)) => match item(items, *index) {
                Some(item) => found.push(item),
                None => return false,
            },
            (Step::Indexes(indexes), Json::Array(items)) => {
                found.extend(indexes.iter().filter_map(|index| item(items, *index)));
            }
            (Step::Slice(from, to), Json::Array(items)) => found.extend(slice(items, *from, *to)),
            (Step::Any, Json::Array(items)) => found.extend(items),
            (Step::Any, Json::Object(fields)) => found.extend(fields.values()),
            _ => return false,
        }
        true
    }
}

fn item<'j, 'a>(items: &'j [Json<'a>], index: i64) -> Option<&'j Json<'a>> {
    let length = i64::try_from(items.len()).ok()?;
    items.get(usize::try_from(if index < 0 { index + length } else { index }).ok()?)
}

fn slice<'j, 'a>(items: &'j [Json<'a>], from: Option<i64>, to: Option<i64>) -> &'j [Json<'a>] {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |index: i64| if index < 0 { (index + length).max(0) } else { index.min(length) };
    let (from, to) = (place(from.unwrap_or(0)), place(to.unwrap_or(length)));
    if from >= to { &[] } else { &items[from as usize..to as usize] }
}

/// The value itself and all below it, each before its children.
fn deep<'j, 'a>(value: &'j Json<'a>, step: &Step, found: &mut Found<'j, 'a>) {
    step.apply(value, found);
    match value {
        Json::Array(items) => items.iter().for_each(|item| deep(item, step, found)),
        Json::Object(fields) => fields.values().for_each(|field| deep(field, step, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::json_parse::parse;
    use super::*;

    fn find(path: &str, json: &str) -> Option<usize> {
        let json = parse(json).unwrap();
        Path::parse(path).unwrap().find(&json).map(|found| found.len())
    }

    #[test]
    fn definite_steps_must_lead_somewhere_and_others_need_not() {
        assert_eq!(find("$.a.b", r#"{"a": {}}"#), None);
        assert_eq!(find("$.a[*].b", r#"{"a": [{"b": 1}, {}]}"#), Some(1));
        assert_eq!(find("lax $..b", r#"{"a": [{"b": {"b": 2}}]}"#), Some(2));
        assert_eq!(find("$['x.y'][-1]", r#"{"x.y": [1, 2]}"#), Some(1));
        assert_eq!(find("$[1:3]", "[1, 2, 3, 4]"), Some(2));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        assert_eq!(Path::parse("bad path"), Err(BadPath::Invalid));
        assert_eq!(Path::parse("$.a[?(@.b > 1)]"), Err(BadPath::Unsupported));
    }
}
