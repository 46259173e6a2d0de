"""Anmelden und Abmelden im Browser: erst weiter, wenn die nächste Seite angekommen ist."""

from __future__ import annotations

from playwright.sync_api import Page

from tenants.models import User
from tenants.users.service import issue_one_time_link


def sign_in(page: Page, root: str, user: User) -> Page:
    """Meldet jemanden mit Einmallink an und wartet auf die Seite danach.

    Wer vorher schon angemeldet war, sieht „Abmelden“ auch auf der Seite des Links: deshalb zuerst die Adresse.
    """
    page.goto(f"{root}/anmelden/einmal/{issue_one_time_link(user)}")
    page.get_by_role("button", name="Jetzt anmelden").click()
    page.wait_for_url(lambda url: "/anmelden/einmal/" not in url)
    page.get_by_role("button", name="Abmelden").wait_for()
    return page


def sign_out(page: Page) -> None:
    """Meldet ab und wartet auf die Anmeldeseite."""
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url("**/anmelden")
