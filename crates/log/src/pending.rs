//! An answer that comes after the flush: to be awaited, or waited for on a thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::Unavailable;

/// The answer to something that was put into the log's queue. It resolves once the thing is durable, or refused.
/// Dropping it does not take the thing back.
#[must_use = "what was asked for is known to be done only when this has resolved"]
pub struct Pending<T> {
    answer: oneshot::Receiver<T>,
    /// What it resolves to when the log went away without an answer.
    gone: fn(Unavailable) -> T,
}

pub(crate) type Reply<T> = oneshot::Sender<T>;

impl<T, E: From<Unavailable>> Pending<Result<T, E>> {
    pub(crate) fn new() -> (Reply<Result<T, E>>, Self) {
        let (reply, answer) = oneshot::channel();
        (reply, Pending { answer, gone: |unavailable| Err(E::from(unavailable)) })
    }

    pub(crate) fn ready(value: Result<T, E>) -> Self {
        let (reply, pending) = Pending::new();
        let _ = reply.send(value);
        pending
    }
}

impl<T> Pending<T> {
    /// Waits on this thread, which must not be one that drives async tasks.
    pub fn wait(self) -> T {
        self.answer.blocking_recv().unwrap_or_else(|_| (self.gone)(Unavailable::closed()))
    }
}

impl<T> Future for Pending<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let gone = self.gone;
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or_else(|_| gone(Unavailable::closed())))
    }
}
