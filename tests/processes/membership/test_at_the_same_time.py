"""Two people at once, on both kinds of database: one lifts or places, the other is told."""

from __future__ import annotations

import threading
from datetime import date

from models import CertificateKind, Hold, MembershipStatus, clock
from tests.processes.membership.harbour import Harbour
from workflows.actions import holds, placements
from workflows.errors import Conflict


def both(*deeds: object) -> list[str]:
    """Let two people act at the same moment; what became of each, in words, sorted."""
    results, gate = [], threading.Barrier(2)

    def run(deed: object) -> None:
        gate.wait()
        try:
            deed()  # type: ignore[operator]
            results.append("done")
        except Conflict as error:
            results.append(str(error))

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_the_last_place_goes_to_one_of_two(harbour_on: Harbour) -> None:
    harbour_on.place_young_person("YP-200001")

    def take(reference: str) -> None:
        with harbour_on.writing() as session:
            placements.record(session, reference=reference, premises=harbour_on.premises(session), starts_on=clock.today(),
                              social_worker_post="Social worker, team 4", age=17, by=harbour_on.person(session, "bridget.nolan"))  # fmt: skip

    found = both(lambda: take("YP-200002"), lambda: take("YP-200003"))

    assert len(found) == 2 and found.count("done") == 1
    assert "last" in next(each for each in found if each != "done")


def test_a_hold_is_lifted_once(harbour_on: Harbour) -> None:
    harbour_on.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour_on.skip_to("2026-03-31 20:00")
    harbour_on.pass_until("2026-04-01 10:00")
    harbour_on.insure(CertificateKind.EMPLOYERS_LIABILITY, date(2027, 3, 31), starts_on=date(2026, 4, 1), verified_by="tom.birch")
    hold_id = harbour_on.holds()[0].id

    def lift() -> None:
        with harbour_on.writing() as session:
            lena, tom = (harbour_on.person(session, name) for name in ("lena.hartwell", "tom.birch"))
            holds.lift(session, session.get_one(Hold, hold_id), because="Renewed.", by=lena, approved_by=tom)

    found = both(lift, lift)

    assert found == ["This hold was lifted already", "done"]
    assert harbour_on.status() is MembershipStatus.ACTIVE
    assert len(harbour_on.periods()) == 4


def test_a_suspension_runs_on_both_kinds_of_database(harbour_on: Harbour) -> None:
    harbour_on.place_young_person()
    harbour_on.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour_on.skip_to("2026-03-31 20:00")
    harbour_on.pass_until("2026-04-01 10:00")
    for step in ("check-welfare", "confirm-status", "tell-provider"):
        harbour_on.complete(step)
    harbour_on.insure(CertificateKind.EMPLOYERS_LIABILITY, date(2027, 3, 31), starts_on=date(2026, 4, 1), verified_by="tom.birch")
    harbour_on.pass_until("2026-04-01 10:01")

    harbour_on.complete("reinstate", by="lena.hartwell")

    assert harbour_on.status() is MembershipStatus.ACTIVE
    assert [case.outcome for case in harbour_on.cases()] == ["reinstated"]
