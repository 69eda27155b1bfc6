"""Figure P11: how long the server works on the main pages with the demo's data, and what they weigh with their styles and scripts."""

from __future__ import annotations

import gzip
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from models import User
from models.session import new_session
from tests.support import rounds
from tests.support.clients import Browser, client_for, public_client
from webapp import create_app
from webapp.commands import demo
from webapp.settings import from_environment

MOST_MS, MOST_KB = 50.0, 250.0
TIMES = 25
PAGES = {
    "case": ("/cases/KD-2020-0001", "amara.osei"),
    "decision": ("/decisions/okd99-20-21", ""),
    "process": ("/processes/key-decision", "jo.castell"),
    "inbox": ("/work", "amara.osei"),
    "provider": ("/providers/P-0001", "amara.osei"),
    "providers_own": ("/provider", "amy.lowe"),
    "inspections": ("/inspections", "carys.pryce"),
}
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+|/council\.css)"')


def main(times: int = TIMES) -> int:
    """Print two lines a page; 1 when any is short."""
    good = True
    with tempfile.TemporaryDirectory() as folder, rounds.quiet():
        found = measure(Path(folder), times)
    for name, (milliseconds, kilobytes) in found.items():
        for what, value, unit, goal in (("server_time", milliseconds, "ms", MOST_MS), ("weight", kilobytes, "kB", MOST_KB)):
            print(f"P11 {name}_{what} {value:.1f} {unit} {goal:.0f} {'ok' if value < goal else 'short'}")
            good = good and value < goal
    return 0 if good else 1


def measure(folder: Path, times: int) -> dict[str, tuple[float, float]]:
    """Median milliseconds of the server and kilobytes over the wire, gzipped, of each page."""
    settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40}, folder=folder)
    demo.load_when_empty(settings)
    app = create_app(settings)
    found = {}
    for name, (path, who) in PAGES.items():
        with new_session(app.extensions["dps_engine"], writes=False) as session:
            user = session.scalar(select(User).where(User.email.startswith(f"{who}@"))) if who else None
        browser = client_for(app, user) if user else public_client(app)
        found[name] = (_milliseconds(browser, path, times), _kilobytes(browser, path))
    return found


def _milliseconds(browser: Browser, path: str, times: int) -> float:
    took = []
    for _ in range(times + 2):
        began = time.perf_counter()
        if browser.get(path).status_code != 200:
            raise RuntimeError(f"{path} cannot be read")
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[2:])


def _kilobytes(browser: Browser, path: str) -> float:
    page = browser.get(path).data
    assets = [browser.get(asset).data for asset in dict.fromkeys(ASSET.findall(page.decode()))]
    return sum(len(gzip.compress(part)) for part in (page, *assets)) / 1000


if __name__ == "__main__":
    sys.exit(main())
