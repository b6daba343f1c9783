"""Reads the stored batches as bytes, with a Fetch request written by hand: which codec is a batch really of?"""

import socket
import struct

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
FETCH, VERSION = 1, 4
FETCH_BYTES = 8 << 20
BATCH_HEADER = struct.Struct(">qiibIhiqqqhii")


class Batch:
    """A record batch's header, as it lies in the log."""

    def __init__(self, data, at):
        fields = BATCH_HEADER.unpack_from(data, at)
        self.base_offset, self.length, _, self.magic, self.crc, self.attributes, self.last_offset_delta = fields[:7]
        self.records = fields[12]
        self.codec = CODECS[self.attributes & 7]
        self.bytes = 12 + self.length


def batches(address, topic):
    """Yields the headers of all batches of a topic's partition 0, and checks that their offsets are dense."""
    host, port = address.rsplit(":", 1)
    next_offset = 0
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        while True:
            high_watermark, data = fetch(connection, topic, next_offset)
            for batch in parse(data):
                assert batch.base_offset == next_offset, f"batch at {batch.base_offset} instead of {next_offset}"
                assert batch.records == batch.last_offset_delta + 1, f"batch at {batch.base_offset} has holes"
                next_offset += batch.records
                yield batch
            if next_offset >= high_watermark:
                return
            assert data, f"nothing at {next_offset}, though the end is {high_watermark}"


def parse(data):
    at = 0
    while at + BATCH_HEADER.size <= len(data):
        batch = Batch(data, at)
        if at + batch.bytes > len(data):
            return
        assert batch.magic == 2, f"magic {batch.magic}"
        yield batch
        at += batch.bytes


def fetch(connection, topic, offset):
    name = topic.encode()
    body = struct.pack(">iiiib", -1, 1000, 1, FETCH_BYTES, 0)
    body += struct.pack(">ih", 1, len(name)) + name + struct.pack(">iiqi", 1, 0, offset, FETCH_BYTES)
    header = struct.pack(">hhih", FETCH, VERSION, 7, -1)
    connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
    answer = receive(connection, struct.unpack(">i", receive(connection, 4))[0])
    at = 4 + 4 + 4 + 2 + len(name) + 4 + 4
    error, high_watermark, _, aborted = struct.unpack_from(">hqqi", answer, at)
    assert error == 0, f"fetch of `{topic}` at {offset}: error {error}"
    at += 22 + max(aborted, 0) * 16
    (length,) = struct.unpack_from(">i", answer, at)
    return high_watermark, answer[at + 4 : at + 4 + max(length, 0)]


def receive(connection, length):
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        assert part, "the broker closed the connection"
        parts += part
    return bytes(parts)
