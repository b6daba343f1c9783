//! Where the fuzz targets begin: a request of each API, kept in `fuzz/corpus`. `UPDATE_SEEDS=1` writes them anew.

use std::path::{Path, PathBuf};

use crate::acl::tests::frame;
use crate::apis::APIS;

fn corpus(target: &str) -> PathBuf {
    Path::new("../../fuzz/corpus").join(target)
}

/// The same for one that takes several frames, each behind its length.
fn behind_its_length(frame: &[u8]) -> Vec<u8> {
    let length = u16::try_from(frame.len()).unwrap();
    [&length.to_be_bytes(), frame].concat()
}

#[test]
fn every_api_has_a_seed() {
    for api in APIS {
        let frame = frame(api.key, api.max);
        for (target, seed) in [("request", frame.to_vec()), ("answer", behind_its_length(&frame))] {
            let path = corpus(target).join(format!("{:?}", api.key));
            if std::env::var_os("UPDATE_SEEDS").is_some() {
                std::fs::create_dir_all(corpus(target)).unwrap();
                std::fs::write(&path, &seed).unwrap();
            }
            let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let remedy = "run the test with UPDATE_SEEDS=1";
            assert_eq!(kept, seed, "{} is not the sample any more; {remedy}", path.display());
        }
    }
}
