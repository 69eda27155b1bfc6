"""A runner or a worker in a process of its own, for tests that kill it: `python -m tests.support.job_process ENGINE URL LOCK [NAME=VALUE]`."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import Any, cast

from models.session import PROCRASTINATE, Jobs, make_engine
from tests.support import marking
from tests.support.engines import HEARTBEAT, STALLED
from workflows.enqueue import Tools
from workflows.jobs.runner import Runner
from workflows.jobs.worker import Worker


def main() -> int:
    """Work until told to end; the exit code is that of `dps worker`."""
    jobs, url, lock, *more = sys.argv[1:]
    options = dict(each.split("=", 1) for each in more)
    marking.folder = Path(options.get("folder", "."))
    engine = make_engine(url, jobs=cast(Jobs, jobs))
    if jobs == PROCRASTINATE:
        worker = Worker(engine, Tools(), threads=int(options.get("threads", "4")), heartbeat=HEARTBEAT, stalled=STALLED, patience=float(options.get("patience", "20")))
        _when_told(worker.ask_to_stop)
        threading.Thread(target=_say_ready, args=(worker,), daemon=True).start()
        return 0 if worker.run() else 1
    runner, stop = Runner(engine, Tools(), lock_file=Path(lock)), threading.Event()
    _when_told(stop.set)
    runner.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    stop.wait()
    runner.stop()
    return 0


def _say_ready(worker: Worker) -> None:
    worker.is_serving.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _when_told(do: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: do())


if __name__ == "__main__":
    sys.exit(main())
