//! The name that a misspelt one most likely means.

/// The nearest of `candidates` to `name`, if any is near: case aside, at most a third of its characters differ.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NAME_CHARS_MAX: usize = 128;
    let wanted: Vec<char> = name.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let far = wanted.len() / 3 + 1;
    let scored = candidates.into_iter().map(|candidate| {
        let other: Vec<char> = candidate.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
        (distance(&wanted, &other), candidate)
    });
    scored.filter(|(score, _)| *score <= far).min_by_key(|(score, _)| *score).map(|(_, candidate)| candidate)
}

/// The remedy for an unknown name: the nearest one, else the list of all.
#[must_use]
pub fn did_you_mean(name: &str, candidates: &[&str], what: &str) -> String {
    const LISTED_MAX: usize = 12;
    if let Some(near) = nearest(name, candidates.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if candidates.is_empty() {
        return format!("there are no {what}");
    }
    let listed: Vec<String> = candidates.iter().take(LISTED_MAX).map(|name| format!("`{name}`")).collect();
    let more = if candidates.len() > LISTED_MAX { ", …" } else { "" };
    format!("{what}: {}{more}", listed.join(", "))
}

/// How many characters must be added, removed or changed (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
