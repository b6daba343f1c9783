//! The state machine against delayed requests, zombies and lost answers.

use super::*;

const T: TopicId = TopicId([1; 16]);
const NOW: i64 = 1000;

fn who(epoch: i16) -> Identity {
    Identity { id: 7, epoch }
}

fn fresh() -> Transaction {
    Transaction::new(7, 60_000, NOW)
}

fn ongoing() -> Transaction {
    let mut transaction = fresh();
    assert_eq!(transaction.add_partitions(who(0), &[(T, 0), (T, 1)], NOW), Ok(true));
    transaction
}

/// What an end leaves behind.
fn ended(step: Result<Step, TransactionError>) -> Ending {
    match step {
        Ok(Step::End(ending)) => *ending,
        other => panic!("an end was expected, not {other:?}"),
    }
}

fn offsets(offset: i64) -> GroupOffsets {
    let pending = PendingOffset { topic: T, offset, leader_epoch: -1, metadata: String::new() };
    GroupOffsets::from([(("t".to_owned(), 0), pending)])
}

#[test]
fn the_old_path_keeps_its_epoch() {
    let ending = ended(ongoing().end(who(0), true, ClientPath::Old, None, NOW));
    assert_eq!((ending.marker_epoch, ending.commit), (0, true));
    assert_eq!((ending.next.producer, ending.next.phase), (who(0), Phase::CompleteCommit));
    assert!(ending.next.partitions.is_empty());
    let again = ending.next.end(who(0), true, ClientPath::Old, None, NOW);
    assert_eq!(again, Ok(Step::Done(who(0))), "an answer that was lost is given again");
    assert_eq!(ending.next.end(who(0), false, ClientPath::Old, None, NOW), Err(TransactionError::InvalidState));
}

#[test]
fn the_new_path_gives_the_next_epoch_and_fences_the_last() {
    let ending = ended(ongoing().end(who(0), true, ClientPath::Bumping, None, NOW));
    assert_eq!((ending.marker_epoch, ending.next.producer), (1, who(1)));
    let mut next = ending.next;
    assert_eq!(next.end(who(0), true, ClientPath::Bumping, None, NOW), Ok(Step::Done(who(1))), "a lost answer");
    assert_eq!(next.end(who(0), false, ClientPath::Bumping, None, NOW), Err(TransactionError::InvalidState));
    let delayed = next.produce(who(0), (T, 0), ClientPath::Bumping, NOW);
    assert_eq!(delayed, Err(TransactionError::Fenced), "a delayed batch opens no transaction");
    assert_eq!(next.phase, Phase::CompleteCommit);
    assert_eq!(next.produce(who(1), (T, 0), ClientPath::Bumping, NOW), Ok(()));
    assert_eq!(
        next.end(who(0), true, ClientPath::Bumping, None, NOW),
        Err(TransactionError::Fenced),
        "too late by one"
    );
}

#[test]
fn an_abort_without_a_transaction_bumps_and_a_commit_does_not() {
    let ending = ended(fresh().end(who(0), false, ClientPath::Bumping, None, NOW));
    assert_eq!((ending.next.producer, ending.next.phase), (who(1), Phase::CompleteAbort));
    assert_eq!(fresh().end(who(0), true, ClientPath::Bumping, None, NOW), Err(TransactionError::InvalidState));
    assert_eq!(fresh().end(who(0), false, ClientPath::Old, None, NOW), Err(TransactionError::InvalidState));
}

#[test]
fn on_the_old_path_a_batch_needs_its_partition_to_be_added() {
    let mut transaction = ongoing();
    assert_eq!(transaction.produce(who(0), (T, 1), ClientPath::Old, NOW), Ok(()));
    assert_eq!(transaction.produce(who(0), (T, 2), ClientPath::Old, NOW), Err(TransactionError::NotInTransaction));
    let mut next = ended(transaction.end(who(0), true, ClientPath::Old, None, NOW)).next;
    let delayed = next.produce(who(0), (T, 1), ClientPath::Old, NOW);
    assert_eq!(delayed, Err(TransactionError::NotInTransaction), "a delayed batch hangs no transaction");
}

#[test]
fn a_new_producer_aborts_and_fences_the_one_before() {
    let ending = ended(ongoing().init(None, 5000, None, NOW));
    assert_eq!((ending.commit, ending.marker_epoch), (false, 1));
    let mut next = ending.next;
    assert_eq!((next.producer, next.phase, next.timeout_ms), (who(1), Phase::Empty, 5000));
    assert_eq!(next.end(who(0), true, ClientPath::Old, None, NOW), Err(TransactionError::Fenced));
    assert_eq!(next.end(who(0), true, ClientPath::Bumping, None, NOW), Err(TransactionError::Fenced));
    assert_eq!(next.add_partitions(who(0), &[(T, 0)], NOW), Err(TransactionError::Fenced));
    assert_eq!(next.init(Some(who(0)), 5000, None, NOW), Err(TransactionError::Fenced), "the zombie comes back");
}

#[test]
fn a_producer_that_bumps_its_epoch_gets_the_same_answer_twice() {
    let Ok(Step::Save(next)) = fresh().init(Some(who(0)), 5000, None, NOW) else { panic!("a state is saved") };
    assert_eq!(next.producer, who(1));
    assert_eq!(next.init(Some(who(0)), 5000, None, NOW), Ok(Step::Done(who(1))));
    assert_eq!(next.init(Some(Identity { id: 8, epoch: 0 }), 1, None, NOW), Err(TransactionError::Fenced));
}

#[test]
fn epochs_that_are_used_up_take_a_new_id() {
    let mut transaction = ongoing();
    transaction.producer.epoch = EPOCH_LAST;
    let used_up = who(EPOCH_LAST);
    assert_eq!(transaction.end(used_up, true, ClientPath::Bumping, None, NOW), Ok(Step::NeedsId));
    let ending = ended(transaction.end(used_up, true, ClientPath::Bumping, Some(8), NOW));
    assert_eq!((ending.producer, ending.marker_epoch), (7, i16::MAX));
    assert_eq!(ending.next.producer, Identity { id: 8, epoch: 0 });
    let again = ending.next.end(used_up, true, ClientPath::Bumping, None, NOW);
    assert_eq!(again, Ok(Step::Done(Identity { id: 8, epoch: 0 })));
    assert_eq!(transaction.init(None, 1, None, NOW), Ok(Step::NeedsId));
    assert_eq!(ended(transaction.init(None, 1, Some(9), NOW)).next.producer, Identity { id: 9, epoch: 0 });
}

#[test]
fn what_takes_too_long_is_aborted_and_its_producer_fenced() {
    let transaction = ongoing();
    assert_eq!(transaction.expire(NOW + 60_000), None);
    let ending = transaction.expire(NOW + 60_001).expect("it is late");
    assert_eq!((ending.commit, ending.marker_epoch, ending.next.producer), (false, 1, who(1)));
    let late = ending.next.end(who(0), true, ClientPath::Bumping, None, NOW);
    assert_eq!(late, Err(TransactionError::InvalidState), "its commit is not taken for one that was done");
    assert_eq!(ending.next.end(who(0), true, ClientPath::Old, None, NOW), Err(TransactionError::Fenced));
    assert_eq!(fresh().expire(i64::MAX), None, "without a transaction nothing is late");
}

#[test]
fn a_producer_whose_transaction_took_too_long_goes_on_with_the_next_epoch() {
    let next = ongoing().expire(NOW + 60_001).expect("it is late").next;
    assert_eq!(next.end(who(0), false, ClientPath::Bumping, None, NOW), Ok(Step::Done(who(1))));
    assert_eq!(next.init(Some(who(0)), 5000, None, NOW), Ok(Step::Done(who(1))));
    let Ok(Step::Save(newer)) = next.init(None, 5000, None, NOW) else { panic!("a state is saved") };
    assert_eq!(newer.init(Some(who(0)), 5000, None, NOW), Err(TransactionError::Fenced), "but not behind a new one");
}

#[test]
fn the_last_epoch_is_left_for_the_fence() {
    let mut transaction = ongoing();
    transaction.producer.epoch = EPOCH_LAST;
    let fenced = transaction.expire(i64::MAX).expect("it is late").next;
    assert_eq!(fenced.producer.epoch, i16::MAX);
    assert_eq!(fenced.init(None, 1, None, NOW), Ok(Step::NeedsId));
}

#[test]
fn offsets_are_committed_with_the_transaction_or_not_at_all() {
    let mut transaction = fresh();
    let early = transaction.add_offsets(who(0), "g", offsets(5), ClientPath::Old, NOW);
    assert_eq!(early, Err(TransactionError::InvalidState), "on the old path the group is added first");
    assert_eq!(transaction.add_group(who(0), "g", NOW), Ok(true));
    assert_eq!(transaction.add_group(who(0), "g", NOW), Ok(false));
    for offset in [5, 6] {
        assert_eq!(transaction.add_offsets(who(0), "g", offsets(offset), ClientPath::Old, NOW), Ok(()));
    }
    let committed = ended(transaction.end(who(0), true, ClientPath::Old, None, NOW));
    assert_eq!(committed.offsets, BTreeMap::from([("g".to_owned(), offsets(6))]));
    let aborted = ended(transaction.end(who(0), false, ClientPath::Old, None, NOW));
    assert!(aborted.offsets.is_empty() && aborted.next.groups.is_empty());
    let mut new_path = fresh();
    assert_eq!(new_path.add_offsets(who(0), "g", offsets(1), ClientPath::Bumping, NOW), Ok(()));
    assert_eq!(new_path.phase, Phase::Ongoing);
}

#[test]
fn a_producer_id_that_is_not_its_own_is_told_so() {
    let stranger = Identity { id: 8, epoch: 0 };
    assert_eq!(ongoing().end(stranger, true, ClientPath::Old, None, NOW), Err(TransactionError::OtherProducer));
    assert_eq!(ongoing().add_partitions(stranger, &[], NOW), Err(TransactionError::OtherProducer));
}

/// B8: many producers of one transactional id, whose requests are delayed, doubled and reordered. Whatever arrives: at
/// most one commit for each transaction that was begun, and none by a producer behind which another was let in.
#[test]
fn no_order_of_delayed_and_doubled_requests_commits_for_a_zombie() {
    let mut numbers = Numbers(0x5eed);
    for _ in 0..10_000 {
        shuffle_one(&mut numbers);
    }
}

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }
}

#[derive(Clone, Copy)]
enum Delayed {
    Produce(Identity),
    End(Identity, bool),
}

fn shuffle_one(numbers: &mut Numbers) {
    let path = if numbers.below(2) == 0 { ClientPath::Old } else { ClientPath::Bumping };
    let mut state = fresh();
    let mut delayed: Vec<Delayed> = Vec::new();
    for _ in 0..12 {
        // The producer learns its epoch from the answers.
        let mine = state.producer;
        let mut asked = vec![Delayed::Produce(mine), Delayed::End(mine, numbers.below(3) > 0)];
        if !delayed.is_empty() && numbers.below(2) == 0 {
            asked.push(delayed[numbers.below(delayed.len())]);
        }
        if numbers.below(6) == 0 {
            come_anew(&mut state);
        }
        for request in asked {
            if numbers.below(3) == 0 {
                delayed.push(request);
                continue;
            }
            serve(&mut state, request, path);
        }
    }
}

fn come_anew(state: &mut Transaction) {
    match state.init(None, 1000, Some(99), NOW) {
        Ok(Step::Save(next)) => *state = next,
        Ok(Step::End(ending)) => {
            assert!(!ending.commit, "a new producer never commits what another began");
            *state = ending.next;
        }
        other => panic!("a new producer is always let in, not {other:?}"),
    }
}

fn serve(state: &mut Transaction, request: Delayed, path: ClientPath) {
    let current = state.producer;
    match request {
        Delayed::Produce(from) => {
            if path == ClientPath::Old {
                let _ = state.add_partitions(from, &[(T, 0)], NOW);
            }
            let taken = state.produce(from, (T, 0), path, NOW);
            assert!(taken.is_err() || from == current, "a zombie's batch was taken");
        }
        Delayed::End(from, commit) => {
            let was_open = state.phase == Phase::Ongoing;
            if let Ok(Step::End(ending)) = state.end(from, commit, path, Some(99), NOW) {
                assert_eq!(from, current, "a zombie ended a transaction");
                assert!(was_open || !commit, "nothing was open, and it was committed");
                *state = ending.next;
            }
        }
    }
}
