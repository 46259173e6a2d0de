"""Jede Seite eines Arbeitgebers gehört zu einem seiner Bereiche; sonst wüsste niemand, wo er ist."""

from __future__ import annotations

import pytest

import app as application
from payroll.web import doors
from tenants.web.settings import Settings


def _lost(belongs: dict[str, str], settings: Settings) -> set[str]:
    tabs = {endpoint.partition(".")[0] for _text, endpoint, _permission in doors.TENANT_TABS}
    rooms = {rule.endpoint.partition(".")[0] for rule in application.create_app(settings).url_map.iter_rules()
             if rule.rule.startswith("/mandanten/<uuid:mandant>") and "GET" in (rule.methods or ())}
    return {room for room in rooms if belongs.get(room, room) not in tabs}


def test_every_page_of_an_employer_has_its_tab(settings: Settings) -> None:
    assert _lost(doors.BELONGS_TO_TAB, settings) == set()


@pytest.mark.parametrize("room", ["gifts", "abroad", "leaver", "accident", "trials", "wagetype"])
def test_a_forgotten_page_is_found(settings: Settings, room: str) -> None:
    assert _lost({name: tab for name, tab in doors.BELONGS_TO_TAB.items() if name != room}, settings) == {room}
