"""Registers on this machine for tests, made from the formats they publish: each path answers what a test puts there, or does not answer at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMPANY: dict[str, Any] = {
    "company_name": "HARBOUR HOMES LTD", "company_number": "99000123", "company_status": "active", "type": "ltd", "jurisdiction": "england-wales",
    "date_of_creation": "2014-05-06", "has_insolvency_history": False, "has_charges": False, "can_file": True, "etag": "x",
    "accounts": {"next_due": "2026-12-31", "overdue": False, "next_accounts": {"overdue": False}},
    "confirmation_statement": {"next_due": "2026-05-20", "overdue": True},
    "registered_office_address": {"address_line_1": "1 Tide Road", "locality": "Westhampton", "postal_code": "LS1 4AP", "country": "England"},
    "links": {"self": "/company/99000123"},
}  # fmt: skip
CHARITY: dict[str, Any] = {
    "organisation_number": 990001, "reg_charity_number": 9900012, "group_subsid_suffix": 0, "charity_name": "LANTERN STREET", "charity_type": "CIO",
    "insolvent": False, "in_administration": False, "reg_status": "R", "date_of_registration": "2012-03-01T00:00:00", "date_of_removal": None,
    "latest_income": 410000.0, "charity_co_reg_number": None,
}  # fmt: skip
OFSTED = (
    "Supported accommodation providers as at 28 February 2026,,,,,,\n"
    "URN,Provision type,Registration status,Categories of accommodation,Conditions of registration,Latest full inspection date,Latest full inspection outcome\n"
    '2765432,Supported accommodation,Active,"Category 1, Category 2",None,14/01/2026,Consistently strong service delivery\n'
    "2765433,Supported accommodation,Suspended,Category 3,,,\n"
    "2765434,Supported accommodation,Active,2,,03/02/2026,Serious or widespread weaknesses lead to significant concerns\n"
)
COMPANIES = (
    "CompanyName, CompanyNumber,RegAddress.AddressLine1,RegAddress.PostTown,RegAddress.PostCode,CompanyCategory,CompanyStatus,DissolutionDate,"
    "IncorporationDate,Accounts.NextDueDate,ConfStmtNextDueDate\n"
    '"HARBOUR HOMES LTD","99000123","1 TIDE ROAD","WESTHAMPTON","LS1 4AP","Private Limited Company","Active - Proposal to Strike off","","06/05/2014",'
    '"31/12/2025","20/05/2026"\n'
)
CHARITIES = (
    "registered_charity_number,linked_charity_number,charity_name,charity_registration_status,date_of_registration,date_of_removal,charity_insolvent\n"
    "9900012,0,LANTERN STREET,Removed,2012-03-01,2026-02-01,true\n"
)


@dataclass
class Register:
    """What each path answers, which requests came, and for how many seconds the register says nothing."""

    url: str = ""
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    silent: float = 0.0

    def says(self, path: str, content: Any, *, code: int = 200, **headers: str) -> None:
        """Put an answer under a path: an object as JSON, text as it is."""
        body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.answers[path] = (code, body, {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def register() -> Iterator[Register]:
    """A register on a port of this machine, gone afterwards."""
    told = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            time.sleep(told.silent)
            code, body, headers = told.answers.get(self.path, (404, b"{}", {}))
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            # Who asked may have gone away meanwhile.
            with suppress(OSError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
