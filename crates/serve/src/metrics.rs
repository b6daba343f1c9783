//! Figures in Prometheus' text format (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Collects figures, and writes each family once, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    families: BTreeMap<&'static str, Family>,
}

#[derive(Clone, Debug)]
struct Family {
    kind: &'static str,
    help: &'static str,
    samples: String,
}

impl Metrics {
    /// Adds a figure that only grows; by convention its name ends in `_total`.
    pub fn counter(&mut self, name: &'static str, help: &'static str, labels: &[(&str, &str)], value: u64) {
        self.sample("counter", name, help, labels, format_args!("{value}"));
    }

    /// Adds a figure that comes and goes.
    pub fn gauge(&mut self, name: &'static str, help: &'static str, labels: &[(&str, &str)], value: f64) {
        self.sample("gauge", name, help, labels, format_args!("{value}"));
    }

    fn sample(
        &mut self,
        kind: &'static str,
        name: &'static str,
        help: &'static str,
        labels: &[(&str, &str)],
        value: std::fmt::Arguments<'_>,
    ) {
        let family = self.families.entry(name).or_insert(Family { kind, help, samples: String::new() });
        let out = &mut family.samples;
        out.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            out.push(if place == 0 { '{' } else { ',' });
            // Writing to a string can't fail.
            let _ = write!(out, "{label}=\"{}\"", escaped(text));
        }
        let _ = writeln!(out, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, family) in &self.families {
            let _ = write!(out, "# HELP {name} {}\n# TYPE {name} {}\n{}", family.help, family.kind, family.samples);
        }
        out
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_written_once_with_its_labels_escaped() {
        let mut metrics = Metrics::default();
        metrics.counter("yeoul_b_total", "Bs.", &[("job", "a\"\\\n<script>")], 3);
        metrics.gauge("yeoul_a", "As.", &[], 0.5);
        metrics.counter("yeoul_b_total", "Bs.", &[("job", "x"), ("y", "z")], 4);
        let expected = "# HELP yeoul_a As.\n# TYPE yeoul_a gauge\nyeoul_a 0.5\n# HELP yeoul_b_total Bs.\n\
            # TYPE yeoul_b_total counter\nyeoul_b_total{job=\"a\\\"\\\\\\n<script>\"} 3\nyeoul_b_total{job=\"x\",y=\"z\"} 4\n";
        assert_eq!(metrics.text(), expected);
    }
}
