"""Anmeldeseite und Fehlerseiten im echten Browser."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page

import app as application
from tenants.db.engine import Dsns
from tenants.web.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(
    serve: Callable, settings: Settings, fresh_database: Callable[[], AbstractContextManager[Dsns]]
) -> Iterator[str]:
    with fresh_database():
        yield serve(application.create_app(settings))


@pytest.mark.parametrize("path", ["/anmelden", "/anmelden/brief", "/gibt-es-nicht"])
def test_gate_pages_are_accessible(page: Page, address: str, accessible: Callable, path: str) -> None:
    page.goto(address + path)
    accessible(page)
    assert page.locator("h1").count() == 1


def test_keyboard_reaches_the_form(page: Page, address: str) -> None:
    page.goto(address + "/anmelden")
    assert page.evaluate("document.activeElement.id") == "anmeldename"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "kennwort"
