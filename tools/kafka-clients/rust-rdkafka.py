#!/usr/bin/env python3
"""rust-rdkafka against Yeoul: administration, producing, groups of both protocols, transactions.

    tests/support/python tools/kafka-clients/rust-rdkafka.py

Compiles the program in `rust-rdkafka/`, and librdkafka with it (some minutes the first time).
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "support"))

from yeoul import Yeoul  # noqa: E402

TARGET = pathlib.Path.home() / ".cache" / "yeoul" / "kafka-clients" / "rust-rdkafka"
SECONDS_MAX = 300


def main():
    environment = os.environ | {"CARGO_TARGET_DIR": str(TARGET)}
    subprocess.run(["cargo", "build", "--release", "--quiet", "--manifest-path", HERE / "rust-rdkafka" / "Cargo.toml"], env=environment, check=True)
    with tempfile.TemporaryDirectory() as folder, Yeoul("serve", "--data", folder) as yeoul:
        done = subprocess.run([TARGET / "release" / "rust-rdkafka", yeoul.kafka], timeout=SECONDS_MAX)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
