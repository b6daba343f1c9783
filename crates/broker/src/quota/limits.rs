//! What a quota limits, and how that lies in the log.
//!
//! ```text
//! value = version:u8 (1)  count:u32 (big-endian)  count × (kind:u8  value:f64 bits as u64, big-endian)
//! ```

use std::collections::BTreeMap;

use yeoul_base::decode::Decoder;

const VERSION: u8 = 1;

/// What is limited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// Bytes of produce requests in each second.
    Produced = 1,
    /// Bytes of fetch responses in each second.
    Fetched = 2,
    /// Processor time, in hundredths of a second in each second.
    Requests = 3,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Produced, Kind::Fetched, Kind::Requests];

    /// Kafka's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Produced => "producer_byte_rate",
            Kind::Fetched => "consumer_byte_rate",
            Kind::Requests => "request_percentage",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The limits of one entity.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Limits(BTreeMap<Kind, f64>);

impl Limits {
    pub(crate) fn get(&self, kind: Kind) -> Option<f64> {
        self.0.get(&kind).copied()
    }

    /// Sets a limit, or removes it.
    pub(crate) fn set(&mut self, kind: Kind, limit: Option<f64>) {
        match limit {
            Some(limit) => self.0.insert(kind, limit),
            None => self.0.remove(&kind),
        };
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Kind, f64)> {
        self.0.iter().map(|(kind, limit)| (*kind, *limit))
    }

    /// The value of its row.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut value = vec![VERSION];
        value.extend(u32::try_from(self.0.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (kind, limit) in self.iter() {
            value.push(kind as u8);
            value.extend(limit.to_bits().to_be_bytes());
        }
        value
    }

    /// The limits of a value.
    pub(crate) fn decode(value: &[u8]) -> Result<Limits, String> {
        let mut decoder = Decoder::new(value);
        if decoder.u8() != Ok(VERSION) {
            return Err("a quota of an unknown version".to_owned());
        }
        let count = decoder.count(9).map_err(|error| error.to_string())?;
        let mut limits = Limits::default();
        for _ in 0..count {
            let code = decoder.u8().map_err(|error| error.to_string())?;
            let limit = decoder.u64().map_err(|error| error.to_string())?;
            let kind = Kind::ALL.into_iter().find(|kind| *kind as u8 == code);
            let kind = kind.ok_or_else(|| format!("a quota of the unknown kind `{code}`"))?;
            limits.set(kind, Some(f64::from_bits(limit)));
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_survive_the_log() {
        let mut limits = Limits::default();
        for (kind, limit) in Kind::ALL.into_iter().zip([1.5, 1e12, 0.0]) {
            limits.set(kind, Some(limit));
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(Limits::decode(&limits.encode()), Ok(limits.clone()));
        }
        let value = limits.encode();
        for cut in 0..value.len() {
            assert!(Limits::decode(&value[..cut]).is_err(), "{cut} bytes");
        }
        limits.set(Kind::Fetched, None);
        assert_eq!((limits.get(Kind::Fetched), limits.get(Kind::Produced)), (None, Some(1.5)));
    }
}
