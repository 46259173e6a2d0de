"""Lizenzen im Produkt: jedes Paket mit Fassung, Lizenz und Wortlaut, für alle offen."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from tenants.operation import packages


def test_every_package_with_its_words(office: Any) -> None:
    client = office.app.test_client()
    page = client.get("/lizenzen").text
    assert metadata.version("waitress") in page
    assert [one.name for one in packages.installed() if f"/lizenzen/{one.name}" not in page] == []
    for one in packages.installed():
        assert client.get(f"/lizenzen/{one.name}").status_code == 200, one.name
    assert "Permission is hereby granted" in client.get("/lizenzen/sqlalchemy").text
    assert "EUPL" in client.get("/lizenzen/kern-ux").text
    for wrong in ("pytest", "..", "kreislohn", "x" * 300):
        assert client.get(f"/lizenzen/{wrong}").status_code in (308, 404), wrong


def test_the_page_for_everybody(office: Any, serve: Callable[[Flask], str], page: Page,
                                accessible: Callable[[Page], None]) -> None:
    page.goto(f"{serve(office.app)}/anmelden")
    page.get_by_role("link", name="Lizenzen").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Lizenzen"
    accessible(page)
    page.get_by_role("link", name="waitress").click()
    accessible(page)
