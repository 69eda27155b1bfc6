"""The lists, searches and filters ask each database in a way it understands."""

from __future__ import annotations

from pathlib import Path

from models import clock
from tests.support.casebook import FAILING, open_casebook
from tests.support.databases import Database, database
from webapp import create_app
from webapp.settings import from_environment

__all__ = ["database"]

STAFF_PAGES = [
    "/cases", "/cases?state=open", "/cases?state=stuck", "/cases?state=withdrawn&kind=errand&team=legal&words=a+b", "/cases?after=KD-2020-0002",
    "/search?q=minutes", "/search?q=OKD99+20/21", "/search?q=KD-2020-1", "/processes", "/processes/errand",
    "/processes/errand/rules", "/processes/errand/versions", "/processes/errand/versions/1", "/cases?process=errand&version=1", "/cases?process=errand&version=9999999",
]  # fmt: skip
CASE_PAGES = ["", "/timeline", "/timeline?kind=tasks&before=9", "/documents", "/comments", "/consultations", "/process", "/answers"]
ADMIN_PAGES = [
    "/admin", "/admin/incidents", "/admin/mail", "/admin/jobs", "/admin/audit?check=yes", "/admin/audit?kind=process&person=pat&since=2020-01-01",
    "/admin/people?words=pat", "/admin/parameters",
]  # fmt: skip


def test_every_page_answers(database: Database, tmp_path: Path) -> None:
    app = create_app(from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": database.url}, folder=tmp_path))
    book = open_casebook(app)
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        first, second = book.errand("Fetching the minutes"), book.errand("Buying a bridge")
        book.complete(first, "propose", by="children-commissioning", note="minutes")
        book.complete(second, "propose", by="children-commissioning", note=FAILING)
    staff, admin = book.browser("legal"), book.browser("administrators")

    answers = {page: staff.get(page).status_code for page in [*STAFF_PAGES, *(f"/cases/{first}{page}" for page in CASE_PAGES)]}
    answers |= {page: admin.get(page).status_code for page in ADMIN_PAGES}
    comment = staff.post(f"/cases/{first}/comments", data={"body": "Seen"})

    assert {page: status for page, status in answers.items() if status != 200} == {}
    assert comment.status_code == 303
    app.extensions["dps_engine"].dispose()
