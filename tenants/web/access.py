"""Rechte je Weg: jede Ansicht nennt ihr Recht, sonst startet die Anwendung nicht."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from tenants.permissions import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])
STATED = "__kreislohn_access__"
SHOWS = "__kreislohn_shows_answer__"


class UnguardedRoute(RuntimeError):
    """Ein Weg nennt kein Recht."""


@dataclass(frozen=True)
class Access:
    """Was ein Weg verlangt: ein Recht, eine bloße Anmeldung oder – begründet – nichts.

    before_factor: auch für Personal, das seinen zweiten Faktor erst noch einrichten muss. by_unit: der Weg zeigt einer
    Leitung nur ihre Organisationseinheit; ein anderer steht ihr nicht offen, auch wenn ihre Rolle das Recht hat.
    """

    permission: str | None = None
    signed_in: bool = False
    public_reason: str | None = None
    personal: bool = True
    before_factor: bool = False
    by_unit: bool = False


def permission(name: str, *, by_unit: bool = False) -> Callable[[View], View]:
    """Der Weg verlangt dieses Recht, beim Mandanten der Adresse oder bei irgendeinem des Mandats."""
    if name not in PERMISSIONS:
        raise UnguardedRoute(f"Unbekanntes Recht „{name}“. Bekannt sind: {', '.join(sorted(PERMISSIONS))}.")
    return _stating(Access(permission=name, by_unit=by_unit))


def signed_in(view: View) -> View:
    """Der Weg verlangt nur eine Anmeldung (zum Beispiel die Abmeldung)."""
    return _stating(Access(signed_in=True))(view)


def signed_in_before_factor(view: View) -> View:
    """Wie signed_in; auch offen, solange der vorgeschriebene zweite Faktor noch fehlt (um ihn einzurichten)."""
    return _stating(Access(signed_in=True, before_factor=True))(view)


def public(reason: str, *, personal: bool = False) -> Callable[[View], View]:
    """Der Weg ist für alle offen; der Grund steht dabei."""
    if not reason.strip():
        raise UnguardedRoute("Ein offener Weg braucht einen Grund.")
    return _stating(Access(public_reason=reason, personal=personal))


def shows_answer(view: View) -> View:
    """Der Weg zeigt oder gibt heraus, was er getan hat (Datei, Code, Vorschau): ein zweiter Klick braucht die Antwort.

    Er wartet auf den ersten wie jede Änderung, wird aber nicht als doppelt abgewiesen.
    """
    setattr(view, SHOWS, True)
    return view


def _stating(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, STATED):
            raise UnguardedRoute(f"Ansicht „{view.__name__}“ nennt zwei Rechte.")
        setattr(view, STATED, access)
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Das genannte Recht eines Wegs."""
    return getattr(app.view_functions[endpoint], STATED, None)


def answers_by_showing(app: Flask, endpoint: str) -> bool:
    """Ob ein Weg seine Antwort nur einmal zeigt."""
    return getattr(app.view_functions[endpoint], SHOWS, False) is True


def require_stated(app: Flask) -> None:
    """Bricht den Start ab, wenn ein Weg kein Recht nennt; alle Fundstellen auf einmal."""
    open_routes = sorted(
        f"{rule.rule} ({rule.endpoint})" for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None
    )
    if open_routes:
        raise UnguardedRoute(
            "Diese Wege nennen kein Recht: " + "; ".join(open_routes) + '. Die Ansicht mit @permission("…"), '
            '@signed_in oder @public("Grund") kennzeichnen.'
        )
