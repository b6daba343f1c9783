#!/usr/bin/env python3
"""kafkajs against Yeoul: records with headers and times, transactions, administration, logging in; see `clients.js`.

    tests/support/python tests/kafka/test_kafkajs.py

Consumer groups of this client are in test_groups.py. Starts `yeoul` (YEOUL_BIN) with a listener that asks for a login.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from asking import PASSWORD, USER, asking  # noqa: E402
from kafkajs import environment  # noqa: E402

SECONDS_MAX = 180


def main():
    with asking("open") as (address, asking_address):
        command = ["node", HERE / "clients.js", address, asking_address, USER, PASSWORD]
        done = subprocess.run(command, env=environment(), timeout=SECONDS_MAX)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
