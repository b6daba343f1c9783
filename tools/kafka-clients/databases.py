"""Real databases for the length of a `with`: PostgreSQL and MariaDB, each on a new folder and a free port of loopback."""

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from kafka_reference import free_port  # noqa: E402
from yeoul import wait_until  # noqa: E402

SECONDS_MAX = 60


def as_user(name):
    """What starts a command as that user, since databases refuse to run as root."""
    return ["runuser", "-u", name, "--"] if os.geteuid() == 0 else []


class Database:
    """`sql` runs statements with the database's own client; `settings` are Debezium's."""

    package = user = None

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None

    def __enter__(self):
        assert self.program("server"), f"`{self.package}` is missing: apt-get install {self.package}"
        self.folder.mkdir()
        with contextlib.suppress(KeyError):
            if os.geteuid() == 0:
                owner = pwd.getpwnam(self.user)
                os.chown(self.folder, owner.pw_uid, owner.pw_gid)
                self.folder.parent.chmod(0o755)
        self.prepare()
        self.process = subprocess.Popen(self.serve(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the database answers", lambda: self.asked("SELECT 1").returncode == 0, SECONDS_MAX)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()

    def sql(self, text):
        done = self.asked(text)
        assert done.returncode == 0, done.stderr

    def run(self, *command):
        subprocess.run([*as_user(self.user), *map(str, command)], check=True, capture_output=True)


class Postgres(Database):
    package, user = "postgresql", "postgres"

    def program(self, name):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        return found[-1] / {"server": "postgres"}.get(name, name) if found else None

    def prepare(self):
        self.run(self.program("initdb"), "-D", self.folder, "-A", "trust", "-U", "postgres", "-E", "UTF8")

    def serve(self):
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "wal_level=logical", f"unix_socket_directories={self.folder}", "fsync=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        return [*as_user(self.user), self.program("server"), "-D", self.folder, *options]

    def asked(self, text):
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", text]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX)

    def settings(self):
        return {
            "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
            "database.hostname": "127.0.0.1", "database.port": self.port, "database.user": "postgres", "database.password": "x",
            "database.dbname": "postgres", "plugin.name": "pgoutput", "table.include.list": "public.orders",
        }


class MariaDb(Database):
    package, user = "mariadb-server", "mysql"

    def program(self, name):
        return shutil.which({"server": "mariadbd"}.get(name, name), path=f"{os.environ['PATH']}:/usr/sbin")

    def prepare(self):
        self.run(self.program("mariadb-install-db"), f"--datadir={self.folder}", "--auth-root-authentication-method=normal", "--skip-test-db")

    def serve(self):
        options = [
            f"--datadir={self.folder}", f"--port={self.port}", "--bind-address=127.0.0.1", f"--socket={self.folder}/socket", "--server-id=1",
            f"--pid-file={self.folder}/pid", "--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-image=FULL", "--skip-networking=0",
            "--binlog-annotate-row-events=0", "--character-set-server=utf8mb4",
        ]
        return [*as_user(self.user), self.program("server"), "--no-defaults", *options]

    def asked(self, text):
        command = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port), "-u", "root", "--skip-ssl", "--default-character-set=utf8mb4"]
        command += ["-e", f"CREATE DATABASE IF NOT EXISTS shop; USE shop; {text}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX)

    def settings(self):
        return {
            "connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
            "database.hostname": "127.0.0.1", "database.port": self.port, "database.user": "root", "database.password": "",
            "database.server.id": "5400", "database.include.list": "shop", "table.include.list": "shop.orders", "database.ssl.mode": "disable",
            "schema.history.internal": "io.debezium.storage.kafka.history.KafkaSchemaHistory",
        }
