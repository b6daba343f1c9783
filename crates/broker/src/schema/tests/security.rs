//! Samples of the requests about users, rules and quotas.

use bytes::Bytes;
use kafka_protocol::messages::*;

use super::{encoded, text};

fn acl_filter() -> delete_acls_request::DeleteAclsFilter {
    delete_acls_request::DeleteAclsFilter::default()
        .with_resource_type_filter(2)
        .with_resource_name_filter(Some(text("t")))
        .with_pattern_type_filter(3)
        .with_principal_filter(None)
        .with_host_filter(Some(text("*")))
        .with_operation(1)
        .with_permission_type(1)
}

fn create_acls(version: i16) -> Bytes {
    let creation = create_acls_request::AclCreation::default()
        .with_resource_type(2)
        .with_resource_name(text("t"))
        .with_resource_pattern_type(4)
        .with_principal(text("User:u"))
        .with_host(text("*"))
        .with_operation(3)
        .with_permission_type(3);
    encoded(&CreateAclsRequest::default().with_creations(vec![creation.clone(), creation]), version)
}

fn describe_acls(version: i16) -> Bytes {
    let request = DescribeAclsRequest::default()
        .with_resource_type_filter(1)
        .with_resource_name_filter(None)
        .with_pattern_type_filter(3)
        .with_principal_filter(Some(text("User:u")));
    encoded(&request.with_host_filter(None).with_operation(1).with_permission_type(1), version)
}

fn describe_client_quotas(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_client_quotas_request::*;
    let named = ComponentData::default().with_entity_type(text("user")).with_match(Some(text("u")));
    let default = ComponentData::default().with_entity_type(text("client-id")).with_match_type(1).with_match(None);
    encoded(&DescribeClientQuotasRequest::default().with_components(vec![named, default]), version)
}

fn alter_client_quotas(version: i16) -> Bytes {
    use kafka_protocol::messages::alter_client_quotas_request::*;
    let user = EntityData::default().with_entity_type(text("user")).with_entity_name(Some(text("u")));
    let client = EntityData::default().with_entity_type(text("client-id")).with_entity_name(None);
    let op = OpData::default().with_key(text("producer_byte_rate")).with_value(1024.0);
    let entry = EntryData::default().with_entity(vec![user, client]).with_ops(vec![op]);
    encoded(&AlterClientQuotasRequest::default().with_entries(vec![entry]), version)
}

fn describe_user_scram_credentials(version: i16) -> Bytes {
    use kafka_protocol::messages::describe_user_scram_credentials_request::*;
    let users = ["a", "b"].map(|name| UserName::default().with_name(text(name)));
    encoded(&DescribeUserScramCredentialsRequest::default().with_users(Some(users.to_vec())), version)
}

fn alter_user_scram_credentials(version: i16) -> Bytes {
    use kafka_protocol::messages::alter_user_scram_credentials_request::*;
    let deletion = ScramCredentialDeletion::default().with_name(text("a")).with_mechanism(1);
    let upsertion = ScramCredentialUpsertion::default()
        .with_name(text("b"))
        .with_mechanism(2)
        .with_iterations(4096)
        .with_salt(Bytes::from_static(b"salt"))
        .with_salted_password(Bytes::from_static(&[7; 64]));
    let request = AlterUserScramCredentialsRequest::default();
    encoded(&request.with_deletions(vec![deletion]).with_upsertions(vec![upsertion]), version)
}

pub(super) fn sample(key: ApiKey, version: i16) -> Option<Bytes> {
    Some(match key {
        ApiKey::SaslHandshake => encoded(&SaslHandshakeRequest::default().with_mechanism(text("PLAIN")), version),
        ApiKey::SaslAuthenticate => {
            let request = SaslAuthenticateRequest::default();
            encoded(&request.with_auth_bytes(Bytes::from_static(b"\0user\0password")), version)
        }
        ApiKey::DescribeAcls => describe_acls(version),
        ApiKey::CreateAcls => create_acls(version),
        ApiKey::DeleteAcls => {
            encoded(&DeleteAclsRequest::default().with_filters(vec![acl_filter(), acl_filter()]), version)
        }
        ApiKey::DescribeClientQuotas => describe_client_quotas(version),
        ApiKey::AlterClientQuotas => alter_client_quotas(version),
        ApiKey::DescribeUserScramCredentials => describe_user_scram_credentials(version),
        ApiKey::AlterUserScramCredentials => alter_user_scram_credentials(version),
        _ => return None,
    })
}
