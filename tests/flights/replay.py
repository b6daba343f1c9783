#!/usr/bin/env python3
"""Runs examples/flights with the real binary and compares all that comes out with the independent count, row by row.

    tests/support/python tests/flights/replay.py [max] [dirty] [kills]

    max     `--speed max`
    dirty   1 % duplicates and 0.5 % broken lines besides
    kills   20 kill -9 at random moments of the replay, each followed by a restart

Each variant checks the view, the alerts (read with kcat), the Parquet files, the late rows, the failure topics, and
that the fates of the rows add up. YEOUL_BIN names the binary; SEED the seed of the kills.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from expected import DATA, EXAMPLE, check_alarms, check_ids, check_lake, check_windows, counting, expected, lake_files
from kafka_io import end_offset, read_json, read_topic
from yeoul import Yeoul, wait_until

REPLAY_SECONDS_MAX = 120
LAKE_SECONDS_MAX = 90
KILLS = 20
KILLS_INSIDE_MIN = 15
KILL_SPEED = "60000"
KILL_DELAY_SECONDS = (0.3, 2.2)
LANDING, STAGING = "landing.airport.departures", "staging.airport.departures"
ALERTS, LATE = "production.airport.alerts", "failed.production.airport.hourly"
DEAD, REFUSED = "failed.landing.airport.departures", "failed.staging.airport.departures"


class Run:
    """A copy of the example in a temporary folder, and what it must give."""

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder) / "flights"
        shutil.copytree(EXAMPLE, self.folder, ignore=shutil.ignore_patterns("lake", ".yeoul"))
        self.flags = flags
        self.log = pathlib.Path(folder) / "yeoul.log"
        self.result = expected(bounded=False)

    def start(self):
        return Yeoul("run", self.folder, *self.flags, log=self.log)

    def wait_for_the_end(self, yeoul):
        """Until every closed window, late row and alarm is there, and two checkpoints more have passed."""
        wanted = {"view": 1479, STAGING: 24951, LATE: 295, ALERTS: 135}

        def found():
            topics = {topic: end_offset(yeoul.kafka, topic) for topic in (STAGING, LATE, ALERTS)}
            return topics | {"view": len(yeoul.view("airport_hourly"))}

        wait_until(lambda: f"{found()}, not {wanted}; see {self.log}", lambda: found() == wanted, REPLAY_SECONDS_MAX)
        self.wait_for_checkpoints(yeoul)
        assert found() == wanted, f"{found()}, not {wanted}: something came twice"

    def wait_for_checkpoints(self, yeoul):
        first = checkpoints(yeoul)
        behind = lambda: {job: n for job, n in checkpoints(yeoul).items() if n < first[job] + 2}  # noqa: E731
        wait_until(lambda: f"jobs without a new checkpoint: {behind()}", lambda: not behind(), 30)

    def check_all(self, yeoul):
        landed = [message.value() for message in read_topic(yeoul.kafka, LANDING)]
        again = counting.count((line.decode(errors="replace") for line in landed), {})
        check_windows(yeoul.view("airport_hourly"), self.result)
        check_alarms(read_with_kcat(yeoul.kafka, ALERTS), self.result)
        check_ids("late rows", [row_id(message) for message in read_topic(yeoul.kafka, LATE)], self.result["late"])
        check_ids("staged rows", [row["id"] for row in read_json(yeoul.kafka, STAGING)], all_ids())
        dead = end_offset(yeoul.kafka, DEAD)
        assert dead == again["rows"]["malformed"], f"{dead} dead letters, {again['rows']['malformed']} broken lines"
        assert end_offset(yeoul.kafka, REFUSED) == 0, "no row of the example breaks a rule"
        self.check_accounts(yeoul.status(), len(landed), again["rows"])
        self.check_lake(yeoul)
        return again["rows"]

    def check_accounts(self, status, landed, rows):
        branches = {}
        for job in status["jobs"]:
            assert job["state"] == "running", f"job `{job['name']}` is {job['state']}: {job['error']}"
            for branch in job["branches"]:
                check_sum(job["name"], branch)
                branches.setdefault(job["name"], []).append(branch)
        staging, refused = branches["staging"]
        assert staging["input"] == landed, f"staging read {staging['input']} of {landed}"
        assert staging["applied"] == 24951, staging
        assert staging["filtered"].get("duplicate", 0) == rows["duplicate"], (staging, rows)
        assert staging["failed"] == rows["malformed"], (staging, rows)
        assert refused["applied"] == 0, refused
        hourly = branches["hourly"][0]
        fates = {fate: hourly[fate] for fate in ("input", "late", "waiting", "applied")}
        assert fates == {"input": 24951, "late": 295, "waiting": 44, "applied": 24951 - 295 - 44}, hourly

    def check_lake(self, yeoul):
        lake = self.folder / "lake" / "departures"

        def rows():
            import pyarrow.parquet

            return sum(pyarrow.parquet.read_metadata(path).num_rows for path in lake_files(lake))

        wait_until(lambda: f"{rows()} rows in the lake", lambda: rows() == 24951, LAKE_SECONDS_MAX)
        check_lake(lake)


def check_sum(job, branch):
    fates = sum(branch["filtered"].values()) + sum(branch[fate] for fate in ("applied", "late", "refused", "failed", "waiting"))
    assert branch["input"] == fates, f"`{job}` to `{branch['writes']}`: {branch['input']} rows, {fates} fates: {branch}"


def checkpoints(yeoul):
    return {job["name"]: job["checkpoint"] for job in yeoul.get_json("/v1/status")["jobs"]}


def row_id(message):
    """The id within a late row, whose original bytes are the record's value."""
    return json.loads(message.value())["id"]


def read_with_kcat(address, topic):
    done = subprocess.run(["kcat", "-C", "-b", address, "-t", topic, "-e", "-q"], capture_output=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def all_ids():
    with open(DATA / "departures.jsonl") as lines:
        return [json.loads(line)["id"] for line in lines]


def run_to_the_end(folder, *flags):
    run = Run(folder, *flags)
    with run.start() as yeoul:
        run.wait_for_the_end(yeoul)
        rows = run.check_all(yeoul)
        assert yeoul.stop() == 0, "SIGTERM must end it cleanly"
    return rows


def max_speed(folder):
    return run_to_the_end(folder, "--speed", "max")


def dirty(folder):
    rows = run_to_the_end(folder, "--speed", "max", "--duplicates", "0.01", "--malformed", "0.005")
    assert 150 < rows["duplicate"] < 350 and 60 < rows["malformed"] < 200, rows
    return rows


def kills(folder):
    """The committed position lies between what was visible before the kill and what is visible behind the restart."""
    run = Run(folder, "--speed", KILL_SPEED, "--duplicates", "0.01", "--malformed", "0.005")
    chance = random.Random(int(os.environ.get("SEED", "20130208")))
    inside, before = 0, None
    for _ in range(KILLS):
        with run.start() as yeoul:
            after = end_offset(yeoul.kafka, STAGING)
            assert before is None or after >= before, f"{before} staged rows were visible, {after} are left"
            inside += before is not None and 0 < before and after < 24951
            # When to kill is what this test is about: a random moment, not a wait for something.
            time.sleep(chance.uniform(*KILL_DELAY_SECONDS))
            before = end_offset(yeoul.kafka, STAGING)
            yeoul.kill()
    with run.start() as yeoul:
        inside += 0 < before and end_offset(yeoul.kafka, STAGING) < 24951
        run.wait_for_the_end(yeoul)
        rows = run.check_all(yeoul)
        assert yeoul.stop() == 0, "SIGTERM must end it cleanly"
    assert inside >= KILLS_INSIDE_MIN, f"only {inside} of {KILLS} kills struck with a committed position inside the replay"
    return rows | {"kills": KILLS, "inside": inside}


VARIANTS = {"max": max_speed, "dirty": dirty, "kills": kills}


def main():
    for name in sys.argv[1:] or VARIANTS:
        began = time.monotonic()
        folder = tempfile.mkdtemp(prefix=f"flights-{name}-")
        try:
            rows = VARIANTS[name](folder)
        except BaseException:
            print(f"{name}: kept for inspection: {folder}", file=sys.stderr)
            raise
        shutil.rmtree(folder)
        print(f"{name}: as counted, {rows}, {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
