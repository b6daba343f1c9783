//! A broker without sockets, for tests and fuzz targets: requests go straight to the handlers, as a user's.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use yeoul_log::Log;

use crate::acl::Principal;
use crate::acl::gate::Client;
use crate::config::BrokerConfig;
use crate::context::{Context, Shared};
use crate::dispatch;
use crate::listener::{Door, Listener};
use crate::log_in;
use crate::reply::Reply;
use crate::request::{Request, RequestError};
use crate::security::SecurityConfig;
use crate::server;

/// The user who may do everything.
pub(crate) const OPERATOR: &str = "operator";

pub(crate) struct InProcess {
    pub(crate) shared: Arc<Shared>,
    door: Arc<Door>,
    _closing: watch::Sender<bool>,
}

impl InProcess {
    /// A broker over a log, which asks for rights. Must be called within a runtime.
    pub(crate) async fn new(log: Log) -> InProcess {
        let security = SecurityConfig { authorize: true, super_users: Vec::new() };
        let (closing, closed) = watch::channel(false);
        let config = BrokerConfig { security, ..BrokerConfig::default() };
        let shared = server::shared(log, config, closed).expect("the log holds no users that can't be read");
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (_, door) = Door::open(Listener::plaintext(socket)).expect("a listener without certificates");
        InProcess { shared, door, _closing: closing }
    }

    /// What a user is answered.
    pub(crate) async fn begin(&self, user: &str, request: &Request) -> Result<Option<Reply>, RequestError> {
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let (_says, stranger) = log_in::stranger(&self.shared, &self.door, address, address);
        let client = Arc::new(Client::new(Principal::user(user), address.ip(), user == OPERATOR));
        let context = Context { client, ..stranger };
        dispatch::begin(&context, request)?.await
    }
}
