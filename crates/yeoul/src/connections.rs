//! What connectors reach: nothing but files for a file or a check; the log, the views and the project's files for a
//! platform.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use yeoul_base::{Clock, JobName};
use yeoul_connect::{Connect, ConnectConfig};
use yeoul_engine::checkpoint::CheckpointStore;
use yeoul_engine::connections::Connections;
use yeoul_engine::plan::ViewSpec;
use yeoul_log::Log;
use yeoul_serve::Views;

use crate::config::Config;
use crate::fault::Fault;
use crate::jobs::Environment;
use crate::project::Project;

/// Connectors for a platform.
pub struct Wiring {
    /// For the engine.
    pub connections: Arc<dyn Connections>,
    /// Where checkpoints go.
    pub store: Arc<dyn CheckpointStore>,
    /// The served tables.
    pub views: Views,
}

impl Wiring {
    /// What jobs need to run.
    #[must_use]
    pub fn environment(&self, clock: Arc<dyn Clock>, log: Log) -> Environment {
        Environment { connections: self.connections.clone(), store: self.store.clone(), clock, log: Some(log) }
    }
}

/// Connectors that only check: for a project in `folder`, whose Kafka door may be bound already.
#[must_use]
pub fn offline(folder: &Path, config: &Config, bound: Option<SocketAddr>) -> Arc<Connect> {
    let kafka_addresses = own_addresses(config, bound);
    Arc::new(Connect::new(ConnectConfig { kafka_addresses, ..files_of(folder, config) }))
}

/// Connectors for a file that runs in this process: files of its folder, and no platform.
#[must_use]
pub fn in_process(folder: &Path, config: &Config, clock: Arc<dyn Clock>) -> Arc<Connect> {
    Arc::new(Connect::new(ConnectConfig { clock, ..files_of(folder, config) }))
}

/// Connectors of a shell in `folder`; with a `log` also topics, by the address of the project's own listener.
#[must_use]
pub fn embedded(folder: &Path, config: &Config, log: Option<Log>, clock: Arc<dyn Clock>) -> Arc<Connect> {
    let kafka_addresses = own_addresses(config, None);
    Arc::new(Connect::new(ConnectConfig { kafka_addresses, log, clock, ..files_of(folder, config) }))
}

/// Connectors of a platform whose Kafka door is bound to `bound` and whose data lies in `data`.
///
/// # Errors
/// None in practice: a platform has a log.
pub fn online(
    project: &Project,
    data: &Path,
    bound: SocketAddr,
    log: Log,
    clock: Arc<dyn Clock>,
) -> Result<Wiring, Fault> {
    let views = Views::new(clock.clone());
    let served = views.clone();
    let serve = move |job: &JobName, view: &ViewSpec| served.sink(job, view);
    let connect = Connect::new(ConnectConfig {
        kafka_addresses: own_addresses(&project.config, Some(bound)),
        log: Some(log),
        views: Some(Arc::new(serve)),
        clock,
        ..files_of(&project.folder, &project.config)
    });
    let store = connect.checkpoint_store(data.join("jobs"));
    let store = Arc::new(store.ok_or_else(|| Fault::failed("a platform without a log"))?);
    Ok(Wiring { connections: Arc::new(connect), store, views })
}

/// A project's own address is that of its configured listener, also when another port is bound.
fn own_addresses(config: &Config, bound: Option<SocketAddr>) -> Vec<String> {
    let bound = bound.map(|bound| [bound.to_string(), format!("localhost:{}", bound.port())]);
    std::iter::once(config.listen.kafka.clone()).chain(bound.into_iter().flatten()).collect()
}

/// Connectors that reach the files of a project in `folder`, which is the current one if it is empty.
fn files_of(folder: &Path, config: &Config) -> ConnectConfig {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    ConnectConfig { roots: config.files.roots_from(folder), ..ConnectConfig::new(folder) }
}
