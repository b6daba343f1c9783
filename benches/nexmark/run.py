#!/usr/bin/env python3
"""Nexmark on Yeoul and on Flink, over the same JSON files: events a second, core-seconds, peak memory.

    benches/nexmark/run.py [QUERY...] [--events 1000000] [--engines yeoul,log,flink] [--set KEY=VALUE] [--json FILE]

Each query runs in a process of its own, from its start to its end, into a `blackhole` table. `yeoul` and `flink` read the files;
`log` is the platform over a topic that holds the same events (it is filled first, which isn't measured). Core-seconds are user and
system time of the process; the ratio is Flink's core-seconds over Yeoul's. Flink runs with parallelism 2 and as much heap as
`YEOUL_FLINK_HEAP` says (12g).
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "nexmark"))
import inputs  # noqa: E402

ORACLE = HERE.parents[1] / "tools" / "flink-oracle" / "oracle"
WAIT_SECONDS_MAX = 3600
POLL_SECONDS = 0.05
TICKS = os.sysconf("SC_CLK_TCK")
TOPIC = "nexmark"


def into_blackhole(name, source, prefix=""):
    """The query's text with its source replaced and its rows thrown away."""
    before, query = inputs.statements(name)
    before = re.sub(r"'connector' = 'filesystem', 'path' = 'data/nexmark.jsonl', 'format' = 'json'", lambda _: source, before)
    if name == "q10":
        # It writes files itself; what reads them back is left out.
        return prefix + before.replace("'out/logged'", "'logged'")
    # A platform's project names its job by its text.
    return f"{prefix}{before}\nCREATE TABLE sink_{name} WITH ('connector' = 'blackhole') AS {query};\n"


FILES = "'connector' = 'filesystem', 'path' = 'parts', 'format' = 'json'"


def measured(command, folder, environment=None):
    """Wall seconds, core-seconds, peak MiB of a command that must succeed."""
    began = time.monotonic()
    output = open(folder / "output", "w+b")
    process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=os.environ | (environment or {}))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    if process.returncode != 0:
        output.seek(0)
        raise RuntimeError(output.read().decode(errors="replace")[-400:])
    return {"wall": wall, "cores": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def settings_of(options):
    pairs = (pair.split("=", 1) for pair in options.set)
    return "".join("SET '{}' = '{}';\n".format(*pair) for pair in pairs)


def on_yeoul(name, options, folder):
    (folder / "q.sql").write_text(into_blackhole(name, FILES, settings_of(options)))
    return measured([inputs.BINARY, "run", "q.sql"], folder)


def on_flink(name, options, folder):
    parallel = "SET 'parallelism.default' = '2';\nSET 'table.exec.resource.default-parallelism' = '2';\n"
    (folder / "q.sql").write_text(into_blackhole(name, FILES, parallel))
    heap = os.environ.get("YEOUL_FLINK_HEAP", "12g")
    return measured([ORACLE, "run", "q.sql", "--out", "out", "--root", str(folder)], folder, {"YEOUL_FLINK_HEAP": heap})


def on_log(name, options, folder):
    source = (
        f"'connector' = 'kafka', 'topic' = '{TOPIC}', 'properties.bootstrap.servers' = '127.0.0.1:9092', "
        "'scan.startup.mode' = 'earliest-offset', 'format' = 'json'"
    )
    (folder / "q.sql").write_text(into_blackhole(name, source, settings_of(options)))
    began = time.monotonic()
    with Platform(["run", str(folder)], log_folder(options.events)) as platform:
        platform.until_read(options.events)
        return {"wall": time.monotonic() - began, **platform.usage()}


class Platform:
    """A running platform on free ports."""

    def __init__(self, command, data):
        ports = ["--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", "--pg", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [inputs.BINARY, *command, "--data", str(data), *ports[:4], "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read().decode(errors="replace")[-400:])
        self.ready = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def until_read(self, events):
        """Waits until a job has read so many rows."""
        begin = time.monotonic()
        while time.monotonic() - begin < WAIT_SECONDS_MAX:
            with urllib.request.urlopen(self.ready["http"] + "/v1/status") as answer:
                jobs = json.load(answer)["jobs"]
            if any(job.get("error") for job in jobs):
                raise RuntimeError(str([job["error"] for job in jobs]))
            if jobs and all(sum(source["rows"] for source in job["sources"]) >= events for job in jobs):
                return
            time.sleep(POLL_SECONDS)
        raise RuntimeError("the job does not come to an end")

    def usage(self):
        root = pathlib.Path(f"/proc/{self.process.pid}")
        fields = (root / "stat").read_text().rsplit(")", 1)[1].split()
        peak = re.search(r"VmHWM:\s+(\d+)", (root / "status").read_text())
        return {"cores": (int(fields[11]) + int(fields[12])) / TICKS, "mib": int(peak[1]) / 1024}


def log_folder(events):
    """A data folder whose topic holds the events; made where missing."""
    folder = inputs.CACHE / f"log-{events}"
    if not (folder / ".done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with Platform(["serve"], folder) as platform:
            for part in inputs.part_files(events):
                arguments = ["produce", TOPIC, str(part), "-p", "0", "--kafka", platform.ready["kafka"]]
                subprocess.run([inputs.BINARY, *arguments], check=True, stdout=subprocess.DEVNULL)
        (folder / ".done").touch()
    return folder


ENGINES = {"yeoul": on_yeoul, "log": on_log, "flink": on_flink}


def row(name, events, results):
    cells = [f"{name:4}"]
    for engine, found in results.items():
        if "failed" in found:
            cells.append(f"{engine} failed: {found['failed'].splitlines()[-1][:60]}")
            continue
        rate, dear = events / found["wall"] / 1000, events / found["cores"] / 1000
        cells.append(f"{engine:5} {rate:6.0f} k/s {found['cores']:7.2f} core-s {dear:6.0f} k/core-s {found['mib']:6.0f} MiB")
    for engine in ("yeoul", "log"):
        if "cores" in results.get("flink", {}) and "cores" in results.get(engine, {}):
            cells.append(f"{engine} x{results['flink']['cores'] / results[engine]['cores']:.1f}")
    return " | ".join(cells)


def totals(all_results):
    for engine in ("yeoul", "log"):
        both = [r for r in all_results.values() if "cores" in r.get(engine, {}) and "cores" in r.get("flink", {})]
        if both:
            sums = {key: sum(r[key]["cores"] for r in both) for key in (engine, "flink")}
            print(f"sum over {len(both)} queries: {engine} {sums[engine]:.1f} core-s, flink {sums['flink']:.1f}: x{sums['flink'] / sums[engine]:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--engines", default="yeoul,flink")
    parser.add_argument("--set", action="append", default=["yeoul.state.memory=8gb"], metavar="KEY=VALUE")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    inputs.parts(options.events)
    everything = {}
    for name in options.names or inputs.NAMES:
        results = {}
        for engine in options.engines.split(","):
            folder = pathlib.Path(tempfile.mkdtemp(prefix="nexmark"))
            inputs.link(inputs.part_files(options.events), folder / "parts")
            inputs.link([inputs.CACHE / "side_input.csv"], folder / "data")
            try:
                results[engine] = ENGINES[engine](name, options, folder)
            except RuntimeError as fault:
                results[engine] = {"failed": str(fault) or "no message"}
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        everything[name] = results
        print(row(name, options.events, results), flush=True)
    totals(everything)
    if options.json:
        options.json.write_text(json.dumps({"events": options.events, "queries": everything}, indent=1) + "\n")


if __name__ == "__main__":
    main()
