"""Sprache: Deutsch zuerst, Englisch auf Wunsch; der Katalog ist eine Textdatei und wird beim Start übersetzt."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"de": "Deutsch", "en": "English"}
SESSION_KEY = "language"
FOLDERS = "KREISLOHN_CATALOGUES"


@cache
def catalogue(path: Path) -> Translations:
    """Liest einen Katalog als Text und macht ihn im Speicher benutzbar."""
    with path.open("rb") as source:
        messages = read_po(source, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


@cache
def merged(language: str, folders: tuple[Path, ...]) -> NullTranslations:
    """Alle Kataloge einer Sprache zusammen; ohne Katalog bleibt der deutsche Text."""
    result = Translations()
    for folder in folders:
        path = folder / f"{language}.po"
        if path.is_file():
            result.merge(catalogue(path))
    return result


class TextCatalogues(Domain):  # type: ignore[misc]  # flask_babel ships no types
    """Sucht Übersetzungen in Textkatalogen der Räume, ohne Binärdateien."""

    def get_translations(self) -> NullTranslations:
        """Die Übersetzungen der laufenden Sprache."""
        locale = get_locale()
        return merged(locale.language if locale else "de", current_app.config[FOLDERS])


def selected() -> str:
    """Gewählte Sprache: die der Seite (g), die der Sitzung, sonst die beste des Geräts, sonst Deutsch.

    Eine Seite ohne Sitzung (der Stellenmarkt) legt ihre Sprache selbst in g ab, bevor jemand nach ihr fragt.
    """
    chosen = g.get(SESSION_KEY) or session.get(SESSION_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), default="de") or "de"


def install(app: Flask, folders: tuple[Path, ...]) -> None:
    """Richtet die Sprachen ein."""
    app.config[FOLDERS] = folders
    babel = Babel(app, default_locale="de", locale_selector=selected)
    babel.domain_instance = TextCatalogues()
    app.jinja_env.globals.update(languages=LANGUAGES, current_language=lambda: str(get_locale() or "de")[:2])
