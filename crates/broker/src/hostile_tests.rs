//! Clients that mean ill, against all APIs in all versions: counts that lie (B2), requests of changed bytes (B3), SASL
//! messages of any bytes. `YEOUL_SLOW=1` tries for a minute each.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::acl::tests::{Place, frame};
use crate::apis::APIS;
use crate::request::Request;
use crate::sasl::authentication::Authentication;
use crate::sasl::users::Users;
use crate::sasl::{Credential, Mechanism, ScramHash};

/// Counts what a thread allocates.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no counter any more.
        let _ = ALLOCATED.try_with(|bytes| bytes.set(bytes.get() + layout.size()));
        // SAFETY: the caller's promise is the one that is needed.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` with this layout, which is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A small generator of numbers (xorshift), so that a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// How long to try: a moment, or a minute.
fn time() -> Duration {
    if std::env::var_os("YEOUL_SLOW").is_some() { Duration::from_secs(60) } else { Duration::from_millis(1500) }
}

#[test]
fn a_count_that_lies_costs_no_more_than_four_times_what_was_sent() {
    let lies: [&[u8]; 5] = [
        &[0x7f, 0xff, 0xff, 0xff],
        &[0x01, 0x31, 0x2d, 0x00],
        &[0xff, 0xff, 0xff, 0xff, 0x07],
        &[0x80, 0xda, 0xc4, 0x09],
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
    ];
    let mut refused = 0;
    for api in APIS {
        for version in api.min..=api.max {
            let good = frame(api.key, version);
            for at in 8..good.len() {
                for lie in lies {
                    let mut changed = good.to_vec();
                    let end = (at + lie.len()).min(changed.len());
                    changed[at..end].copy_from_slice(&lie[..end - at]);
                    let changed = Bytes::from(changed);
                    let before = ALLOCATED.get();
                    let parsed = Request::parse(changed);
                    let allocated = ALLOCATED.get() - before;
                    let bytes = good.len();
                    assert!(allocated <= 4 * bytes, "{:?} {version} at {at}: {allocated} for {bytes}", api.key);
                    refused += usize::from(parsed.is_err());
                }
            }
        }
    }
    assert!(refused > 1000, "only {refused} lies were noticed");
}

#[tokio::test]
async fn requests_of_changed_bytes_are_answered_or_refused_in_time() {
    let place = Place::new().await;
    let mut numbers = Numbers(0x5eed);
    let began = Instant::now();
    while began.elapsed() < time() {
        let api = &APIS[numbers.below(APIS.len())];
        let version = api.min + numbers.below(usize::from((api.max - api.min).unsigned_abs()) + 1) as i16;
        let mut changed = frame(api.key, version).to_vec();
        for _ in 0..=numbers.below(6) {
            let at = 8 + numbers.below(changed.len() - 8);
            changed[at] = [0, 1, 0x7f, 0x80, 0xff, numbers.below(256) as u8][numbers.below(6)];
        }
        let shown = format!("{:?} {version} {changed:02x?}", api.key);
        let Ok(request) = Request::parse(Bytes::from(changed)) else { continue };
        // A fetch may have come to wait for long; whoever joins a group waits for others.
        let asked = tokio::time::timeout(Duration::from_millis(20), place.begin("operator", &request));
        let step = Instant::now();
        let _ = asked.await;
        assert!(step.elapsed() < Duration::from_secs(1), "{shown} took {:?}", step.elapsed());
    }
}

#[test]
fn sasl_messages_of_any_bytes_are_refused_and_let_nobody_in() {
    let credential = Credential::of_password(ScramHash::Sha256, "a long password, not hit by chance", 4096).unwrap();
    let users = Users::new(BTreeMap::from([(("u".to_owned(), ScramHash::Sha256), credential)]));
    let mut numbers = Numbers(0x5a51);
    let began = Instant::now();
    let seeds: [&[u8]; 4] = [b"\0u\0q", b"n,,n=u,r=abcdef", b"c=biws,r=abcdef,p=AAAA", b"n,a=u,n=u,r=x,tokenauth=true"];
    while began.elapsed() < time() {
        let mut here = Authentication::new(Mechanism::ALL.to_vec(), None);
        here.handshake(Mechanism::ALL[numbers.below(3)].name());
        for _ in 0..3 {
            let mut message = seeds[numbers.below(seeds.len())].to_vec();
            for _ in 0..numbers.below(4) {
                let at = numbers.below(message.len());
                message[at] = numbers.below(256) as u8;
            }
            message.truncate(numbers.below(message.len() * 2));
            let before = ALLOCATED.get();
            let taken = here.step(&users, &message, Instant::now());
            assert!(ALLOCATED.get() - before < 64 << 10, "{message:02x?}");
            assert!(taken.is_err() || here.known().is_none(), "{message:02x?} let somebody in");
        }
    }
}
