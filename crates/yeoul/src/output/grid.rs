//! Tables with lines around their cells, of which rows may come later than the header.

use yeoul_row::{LogicalType, RowType};

use super::width::{cut, pad, width};

/// The columns of a table: what they are called, how wide they are, and on which side texts stand.
#[derive(Clone, Debug)]
pub struct Grid {
    names: Vec<String>,
    widths: Vec<usize>,
    right: Vec<bool>,
    /// The most columns of the terminal that one takes.
    width_max: usize,
}

impl Grid {
    /// A table as wide as its names; it widens with what it is shown, up to `width_max` columns of the terminal each.
    /// `leading`: a column of short texts before those of the rows.
    #[must_use]
    pub fn new(schema: &RowType, leading: Option<&str>, width_max: usize) -> Grid {
        let names: Vec<String> = leading
            .map(str::to_owned)
            .into_iter()
            .chain(schema.fields.iter().map(|field| field.name.clone()))
            .collect();
        let widths = names.iter().map(|name| width(name).min(width_max)).collect();
        let numeric = schema.fields.iter().map(|field| field.data_type.logical.is_numeric());
        let right = leading.map(|_| false).into_iter().chain(numeric).collect();
        Grid { names, widths, right, width_max }
    }

    /// A table whose columns have the width of their types' longest texts, as Flink's SQL client shows rows that come one by one.
    #[must_use]
    pub fn of_types(schema: &RowType, leading: &str, width_max: usize) -> Grid {
        let mut grid = Grid::new(schema, Some(leading), width_max);
        let typed = schema.fields.iter().map(|field| {
            let null = if field.data_type.nullable { width(super::tableau::NULL) } else { 0 };
            type_width(&field.data_type.logical).unwrap_or(width_max).max(width(&field.name)).max(null)
        });
        let lead = grid.widths.first().copied().unwrap_or(0);
        grid.widths = std::iter::once(lead).chain(typed).collect();
        grid.right.iter_mut().skip(1).for_each(|right| *right = true);
        grid
    }

    /// Widens the columns to what `row` takes.
    pub fn fit(&mut self, row: &[String]) {
        for (column, cell) in self.widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell).min(self.width_max));
        }
    }

    /// The line above the header, below it, and behind the last row.
    #[must_use]
    pub fn rule(&self) -> String {
        self.widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).collect::<String>() + "+"
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> String {
        self.line(&self.names)
    }

    /// A row; what is too long is cut.
    #[must_use]
    pub fn line(&self, row: &[String]) -> String {
        let cells = row.iter().zip(&self.widths).zip(&self.right);
        let cell = |((text, width), right): ((&String, &usize), &bool)| {
            format!("| {} ", pad(&cut(text, *width, "..."), *width, *right))
        };
        cells.map(cell).collect::<String>() + "|"
    }
}

/// A table of texts with a header.
#[must_use]
pub fn boxed(header: &[String], rows: &[Vec<String>]) -> String {
    let plain = |row: &Vec<String>| row.iter().map(|cell| cell.replace(['\n', '\r', '\t'], " ")).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(plain).collect();
    let mut grid = Grid {
        names: header.to_vec(),
        widths: header.iter().map(|name| width(name)).collect(),
        right: vec![false; header.len()],
        width_max: usize::MAX,
    };
    rows.iter().for_each(|row| grid.fit(row));
    let (rule, names) = (grid.rule(), grid.header());
    let lines: String = rows.iter().map(|row| grid.line(row) + "\n").collect();
    format!("{rule}\n{names}\n{rule}\n{lines}{rule}\n")
}

/// The longest text of a type; none where it has no end.
fn type_width(logical: &LogicalType) -> Option<usize> {
    let fraction = |precision: u8| if precision == 0 { 0 } else { usize::from(precision) + 1 };
    match logical {
        LogicalType::Boolean => Some(5),
        LogicalType::TinyInt => Some(4),
        LogicalType::SmallInt => Some(6),
        LogicalType::Int => Some(11),
        LogicalType::BigInt => Some(20),
        LogicalType::Decimal(precision, _) => Some(usize::from(*precision) + 2),
        LogicalType::Date => Some(10),
        LogicalType::Time(precision) => Some(8 + fraction(*precision)),
        LogicalType::Timestamp(precision) | LogicalType::TimestampLtz(precision) => Some(19 + fraction(*precision)),
        _ => None,
    }
}
