//! Window table functions: `TUMBLE`, `HOP`, `CUMULATE`, `SESSION`, with arguments by place or by name.

use super::expression::{ExprBinder, unsupported};
use super::from::Relation;
use super::scope::Scope;
use super::window::time_column;
use super::{Binder, Bound, literal, node, not_executed};
use crate::ast::expression::{Expression, ExpressionKind};
use crate::ast::query::{Table, TableArgument, TableArgumentValue, TableFunction};
use crate::ast::{Ident, ObjectName};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{ExprKind, Literal};
use crate::nearest::did_you_mean;
use crate::plan::{WindowKind, WindowSpec};

/// A window table function.
struct Signature {
    name: &'static str,
    /// In order; `OFFSET` may be left out.
    parameters: &'static [&'static str],
}

const SIGNATURES: [Signature; 4] = [
    Signature { name: "TUMBLE", parameters: &["DATA", "TIMECOL", "SIZE", "OFFSET"] },
    Signature { name: "HOP", parameters: &["DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"] },
    Signature { name: "CUMULATE", parameters: &["DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"] },
    Signature { name: "SESSION", parameters: &["DATA", "TIMECOL", "GAP"] },
];

/// Table functions of Flink that Yeoul has not yet.
const UNSUPPORTED: [&str; 8] = [
    "ML_PREDICT",
    "ML_FORECAST",
    "ML_EVALUATE",
    "VECTOR_SEARCH",
    "FROM_CHANGELOG",
    "TO_CHANGELOG",
    "UNNEST",
    "SNAPSHOT",
];

impl Binder<'_> {
    /// A table function in `FROM`.
    pub(crate) fn table_function(&mut self, function: &TableFunction, span: Span) -> Bound<Relation> {
        let name = function.name.last().to_ascii_uppercase();
        if function.lateral {
            return Err(unsupported("LATERAL", function.name.span));
        }
        if UNSUPPORTED.contains(&name.as_str()) {
            return Err(unsupported(&name, function.name.span));
        }
        let signature = SIGNATURES.iter().find(|signature| signature.name == name);
        let signature = signature.ok_or_else(|| unknown(&function.name))?;
        let arguments = Arguments::new(signature, function, span)?;
        let data = arguments.get("DATA")?;
        let input = self.window_input(table_of(data)?)?;
        let (time, event_time) = time_column(&input, descriptor_of(arguments.get("TIMECOL")?)?)?;
        let kind = arguments.kind()?;
        let partition = self.partition(data, &input, kind, &name)?;
        let rel = node::window(input.rel, WindowSpec { time, event_time, kind, partition });
        let scope = Scope::of(&rel, "");
        Ok(Relation { rel, scope, rank: None })
    }

    /// The columns that tell sessions apart; no other window has any.
    fn partition(&self, data: &TableArgument, input: &Relation, kind: WindowKind, name: &str) -> Bound<Vec<usize>> {
        let WindowKind::Session { .. } = kind else {
            not_executed::argument_clauses(data, name)?;
            return Ok(Vec::new());
        };
        if self.is_batch() {
            return Err(Diagnostic::new("`SESSION` is for streams: batch can't compute sessions", data.span));
        }
        if let Some(item) = data.order_by.first() {
            return Err(Diagnostic::new("`SESSION` takes no `ORDER BY`", item.value.span));
        }
        let scope = Scope::of(&input.rel, "");
        let column = |key: &Expression| match ExprBinder::new(&scope, "`PARTITION BY`").bind(key)?.kind {
            ExprKind::Column(place) => Ok(place),
            _ => Err(Diagnostic::new("`PARTITION BY` of a table needs columns", key.span)
                .with_help("compute the key in a subquery")),
        };
        data.partition_by.iter().map(column).collect()
    }
}

fn unknown(name: &ObjectName) -> Diagnostic {
    let names: Vec<&str> = SIGNATURES.iter().map(|signature| signature.name).collect();
    Diagnostic::new(format!("unknown table function `{}`", name.last()), name.span).with_help(did_you_mean(
        &name.last().to_ascii_uppercase(),
        &names,
        "table functions",
    ))
}

/// A call's arguments by parameter.
struct Arguments<'a> {
    signature: &'static Signature,
    given: Vec<Option<&'a TableArgument>>,
    span: Span,
}

impl<'a> Arguments<'a> {
    fn new(signature: &'static Signature, function: &'a TableFunction, span: Span) -> Bound<Arguments<'a>> {
        let Signature { name, parameters } = signature;
        let mut given: Vec<Option<&TableArgument>> = vec![None; parameters.len()];
        for (place, argument) in function.args.iter().enumerate() {
            let at = match &argument.name {
                None => Some(place).filter(|place| *place < parameters.len()),
                Some(name) => Some(parameter(signature, name)?),
            };
            let Some(at) = at else {
                return Err(Diagnostic::new(format!("`{name}` takes at most {} arguments", parameters.len()), span));
            };
            if given[at].replace(argument).is_some() {
                return Err(Diagnostic::new(format!("`{}` is given twice", parameters[at]), argument.span));
            }
        }
        Ok(Arguments { signature, given, span })
    }

    fn find(&self, parameter: &str) -> Option<&'a TableArgument> {
        let at = self.signature.parameters.iter().position(|other| *other == parameter)?;
        self.given.get(at).copied().flatten()
    }

    fn get(&self, parameter: &str) -> Bound<&'a TableArgument> {
        let name = self.signature.name;
        self.find(parameter).ok_or_else(|| {
            Diagnostic::new(format!("`{name}` misses its argument `{parameter}`"), self.span)
                .with_help(format!("its arguments are {}", self.signature.parameters.join(", ")))
        })
    }

    fn millis(&self, parameter: &str) -> Bound<i64> {
        let argument = self.get(parameter)?;
        let TableArgumentValue::Scalar(value) = &argument.value else {
            return Err(Diagnostic::new("expected a constant interval", argument.span));
        };
        positive_millis(value)
    }

    fn kind(&self) -> Bound<WindowKind> {
        let offset = match self.find("OFFSET").map(|argument| (&argument.value, argument.span)) {
            None => 0,
            Some((TableArgumentValue::Scalar(value), _)) => millis(value)?,
            Some((_, span)) => return Err(Diagnostic::new("expected a constant interval", span)),
        };
        Ok(match self.signature.name {
            "HOP" => {
                let (slide, size) = (self.millis("SLIDE")?, self.millis("SIZE")?);
                self.check_multiple(size, slide, "slide")?;
                WindowKind::Hop { size, slide, offset }
            }
            "CUMULATE" => {
                let (step, size) = (self.millis("STEP")?, self.millis("SIZE")?);
                self.check_multiple(size, step, "step")?;
                WindowKind::Cumulate { size, step, offset }
            }
            "SESSION" => WindowKind::Session { gap: self.millis("GAP")? },
            _ => WindowKind::Tumble { size: self.millis("SIZE")?, offset },
        })
    }

    fn check_multiple(&self, size: i64, part: i64, word: &str) -> Bound<()> {
        if size % part == 0 {
            return Ok(());
        }
        let name = self.signature.name;
        Err(Diagnostic::new(
            format!("the size of `{name}` ({size} ms) must be a multiple of its {word} ({part} ms)"),
            self.span,
        ))
    }
}

fn parameter(signature: &Signature, name: &Ident) -> Bound<usize> {
    let place = signature.parameters.iter().position(|parameter| parameter.eq_ignore_ascii_case(&name.name));
    place.ok_or_else(|| {
        Diagnostic::new(format!("`{}` has no parameter `{}`", signature.name, name.name), name.span)
            .with_help(did_you_mean(&name.name, signature.parameters, "parameters"))
    })
}

fn table_of(argument: &TableArgument) -> Bound<&Table> {
    match &argument.value {
        TableArgumentValue::Table(table) => Ok(table),
        _ => Err(Diagnostic::new("expected `TABLE t` or a query in parentheses", argument.span)),
    }
}

fn descriptor_of(argument: &TableArgument) -> Bound<&Ident> {
    match &argument.value {
        TableArgumentValue::Descriptor(columns) if columns.len() == 1 => Ok(&columns[0]),
        _ => Err(Diagnostic::new("expected `DESCRIPTOR(column)`", argument.span)),
    }
}

/// A constant interval of more than nothing.
pub(crate) fn positive_millis(value: &Expression) -> Bound<i64> {
    let millis = millis(value)?;
    if millis > 0 { Ok(millis) } else { Err(Diagnostic::new("the interval must be positive", value.span)) }
}

/// A constant interval in milliseconds.
pub(crate) fn millis(value: &Expression) -> Bound<i64> {
    let ExpressionKind::Constant(constant) = &value.kind else {
        return Err(Diagnostic::new("expected a constant interval", value.span));
    };
    match literal::bind_constant(constant, value.span)?.kind {
        ExprKind::Literal(Literal::Millis(millis)) => Ok(millis),
        ExprKind::Literal(Literal::Months(_)) => {
            Err(Diagnostic::new("a window's intervals must be days, hours, minutes or seconds", value.span)
                .with_help("months and years are not of equal length"))
        }
        _ => Err(Diagnostic::new("expected a constant interval", value.span)),
    }
}
