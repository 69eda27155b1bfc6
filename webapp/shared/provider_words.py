"""How applications, memberships, registrations and actions stand, as the words and colours of tags that both sides read (ux 6.5)."""

from __future__ import annotations

from models import ApplicationStatus, LegalForm, MembershipStatus, RegistrationStatus, Severity

Tag = dict[str, str]


def _tag(text: str, colour: str) -> Tag:
    return {"text": text, "colour": colour}


APPLICATION: dict[ApplicationStatus, Tag] = {
    ApplicationStatus.DRAFT: _tag("Not sent yet", "grey"),
    ApplicationStatus.SENT: _tag("Being checked", "teal"),
    ApplicationStatus.ADMITTED: _tag("Admitted", "green"),
    ApplicationStatus.ADMITTED_WITH_CONDITIONS: _tag("Admitted with conditions", "orange"),
    ApplicationStatus.REJECTED: _tag("Not admitted", "grey"),
    ApplicationStatus.WITHDRAWN: _tag("Withdrawn", "grey"),
    ApplicationStatus.LAPSED: _tag("Lapsed", "grey"),
    ApplicationStatus.SUPERSEDED: _tag("Replaced by a newer one", "grey"),
    ApplicationStatus.LIST_CLOSED: _tag("List closed", "grey"),
}
MEMBERSHIP: dict[MembershipStatus, Tag] = {
    MembershipStatus.ADMITTED: _tag("Admitted, agreement not signed", "yellow"),
    MembershipStatus.ACTIVE: _tag("On the list", "green"),
    MembershipStatus.CONDITIONAL: _tag("On the list with conditions", "orange"),
    MembershipStatus.EMBARGOED: _tag("No new placements", "red"),
    MembershipStatus.SUSPENDED: _tag("Suspended", "red"),
    MembershipStatus.EXPIRED: _tag("List ended", "grey"),
    MembershipStatus.REMOVED: _tag("Removed from the list", "grey"),
    MembershipStatus.WITHDRAWN: _tag("Left the list", "grey"),
}
NOT_ON_A_LIST = _tag("Not on a list", "grey")
REGISTRATION: dict[RegistrationStatus, Tag] = {
    RegistrationStatus.REGISTERED: _tag("Registered", "green"),
    RegistrationStatus.APPLIED: _tag("Applied", "blue"),
    RegistrationStatus.SUSPENDED: _tag("Registration suspended", "red"),
    RegistrationStatus.CANCELLED: _tag("Registration cancelled", "red"),
    RegistrationStatus.NOT_REGISTERED: _tag("Not registered", "red"),
    RegistrationStatus.NOT_REQUIRED: _tag("Not needed, 18 and over only", "grey"),
}
OUTCOMES = {
    1: "Consistently strong service delivery leads to typically positive experiences and progress",
    2: "Inconsistent quality of service delivery adversely affects some experiences",
    3: "Serious or widespread weaknesses lead to significant concerns",
}
LEGAL_FORMS = {
    LegalForm.PUBLIC_COMPANY: "Public company",
    LegalForm.PRIVATE_COMPANY: "Private company",
    LegalForm.LLP: "Limited liability partnership",
    LegalForm.PARTNERSHIP: "Partnership",
    LegalForm.SOLE_TRADER: "Sole trader",
    LegalForm.COMMUNITY_INTEREST_COMPANY: "Community interest company",
    LegalForm.CHARITABLE_ORGANISATION: "Charitable organisation",
    LegalForm.OTHER: "Another kind of organisation",
}
SEVERITY: dict[Severity, Tag] = {
    Severity.CRITICAL: _tag("Critical", "red"),
    Severity.MAJOR: _tag("Major", "orange"),
    Severity.MODERATE: _tag("Moderate", "yellow"),
    Severity.MINOR: _tag("Minor", "blue"),
}
GRADES = {"green": _tag("Green", "green"), "amber": _tag("Amber", "orange"), "red": _tag("Red", "red")}
