"""Where a task is done: the plain task page, or the desk its process asks for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from flask import current_app, url_for

PAGES = {
    "advice": "consultations.for_task",
    "approval": "approvals.show_approval",
    "publication": "publishing.preview",
    "visit": "inspections.for_task",
}
PLAIN = "work.show_task"
PROVIDER_PAGES = {"application": "apply.hub_of_task"}
PROVIDER_PLAIN = "provider.show_task"


class HasPage(Protocol):
    """A task, or a line of a list that stands for one."""

    @property
    def id(self) -> uuid.UUID:
        """The task's id."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """What the diagram says of the task."""


def href(task: HasPage, **listed: Any) -> str:
    """The address of the page for a task, by its `page` property; `listed` names the list it was opened from."""
    wanted = PAGES.get(str(task.properties.get("page", "")), PLAIN)
    if wanted == PLAIN or wanted not in current_app.view_functions:
        return url_for(PLAIN, task_id=task.id, **listed)
    return url_for(wanted, task_id=task.id)


def provider_href(task: HasPage) -> str:
    """The address of the page on which a provider's person does a task: that of the application, or the plain one of their area."""
    wanted = PROVIDER_PAGES.get(str(task.properties.get("page", "")), PROVIDER_PLAIN)
    if wanted not in current_app.view_functions:
        wanted = PROVIDER_PLAIN
    return url_for(wanted, task_id=task.id)


def is_plain(task: HasPage) -> bool:
    """Whether a task is done on the plain task page."""
    return str(task.properties.get("page", "")) not in PAGES
