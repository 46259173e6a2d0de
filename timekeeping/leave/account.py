"""Das Urlaubskonto eines Jahres: Anspruch nach Recht und Tarif, genommen, geplant, beantragt, was verfällt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from tenants.db.clocks import known
from tenants.db.session import TenantSession
from timekeeping.imports.judging import Beschaeftigung, Bestand
from timekeeping.leave.days import in_year, weekly, working_days
from timekeeping.leave.models import Abwesenheit, UrlaubAngaben
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.leave_facts import LeaveError, Schichtblock, Uebertrag, Urlaubsjahr
from timekeeping.rules.leave_year import Urlaubskonto, leave_account
from timekeeping.rules.months import calendar_months

DAY = timedelta(days=1)
URLAUB = ("urlaub", "zusatzurlaub")
UNBEZAHLT = ("sonderurlaub", "elternzeit")


@dataclass(frozen=True)
class Stand:
    """Das Konto einer Beschäftigung; Tage genau. fehler nennt, warum es keinen Anspruch gibt."""

    beschaeftigung_id: int
    jahr: int
    konto: Urlaubskonto | None
    uebertrag: Fraction
    uebertrag_rest: Fraction
    genommen: Fraction
    geplant: Fraction
    beantragt: Fraction
    hinweis_am: date | None
    fehler: str = ""

    @property
    def frei(self) -> Fraction:
        """Was noch zu verplanen ist: Rest des Jahres und des Übertrags, ohne was beantragt oder geplant ist."""
        rest = self.konto.rest if self.konto is not None else Fraction(0)
        return rest + self.uebertrag_rest - self.beantragt


def accounts(session: TenantSession, bestand: Bestand, year: int, today: date,
             jobs: Collection[int] | None = None) -> dict[int, Stand]:
    """Urlaubskonten eines Jahres; drei Abfragen. jobs leer: alle Beschäftigten des Jahres.

    Wer im Jahr ausschied und wiederkam, hat ein Konto der Zeit, die `today` gilt (der letzten begonnenen): was von der
    früheren offen blieb, ist mit ihrem Ende abzugelten (§ 7 Abs. 4 BUrlG).
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    held = plans(session, first, last, jobs)
    absent = _grouped(session.scalars(select(Abwesenheit).where(
        Abwesenheit.zustand.in_(("beantragt", "genehmigt")), Abwesenheit.von <= last, Abwesenheit.bis >= first,
        *_only(Abwesenheit, jobs)).order_by(Abwesenheit.von, Abwesenheit.id)))
    facts = {row.beschaeftigung_id: row for row in session.scalars(select(UrlaubAngaben).where(
        known(UrlaubAngaben, None), UrlaubAngaben.jahr == year, *_only(UrlaubAngaben, jobs)))}
    found: dict[int, Stand] = {}
    plain: dict[tuple[date, date | None, bool, bool], Stand] = {}
    for one in bestand.personen.values():
        spans = [span for span in _spans(one) if span[0] <= last and (span[1] is None or span[1] >= first)]
        if spans and (jobs is None or one.id in jobs):
            span = max((span for span in spans if span[0] <= today), default=spans[0])
            own = (held.get(one.id), _within(absent.get(one.id, []), span, alone=len(spans) == 1),
                   _of_span(facts.get(one.id), begun=span == spans[0]))
            civil = span[0] in one.beamtet, span[0] in one.ruhestand
            if any(own):
                found[one.id] = _stand(one.id, year, span, *own, today, *civil)
                continue
            # Nothing of their own: one account for all with the same days; entries before last year do not differ.
            key = max(span[0], date(year - 1, 1, 1)), span[1], *civil
            if key not in plain:
                plain[key] = _stand(one.id, year, span, *own, today, *civil)
            found[one.id] = replace(plain[key], beschaeftigung_id=one.id)
    return found


@dataclass(frozen=True)
class Wiederkehr:
    """Angaben zum Urlaub für die zweite Zeit eines Jahres: Übertrag und vorher Genommenes gehören der ersten."""

    angaben: UrlaubAngaben
    uebertrag: int = 0
    vorher_genommen: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.angaben, name)


def _spans(one: Beschaeftigung) -> list[tuple[date, date | None]]:
    """Zeiten in ihrer Folge; was ohne Lücke anschließt, ist eine (nach der Ausbildung übernommen), außer bei Beamten.
    """
    found: list[tuple[date, date | None]] = []
    for begin, end in sorted(one.zeitraeume, key=lambda span: span[0]):
        before = found[-1] if found else None
        follows = before is not None and before[1] is not None and before[1] + DAY == begin
        if before is not None and follows and not {before[0], begin} & one.beamtet:
            found[-1] = (before[0], end)
        else:
            found.append((begin, end))
    return found


def _of_span(facts: UrlaubAngaben | None, *, begun: bool) -> Any | None:
    return facts if begun or facts is None else Wiederkehr(facts)


def _within(rows: Sequence[Any], span: tuple[date, date | None], *, alone: bool) -> Sequence[Any]:
    return rows if alone else [row for row in rows if row.bis >= span[0] and (span[1] is None or row.von <= span[1])]


def _only(model: Any, jobs: Collection[int] | None) -> list[Any]:
    return [] if jobs is None else [model.beschaeftigung_id.in_(jobs)]


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.beschaeftigung_id, []).append(row)
    return found


def _stand(job: int, year: int, span: tuple[date, date | None], plan: Plan | None, absent: Sequence[Any],
           facts: Any | None, today: date, beamtet: bool = False, ruhestand: bool = False) -> Stand:
    carried = Fraction(facts.uebertrag) if facts is not None else Fraction(0)
    before = Fraction(facts.vorher_genommen) if facts is not None else Fraction(0)
    leave = [(row, part, working_days(plan, *part, half=row.halb)) for row in absent if row.art in URLAUB
             if (part := in_year(row.von, row.bis, year)) is not None]
    agreed = [(part[0], days) for row, part, days in leave if row.zustand == "genehmigt"]
    until = _carried_until(year, facts, beamtet)
    left, begun, own = _from_carried(carried, agreed, until)
    lost = left if today > until else Fraction(0)
    taken = sum((days for row, part, days in leave if row.zustand == "genehmigt" and part[0] <= today), Fraction(0))
    planned = sum((days for _, days in agreed), Fraction(0)) - taken
    asked = sum((days for row, _, days in leave if row.zustand == "beantragt"), Fraction(0))
    konto, error = None, ""
    try:
        konto = leave_account(replace(
            _year(year, span, plan, absent, facts, sum((days for _, days in own), before), Uebertrag(
                carried, tuple(begun), facts.verhinderung if facts is not None else "")),
            beamtet=beamtet, ruhestand=ruhestand, genommen_am=tuple(own)))
    except LeaveError as refused:
        error = str(refused)
    return Stand(job, year, konto, carried, left - lost, taken + before, planned, asked,
                 facts.hinweis_am if facts is not None else None, error)


def _carried_until(year: int, facts: Any | None, beamtet: bool) -> date:
    """Letzter Tag, an dem Tage des Vorjahres angetreten werden; die des § 26 TVöD gelten nicht für Beamte (§ 19
    FrUrlV NRW: nicht vor dem Ende des Folgejahres)."""
    if beamtet:
        return date(year, 12, 31)
    return date(year, 5 if facts is not None and facts.verhinderung else 3, 31)


def _from_carried(carried: Fraction, agreed: Iterable[tuple[date, Fraction]],
                  until: date) -> tuple[Fraction, list[tuple[date, Fraction]], list[tuple[date, Fraction]]]:
    """Übertrag zuerst: Rest des Übertrags, was von ihm angetreten ist, was das Jahr selbst trägt."""
    left, begun, own = carried, [], []
    for on, days in agreed:
        used = min(left, days) if on <= until else Fraction(0)
        if used:
            begun.append((on, used))
        left -= used
        own.append((on, days - used))
    return left, begun, own


def _year(year: int, span: tuple[date, date | None], plan: Plan | None, absent: Sequence[Any], facts: Any | None,
          taken: Fraction, carried: Uebertrag) -> Urlaubsjahr:
    ill = [row for row in absent if row.art in ("krank", "kur") and row.zustand == "genehmigt"
           and row.bis >= min(span[1] or date.max, date(year, 12, 31))]
    known_ = {} if facts is None else {
        "schwerbehindert_von": facts.schwerbehindert_von, "schwerbehindert_bis": facts.schwerbehindert_bis,
        "gleichgestellt": facts.gleichgestellt, "hinweis_am": facts.hinweis_am, "uebertragung": facts.uebertragung,
        "elternzeit_kuerzung": facts.elternzeit_kuerzung}
    return Urlaubsjahr(
        year, span[0], span[1], tuple(weekly(plan, year)), taken, schichten=tuple(_shifts(plan)),
        ruhen_monate=_full_months(absent, year, "sonderurlaub"),
        elternzeit_monate=_full_months(absent, year, "elternzeit"), krank_von=ill[0].von if ill else None,
        krank_bis=ill[-1].bis if ill else None, uebertrag=carried if carried.tage else None, **known_)


def _shifts(plan: Plan | None) -> Iterable[Schichtblock]:
    if plan is not None:
        for rule in plan.regelungen:
            if rule.schichtarbeit != "keine":
                yield Schichtblock(rule.schichtarbeit, rule.valid_from, rule.valid_to, rule.staendig)


def _full_months(absent: Sequence[Any], year: int, art: str) -> int:
    return sum(len(calendar_months(*part)) for row in absent if row.art == art and row.zustand == "genehmigt"
               if (part := in_year(row.von, row.bis, year)) is not None)
