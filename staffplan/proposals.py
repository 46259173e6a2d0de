"""Vorgesehene Änderungen auf einen Stand legen: reine Funktionen, dieselben Regeln wie beim Erfassen.

Werte je Art: neu (bezeichnung, gruppe, laufbahn, anteil, einheit, kostenstelle, funktion, verteilung, zulage,
ausgesondert, sondervermoegen, befristet_bis), gruppe (gruppe, laufbahn, zulage), anteil (anteil), verlagerung (einheit,
kostenstelle, verteilung), vermerk (vermerk, termin, bis, ziel_gruppe, ziel_laufbahn, teil, text),
vermerk_streichen (vermerk).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from staffplan import grades, organisation, shares
from staffplan.models import StellenplanAenderung
from staffplan.models.plan import AENDERUNGEN
from staffplan.models.posts import VERMERKE
from staffplan.rules import Refused, posts
from staffplan.state import Stelle, Vermerk
from tenants.db.session import TenantSession

ALLOWED = {
    "neu": {"bezeichnung", "gruppe", "laufbahn", "anteil", "einheit", "kostenstelle", "funktion", "verteilung",
            "zulage", "ausgesondert", "sondervermoegen", "befristet_bis"},
    "wegfall": set(),
    "gruppe": {"gruppe", "laufbahn", "zulage"},
    "anteil": {"anteil"},
    "verlagerung": {"einheit", "kostenstelle", "verteilung"},
    "vermerk": {"vermerk", "termin", "bis", "ziel_gruppe", "ziel_laufbahn", "teil", "text"},
    "vermerk_streichen": {"vermerk"},
}  # fmt: skip


def overlay(
    held: Mapping[str, Stelle], changes: Sequence[StellenplanAenderung], beschluss: str, grid: int | None
) -> dict[str, Stelle]:
    """Der Stand nach den Änderungen, in ihrer Reihenfolge; eine, die nicht passt, wird abgelehnt."""
    after = dict(held)
    for change in changes:
        _allowed(change)
        if change.art == "neu":
            if change.stelle in after:
                raise _refused(change, "gibt es schon; eine neue Nummer vergeben")
            after[change.stelle] = new_post(change, beschluss)
            posts.check(after[change.stelle], grid)
            posts.check_distribution(change.stelle, dict(after[change.stelle].verteilung))
            continue
        if change.stelle not in after:
            raise _refused(change, "gibt es in diesem Plan nicht; Nummer prüfen")
        now = after[change.stelle]
        if change.art == "wegfall":
            del after[change.stelle]
            continue
        after[change.stelle] = changed(now, change)
        posts.check(after[change.stelle], grid if change.art in ("anteil", "neu") else None)
        posts.check_distribution(change.stelle, dict(after[change.stelle].verteilung))
    return after


def changed(now: Stelle, change: StellenplanAenderung) -> Stelle:
    """Eine Stelle nach einer Änderung."""
    values = change.werte
    match change.art:
        case "gruppe":
            grade = _grade(change, values.get("gruppe", ""))
            return replace(now, gruppe=str(grade), laufbahn=values.get("laufbahn") or None,
                           art="planstelle" if grade.civil else "stelle",
                           zulage=bool(values.get("zulage", False)),
                           ausgesondert=now.ausgesondert and grade.civil)
        case "anteil":
            return replace(now, anteil=_share(change, values.get("anteil", "")))
        case "verlagerung":
            parts = _parts(change) if "verteilung" in values else now.verteilung
            return replace(now, einheit=values.get("einheit") or now.einheit, verteilung=parts,
                           kostenstelle=values.get("kostenstelle") or now.kostenstelle)
        case "vermerk":
            new = note_of(change)
            posts.check_note(now, new)
            rest = [one for one in now.vermerke if one.art != new.art]
            return replace(now, vermerke=tuple(sorted([*rest, new], key=lambda one: one.art)))
        case _:
            if now.vermerk(values.get("vermerk", "")) is None:
                raise _refused(change, f"hat keinen Vermerk {values.get('vermerk', '')}; Art prüfen")
            return replace(now, vermerke=tuple(one for one in now.vermerke if one.art != values["vermerk"]))


def new_post(change: StellenplanAenderung, beschluss: str) -> Stelle:
    """Die Stelle einer Änderung „neu“."""
    values, grade = change.werte, _grade(change, change.werte.get("gruppe", ""))
    limited = _day(change, values.get("befristet_bis"))
    return Stelle(
        change.stelle, values.get("bezeichnung", ""), "planstelle" if grade.civil else "stelle", str(grade),
        _share(change, values.get("anteil", "1")), values.get("einheit", ""), values.get("laufbahn") or None,
        values.get("kostenstelle") or None, values.get("funktion") or None, None, bool(values.get("zulage")),
        bool(values.get("ausgesondert")), values.get("sondervermoegen") or None, limited, beschluss,
        change.wirksam_ab, limited, _parts(change))  # fmt: skip


def note_of(change: StellenplanAenderung) -> Vermerk:
    """Der Vermerk einer Änderung „vermerk“."""
    values = change.werte
    if values.get("vermerk") not in VERMERKE:
        raise _refused(change, f"Vermerk: Art angeben ({', '.join(VERMERKE)})")
    target = str(_grade(change, values["ziel_gruppe"])) if values.get("ziel_gruppe") else None
    if (values["vermerk"] == "ku") != (target is not None):
        raise _refused(change, "Vermerk: die Zielgruppe gehört zu ku und nur zu ku")
    part = _share(change, values["teil"]) if values.get("teil") else None
    if part is not None and values["vermerk"] != "kw":
        raise _refused(change, "Vermerk: einen Teil gibt es nur bei kw")
    until, due = _day(change, values.get("bis")), _day(change, values.get("termin"))
    return Vermerk(values["vermerk"], change.wirksam_ab, until, due,
                   values.get("ziel_laufbahn") or None, target, part, values.get("text") or None)


def check_references(session: TenantSession, post: Stelle | None) -> None:
    """Einheit, Kostenstelle und Produkte einer geänderten Stelle gibt es."""
    if post is None:
        return
    organisation.demand_unit(session, post.einheit)
    if post.kostenstelle:
        organisation.demand_account(session, "kostenstelle", post.kostenstelle)
    for product, _ in post.verteilung:
        organisation.demand_account(session, "produkt", product)


def _allowed(change: StellenplanAenderung) -> None:
    if change.art not in AENDERUNGEN:
        raise _refused(change, f"Art der Änderung: eine von {', '.join(AENDERUNGEN)} angeben")
    unknown = sorted(set(change.werte) - ALLOWED[change.art])
    if unknown:
        raise _refused(change, f"{', '.join(unknown)} gehört nicht zu einer Änderung „{change.art}“")


def _parts(change: StellenplanAenderung) -> tuple[tuple[str, Fraction], ...]:
    raw: Mapping[str, Any] = change.werte.get("verteilung") or {}
    return tuple(sorted((product, _share(change, part)) for product, part in raw.items()))


def _share(change: StellenplanAenderung, text: str) -> Fraction:
    try:
        return shares.parse(str(text))
    except shares.NotAShare as error:
        raise _refused(change, f"Anteil: „{text}“ {error}") from error


def _grade(change: StellenplanAenderung, text: str) -> grades.Grade:
    try:
        return grades.parse(text)
    except grades.UnknownGrade as error:
        raise _refused(change, f"Gruppe: {error}") from error


def _day(change: StellenplanAenderung, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _refused(change, f"Tag „{text}“: als 2026-07-01 angeben") from error


def _refused(change: StellenplanAenderung, rule: str) -> Refused:
    return Refused(f"Stelle {change.stelle}: {rule}.")
