"""What the walk over every route finds in the addresses of the pages about providers: each thing twice, of the second provider and of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support import two_providers
from tests.support.two_providers import Owned
from tests.support.walk import ROLES, Planted, World, planter

# Staff read the council's records of providers; councillors who only scrutinise see what the public sees.
STAFF = frozenset({*ROLES, "everything"} - {"scrutiny_member"})

OF_PROVIDERS: dict[tuple[str, str], Callable[[Owned], Any]] = {
    ("apply", "reference"): lambda owned: owned["draft_case"].reference,
    ("apply", "item"): lambda _owned: two_providers.ENTRY["id"],
    ("apply", "task_id"): lambda owned: owned["task"].id,
    ("apply", "document_id"): lambda owned: owned["document"].id,
    ("provider", "reference"): lambda owned: owned["case"].reference,
    ("provider", "task_id"): lambda owned: owned["task"].id,
    ("provider", "document_id"): lambda owned: owned["document"].id,
    ("provider", "premises_reference"): lambda owned: owned["premises"].reference,
    ("providers", "provider_reference"): lambda owned: owned["provider"].reference,
    ("providers", "reference"): lambda owned: owned["case"].reference,
    ("providers", "document_id"): lambda owned: owned["document"].id,
    ("inspections", "reference"): lambda owned: owned["known_case"].reference,
    ("", "user_id"): lambda owned: owned["colleague"].id,
    ("", "certificate_id"): lambda owned: owned["certificate"].id,
    ("", "letter_id"): lambda owned: owned["letter"].id,
    ("", "action_id"): lambda owned: owned["action"].id,
    ("", "placement_id"): lambda owned: owned["placement"].id,
    ("", "interest_id"): lambda owned: owned["interest"].id,
}
FIXED: dict[tuple[str, str], Any] = {
    ("apply", "number"): 1,
    ("apply", "page"): 1,
    # Not `people`, which is also the address of another page.
    ("apply", "section"): "premises",
    ("apply", "token"): "a-link-that-nobody-was-sent",
    ("inspections", "line"): "protection-1",
    ("providers", "register"): "ofsted",
    ("provider", "letter_format"): "pdf",
    ("providers", "letter_format"): "docx",
    ("preferred_list", "list_reference"): two_providers.LIST,
}


def _plant(area: str, argument: str, of: Callable[[Owned], Any]) -> None:
    @planter(argument, area=area)
    def of_both(world: World) -> Planted:
        one, two = world.owned["one"], world.owned["two"]
        return Planted(of(two), two.words["shown"], STAFF | {"other_provider"}, own=of(one))


def _fix(area: str, argument: str, value: Any) -> None:
    @planter(argument, area=area)
    def as_it_is(_world: World) -> Planted:
        return Planted(value)


for (area, argument), of in OF_PROVIDERS.items():
    _plant(area, argument, of)
for (area, argument), value in FIXED.items():
    _fix(area, argument, value)
