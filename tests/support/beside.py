"""Cases that ask a real Kafka broker and Yeoul the same, and compare what they answer field by field, by Kafka's own schemas.

A case is a function `case_…(both)` of a script whose `main` is [`main`] of this module; see `tests/kafka/test_beside_kafka.py`.

Much of what Kafka's broker does it does when it gets to it, so that on a busy machine the two can be asked at different moments: a
case whose answers differ is run once more, on topics and groups of other names, and counts if they differ again. With
`YEOUL_SLOW` none is.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import tempfile
import time

from kafka_reference import KafkaReference
from protocol import Asker, codes, compile_asker, differences, without
from yeoul import Yeoul

# What is each broker's own, and what is said in words.
OWN = {"clusterId", "host", "port", "throttleTimeMs", "errorMessage", "batchIndexErrorMessage", "topicId", "producerId", "memberId", "leader", "sessionId"}
# What Yeoul has another default for, see docs/compatibility.md.
OTHER_DEFAULTS = {"flush.messages", "message.timestamp.after.max.ms", "min.insync.replicas"}


class Both:
    """Asks Kafka and Yeoul the same, and remembers where their answers differ."""

    def __init__(self, kafka, yeoul, verbose):
        self.brokers, self.verbose = (kafka, yeoul), verbose
        self.different, self.asked, self.names = [], 0, 0

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def same(self, key, version, *bodies, ready=False, leave_out=(), order=None):
        """Both answers; `bodies` are one for both, or one for each."""
        answers = []
        for broker, body in zip(self.brokers, bodies if len(bodies) == 2 else bodies * 2):
            answers.append((broker.when_ready if ready else broker)(key, version, body))
        self.compare(f"{key} {version} {str(bodies[0])[:300]}", answers, leave_out, order)
        return answers

    def soon_same(self, key, version, *bodies, until, seconds_max, leave_out=(), order=None):
        """As [`same`], after each has given an answer that `until` is true of."""
        answers = []
        for broker, body in zip(self.brokers, bodies if len(bodies) == 2 else bodies * 2):
            answers.append(answer_until(broker, key, version, body, until, seconds_max))
        self.compare(f"{key} {version} {str(bodies[0])[:300]}, in the end", answers, leave_out, order)
        return answers

    def compare(self, question, answers, leave_out=(), order=None):
        """Remembers where two answers differ."""
        self.asked += 1
        shown = [without(answer, OWN.union(leave_out)) for answer in answers]
        shown = [order(answer) for answer in shown] if order else shown
        found = differences(*shown)
        if found or self.verbose:
            print(question, *found, sep="\n    ", flush=True)
        self.different += found

    def topic(self, partitions=1, **configs):
        """A new topic of both; its name, and its id at each."""
        name = self.name("topic")
        configs = [{"name": key.replace("_", "."), "value": str(value)} for key, value in configs.items()]
        body = {"topics": [{"name": name, "numPartitions": partitions, "replicationFactor": 1, "configs": configs}], "timeoutMs": 5000}
        made = [broker("CREATE_TOPICS", 7, body)["topics"][0] for broker in self.brokers]
        assert all(it["errorCode"] == 0 for it in made), made
        for broker, it in zip(self.brokers, made):
            wait_for_leader(broker, name)
        return name, [it["topicId"] for it in made]


def answer_until(broker, key, version, body, until, seconds_max):
    """The broker's last answer: the first that `until` is true of, or the one after so many seconds."""
    deadline = time.monotonic() + seconds_max
    while True:
        answer = broker(key, version, body)
        if until(answer) or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


def wait_for_leader(broker, topic):
    for _ in range(100):
        [found] = broker("METADATA", 9, {"topics": [{"name": topic}], "allowAutoTopicCreation": False})["topics"]
        latest = [{"partitionIndex": it["partitionIndex"], "timestamp": -1} for it in found["partitions"]]
        answer = broker("LIST_OFFSETS", 7, {"replicaId": -1, "topics": [{"name": topic, "partitions": latest}]})
        if latest and codes(found) | codes(answer) == {0}:
            return
        time.sleep(0.05)
    raise TimeoutError(f"`{topic}` has no leader")


def settings_sorted(answer):
    """Settings by name, without the values of those whose defaults are others."""
    for result in answer.get("results", answer.get("topics", [])):
        configs = [it for it in result.get("configs") or [] if it["name"] not in OTHER_DEFAULTS]
        result["configs"] = sorted(configs, key=lambda it: it["name"])
    return answer


def main(names, doc, settings, project=""):
    """Runs the cases among a script's `names` that the command line wants; `settings` are Kafka's, `project` is Yeoul's file."""
    cases = {name[len("case_") :]: case for name, case in names.items() if name.startswith("case_")}
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(cases))
    parser.add_argument("--print", action="store_true", help="show every request")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "yeoul.toml").write_text(project)
        compile_asker(folder)
        kafka = stack.enter_context(KafkaReference(settings)).address
        yeoul = stack.enter_context(Yeoul("run", folder, "--data", folder / "data", log=folder / "log")).kafka
        askers = [stack.enter_context(Asker(folder, address)) for address in (kafka, yeoul)]
        failed = [name for name in arguments.cases or cases if not run(cases, name, askers, arguments.print)]
    sys.exit(f"answers differ: {', '.join(failed)}" if failed else 0)


def run(cases, name, askers, verbose):
    """Whether a case found both alike, at the second go at the latest."""
    for go in range(1 if os.environ.get("YEOUL_SLOW") else 2):
        both = Both(*askers, verbose)
        both.names = 1000 * list(cases).index(name) + 500 * go
        fault = fault_of(cases[name], both)
        print(f"{name}: {both.asked} requests, {fault or 'no difference'}{', at the second go' if go else ''}", flush=True)
        if not fault:
            return True
    return False


def fault_of(case, both):
    """What is wrong with a case that is run; nothing if it found both alike."""
    try:
        case(both)
        assert both.asked > 5, "nothing was asked"
    except (AssertionError, TimeoutError) as error:
        return f"failed: {error!r}"
    return f"{len(both.different)} differences" if both.different else None
