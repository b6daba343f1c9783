#!/usr/bin/env python3
"""`yeoul sql` at a pseudo-terminal, and without one.

    tests/support/python tests/shell/shell.py [NAME...]

Types as a person does, and looks at what a terminal would show.
"""

import json
import os
import pathlib
import random
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from yeoul import BINARY, ROOT  # noqa: E402
from terminal import SECONDS_MAX, Terminal  # noqa: E402

UP, DOWN, RIGHT, LEFT, HOME, END = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F"
PAGE_DOWN = "\x1b[6~"
WORD_LEFT = "\x1b[1;5D"
TAB, BACKSPACE, ESCAPE = "\t", "\x7f", "\x1b"


def ctrl(letter):
    return chr(ord(letter) & 0x1F)


ORDERS = "CREATE TABLE orders (id BIGINT, customer STRING) WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');"
# Without end, 200 rows a second, in which each kind comes again and again.
GENERATED = (
    "CREATE TABLE g (id BIGINT, kind INT) WITH ('connector' = 'datagen', 'rows-per-second' = '200', 'fields.id.kind' = 'sequence',"
    " 'fields.id.start' = '1', 'fields.id.end' = '1000000', 'fields.kind.min' = '1', 'fields.kind.max' = '3');"
)


def shell(folder, *arguments, **how):
    return Terminal([BINARY, "sql", *arguments], folder, **how)


def statements(folder):
    """A statement over several lines, answers, faults that don't end the shell."""
    with shell(folder) as term:
        term.prompts()
        term.line("CREATE TABLE orders (id BIGINT, customer STRING)")
        term.prompts("    -> ")
        term.line("WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');")
        term.shows("ok")
        term.prompts()
        term.line("SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;")
        term.shows("| ann      | 2 |", "| bob      | 1 |", "(2 rows)")
        term.prompts()
        term.line("SELECT custmer FROM orders;")
        term.shows("error: sql:1:8: unknown column `custmer`", "^^^^^^^", "did you mean `customer`?")
        term.prompts()
        term.line("SELECT 1;  SELECT nothing FROM orders;")
        term.shows("sql:1:19: unknown column `nothing`")
        term.prompts()
        term.line("CREATE TABLE gone (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'gone.csv', 'format' = 'csv'); SELECT * FROM gone;")
        term.until(lambda: re.search(r"error: sql:1:\d+: .*gone", term.text), "the file that is not there")
        term.prompts()
        for statement, answer in [
            ("SHOW TABLES;", "orders"),
            ("DESCRIBE orders;", "| customer | STRING | TRUE |"),
            ("EXPLAIN SELECT id FROM orders;", "Scan"),
            ("SHOW CREATE TABLE orders;", "CREATE TABLE"),
            ("USE default_database;", "ok"),
            ("SHOW JOBS LIKE 'x';", "error: sql:1:"),
            ("help", "STOP JOB 'name'"),
        ]:
            term.line("clear")
            term.until(lambda: term.cursor[0] == 0, "an empty screen")
            term.prompts()
            term.line(statement)
            term.shows(answer)
            term.prompts()
        term.line("SET 'table.local-time-zone' = 'Asia/Seoul';")
        term.line("SET;")
        term.until(lambda: re.search(r"table.local-time-zone +\| +Asia/Seoul", term.text), "the setting")
        term.line("RESET; SET 'sql-client.execution.result-mode' = 'tabel';")
        term.shows("`tabel` is no value of `sql-client.execution.result-mode`", "did you mean `table`?")
        term.prompts()
        term.line("CREATE TABLE copy (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'copy', 'format' = 'json');")
        term.line("INSERT INTO copy SELECT id FROM orders;")
        term.shows("job `insert-into_copy`: done")
        term.line("quit")
        assert term.ends() == 0
        assert term.is_as_found()
    assert sum(len(path.read_text().splitlines()) for path in (folder / "copy").iterdir() if path.is_file()) == 3


def editing(folder):
    """Keys change the line as they do elsewhere, also among wide characters."""
    with shell(folder) as term:
        term.prompts()
        term.type("SELECT '여울물'")
        term.until(lambda: term.cursor == (1, 22), "the cursor behind three wide characters")
        term.type(LEFT + LEFT + BACKSPACE)
        term.until(lambda: "'여" in term.lines[1] and "울" not in term.lines[1] and term.cursor[1] == 17, "울 is gone")
        term.type(END + " AS c;" + HOME + "-- x" + ctrl("k") + ctrl("y"))
        term.type(HOME + ctrl("k") + "SELECT 12 AS 여;" + HOME + WORD_LEFT + ctrl("e") + LEFT + LEFT + BACKSPACE + " ")
        term.type(ctrl("a") + ctrl("f") + ctrl("b") + ctrl("d") + "S" + END + "\r")
        term.shows("SELECT 12 AS 여;", "| 여 |", "| 12 |")
        term.prompts()
        # Words go, and come back.
        term.type("SELECT 1 AS two three" + ctrl("w") + BACKSPACE + ";" + HOME + "xx" + ctrl("u") + END + "\r")
        term.shows("| two |", "(1 row)")
        term.prompts()
        # A line longer than the terminal, edited in its first row.
        term.type("clear\r")
        term.until(lambda: term.cursor == (0, 7), "an empty screen")
        term.type("SELECT '" + "0123456789" * 12 + "' AS long" + ctrl("a") + RIGHT * 8 + "X")
        term.until(lambda: term.cursor == (0, 16), "the cursor in the first row")
        assert term.lines[0].startswith("yeoul> SELECT 'X0123456789") and term.lines[1].endswith("' AS long"), term.lines[:3]
        term.type(ctrl("c"))
        term.prompts()
        # Ctrl-C drops a statement's lines, Ctrl-L empties the screen and keeps the line.
        term.line("SELECT broken")
        term.prompts("    -> ")
        term.type("," + ctrl("c"))
        term.prompts()
        term.type("SELECT 3 AS three" + ctrl("l"))
        term.until(lambda: term.lines[0] == "yeoul> SELECT 3 AS three" and not any(term.lines[1:]), "the line on an empty screen")
        # Up goes through a statement's lines.
        term.line("")
        term.type(", 4 AS four" + UP + HOME + RIGHT * 7 + "2 AS two, " + DOWN + END + ";\r")
        term.shows("| two | three | four |")
        term.prompts()
        term.type(ctrl("d"))
        assert term.ends() == 0
        assert term.is_as_found()


def history(folder):
    """What was typed in comes back, in the next session too."""
    file = folder / ".local" / "state" / "yeoul" / "sql_history"
    with shell(folder) as term:
        term.prompts()
        term.line("SELECT 41 AS first;")
        term.shows("| first |")
        term.line("SELECT 42\r  AS later;")
        term.shows("| later |")
        term.line(" SELECT 'secret' AS kept_out;")
        term.shows("kept_out |")
        term.prompts()
        term.type(ctrl("d"))
        assert term.ends() == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == "SELECT 41 AS first;\nSELECT 42\\n  AS later;\n"
    with shell(folder) as term:
        term.prompts()
        term.type("draft" + UP)
        term.shows("yeoul> SELECT 42", "    ->   AS later;")
        term.type(UP + UP)
        term.shows("yeoul> SELECT 41 AS first;")
        term.type(DOWN + DOWN + DOWN)
        term.shows("yeoul> draft")
        term.type(ctrl("u") + ctrl("r") + "41")
        term.shows("(search) `41`: SELECT 41 AS first;")
        term.type("\r")
        term.shows("| first |")
        term.prompts()
        term.type(ctrl("r") + "SELECT" + ctrl("r") + ctrl("g"))
        term.prompts()
        term.line("quit")
        assert term.ends() == 0


def completion(folder):
    with shell(folder) as term:
        term.prompts()
        term.line(ORDERS)
        term.shows("ok")
        term.prompts()
        term.type("sel" + TAB)
        term.shows("yeoul> select")
        term.type("* from ord" + TAB)
        term.shows("from orders")
        term.type(ctrl("a") + "\x1bf" + " cus" + TAB)
        term.shows("yeoul> select customer")
        term.type(ctrl("c"))
        term.prompts()
        term.type("SHOW C" + TAB + TAB)
        term.shows("CATALOGS", "COLUMNS", "CREATE", "CURRENT")
        term.type(ctrl("u") + "SET 'sql-client.execution.r" + TAB + "tab" + TAB + "au" + TAB + ";\r")
        term.shows("SET 'sql-client.execution.result-mode' = 'tableau';", "ok")
        term.prompts()
        term.type("CREATE TABLE s (l STRING) WITH ('con" + TAB + "so" + TAB + ", 'host" + TAB)
        term.shows("WITH ('connector' = 'socket', 'hostname' = '")
        term.type(ctrl("c"))
        term.prompts()
        term.type(ctrl("d"))
        assert term.ends() == 0


def paste(folder):
    """What is pasted isn't run before Enter, and keeps its lines and tabs."""
    with shell(folder) as term:
        term.prompts()
        term.type("\x1b[200~SELECT 1 AS uno;\r\n\tSELECT 2\r\n AS two;\r\n\x1b[201~")
        term.shows("yeoul> SELECT 1 AS uno;", "    ->     SELECT 2", "    ->  AS two;")
        assert "(1 row)" not in term.text
        term.line("")
        term.shows("| uno |", "| two |")
        term.prompts()
        term.type("\x1b[200~" + "SELECT 'x', " * 3000 + "7 AS seven\x1b[201~")
        term.type(ctrl("c"))
        term.prompts()
        term.line("quit")
        assert term.ends() == 0


def in_place(folder):
    """A query over input without end changes in place, until somebody ends it."""
    with shell(folder) as term:
        term.prompts()
        term.line(GENERATED)
        term.shows("ok")
        term.prompts()
        term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        term.shows("| kind |", "rows 1 to 3 of 3", "q: end")

        def counts():
            return {found[1]: int(found[2]) for line in term.lines if (found := re.fullmatch(r"\| +(\d) \| +(\d+) \|", line))}

        first = term.until(counts, "counts")
        term.until(lambda: len(counts()) == 3 and sum(counts().values()) > sum(first.values()) + 100, "higher counts in the same place")
        assert term.lines[1].startswith("| kind |") and sum(line.startswith("| kind |") for line in term.lines) == 1, term.lines
        assert "yeoul>" not in "\n".join(term.lines), "the table has a screen of its own"
        term.type("q")
        term.prompts()
        term.shows("(3 rows)", "yeoul> SELECT kind")
        # Of rows that only come the last ones are shown, until somebody moves.
        term.line("SELECT id FROM g;")

        def shown():
            found = re.search(r"rows (\d+) to (\d+) of (\d+)", term.lines[-1])
            return found and tuple(map(int, found.groups()))

        term.until(lambda: shown() and shown()[2] > 100 and shown()[1] == shown()[2], "the last rows")
        first_seen = shown()
        term.until(lambda: shown() and shown()[1] > first_seen[1], "later rows")
        term.type("g")
        term.until(lambda: shown() and shown()[0] == 1, "the first rows")
        held = shown()[2]
        term.until(lambda: shown() and shown()[0] == 1 and shown()[2] > held, "the first rows, while others come")
        term.type(DOWN + DOWN + PAGE_DOWN)
        term.until(lambda: shown() and shown()[0] == 29, "two rows and a page further")
        # The terminal's size changes while the table is shown.
        term.resize(60, 12)
        term.until(lambda: shown() and shown()[1] - shown()[0] == 7 and term.lines[0].startswith("+-"), "eight rows")
        term.type(ctrl("c"))
        term.prompts()
        term.resize(100, 30)
        # Changes, with their kinds.
        term.line("SET 'sql-client.execution.result-mode' = 'changelog';")
        term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        term.shows("| op |", "| -U |", "| +U |", "changes, rows")
        term.type("q")
        term.prompts()
        # Each change as it comes, in Flink's table.
        term.line("SET 'sql-client.execution.result-mode' = 'tableau';")
        term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        term.until(lambda: "| +U |" in term.text and re.search(r"\| op \| +kind \| +n \|", term.text), "changes")
        term.type(ctrl("c"))
        term.shows("Received a total of")
        term.prompts()
        term.line("SELECT 1 + 1 AS two;")
        term.shows("| +I |           2 |", "Received a total of 1 row")
        term.prompts()
        # In several subtasks the changes of a key don't come in its order.
        term.line("SET 'sql-client.execution.result-mode' = 'table'; SET 'parallelism.default' = '2';")
        term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        first = term.until(lambda: len(counts()) == 3 and counts(), "counts")
        term.until(lambda: len(counts()) == 3 and sum(counts().values()) > sum(first.values()), "higher counts")
        term.type(ESCAPE)
        term.prompts()
        # A result that is larger than is kept is refused by the setting.
        term.line("SET 'sql-client.execution.max-table-result.rows' = '50';")
        term.line("SELECT id, COUNT(*) AS n FROM g GROUP BY id;")
        term.shows("error: sql:1:1:", "more than 50 rows", "changelog")
        term.prompts()
        term.line("exit;")
        assert term.ends() == 0
        assert term.is_as_found()


def jobs(folder):
    """An INSERT without end goes on beside, is told of, is stopped; one that fails is told of."""
    with shell(folder) as term:
        term.prompts()
        term.line(GENERATED + " CREATE TABLE nothing (id BIGINT, kind INT) WITH ('connector' = 'blackhole');")
        term.line("INSERT INTO nothing SELECT * FROM g;")
        term.shows("job `insert-into_nothing`: runs beside what follows")
        term.prompts()
        term.line("SHOW JOBS;")
        term.until(lambda: re.search(r"insert-into_nothing +\| RUNNING +\| \d{4}-", term.text), "the job runs")
        term.line("SELECT 1 + 1 AS two;")
        term.shows("|   2 |")
        term.line("STOP JOB 'insert-into_nothin';")
        term.shows("there is no job `insert-into_nothin`; did you mean `insert-into_nothing`?")
        term.line("STOP JOB 'insert-into_nothing' WITH SAVEPOINT;")
        term.shows("sql:1:32: `STOP JOB … WITH SAVEPOINT` is not supported yet")
        term.line("STOP JOB '" + TAB + ";")
        term.shows("job `insert-into_nothing`: stopped")
        term.line("clear")
        term.prompts()
        term.line("DESCRIBE JOB 'insert-into_nothing';")
        term.until(lambda: re.search(r"insert-into_nothing +\| FINISHED", term.text), "the job has ended")
        # A bounded one that is not waited for, and fails.
        term.line("CREATE TABLE broken (id BIGINT) WITH ('connector' = 'filesystem', 'path' = 'broken.csv', 'format' = 'csv');")
        term.line("SET 'table.dml-sync' = 'false'; INSERT INTO nothing SELECT id, 1 FROM broken;")
        term.prompts()

        def told():
            term.line("")
            return "error: job `insert-into_nothing-2`" in term.text

        term.until(told, "the failure")
        term.line("INSERT INTO nothing SELECT * FROM g;")
        term.prompts()
        term.type(ctrl("d"))
        assert term.ends() == 0, "what runs beside stops with the shell"


def stopped(folder):
    """Ctrl-C ends a query and an INSERT that would take long, and not the shell."""
    long = GENERATED.replace("TABLE g", "TABLE l").replace("'rows-per-second'", "'number-of-rows' = '1000000', 'rows-per-second'")
    with shell(folder) as term:
        term.prompts()
        term.line(long)
        term.shows("ok")
        term.prompts()
        for statement, shown in [
            ("SELECT COUNT(*) AS n, 1 AS stopped FROM l;", "| stopped |"),
            ("INSERT INTO nothing SELECT * FROM l;", "job `insert-into_nothing`: stopped"),
        ]:
            if "INSERT" in statement:
                term.line("CREATE TABLE nothing (id BIGINT, kind INT) WITH ('connector' = 'blackhole');")
                term.prompts()
            term.line(statement)
            term.until(term.is_as_found, "the terminal as it was found, while the job runs")
            term.read(0.5)
            term.type(ctrl("c"))
            term.shows(shown)
            term.prompts()
        term.line("quit")
        assert term.ends() == 0


def resize(folder):
    """The line under way is drawn anew when the terminal's size changes."""
    with shell(folder) as term:
        term.prompts()
        term.type("SELECT '" + "0123456789" * 5 + "' AS fifty;")
        term.until(lambda: term.lines[1].endswith("AS fifty;"), "the line")
        term.resize(40, 20)
        term.until(lambda: any(line.endswith("AS fifty;") and len(line) < 40 for line in term.lines), "the line in two rows")
        term.line("")
        term.shows("| fifty")
        term.prompts()
        term.line("quit")
        assert term.ends() == 0
        assert term.is_as_found()


def ended_from_outside(folder):
    """A signal ends the shell, while a line is edited or a table is shown, and the terminal is as it was found."""
    for signals, code in [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]:
        with shell(folder) as term:
            term.prompts()
            term.type("SELECT 1")
            term.shows("yeoul> SELECT 1")
            assert not term.is_as_found(), "a line is being edited"
            term.process.send_signal(signals)
            assert term.ends() == code
            assert term.is_as_found()
        with shell(folder) as term:
            term.prompts()
            term.line(GENERATED)
            term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
            term.shows("rows 1 to 3 of 3")
            assert not term.is_as_found(), "a table is being shown"
            term.process.send_signal(signals)
            assert term.ends() == code
            assert term.is_as_found()


def terminal_goes_away(folder):
    """Nobody is left to type: the shell ends."""
    for before in ["SELECT 1", GENERATED + "\rSELECT id FROM g;\r"]:
        with shell(folder) as term:
            term.prompts()
            term.type(before)
            term.read(0.5)
            master, term.master = term.master, os.open(os.devnull, os.O_RDONLY)
            os.close(master)
            assert term.process.wait(SECONDS_MAX) != 0


def any_keys(folder):
    """Whatever is typed, the shell goes on and shows what is typed next."""
    keys = [*"aZ9 ;,'`-/*여é👨‍👩‍👧", "\x1b", "\x1b[", "\x1b[1;5", "\x1bO", "\xff", "\x1b[200~", "\x1b[201~", "\x00", "\x1f", "SELECT ", "\r"]
    keys += [UP, DOWN, LEFT, RIGHT, HOME, END, PAGE_DOWN, WORD_LEFT, TAB, BACKSPACE, "\x1b\x7f", "\x1bd", "\x1b\r"]
    keys += [ctrl(letter) for letter in "abefghklnprtuwxyz"]
    for seed in range(3):
        chance = random.Random(seed)
        with shell(folder, columns=chance.choice([20, 57, 100]), rows=chance.choice([3, 10, 30])) as term:
            term.prompts()
            for _ in range(40):
                term.type("".join(chance.choice(keys) for _ in range(40)))
            # Out of a paste, a search, and whatever else is open.
            term.type("\x1b[201~" + ctrl("g") + ctrl("c"))
            term.prompts()
            term.line("SELECT 6 * 7 AS n;")
            term.shows("42 |") if term.screen.lines > 6 else term.prompts()
            term.prompts()
            term.line("quit")
            assert term.ends() == 0
            assert term.is_as_found()


def dumb(folder):
    """A terminal that can't be drawn on: lines as the terminal edits them, rows as they come."""
    with shell(folder, term="dumb") as term:
        term.shows("yeoul>")
        term.line("SELECT 1 +")
        term.shows("    ->")
        term.line("1 AS two;")
        term.shows("| two |", "(1 row)")
        term.line(GENERATED)
        term.shows("ok")
        term.line("SELECT kind, COUNT(*) AS n FROM g GROUP BY kind;")
        term.until(lambda: "| +U |" in term.text, "changes as they come")
        term.type(ctrl("c"))
        term.shows("Received a total of")
        assert b"\x1b[" not in term.raw
        term.line("exit")
        assert term.ends() == 0
        assert term.is_as_found()


def a_project(folder):
    """A project's tables are there from the start, and with its data folder its topics."""
    project = folder / "project"
    project.mkdir()
    (project / "tables.sql").write_text(
        "SET 'pipeline.name' = 'total'; CREATE TABLE events (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'events',"
        " 'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'earliest-offset',"
        " 'scan.bounded.mode' = 'latest-offset', 'format' = 'json');"
    )
    with shell(folder, "project", "--data", "data") as term:
        term.prompts()
        term.line("INSERT INTO events VALUES (7), (8);")
        term.shows("job `shell_insert-into_events`: done")
        term.prompts()
        term.line("SELECT SUM(id) AS total FROM events;")
        term.shows("|    15 |")
        term.prompts()
        term.line("quit;")
        assert term.ends() == 0
    assert (folder / "data" / "sql_history").read_text().count("\n") == 3
    again = run(folder, "project", "--data", "data", "-e", "SELECT id FROM events;")
    assert (again.returncode, again.stdout) == (0, '{"id":7}\n{"id":8}\n'), again


def run(folder, *arguments, text=None):
    return subprocess.run([BINARY, "sql", *map(str, arguments)], input=text, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)


def without_a_terminal(folder):
    piped = run(folder, text=ORDERS + "\nSELECT COUNT(*) AS n\nFROM orders;\nSELECT 1 AS last")
    assert (piped.returncode, piped.stdout) == (0, '{"n":3}\n{"last":1}\n'), piped
    (folder / "init.sql").write_text(ORDERS)
    (folder / "report.sql").write_text("SELECT id FROM orders WHERE customer = 'bob';")
    filed = run(folder, "-i", "init.sql", "-f", "report.sql", "--output", "csv")
    assert (filed.returncode, filed.stdout) == (0, "id\n2\n"), filed
    given = run(folder, "-i", "init.sql", "-e", "SET 'sql-client.execution.result-mode' = 'tableau'; SELECT id, customer FROM orders WHERE id = 2;")
    assert given.returncode == 0 and given.stdout.splitlines()[1:4:2] == [
        "| op |                   id |                       customer |",
        "| +I |                    2 |                            bob |",
    ], given.stdout
    batch = run(folder, "-i", "init.sql", "-e", "SET 'execution.runtime-mode' = 'batch'; SELECT customer FROM orders WHERE id = 2;", "--output", "tableau")
    assert batch.stdout == "+----------+\n| customer |\n+----------+\n| bob      |\n+----------+\n1 row in set\n", batch.stdout


def first_fault_ends(folder):
    faulty = run(folder, text="SELECT 1 AS uno;\n\nSELECT nothing\n FROM nowhere;\nSELECT 2;")
    assert (faulty.returncode, faulty.stdout) == (2, '{"uno":1}\n') and "stdin:4:7: unknown table `nowhere`" in faulty.stderr, faulty
    broken = ORDERS.replace("orders.csv", "broken.csv")
    failing = run(folder, text=broken + "\nSELECT id FROM orders; SELECT 2;")
    assert failing.returncode == 1 and "stdin:2:1:" in failing.stderr and not failing.stdout, failing
    # What runs beside does not hold a shell that has failed.
    beside = GENERATED + "CREATE TABLE nothing (id BIGINT, kind INT) WITH ('connector' = 'blackhole'); INSERT INTO nothing SELECT * FROM g;"
    held = run(folder, "-e", beside + " SELECT nothing FROM nowhere;")
    assert held.returncode == 2 and "unknown table" in held.stderr and "runs beside" in held.stderr, held
    missing = run(folder, "-f", "nowhere.sql")
    assert missing.returncode == 2 and "nowhere.sql" in missing.stderr, missing
    quits = run(folder, text="SELECT 1 AS uno; QUIT; SELECT 2 AS two;")
    assert (quits.returncode, quits.stdout) == (0, '{"uno":1}\n'), quits
    on_flights = run(folder, ROOT / "examples" / "flights", text="SHOW TABLES;")
    assert on_flights.returncode == 0 and len([json.loads(line) for line in on_flights.stdout.splitlines()]) >= 4, on_flights


def statement_by_statement(folder):
    """Another program may write statements one by one, and read what they give before it writes on."""
    command = [BINARY, "sql"]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for number in range(3):
            process.stdin.write(f"SELECT {number}\nAS n;\n")
            process.stdin.flush()
            assert process.stdout.readline() == f'{{"n":{number}}}\n'
        process.stdin.close()
        assert process.wait(SECONDS_MAX) == 0


def unbounded_without_a_terminal(folder):
    """What runs beside is waited for, until a signal."""
    command = [BINARY, "sql", "-e", GENERATED + "SELECT id FROM g;"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        for row in range(1, 101):
            assert process.stdout.readline() == f'{{"id":{row}}}\n'
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(SECONDS_MAX) == 0


TESTS = [
    without_a_terminal, first_fault_ends, statement_by_statement, unbounded_without_a_terminal, statements, editing, history, completion,
    paste, in_place, jobs, stopped, resize, ended_from_outside, terminal_goes_away, any_keys, dumb, a_project,
]


def main():
    signal.alarm(300)
    wanted = sys.argv[1:]
    for test in TESTS:
        if wanted and test.__name__ not in wanted:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "orders.csv").write_text("1,ann\n2,bob\n3,ann\n")
            (folder / "broken.csv").write_text("x,ann\n")
            test(folder)
        print(f"{test.__name__}: ok, {time.monotonic() - began:.1f} s", flush=True)
    print("the shell does as it is told, at a terminal and without one")


if __name__ == "__main__":
    main()
