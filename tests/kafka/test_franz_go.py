#!/usr/bin/env python3
"""franz-go against Yeoul: records in every codec, transactions with a zombie, administration; see `franz-go/clients`.

    tests/support/python tests/kafka/test_franz_go.py

Consumer groups of this client are in test_groups.py. Starts `yeoul serve` (YEOUL_BIN) on a new data folder.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from yeoul import Yeoul  # noqa: E402

BINARY = pathlib.Path.home() / ".cache" / "yeoul" / "franz-go" / "clients"
SECONDS_MAX = 180


def main():
    BINARY.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", BINARY, "./clients"], cwd=HERE / "franz-go", check=True)
    with tempfile.TemporaryDirectory(prefix="franz-go") as folder, Yeoul("serve", "--data", folder) as yeoul:
        done = subprocess.run([BINARY, yeoul.kafka], timeout=SECONDS_MAX)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
