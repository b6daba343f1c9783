//! The way in: a session holds catalog and settings, reads statements in order and yields what is to be run.

mod alter;
mod catalog;
mod create_as;
mod like;
mod names;
mod show;
mod show_create;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::create::CreateMaterializedTable;
use crate::ast::statement::{ExplainDetail, Insert, NotExecuted, Statement};
use crate::ast::{OptionPair, query::Query};
use crate::bind::Binder;
use crate::bind::expression::unsupported;
use crate::bind::insert::{by_key, check_result};
use crate::bind::key_order::is_parallel;
use crate::bind::tables::{Entry, Tables};
use crate::catalog::Connectors;
use crate::diagnostic::{Diagnostic, Span};
use crate::nearest::did_you_mean;
use crate::optimize::optimize;
use crate::parser::Parser;
use crate::plan::{Branch, JobPlan, Rel, RelOp, Target, ViewSpec};
use crate::render::{fingerprint, plan_text};
use crate::settings;

pub(crate) use self::show::DATABASE;

/// Catalog and settings over the statements of one project or file.
pub struct Session {
    connectors: Arc<dyn Connectors>,
    settings: BTreeMap<String, String>,
    /// What `RESET` goes back to.
    defaults: BTreeMap<String, String>,
    tables: Tables,
    /// What `CREATE FUNCTION` made: upper-case name to the name that is bound.
    user_functions: BTreeMap<String, String>,
    /// Which text is read.
    text_id: u64,
    /// Where in it the statement begins that was read last.
    reached: usize,
    /// Names of jobs so far: a job is its name.
    job_names: Names,
}

/// What a statement asks to be done.
#[derive(Clone, Debug)]
pub enum Step {
    /// Run this job. A job whose branch has [`Target::Collect`](crate::plan::Target::Collect) is a top-level `SELECT`.
    Job(JobPlan),
    /// Print this table of texts: the answer of `SHOW`, `EXPLAIN`, bare `SET`.
    Print {
        /// Column names.
        header: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
}

type Read<T> = Result<T, Diagnostic>;

impl Session {
    /// An empty catalog, with these settings as defaults (`table.local-time-zone`, …).
    #[must_use]
    pub fn new(connectors: Arc<dyn Connectors>, settings: BTreeMap<String, String>) -> Session {
        Session {
            connectors,
            defaults: settings.clone(),
            settings,
            tables: Tables::default(),
            user_functions: BTreeMap::new(),
            text_id: 0,
            reached: 0,
            job_names: Names::default(),
        }
    }

    /// The settings in force behind what was read.
    #[must_use]
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// Where the statement begins that was read last, in the last text. A fault can lie before it: in the declaration of a table
    /// that the statement uses.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.reached
    }

    /// Reads a whole text of statements; the catalog keeps what they create.
    ///
    /// # Errors
    /// The first fault of the text; the session keeps what the statements before it created.
    pub fn read(&mut self, text: &str) -> Result<Vec<Step>, Diagnostic> {
        self.text_id += 1;
        self.reached = 0;
        let mut parser = Parser::new(text)?;
        parser.set_user_functions(self.user_functions.clone());
        let mut steps = Vec::new();
        while let Some((statement, span)) = parser.next_statement()? {
            self.reached = span.start;
            if let Some(refusal) = parser.take_deferred() {
                return Err(refusal);
            }
            let creates_function = matches!(statement, Statement::CreateFunction(_) | Statement::Drop(_));
            steps.extend(self.statement(statement, span, text)?);
            if creates_function {
                parser.set_user_functions(self.user_functions.clone());
            }
        }
        Ok(steps)
    }

    fn statement(&mut self, statement: Statement, span: Span, text: &str) -> Read<Option<Step>> {
        match statement {
            Statement::Set(None) => Ok(Some(self.print_settings())),
            Statement::Set(Some(pair)) => self.set(pair).map(|()| None),
            Statement::Reset(key) => self.reset(key).map(|()| None),
            Statement::CreateTable(create) => self.create_table(&create),
            Statement::CreateView(create) => self.create_view(&create, text).map(|()| None),
            Statement::CreateMaterializedTable(create) => self.create_materialized(&create, text).map(Some),
            Statement::CreateFunction(create) => self.create_function(&create).map(|()| None),
            Statement::AlterTable(alter) => self.alter_table(&alter).map(|()| None),
            Statement::AlterView(alter) => self.alter_view(&alter, text).map(|()| None),
            Statement::Drop(drop) => self.drop_entry(&drop).map(|()| None),
            Statement::Insert(insert) => self.inserts(&[*insert]).map(Some),
            Statement::StatementSet(inserts, _) => self.inserts(&inserts).map(Some),
            Statement::Query(query) => self.top_query(&query).map(Some),
            Statement::Explain(inner, details) => self.explain(&inner, &details, span).map(Some),
            Statement::Show(show) => self.show(&show).map(Some),
            Statement::Describe(name) => self.describe(&name, None).map(Some),
            Statement::UseCatalog(name) => self.use_catalog(&name).map(|()| None),
            Statement::UseDatabase(name) => show::use_database(&name).map(|()| None),
            Statement::NotExecuted(statement) => Err(not_executed(&statement)),
        }
    }

    fn binder(&self) -> Binder<'_> {
        Binder {
            tables: &self.tables,
            connectors: &self.connectors,
            settings: &self.settings,
            lifetimes: BTreeMap::new(),
            common: Vec::new(),
            depth: 0,
            correlated: Default::default(),
            view_reads: 0,
            text_id: self.text_id,
        }
    }

    fn set(&mut self, pair: OptionPair) -> Read<()> {
        settings::check(&pair.key, &pair.value)
            .map_err(|(message, help)| Diagnostic::new(message, pair.span).with_help(help))?;
        self.settings.insert(pair.key, pair.value);
        Ok(())
    }

    fn reset(&mut self, key: Option<(String, Span)>) -> Read<()> {
        let Some((key, span)) = key else {
            self.settings = self.defaults.clone();
            return Ok(());
        };
        if key.starts_with("yeoul.") && !settings::OWN.contains(&key.as_str()) {
            let help = did_you_mean(&key, &settings::OWN, "settings");
            return Err(Diagnostic::new(format!("unknown setting `{key}`"), span).with_help(help));
        }
        match self.defaults.get(&key) {
            Some(value) => self.settings.insert(key, value.clone()),
            None => self.settings.remove(&key),
        };
        Ok(())
    }

    fn create_materialized(&mut self, create: &CreateMaterializedTable, text: &str) -> Read<Step> {
        refuse_batch_clauses(create)?;
        if self.tables.get(&create.name.key()).is_some() {
            return Err(Diagnostic::new(format!("`{}` exists already", create.name.key()), create.name.span)
                .with_help("give it another name"));
        }
        let relation = self.binder().query(&create.query)?;
        relation.refuse_rank()?;
        check_result(&relation.rel, create.query.span)?;
        self.check_mini_batch(&relation.rel, create.query.span)?;
        let span = create.query.span;
        let view = ViewSpec {
            name: create.name.key(),
            schema: relation.rel.schema.clone(),
            key: view_key(create, &relation.rel)?,
            query: text.get(span.start..span.end).unwrap_or_default().to_owned(),
        };
        let input = by_key(relation.rel, &view.key, is_parallel(&self.settings));
        let branch = Branch { name: view.name.clone(), input, target: Target::View(view.clone()) };
        let job = self.job(&view.name.clone(), vec![branch]);
        self.tables.insert(false, create.name.key(), Entry::Materialized(Arc::new(view)));
        Ok(Step::Job(job))
    }

    fn inserts(&mut self, inserts: &[Insert]) -> Read<Step> {
        let branches = self.bind_inserts(inserts)?;
        let targets: Vec<&str> = branches.iter().map(|branch| branch.name.as_str()).collect();
        let name = format!("insert-into_{}", targets.join("_"));
        Ok(Step::Job(self.job(&name, branches)))
    }

    fn bind_inserts(&self, inserts: &[Insert]) -> Read<Vec<Branch>> {
        let mut branches: Vec<Branch> = Vec::with_capacity(inserts.len());
        let mut names = Names::default();
        for insert in inserts {
            let mut branch = self.binder().insert(insert)?;
            self.check_mini_batch(&branch.input, insert.table.span)?;
            branch.name = names.distinct(&branch.name);
            branches.push(branch);
        }
        Ok(branches)
    }

    fn top_query(&mut self, query: &Query) -> Read<Step> {
        let branch = self.bind_query(query)?;
        Ok(Step::Job(self.job("query", vec![branch])))
    }

    fn bind_query(&self, query: &Query) -> Read<Branch> {
        let relation = self.binder().query(query)?;
        relation.refuse_rank()?;
        self.check_mini_batch(&relation.rel, query.span)?;
        Ok(Branch { name: "query".to_owned(), input: relation.rel, target: Target::Collect })
    }

    /// Refuses an aggregation in mini-batches that the settings don't describe.
    fn check_mini_batch(&self, rel: &Rel, span: Span) -> Read<()> {
        fn aggregates(rel: &Rel) -> bool {
            matches!(rel.op, RelOp::GroupAggregate { .. }) || rel.op.inputs().into_iter().any(|input| aggregates(input))
        }
        match settings::mini_batch_fault(&self.settings) {
            Some((message, help)) if aggregates(rel) => Err(Diagnostic::new(message, span).with_help(help)),
            _ => Ok(()),
        }
    }

    /// A job of its own name: `pipeline.name`, else `name`, with a number where that is taken.
    fn job(&mut self, name: &str, branches: Vec<Branch>) -> JobPlan {
        let wanted = self.settings.get("pipeline.name").map_or(name, String::as_str);
        let name = self.job_names.distinct(wanted);
        let branches = optimize(branches);
        let fingerprint = fingerprint(&branches);
        JobPlan { name, branches, settings: self.settings.clone(), fingerprint }
    }

    fn explain(&mut self, statement: &Statement, details: &[ExplainDetail], span: Span) -> Read<Step> {
        if let Some(detail) = details.iter().find(|detail| **detail != ExplainDetail::ChangelogMode) {
            return Err(unsupported(&format!("EXPLAIN {}", detail.keyword()), span)
                .with_help("`EXPLAIN CHANGELOG_MODE` is: the plan shows the modes in any case"));
        }
        let branches = match statement {
            Statement::CreateTable(create) => self.explain_create(create, span)?,
            Statement::NotExecuted(statement) => return Err(not_executed(statement)),
            Statement::Insert(insert) => self.bind_inserts(std::slice::from_ref(&**insert))?,
            Statement::StatementSet(inserts, _) => self.bind_inserts(inserts)?,
            Statement::Query(query) => vec![self.bind_query(query)?],
            _ => return Err(Diagnostic::new("only queries and `INSERT` can be explained", span)),
        };
        let text = plan_text(&optimize(branches));
        let rows = text.lines().map(|line| vec![line.to_owned()]).collect();
        Ok(Step::Print { header: vec!["result".to_owned()], rows })
    }

    fn print_settings(&self) -> Step {
        let rows = self.settings.iter().map(|(key, value)| vec![key.clone(), value.clone()]).collect();
        Step::Print { header: vec!["key".to_owned(), "value".to_owned()], rows }
    }
}

/// Names that are taken, and the number behind each up to which names are.
#[derive(Debug, Default)]
struct Names(BTreeMap<String, u64>);

impl Names {
    /// Takes `name`, or `name-2`, `name-3`, … where it is taken.
    fn distinct(&mut self, name: &str) -> String {
        let mut found = name.to_owned();
        if let Some(last) = self.0.get(name).copied() {
            let mut number = last;
            while self.0.contains_key(&found) {
                number += 1;
                found = format!("{name}-{number}");
            }
            self.0.insert(name.to_owned(), number);
        }
        self.0.insert(found.clone(), 1);
        found
    }
}

/// The refusal of a statement that Yeoul has nothing for.
fn not_executed(statement: &NotExecuted) -> Diagnostic {
    unsupported(&statement.name, statement.span).with_help(statement.help)
}

fn refuse_batch_clauses(create: &CreateMaterializedTable) -> Read<()> {
    let clauses = [
        ("CREATE OR ALTER MATERIALIZED TABLE", create.or_alter),
        ("CREATE MATERIALIZED TABLE IF NOT EXISTS", create.if_not_exists.then_some(create.name.span)),
        ("a WATERMARK of a materialized table", create.watermark.as_ref().map(|watermark| watermark.span)),
        ("DISTRIBUTED BY of a materialized table", create.distribution.as_ref().map(|d| d.span)),
        ("START_MODE", create.start_mode),
    ];
    if let Some((what, span)) = clauses.into_iter().find_map(|(what, span)| Some((what, span?))) {
        return Err(unsupported(what, span));
    }
    if let Some(column) = create.columns.first() {
        return Err(Diagnostic::new("columns of a materialized table are not supported yet", column.name.span)
            .with_help("the columns come from the query; only a key can be given"));
    }
    if let Some(span) = create.full_refresh {
        return Err(Diagnostic::new("`REFRESH_MODE = FULL` is not supported yet", span)
            .with_help("write `CONTINUOUS`: the table is always fresh"));
    }
    if let Some(column) = create.partitioned_by.first() {
        return Err(Diagnostic::new("`PARTITIONED BY` of a materialized table is not supported yet", column.span));
    }
    match create.options.first() {
        Some(option) => Err(Diagnostic::new("options of a materialized table are not supported yet", option.span)
            .with_help("it is served by Yeoul itself: leave `WITH` out")),
        None => Ok(()),
    }
}

/// The declared key, else the narrowest set of columns that is known to identify a row.
fn view_key(create: &CreateMaterializedTable, rel: &Rel) -> Read<Vec<usize>> {
    let Some(key) = &create.primary_key else {
        return Ok(rel.upsert_keys.iter().min_by_key(|key| key.len()).cloned().unwrap_or_default());
    };
    let mut places = Vec::with_capacity(key.columns.len());
    for column in &key.columns {
        let place = rel.schema.index_of(&column.name).ok_or_else(|| {
            let names: Vec<&str> = rel.schema.fields.iter().map(|field| field.name.as_str()).collect();
            Diagnostic::new(
                format!("the primary key names `{}`, which the query doesn't have", column.name),
                column.span,
            )
            .with_help(did_you_mean(&column.name, &names, "columns"))
        })?;
        if rel.schema.fields[place].data_type.nullable {
            return Err(Diagnostic::new(
                format!("the primary key's column `{}` may be NULL", column.name),
                column.span,
            )
            .with_help("a key can't; use `COALESCE`, or leave the key out"));
        }
        places.push(place);
    }
    Ok(places)
}
