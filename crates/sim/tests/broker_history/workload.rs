//! What the clients do, step by step, by a seed. One open transaction a partition: the clients take turns, so that their
//! writes have an order that is to be kept (see `yeoul_sim::anomalies`).

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use yeoul_sim::{Bug, Crash, Observations, Outcome, Poll, Send, Transaction};

use crate::cluster::{Cluster, Down, PARTITIONS};
use crate::producer::Producer;
use crate::reader::Reader;

const PRODUCERS: usize = 4;
const READERS: usize = 2;

/// A bug that is planted to see it caught.
#[derive(Clone, Copy, Debug)]
pub enum Plant {
    Disk(Bug),
    /// Readers take what is open and aborted.
    ReadUncommitted,
    /// A reader leaves out an offset.
    Skip,
    /// A reader goes back.
    Rewind,
    /// A producer sends again as if for the first time.
    SendTwice,
    /// A producer commits what it says that it aborted.
    CommitForAbort,
}

struct Client {
    producer: Producer,
    reader: Reader,
    /// Its open transaction, by its place in the history, and where it writes.
    open: Option<(usize, Vec<i32>)>,
}

struct Life {
    cluster: Cluster,
    random: SmallRng,
    clients: Vec<Client>,
    readers: Vec<Reader>,
    seen: Observations,
    values: u64,
    plant: Option<Plant>,
}

/// Lives through so many operations, and reads everything in the end.
pub async fn live(seed: u64, operations: usize, plant: Option<Plant>) -> Observations {
    let bug = if let Some(Plant::Disk(bug)) = plant { Some(bug) } else { None };
    let uncommitted = matches!(plant, Some(Plant::ReadUncommitted));
    let reader = || Reader::new(uncommitted, bug.is_some());
    let client = |number| Client { producer: Producer::new(number), reader: reader(), open: None };
    let mut life = Life {
        cluster: Cluster::start(bug).await,
        random: SmallRng::seed_from_u64(seed),
        clients: (0..PRODUCERS).map(client).collect(),
        readers: (0..READERS).map(|_| reader()).collect(),
        seen: Observations::default(),
        values: 0,
        plant,
    };
    for _ in 0..operations {
        if life.random.random_range(0..120) == 0 {
            let operations = life.random.random_range(0..20);
            life.cluster.power_off_after(operations);
        }
        if life.step().await.is_err() {
            life.crash().await;
        }
    }
    life.finish().await
}

impl Life {
    async fn step(&mut self) -> Result<(), Down> {
        let number = self.random.random_range(0..PRODUCERS + READERS);
        match self.clients.get(number) {
            None => self.read(number).await,
            Some(client) if client.open.is_none() => self.begin(number).await,
            Some(_) => match self.random.random_range(0..10) {
                0..6 => self.send(number).await,
                6 => self.read_in_transaction(number).await,
                7 if self.random.random_range(0..4) == 0 => self.be_fenced(number).await,
                _ => self.end(number).await,
            },
        }
    }

    fn transaction(&mut self, number: usize) -> &mut Transaction {
        let (place, _) = self.clients[number].open.as_ref().expect("its transaction is open");
        &mut self.seen.transactions[*place]
    }

    /// Takes partitions in which no other transaction is open, if there are any.
    async fn begin(&mut self, number: usize) -> Result<(), Down> {
        let taken: Vec<i32> =
            self.clients.iter().filter_map(|client| client.open.as_ref()).flat_map(|open| open.1.clone()).collect();
        let mut free: Vec<i32> = (0..PARTITIONS).filter(|partition| !taken.contains(partition)).collect();
        while free.len() > 2 {
            free.swap_remove(self.random.random_range(0..free.len()));
        }
        if free.is_empty() {
            return Ok(());
        }
        self.clients[number].producer.ready(&self.cluster).await?;
        // Not ended is aborted: whoever comes next under its name aborts it.
        let (outcome, sends, polls) = (Outcome::Aborted, Vec::new(), Vec::new());
        self.clients[number].open = Some((self.seen.transactions.len(), free));
        self.seen.transactions.push(Transaction { process: number, outcome, sends, polls });
        Ok(())
    }

    fn place(&mut self, number: usize) -> i32 {
        let (_, partitions) = self.clients[number].open.as_ref().expect("its transaction is open");
        partitions[self.random.random_range(0..partitions.len())]
    }

    async fn send(&mut self, number: usize) -> Result<(), Down> {
        let partition = self.place(number);
        let count = self.random.random_range(1..4);
        let values: Vec<u64> = (self.values..self.values + count).collect();
        self.values += count;
        let sends = values.iter().map(|&value| Send { partition, value, offset: None });
        let before = self.transaction(number).sends.len();
        self.transaction(number).sends.extend(sends);
        let twice = matches!(self.plant, Some(Plant::SendTwice)) && self.random.random_range(0..10) == 0;
        let lost = usize::from(self.random.random_range(0..10) == 0);
        let producer = &mut self.clients[number].producer;
        let base = match twice {
            true => producer.send_twice(&self.cluster, partition, &values).await?,
            false => producer.send(&self.cluster, partition, &values, lost).await?,
        };
        for (send, offset) in self.transaction(number).sends[before..].iter_mut().zip(base..) {
            send.offset = Some(offset);
        }
        Ok(())
    }

    async fn end(&mut self, number: usize) -> Result<(), Down> {
        let transaction = self.transaction(number);
        if transaction.sends.is_empty() {
            // There is nothing that the broker knows of.
            self.clients[number].open = None;
            return Ok(());
        }
        let commit = self.random.random_range(0..10) < 7;
        if commit {
            self.transaction(number).outcome = Outcome::Unknown;
        }
        let said = commit || matches!(self.plant, Some(Plant::CommitForAbort));
        let producer = &mut self.clients[number].producer;
        // On the old path a delayed end would end the next transaction: what KIP-890 is for.
        let lost = usize::from(producer.goes_new_path() && self.random.random_range(0..5) == 0);
        producer.end(&self.cluster, said, lost).await?;
        if commit {
            self.transaction(number).outcome = Outcome::Committed;
        }
        self.clients[number].open = None;
        Ok(())
    }

    async fn be_fenced(&mut self, number: usize) -> Result<(), Down> {
        let partition = self.place(number);
        self.values += 1;
        let value = self.values - 1;
        self.transaction(number).sends.push(Send { partition, value, offset: None });
        self.clients[number].producer.be_fenced(&self.cluster, partition, value).await?;
        self.clients[number].open = None;
        Ok(())
    }

    async fn read_in_transaction(&mut self, number: usize) -> Result<(), Down> {
        let partition = self.random.random_range(0..PARTITIONS);
        let poll = self.clients[number].reader.poll(&self.cluster, partition, 1000).await?;
        self.transaction(number).polls.push(poll.clone());
        self.seen.polls.push((number, poll));
        Ok(())
    }

    async fn read(&mut self, number: usize) -> Result<(), Down> {
        let partition = self.random.random_range(0..PARTITIONS);
        let bytes_max = self.random.random_range(1..3000);
        let plants = self.random.random_range(0..10) == 0;
        let reader = &mut self.readers[number - PRODUCERS];
        let mut poll = reader.poll(&self.cluster, partition, bytes_max).await?;
        match self.plant {
            Some(Plant::Skip) if plants => poll.records.truncate(poll.records.len().saturating_sub(1)),
            Some(Plant::Rewind) if plants => reader.positions[partition as usize] = poll.from,
            _ => {}
        }
        self.seen.polls.push((number, poll));
        Ok(())
    }

    /// The power went. What was open is lost to its clients, and they come again.
    async fn crash(&mut self) {
        let crash = match self.random.random_range(0..4) {
            0 => Crash::Drop,
            1 => Crash::Keep,
            kind => Crash::Tear { block: if kind == 2 { 512 } else { 4096 }, seed: self.random.random() },
        };
        self.cluster.restart(crash).await;
        for client in &mut self.clients {
            client.producer.forget();
            client.reader.forget();
            client.open = None;
        }
        self.readers.iter_mut().for_each(Reader::forget);
    }

    async fn finish(mut self) -> Observations {
        self.cluster.power_off_after(u64::MAX / 2);
        self.crash().await;
        for client in &mut self.clients {
            client.producer.init(&self.cluster).await.expect("the power is on");
        }
        let mut reader = Reader::new(false, false);
        let mut last = BTreeMap::new();
        for partition in 0..PARTITIONS {
            let mut records = Vec::new();
            loop {
                let Poll { from, next, records: more, .. } =
                    reader.poll(&self.cluster, partition, 1 << 20).await.expect("the power is on");
                records.extend(more);
                if next == from {
                    break;
                }
            }
            last.insert(partition, records);
        }
        self.seen.last = last;
        self.seen
    }
}
