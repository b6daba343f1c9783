#!/usr/bin/env python3
"""Yeoul's log and a real Kafka broker under the same clients, in one run, in turns.

    tests/support/python benches/broker/run.py [--rounds 3] [--records 2000000] [--dir FOLDER] [--only produce,consume,latency,read]
        [--flush-ms 2] [--json]

The brokers, all up at once, their data on the disk of `--dir`:

    kafka         a Kafka 4.1 broker as it comes: it acknowledges what the page cache holds
    kafka-fsync   the same with `flush.messages=1`: the same promise as Yeoul's
    yeoul         acknowledges behind the flush, always

What is measured, `acks=all`, no compression, records of 100 B and 1 KiB:

    produce   records/s and MB/s of Kafka's ProducerPerformance (Java) and of kcat (librdkafka), with batching, into one
              partition and into 64
    consume   the same of ConsumerPerformance and kcat, reading what was produced (in the page cache)
    latency   ProducerPerformance at one steady rate for all, half of what the slowest of them carries, and at half of
              what Kafka carries: p50 and p99 in ms
    read      a topic of Yeoul's, read to its end by kcat, and by a job of its own (raw lines into `blackhole`): records/s

and each broker's peak resident memory, and what it spent of the cores for a million records. Best of the rounds, since what disturbs only slows. Beside them what the disk
gives alone: `fdatasync` after 64 KiB (p50, p99) and after 8 MiB (MB/s). `--flush-ms` makes each flush of each broker so much longer (a library that they preload): what
disks without a battery behind their cache take, where a virtual machine's often promises what its host has not written.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_reference import KafkaReference  # noqa: E402
from yeoul import Yeoul, wait_until  # noqa: E402

TOOLS = pathlib.Path.home() / ".cache" / "yeoul" / "kafka-tools" / "lib"
PERFORMANCE = "org.apache.kafka.tools.{}Performance"
SIZES = (100, 1024)
PARTITIONS = (1, 64)
RUN_SECONDS_MAX = 900
# So long that the start of the client's JVM is less than a hundredth of it.
LATENCY_SECONDS = 60
# What a producer that is made for throughput sets; the same for Java and librdkafka.
BATCHING = ("acks=all", "linger.ms=5", "batch.size=262144")
# Of these a client of a steady rate sets nothing: it waits for nothing.
STEADY = ("acks=all", "linger.ms=0")
BROKERS = ("kafka", "kafka-fsync", "yeoul")


def main():
    options = read_options()
    subprocess.run([ROOT / "tools" / "kafka-tools" / "install"], check=True)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-broker", dir=options.dir)))
        disk = measure_disk(folder)
        with slow_flushes(folder, options.flush_ms):
            brokers = start_brokers(stack, folder)
        figures = {}
        if "produce" in options.only:
            throughput(brokers, options, folder, figures)
        if "latency" in options.only:
            latency(brokers, options, figures)
        if "read" in options.only:
            read_in_process(options, folder, figures)
        memory = {name: peak_memory_mib(broker.process.pid) for name, broker in brokers.items()}
    disk["flush_longer_ms"] = options.flush_ms
    report = {"disk": disk, "figures": figures, "memory_mib": memory}
    print(json.dumps(report) if options.json else as_text(report))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=2_000_000, help="of 100 B; of 1 KiB a quarter")
    parser.add_argument("--dir", default=None, help="a folder on the disk to measure; the system's temporary one")
    parser.add_argument("--only", type=lambda it: it.split(","), default=["produce", "consume", "latency", "read"])
    parser.add_argument("--flush-ms", type=float, default=0, help="each flush of a broker takes so much longer")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@contextlib.contextmanager
def slow_flushes(folder, milliseconds):
    """Processes that start within wait so much longer at each flush."""
    if not milliseconds:
        yield
        return
    library = folder / "slow_flush.so"
    source = pathlib.Path(__file__).with_name("slow_flush.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    os.environ |= {"LD_PRELOAD": str(library), "SLOW_FLUSH_US": str(int(milliseconds * 1000))}
    yield
    del os.environ["LD_PRELOAD"], os.environ["SLOW_FLUSH_US"]


def measure_disk(folder):
    """What `fdatasync` takes after 64 KiB, in ms, and what the disk takes in groups of 8 MiB, in MB/s."""
    path = folder / "disk"
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        small = sorted(timed_write(file, 64 << 10, at) for at in range(500))
        began, groups = time.monotonic(), 40
        for at in range(groups):
            timed_write(file, 8 << 20, at)
        rate = groups * (8 << 20) / (time.monotonic() - began) / 1e6
    finally:
        os.close(file)
        path.unlink()
    return {"fdatasync_p50_ms": small[250] * 1e3, "fdatasync_p99_ms": small[495] * 1e3, "mb_per_s": rate}


def timed_write(file, size, at):
    data = os.urandom(4096) * (size // 4096)
    began = time.monotonic()
    os.pwrite(file, data, at * size)
    os.fdatasync(file)
    return time.monotonic() - began


def start_brokers(stack, folder):
    heap = "1g"  # what Kafka's own start script gives it
    kafka = stack.enter_context(KafkaReference(heap=heap, parent=folder))
    fsync = stack.enter_context(KafkaReference(settings=["log.flush.interval.messages=1"], heap=heap, parent=folder))
    yeoul = stack.enter_context(Yeoul("serve", "--data", folder / "yeoul", log=folder / "yeoul.log"))
    yeoul.address = yeoul.kafka
    return {"kafka": kafka, "kafka-fsync": fsync, "yeoul": yeoul}


def throughput(brokers, options, folder, figures):
    for size in SIZES:
        records = options.records if size == 100 else options.records // 4
        lines = folder / f"lines-{size}"
        write_lines(lines, size, records)
        for partitions in PARTITIONS:
            for round_ in range(options.rounds):
                for name, broker in brokers.items():
                    for client in ("java", "kcat"):
                        run = Run(client, broker, f"{client}-{size}-{partitions}-{round_}", size, records, partitions)
                        through(run, lines, options, f"{client}/{size}/{partitions}/{name}", figures)
        lines.unlink()


class Run:
    """One client, one broker, one topic of its own."""

    def __init__(self, client, broker, topic, size, records, partitions):
        self.client, self.broker, self.address, self.topic = client, broker, broker.address, topic
        self.size, self.records, self.partitions = size, records, partitions


def through(run, lines, options, key, figures):
    with topic_of(run.address, run.topic, run.partitions):
        keep_best(figures, f"produce/{key}", *with_cpu(run, lambda: produce(run, lines)))
        if "consume" in options.only and run.partitions == 1:
            keep_best(figures, f"consume/{key}", *with_cpu(run, lambda: consume(run)))


def with_cpu(run, work):
    """What `work` returns, and the broker's core-seconds meanwhile for a million records."""
    before = cpu_seconds(run.broker.process.pid)
    rate = work()
    return rate, (cpu_seconds(run.broker.process.pid) - before) / run.records * 1e6


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_lines(path, size, records):
    """A line is a record of `size` bytes for kcat; the texts are as compressible as Java's random letters."""
    with open(path, "w") as file:
        pool = os.urandom(1 << 20).hex()
        for number in range(records):
            at = number * 7919 % (len(pool) - size)
            file.write(pool[at : at + size] + "\n")


def keep_best(figures, key, rate, cpu):
    best = figures.setdefault(key, {"records_per_s": 0, "core_s_per_million": cpu})
    best["records_per_s"] = max(rate, best["records_per_s"])
    best["core_s_per_million"] = min(cpu, best["core_s_per_million"])


@contextlib.contextmanager
def topic_of(address, topic, partitions=1, keep=False):
    admin = AdminClient({"bootstrap.servers": address})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(30)
    yield
    if not keep:
        admin.delete_topics([topic])[topic].result(30)


def produce(run, lines):
    """Records per second."""
    if run.client == "java":
        return java_produce(run.address, run.topic, run.size, run.records, -1, BATCHING)["records_per_s"]
    settings = [*BATCHING, "batch.num.messages=100000", "queue.buffering.max.messages=1000000"]
    settings = [part for setting in settings for part in ("-X", setting)]
    return run.records / timed(["kcat", "-q", "-P", "-b", run.address, "-t", run.topic, "-p", "-1", *settings, "-l", lines])


def consume(run):
    if run.client == "kcat":
        settings = ["-X", "queued.min.messages=1000000", "-X", "fetch.message.max.bytes=10485760"]
        command = ["kcat", "-q", "-C", "-b", run.address, "-t", run.topic, "-o", "beginning", "-e", *settings]
        return run.records / timed(command)
    arguments = ["--bootstrap-server", run.address, "--topic", run.topic, "--messages", str(run.records)]
    line = java(PERFORMANCE.format("Consumer"), *arguments, "--timeout", "60000", "--hide-header").strip().splitlines()[-1]
    fields = [field.strip() for field in line.split(",")]
    assert int(float(fields[4])) >= run.records, line
    # The rate of fetching: without the time that joining the group takes, which is Kafka's own delay.
    return float(fields[9])


def timed(command):
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=RUN_SECONDS_MAX)
    return time.monotonic() - began


def java(main, *arguments):
    command = ["java", "-Xmx1g", "-Dlog4j2.level=OFF", "-cp", f"{TOOLS}/*", main, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS_MAX)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return done.stdout


def java_produce(address, topic, size, records, rate, settings):
    """ProducerPerformance's last line: records/s, and latencies in ms."""
    arguments = ["--topic", topic, "--num-records", records, "--record-size", size, "--throughput", rate]
    properties = [f"bootstrap.servers={address}", *settings]
    text = java(PERFORMANCE.format("Producer"), *map(str, arguments), "--producer-props", *properties)
    line = text.strip().splitlines()[-1]
    found = re.search(r"sent, ([\d.]+) records/sec.* ([\d.]+) ms 50th, ([\d.]+) ms 95th, ([\d.]+) ms 99th", line)
    assert found, line
    return {"records_per_s": float(found[1]), "p50_ms": float(found[2]), "p99_ms": float(found[4])}


def latency(brokers, options, figures):
    for size in SIZES:
        carried = {name: steady_rate(broker.address, size) for name, broker in brokers.items()}
        rates = {"half of the slowest": min(carried.values()) / 2, "half of kafka": carried["kafka"] / 2}
        for label, rate in rates.items():
            for round_ in range(options.rounds):
                for name, broker in brokers.items():
                    with topic_of(broker.address, f"steady-{size}-{round_}"):
                        seen = java_produce(broker.address, f"steady-{size}-{round_}", size, int(rate * LATENCY_SECONDS), int(rate), STEADY)
                    key = f"latency/{label}/{size}/{name}"
                    best = figures.get(key)
                    if best is None or seen["p99_ms"] < best["p99_ms"]:
                        figures[key] = {**seen, "asked_per_s": int(rate)}


def steady_rate(address, size):
    """What a producer that does not linger carries: records/s."""
    with topic_of(address, f"carried-{size}"):
        return java_produce(address, f"carried-{size}", size, 300_000, -1, STEADY)["records_per_s"]


READER = """
CREATE TABLE lines (line STRING) WITH (
  'connector' = 'kafka', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'topic' = 'read', 'format' = 'raw',
  'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE nowhere (line STRING) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT line FROM lines;
"""


def read_in_process(options, folder, figures):
    project, data, lines = folder / "reader", folder / "reader-data", folder / "lines-read"
    project.mkdir()
    write_lines(lines, 100, options.records)
    with Yeoul("serve", "--data", data, log=folder / "reader.log") as yeoul:
        yeoul.address = yeoul.kafka
        run = Run("kcat", yeoul, "read", 100, options.records, 1)
        with topic_of(yeoul.address, "read", keep=True):
            produce(run, lines)
        for _ in range(options.rounds):
            keep_best(figures, "read/100/kcat", *with_cpu(run, lambda: consume(run)))
        yeoul.stop()
    for round_ in range(options.rounds):
        # A run whose job has ended begins anew with another statement.
        (project / "read.sql").write_text(READER.replace("nowhere", f"nowhere_{round_}"))
        with Yeoul("run", project, "--data", data, log=folder / "reader.log") as yeoul:
            status = wait_until("the job's end", lambda: finished(yeoul), RUN_SECONDS_MAX)
            seconds = (status["jobs"][0]["checkpoint_at"] - status["started_at"]) / 1e3
            keep_best(figures, "read/100/job", options.records / seconds, cpu_seconds(yeoul.process.pid) / options.records * 1e6)
            yeoul.stop()


def finished(yeoul):
    status = yeoul.status()
    done = status["jobs"] and status["jobs"][0]["state"] == "finished"
    return status if done else None


def peak_memory_mib(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def as_text(report):
    disk = report["disk"]
    lines = [
        f"disk: fdatasync after 64 KiB p50 {disk['fdatasync_p50_ms']:.2f} ms, p99 {disk['fdatasync_p99_ms']:.2f} ms;"
        f" {disk['mb_per_s']:.0f} MB/s in groups of 8 MiB; the brokers' flushes take {disk['flush_longer_ms']:g} ms longer",
        f"{'':32}" + "".join(f"{name:>16}" for name in BROKERS) + f"{'of kafka':>12}{'of fsync':>12}",
    ]
    groups = {}
    for key, value in report["figures"].items():
        group, broker = key.rsplit("/", 1)
        groups.setdefault(group, {})[broker] = value
    for group, values in groups.items():
        if group.startswith("latency"):
            for percentile in ("p50_ms", "p99_ms"):
                lines.append(f"{group + ' ' + percentile:32}" + "".join(f"{values[name][percentile]:>16.1f}" for name in BROKERS))
            lines.append(f"{'  at records/s':32}" + "".join(f"{values[name]['records_per_s']:>16.0f}" for name in BROKERS))
            continue
        if group.startswith("read"):
            client, job = (values[name]["records_per_s"] for name in ("kcat", "job"))
            lines.append(f"{group + ' records/s':32}{'kcat':>10}{client:>16,.0f}{'job':>10}{job:>16,.0f}{job / client:>12.2f}")
            continue
        size = int(group.split("/")[2])
        rates = [values[name]["records_per_s"] for name in BROKERS]
        lines.append(f"{group + ' records/s':32}" + "".join(f"{rate:>16,.0f}" for rate in rates) + ratios(rates))
        lines.append(f"{'  MB/s':32}" + "".join(f"{rate * size / 1e6:>16.1f}" for rate in rates))
        cpu = [values[name]["core_s_per_million"] for name in BROKERS]
        lines.append(f"{'  core-s per million records':32}" + "".join(f"{it:>16.2f}" for it in cpu) + ratios(cpu))
    memory = report["memory_mib"]
    lines.append(f"{'memory MiB':32}" + "".join(f"{memory[name]:>16.0f}" for name in BROKERS) + f"{memory['yeoul'] / memory['kafka']:>12.2f}")
    return "\n".join(lines)


def ratios(figures):
    kafka, fsync, yeoul = figures
    return "".join(f"{yeoul / other if other else float('nan'):>12.2f}" for other in (kafka, fsync))


if __name__ == "__main__":
    main()
