"""Two providers that own one of everything, with a word of its own in every field: what may be shown to whom is told by the kind of the word.

`shown` is what a provider may read of itself, `name` what the whole world may (the list is public), `address` where young people live, and `inside` what only
the council may read: scores, checks, comments, and visits that nobody has announced. Of that, `notes` of a visit and an `interest` are for some of the council only.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import (
    AccuracyComment,
    Application,
    ApplicationSection,
    ApplicationStatus,
    CandidateGroup,
    Case,
    CaseKey,
    CaseMessage,
    Certificate,
    CertificateKind,
    Comment,
    Draft,
    DueDiligenceCheck,
    EmailLink,
    EvaluationScore,
    Finding,
    Grade,
    GroupKind,
    GroupMembership,
    Hold,
    IdentifierScheme,
    ImprovementAction,
    Inspection,
    InspectionKind,
    InspectionStatus,
    Interest,
    InterestKind,
    LegalForm,
    Letter,
    ListCategory,
    Mark,
    Membership,
    MembershipCondition,
    MembershipPeriod,
    MembershipStatus,
    OutboxMail,
    Placement,
    Premises,
    Provider,
    ProviderDocument,
    ProviderIdentifier,
    ProviderPerson,
    PurchasingList,
    Regime,
    Registration,
    RegistrationStatus,
    Severity,
    StandardMark,
    User,
    WelfareCheck,
    clock,
)
from workflows.actions import application_drafts, applications
from workflows.library import definitions
from workflows.queries import tasks as tasks_of_case

NUMBERS = {"one": 1, "two": 2}
KINDS = ("shown", "name", "address", "inside", "notes", "interest")
LIST = "L-0001"
ENTRY = {"id": "0000a001", "category": "2", "spaces": 4}
PDF = b"%PDF-1.7\n%s\n%%%%EOF\n"


@dataclass
class Owned:
    """What one provider owns, by name, and the words planted in it by kind."""

    which: str
    user: User
    things: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    hidden_references: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.things[name]

    def secrets(self, *kinds: str) -> list[str]:
        """The words of these kinds; `inside` takes in whatever is the council's own, and the references of what is not announced."""
        found = [self.words[kind] for kind in kinds]
        return [*found, self.words["notes"], self.words["interest"], *self.hidden_references] if "inside" in kinds else found


def word(which: str, kind: str) -> str:
    """The word that is planted in the fields of a kind of one provider."""
    return f"canary{hashlib.sha256(f'{which} {kind}'.encode()).hexdigest()[:12]}"


def plant(session: Session, *, staff: User, uploads: Path, around: str = "") -> dict[str, Owned]:
    """Both providers with everything they own. `staff` is who did what the council did; `around` stands before each planted word."""
    on = _list(session)
    both = {which: _Planting(session, which, on, staff, uploads, around).everything() for which in NUMBERS}
    if definitions.find_latest(session, applications.KEY) is not None:
        for owned in both.values():
            _begin_another(session, owned, on)
    return both


def _begin_another(session: Session, owned: Owned, on: PurchasingList) -> None:
    """An application that its provider fills in, on the real process; its task has a draft."""
    draft = applications.start(session, provider=owned["provider"], purchasing_list=on, categories=["shared"], by=owned.user)
    for key, values in (("organisation", {"legal_name": owned.words["shown"], "trading_name": owned.words["shown"]}), ("premises", {"items": [ENTRY | {"name": owned.words["shown"]}]})):
        application_drafts.save_section(session, draft, key, values, problems={}, is_completed=False, by=owned.user, revision=0)
    task = tasks_of_case.open_tasks_of(session, draft.case_id)[0]
    session.add(Draft(task_id=task.id, user_id=owned.user.id, values={"signatory_name": [owned.words["shown"]]}, is_shared=True, saved_at=clock.now()))
    session.flush()
    owned.things |= {"draft": draft, "draft_case": draft.case, "task": task}


def _list(session: Session) -> PurchasingList:
    on = PurchasingList(
        reference=LIST, title="Supported accommodation", regime=Regime.PCR_R34, valid_from=clock.today() - timedelta(days=500),
        valid_to=clock.today() + timedelta(days=500), created_at=clock.now(),
        categories=[ListCategory(key="shared", name="Shared homes", ofsted_category=2)],
    )  # fmt: skip
    session.add(on)
    session.flush()
    return on


class _Planting:
    def __init__(self, session: Session, which: str, on: PurchasingList, staff: User, uploads: Path, around: str) -> None:
        self.session, self.which, self.on, self.staff, self.uploads = session, which, on, staff, uploads
        self.now, self.today = clock.now(), clock.today()
        self.email, self.words = f"{word(which, 'shown')}@example.org", {kind: around + word(which, kind) for kind in KINDS}
        self.shown, self.inside = self.words["shown"], self.words["inside"]

    def everything(self) -> Owned:
        """Plant it all, in the order in which rows need one another."""
        owned = Owned(self.which, self.person(), words=self.words)
        self.provider = self.keep(self.a_provider())
        self.premises = self.keep(self.a_premises())
        self.document = self.keep(self.a_document())
        owned.things["colleague"] = self.someone(word(self.which, "colleague"), self.shown)
        for name, thing in (*self.standing(), *self.applying()):
            owned.things[name] = self.keep(thing)
        self.membership = owned["membership"]
        for name, thing in (*self.on_the_list(), *self.inspected("known", is_known=True), *self.inspected("unannounced", is_known=False)):
            owned.things[name] = self.keep(thing)
        owned.things |= {"provider": self.provider, "premises": self.premises, "document": self.document}
        owned.hidden_references.append(owned["unannounced_case"].reference)
        return owned

    def keep(self, thing: Any) -> Any:
        """Store a row so that the next may refer to it."""
        self.session.add(thing)
        self.session.flush()
        return thing

    def person(self) -> User:
        number = NUMBERS[self.which]
        self.group = CandidateGroup(key=f"provider-{number:04}", name=f"{self.words['name']} (P-{number:04})", kind=GroupKind.TEAM, role="provider")
        self.session.add(self.group)
        self.user = self.someone(word(self.which, "shown"), f"{self.shown} Person")
        return self.user

    def someone(self, mailbox: str, name: str) -> User:
        """A person of the provider."""
        user = User(email=f"{mailbox}@example.org", name=name, password_hash=None, created_at=self.now, last_signed_in_at=None)
        user.memberships.append(GroupMembership(group=self.group, starts_on=date(2020, 1, 1), ends_on=None))
        self.keep(user)
        return user

    def a_provider(self) -> Provider:
        number = NUMBERS[self.which]
        return Provider(
            reference=f"P-{number:04}", name=self.words["name"], trading_name=self.words["name"], legal_form=LegalForm.PRIVATE_COMPANY,
            group_key=self.group.key, address=self.shown, postcode=f"WX{number} 1AA", website=f"https://example.org/{self.shown}", contact_name=self.shown,
            contact_email=self.email, contact_phone="01632 960199", created_at=self.now, dissolved_on=None,
            identifiers=[ProviderIdentifier(scheme=IdentifierScheme.COMPANY, value=f"9900000{number}")],
        )  # fmt: skip

    def a_premises(self) -> Premises:
        number = NUMBERS[self.which]
        return Premises(
            provider_id=self.provider.id, reference=f"H-{number:04}", name=self.shown, address=self.words["address"], postcode=f"WX{number} 9ZZ",
            district="Harbour", category=2, spaces=4, weekly_price=Decimal("950.00"), graded_at=None, opened_on=self.today, closed_on=None,
        )  # fmt: skip

    def a_document(self) -> ProviderDocument:
        content = PDF.replace(b"%s", self.shown.encode())
        stored_as = f"{NUMBERS[self.which]:02}/{uuid.uuid4().hex}"
        (self.uploads / stored_as).parent.mkdir(parents=True, exist_ok=True)
        (self.uploads / stored_as).write_bytes(content)
        return ProviderDocument(
            provider_id=self.provider.id, kind="policy", title=self.shown, filename=f"{word(self.which, 'shown')}.pdf", media_type="application/pdf", size=len(content),
            digest=hashlib.sha256(content).hexdigest(), stored_as=stored_as, expires_on=self.today + timedelta(days=90), replaces_id=None,
            added_by_id=self.user.id, added_at=self.now, removed_at=None,
        )  # fmt: skip

    def standing(self) -> Iterator[tuple[str, Any]]:
        """What is known of the provider itself."""
        of = {"provider_id": self.provider.id}
        yield "person", ProviderPerson(**of, name=self.shown, role=self.shown, is_in_control=True, starts_on=None, ends_on=None)
        yield "registration", Registration(
            **of, urn="9900001", status=RegistrationStatus.REGISTERED, categories=[2], conditions=self.shown, last_inspected_on=None, last_outcome=None,
            starts_at=self.now, ends_at=None, checked_by_id=None,
        )  # fmt: skip
        yield "certificate", Certificate(
            **of, premises_id=None, kind=CertificateKind.PUBLIC_LIABILITY, issuer=self.shown, number=self.shown, limit=Decimal("10000000"),
            starts_on=self.today, ends_on=self.today + timedelta(days=20), document_id=self.document.id, added_by_id=self.user.id, added_at=self.now,
            verified_by_id=None, verified_at=None,
        )  # fmt: skip
        yield "link", EmailLink(
            **of, token_digest=uuid.uuid4().hex, email=self.email, name=self.shown, purpose="invite", invited_by_id=self.user.id,
            sent_at=self.now, expires_at=self.now + timedelta(days=1), used_at=None,
        )  # fmt: skip

    def case(self, kind: str, reference: str, title: str, *, is_restricted: bool = False) -> Case:
        made = Case(
            reference=reference, kind=kind, title=title, owner_id=None, team_key=self.staff.memberships[0].group_key, provider_id=self.provider.id,
            is_restricted=is_restricted, opened_at=self.now, closed_at=None,
        )  # fmt: skip
        return self.keep(made)

    def applying(self) -> Iterator[tuple[str, Any]]:
        """An application that was sent and checked, all that was said about it, and the membership it led to."""
        number = NUMBERS[self.which]
        case = self.case("provider-application", f"APP-2019-{900 + number:04}", f"Application of {self.shown}")
        yield "case", case
        yield "key", CaseKey(case_id=case.id, name="provider", value=str(self.provider.id))
        application = self.keep(Application(
            case_id=case.id, provider_id=self.provider.id, list_id=self.on.id, categories=["shared"], status=ApplicationStatus.ADMITTED,
            started_by_id=self.user.id, started_at=self.now, last_changed_at=self.now, sent_at=self.now, sent_by_id=self.user.id, signatory_name=self.shown,
            signatory_role=self.shown, evaluation_due_on=self.today, extended_at=None, extended_because=self.shown, decided_at=self.now, reasons=self.shown,
            ended_at=self.now,
        ))  # fmt: skip
        yield "application", application
        yield "section", ApplicationSection(
            application_id=application.id, key="organisation", values={"legal_name": self.shown}, is_completed=True, saved_by_id=self.user.id, saved_at=self.now
        )
        of_case = {"case_id": case.id, "provider_id": self.provider.id}
        yield "check", DueDiligenceCheck(**of_case, kind="financial", result="pass", detail={"narrative": self.inside}, reasons=self.inside,
                                         checked_by_id=self.staff.id, checked_at=self.now)  # fmt: skip
        yield "score", EvaluationScore(case_id=case.id, question="support", seat=1, score=3, comment=self.inside, scored_by_id=self.staff.id, scored_at=self.now)
        yield "interest", Interest(**of_case, user_id=self.staff.id, kind=InterestKind.PERCEIVED, nature=self.words["interest"], mitigation=self.words["interest"],
                                   declared_at=self.now, cleared_at=None, cleared_by_id=None)  # fmt: skip
        yield "comment", Comment(case_id=case.id, author_id=self.staff.id, body=self.inside, written_at=self.now)
        yield "message", CaseMessage(**of_case, author_id=self.user.id, is_from_provider=True, body=self.shown, document_id=self.document.id,
                                     sent_at=self.now, read_at=None)  # fmt: skip
        yield "letter", self.letter(case, self.shown, is_for_provider=True)
        yield "memo", self.letter(case, self.inside, is_for_provider=False)
        yield "mail", OutboxMail(to_address=self.email, to_user_id=self.user.id, case_id=case.id, kind="test", subject=self.shown,
                                 body=self.shown, created_at=self.now, sending_at=None, sent_at=None)  # fmt: skip
        yield "membership", Membership(
            provider_id=self.provider.id, list_id=self.on.id, case_id=case.id, categories=["shared"], status=MembershipStatus.EMBARGOED, admitted_at=self.now,
            agreement_version="1", agreement_signed_by=self.shown, agreement_signed_at=self.now, starts_on=self.today, ends_on=self.on.valid_to,
            review_due_on=None, ended_at=None,
        )  # fmt: skip

    def letter(self, case: Case, words: str, *, is_for_provider: bool) -> Letter:
        return Letter(
            case_id=case.id, provider_id=self.provider.id, kind="acknowledgement", subject=words, body=words, digest=hashlib.sha256(words.encode()).hexdigest(),
            template_version="1", author_id=self.staff.id, approver_id=None, is_for_provider=is_for_provider, sent_at=self.now,
        )  # fmt: skip

    def on_the_list(self) -> Iterator[tuple[str, Any]]:
        """What holds a member back, and who lives with it."""
        of = {"membership_id": self.membership.id}
        yield "period", MembershipPeriod(**of, status=MembershipStatus.EMBARGOED, because=self.shown, event="insurance_lapsed", case_id=None,
                                         by_id=self.staff.id, starts_at=self.now, ends_at=None)  # fmt: skip
        yield "condition", MembershipCondition(**of, words=self.shown, due_on=self.today, met_at=None, met_by_id=None)
        yield "hold", Hold(**of, premises_id=self.premises.id, certificate_id=None, event="insurance_lapsed", because=self.shown, case_id=None,
                           starts_at=self.now, confirmed_at=None, confirmed_by_id=None, lifted_at=None, lifted_by_id=None, approved_by_id=None)  # fmt: skip
        placement = self.keep(Placement(
            reference=f"YP-{self.which}", premises_id=self.premises.id, starts_on=self.today, ends_on=None, social_worker_post=self.inside,
            recorded_by_id=self.staff.id, recorded_at=self.now,
        ))  # fmt: skip
        yield "placement", placement
        suspension = self.case("suspension", f"SUS-2019-{NUMBERS[self.which]:04}", f"Insurance of {self.shown}")
        yield "suspension_case", suspension
        yield "welfare", WelfareCheck(placement_id=placement.id, case_id=suspension.id, due_at=self.now, done_at=None, done_by_id=None,
                                      outcome=self.inside, opened_at=self.now)  # fmt: skip

    def inspected(self, name: str, *, is_known: bool) -> Iterator[tuple[str, Any]]:
        """An inspection: one whose report the provider has, or one that it must not know of."""
        number = NUMBERS[self.which] + (0 if is_known else 90)
        words = self.shown if is_known else self.inside
        case = self.case("inspection", f"INS-2019-{number:04}", f"Inspection of {words}")
        yield f"{name}_case", case
        inspection = self.keep(Inspection(
            case_id=case.id, provider_id=self.provider.id, premises_id=self.premises.id,
            kind=InspectionKind.ROUTINE if is_known else InspectionKind.UNANNOUNCED, trigger=self.inside, risk="medium",
            status=InspectionStatus.ACTIONS if is_known else InspectionStatus.PLANNED, is_announced=is_known, planned_for=self.today + timedelta(days=3),
            due_on=self.today, inspector_id=self.staff.id, notice_sent_at=self.now if is_known else None, visit_started_at=None, visit_ended_at=None,
            staff_on_duty=None, young_people_spoken_to=None, young_people_declined=None, restricted_notes=self.words["notes"], grade=Grade.AMBER if is_known else None,
            grade_because=self.inside, draft_report=words, final_report=words, draft_sent_at=self.now if is_known else None,
            finalised_at=self.now if is_known else None, next_due_on=None, created_at=self.now,
        ))  # fmt: skip
        yield name, inspection
        of = {"inspection_id": inspection.id}
        yield f"{name}_mark", StandardMark(**of, line="protection-1", mark=Mark.PARTLY, evidence=words, marked_by_id=self.staff.id, marked_at=self.now)
        finding = self.keep(Finding(**of, line="protection-1", severity=Severity.MAJOR, evidence=words, action_wanted=words, due_at=self.now))
        yield f"{name}_finding", finding
        if is_known:
            yield "action", ImprovementAction(
                finding_id=finding.id, action=self.shown, owner=self.shown, due_on=self.today, agreed_at=self.now, agreed_by_id=self.staff.id,
                evidence=self.shown, document_id=self.document.id, answered_at=None, verified_at=None, verified_by_id=None,
            )  # fmt: skip
            yield "accuracy", AccuracyComment(**of, paragraph="1", comment=self.shown, is_accepted=None, made_by_id=self.user.id, made_at=self.now)
