#!/usr/bin/env python3
"""Nexmark on Yeoul and on Flink, over the same JSON files: events a second, core-seconds, peak memory.

    benches/nexmark/run.py [--queries q0,q1] [--events 1000000] [--engines yeoul,log,flink] [--record FILE]

Each query runs in a process of its own, from its start to its end, into a `blackhole` table (q10 writes files), with parallelism 2.
`yeoul` and `flink` read the files; `log` is the platform over a topic that holds the same events (it is filled first, which isn't
measured), with its checkpoints. Core-seconds are user and system time of the whole process, memory is the most that it had resident;
the ratio is Flink's core-seconds over Yeoul's.

Flink gets what its users give it: the settings of the official benchmark (mini-batches of 2 s and 50,000 rows, distinct aggregates
split), object reuse, and a heap of `--heap`; its state is on that heap, which is faster than RocksDB, and it makes no checkpoints.
Yeoul gets the same settings by the same text.

`--record FILE` appends each figure as a line of JSON at once; what the file holds already for the same events and settings is not run
again, so that a run that was broken off goes on where it was.
"""

import argparse
import json
import pathlib
import shutil
import signal
import sys
import tempfile

import report
from engines import ENGINES, inputs, prepare

PARALLEL = ["parallelism.default=2", "table.exec.resource.default-parallelism=2"]
MINI_BATCH = ["table.exec.mini-batch.enabled=true", "table.exec.mini-batch.allow-latency=2s", "table.exec.mini-batch.size=50000"]
OFFICIAL = [*MINI_BATCH, "table.optimizer.distinct-agg.split.enabled=true", "pipeline.object-reuse=true"]


class Record:
    """The figures on disk: a line for each query and engine."""

    def __init__(self, path, options):
        self.path = path
        self.settings = {"events": options.events, "heap": options.heap, "set": [*options.both, *options.yeoul, *options.flink]}
        lines = path.read_text().splitlines() if path and path.exists() else []
        known = (json.loads(line) for line in lines)
        same = (entry for entry in known if entry["settings"] == self.settings and "failed" not in entry["took"])
        self.known = {(entry["query"], entry["engine"]): entry["took"] for entry in same}

    def keep(self, name, engine, took):
        if self.path is None:
            return
        with open(self.path, "a") as lines:
            lines.write(json.dumps({"query": name, "engine": engine, "took": took, "settings": self.settings}) + "\n")


def run(name, engine, options):
    """What an engine took for a query."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nexmark"))
    try:
        inputs.link(inputs.part_files(options.events), folder / "parts")
        inputs.link([inputs.CACHE / "side_input.csv"], folder / "data")
        return ENGINES[engine](name, options, folder)
    except RuntimeError as fault:
        return {"failed": str(fault) or "no message"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=lambda names: names.split(","), default=inputs.NAMES, metavar="q0,q1")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--engines", type=lambda names: names.split(","), default=["yeoul", "log", "flink"], metavar="yeoul,log,flink")
    parser.add_argument("--set", dest="both", action="append", metavar="KEY=VALUE", help="settings of both, instead of the official ones")
    parser.add_argument("--set-yeoul", dest="yeoul", action="append", default=["yeoul.state.memory=8gb"], metavar="KEY=VALUE")
    parser.add_argument("--set-flink", dest="flink", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--heap", default="12g", help="what Flink's heap may grow to")
    parser.add_argument("--timeout", type=float, default=900, help="seconds that one run may take")
    parser.add_argument("--record", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    options.both = PARALLEL + (OFFICIAL if options.both is None else options.both)
    for given, known in ((options.queries, inputs.NAMES), (options.engines, ENGINES)):
        unknown = [name for name in given if name not in known]
        if unknown:
            parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return options


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    prepare(options)
    record, everything = Record(options.record, options), {}
    for name in options.queries:
        results = everything[name] = {}
        for engine in options.engines:
            took = record.known.get((name, engine))
            if took is None:
                took = run(name, engine, options)
                record.keep(name, engine, took)
            results[engine] = took
        print(report.line(name, options.events, results), flush=True)
    for text in report.sums(options.events, everything):
        print(text)
    sys.exit(any("failed" in took for results in everything.values() for took in results.values()))


if __name__ == "__main__":
    main()
