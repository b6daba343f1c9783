//! The broker on a simulated disk, and what the power does to it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use yeoul_base::Timestamp;
use yeoul_broker::{Broker, BrokerConfig, BrokerHandle};
use yeoul_log::{Log, LogConfig, OpenError, TopicConfig};
use yeoul_sim::{Bug, Crash, Fault, SimClock, SimDisk};

pub const PARTITIONS: i32 = 4;
pub const TOPIC: &str = "t";

/// The power is off: nothing is acknowledged any more.
#[derive(Clone, Copy, Debug)]
pub struct Down;

pub struct Cluster {
    disk: SimDisk,
    clock: Arc<SimClock>,
    bug: Option<Bug>,
    running: Option<(Log, BrokerHandle)>,
}

impl Cluster {
    pub async fn start(bug: Option<Bug>) -> Cluster {
        let clock = Arc::new(SimClock::at(Timestamp(1_700_000_000_000)));
        let mut cluster = Cluster { disk: SimDisk::new(), clock, bug, running: None };
        cluster.open().await.unwrap();
        cluster.create_topic().await;
        cluster
    }

    async fn create_topic(&self) {
        self.log().create_topic(TOPIC, PARTITIONS, TopicConfig::default()).await.unwrap();
    }

    fn log(&self) -> &Log {
        &self.running.as_ref().expect("it runs").0
    }

    async fn open(&mut self) -> Result<(), OpenError> {
        let mut config = LogConfig::new("/data/log");
        (config.file_bytes, config.group_bytes_max, config.hot_files) = (64 << 10, 16 << 10, 1);
        self.bug.into_iter().for_each(|bug| self.disk.plant(bug));
        let log = Log::open(config, Arc::new(self.disk.clone()), self.clock.clone())?;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let handle = Broker::start(listener, log.clone(), BrokerConfig::default()).unwrap();
        self.running = Some((log, handle));
        Ok(())
    }

    pub fn addr(&self) -> SocketAddr {
        self.running.as_ref().expect("it runs").1.local_addr()
    }

    /// The power will go after so many more operations of the disk.
    pub fn power_off_after(&self, operations: u64) {
        self.disk.inject(Fault::PowerOff(self.disk.operations() + operations));
    }

    /// The power is back, and the broker starts on what the disk kept.
    pub async fn restart(&mut self, crash: Crash) {
        // Taken before anything is closed in good order.
        let disk = self.disk.after_crash(crash);
        if let Some((log, handle)) = self.running.take() {
            handle.shutdown().await;
            log.close();
        }
        self.disk = disk;
        match self.open().await {
            // What a planted bug damaged is not opened: all of it is lost.
            Err(_) if self.bug.is_some() => {
                self.disk = SimDisk::new();
                self.open().await.unwrap();
            }
            opened => opened.unwrap(),
        }
        if self.bug.is_some() && self.log().topic(TOPIC).is_none() {
            self.create_topic().await;
        }
    }
}
