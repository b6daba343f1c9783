#!/usr/bin/env python3
"""The word count example: over a file, and over a connection as `nc -lk` holds it.

    tests/support/python tests/wordcount/counts.py
"""

import collections
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from yeoul import BINARY, ROOT  # noqa: E402

EXAMPLE = ROOT / "examples" / "wordcount"
SECONDS_MAX = 30


def over_a_file():
    done = subprocess.run([BINARY, "run", EXAMPLE / "file.sql", "--output", "jsonl"], capture_output=True, text=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, done.stderr
    counted = {row["word"]: row["times"] for row in map(json.loads, done.stdout.splitlines())}
    assert counted == collections.Counter((EXAMPLE / "data" / "lines.txt").read_text().split()), counted


def over_a_connection():
    """Two lines, the second once the first is counted: each change comes while the connection is open."""
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryDirectory() as folder:
        server.settimeout(SECONDS_MAX)
        file = pathlib.Path(folder) / "wordcount.sql"
        file.write_text((EXAMPLE / "wordcount.sql").read_text().replace("9999", str(server.getsockname()[1])))
        command = [BINARY, "run", file, "--output", "changelog"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            connection, _ = server.accept()
            connection.sendall(b"to be or not\n")
            lines = [process.stdout.readline().strip() for _ in range(4)]
            assert sorted(lines) == ["+I[be, 1]", "+I[not, 1]", "+I[or, 1]", "+I[to, 1]"], lines
            connection.sendall(b"to be\n")
            lines += [process.stdout.readline().strip() for _ in range(4)]
            connection.close()
            rest, errors = process.communicate(timeout=SECONDS_MAX)
            assert process.returncode == 0 and not rest, (process.returncode, rest, errors)
    final = {}
    for line in lines:
        kind, word, times = re.fullmatch(r"(\+I|-U|\+U)\[(\w+), (\d+)\]", line).groups()
        if kind != "-U":
            final[word] = int(times)
    assert final == {"to": 2, "be": 2, "or": 1, "not": 1}, lines


if __name__ == "__main__":
    over_a_file()
    over_a_connection()
    print("words are counted over a file and over a connection")
