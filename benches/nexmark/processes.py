"""Runs one process at a time to its end, within a time, and says what it took."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

POLL_SECONDS = 0.05
END_SECONDS_MAX = 30
TICKS = os.sysconf("SC_CLK_TCK")


def measured(command, folder, seconds_max, environment=None):
    """Wall seconds, core-seconds and peak MiB of a command that must succeed: of the process from its start to its end, with all its
    threads, and with what it took to start up."""
    began = time.monotonic()
    with open(folder / "output", "w+b") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=os.environ | (environment or {}), start_new_session=True
        )
        try:
            usage = ended(process, began + seconds_max)
        finally:
            if process.returncode is None:
                kill(process)
        wall = time.monotonic() - began
        if process.returncode != 0:
            output.seek(0)
            raise RuntimeError(output.read().decode(errors="replace")[-400:] or f"ended with {process.returncode}")
    return {"wall": wall, "cores": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def ended(process, deadline):
    """What a process took, once it has ended."""
    while time.monotonic() < deadline:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        time.sleep(POLL_SECONDS)
    raise RuntimeError("no end within the time that it has (`--timeout`)")


def kill(process):
    """Ends a process and what it has started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Platform:
    """A running platform on free ports, over a data folder."""

    def __init__(self, command, data):
        free = ["--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        self.said = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*command, "--data", str(data), *free, "--json"], stdout=subprocess.PIPE, stderr=self.said, start_new_session=True
        )
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.said.seek(0)
            raise RuntimeError(self.said.read().decode(errors="replace")[-400:] or "the platform ended at once")
        self.ready = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            kill(self.process)

    def until_read(self, events, seconds_max):
        """Waits until each source of each job has read so many rows."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            jobs = self.jobs()
            faults = [job["error"] for job in jobs if job.get("error")]
            if faults:
                raise RuntimeError(str(faults))
            if jobs and all(source["rows"] >= events for job in jobs for source in job["sources"]):
                return
            time.sleep(POLL_SECONDS)
        raise RuntimeError("no end within the time that it has (`--timeout`)")

    def jobs(self):
        try:
            with urllib.request.urlopen(self.ready["http"] + "/v1/status", timeout=END_SECONDS_MAX) as answer:
                return json.load(answer)["jobs"]
        except urllib.error.URLError as fault:
            raise RuntimeError(f"the platform does not answer: {fault}") from fault

    def usage(self):
        root = pathlib.Path(f"/proc/{self.process.pid}")
        fields = (root / "stat").read_text().rsplit(")", 1)[1].split()
        peak = re.search(r"VmHWM:\s+(\d+)", (root / "status").read_text())
        return {"cores": (int(fields[11]) + int(fields[12])) / TICKS, "mib": int(peak[1]) / 1024}
