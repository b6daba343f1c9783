#!/usr/bin/env python3
"""Real clients against listeners that ask who they are: confluent-kafka, kcat, Java; PLAIN, SCRAM, TLS, client certificates.

    tests/support/python tests/kafka/test_security.py

Each client writes and reads with the right credentials, and is refused with wrong ones and without rules.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import (  # noqa: E402
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka_reference import CACHE, ROOT  # noqa: E402
from yeoul import BINARY, Yeoul, wait_until  # noqa: E402

WAIT_SECONDS_MAX = 20
CANARY = "canary-7f3a9c"
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
LISTENERS = """
[[listener]]
name = "sasl"
address = "127.0.0.1:0"
protocol = "SASL_PLAINTEXT"
mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

[[listener]]
name = "sasl-ssl"
address = "127.0.0.1:0"
protocol = "SASL_SSL"
certificate = "server.pem"
key = "server.key"

[[listener]]
name = "mtls"
address = "127.0.0.1:0"
protocol = "SSL"
certificate = "server.pem"
key = "server.key"
client-ca = "ca.pem"
principal-mapping = ["RULE:^CN=(.*?)$/$1/"]

[security]
super-users = ["User:admin"]
"""


def openssl(*arguments, folder):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority, a certificate of the server and one of a client called `device`."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2", folder=folder)
    for name, subject in (("server", "/CN=127.0.0.1"), ("client", "/CN=device")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject, folder=folder)
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "names", folder=folder)


def command(data, *arguments, text=None):
    done = subprocess.run([BINARY, *arguments, "--data", data], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def settings(address, mechanism=None, user=None, password=None, folder=None, certificate=False):
    """librdkafka's."""
    config = {"bootstrap.servers": address, "log_level": 0}
    protocol = ("SASL_" if mechanism else "") + ("SSL" if folder else "PLAINTEXT")
    config["security.protocol"] = protocol
    if mechanism:
        config |= {"sasl.mechanisms": mechanism, "sasl.username": user, "sasl.password": password}
    if folder:
        config["ssl.ca.location"] = str(folder / "ca.pem")
    if certificate:
        config |= {"ssl.certificate.location": str(folder / "client.pem"), "ssl.key.location": str(folder / "client.key")}
    return config


def write_and_read(config, topic, value):
    faults = []
    producer = Producer(config | {"enable.idempotence": True, "message.timeout.ms": WAIT_SECONDS_MAX * 1000})
    producer.produce(topic, value, partition=0, on_delivery=lambda error, _: faults.append(error) if error else None)
    left = producer.flush(WAIT_SECONDS_MAX)
    assert left == 0 and not faults, f"{left} left, {faults}"
    consumer = Consumer(config | {"group.id": "security", "enable.auto.commit": False})
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=WAIT_SECONDS_MAX)
        consumer.assign([TopicPartition(topic, 0, end - 1)])
        message = consumer.poll(WAIT_SECONDS_MAX)
        assert message is not None and message.error() is None and message.value() == value, message
    finally:
        consumer.close()


def refused(config):
    """What the client says when it may not come in."""
    said = []
    admin = AdminClient(config | {"error_cb": said.append})
    try:
        admin.list_topics(timeout=5)
    except KafkaException as fault:
        admin.poll(2)
        said.append(fault.args[0])
        return said
    raise AssertionError("it was let in")


def confluent(at, folder):
    write_and_read(settings(at["mtls"], folder=folder, certificate=True), "open", b"by certificate")
    for mechanism in MECHANISMS:
        write_and_read(settings(at["sasl"], mechanism, "alice", CANARY), "open", mechanism.encode())
        write_and_read(settings(at["sasl-ssl"], mechanism, "alice", CANARY, folder), "open", mechanism.encode())
        for user, password in (("alice", "wrong"), ("nobody", CANARY)):
            said = refused(settings(at["sasl"], mechanism, user, password))
            assert any(error.code() == KafkaError._AUTHENTICATION for error in said), said
    print("confluent-kafka: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, with and without TLS, client certificates", flush=True)


def rules(at):
    alice = settings(at["sasl"], "SCRAM-SHA-256", "alice", CANARY)
    topics = AdminClient(alice).list_topics(timeout=WAIT_SECONDS_MAX).topics
    assert list(topics) == ["open"], f"`alice` sees {list(topics)}"
    faults = []
    producer = Producer(alice | {"message.timeout.ms": 5000})
    producer.produce("closed", b"x", on_delivery=lambda error, _: faults.append(error))
    producer.flush(WAIT_SECONDS_MAX)
    assert faults and faults[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED, faults
    print("confluent-kafka: what no rule allows is denied", flush=True)


def patterns(at):
    """A pattern of a KIP-848 member matches what its user may know of; another's in the same group matches all (KAFKA-18813)."""
    members = {}
    for user in ("alice", "admin"):
        config = settings(at["sasl"], "SCRAM-SHA-256", user, CANARY) | {"group.id": "patterns", "group.protocol": "consumer", "client.id": user}
        members[user] = Consumer(config)
        members[user].subscribe(["^(open|closed).*"])

    def assigned():
        for member in members.values():
            message = member.poll(0.1)
            assert message is None or message.error() is None, message.error()
        group = json.loads(command(at["data"], "group", "describe", "patterns", "--json"))[0]
        return {member["client_id"]: member["assignment"] for member in group["members"]}

    try:
        done = {"alice": {"open": [0]}, "admin": {"closed": [0]}}
        wait_until(lambda: f"{assigned()}, not {done}", lambda: assigned() == done, WAIT_SECONDS_MAX)
        members.pop("admin").close()
        wait_until(lambda: f"{assigned()}", lambda: assigned() == {"alice": {"open": [0]}}, WAIT_SECONDS_MAX)
    finally:
        for member in members.values():
            member.close()
    print("confluent-kafka: a pattern matches no topic that its user may not know of", flush=True)


def administration(at):
    admin = AdminClient(settings(at["sasl"], "SCRAM-SHA-512", "admin", CANARY))
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 8192)
    upsertion = UserScramCredentialUpsertion("bob", info, CANARY.encode(), b"some salt")
    for future in admin.alter_user_scram_credentials([upsertion]).values():
        future.result(WAIT_SECONDS_MAX)
    described = {name: future.result(WAIT_SECONDS_MAX) for name, future in admin.describe_user_scram_credentials(["bob"]).items()}
    assert [info.iterations for info in described["bob"].scram_credential_infos] == [8192]
    AdminClient(settings(at["sasl"], "SCRAM-SHA-256", "bob", CANARY)).list_topics(timeout=WAIT_SECONDS_MAX)
    rule = AclBinding(ResourceType.TOPIC, "bobs.", ResourcePatternType.PREFIXED, "User:bob", "*", AclOperation.ALL, AclPermissionType.ALLOW)
    reads = AclBinding(ResourceType.GROUP, "security", ResourcePatternType.LITERAL, "User:bob", "*", AclOperation.READ, AclPermissionType.ALLOW)
    for future in admin.create_acls([rule, reads]).values():
        future.result(WAIT_SECONDS_MAX)
    mine = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, "User:bob", None, AclOperation.ANY, AclPermissionType.ANY)
    assert {str(found) for found in admin.describe_acls(mine).result(WAIT_SECONDS_MAX)} == {str(rule), str(reads)}
    write_and_read(settings(at["sasl"], "SCRAM-SHA-256", "bob", CANARY), "bobs.topic", b"bob")
    for future in admin.delete_acls([mine]).values():
        assert {str(found) for found in future.result(WAIT_SECONDS_MAX)} == {str(rule), str(reads)}
    print("confluent-kafka: users and rules through the admin client", flush=True)


def kcat(at, folder):
    for listener, mechanism in (("sasl", "PLAIN"), ("sasl-ssl", "SCRAM-SHA-512")):
        config = settings(at[listener], mechanism, "alice", CANARY, folder if listener == "sasl-ssl" else None)
        config.pop("log_level")
        flags = [part for key, value in config.items() if key != "bootstrap.servers" for part in ("-X", f"{key}={value}")]
        base = ["kcat", "-b", config["bootstrap.servers"], "-t", "open", "-p", "0", *flags]
        subprocess.run([*base, "-P"], input=b"by kcat\n", check=True, timeout=60)
        done = subprocess.run([*base, "-C", "-o", "-1", "-e", "-q"], capture_output=True, check=True, timeout=60)
        assert done.stdout == b"by kcat\n", done.stdout
    print("kcat: SASL and TLS", flush=True)


def java(at, folder):
    """Kafka's own tools: producer performance as a client, the tools for rules and users."""
    for jars in ("kafka-reference", "kafka-tools"):
        subprocess.run([ROOT / "tools" / jars / "install"], check=True)
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"

    def properties(user):
        path = folder / f"{user}.properties"
        path.write_text(
            "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
            f'sasl.jaas.config={module} required username="{user}" password="{CANARY}";\n'
            f"ssl.truststore.type=PEM\nssl.truststore.location={folder}/ca.pem\n"
        )
        return path

    def tool(main, *arguments):
        jars = f"{CACHE}/lib/*" if main.startswith("kafka.") else f"{CACHE.parent}/kafka-tools/lib/*"
        line = ["java", "-Xmx256m", "-Dlog4j2.level=OFF", "-cp", jars, main, *map(str, arguments)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120)
        return done.stdout + done.stderr

    said = tool("org.apache.kafka.tools.ProducerPerformance", "--topic", "open", "--num-records", 1000, "--record-size", 100, "--throughput", -1, "--producer.config", properties("alice"), "--producer-props", f"bootstrap.servers={at['sasl-ssl']}")
    assert "1000 records sent" in said, said
    said = tool("org.apache.kafka.tools.AclCommand", "--bootstrap-server", at["sasl-ssl"], "--command-config", properties("admin"), "--list")
    assert "User:alice" in said and "operation=READ" in said, said
    said = tool("kafka.admin.ConfigCommand", "--bootstrap-server", at["sasl-ssl"], "--command-config", properties("admin"), "--describe", "--entity-type", "users")
    assert "SCRAM-SHA-512=iterations=4096" in said, said
    print("java: producer, kafka-acls, kafka-configs over SASL_SSL", flush=True)


def nothing_secret_is_told(yeoul, log, at):
    """F7: the passwords of this test, in logs, metrics and status."""
    refused(settings(at["sasl"], "PLAIN", "alice", f"{CANARY}-wrong"))
    operator = json.loads((pathlib.Path(at["data"]) / "listen.json").read_text())["operator"]["password"]
    told = {"log": log.read_text(), "metrics": yeoul.get("/metrics", "text/plain"), "status": yeoul.get("/v1/status")}
    told["users"] = command(at["data"], "user", "list")
    for place, text in told.items():
        assert CANARY not in text and operator not in text, f"a secret is in {place}"
    stored = b"".join(path.read_bytes() for path in (pathlib.Path(at["data"]) / "log").rglob("*") if path.is_file())
    assert CANARY.encode() not in stored, "a password is in the log"
    print("no password is in the logs, metrics, status, or on the disk", flush=True)


def listeners(log):
    """Where each listener listens, as the log says."""
    found = {}
    for line in log.read_text().splitlines():
        if "listening for kafka clients" in line:
            words = dict(word.split("=", 1) for word in line.split() if "=" in word)
            found[words["listener"].strip('"')] = words["address"]
    return found


def main():
    with tempfile.TemporaryDirectory(prefix="security") as name:
        folder = pathlib.Path(name)
        make_certificates(folder)
        (folder / "yeoul.toml").write_text(LISTENERS)
        log, data = folder / "log.txt", folder / "data"
        with Yeoul("run", folder, "--data", data, log=log) as yeoul:
            at = listeners(log) | {"data": str(data)}
            for user in ("alice", "admin"):
                command(data, "user", "add", user, text=CANARY + "\n")
            for user in ("alice", "device"):
                command(data, "acl", "add", "--allow-principal", f"User:{user}", "--producer", "--topic", "open")
                command(data, "acl", "add", "--allow-principal", f"User:{user}", "--consumer", "--topic", "open", "--group", "*")
            command(data, "topic", "create", "open")
            command(data, "topic", "create", "closed")
            confluent(at, folder)
            rules(at)
            patterns(at)
            administration(at)
            kcat(at, folder)
            java(at, folder)
            nothing_secret_is_told(yeoul, log, at)
            assert yeoul.stop() == 0, "SIGTERM must end it cleanly"


if __name__ == "__main__":
    main()
