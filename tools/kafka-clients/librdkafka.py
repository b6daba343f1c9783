#!/usr/bin/env python3
"""librdkafka's own tests against Yeoul: fetches its source by apt, builds it, runs each test that needs a broker.

    tests/support/python tools/kafka-clients/librdkafka.py [NUMBER ...] [--jobs 3] [--protocol consumer] [--keep FOLDER]

Passes when every test passes or is skipped by itself, but for those that `librdkafka.exceptions` names with a reason; a
test on that list that passes is a fault of the list, unless its reason begins with `sometimes`: that is a race in the client. Four brokers are asked, as the tests want them: one that makes
topics by itself, one that does not, one with rules, and one whose clients log in. Mock tests, which need no broker, are left out.

The source is Debian's (`apt-get source librdkafka` of its unstable branch, signed), or the folder that LIBRDKAFKA names.
Needs gcc, g++, make, OpenSSL's and zlib's headers, Java for Kafka's `kafka-acls`. Takes half an hour.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from asking import listeners  # noqa: E402
from kafka_tools import LIB, install  # noqa: E402
from yeoul import BINARY, Yeoul  # noqa: E402

CACHE = pathlib.Path.home() / ".cache" / "yeoul" / "librdkafka"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
KAFKA_VERSION = "4.1.0"
TEST_SECONDS_MAX = 1200
NEW_PROTOCOL = "848-"
USER, PASSWORD = "tester", "opensesame"

LOG_IN = """
[[listener]]
name = "sasl"
address = "127.0.0.1:0"
protocol = "SASL_PLAINTEXT"
mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
reauthenticate-seconds = 10
"""

# Tests by the broker that they want. What is not named here runs on the first.
BROKERS = {
    "default": "[log]\ndefault-partitions = 4\nclean-interval-ms = 2000\n",
    "noautocreate": "[log]\ndefault-partitions = 4\nauto-create-topics = false\n",
    "rules": f"[log]\ndefault-partitions = 4\n{LOG_IN}",
    "users": f'[log]\ndefault-partitions = 4\n{LOG_IN}\n[security]\nsuper-users = ["User:ANONYMOUS", "User:{USER}"]\n',
}
NO_AUTO_CREATE = ["0045", "0107", "0111"]
WITH_RULES = ["0109", "0115", "0119"]
# They count on times, which other tests beside them would spoil.
ALONE = ["0055", "0115", "0127"]
LOGGED_IN = ["0001", "0081", "0103", "0135", "0142"]


class Source:
    """The source tree, fetched and built once."""

    def __init__(self):
        self.folder = pathlib.Path(os.environ.get("LIBRDKAFKA") or CACHE / "source")
        self.runner = self.folder / "tests" / "test-runner"

    def build(self):
        if not self.folder.exists():
            self._fetch()
        if not self.runner.exists():
            environment = os.environ | {"CFLAGS": "-O1", "CXXFLAGS": "-O1"}
            for command, place in ((["./configure"], "."), (["make", "-j2", "libs"], "."), (["make", "-j2", "test-runner"], "tests")):
                subprocess.run(command, cwd=self.folder / place, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def _fetch(self):
        """By apt, with a list of sources and a state of its own; the machine's are left alone."""
        own = CACHE / "apt"
        (own / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (own / "sources.list").write_text(f"deb-src [signed-by={KEYRING}] http://deb.debian.org/debian sid main\n")
        places = {"Dir::Etc::sourcelist": own / "sources.list", "Dir::Etc::sourceparts": "-", "Dir::State::lists": own / "lists", "Dir::Cache": own}
        options = [part for key, value in places.items() for part in ("-o", f"{key}={value}")]
        subprocess.run(["apt-get", *options, "-qq", "update"], check=True)
        subprocess.run(["apt-get", *options, "-qq", "source", "--download-only", "librdkafka"], cwd=own, check=True)
        [archive] = own.glob("librdkafka_*.orig.tar.gz")
        self.folder.mkdir(parents=True)
        subprocess.run(["tar", "xzf", archive, "-C", self.folder, "--strip-components=1"], check=True)

    def version(self):
        text = (self.folder / "src" / "rdkafka.h").read_text()
        number = int(re.search(r"define RD_KAFKA_VERSION\s+0x([0-9a-f]{8})", text).group(1), 16)
        return ".".join(str(number >> shift & 0xFF) for shift in (24, 16, 8))

    def numbers(self):
        """Of the tests that need a broker, as the table in `test.c` flags them."""
        table = (self.folder / "tests" / "test.c").read_text().split("struct test tests[] = {", 1)[1]
        found = re.findall(r"_TEST\((\d{4})_(\w+),\s*([^,)]*)", table)
        # Some that ask librdkafka's own imitation of a broker are not flagged.
        asks = lambda name, flags: "LOCAL" not in flags and "MANUAL" not in flags and not name.endswith("_mock")  # noqa: E731
        return sorted({number for number, name, flags in found if asks(name, flags)})


JAVA = """#!/bin/sh
exec java -Xmx128m -cp "{lib}/*:$CLASSPATH" {main} "$@"
"""
# Creates topics itself: Kafka's tool checks settings before it asks the broker, and since 4.0 it refuses the small segments by
# which a test makes compaction begin. Its arguments are `--bootstrap-server ADDRESS --create --topic NAME …`.
TOPICS = """#!/bin/sh
if [ "$1 $3 $4" = "--bootstrap-server --create --topic" ]; then
  address="$2" topic="$5"
  shift 5
  exec "$YEOUL_BIN" topic create "$topic" --kafka "$address" "$@"
fi
exec java -Xmx128m -cp "{lib}/*" org.apache.kafka.tools.TopicCommand "$@"
"""


def kafkas_tools(folder):
    """A folder that looks to the tests like a release of Kafka: scripts in `bin`."""
    install()
    scripts = {
        "kafka-acls.sh": JAVA.format(lib=LIB, main="org.apache.kafka.tools.AclCommand"),
        "kafka-run-class.sh": JAVA.format(lib=LIB, main=""),
        "kafka-topics.sh": TOPICS.format(lib=LIB),
    }
    (folder / "bin").mkdir()
    for name, text in scripts.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return folder


class Broker:
    """A running Yeoul and the configurations by which tests reach it."""

    def __init__(self, stack, folder, name):
        self.name, self.folder = name, folder / name
        self.folder.mkdir()
        (self.folder / "yeoul.toml").write_text(BROKERS[name])
        self.data, log = self.folder / "data", self.folder / "log.txt"
        self.address = stack.enter_context(Yeoul("run", self.folder, "--data", self.data, log=log)).kafka
        self.plain = self._config("plain.conf", self.address)
        if name == "rules":
            # So that the rules which a test makes are the only ones that refuse.
            everything = ["--topic", "*", "--group", "*", "--transactional-id", "*", "--cluster"]
            self._command("acl", "add", "--allow-principal", "User:*", *everything)
        if name == "users":
            self._command("user", "add", USER, text=PASSWORD)
            login = f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\nsasl.username={USER}\nsasl.password={PASSWORD}\n"
            self.logged_in = self._config("sasl.conf", listeners(log)["sasl"], login)

    def _config(self, name, address, more=""):
        path = self.folder / name
        path.write_text(f"bootstrap.servers={address}\ntest.topic.random=true\ntest.timeout.multiplier=2\n{more}")
        return path

    def _command(self, *command, text=None):
        subprocess.run([BINARY, *command, "--data", self.data], input=text, text=True, check=True, capture_output=True, timeout=60)


class Run:
    """One test number on one broker, in a process of its own; or a part of it, where the list of exceptions names parts."""

    def __init__(self, number, broker, config, label, options, part=None):
        self.number, self.broker, self.config, self.label, self.options = number, broker, config, label, options
        self.part = part

    def __call__(self, source, kafka, logs):
        name = "-".join(filter(None, (self.number, self.part, self.label)))
        report, log = logs / f"{name}.json", logs / f"{name}.log"
        environment = os.environ | {
            "TESTS": self.number, "TEST_REPORT": str(report), "RDKAFKA_TEST_CONF": str(self.config), "TEST_KAFKA_VERSION": KAFKA_VERSION,
            "KAFKA_PATH": str(kafka), "BROKERS": self.broker.address, "LD_LIBRARY_PATH": f"{source.folder}/src:{source.folder}/src-cpp",
            "TEST_CONSUMER_GROUP_PROTOCOL": self.options.protocol, "YEOUL_BIN": BINARY,
        } | ({"SUBTESTS": f"{self.part}:"} if self.part else {})
        scenario = "noautocreate" if self.broker.name == "noautocreate" else "default"
        command = ["./test-runner", "-p1", "-L", "-s", scenario, *(["-Q"] if self.options.quick else [])]
        began = time.monotonic()
        with log.open("wb") as output, contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, cwd=source.folder / "tests", env=environment, stdout=output, stderr=output, timeout=TEST_SECONDS_MAX)
        return self, self._states(report), time.monotonic() - began

    def _states(self, report):
        """Test by test of this number: PASSED, FAILED or SKIPPED; a run that was stopped or crashed wrote no report."""
        if not report.exists():
            return {self._name(self.number): "CRASHED"}
        tests = json.loads(report.read_text(), strict=False)["tests"]
        return {self._name(name): it["state"] for name, it in tests.items() if name.startswith(self.number)}

    def _name(self, test):
        return f"{test}:{self.part}" if self.part else test

    def parts(self, source, known):
        """This run, or one of each part if the list of exceptions names a part of it."""
        if not any(name.startswith(f"{plain(self.label)}/{self.number}") and ":" in name for name in known):
            return [self]
        [text] = [path.read_text() for path in (source.folder / "tests").glob(f"{self.number}-*.c*")]
        names = dict.fromkeys(re.findall(r"^(?:static void )?(do_test_\w+)\(", text, re.M))
        parts = [name for name in names if re.search(rf"\n(?:static void )?{name}\([^;{{]*\{{(?:(?!\n\}}).)*SUB_TEST", text, re.S)]
        return [Run(self.number, self.broker, self.config, self.label, self.options, part) for part in parts]


def plan(numbers, brokers, options):
    """The runs, long ones first."""
    for number in sorted(numbers, key=lambda number: number not in ("0081", "0103", "0113", "0045", "0130")):
        for label in labels_of(number):
            broker = brokers["users" if label == "logged-in" else label]
            config = broker.logged_in if label == "logged-in" else broker.plain
            yield Run(number, broker, config, kind(options) + label, options)


def labels_of(number):
    """How a test is run: by the broker's name, or logged in."""
    if number not in WITH_RULES:
        yield "default"
    for label, numbers in (("noautocreate", NO_AUTO_CREATE), ("rules", WITH_RULES), ("logged-in", LOGGED_IN)):
        if number in numbers:
            yield label


def kind(options):
    """What the labels begin with, by the groups' protocol."""
    return NEW_PROTOCOL if options.protocol == "consumer" else ""


def plain(label):
    """A label as the list of exceptions has it where they are the same for both protocols."""
    return label.removeprefix(NEW_PROTOCOL)


def exceptions():
    """`LABEL/TEST reason` or `LABEL/TEST:PART reason` a line; a label with the new protocol's mark is of that one only."""
    lines = (HERE / "librdkafka.exceptions").read_text().splitlines()
    return dict(line.split(None, 1) for line in lines if line.strip() and not line.startswith("#"))


def judge(states, options):
    """What differs from the list of exceptions."""
    known, faults = exceptions(), []
    for name, state in sorted(states.items()):
        is_known = name in known or plain(name) in known
        if state not in ("PASSED", "SKIPPED") and not is_known:
            faults.append(f"{name}: {state}")
        reason = known.get(name) or known.get(plain(name)) or ""
        if state == "PASSED" and is_known and not reason.startswith("sometimes"):
            faults.append(f"{name}: passes, and is on the list of exceptions")
    if not options.numbers:
        of_this_run = {name for name in known if options.protocol == "consumer" or not name.startswith(NEW_PROTOCOL)}
        missing = of_this_run - set(states) - set(map(plain, states))
        faults += [f"{name}: is on the list of exceptions, and was not run" for name in sorted(missing)]
    return faults


def run_all(stack, source, options, folder):
    kafka = kafkas_tools(folder)
    logs = pathlib.Path(options.keep) if options.keep else folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    brokers = {name: Broker(stack, folder, name) for name in BROKERS}
    numbers = options.numbers or source.numbers()
    runs = [part for run in plan(numbers, brokers, options) for part in run.parts(source, exceptions())]
    states = {}
    for alone, jobs in ((False, options.jobs), (True, 1)):
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            running = [pool.submit(run, source, kafka, logs) for run in runs if (run.number in ALONE) == alone]
            for done in concurrent.futures.as_completed(running):
                states |= told(*done.result())
    return states


def told(run, found, seconds):
    """The states of a run under their full names, once they are printed."""
    said = ", ".join(f"{name} {state}" for name, state in found.items() if state != "SKIPPED" or len(found) == 1)
    print(f"{run.label:13} {said or run.number} {seconds:.0f} s", flush=True)
    return {f"{run.label}/{name}": state for name, state in found.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", nargs="*", help="tests, such as 0081; without any all that need a broker")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="the tests' own quick mode")
    parser.add_argument("--protocol", choices=["classic", "consumer"], default="classic", help="of consumer groups")
    parser.add_argument("--keep", metavar="FOLDER", help="where logs and reports of the tests go")
    options = parser.parse_args()
    source = Source().build()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="librdkafka")))
        states = run_all(stack, source, options, folder)
    faults = judge(states, options)
    counts = {state: list(states.values()).count(state) for state in sorted(set(states.values()))}
    print(f"librdkafka {source.version()}: " + ", ".join(f"{count} {state.lower()}" for state, count in counts.items()))
    for fault in faults:
        print(f"  {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
