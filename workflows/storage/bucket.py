"""Documents in a bucket of an S3-compatible service: four requests, signed as AWS Signature Version 4 asks, path-style addresses."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from lxml import etree

from models import clock
from workflows.storage.errors import StorageDown

SECONDS = 20
TRIES = 3
SPACE = "{*}"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket and how to reach it. `address` is `https://HOST[:PORT]`; the keys never show in words about it."""

    address: str
    name: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    region: str = "eu-west-2"


def put(bucket: Bucket, name: str, content: bytes) -> None:
    """Keep the bytes; on return the service has said that it has them."""
    _ask(bucket, "PUT", name, content)


def read(bucket: Bucket, name: str) -> bytes:
    """The bytes under a name. FileNotFoundError when the service has none."""
    return _ask(bucket, "GET", name)


def erase(bucket: Bucket, name: str) -> None:
    """Remove the bytes under a name if there are any."""
    _ask(bucket, "DELETE", name)


def kept(bucket: Bucket) -> Iterator[tuple[str, datetime]]:
    """The names of everything in the bucket that could be ours, and when each was written."""
    after = ""
    while True:
        query = {"list-type": "2", **({"continuation-token": after} if after else {})}
        page = _parsed(_ask(bucket, "GET", "", query=query))
        for each in page.iterfind(f"{SPACE}Contents"):
            name, at = each.findtext(f"{SPACE}Key", ""), each.findtext(f"{SPACE}LastModified", "")
            if re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", name):
                yield name, datetime.fromisoformat(at)
        after = page.findtext(f"{SPACE}NextContinuationToken", "")
        if not after:
            return


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise StorageDown("The document storage answered with something that is no list") from error


def _ask(bucket: Bucket, method: str, name: str, content: bytes = b"", *, query: Mapping[str, str] | None = None) -> bytes:
    """One request, asked again when the service is busy or the line breaks: each of the four may be repeated without harm."""
    last = ""
    for _ in range(TRIES):
        try:
            status, answer = _once(bucket, method, name, content, query or {})
        except (OSError, http.client.HTTPException) as error:
            last = type(error).__name__
            continue
        if status == 404 and method != "PUT" and name:
            if method == "GET":
                raise FileNotFoundError(name)
            return b""
        if status < 300:
            return answer
        last = f"it answered {status}"
        if status < 500 and status != 429:
            break
    raise StorageDown(f"The document storage could not be used: {last}")


def _once(bucket: Bucket, method: str, name: str, content: bytes, query: Mapping[str, str]) -> tuple[int, bytes]:
    address = urlsplit(bucket.address)
    path = quote(f"/{bucket.name}/{name}" if name else f"/{bucket.name}")
    asked = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in sorted(query.items()))
    secure = address.scheme == "https"
    line = (
        http.client.HTTPSConnection(address.netloc, timeout=SECONDS, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(address.netloc, timeout=SECONDS)
    )
    try:
        headers = signed(bucket, method, path, asked, content, clock.wall())
        line.request(method, f"{path}?{asked}" if asked else path, body=content or None, headers=headers)
        response = line.getresponse()
        return response.status, response.read()
    finally:
        line.close()


def signed(bucket: Bucket, method: str, path: str, query: str, content: bytes, at: datetime) -> dict[str, str]:
    """The headers of a request with its signature (AWS Signature Version 4)."""
    stamp, day = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), at.astimezone(UTC).strftime("%Y%m%d")
    digest = hashlib.sha256(content).hexdigest()
    headers = {"host": urlsplit(bucket.address).netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    canonical = "\n".join([method, path, query, *(f"{key}:{headers[key]}" for key in sorted(headers)), "", names, digest])
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{bucket.secret}".encode()
    for part in (day, bucket.region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return {**headers, "Authorization": f"AWS4-HMAC-SHA256 Credential={bucket.key}/{scope}, SignedHeaders={names}, Signature={signature}"}
