//! SQL over the served tables (DataFusion's dialect, names as they are written in the project's files): read-only,
//! bounded in time, rows and memory. Nothing of it exists before the first query.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use axum::http::StatusCode;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::http::fault::Fault;
use crate::http::read_view::find;
use crate::serve::{Limits, stopping};
use crate::views::Views;

/// A planner recurses once per level of an expression, and `1+1+1…` has a level per operator. Only what is used is
/// ever touched.
const STACK_BYTES: usize = 256 << 20;

/// A planner's time grows with the square of an expression's levels, and planning can't be interrupted.
const TOKENS_MAX: usize = 4_000;

/// What a query gives.
pub(crate) struct Answer {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
}

/// What all queries share: the memory that they may hold.
#[derive(Default)]
pub(crate) struct Adhoc {
    runtime: OnceLock<Arc<RuntimeEnv>>,
}

impl Adhoc {
    /// Runs a query on a thread of its own, which holds `permit` for as long as it runs, and gives up when nobody waits
    /// for the answer any more.
    pub(crate) async fn run(
        &self,
        views: Views,
        sql: String,
        limits: Limits,
        permit: OwnedSemaphorePermit,
    ) -> Result<Answer, Fault> {
        let runtime = self.runtime(&limits)?;
        let tasks = tokio::runtime::Handle::current();
        let (mut reply, answer) = oneshot::channel();
        let work = move || {
            let _permit = permit;
            let answer = tasks.block_on(async {
                tokio::select! {
                    answer = in_time(run(&views, &sql, runtime, &limits), limits.query_time) => Some(answer),
                    () = reply.closed() => None,
                }
            });
            // The asker may have gone away.
            let _ = answer.map(|answer| reply.send(answer));
        };
        let thread = std::thread::Builder::new().name("query".to_owned()).stack_size(STACK_BYTES);
        thread.spawn(work).map_err(Fault::internal)?;
        answer.await.map_err(|_| stopping())?
    }

    fn runtime(&self, limits: &Limits) -> Result<Arc<RuntimeEnv>, Fault> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime.clone());
        }
        let builder = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.query_bytes)))
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled));
        let runtime = builder.build_arc().map_err(Fault::internal)?;
        Ok(self.runtime.get_or_init(|| runtime).clone())
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Fault>>, most: Duration) -> Result<T, Fault> {
    tokio::time::timeout(most, work).await.unwrap_or_else(|_| {
        let error = format!("the query takes longer than {} s", most.as_secs());
        Err(Fault::new(StatusCode::REQUEST_TIMEOUT, error, "ask for less, or make it a materialized table"))
    })
}

async fn run(views: &Views, sql: &str, runtime: Arc<RuntimeEnv>, limits: &Limits) -> Result<Answer, Fault> {
    let context = SessionContext::new_with_config_rt(config(), runtime);
    let frame = plan(&context, views, sql).await?;
    let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
    let tasks = Arc::new(frame.task_ctx());
    let plan = interruptible(frame.create_physical_plan().await.map_err(refused)?).map_err(refused)?;
    let mut stream = execute_stream(plan, tasks).map_err(refused)?;
    let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(refused)?;
        rows += batch.num_rows();
        bytes += batch.get_array_memory_size();
        if rows > limits.query_rows || bytes > limits.query_bytes {
            return Err(too_large(limits));
        }
        batches.push(batch);
    }
    Ok(Answer { schema, batches })
}

/// Lets every operator of a plan pause now and then: otherwise a join that makes much of little runs on behind its time.
fn interruptible(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let pausing = |node| Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as Arc<dyn ExecutionPlan>));
    Ok(plan.transform_up(pausing)?.data)
}

fn config() -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(1).with_information_schema(false);
    // Flink's names are case-sensitive; a query names tables and columns as the project's files do.
    config.options_mut().sql_parser.enable_ident_normalization = false;
    config
}

async fn plan(context: &SessionContext, views: &Views, sql: &str) -> Result<DataFrame, Fault> {
    check_size(sql)?;
    let state = context.state();
    let dialect = state.config().options().sql_parser.dialect;
    let statement = state.sql_to_statement(sql, &dialect).map_err(refused)?;
    if !matches!(&statement, Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_))) {
        return Err(not_a_query());
    }
    for reference in state.resolve_table_references(&statement).map_err(refused)? {
        let table = view_table(views, &reference)?;
        context.register_table(reference, table).map_err(refused)?;
    }
    let plan = context.state().statement_to_plan(statement).await.map_err(refused)?;
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reading.verify_plan(&plan).map_err(|_| not_a_query())?;
    context.execute_logical_plan(plan).await.map_err(refused)
}

fn check_size(sql: &str) -> Result<(), Fault> {
    // What is no token is reported by the parser, with its place.
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize().unwrap_or_default();
    let words = tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).count();
    if words <= TOKENS_MAX {
        return Ok(());
    }
    let error = format!("the query has {words} words and signs, more than {TOKENS_MAX}");
    Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, error, "write a shorter one"))
}

fn not_a_query() -> Fault {
    Fault::bad("only queries are taken here", "write a SELECT")
}

fn view_table(views: &Views, reference: &TableReference) -> Result<Arc<dyn TableProvider>, Fault> {
    let TableReference::Bare { table } = reference else {
        return Err(Fault::bad(format!("there is no table `{reference}`"), "write a view's name alone"));
    };
    let view = find(views, table)?;
    let snapshot = view.snapshot().map_err(Fault::internal)?;
    let table = MemTable::try_new(view.schema().clone(), vec![snapshot.batches.clone()]);
    Ok(Arc::new(table.map_err(Fault::internal)?))
}

fn too_large(limits: &Limits) -> Fault {
    let error = format!("the result is larger than {} rows or {} MiB", limits.query_rows, limits.query_bytes >> 20);
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, error, "add a LIMIT, or read the view at `/v1/views/{name}`")
}

fn refused(error: DataFusionError) -> Fault {
    let text = error.strip_backtrace();
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
        return Fault::new(StatusCode::PAYLOAD_TOO_LARGE, text, "ask for less, or make it a materialized table");
    }
    Fault::bad(text, "names are case-sensitive; `GET /v1/views` lists views and columns")
}
