//! S3, and what speaks like it, as the log's object store: the crate `object_store` behind the log's narrow, blocking trait.
//!
//! The crate is async; its futures run on a small runtime of their own, and the log's threads wait for them, so that neither
//! the log nor the threads of other runtimes know of it. Each request is tried again by the crate, with growing pauses: what
//! the log's keeper writes for [`KEEPER`], after which it tries again later; what readers wait for only for [`READERS`], and
//! while the store does not answer, not all of them wait, see [`breaker`](super::breaker).

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, Error, MultipartUpload, ObjectStoreExt, PutPayload, RetryConfig};
use tokio::runtime::Runtime;
use yeoul_base::DiskFile;
use yeoul_log::ObjectStore;

use super::breaker::Breaker;

/// A larger object is written in parts of this size, in bytes.
const PART_BYTES: u64 = 8 << 20;
/// How long a request is tried for, and how long one try may take.
struct Patience {
    tries_max: usize,
    time_max: Duration,
    request_time_max: Duration,
}

/// For what nobody waits for.
const KEEPER: Patience =
    Patience { tries_max: 6, time_max: Duration::from_secs(30), request_time_max: Duration::from_secs(20) };
/// For what a reader waits for.
const READERS: Patience =
    Patience { tries_max: 4, time_max: Duration::from_secs(5), request_time_max: Duration::from_secs(10) };
/// How long a connection may take to be made.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Where the bucket is, and who asks. What is not said comes from the environment, under AWS's names.
pub(super) struct S3Config<'a> {
    /// `s3://bucket/prefix`.
    pub(super) url: &'a str,
    /// Another service than AWS's: its URL.
    pub(super) endpoint: Option<&'a str>,
    pub(super) region: Option<&'a str>,
}

type Store = Arc<dyn object_store::ObjectStore>;

pub(super) struct S3Store {
    /// For what the keeper asks, and for readers.
    keeper: Store,
    readers: Store,
    breaker: Breaker,
    prefix: Path,
    /// Taken when the store goes.
    runtime: Option<Runtime>,
}

impl S3Store {
    /// Gets ready; nothing is asked yet.
    pub(super) fn open(config: &S3Config<'_>) -> Result<S3Store, String> {
        S3Store::open_as(config, None)
    }

    /// As [`open`](S3Store::open), with a key's id and secret instead of those of the environment.
    fn open_as(config: &S3Config<'_>, keys: Option<(&str, &str)>) -> Result<S3Store, String> {
        let place = config.url.strip_prefix("s3://").filter(|place| !place.is_empty() && !place.starts_with('/'));
        let place = place.ok_or_else(|| format!("`{}` is no bucket; write `s3://bucket/prefix`", config.url))?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).thread_name("yeoul-s3").enable_all().build();
        Ok(S3Store {
            keeper: client(config, bucket, keys, &KEEPER)?,
            readers: client(config, bucket, keys, &READERS)?,
            breaker: Breaker::default(),
            prefix: Path::from(prefix),
            runtime: Some(runtime.map_err(|error| format!("can't start a thread for `{}`: {error}", config.url))?),
        })
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// Waits on this thread for what runs on the store's own.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
        let gone = || io::Error::other("the object store's thread is gone");
        let (tell, told) = mpsc::sync_channel(1);
        let runtime = self.runtime.as_ref().ok_or_else(gone)?;
        runtime.spawn(async move {
            // Nobody waits any more only if that thread is gone, too.
            let _ = tell.send(work.await);
        });
        told.recv().map_err(|_| gone())
    }

    fn put_whole(&self, path: Path, content: &dyn DiskFile, size: u64) -> io::Result<()> {
        let payload = read_part(content, 0, size)?;
        let store = Arc::clone(&self.keeper);
        self.wait(async move { store.put(&path, payload).await })?.map(drop).map_err(failed)
    }

    fn put_in_parts(&self, path: Path, content: &dyn DiskFile, size: u64) -> io::Result<()> {
        let store = Arc::clone(&self.keeper);
        let mut upload = self.wait(async move { store.put_multipart(&path).await })?.map_err(failed)?;
        let mut at = 0;
        while at < size {
            let payload = read_part(content, at, PART_BYTES.min(size - at));
            let sent = payload.and_then(|payload| self.wait(upload.put_part(payload))?.map_err(failed));
            if let Err(error) = sent {
                self.abort(upload);
                return Err(error);
            }
            at += PART_BYTES;
        }
        self.wait(async move { upload.complete().await })?.map(drop).map_err(failed)
    }

    /// Lets go of the parts that were sent; what stays, the bucket's own rules remove.
    fn abort(&self, mut upload: Box<dyn MultipartUpload>) {
        let _ = self.wait(async move { upload.abort().await });
    }
}

impl Drop for S3Store {
    fn drop(&mut self) {
        // Not waited for: the last holder may be a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn client(
    config: &S3Config<'_>,
    bucket: &str,
    keys: Option<(&str, &str)>,
    patience: &Patience,
) -> Result<Store, String> {
    let pauses =
        BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5), base: 2.0 };
    let (max_retries, retry_timeout) = (patience.tries_max, patience.time_max);
    let times = ClientOptions::new().with_timeout(patience.request_time_max).with_connect_timeout(CONNECT_TIME_MAX);
    let mut builder = AmazonS3Builder::from_env()
        .with_client_options(times)
        .with_bucket_name(bucket)
        .with_retry(RetryConfig { backoff: pauses, max_retries, retry_timeout });
    if let Some(endpoint) = config.endpoint {
        // What is sent is signed, but not hidden: for a service in the same machine or network.
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = config.region {
        builder = builder.with_region(region);
    }
    if let Some((id, secret)) = keys {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
    }
    let client = builder.build().map_err(|error| format!("can't use `{}`: {error}", config.url))?;
    Ok(Arc::new(client))
}

fn read_part(content: &dyn DiskFile, at: u64, bytes: u64) -> io::Result<PutPayload> {
    let mut part = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
    content.read_exact_at(&mut part, at)?;
    Ok(PutPayload::from(part))
}

fn failed(error: Error) -> io::Error {
    match error {
        Error::NotFound { .. } => io::Error::new(io::ErrorKind::NotFound, error),
        other => io::Error::other(other),
    }
}

impl ObjectStore for S3Store {
    fn put(&self, name: &str, content: &dyn DiskFile) -> io::Result<()> {
        let size = content.len()?;
        let path = self.path(name);
        if size <= PART_BYTES { self.put_whole(path, content, size) } else { self.put_in_parts(path, content, size) }
    }

    fn read(&self, name: &str, offset: u64, bytes: usize) -> io::Result<Bytes> {
        let (store, path) = (Arc::clone(&self.readers), self.path(name));
        let range = offset..offset.saturating_add(bytes as u64);
        self.breaker.through(|| {
            let read = self.wait(async move { store.get_range(&path, range).await })?.map_err(failed)?;
            // A range that ends behind the object is answered with what there is.
            if read.len() == bytes { Ok(read) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
        })
    }

    fn size(&self, name: &str) -> io::Result<u64> {
        let (store, path) = (Arc::clone(&self.readers), self.path(name));
        self.breaker.through(|| Ok(self.wait(async move { store.head(&path).await })?.map_err(failed)?.size))
    }

    fn delete(&self, name: &str) -> io::Result<()> {
        let (store, path) = (Arc::clone(&self.keeper), self.path(name));
        match self.wait(async move { store.delete(&path).await })? {
            Err(Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        let store = Arc::clone(&self.keeper);
        let path = self.path(prefix.trim_end_matches('/'));
        let listed: Vec<_> = self.wait(async move { store.list(Some(&path)).try_collect().await })?.map_err(failed)?;
        let own = |meta: object_store::ObjectMeta| {
            let parts = meta.location.prefix_match(&self.prefix)?;
            Some(parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"))
        };
        Ok(listed.into_iter().filter_map(own).collect())
    }
}

#[cfg(test)]
#[path = "s3_tests.rs"]
mod tests;
