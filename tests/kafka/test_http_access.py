#!/usr/bin/env python3
"""HTTP that asks who its clients are: users and rules of Kafka, over TLS; and Yeoul's own commands over TLS and SASL, by a
file of settings as Kafka's tools take it.

    tests/support/python tests/kafka/test_http_access.py

Starts `yeoul serve` (YEOUL_BIN) with a certificate of its own.
"""

import base64
import http.client as http_client
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))

from test_security import CANARY, command, listeners, make_certificates  # noqa: E402
from yeoul import BINARY, Yeoul  # noqa: E402

CONFIG = """
[http]
authentication = "basic"
certificate = "server.pem"
key = "server.key"

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
JSON = {"Content-Type": "application/json"}


class Http:
    def __init__(self, url, folder):
        self.url, self.context = url, ssl.create_default_context(cafile=folder / "ca.pem")

    def ask(self, path, user=None, password=CANARY, body=None, headers=None):
        """The status, the headers and the text that are answered."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or (JSON if body else {}))
        if user is not None:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.headers, fault.read().decode()

    def status(self, *arguments, **named):
        return self.ask(*arguments, **named)[0]


def nobody_comes_in_without_a_password(http):
    assert http.status("/healthz") == 200
    for path in ("/", "/v1/status", "/metrics", "/v1/views", "/v1/views/x"):
        code, headers, text = http.ask(path)
        assert code == 401 and headers["WWW-Authenticate"].startswith("Basic"), (path, code, text)
    assert http.status("/v1/topics/t/records", body=b"1") == 401
    for user, password in (("alice", "wrong"), ("nobody", CANARY), ("", ""), ("User:alice", CANARY)):
        assert http.status("/v1/status", user, password) == 401, user
    for header in ("Basic", "Basic !", "Bearer x", "Basic " + base64.b64encode(b"alice").decode()):
        assert http.status("/v1/status", headers={"Authorization": header}) == 401, header
    try:
        urllib.request.urlopen(http.url.replace("https", "http") + "/healthz", timeout=10)
        raise AssertionError("it speaks without TLS, too")
    except (OSError, http_client.HTTPException):
        pass
    print("ok: nobody comes in without name and password, and without TLS", flush=True)


def rules_hold_over_http(http, data):
    assert http.status("/", "alice") == 200
    code, _, text = http.ask("/v1/status", "alice")
    assert code == 403 and "`Describe` on the cluster" in json.loads(text)["error"], text
    command(data, "acl", "add", "--allow-principal", "User:alice", "--operation", "Describe", "--cluster")
    assert http.status("/v1/status", "alice") == 200 == http.status("/metrics", "alice")
    code, _, text = http.ask("/v1/topics/landing.a/records", "alice", body=b'{"a":1}')
    assert code == 403 and "`Write` on the topic `landing.a`" in text, text
    allow = ("acl", "add", "--allow-principal", "User:alice", "--topic", "landing.", "--resource-pattern-type", "prefixed")
    command(data, *allow, "--operation", "Write")
    code, _, text = http.ask("/v1/topics/landing.a/records", "alice", body=b'{"a":1}')
    assert code == 403 and "`Create`" in text, text
    command(data, *allow, "--operation", "Create")
    assert http.status("/v1/topics/landing.a/records", "alice", body=b'{"a":1}') == 200
    assert http.status("/v1/topics/production.a/records", "alice", body=b'{"a":1}') == 403
    assert http.status("/v1/topics/landing.a/ranges", "alice") == 200, "who may write may describe"
    assert http.status("/v1/views/landing.b", "alice") == 403
    query = json.dumps({"sql": "SELECT 1"}).encode()
    assert http.status("/v1/query", "alice", body=query) == 403, "a query may read every view"
    assert http.status("/v1/query", "admin", body=query) == 200
    command(data, "user", "delete", "alice")
    assert http.status("/", "alice") == 401, "who is deleted is nobody at once"
    command(data, "user", "add", "alice", text=CANARY + "\n")
    print("ok: rules of topics and cluster hold over HTTP", flush=True)


def own_commands_come_in(data):
    assert json.loads(command(data, "status", "--json"))["topics"], "the operator sees topics"
    assert "1" in command(data, "query", "SELECT 1 AS one")
    shown = command(data, "topic", "describe", "landing.a")
    assert "landing.a" in shown, shown
    print("ok: commands on the data folder come in as the operator", flush=True)


def commands_come_in_from_elsewhere(http, folder):
    """By HTTP's address, with a file of settings as the commands of the log take it."""
    module = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"{}\";"
    settings = "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=" + module + "\nssl.ca.location=ca.pem\n"

    def run(text, *arguments, place=http.url):
        (folder / "http.properties").write_text(text)
        line = [BINARY, *arguments, "--http", place, "--command-config", "http.properties"]
        return subprocess.run(line, capture_output=True, text=True, timeout=60, cwd=folder)

    good = settings.format(CANARY)
    done = run(good, "status", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["topics"], done.stderr
    done = run(good, "query", "SELECT 1 AS one", "--output", "csv", place=http.url.removeprefix("https://"))
    assert done.returncode == 0 and done.stdout.split() == ["one", "1"], (done.stdout, done.stderr)
    for text, said in (
        (settings.format("wrong"), "password"),
        (good.replace("ssl.ca.location=ca.pem\n", ""), "ertificate"),
        ("security.protocol=PLAINTEXT\n", "`security.protocol=SSL`"),
        ("ssl.ca.locaton=ca.pem\n", "did you mean `ssl.ca.location`?"),
    ):
        done = run(text, "status")
        assert done.returncode != 0 and said in done.stderr, (said, done.stderr)
        assert CANARY not in done.stderr
    print("ok: commands ask a platform elsewhere, over TLS and by name and password", flush=True)


def with_settings(address, settings, *arguments, folder, text=None):
    (folder / "client.properties").write_text(settings)
    line = [BINARY, *arguments, "--bootstrap-server", address, "--command-config", folder / "client.properties"]
    return subprocess.run(line, input=text, capture_output=True, text=True, timeout=60, cwd=folder)


def commands_speak_tls_and_sasl(at, folder):
    module = "org.apache.kafka.common.security.{}LoginModule required username=\"{}\" password=\"{}\";"
    trust = "ssl.truststore.type=PEM\nssl.truststore.location=ca.pem\n"
    sasl = "security.protocol=SASL_SSL\nsasl.mechanism={}\nsasl.jaas.config={}\n"
    for mechanism, name in (("PLAIN", "plain.Plain"), ("SCRAM-SHA-256", "scram.Scram"), ("SCRAM-SHA-512", "scram.Scram")):
        settings = sasl.format(mechanism, module.format(name, "admin", CANARY)) + trust
        done = with_settings(at["sasl-ssl"], settings, "produce", "by.commands", folder=folder, text=f"{mechanism}\n")
        assert done.returncode == 0, done.stderr
    done = with_settings(at["sasl-ssl"], settings, "consume", "by.commands", "--offset", "beginning", "--exit", folder=folder)
    assert done.returncode == 0 and "SCRAM-SHA-256" in done.stdout, (done.stdout, done.stderr)
    for arguments in (("topic", "list"), ("group", "list"), ("user", "list"), ("acl", "list")):
        done = with_settings(at["sasl-ssl"], settings, *arguments, folder=folder)
        assert done.returncode == 0, (arguments, done.stderr)
    librdkafka = f"security.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=admin\nsasl.password={CANARY}\nssl.ca.location=ca.pem\n"
    assert with_settings(at["sasl-ssl"], librdkafka, "topic", "list", folder=folder).returncode == 0
    mtls = f"security.protocol=SSL\nssl.ca.location=ca.pem\nssl.certificate.location=client.pem\nssl.key.location=client.key\n"
    assert with_settings(at["mtls"], mtls, "topic", "list", folder=folder).returncode == 0
    for settings, said in (
        (settings.replace(CANARY, "wrong"), "invalid credentials"),
        (settings.replace("ssl.truststore.type=PEM\nssl.truststore.location=ca.pem\n", ""), "TLS handshake"),
        (mtls.replace("ssl.certificate.location=client.pem\nssl.key.location=client.key\n", ""), "ertificate"),
        ("security.protocol=SSL\nssl.truststore.type=JKS\nssl.truststore.location=a.jks\n", "only `PEM`"),
        ("sasl.kerberos.service.name=kafka\n", "`sasl.kerberos.service.name` is not supported"),
    ):
        address = at["mtls"] if "client.pem" in mtls and settings.startswith("security.protocol=SSL\nssl.ca") else at["sasl-ssl"]
        done = with_settings(address, settings, "topic", "list", folder=folder)
        assert done.returncode != 0 and said in done.stderr, (said, done.stderr)
        assert CANARY not in done.stderr + done.stdout
    print("ok: commands speak TLS, PLAIN, SCRAM and client certificates, by Kafka's and librdkafka's names", flush=True)


def an_open_door_refuses_to_start(folder):
    for text, said in (
        ("", "no authentication is configured"),
        ('[http]\nauthentication = "basic"\n', "http.certificate"),
        ('[http]\nauthentication = "basic"\ncertificate = "server.pem"\n', "`http.key` is missing"),
        ('[http]\nauthentication = "digest"\n', "digest"),
    ):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            (pathlib.Path(place) / "yeoul.toml").write_text(text)
            line = [BINARY, "serve", "--http", "0.0.0.0:0", "--kafka", "127.0.0.1:0", "--data", pathlib.Path(place) / "data"]
            done = subprocess.run(line, capture_output=True, text=True, timeout=30, cwd=place)
            assert done.returncode == 2 and said in done.stderr, (text, done.stderr)
    print("ok: HTTP open to the network without authentication over TLS refuses to start", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="yeoul-http") as folder:
        folder = pathlib.Path(folder)
        make_certificates(folder)
        (folder / "yeoul.toml").write_text(CONFIG)
        data, log = folder / "data", folder / "log"
        with Yeoul("serve", "--data", data, cwd=folder, log=log) as platform:
            assert platform.http.startswith("https://127.0.0.1:"), platform.http
            for user in ("alice", "admin"):
                command(data, "user", "add", user, text=CANARY + "\n")
            command(data, "acl", "add", "--allow-principal", "User:device", "--operation", "Describe", "--topic", "*")
            http = Http(platform.http, folder)
            nobody_comes_in_without_a_password(http)
            rules_hold_over_http(http, data)
            own_commands_come_in(data)
            commands_come_in_from_elsewhere(http, folder)
            commands_speak_tls_and_sasl(listeners(log), folder)
        assert CANARY not in log.read_text(), "the password is in the log"
        an_open_door_refuses_to_start(folder)


if __name__ == "__main__":
    main()
