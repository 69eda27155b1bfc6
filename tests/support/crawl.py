"""Finding every page of the service as its people find them: by following links from where each of them starts."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.support.clients import Browser, client_for, public_client
from tests.support.server import Site

HREF = re.compile(r"""<a\b[^>]*\shref=["']([^"'#]+)""")
NOBODY = ""
NO_KIND: Mapping[str, int] = {}


@dataclass(frozen=True)
class Found:
    """A page that somebody can reach: its address, its endpoint, and who found it (empty for the public)."""

    url: str
    endpoint: str
    person: str
    has_post_form: bool


def crawl(
    site: Site, person: str, starts: tuple[str, ...], *, most: int = 400, most_of_one_kind: int = 8, more_of: Mapping[str, int] = NO_KIND,
    wanted: Callable[[str], bool] = bool,
) -> Iterator[Found]:  # fmt: skip
    """Every page of HTML that a person reaches by links from the starts, the nearest first, and of each kind of page only some: `more_of` says
    of which endpoints there may be more, `wanted` which endpoints are looked at at all."""
    client = client_for(site.app, site.person(person)) if person else public_client(site.app)
    waiting, seen, met = deque(starts), set(starts), Counter[str]()
    while waiting and met.total() < most:
        url = waiting.popleft()
        endpoint = endpoint_of(site, url)
        if endpoint is None or not wanted(endpoint) or met[endpoint] >= more_of.get(endpoint, most_of_one_kind):
            continue
        text = _text_of(client, url)
        if text is None:
            continue
        met[endpoint] += 1
        yield Found(url, endpoint, person, 'method="post"' in text)
        for link in HREF.findall(text):
            nearby = _nearby(url, link.replace("&amp;", "&"))
            if nearby and nearby not in seen:
                seen.add(nearby)
                waiting.append(nearby)


def endpoint_of(site: Site, url: str) -> str | None:
    """The endpoint that a visit to an address reaches, or None."""
    try:
        return str(site.app.url_map.bind("localhost").match(urlsplit(url).path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return None


def _text_of(client: Browser, url: str) -> str | None:
    answer = client.get(url)
    is_page = answer.status_code == 200 and answer.mimetype == "text/html"
    return answer.get_data(as_text=True) if is_page else None


def _nearby(base: str, link: str) -> str:
    """The address without its fragment when it is one of ours; a table's sorting and paging count as the page itself."""
    parts = urlsplit(urljoin(f"http://localhost{base}", link))
    if parts.netloc != "localhost":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
