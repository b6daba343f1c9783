// The scene of test_groups.py with kafkajs: node groups.js ADDRESS TOPIC GROUP RECORDS classic
const { Kafka, logLevel } = require("kafkajs");

const PARTITIONS = 6;
const [address, topic, group, wanted] = process.argv.slice(2);
const deadline = Date.now() + 90_000;

async function until(what, condition) {
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function member(kafka, seen, assigned) {
  const consumer = kafka.consumer({ groupId: group, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 10_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const name = {};
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    assigned.set(name, (payload.memberAssignment[topic] || []).length);
  });
  await consumer.run({
    eachMessage: async ({ message }) => void seen.add(message.value.toString()),
    autoCommitInterval: 100,
  });
  return { consumer, name };
}

async function main() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const seen = new Set();
  const assigned = new Map();
  const first = await member(kafka, seen, assigned);
  await until("the first reads", () => seen.size >= 100);
  const second = await member(kafka, seen, assigned);
  const half = PARTITIONS / 2;
  await until("they share", () => assigned.get(first.name) === half && assigned.get(second.name) === half);
  await first.consumer.disconnect();
  await until("the group is at the end", async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return partitions.every((it) => it.offset === String(Number(wanted) / PARTITIONS));
  });
  await second.consumer.disconnect();
  await admin.disconnect();
  for (const value of seen) console.log(value);
}

main().then(
  () => process.exit(0),
  (fault) => {
    console.error(fault);
    process.exit(1);
  },
);
