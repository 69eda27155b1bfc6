"""Which kinds of certificate there are: the insurances of a provider, and the safety certificates of one premises (domain 2.7)."""

from __future__ import annotations

from datetime import date, timedelta

from models import Certificate, CertificateKind

INSURANCES = frozenset({
    CertificateKind.EMPLOYERS_LIABILITY, CertificateKind.PUBLIC_LIABILITY, CertificateKind.PROFESSIONAL_INDEMNITY, CertificateKind.BUILDINGS,
})  # fmt: skip
OF_PREMISES = frozenset({CertificateKind.GAS_SAFETY, CertificateKind.ELECTRICAL, CertificateKind.FIRE_RISK, CertificateKind.HMO_LICENCE})
WORDS = {
    CertificateKind.EMPLOYERS_LIABILITY: "Employers' liability insurance",
    CertificateKind.PUBLIC_LIABILITY: "Public liability insurance",
    CertificateKind.PROFESSIONAL_INDEMNITY: "Professional indemnity insurance",
    CertificateKind.BUILDINGS: "Buildings and contents insurance",
    CertificateKind.DATA_PROTECTION: "Data protection registration",
    CertificateKind.GAS_SAFETY: "Gas safety certificate",
    CertificateKind.ELECTRICAL: "Electrical safety report",
    CertificateKind.FIRE_RISK: "Fire risk assessment",
    CertificateKind.HMO_LICENCE: "Licence for a house in multiple occupation",
}
SOON = timedelta(days=60)


def standing(certificate: Certificate, today: date) -> tuple[str, str]:
    """How a certificate stands on a day, as the words and the colour of its tag (ux 6.5)."""
    if certificate.refused_because:
        return "Not accepted", "red"
    if certificate.ends_on < today:
        return "Expired", "red"
    if certificate.verified_at is None:
        return "To be checked", "blue"
    if certificate.starts_on > today:
        return "Starts later", "grey"
    return ("Expiring", "orange") if certificate.ends_on - today <= SOON else ("In date", "green")


def counts(certificate: Certificate, today: date) -> bool:
    """Whether a certificate covers a day: verified by somebody, not refused, both of its days inclusive."""
    return certificate.verified_at is not None and not certificate.refused_because and certificate.starts_on <= today <= certificate.ends_on
