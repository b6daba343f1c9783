"""Kafka's own command line tools, from the jars that `tools/kafka-tools` installs."""

import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIB = pathlib.Path.home() / ".cache" / "yeoul" / "kafka-tools" / "lib"
PACKAGE = "org.apache.kafka.tools"
SECONDS_MAX = 120


def install():
    subprocess.run([ROOT / "tools" / "kafka-tools" / "install"], check=True)


def command(tool, *arguments):
    """The command line of a tool; a name without a package is one of `org.apache.kafka.tools`."""
    name = tool if "." in tool else f"{PACKAGE}.{tool}"
    return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-Dlog4j2.level=OFF", "-cp", f"{LIB}/*", name, *map(str, arguments)]


def run(tool, *arguments):
    """What the tool printed; it has to end well."""
    install()
    done = subprocess.run(command(tool, *arguments), capture_output=True, text=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, f"{tool} {arguments}:\n{done.stdout}{done.stderr}"
    return done.stdout


def start(tool, *arguments):
    """The running tool; what it prints is read by who asked."""
    install()
    return subprocess.Popen(command(tool, *arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def json_lines(text):
    """The objects among the lines; what loggers and the JVM say is left out."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
