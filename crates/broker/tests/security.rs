//! Who is let in, and what he may do: SASL by every mechanism and flow, TLS and client certificates, access rules.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod secured;
mod support;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::*;
use kafka_protocol::protocol::StrBytes;
use secured::{Secured, rule};
use support::{PATIENCE, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use yeoul_broker::client::{Client, ClientConfig, LogIn};
use yeoul_broker::{AclFilter, Mechanism, Operation, Permission, Resource, ScramHash};

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

fn config(at: &Secured, user: &str, password: &str) -> ClientConfig {
    let log_in = LogIn::new(user, password);
    ClientConfig { log_in: Some(log_in), retries: 0, ..ClientConfig::new(&at.address("sasl").to_string()) }
}

async fn handshake(wire: &mut Wire, mechanism: &'static str, version: i16) -> i16 {
    wire.call(&SaslHandshakeRequest::default().with_mechanism(text(mechanism)), version).await.error_code
}

async fn plain(wire: &mut Wire, user: &str, password: &str) -> SaslAuthenticateResponse {
    let token = format!("\0{user}\0{password}").into_bytes();
    wire.call(&SaslAuthenticateRequest::default().with_auth_bytes(token.into()), 2).await
}

#[tokio::test]
async fn who_knows_the_password_is_let_in_and_nobody_else() {
    let broker = Secured::start().await;
    assert!(Client::connect(config(&broker, "admin", "admin's")).await.is_ok());
    for (user, password) in [("admin", "wrong"), ("nobody", "admin's"), ("alice", "admin's"), ("", "")] {
        let refused = Client::connect(config(&broker, user, password)).await.unwrap_err().to_string();
        assert!(refused.contains("SASL_AUTHENTICATION_FAILED"), "{user}: {refused}");
        assert!(!refused.contains("admin's") && !refused.contains("wrong"), "{refused}");
    }
}

#[tokio::test]
async fn plain_lets_in_by_both_flows() {
    let broker = Secured::start().await;
    let mut wire = Wire::connect(broker.address("sasl")).await;
    assert_eq!(handshake(&mut wire, "PLAIN", 1).await, 0);
    let answer = plain(&mut wire, "alice", "alice's").await;
    assert_eq!((answer.error_code, answer.session_lifetime_ms), (0, 0));
    wire.call(&MetadataRequest::default().with_topics(None), 12).await;

    // Before KIP-152: the messages come without a header.
    let mut wire = Wire::connect(broker.address("sasl")).await;
    assert_eq!(handshake(&mut wire, "PLAIN", 0).await, 0);
    let token = b"\0alice\0alice's";
    wire.stream.write_i32(token.len() as i32).await.unwrap();
    wire.stream.write_all(token).await.unwrap();
    assert_eq!(wire.stream.read_i32().await.unwrap(), 0, "an empty message says yes");
    wire.call(&MetadataRequest::default().with_topics(None), 12).await;

    let mut wire = Wire::connect(broker.address("sasl")).await;
    assert_eq!(handshake(&mut wire, "PLAIN", 0).await, 0);
    wire.stream.write_i32(8).await.unwrap();
    wire.stream.write_all(b"\0alice\0x").await.unwrap();
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn before_it_logged_in_a_client_may_ask_for_versions_only() {
    let broker = Secured::start().await;
    let mut wire = Wire::connect(broker.address("sasl")).await;
    assert_eq!(wire.call(&ApiVersionsRequest::default(), 0).await.error_code, 0);
    wire.send(&MetadataRequest::default(), 12).await;
    assert!(wire.is_closed().await);

    let mut wire = Wire::connect(broker.address("sasl")).await;
    let answer = plain(&mut wire, "alice", "alice's").await;
    assert_eq!(answer.error_code, ResponseError::IllegalSaslState.code(), "the handshake is first");
    assert!(wire.is_closed().await);

    let mut wire = Wire::connect(broker.address("sasl")).await;
    let unknown = wire.call(&SaslHandshakeRequest::default().with_mechanism(text("GSSAPI")), 1).await;
    assert_eq!(unknown.error_code, ResponseError::UnsupportedSaslMechanism.code());
    assert_eq!(unknown.mechanisms.len(), 3);
    assert!(wire.is_closed().await);

    let mut wire = Wire::connect(broker.address("sasl")).await;
    assert_eq!(handshake(&mut wire, "PLAIN", 1).await, 0);
    assert_eq!(plain(&mut wire, "alice", "x").await.error_code, ResponseError::SaslAuthenticationFailed.code());
    assert!(wire.is_closed().await);
    let counted = || broker.handle.metrics().figures().authentication_failures >= 3;
    support::eventually("the failures are counted", counted).await;

    // Where nobody is asked, there is nothing to say.
    let mut wire = Wire::connect(broker.address("plaintext")).await;
    assert_eq!(handshake(&mut wire, "PLAIN", 1).await, ResponseError::IllegalSaslState.code());
}

#[tokio::test]
async fn a_client_proves_again_who_it_is_and_is_cut_off_if_it_does_not() {
    let broker = Secured::start().await;
    let mut wire = Wire::connect(broker.address("brief")).await;
    handshake(&mut wire, "PLAIN", 1).await;
    let answer = plain(&mut wire, "alice", "alice's").await;
    assert_eq!((answer.error_code, answer.session_lifetime_ms), (0, 300));
    // On the same connection, by the same user.
    handshake(&mut wire, "PLAIN", 1).await;
    assert_eq!(plain(&mut wire, "alice", "alice's").await.error_code, 0);
    let cut_off = async {
        loop {
            wire.send(&MetadataRequest::default().with_topics(None), 12).await;
            if wire.receive_frame().await.is_none() {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, cut_off).await.expect("it is cut off once its time is over");

    let mut wire = Wire::connect(broker.address("brief")).await;
    handshake(&mut wire, "PLAIN", 1).await;
    plain(&mut wire, "alice", "alice's").await;
    handshake(&mut wire, "PLAIN", 1).await;
    let other = plain(&mut wire, "admin", "admin's").await;
    assert_eq!(other.error_code, ResponseError::SaslAuthenticationFailed.code(), "nobody becomes another");
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn users_and_rules_survive_a_restart() {
    let mut broker = Secured::start().await;
    let mut admin = Client::connect(config(&broker, "admin", "admin's")).await.unwrap();
    admin.set_password("carol", "carol's", &ScramHash::ALL, 8192).await.unwrap();
    admin.add_acls(&[rule("carol", Operation::Read, Resource::Topic, "t")]).await.unwrap();
    drop(admin);
    broker = broker.restart().await;
    let mut admin = Client::connect(config(&broker, "admin", "admin's")).await.unwrap();
    let names: Vec<String> = admin.users().await.unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["admin", "alice", "carol"]);
    assert_eq!(admin.acls(&AclFilter::default()).await.unwrap().len(), 1);
    assert!(Client::connect(config(&broker, "carol", "carol's")).await.is_ok());
    admin.delete_user("carol").await.unwrap();
    assert!(admin.delete_user("carol").await.is_err());
    assert!(Client::connect(config(&broker, "carol", "carol's")).await.is_err());
    let filter = AclFilter { principal: Some("User:carol".to_owned()), ..AclFilter::default() };
    assert_eq!(admin.delete_acls(&[filter]).await.unwrap(), 1);
    assert!(admin.acls(&AclFilter::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_what_rules_allow_can_be_seen_and_done() {
    let broker = Secured::start().await;
    let mut admin = Client::connect(config(&broker, "admin", "admin's")).await.unwrap();
    for name in ["mine", "other"] {
        admin.create_topic(&yeoul_broker::client::NewTopic::named(name)).await.unwrap();
    }
    let mut alice = Client::connect(config(&broker, "alice", "alice's")).await.unwrap();
    assert!(alice.topics().await.unwrap().is_empty());
    assert!(alice.topic("mine").await.unwrap_err().to_string().contains("TOPIC_AUTHORIZATION_FAILED"));
    assert!(alice.users().await.is_err() && alice.acls(&AclFilter::default()).await.is_err());
    admin.add_acls(&[rule("alice", Operation::Read, Resource::Topic, "mine")]).await.unwrap();
    let seen: Vec<String> = alice.topics().await.unwrap().into_iter().map(|topic| topic.name).collect();
    assert_eq!(seen, ["mine"]);
    assert!(alice.create_topic(&yeoul_broker::client::NewTopic::named("new")).await.is_err());
    let deny =
        yeoul_broker::Acl { permission: Permission::Deny, ..rule("alice", Operation::All, Resource::Topic, "*") };
    admin.add_acls(&[deny]).await.unwrap();
    assert!(alice.topics().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_certificate_says_who_its_client_is() {
    let broker = Secured::start().await;
    let mut admin = Client::connect(config(&broker, "admin", "admin's")).await.unwrap();
    admin.create_topic(&yeoul_broker::client::NewTopic::named("mine")).await.unwrap();
    admin.add_acls(&[rule("device-7", Operation::Read, Resource::Topic, "mine")]).await.unwrap();
    let mut wire = broker.over_tls("mtls", true).await.unwrap();
    let answer = secured::call(&mut wire, &MetadataRequest::default().with_topics(None), 12).await.unwrap();
    let names: Vec<_> =
        answer.topics.iter().filter_map(|topic| topic.name.as_ref()).map(|name| name.to_string()).collect();
    assert_eq!(names, ["mine"]);
    // Without a certificate, the first thing that is asked fails.
    let refused = match broker.over_tls("mtls", false).await {
        Err(_) => true,
        Ok(mut wire) => secured::call(&mut wire, &MetadataRequest::default(), 12).await.is_none(),
    };
    assert!(refused);
}

#[tokio::test]
async fn every_mechanism_works_over_tls_and_a_changed_certificate_is_taken() {
    let broker = Secured::start().await;
    let mut wire = broker.over_tls("sasl-ssl", false).await.unwrap();
    let mechanism = SaslHandshakeRequest::default().with_mechanism(text(Mechanism::Plain.name()));
    assert_eq!(secured::call(&mut wire, &mechanism, 1).await.unwrap().error_code, 0);
    let token = SaslAuthenticateRequest::default().with_auth_bytes(bytes::Bytes::from_static(b"\0alice\0alice's"));
    assert_eq!(secured::call(&mut wire, &token, 2).await.unwrap().error_code, 0);
    let before = broker.certificate("sasl-ssl").await;
    broker.change_certificate();
    let changed = async {
        while broker.certificate("sasl-ssl").await == before {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, changed).await.expect("the new certificate is shown");
    broker.break_certificate();
    assert!(broker.over_tls("sasl-ssl", false).await.is_ok(), "the last good one stays");
}
