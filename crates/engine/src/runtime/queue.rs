//! The queues between chains, and what a waiting thread sleeps on.
//!
//! Invariants: a queue is bounded in bytes; a producer looks at [`Queue::is_full`] before it begins a step, so a queue
//! holds at most its bound and what one step produces. Messages keep their order.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::message::Message;

/// What may wait in one queue before its producer is slowed.
pub(crate) const QUEUE_BYTES_MAX: usize = 8 << 20;
/// How many messages may wait in one queue, whatever their size.
pub(crate) const QUEUE_MESSAGES_MAX: usize = 1024;

/// Locks, also where another thread panicked while it held the lock: the job fails by that panic, not by this one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread sleeps on it until someone has news for it.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    news: Mutex<bool>,
    changed: Condvar,
}

impl Wake {
    /// There is news: the next (or current) wait returns at once.
    pub(crate) fn notify(&self) {
        *lock(&self.news) = true;
        self.changed.notify_all();
    }

    /// Sleeps until there is news, or `timeout` is over.
    pub(crate) fn wait(&self, timeout: Duration) {
        let news = lock(&self.news);
        let woken = self.changed.wait_timeout_while(news, timeout, |news| !*news);
        let (mut news, _) = woken.unwrap_or_else(PoisonError::into_inner);
        *news = false;
    }
}

/// Messages from one chain to another.
#[derive(Debug)]
pub(crate) struct Queue {
    messages: Mutex<VecDeque<(Message, usize)>>,
    bytes: AtomicUsize,
    count: AtomicUsize,
    producer: Arc<Wake>,
    consumer: Arc<Wake>,
}

impl Queue {
    /// An empty queue between the owners of these wakes.
    pub(crate) fn new(producer: Arc<Wake>, consumer: Arc<Wake>) -> Queue {
        let (bytes, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Queue { messages: Mutex::new(VecDeque::new()), bytes, count, producer, consumer }
    }

    /// Whether a producer should not begin another step.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.load(Ordering::Acquire) >= QUEUE_BYTES_MAX
            || self.count.load(Ordering::Acquire) >= QUEUE_MESSAGES_MAX
    }

    /// Adds a message.
    pub(crate) fn push(&self, message: Message) {
        let bytes = message.bytes();
        let mut messages = lock(&self.messages);
        messages.push_back((message, bytes));
        self.bytes.fetch_add(bytes, Ordering::AcqRel);
        self.count.fetch_add(1, Ordering::AcqRel);
        drop(messages);
        self.consumer.notify();
    }

    /// Takes the oldest message.
    pub(crate) fn pop(&self) -> Option<Message> {
        let mut messages = lock(&self.messages);
        let was_full = self.is_full();
        let (message, bytes) = messages.pop_front()?;
        self.bytes.fetch_sub(bytes, Ordering::AcqRel);
        self.count.fetch_sub(1, Ordering::AcqRel);
        drop(messages);
        if was_full {
            self.producer.notify();
        }
        Some(message)
    }
}
