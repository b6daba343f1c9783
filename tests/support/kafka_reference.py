"""A real Kafka broker for the length of a `with`: what Yeoul's broker is compared with, and what Flink reads from."""

import pathlib
import random
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path.home() / ".cache" / "yeoul" / "kafka"
READY_SECONDS_MAX = 60


def free_port():
    """A port for a server that comes back under it: below those that the system gives to clients (32768 and up), one of which could
    otherwise take it while the server is away."""
    for port in random.sample(range(20_000, 32_000), 1_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError("no port between 20000 and 32000 is free")


class KafkaReference:
    """One broker and controller in one process, its data in a temporary folder; `address` says where it answers.

    `settings` are lines for `server.properties`, `heap` the JVM's memory, `parent` where the temporary folder is made.
    """

    def __init__(self, settings=(), heap="512m", parent=None):
        self.settings, self.heap = settings, heap
        self.folder = tempfile.TemporaryDirectory(prefix="kafka-reference", dir=parent)
        self.port, self.controller = free_port(), free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        subprocess.run([ROOT / "tools" / "kafka-reference" / "install"], check=True)
        config = self._write_config()
        self._java("kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", config).wait()
        self.process = self._java("kafka.Kafka", config)
        self._wait_until_ready()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def _write_config(self):
        path = pathlib.Path(self.folder.name) / "server.properties"
        path.write_text(
            "process.roles=broker,controller\n"
            "node.id=1\n"
            f"controller.quorum.voters=1@127.0.0.1:{self.controller}\n"
            f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}\n"
            "controller.listener.names=CONTROLLER\n"
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
            f"log.dirs={self.folder.name}/data\n"
            "num.partitions=1\n"
            "offsets.topic.replication.factor=1\n"
            "transaction.state.log.replication.factor=1\n"
            "transaction.state.log.min.isr=1\n" + "".join(f"{line}\n" for line in self.settings)
        )
        return path

    def _java(self, main, *arguments):
        command = ["java", f"-Xmx{self.heap}", "-Dlog4j2.level=OFF", "-cp", f"{CACHE}/lib/*", main, *arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait_until_ready(self):
        from confluent_kafka.admin import AdminClient

        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the reference broker ended"
            try:
                AdminClient({"bootstrap.servers": self.address, "log_level": 0}).list_topics(timeout=2)
                return
            except Exception:
                continue
        raise TimeoutError("the reference broker does not answer")
