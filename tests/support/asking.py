"""Yeoul with a listener that asks its clients who they are, and one that doesn't, for the length of a `with`."""

import contextlib
import pathlib
import subprocess
import tempfile

from yeoul import BINARY, Yeoul

USER, PASSWORD = "alice", "opensesame"
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
PROJECT = """
[log]
default-partitions = 1

[[listener]]
name = "sasl"
address = "127.0.0.1:0"
protocol = "SASL_PLAINTEXT"
mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

[security]
super-users = ["User:ANONYMOUS"]
"""


@contextlib.contextmanager
def asking(topic):
    """Gives the addresses without and with a login; the user may write to and read from `topic`, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="asking") as name:
        folder = pathlib.Path(name)
        (folder / "yeoul.toml").write_text(PROJECT)
        log, data = folder / "log.txt", folder / "data"
        with Yeoul("run", folder, "--data", data, log=log) as yeoul:
            _command(data, "user", "add", USER, text=PASSWORD + "\n")
            for role in (["--producer"], ["--consumer", "--group", "*"]):
                _command(data, "acl", "add", "--allow-principal", f"User:{USER}", "--topic", topic, *role)
            yield yeoul.kafka, listeners(log)["sasl"]


def listeners(log):
    """Where each listener listens, as the log says."""
    found = {}
    for line in log.read_text().splitlines():
        if "listening for kafka clients" in line:
            words = dict(word.split("=", 1) for word in line.split() if "=" in word)
            found[words["listener"].strip('"')] = words["address"]
    return found


def _command(data, *arguments, text=None):
    done = subprocess.run([BINARY, *arguments, "--data", data], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
