"""Figure M3: what the whole embedded app takes of one processor while nobody asks for anything: `dps run` with the demo's data."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.killing import free_port

CLASS = "bench"
SECONDS, SETTLED_AFTER, MOST = 40.0, 20.0, 2.0
LONGEST_START = 600.0
ROOT = Path(__file__).parents[2]
RUN = "import sys; from webapp import commands; sys.exit(commands.main(['run']))"


def main(seconds: float = SECONDS) -> int:
    """Print the line; 1 when it is short."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as pids:
        time.sleep(SETTLED_AFTER)
        share = share_of_a_processor(pids, seconds)
    print(f"M3 embedded_idle_over_{seconds:.0f}_s {share:.2f} percent {MOST:g} {'ok' if share < MOST else 'short'}")
    return 0 if share < MOST else 1


@contextmanager
def running(folder: Path) -> Iterator[list[int]]:
    """The app as a first visitor runs it, in a folder of its own; its processes once it answers and its runner lives."""
    port = free_port()
    environ = {
        **os.environ, "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": f"sqlite:///{folder}/idle.sqlite3", "DPS_UPLOADS": f"{folder}/uploads",
        "DPS_PORT": str(port), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", RUN], cwd=folder, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        until = time.monotonic() + LONGEST_START
        while not _is_ready(port):
            assert process.poll() is None and time.monotonic() < until, (folder / "log").read_text()[-2_000:]
            time.sleep(0.5)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield [process.pid, *map(int, children)]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _is_ready(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/ready")
        answer = line.getresponse()
        return answer.status == 200 and json.loads(answer.read())["worker"] == "ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def share_of_a_processor(pids: Collection[int], seconds: float) -> float:
    """The share of one processor, in hundredths, that these processes take over so many seconds."""
    before, began = _seconds_had(pids), time.monotonic()
    time.sleep(seconds)
    return (_seconds_had(pids) - before) / (time.monotonic() - began) * 100


def _seconds_had(pids: Collection[int]) -> float:
    """The seconds of processor, of the program and of the system for it, that these have had so far."""
    ticks = 0
    for pid in pids:
        # After the name in brackets, which may hold anything, the twelfth and the thirteenth word.
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
