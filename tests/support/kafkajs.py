"""kafkajs, installed by npm on first use."""

import os
import pathlib
import subprocess

VERSION = "2.2.4"
FOLDER = pathlib.Path.home() / ".cache" / "yeoul" / f"kafkajs-{VERSION}"


def environment():
    """With which node finds it."""
    if not (FOLDER / "node_modules" / "kafkajs").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", FOLDER, f"kafkajs@{VERSION}"], check=True, stdout=subprocess.DEVNULL)
    return os.environ | {"NODE_PATH": str(FOLDER / "node_modules")}
