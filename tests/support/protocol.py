"""Single requests to a broker, and its responses, as JSON by Kafka's own schemas; and record batches made by hand."""

import base64
import json
import pathlib
import struct
import subprocess
import time

import crc32c

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path.home() / ".cache" / "yeoul" / "kafka"
SOURCE = ROOT / "tests" / "kafka" / "Ask.java"
NOT_YET = {14, 15, 16, 51}  # a coordinator that loads, is not there, is elsewhere; a transaction that is being ended
TRIES_MAX = 150


def compile_asker(folder):
    """Compiles `Ask.java` into a folder."""
    subprocess.run([ROOT / "tools" / "kafka-reference" / "install"], check=True)
    subprocess.run(["javac", "-cp", f"{CACHE}/lib/*", "-d", folder, SOURCE], check=True)


class Asker:
    """Asks the broker at an address, on connections that stay; see `Ask.java`."""

    def __init__(self, classes, address):
        command = ["java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=OFF"]
        command += ["-cp", f"{classes}:{CACHE}/lib/*", "Ask", address]
        self.address = address
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def __call__(self, key, version, body=None, **more):
        question = {"key": key, "version": version, "body": body or {}, **more}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"no answer to {question}"
        return json.loads(line)

    def when_ready(self, key, version, body=None):
        """As a call, again and again while the answer says that it is too early."""
        for _ in range(TRIES_MAX):
            answer = self(key, version, body)
            if not codes(answer) & NOT_YET:
                return answer
            time.sleep(0.1)
        raise TimeoutError(f"{key}: {answer}")


def codes(answer):
    """All error codes of an answer."""
    if isinstance(answer, dict):
        own = {value for name, value in answer.items() if name.lower().endswith("errorcode")}
        return own.union(*(codes(value) for value in answer.values()))
    return set().union(*(codes(item) for item in answer)) if isinstance(answer, list) else set()


def differences(one, other, path=""):
    """Where two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(set(one) | set(other))
        return [it for name in names for it in differences(one.get(name), other.get(name), f"{path}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [it for at, pair in enumerate(zip(one, other)) for it in differences(*pair, f"{path}[{at}]")]
    return [] if one == other else [f"{path}: {json.dumps(one)[:200]} | {json.dumps(other)[:200]}"]


def without(answer, names):
    """An answer without some fields."""
    if isinstance(answer, dict):
        return {name: without(value, names) for name, value in answer.items() if name not in names}
    return [without(item, names) for item in answer] if isinstance(answer, list) else answer


def base64_of(data):
    return base64.b64encode(data).decode()


def varint(number):
    number = (number << 1 ^ number >> 63) & (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def blob(data):
    return varint(-1) if data is None else varint(len(data)) + data


def record(offset=0, key=b"k", value=b"v", headers=(), timestamp=0):
    """A record of a batch: `offset` and `timestamp` count from the batch's."""
    body = b"\0" + varint(timestamp) + varint(offset) + blob(key) + blob(value) + varint(len(headers))
    body += b"".join(blob(name) + blob(value) for name, value in headers)
    return varint(len(body)) + body


def batch(*records, payload=None, attributes=0, base_offset=0, producer=(-1, -1, -1), timestamp=None, last=None, count=None, magic=2, crc=None, length=None):
    """A batch of format 2, as wrong as it is asked for; `producer` is id, epoch and first sequence."""
    records = records or (record(),)
    timestamp = int(time.time() * 1000) if timestamp is None else timestamp
    last = len(records) - 1 if last is None else last
    count = len(records) if count is None else count
    tail = struct.pack(">hiqq", attributes, last, timestamp, timestamp) + struct.pack(">qhii", *producer, count)
    tail += b"".join(records) if payload is None else payload
    checksum = crc32c.crc32c(tail) if crc is None else crc
    rest = struct.pack(">ibI", -1, magic, checksum) + tail
    return struct.pack(">qi", base_offset, len(rest) if length is None else length) + rest
