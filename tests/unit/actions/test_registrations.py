"""What Ofsted's register says, written down look by look; what became worse is told, what became better is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, IdentifierScheme, ProcessDefinition, Provider, Registration, RegistrationStatus, User, clock
from tests.support import fake_registers as fakes
from tests.support import planting_providers as planting
from tests.support.office import Office
from workflows.actions import cases, happenings, providers, register_looks, registrations
from workflows.errors import Invalid, Refused
from workflows.library import definitions as library
from workflows.queries import providers as provider_queries
from workflows.registers.files import NotThisRegister
from workflows.registers.ofsted import Entry

GOOD = Entry(urn="2765432", status=RegistrationStatus.REGISTERED, categories=(1, 2), outcome=1)
Told = Callable[[], list[str]]
LISTENER = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  targetNamespace="http://example.org/listener">
  <bpmn:process id="listener" name="Listen" isExecutable="true">
    <bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="startedBy" value="OfstedStatusChanged" />
    </spiffworkflow:properties></bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:outgoing>one</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="end"><bpmn:incoming>one</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="one" sourceRef="start" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>"""


@pytest.fixture
def provider(office: Office) -> Provider:
    return planting.provider(office.session, "Harbour Homes Ltd", "Amy Lowe")[0]


def _told(payload: Mapping[str, Any]) -> str:
    outcome = f", outcome {payload['outcome']}" if payload["outcome"] else ""
    return f"{payload['status']}{outcome}"


@happenings.opener("listener")
def _open(session: Session, name: str, payload: Mapping[str, Any], by: User | None) -> happenings.Opened:
    case = cases.open_case(session, kind="listener", prefix="LIS", title=_told(payload), team_key="commissioners", by=by)
    return case, {}


@pytest.fixture
def told(office: Office) -> Iterator[Told]:
    """A process that every change for the worse starts: the statuses it was started with, in order."""
    session = office.session
    session.add(ProcessDefinition(key="listener", version=1, name="Listen", digest="d" * 64, files={"process.bpmn": LISTENER}, calls={},
                                  deployed_at=clock.now(), deployed_by_id=None))  # fmt: skip
    session.flush()
    yield lambda: list(session.scalars(select(Case.title).where(Case.kind == "listener").order_by(Case.reference)))
    library.forget()


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (Entry(urn="2765432", status=RegistrationStatus.SUSPENDED), "suspended"),
        (Entry(urn="2765432", status=RegistrationStatus.CANCELLED), "cancelled"),
        (Entry(urn="", status=RegistrationStatus.NOT_REGISTERED), "not_registered"),
        (Entry(urn="2765432", status=RegistrationStatus.REGISTERED, outcome=3), "outcome_3, outcome 3"),
        (Entry(urn="2765432", status=RegistrationStatus.REGISTERED, outcome=1, has_enforcement=True), "restricted, outcome 1"),
    ],
)
def test_what_became_worse_is_announced_with_the_provider_and_the_status(
    office: Office, provider: Provider, told: Told, entry: Entry, status: str
) -> None:
    registrations.record(office.session, provider, GOOD, by=None)

    registrations.record(office.session, provider, entry, by=None)

    assert told() == [status]


@pytest.mark.parametrize(
    "before", [None, Entry(urn="2765432", status=RegistrationStatus.SUSPENDED), Entry(urn="2765432", status=RegistrationStatus.REGISTERED, outcome=2)]
)
def test_a_first_look_and_what_became_better_are_only_written_down(office: Office, provider: Provider, told: Told, before: Entry | None) -> None:
    if before is not None:
        registrations.record(office.session, provider, before, by=None)

    registrations.record(office.session, provider, GOOD, by=None)

    assert told() == []


def test_each_look_that_says_something_else_is_a_row_and_one_is_open(office: Office, provider: Provider) -> None:
    registrations.record(office.session, provider, GOOD, by=None)
    registrations.record(office.session, provider, GOOD, by=None)
    with clock.held(clock.read_instant("2026-03-05 10:00")):
        registrations.record(office.session, provider, Entry(urn="2765432", status=RegistrationStatus.SUSPENDED), by=None)

    rows = provider_queries.registrations_of(office.session, provider)
    assert [(row.status, row.ends_at is None) for row in rows] == [(RegistrationStatus.SUSPENDED, True), (RegistrationStatus.REGISTERED, False)]
    then = provider_queries.registration_of(office.session, provider, clock.read_instant("2026-03-03 12:00").date())
    assert then is not None
    assert then.status is RegistrationStatus.REGISTERED


def test_only_those_who_check_providers_write_down_what_a_register_says(office: Office, provider: Provider) -> None:
    with pytest.raises(Refused):
        registrations.record(office.session, provider, GOOD, by=office.auditor)


def test_a_registered_service_has_a_number_that_can_be_one(office: Office, provider: Provider) -> None:
    for urn in ("", "12", "SC12"):
        with pytest.raises(Invalid):
            registrations.record(office.session, provider, Entry(urn=urn, status=RegistrationStatus.REGISTERED), by=None)


def test_a_file_changes_those_it_names_and_names_those_it_lacks(office: Office, provider: Provider, told: Told) -> None:
    other = planting.provider(office.session, "Keystone Ltd", "Dana Pike")[0]
    providers.add_identifier(office.session, provider, scheme=IdentifierScheme.OFSTED, value="2765433", by=None)
    providers.add_identifier(office.session, other, scheme=IdentifierScheme.OFSTED, value="2999999", by=None)
    registrations.record(office.session, provider, Entry(urn="2765433", status=RegistrationStatus.REGISTERED, categories=(3,)), by=None)

    found = registrations.import_file(office.session, fakes.OFSTED.encode(), by=office.officer)

    assert found == {"changed": [provider.reference], "same": [], "missing": [other.reference]}
    assert told() == ["suspended"]
    again = registrations.import_file(office.session, fakes.OFSTED.encode(), by=office.officer)
    assert again["same"] == [provider.reference]
    assert told() == ["suspended"]


def test_another_file_changes_nothing(office: Office, provider: Provider) -> None:
    with pytest.raises(NotThisRegister):
        registrations.import_file(office.session, b"a,b\n1,2\n", by=office.officer)

    assert office.session.scalars(select(Registration)).all() == []


def test_a_company_that_is_dissolved_is_marked_so(office: Office, provider: Provider) -> None:
    providers.add_identifier(office.session, provider, scheme=IdentifierScheme.COMPANY, value="99000123", by=None)
    dissolved = fakes.COMPANIES.replace("Active - Proposal to Strike off", "Dissolved").replace('"",', '"01/02/2026",', 1)

    found = register_looks.import_companies(office.session, dissolved.encode(), by=office.officer)

    assert found["changed"] == [provider.reference]
    assert str(provider.dissolved_on) == "2026-02-01"
    event = office.session.scalars(select(AuditEvent).where(AuditEvent.kind == "register:seen")).one()
    assert event.detail["status"] == "dissolved"
