// kafkajs: node clients.js ADDRESS ASKING-ADDRESS USER PASSWORD; says `ok NAME` for each case, ends with 1 at the first fault.
const assert = require("node:assert/strict");
const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel } = require("kafkajs");

const [address, asking, username, password] = process.argv.slice(2);
const WAIT_MAX = 30_000;
const TIME = 1_700_000_000_000;

function client(settings = {}) {
  return new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, ...settings });
}

async function connected(it, act) {
  await it.connect();
  try {
    return await act(it);
  } finally {
    await it.disconnect();
  }
}

async function create(topic, numPartitions = 1) {
  await connected(client().admin(), (admin) => admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true }));
}

/** The first `count` records of a topic, by a group of its own. */
async function read(kafka, topic, count, settings = {}) {
  const consumer = kafka.consumer({ groupId: `${topic}-${Math.random()}`, ...settings });
  return connected(consumer, async () => {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const found = [];
    const all = new Promise((resolve) => {
      const eachMessage = async ({ message }) => found.push(message) >= count && resolve(found);
      void consumer.run({ eachMessage });
    });
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${topic}: ${found.length} of ${count}`)), WAIT_MAX).unref());
    return Promise.race([all, late]);
  });
}

async function codecs() {
  for (const [name, compression] of [["none", CompressionTypes.None], ["gzip", CompressionTypes.GZIP]]) {
    for (const idempotent of [false, true]) {
      const topic = `js-${name}-${idempotent}`;
      await create(topic);
      const messages = Array.from({ length: 300 }, (_, i) => ({
        key: String(i), value: `value ${i} `.repeat(20), headers: { n: ["1", "2"] }, timestamp: String(TIME + i),
      }));
      await connected(client().producer({ idempotent, maxInFlightRequests: 1 }), (producer) => producer.send({ topic, messages, compression, acks: -1 }));
      const found = await read(client(), topic, messages.length);
      found.forEach((record, i) => {
        assert.equal(record.offset, String(i));
        assert.equal(record.timestamp, String(TIME + i));
        assert.equal(record.key.toString(), messages[i].key);
        assert.equal(record.value.toString(), messages[i].value);
        assert.deepEqual(record.headers.n.map(String), ["1", "2"]);
      });
    }
  }
}

async function transactions() {
  await create("js-transactions");
  await create("js-source");
  const producer = client().producer({ transactionalId: "js", idempotent: true, maxInFlightRequests: 1 });
  await connected(producer, async () => {
    for (let number = 0; number < 6; number++) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: "js-transactions", messages: [{ value: `${number}a` }, { value: `${number}b` }] });
      const partitions = [{ partition: 0, offset: String(number + 1) }];
      await transaction.sendOffsets({ consumerGroupId: "js-copy", topics: [{ topic: "js-source", partitions }] });
      await (number % 3 === 2 ? transaction.abort() : transaction.commit());
    }
  });
  const found = await read(client(), "js-transactions", 8);
  assert.deepEqual(found.map((record) => record.value.toString()), ["0a", "0b", "1a", "1b", "3a", "3b", "4a", "4b"]);
  const dirty = await read(client(), "js-transactions", 12, { readUncommitted: true });
  assert.equal(dirty.length, 12);
  const [committed] = await connected(client().admin(), (admin) => admin.fetchOffsets({ groupId: "js-copy", topics: ["js-source"] }));
  assert.deepEqual(committed.partitions.map(({ offset }) => offset), ["5"]);
}

async function administration() {
  await connected(client().admin(), async (admin) => {
    const topic = "js-admin";
    const configEntries = [{ name: "retention.ms", value: "86400000" }];
    assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 3, configEntries }] }), true);
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    const setting = async () => {
      const { resources } = await admin.describeConfigs({ resources: [{ ...resource, configNames: ["retention.ms"] }], includeSynonyms: false });
      return resources[0].configEntries[0].configValue;
    };
    assert.equal(await setting(), "86400000");
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name: "retention.ms", value: "1000000" }] }] });
    assert.equal(await setting(), "1000000");
    await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.equal(topics[0].partitions.length, 4);
    await deletesRecords(admin, topic);
    await admin.setOffsets({ groupId: "js-moved", topic, partitions: [{ partition: 1, offset: "17" }] });
    const [moved] = await admin.fetchOffsets({ groupId: "js-moved", topics: [topic] });
    assert.equal(moved.partitions.find(({ partition }) => partition === 1).offset, "17");
    assert.ok((await admin.listGroups()).groups.some(({ groupId }) => groupId === "js-moved"));
    await admin.deleteGroups(["js-moved"]);
    assert.equal((await admin.describeCluster()).brokers.length, 1);
    await admin.deleteTopics({ topics: [topic] });
    assert.ok(!(await admin.listTopics()).includes(topic));
  });
}

async function deletesRecords(admin, topic) {
  const messages = Array.from({ length: 20 }, (_, i) => ({ value: String(i), partition: 1 }));
  await connected(client().producer(), (producer) => producer.send({ topic, messages }));
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: "15" }] });
  const offsets = await admin.fetchTopicOffsets(topic);
  const { low, high } = offsets.find(({ partition }) => partition === 1);
  assert.deepEqual([low, high], ["15", "20"]);
}

async function loggingIn() {
  await create("open");
  for (const [number, mechanism] of ["plain", "scram-sha-256", "scram-sha-512"].entries()) {
    const as = (secret) => client({ brokers: [asking], sasl: { mechanism, username, password: secret }, retry: { retries: 0 } });
    const write = (kafka, topic) => connected(kafka.producer(), (producer) => producer.send({ topic, messages: [{ value: mechanism }] }));
    await write(as(password), "open");
    const found = await read(as(password), "open", number + 1);
    assert.equal(found.at(-1).value.toString(), mechanism);
    await assert.rejects(write(as(password), "closed"), /authorized/i);
    await assert.rejects(write(as("wrong"), "open"), { name: "KafkaJSSASLAuthenticationError" });
  }
}

async function main() {
  for (const act of [codecs, transactions, administration, loggingIn]) {
    await act();
    console.log(`ok ${act.name}`);
  }
}

main().then(
  () => process.exit(0),
  (fault) => {
    console.error(fault);
    process.exit(1);
  },
);
