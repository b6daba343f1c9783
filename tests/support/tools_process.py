"""Kafka's own command line tools, one after the other in one JVM; see `tests/kafka/Tools.java`."""

import json
import pathlib
import subprocess

import kafka_tools
from protocol import CACHE

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "kafka" / "Tools.java"


class ToolsProcess:
    """Runs tools; `classes` is a folder for what is compiled."""

    def __init__(self, classes):
        kafka_tools.install()
        path = f"{classes}:{kafka_tools.LIB}/*:{CACHE}/lib/*"
        subprocess.run(["javac", "-cp", path, "-d", classes, SOURCE], check=True)
        command = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=OFF", "-cp", path, "Tools"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def __call__(self, tool, *arguments):
        """Exit code and output of a tool."""
        self.process.stdin.write(json.dumps({"tool": tool, "arguments": [str(it) for it in arguments]}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{tool} {arguments}: no answer"
        answer = json.loads(line)
        return answer["exit"], answer["out"]
