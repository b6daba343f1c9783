//! B11: each API in each version × {no rule, the rules of the table}: denied by default, and allowed by exactly what the
//! table says. (Who did not log in gets no further than the three requests of logging in: `tests/security.rs`.)

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages::{ApiKey, ResponseHeader, ResponseKind};
use kafka_protocol::protocol::Decodable;
use yeoul_base::{RealDisk, SystemClock};
use yeoul_log::{Log, LogConfig};

use super::permission::{Rule, rule};
use super::{Acl, Pattern, Permission, Principal};
use crate::apis::APIS;
use crate::in_process::InProcess;
use crate::request::Request;
use crate::schema::tests::sample;

pub(crate) struct Place {
    broker: InProcess,
    _folder: tempfile::TempDir,
}

impl std::ops::Deref for Place {
    type Target = InProcess;

    fn deref(&self) -> &InProcess {
        &self.broker
    }
}

impl Place {
    pub(crate) async fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let mut log_config = LogConfig::new(folder.path().join("log"));
        log_config.file_bytes = 16 << 20;
        let log = Log::open(log_config, Arc::new(RealDisk), Arc::new(SystemClock::new())).unwrap();
        Place { broker: InProcess::new(log).await, _folder: folder }
    }

    /// What a user is answered, as text.
    async fn ask(&self, user: &str, key: ApiKey, version: i16) -> String {
        let request = Request::parse(frame(key, version)).unwrap();
        let reply = self.begin(user, &request).await;
        let reply = reply.unwrap_or_else(|error| panic!("{key:?} {version}: {error}")).expect("an answer");
        let mut bytes = Vec::new();
        reply.write(&mut bytes, std::time::Duration::from_secs(1)).await.unwrap();
        let mut bytes = Bytes::from(bytes).slice(4..);
        ResponseHeader::decode(&mut bytes, key.response_header_version(version)).unwrap();
        format!("{:?}", ResponseKind::decode(key, &mut bytes, version).unwrap())
    }
}

/// A request's frame without its length.
pub(crate) fn frame(key: ApiKey, version: i16) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_i16(key as i16);
    frame.put_i16(version);
    frame.put_i32(7);
    frame.put_i16(-1);
    if key.request_header_version(version) >= 2 {
        frame.put_u8(0);
    }
    frame.extend_from_slice(&sample(key, version));
    frame.freeze()
}

/// Whether an answer says that something is not allowed.
fn denies(answer: &str) -> bool {
    [29, 30, 31, 53].iter().any(|code| answer.contains(&format!("error_code: {code},")))
}

/// Allows a user all that the table names for an API.
fn rights(user: &str, key: ApiKey) -> Vec<Acl> {
    let Rule::Needs(needs) = rule(key) else { return Vec::new() };
    let rule = |need: &super::permission::Need| Acl {
        resource: need.resource,
        pattern: Pattern::Literal,
        name: if need.resource == super::Resource::Cluster { super::words::CLUSTER_NAME } else { "*" }.to_owned(),
        principal: Principal::user(user),
        host: "*".to_owned(),
        operation: need.operation,
        permission: Permission::Allow,
    };
    needs.iter().map(rule).collect()
}

/// These leave out what may not be seen, and say nothing of it; or the sample's topic has an id that is not there.
fn leaves_out(key: ApiKey, version: i16) -> bool {
    match key {
        ApiKey::ListGroups | ApiKey::ListTransactions => true,
        ApiKey::DescribeLogDirs => version < 3,
        ApiKey::Produce | ApiKey::Fetch => version >= 13,
        _ => false,
    }
}

#[tokio::test]
async fn every_api_is_denied_by_default_and_allowed_by_what_the_table_says() {
    let place = Place::new().await;
    for api in APIS.iter().filter(|api| matches!(rule(api.key), Rule::Needs(_))) {
        let user = format!("{:?}", api.key);
        for version in api.min..=api.max {
            let answer = place.ask(&user, api.key, version).await;
            let told = denies(&answer) || leaves_out(api.key, version);
            assert!(told, "{:?} {version} is not denied: {answer}", api.key);
        }
    }
    for api in APIS {
        let user = format!("{:?}", api.key);
        place.shared.security.add_rules(rights(&user, api.key)).await.unwrap();
        for version in api.min..=api.max {
            let answer = place.ask(&user, api.key, version).await;
            let same = || async { place.ask("operator", api.key, version).await == answer };
            assert!(!denies(&answer) || same().await, "{:?} {version} is denied: {answer}", api.key);
        }
    }
}

#[tokio::test]
async fn without_one_of_its_rights_an_api_that_needs_several_is_denied_in_part() {
    let place = Place::new().await;
    let all = rights("u", ApiKey::Produce);
    assert_eq!(all.len(), 2);
    place.shared.security.add_rules(all).await.unwrap();
    assert!(!denies(&place.ask("u", ApiKey::Produce, 9).await));
    let deny = rights("u", ApiKey::Produce).into_iter().map(|rule| Acl { permission: Permission::Deny, ..rule });
    place.shared.security.add_rules(deny.take(1).collect()).await.unwrap();
    assert!(denies(&place.ask("u", ApiKey::Produce, 9).await), "a denial wins");
}
