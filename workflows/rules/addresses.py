"""Where a webhook may go: the form of an address, and the machine that its name leads to. Pure sums; nothing is looked up here."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

IpAddress = IPv4Address | IPv6Address
LONGEST = 2_000
# A name with a letter at the start of its last part: everything that a machine might read as a number is none.
PUBLIC_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
INNER_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
INNER_ENDINGS = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "corp", "home")
PUBLIC_PORTS = frozenset({443, 8443})
INNER_NETWORKS = tuple(ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"))
# Where clouds keep the keys of a machine; the second lies in the range of inner addresses.
NEVER = tuple(ip_network(each) for each in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128"))
# Addresses of the old kind hidden in new ones: translated, tunnelled, compatible.
CARRIERS = tuple(IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))


def wrong_form(address: str, *, inside: bool) -> str:
    """Why an address may not be one of a system, as the rest of a sentence about it; empty when it may.

    `inside` allows the council's own network: http, other ports, names without a dot, and plain numbers in their usual form.
    """
    if not address.isascii() or len(address) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", address):
        return "has characters that no address has, or too many of them"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "cannot be read"
    if parts.scheme not in (("https", "http") if inside else ("https",)):
        return "must begin with https://"
    if "@" in parts.netloc or "#" in address:
        return "must have neither a name before an @ nor a #"
    if port == 0 or (not inside and port not in (None, *PUBLIC_PORTS)):
        return "must have no port of its own, or 443 or 8443"
    return _wrong_host(parts, inside=inside)


def _wrong_host(parts: SplitResult, *, inside: bool) -> str:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return "must have a name" if not inside else _wrong_number(host, inside=True)
    if not inside:
        named = PUBLIC_NAME.fullmatch(host) and not any(host == ending or host.endswith(f".{ending}") for ending in INNER_ENDINGS)
        return "" if named else "must have a full name that the whole world knows, such as finance.example.gov.uk"
    if INNER_NAME.fullmatch(host):
        return ""
    return _wrong_number(host, inside=True)


def _wrong_number(host: str, *, inside: bool) -> str:
    try:
        number = ip_address(host)
    except ValueError:
        return "must have a name, or a number in its usual form"
    return wrong_machine(number, inside=inside)


def wrong_machine(number: IpAddress, *, inside: bool) -> str:
    """Why nothing is sent to the machine with this number, as the rest of a sentence; empty when it may be."""
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped is not None:
            return wrong_machine(number.ipv4_mapped, inside=inside)
        if number != IPv6Address("::1") and any(number in each for each in CARRIERS):
            return "leads to a number hidden in another"
        if number.scope_id:
            return "leads to a machine on the same cable"
    if any(number in each for each in NEVER if each.version == number.version):
        return "leads to a number that no system has"
    if inside and any(number in each for each in INNER_NETWORKS if each.version == number.version):
        return ""
    if not number.is_global or number.is_multicast or number.is_reserved:
        return "leads into a network that is not public"
    return ""
