"""The real binary for the length of a `with`: started, asked over HTTP, stopped or killed."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = os.environ.get("CARGO_TARGET_DIR") or ROOT / "target"
BINARY = os.environ.get("YEOUL_BIN") or str(pathlib.Path(TARGET) / "release" / "yeoul")
READY_SECONDS_MAX = 30
STOP_SECONDS_MAX = 10
POLL_SECONDS = 0.05


class Yeoul:
    """`yeoul run FOLDER` or `yeoul serve`, on free ports of loopback; `kafka` and `http` say where it answers."""

    def __init__(self, *arguments, log=None, cwd=None, env=None):
        self.command = [BINARY, *map(str, arguments), "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"]
        self.log = log
        self.cwd = cwd
        self.env = {**os.environ, **(env or {})}
        self.process = None
        self.kafka = self.http = None

    def __enter__(self):
        errors = open(self.log, "ab") if self.log else subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=errors, cwd=self.cwd, env=self.env)
        ready = self._read_ready_line()
        self.kafka, self.http = ready["kafka"], ready["http"]
        if not self.http.startswith("http"):
            self.http = f"http://{self.http}"
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()

    def _read_ready_line(self):
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], POLL_SECONDS)[0]:
                line = self.process.stdout.readline()
                assert line, f"ended with {self.process.wait()} before it was ready; see {self.log}"
                if json.loads(line).get("event") == "ready":
                    return json.loads(line)
        self.kill()
        raise TimeoutError(f"not ready within {READY_SECONDS_MAX} s; see {self.log}")

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS_MAX)

    def get(self, path, accept="application/json"):
        request = urllib.request.Request(self.http + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def get_json(self, path):
        return json.loads(self.get(path))

    def view(self, name):
        """All rows of a view; none while the view isn't there yet."""
        try:
            return [json.loads(line) for line in self.get(f"/v1/views/{name}", "application/x-ndjson").splitlines()]
        except urllib.error.HTTPError as fault:
            if fault.code == 404:
                return []
            raise

    def status(self):
        """What `yeoul status --json` prints."""
        done = subprocess.run([BINARY, "status", "--http", self.http, "--json"], capture_output=True, check=True, timeout=30)
        return json.loads(done.stdout)


class Serving(Yeoul):
    """`yeoul serve` on a folder and a port of its own, so that it can be killed and started again where it was."""

    def __init__(self, folder, port, *arguments, log=None):
        super().__init__("serve", "--data", folder, *arguments, log=log)
        self.command[self.command.index("--kafka") + 1] = f"127.0.0.1:{port}"


def wait_until(what, condition, seconds_max):
    """Polls until `condition()` gives something true, and returns it."""
    deadline = time.monotonic() + seconds_max
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds_max} s: {what() if callable(what) else what}"
        time.sleep(POLL_SECONDS)
