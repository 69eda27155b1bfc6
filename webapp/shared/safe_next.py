"""Where a form may send its reader on: only to a page of this site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST_NEXT = 2_000
PLAIN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")
TURNED = re.compile(r"%(?:0[0-9a-f]|1[0-9a-f]|2f|5c|7f)|\\|/\.{1,2}(?:/|$|\?)", re.IGNORECASE)


def safe_next(wanted: str) -> str:
    """`wanted` if it is a plain path on this site, else nothing.

    Only unreserved characters pass, and no encoded control character, slash or backslash, so that no browser can read
    another host into it.
    """
    if len(wanted) > LONGEST_NEXT or not PLAIN_PATH.fullmatch(wanted) or TURNED.search(wanted):
        return ""
    parts = urlsplit(wanted)
    return "" if parts.scheme or parts.netloc else wanted
