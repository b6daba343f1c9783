#!/usr/bin/env python3
"""`yeoul sql` at a pseudo-terminal, and without one.

    tests/support/python tests/shell/shell.py

Types as a person does, and looks at what the terminal shows.
"""

import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import fcntl  # noqa: E402
import termios  # noqa: E402

from yeoul import BINARY, ROOT  # noqa: E402

SECONDS_MAX = 20
CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT = "yeoul> "
GENERATED = (
    "CREATE TABLE g (id BIGINT, kind INT) WITH ('connector' = 'datagen', 'rows-per-second' = '200', 'fields.id.kind' = 'sequence',"
    " 'fields.id.start' = '1', 'fields.id.end' = '1000000', 'fields.kind.min' = '1', 'fields.kind.max' = '3');"
)


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, *arguments, cwd):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        environment = os.environ | {"TERM": "xterm", "HOME": str(cwd)}
        self.process = subprocess.Popen(
            [BINARY, "sql", *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.shown = ""

    def __enter__(self):
        self.expect(PROMPT)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def type(self, text):
        os.write(self.master, text.encode())

    def line(self, text):
        self.type(text + "\r")

    def expect(self, *patterns):
        """Waits for the patterns in this order; returns what was shown up to the last one's end."""
        taken = ""
        for pattern in patterns:
            deadline = time.monotonic() + SECONDS_MAX
            while not (found := re.search(pattern, self.shown)):
                assert time.monotonic() < deadline, f"no `{pattern}` in {self.shown[-2000:]!r}"
                if select.select([self.master], [], [], 0.1)[0]:
                    try:
                        self.shown += os.read(self.master, 65536).decode(errors="replace")
                    except OSError:
                        break
            assert found, f"ended without `{pattern}`: {self.shown[-2000:]!r}"
            taken += self.shown[: found.end()]
            self.shown = self.shown[found.end():]
        return taken

    def ends(self):
        deadline = time.monotonic() + SECONDS_MAX
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "the shell goes on"
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    pass
        return self.process.returncode


def statements(folder):
    with Terminal(cwd=folder) as shell:
        # A statement over several lines; its table stays for the next one.
        shell.line("CREATE TABLE orders (id BIGINT, customer STRING)")
        shell.line("WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');")
        shell.expect(PROMPT)
        shell.line("SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;")
        shell.expect(r"\| ann +\| +2 \|", r"\| bob +\| +1 \|", r"\(2 rows\)", PROMPT)
        # A fault is shown with its place, and the shell goes on.
        shell.line("SELECT custmer FROM orders;")
        shell.expect(r"error: sql:1:8: unknown column `custmer`", r"\^\^\^\^\^\^\^", "did you mean", PROMPT)
        shell.line("SHOW TABLES;")
        shell.expect("orders", PROMPT)
        shell.line("DESCRIBE orders;")
        shell.expect("customer +STRING", PROMPT)
        shell.line("EXPLAIN SELECT id FROM orders;")
        shell.expect("Scan", PROMPT)
        shell.line("SET 'table.local-time-zone' = 'Asia/Seoul';")
        shell.expect(PROMPT)
        shell.line("SET;")
        shell.expect("table.local-time-zone +Asia/Seoul", PROMPT)
        shell.line("RESET;")
        shell.expect(PROMPT)
        # An INSERT runs to its end.
        shell.line("CREATE TABLE copy (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'copy', 'format' = 'json'); INSERT INTO copy SELECT id FROM orders;")
        shell.expect("job `insert-into_copy`: done", PROMPT)
        # Ctrl-C drops what is typed in, Ctrl-D ends.
        shell.line("SELECT broken")
        shell.expect("    -> ")
        shell.type("," + CTRL_C)
        shell.expect(PROMPT)
        shell.line("SELECT COUNT(*) AS n FROM orders;")
        shell.expect(r"\| +3 \|", PROMPT)
        shell.type(CTRL_D)
        assert shell.ends() == 0


def queries_that_go_on(folder):
    with Terminal(cwd=folder) as shell:
        shell.line(GENERATED)
        shell.expect(PROMPT)
        shell.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        # Three rows, drawn again in their place.
        shell.expect(r"\| +3 \|", r"\(3 rows\)", r"\x1b\[\d+A\x1b\[J", r"\(3 rows\)", r"\x1b\[\d+A\x1b\[J")
        shell.type(CTRL_C)
        shell.expect(PROMPT)
        # Only the query has ended.
        shell.line("SELECT id FROM g;")
        shell.expect(r"\d+ of \d+ rows", r"\x1b\[\d+A\x1b\[J")
        shell.type(CTRL_C)
        shell.expect(PROMPT)
        # An INSERT without end goes on beside, and stops with the shell.
        shell.line("CREATE TABLE nothing (id BIGINT, kind INT) WITH ('connector' = 'blackhole'); INSERT INTO nothing SELECT * FROM g;")
        shell.expect("runs beside what follows", PROMPT)
        shell.line("SELECT 1 + 1 AS two;")
        shell.expect(r"\| +2 \|", PROMPT)
        shell.line("exit;")
        assert shell.ends() == 0


def a_project(folder):
    """A project's tables are there from the start, and with its data folder its topics."""
    project = folder / "project"
    project.mkdir()
    (project / "tables.sql").write_text(
        "CREATE TABLE events (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'events', 'properties.bootstrap.servers' = '127.0.0.1:9092',"
        " 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', 'format' = 'json');"
    )
    with Terminal("project", "--data", "data", cwd=folder) as shell:
        shell.line("INSERT INTO events VALUES (7), (8);")
        shell.expect("job `insert-into_events`: done", PROMPT)
        shell.line("SELECT SUM(id) AS total FROM events;")
        shell.expect(r"\| +15 \|", PROMPT)
        shell.line("quit;")
        assert shell.ends() == 0


def without_a_terminal(folder):
    def run(*arguments, text=None):
        return subprocess.run([BINARY, "sql", *arguments], input=text, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)

    table = "CREATE TABLE orders (id BIGINT, customer STRING) WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');\n"
    piped = run(text=table + "SELECT COUNT(*) AS n FROM orders;")
    assert (piped.returncode, piped.stdout) == (0, '{"n":3}\n'), piped
    (folder / "init.sql").write_text(table)
    (folder / "report.sql").write_text("SELECT id FROM orders WHERE customer = 'bob';")
    filed = run("-i", "init.sql", "-f", "report.sql", "--output", "csv")
    assert (filed.returncode, filed.stdout) == (0, "id\n2\n"), filed
    faulty = run(text="SELECT 1;\nSELECT nothing FROM nowhere;")
    assert faulty.returncode == 2 and "stdin:2:21: unknown table `nowhere`" in faulty.stderr and not faulty.stdout, faulty
    failing = run(text=table.replace("orders.csv", "broken.csv") + "SELECT id FROM orders;")
    assert failing.returncode == 1 and "broken.csv" in failing.stderr, failing
    explained = subprocess.run([BINARY, "explain", ROOT / "examples" / "flights"], capture_output=True, text=True, timeout=SECONDS_MAX)
    assert explained.returncode == 0 and "Watermark(" in explained.stdout and "state" in explained.stdout, explained
    on_flights = run(str(ROOT / "examples" / "flights"), text="SHOW TABLES;")
    assert on_flights.returncode == 0 and len([json.loads(line) for line in on_flights.stdout.splitlines()]) >= 4, on_flights


def main():
    signal.alarm(180)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "orders.csv").write_text("1,ann\n2,bob\n3,ann\n")
        (folder / "broken.csv").write_text("x,ann\n")
        without_a_terminal(folder)
        statements(folder)
        queries_that_go_on(folder)
        a_project(folder)
    print("the shell does as it is told, at a terminal and without one")


if __name__ == "__main__":
    main()
