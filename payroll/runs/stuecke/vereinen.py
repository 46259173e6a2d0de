"""Die Stücke zusammenfügen: eine Transaktion schreibt alle Ergebnisse, prüft sie und bildet den Prüfwert."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.runs import retro
from payroll.runs.beside.models import Drittzahlung, Verrechnung
from payroll.runs.calculate import Gerechnet, calculate, forget_trial, require_people
from payroll.runs.claim_models import Einbehalt
from payroll.runs.errors import RunRefused
from payroll.runs.findings import Befund
from payroll.runs.insgesamt import Ausgleich, Insgesamt, Zelle
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf, Wertebogen
from payroll.runs.pruefwert import Payouts, Pruefwert
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungZeile
from payroll.runs.stuecke import bloecke
from payroll.runs.stuecke.grundlage import basis
from payroll.runs.stuecke.models import FERTIG, Laufstueck, Stueckrechnung
from payroll.runs.ueberzahlung.vortrag import assign
from payroll.runs.writing import SUMMEN
from tenants.db.bulk import write_caught
from tenants.db.session import TenantSession

# Parents first: the database checks every row as it comes.
TABELLEN = (Ergebnis, Ergebniszeile, Wertebogen, Verrechnung, Drittzahlung, Einbehalt, Rueckrechnung,
            RueckrechnungZeile, RueckrechnungAuszahlung)


class GrundlageGeaendert(RuntimeError):
    """Während der Rechnung hat sich geändert, was keinen Kenntnisstand hat: die Stücke sind neu zu rechnen.

    rechnung: öffentliche Kennung der Teilung, um die es geht.
    """

    rechnung: uuid.UUID | None = None


def merge(session: TenantSession, rechnung: Stueckrechnung) -> Lauf:
    """Fügt die fertigen Stücke zum Lauf zusammen und räumt sie weg.

    Raises GrundlageGeaendert, wenn sie nicht mehr zusammenpassen, RunRefused wie das Rechnen im Ganzen und wenn der
    Monat inzwischen mit einem jüngeren Kenntnisstand gerechnet ist.
    """
    newer = session.scalar(select(Lauf.stand).where(Lauf.monat == rechnung.monat).with_for_update())
    if newer is not None and newer > rechnung.stand:
        raise RunRefused("Der Monat ist inzwischen auf anderem Weg neu gerechnet; die Stücke sind älter und verworfen.")

    def fill(session: TenantSession, lauf: Lauf, known_at: datetime | None) -> Gerechnet:
        return _filled(session, lauf, rechnung)

    lauf = calculate(session, rechnung.monat, key=rechnung.schluessel, known_at=rechnung.stand, fill=fill,
                     number=rechnung.lauf_nummer)
    session.delete(rechnung)
    session.flush()
    return lauf


def _filled(session: TenantSession, lauf: Lauf, rechnung: Stueckrechnung) -> Gerechnet:
    parts = session.execute(select(Laufstueck.id, Laufstueck.public_id, Laufstueck.zustand, Laufstueck.beschaeftigungen)
                            .where(Laufstueck.rechnung_id == rechnung.id).order_by(Laufstueck.nummer)).all()
    if not parts or any(part.zustand != FERTIG for part in parts):
        raise RuntimeError("Zusammengefügt wird erst, wenn alle Stücke fertig sind.")
    if lauf.id != rechnung.lauf_nummer:
        raise GrundlageGeaendert("Der Lauf dieses Monats ist inzwischen ein anderer.")
    stack = bloecke.Stapel(session, {part.id: part.public_id for part in parts})
    rests = stack.rests()
    _same_ground(session, rechnung, rests)
    rank = {job: at for at, job in enumerate(session.scalars(
        select(Beschaeftigung.id).order_by(Beschaeftigung.personalnummer)))}
    _same_people(session, rechnung, {job for part in parts for job in part.beschaeftigungen}, rank.keys())
    require_people(lauf.monat, any(rest["jemand"] for rest in rests))
    forget_trial(session, lauf)
    _same_carried(session, rechnung, rests)
    _write(session, stack)
    sums = {name: sum(rest["summen"][name] for rest in rests) for name in SUMMEN}
    count = sum(rest["anzahl"] for rest in rests)
    _tied(session, lauf, count, sums)
    rules = rests[0]["regelwerk"]
    return Gerechnet(rules, count, sums, _digest(stack, lauf.monat, rules, rests, count, rank),
                     list(_findings(rests)), _counted(rests))


def _same_ground(session: TenantSession, rechnung: Stueckrechnung, rests: Iterable[dict[str, Any]]) -> None:
    """Alle Stücke haben dieselben abgeschlossenen Monate gesehen und nach denselben Regeln gerechnet."""
    seen = {rest["grundlage"] for rest in rests} | {rechnung.grundlage, basis(session, rechnung.monat, rechnung.stand)}
    if len(seen) > 1 or len({rest["regelwerk"] for rest in rests}) > 1:
        raise GrundlageGeaendert("Ein früherer Monat, eine Angabe für alle oder das Programm hat sich während der "
                                 "Rechnung geändert.")


def _same_people(session: TenantSession, rechnung: Stueckrechnung, parts: Set[int], there: Set[int]) -> None:
    """Alle, die zum Kenntnisstand dazugehören, stehen in einem Stück; wer in einem steht, ist noch da."""
    if parts - there:
        raise GrundlageGeaendert("Ein Mensch dieses Laufs ist während der Rechnung gelöscht worden.")
    angaben = BeschaeftigungAngaben
    if there - parts and session.scalars(select(angaben.id).limit(1).where(
            angaben.beschaeftigung_id.in_(there - parts), known(angaben, rechnung.stand))).first() is not None:
        raise GrundlageGeaendert("Eine Beschäftigung war beim Teilen erfasst, aber noch nicht festgeschrieben.")


def _same_carried(session: TenantSession, rechnung: Stueckrechnung, rests: Iterable[dict[str, Any]]) -> None:
    """Ordnet dem Lauf die Schritte von Überzahlungen zu; es müssen die sein, mit denen die Stücke gerechnet haben."""
    assign(session, rechnung.monat, rechnung.stand)
    now = retro.carried(session, rechnung.monat, assigned=True)
    if {int(job): cents for rest in rests for job, cents in rest["vortrag"].items()} != now:
        raise GrundlageGeaendert("Ein Schritt zu einer Überzahlung ist während der Rechnung hinzugekommen.")


def _write(session: TenantSession, stack: bloecke.Stapel) -> None:
    left = {kind for kind in stack.kinds() if kind.startswith(bloecke.ZEILEN)}
    for model in TABELLEN:
        kind = f"{bloecke.ZEILEN}{model.__tablename__}"
        if kind in left:
            left.discard(kind)
            columns = next(stack.rows(kind))[0]
            write_caught(session, model, columns, _alike(stack, kind, columns))
    if left:
        raise RuntimeError(f"Zeilen ohne bekannte Tabelle: {', '.join(sorted(left))}.")


def _alike(stack: bloecke.Stapel, kind: str, columns: tuple[str, ...]) -> Iterator[bytes]:
    for own, content in stack.rows(kind):
        if own != columns:
            raise GrundlageGeaendert("Zwei Stücke sind von verschiedenen Fassungen des Programms gerechnet.")
        yield content


def _tied(session: TenantSession, lauf: Lauf, count: int, sums: dict[str, int]) -> None:
    """Was in der Datenbank steht, sind genau die Ergebnisse aller Stücke."""
    columns = [func.coalesce(func.sum(getattr(Ergebnis, name)), 0).label(name) for name in SUMMEN]
    found = session.execute(select(func.count(Ergebnis.id).label("zahl"), *columns)
                            .where(Ergebnis.lauf_id == lauf.id)).one()
    if found.zahl != count or any(int(getattr(found, name)) != total for name, total in sums.items()):
        raise RuntimeError(f"Geschrieben sind {found.zahl} Ergebnisse, die Stücke haben {count}, oder die Summen "
                           "stimmen nicht; der Lauf wird nicht geschrieben.")


def _digest(stack: bloecke.Stapel, month: date, rules: str, rests: list[dict[str, Any]], count: int,
            rank: dict[int, int]) -> str:
    shown, before, seen = Pruefwert(month, rules), -1, 0
    for job, content in stack.ordered(bloecke.BOGEN, rank.__getitem__):
        if rank[job] <= before:
            raise RuntimeError("Ein Wertebogen kommt zweimal oder nicht an seiner Stelle; der Lauf wird nicht "
                               "geschrieben.")
        before, seen = rank[job], seen + 1
        shown.sheet(job, content)
    if seen != count:
        raise RuntimeError(f"{seen} Wertebögen zu {count} Ergebnissen; der Lauf wird nicht geschrieben.")
    for job, content in stack.ordered(bloecke.BUCHUNG, int):
        shown.booking(job, content)
    for rest in rests:
        payouts: Payouts = {int(job): tuple(amounts) for job, amounts in rest["auszahlungen"].items()}
        shown.balance(payouts)
    return shown.hexdigest()


def _findings(rests: Iterable[dict[str, Any]]) -> Iterator[Befund]:
    for rest in rests:
        for one in rest["befunde"]:
            yield Befund(*one)


def _counted(rests: Iterable[dict[str, Any]]) -> Insgesamt:
    total = Insgesamt()
    for rest in rests:
        total.add(_part(rest["insgesamt"]))
    return total


def _part(plain: dict[str, Any]) -> Insgesamt:
    """Was ein Stück gezählt hat, aus dem JSON seines Blocks."""
    found = Insgesamt(plain["gerechnet"], *(Counter(plain[name]) for name in ("ohne_u2", "unbestaetigt")),
                      Counter({Zelle(*cell[:-1]): cell[-1] for cell in plain["zellen"]}),
                      *(Counter(plain[name]) for name in ("skalen", "vorbehalt")), plain["urlaub"])
    first, ausgleich = plain["urlaub_ab"], plain["ausgleich"]
    if ausgleich is not None:
        found.ausgleich = Ausgleich(ausgleich["teilnahme"], ausgleich["erstattet"], Counter(ausgleich["anzahl"]),
                                    ausgleich["genannt"])
    return found if first is None else replace(found, urlaub_ab=date.fromisoformat(first))
