//! The running platform: what `run` and `serve` start, in which order, and how it stops.
//!
//! Order of start: listeners are bound, SQL is read, the log is opened, doors answer, jobs run, feeds run, `listen.json`
//! and the ready line are written. It stops the other way round: feeds, jobs with a last checkpoint, doors, the log.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use yeoul_base::{Clock, RealDisk, SystemClock};
use yeoul_broker::client::ClientConfig;
use yeoul_broker::{Access, Broker, BrokerConfig, BrokerHandle};
use yeoul_log::{Log, LogConfig};
use yeoul_serve::{Limits, Serve};
use yeoul_sql::plan::JobPlan;

use crate::cold;
use crate::commands::PlatformArgs;
use crate::connections;
use crate::fault::{Fault, OrUsage};
use crate::feed;
use crate::http::{Behind, HttpServer};
use crate::http_doors::HttpDoors;
use crate::jobs::Jobs;
use crate::listeners::{Listeners, Operator};
use crate::logging;
use crate::memory;
use crate::platform_status::Platform;
use crate::presence::{OperatorDoor, Presence};
use crate::program;
use crate::project::Project;
use crate::shutdown::{Signals, Watchdog};

/// Threads that drive network I/O.
const WORKERS: usize = 2;
/// Threads for what blocks, at most: reading above all, from the disk and from an object store.
pub(crate) const BLOCKING_THREADS_MAX: usize = 64;
/// Stack of each of these threads.
const STACK_BYTES: usize = 1 << 20;
/// How long requests under way may take when the platform stops.
const HTTP_PATIENCE: Duration = Duration::from_secs(1);

/// What is to be started.
pub struct Start {
    /// The project; without SQL for `serve`.
    pub project: Project,
    /// The flags.
    pub args: PlatformArgs,
    /// Whether jobs begin anew.
    pub fresh: bool,
}

/// Runs a platform until Ctrl-C or SIGTERM.
///
/// # Errors
/// What can't be started.
pub fn run(start: Start) -> Result<(), Fault> {
    logging::start("warn,yeoul=info");
    let config = &start.project.config;
    let listeners = Listeners::bind(&start.project.folder, config, &start.args)?;
    let doors = HttpDoors::bind(&start.project.folder, config, &start.args)?;
    let settings = start.args.session_settings(config)?;
    let data = start.args.data_folder(&start.project.folder, config);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let bound = listeners.main_address()?;
    let plans = read_sql(&start.project, bound, settings)?;
    let log = open_log(&data, &start.project, clock.clone())?;
    let wiring = connections::online(&start.project, &data, bound, log.clone(), clock.clone())?;
    let runtime = runtime()?;
    let _entered = runtime.enter();
    let mut signals = Signals::listen()?;
    let (broker, operator) = start_broker(listeners, &log, &start.project)?;
    let access = http_access(&broker, operator.as_ref(), doors.authenticates)?;
    let environment = wiring.environment(clock.clone(), log.clone());
    let name = project_name(&start.project);
    let http = doors.public.socket.local_addr()?;
    let platform = Arc::new(Platform::new(name, bound, http, &*clock, (broker.metrics(), broker.groups())));
    let serve = Serve::new(wiring.views, Some(log.clone()), platform.clone(), clock.clone(), Limits::default());
    let behind = Behind { log: log.clone(), serve, hosts: config.listen.hosts.clone(), access };
    let server = HttpServer::start(doors, &behind)?;
    platform.run(Jobs::start(plans, start.fresh, &environment)?);
    let feeds = start_feeds(&start.project, bound, operator.as_ref(), &clock);
    let operator = operator.map(OperatorDoor::from);
    let presence =
        Presence { kafka: bound.to_string(), http: server.own_url().to_owned(), pid: std::process::id(), operator };
    presence.write(&data)?;
    say_ready(&presence.kafka, server.url(), &data, start.args.json)?;
    runtime.block_on(signals.next());
    stop(Running { runtime: &runtime, signals, feeds, platform, server, broker, log, data })
}

/// The project's jobs. Needs no data folder, so that a fault in the SQL leaves none behind.
fn read_sql(project: &Project, kafka: SocketAddr, settings: BTreeMap<String, String>) -> Result<Vec<JobPlan>, Fault> {
    let connectors = connections::offline(&project.folder, &project.config, Some(kafka));
    program::jobs(program::read(&project.files, connectors, settings)?)
}

/// What the project is called; nothing for a platform without one.
fn project_name(project: &Project) -> Option<String> {
    let folder = || Some(project.folder.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned());
    if project.files.is_empty() { None } else { project.config.project.name.clone().or_else(folder) }
}

/// Opens the log of a data folder as the project says.
///
/// # Errors
/// A folder that another process has open, or that can't be read.
pub fn open_log(data: &Path, project: &Project, clock: Arc<dyn Clock>) -> Result<Log, Fault> {
    let mut config = LogConfig::new(data.join("log"));
    config.default_partitions = project.config.log.default_partitions;
    config.producer_expiration = Duration::from_millis(project.config.log.producer_id_expiration_ms);
    if let Some(bytes) = project.config.log.file_bytes {
        config.file_bytes = bytes;
        config.group_bytes_max = config.group_bytes_max.min(usize::try_from(bytes / 4).unwrap_or(usize::MAX));
    }
    config.reserve_bytes = project.config.log.reserve_bytes;
    config.cold = cold::store(&project.config.cold, &project.folder)?;
    if let Some(interval) = project.config.log.retention_interval_ms {
        config.retention_interval = Duration::from_millis(interval);
    }
    if let Some(interval) = project.config.log.clean_interval_ms {
        config.clean_interval = Duration::from_millis(interval);
    }
    Log::open(config, Arc::new(RealDisk), clock).or_usage()
}

fn runtime() -> Result<Runtime, Fault> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(WORKERS).max_blocking_threads(BLOCKING_THREADS_MAX).thread_stack_size(STACK_BYTES);
    builder.on_thread_park(memory::give_back);
    Ok(builder.thread_name("yeoul-io").enable_all().build()?)
}

fn start_broker(listeners: Listeners, log: &Log, project: &Project) -> Result<(BrokerHandle, Option<Operator>), Fault> {
    let config = BrokerConfig {
        auto_create_topics: project.config.log.auto_create_topics,
        default_partitions: project.config.log.default_partitions,
        transaction_timeout_max: Duration::from_millis(project.config.log.transaction_max_timeout_ms),
        transactional_id_expiration: Duration::from_millis(project.config.log.transactional_id_expiration_ms),
        security: listeners.security.clone(),
        groups: project.config.groups.for_broker(),
        ..BrokerConfig::default()
    };
    let (listeners, operator) = listeners.serve()?;
    let broker = Broker::start_all(listeners, log.clone(), config).or_usage()?;
    for (name, address) in broker.locals() {
        tracing::info!(listener = name, %address, "listening for kafka clients");
    }
    Ok((broker, operator))
}

/// Who may ask what over HTTP, where its clients say who they are.
fn http_access(
    broker: &BrokerHandle,
    operator: Option<&Operator>,
    authenticates: bool,
) -> Result<Option<Access>, Fault> {
    if !authenticates {
        return Ok(None);
    }
    let access = broker.access(operator.map(|operator| &operator.log_in));
    access.map(Some).ok_or_else(|| Fault::failed("the system gives no random numbers"))
}

/// One task per feed; a feed that fails is logged, and the platform goes on.
fn start_feeds(
    project: &Project,
    kafka: SocketAddr,
    operator: Option<&Operator>,
    clock: &Arc<dyn Clock>,
) -> Vec<JoinHandle<()>> {
    let mut kafka = ClientConfig::new(&kafka.to_string());
    if let Some(operator) = operator {
        kafka = ClientConfig::new(&operator.address.to_string());
        kafka.log_in = Some(operator.log_in.clone());
    }
    let feeds = project.config.feed.iter().map(|feed| {
        let replay = feed::Replay::of(feed, &project.folder, kafka.clone());
        let clock = clock.clone();
        tokio::spawn(async move {
            match replay.run(clock).await {
                Ok(done) => tracing::info!(topic = replay.topic(), sent = done.sent, "feed is at its end"),
                Err(error) => tracing::error!(topic = replay.topic(), %error, "feed ended"),
            }
        })
    });
    feeds.collect()
}

fn say_ready(kafka: &str, http: &str, data: &Path, json: bool) -> Result<(), Fault> {
    let data = data.display().to_string();
    crate::output::print_text(&if json {
        serde_json::json!({ "event": "ready", "kafka": kafka, "http": http, "data": data }).to_string()
    } else {
        format!("ready: kafka {kafka}, http {http}, data {data}")
    })
}

/// Everything that runs.
struct Running<'a> {
    runtime: &'a Runtime,
    signals: Signals,
    feeds: Vec<JoinHandle<()>>,
    platform: Arc<Platform>,
    server: HttpServer,
    broker: BrokerHandle,
    log: Log,
    data: PathBuf,
}

fn stop(running: Running<'_>) -> Result<(), Fault> {
    let _watchdog = Watchdog::arm()?;
    tracing::info!("stopping");
    running.runtime.spawn(running.signals.end_at_next());
    running.feeds.iter().for_each(JoinHandle::abort);
    running.platform.stop_jobs();
    running.runtime.block_on(async {
        running.server.shutdown(HTTP_PATIENCE).await;
        running.broker.shutdown().await;
    });
    running.log.close();
    Presence::remove(&running.data);
    tracing::info!("stopped");
    Ok(())
}
