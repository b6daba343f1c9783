//! Types: `INT NOT NULL`, `ROW<a INT, b STRING>`, `TIMESTAMP(3) WITH LOCAL TIME ZONE`.

use std::sync::Arc;

use yeoul_row::types::LENGTH_UNBOUNDED;
use yeoul_row::{DataType, Field, LogicalType, RowType};

use super::{DEPTH_MAX, Parsed, Parser, not_supported, too_deep};
use crate::diagnostic::{Diagnostic, Span};
use crate::token::TokenKind;

impl Parser {
    /// A type with its nullability.
    pub(super) fn data_type(&mut self) -> Parsed<DataType> {
        self.nested(|parser| {
            let mut logical = parser.logical_type()?;
            // Each suffix nests the type one level deeper.
            let mut suffixes = 0;
            loop {
                suffixes += 1;
                if parser.depth + suffixes > DEPTH_MAX {
                    return Err(too_deep(parser.here()));
                }
                let nullable = parser.nullability()?;
                logical = match parser.collection_suffix() {
                    Some(wrap) => wrap(Box::new(DataType { logical, nullable })),
                    None => return Ok(DataType { logical, nullable }),
                };
            }
        })
    }

    fn nullability(&mut self) -> Parsed<bool> {
        if self.eat_words(&["NOT", "NULL"]) {
            return Ok(false);
        }
        // `RETURNING INT NULL ON EMPTY`: the NULL is not the type's.
        if !self.at_words(&["NULL", "ON"]) {
            self.eat_word("NULL");
        }
        Ok(true)
    }

    /// `T ARRAY`, `T MULTISET`
    fn collection_suffix(&mut self) -> Option<fn(Box<DataType>) -> LogicalType> {
        if self.eat_word("ARRAY") {
            Some(LogicalType::Array)
        } else if self.eat_word("MULTISET") {
            Some(LogicalType::Multiset)
        } else {
            None
        }
    }

    fn logical_type(&mut self) -> Parsed<LogicalType> {
        let start = self.here();
        let TokenKind::Word(word) = self.peek().kind.clone() else { return Err(self.expected("a type")) };
        let name = word.to_ascii_uppercase();
        if let Some(fixed) = fixed_type(&name) {
            self.advance();
            self.fixed_suffix(&name);
            return Ok(fixed);
        }
        match name.as_str() {
            "CHAR" | "CHARACTER" | "VARCHAR" => self.character_type(),
            "BINARY" | "VARBINARY" => self.binary_type(),
            "DECIMAL" | "DEC" | "NUMERIC" => self.decimal_type(),
            "TIME" | "TIMESTAMP" | "TIMESTAMP_LTZ" => self.time_type(),
            "INTERVAL" => self.interval_type(),
            "ARRAY" | "MULTISET" | "MAP" | "ROW" => self.nested_type(&name),
            "VARIANT" => {
                self.advance();
                Ok(LogicalType::Variant)
            }
            "BITMAP" => {
                self.advance();
                Ok(LogicalType::Bitmap)
            }
            "RAW" => self.raw_type(start),
            "STRUCTURED" => self.structured_type(start),
            "REAL" => Err(Diagnostic::new("`REAL` is no type of Flink's", start).with_help("write `FLOAT`")),
            _ => Err(unknown_type(&word, start)),
        }
    }

    /// A type of Flink's that no column holds yet: refused behind the statement, so that the grammar is read to its end.
    fn not_held(&mut self, name: &str, start: Span) -> LogicalType {
        self.defer(not_supported(name, start));
        LogicalType::BYTES
    }

    /// `RAW('class', 'serializer')`
    fn raw_type(&mut self, start: Span) -> Parsed<LogicalType> {
        self.advance();
        self.expect_mark("(")?;
        self.text("a class in single quotes")?;
        self.expect_mark(",")?;
        self.text("its serializer in single quotes")?;
        self.expect_mark(")")?;
        Ok(self.not_held("RAW", start))
    }

    /// `STRUCTURED<'class', a INT, b STRING>`
    fn structured_type(&mut self, start: Span) -> Parsed<LogicalType> {
        self.advance();
        self.expect_mark("<")?;
        self.text("a class in single quotes")?;
        if self.eat_mark(",") {
            self.row_type(">")?;
        }
        self.expect_mark(">")?;
        Ok(self.not_held("STRUCTURED", start))
    }

    fn fixed_suffix(&mut self, name: &str) {
        if name == "DOUBLE" {
            self.eat_word("PRECISION");
        }
    }

    fn character_type(&mut self) -> Parsed<LogicalType> {
        Ok(match self.bounded_type("VARCHAR")? {
            (true, length) => LogicalType::Varchar(length),
            (false, length) => LogicalType::Char(length),
        })
    }

    fn binary_type(&mut self) -> Parsed<LogicalType> {
        Ok(match self.bounded_type("VARBINARY")? {
            (true, length) => LogicalType::Varbinary(length),
            (false, length) => LogicalType::Binary(length),
        })
    }

    /// Whether the length varies (by the name, or by `VARYING` behind it), and the length: without one, 1 where it is fixed, and no
    /// bound where it varies, as Flink's planner has it (its documentation says 1 of both).
    fn bounded_type(&mut self, varying_name: &str) -> Parsed<(bool, u32)> {
        let named = self.at_word(varying_name);
        self.advance();
        let varying = self.eat_word("VARYING") || named;
        let absent = if varying { LENGTH_UNBOUNDED } else { 1 };
        Ok((varying, self.length(absent, LENGTH_UNBOUNDED)?))
    }

    /// `(n)`, or `absent`.
    fn length(&mut self, absent: u32, most: u32) -> Parsed<u32> {
        if !self.eat_mark("(") {
            return Ok(absent);
        }
        let (length, span) = self.unsigned("a length")?;
        let length = u32::try_from(length).ok().filter(|length| (0..=most).contains(length));
        let length = length.ok_or_else(|| Diagnostic::new(format!("the length must be from 0 to {most}"), span))?;
        self.expect_mark(")")?;
        Ok(length)
    }

    fn decimal_type(&mut self) -> Parsed<LogicalType> {
        self.advance();
        if !self.eat_mark("(") {
            return Ok(LogicalType::Decimal(10, 0));
        }
        let (precision, span) = self.unsigned("a precision")?;
        let scale = if self.eat_mark(",") { self.unsigned("a scale")?.0 } else { 0 };
        self.expect_mark(")")?;
        // Flink takes a greater precision for the greatest.
        let (precision, scale) =
            (u8::try_from(precision).unwrap_or(u8::MAX).min(38), u8::try_from(scale).unwrap_or(u8::MAX));
        if precision == 0 || scale > precision {
            return Err(Diagnostic::new(
                "the precision of a decimal must be from 1 to 38, its scale from 0 to the precision",
                span,
            ));
        }
        Ok(LogicalType::Decimal(precision, scale))
    }

    fn time_type(&mut self) -> Parsed<LogicalType> {
        let name = self.advance();
        let is_time = name.kind.describe().eq_ignore_ascii_case("`TIME`");
        let is_local = name.kind.describe().eq_ignore_ascii_case("`TIMESTAMP_LTZ`");
        let precision = self.fraction_digits(if is_time { 0 } else { 6 })?;
        if self.eat_words(&["WITH", "LOCAL", "TIME", "ZONE"]) {
            return Ok(LogicalType::TimestampLtz(precision));
        }
        if self.at_words(&["WITH", "TIME", "ZONE"]) {
            return self.unsupported("TIMESTAMP WITH TIME ZONE");
        }
        self.eat_words(&["WITHOUT", "TIME", "ZONE"]);
        Ok(match (is_time, is_local) {
            (true, _) => LogicalType::Time(precision),
            (_, true) => LogicalType::TimestampLtz(precision),
            _ => LogicalType::Timestamp(precision),
        })
    }

    fn fraction_digits(&mut self, absent: u8) -> Parsed<u8> {
        if !self.eat_mark("(") {
            return Ok(absent);
        }
        let (digits, span) = self.unsigned("a number of fractional digits")?;
        let digits = u8::try_from(digits)
            .map_err(|_| Diagnostic::new("the number of fractional digits must be from 0 to 9", span))?;
        self.expect_mark(")")?;
        // Flink takes more digits for the most that there are.
        Ok(digits.min(9))
    }

    fn interval_type(&mut self) -> Parsed<LogicalType> {
        self.advance();
        let (from, _) = self.time_unit()?;
        self.length(2, 10)?;
        if self.eat_word("TO") {
            self.time_unit()?;
            self.fraction_digits(6)?;
        }
        Ok(if super::literal::counts_months(from) {
            LogicalType::IntervalYearMonth
        } else {
            LogicalType::IntervalDayTime
        })
    }

    fn nested_type(&mut self, name: &str) -> Parsed<LogicalType> {
        self.advance();
        let close = if name == "ROW" && self.eat_mark("(") { ")" } else { self.open_angle()? };
        let logical = match name {
            "ARRAY" => LogicalType::Array(Box::new(self.data_type()?)),
            "MULTISET" => LogicalType::Multiset(Box::new(self.data_type()?)),
            "MAP" => self.map_type()?,
            _ => self.row_type(close)?,
        };
        self.expect_close(close)?;
        Ok(logical)
    }

    fn open_angle(&mut self) -> Parsed<&'static str> {
        self.eat_empty_row();
        self.expect_mark("<")?;
        Ok(">")
    }

    /// `ROW<>` is lexed as `<>`: split it.
    fn eat_empty_row(&mut self) {
        if !self.at_mark("<>") {
            return;
        }
        let span = self.here();
        let middle = Span { start: span.start + 1, column: span.column + 1, ..span };
        self.tokens[self.at] = crate::token::Token { kind: TokenKind::Mark("<"), span };
        self.tokens.insert(self.at + 1, crate::token::Token { kind: TokenKind::Mark(">"), span: middle });
    }

    fn expect_close(&mut self, close: &str) -> Parsed<()> {
        // `>=` can't follow a type, so a `>` is never glued to more than itself here.
        self.expect_mark(close)
    }

    fn map_type(&mut self) -> Parsed<LogicalType> {
        let key = self.data_type()?;
        self.expect_mark(",")?;
        let value = self.data_type()?;
        Ok(LogicalType::Map(Box::new(key), Box::new(value)))
    }

    fn row_type(&mut self, close: &str) -> Parsed<LogicalType> {
        if self.at_mark(close) {
            return Ok(LogicalType::Row(Arc::new(RowType::default())));
        }
        let fields = self.comma_list(|parser| {
            let name = parser.ident("a field's name")?;
            let data_type = parser.data_type()?;
            if matches!(parser.peek().kind, TokenKind::Text(_)) {
                parser.advance();
            }
            Ok(Field::new(name.name, data_type))
        })?;
        Ok(LogicalType::Row(Arc::new(RowType::new(fields))))
    }
}

fn fixed_type(name: &str) -> Option<LogicalType> {
    Some(match name {
        "STRING" => LogicalType::STRING,
        "BYTES" => LogicalType::BYTES,
        "BOOLEAN" => LogicalType::Boolean,
        "TINYINT" => LogicalType::TinyInt,
        "SMALLINT" => LogicalType::SmallInt,
        "INT" | "INTEGER" => LogicalType::Int,
        "BIGINT" => LogicalType::BigInt,
        "FLOAT" => LogicalType::Float,
        "DOUBLE" => LogicalType::Double,
        "DATE" => LogicalType::Date,
        _ => return None,
    })
}

fn unknown_type(word: &str, span: Span) -> Diagnostic {
    const NAMES: [&str; 22] = [
        "CHAR",
        "VARCHAR",
        "STRING",
        "BOOLEAN",
        "BINARY",
        "VARBINARY",
        "BYTES",
        "DECIMAL",
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "FLOAT",
        "DOUBLE",
        "DATE",
        "TIME",
        "TIMESTAMP",
        "TIMESTAMP_LTZ",
        "ARRAY",
        "MAP",
        "MULTISET",
        "ROW",
    ];
    let help = match word.to_ascii_uppercase().as_str() {
        "TEXT" => "did you mean `STRING`?".to_owned(),
        "LONG" | "INT8" => "did you mean `BIGINT`?".to_owned(),
        "DATETIME" | "TIMESTAMPTZ" => "did you mean `TIMESTAMP(3)`?".to_owned(),
        _ => crate::nearest::did_you_mean(word, &NAMES, "types"),
    };
    Diagnostic::new(format!("unknown type `{word}`"), span).with_help(help)
}
