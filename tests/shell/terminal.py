"""A program at a pseudo-terminal, and the screen that a terminal would show."""

import copy
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import pyte

SECONDS_MAX = 20
POLL_SECONDS = 0.05


class Screen(pyte.HistoryScreen):
    """A screen with a second one beside it, which pyte's own doesn't have."""

    first = None

    def set_mode(self, *modes, **how):
        super().set_mode(*modes, **how)
        if how.get("private") and 1049 in modes:
            self.first = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)

    def reset_mode(self, *modes, **how):
        super().reset_mode(*modes, **how)
        if how.get("private") and 1049 in modes and self.first:
            buffer, cursor = self.first
            self.first = None
            self.erase_in_display(2)
            for row in range(self.lines):
                self.buffer[row] = buffer[row]
            self.cursor.y, self.cursor.x = min(cursor.y, self.lines - 1), min(cursor.x, self.columns - 1)
            self.dirty.update(range(self.lines))


class Terminal:
    """A program at a terminal of its own; `lines` is what the terminal shows."""

    def __init__(self, command, cwd, columns=100, rows=30, term="xterm-256color", env=None):
        self.master, self.slave = pty.openpty()
        self.set_size(columns, rows)
        self.found = termios.tcgetattr(self.slave)
        self.screen = Screen(columns, rows, history=2000, ratio=1)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        environment = {**os.environ, "TERM": term, "HOME": str(cwd), **(env or {})}
        environment.pop("XDG_STATE_HOME", None)
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=self.slave, stdout=self.slave, stderr=self.slave, cwd=cwd, env=environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)

    def set_size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.set_size(columns, rows)
        self.screen.resize(rows, columns)

    def type(self, text):
        """Types as a person does: what the terminal shows meanwhile is read."""
        data = text.encode()
        while data:
            data = data[os.write(self.master, data[:512]):]
            self.read(0)

    def line(self, text):
        self.type(text + "\r")

    def read(self, seconds=POLL_SECONDS):
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            self.raw += data
            self.stream.feed(data)
            seconds = 0

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        """What was shown and has scrolled away, and what is shown now."""
        rows = [*self.screen.history.top, *(self.screen.buffer[row] for row in range(self.screen.lines))]
        lines = ["".join(row[column].data for column in range(self.screen.columns)).rstrip() for row in rows]
        return "\n".join(lines)

    @property
    def cursor(self):
        return self.screen.cursor.y, self.screen.cursor.x

    def until(self, holds, what):
        """Waits until `holds()`, which looks at the screen."""
        deadline = time.monotonic() + SECONDS_MAX
        while True:
            self.read()
            found = holds()
            if found:
                return found
            ended = self.process.poll() is not None and not select.select([self.master], [], [], 0)[0]
            shown = "\n".join(self.lines)
            assert not ended, f"ended with {self.process.returncode} without: {what}\n{shown}"
            assert time.monotonic() < deadline, f"never: {what}\n{shown}"

    def shows(self, *texts):
        """Waits until all texts are on the screen at once."""
        self.until(lambda: all(text in "\n".join(self.lines) for text in texts), f"on the screen: {texts}")

    def prompts(self, prompt="yeoul> "):
        """Waits for an empty prompt."""
        self.until(lambda: self.lines[self.cursor[0]] == prompt.rstrip() and self.cursor[1] == len(prompt), f"the prompt `{prompt}`")

    def ends(self):
        """Waits for the program's end; its exit code."""
        deadline = time.monotonic() + SECONDS_MAX
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "the program goes on:\n" + "\n".join(self.lines)
            self.read()
        self.read(0)
        return self.process.returncode

    def is_as_found(self):
        """Whether the terminal has its modes back, and its cursor, and its first screen."""
        on = self.raw.count(b"\x1b[?1049h") - self.raw.count(b"\x1b[?1049l")
        pastes = self.raw.rfind(b"\x1b[?2004h") < self.raw.rfind(b"\x1b[?2004l") or b"\x1b[?2004h" not in self.raw
        return termios.tcgetattr(self.slave) == self.found and on == 0 and not self.screen.cursor.hidden and pastes
