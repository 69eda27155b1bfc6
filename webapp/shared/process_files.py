"""The files of a process handed to a browser: a whole folder as a zip file, or one diagram."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, make_response

from workflows.library import folders


def zipped(files: Mapping[str, str], key: str, name: str) -> Response:
    """A folder to save as a zip file with this name."""
    return _saved(folders.pack(files, key), "application/zip", name)


def bpmn(xml: str, name: str) -> Response:
    """A diagram to save as a file with this name, or for the viewer to draw."""
    return _saved(xml.encode(), "application/xml; charset=utf-8", name)


def _saved(content: bytes, media_type: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
