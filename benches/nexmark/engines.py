"""How each engine runs a Nexmark query over the same events."""

import pathlib
import re
import shutil
import subprocess
import sys
import time

from processes import Platform, measured

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "nexmark"))
import inputs  # noqa: E402

ORACLE = HERE.parents[1] / "tools" / "flink-oracle" / "oracle"
FILES = "'connector' = 'filesystem', 'path' = 'parts', 'format' = 'json'"
TOPIC = "nexmark"
LOG = (
    f"'connector' = 'kafka', 'topic' = '{TOPIC}', 'properties.bootstrap.servers' = '127.0.0.1:9092', "
    "'scan.startup.mode' = 'earliest-offset', 'format' = 'json'"
)
# What an event takes on disk at most: as JSON, and as a record of the log, whose files are rewritten once.
BYTES_OF_EVENT, BYTES_OF_RECORD = 350, 800
DISK_SHARE_MAX = 0.5


def into_blackhole(name, source, settings):
    """The query's text with its source replaced and its rows thrown away."""
    before, query = inputs.statements(name)
    before = re.sub(r"'connector' = 'filesystem', 'path' = 'data/nexmark.jsonl', 'format' = 'json'", lambda _: source, before)
    prefix = "".join("SET '{}' = '{}';\n".format(*pair.split("=", 1)) for pair in settings)
    if name == "q10":
        # It writes files itself; what reads them back is left out.
        return prefix + before.replace("'out/logged'", "'logged'")
    # A platform's project names its job by its text.
    return f"{prefix}{before}\nCREATE TABLE sink_{name} WITH ('connector' = 'blackhole') AS {query};\n"


def on_yeoul(name, options, folder):
    (folder / "q.sql").write_text(into_blackhole(name, FILES, options.both + options.yeoul))
    return measured([inputs.BINARY, "run", "q.sql"], folder, options.timeout)


def on_flink(name, options, folder):
    (folder / "q.sql").write_text(into_blackhole(name, FILES, options.both + options.flink))
    command = [ORACLE, "run", "q.sql", "--out", "out", "--root", str(folder)]
    return measured(command, folder, options.timeout, {"YEOUL_FLINK_HEAP": options.heap})


def on_log(name, options, folder):
    """From the platform's start until its job has read the topic. Checkpoints are made meanwhile, as a platform does."""
    (folder / "q.sql").write_text(into_blackhole(name, LOG, options.both + options.yeoul))
    began = time.monotonic()
    with Platform([inputs.BINARY, "run", str(folder), "--fresh"], log_folder(options.events)) as platform:
        platform.until_read(options.events, options.timeout)
        return {"wall": time.monotonic() - began, **platform.usage()}


ENGINES = {"yeoul": on_yeoul, "log": on_log, "flink": on_flink}


def prepare(options):
    """Makes the inputs, and what needs compiling, before anything is measured."""
    fits(options)
    for part in inputs.part_files(options.events):
        # Read once, so that no engine reads them from the disk.
        with open(part, "rb") as file:
            while file.read(1 << 20):
                pass
    if "log" in options.engines:
        log_folder(options.events)
    if "flink" in options.engines:
        subprocess.run([ORACLE, "parse"], check=True, stdout=subprocess.DEVNULL)


def fits(options):
    """Refuses inputs that would take more than half of the disk's free room."""
    missing = 0 if (inputs.folder_of(options.events) / ".parts").exists() else options.events * BYTES_OF_EVENT
    if "log" in options.engines and not (log_path(options.events) / ".done").exists():
        missing += options.events * BYTES_OF_RECORD
    free = shutil.disk_usage(inputs.CACHE).free
    if missing > free * DISK_SHARE_MAX:
        sys.exit(f"{options.events} events take {missing >> 20} MiB in {inputs.CACHE}, which has {free >> 20} MiB free: take fewer (`--events`)")


def log_path(events):
    return inputs.CACHE / f"log-{events}"


def log_folder(events):
    """A data folder whose topic holds the events; made where missing."""
    folder = log_path(events)
    if not (folder / ".done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with Platform([inputs.BINARY, "serve"], folder) as platform:
            for part in inputs.part_files(events):
                arguments = ["produce", TOPIC, str(part), "-p", "0", "--kafka", platform.ready["kafka"]]
                subprocess.run([inputs.BINARY, *arguments], check=True, stdout=subprocess.DEVNULL)
        (folder / ".done").touch()
    return folder
