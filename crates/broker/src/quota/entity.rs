//! Whom a quota is for (KIP-13, KIP-257, KIP-546), and how that lies in the log.
//!
//! ```text
//! key  = version:u8 (1)  user:part  client_id:part
//! part = 0 (not named) | 1 (the default) | 2  length:u32 (big-endian)  name (UTF-8)
//! ```

use yeoul_base::decode::Decoder;

const VERSION: u8 = 1;

/// One part of an entity.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Part {
    /// Whoever has no quota of his own.
    Default,
    /// This one.
    Named(String),
}

/// A user, a client id, or a client id of a user.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Entity {
    pub(crate) user: Option<Part>,
    pub(crate) client_id: Option<Part>,
}

impl Entity {
    /// The entities whose quota may hold for a client, the most special first (Kafka's order).
    pub(crate) fn of_client(user: &str, client_id: &str) -> [Entity; 8] {
        let user = |named: bool| if named { Part::Named(user.to_owned()) } else { Part::Default };
        let client = |named: bool| if named { Part::Named(client_id.to_owned()) } else { Part::Default };
        let both = |one, other| Entity { user: Some(user(one)), client_id: Some(client(other)) };
        let user_only = |named| Entity { user: Some(user(named)), client_id: None };
        let client_only = |named| Entity { user: None, client_id: Some(client(named)) };
        [
            both(true, true),
            both(true, false),
            user_only(true),
            both(false, true),
            both(false, false),
            user_only(false),
            client_only(true),
            client_only(false),
        ]
    }

    /// The key of its row.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut key = vec![VERSION];
        for part in [&self.user, &self.client_id] {
            match part {
                None => key.push(0),
                Some(Part::Default) => key.push(1),
                Some(Part::Named(name)) => {
                    key.push(2);
                    key.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
                    key.extend(name.as_bytes());
                }
            }
        }
        key
    }

    /// The entity of a key.
    pub(crate) fn decode(key: &[u8]) -> Result<Entity, String> {
        let mut decoder = Decoder::new(key);
        match decoder.u8() {
            Ok(VERSION) => {}
            _ => return Err("a quota's entity of an unknown version".to_owned()),
        }
        let mut part = || match decoder.u8().map_err(|error| error.to_string())? {
            0 => Ok(None),
            1 => Ok(Some(Part::Default)),
            2 => decoder.text().map(|name| Some(Part::Named(name.to_owned()))).map_err(|error| error.to_string()),
            other => Err(format!("a quota's entity with the unknown part `{other}`")),
        };
        Ok(Entity { user: part()?, client_id: part()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_survives_the_log() {
        for entity in Entity::of_client("alice", "").into_iter().chain([Entity::default()]) {
            let key = entity.encode();
            assert_eq!(Entity::decode(&key), Ok(entity));
            for cut in 0..key.len() {
                assert!(Entity::decode(&key[..cut]).is_err(), "{cut} bytes");
            }
        }
    }
}
