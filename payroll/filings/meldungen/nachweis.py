"""Beitragsnachweis je Krankenkasse und Monat (§ 28f Abs. 3 SGB IV), mit Schätzung, Rest und Korrektur.

Für den laufenden Monat zählt der Lauf. Ist er zum Termin noch nicht abgeschlossen, wird geschätzt (Probelauf, sonst der
Vormonat); was dann fehlt oder zu viel ist, kommt mit dem nächsten Nachweis (§ 23 Abs. 1 Satz 2 SGB IV). Was ein Lauf
für
frühere Monate nachbucht, ist je Monat ein Korrekturnachweis.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import werte
from payroll.filings.meldungen.entwurf import Entwurf
from payroll.filings.models import Meldung
from payroll.filings.pflichten.termine import contributions_due, statement_due
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession

HEALTH = {"1": "1000", "3": "3000", "4": "4000", "5": "5000", "6": "6000", "9": "9000"}
PENSION = {"1": "0100", "3": "0300", "5": "0500"}
UNEMPLOYMENT = {"1": "0010", "2": "0020"}
CARE = {"1": "0001", "2": "0002"}
NAMES = ("kv_an", "kv_ag", "zb_an", "zb_ag", "rv_an", "rv_ag", "av_an", "av_ag", "pv_an", "pv_ag", "u2",
         "pauschsteuer_2")
Kasse = tuple[str, str]
Summen = dict[tuple[Kasse, date], Counter[str]]


def drafts(session: TenantSession, month: date, *, estimate: bool = False) -> list[Entwurf]:
    """Alle Nachweise eines Monats: laufend je Kasse, Korrekturen je Kasse und früherem Monat."""
    if estimate:
        return _estimates(session, month)
    lauf = werte.closed_run(session, month)
    sums = totals(session, lauf)
    found = [_current(session, kasse, month, dict(lines)) for (kasse, origin), lines in sorted(sums.items())
             if origin == month]
    found += [_correction(kasse, month, origin, lines) for (kasse, origin), lines in sorted(sums.items())
              if origin != month and any(lines.values())]
    return found


def totals(session: TenantSession, lauf: Lauf) -> Summen:
    """Beiträge des Laufs je Kasse und Monat der Herkunft nach Schlüsseln des Nachweises (Cent)."""
    pieces, people = werte.insurances(session, lauf.stand), werte.people(session)
    found: Summen = defaultdict(Counter)
    missing: list[str] = []
    for one in werte.booked(session, lauf, NAMES):
        if not any(one.werte.values()):
            continue
        held = werte.in_month(pieces.get(one.beschaeftigung, ()), one.monat)
        if held is None or not held.betriebsnummer:
            missing.append(people[one.beschaeftigung].personalnummer)
            continue
        lines = found[(held.betriebsnummer, held.kasse), one.monat]
        for key, amount in keyed(one.werte, held.gruppe).items():
            lines[key] += amount
    if missing:
        raise FilingRefused(f"Beiträge ohne Krankenkasse mit Betriebsnummer: {', '.join(missing[:10])}. Versicherung "
                            "der "
                            "Personen oder Betriebsnummer der Kasse ergänzen; der nächste Lauf trägt es nach.")
    return found


def keyed(values: Mapping[str, int], group: str) -> dict[str, int]:
    """Beträge einer Beschäftigung nach Schlüsseln; Beitragsgruppe: KV, RV, AV, PV."""
    found: Counter[str] = Counter()

    def add(names: tuple[str, ...], key: str) -> None:
        found[key] += sum(values.get(name, 0) for name in names)

    # A levy or a lump sum can stand beside a group of nought (insured elsewhere): it keeps the key of its branch.
    health = HEALTH.get(group[0], "1000")
    add(("kv_an", "kv_ag"), health)
    add(("zb_an", "zb_ag"), "ZBF" if health == "9000" else "ZBP")
    add(("rv_an", "rv_ag"), PENSION.get(group[1], "0100"))
    add(("av_an", "av_ag"), UNEMPLOYMENT.get(group[2], "0010"))
    add(("pv_an", "pv_ag"), CARE.get(group[3], "0001"))
    add(("u2",), "U2")
    add(("pauschsteuer_2",), "ST")
    return {key: amount for key, amount in found.items() if amount}


def _current(session: TenantSession, kasse: Kasse, month: date, lines: dict[str, int]) -> Entwurf:
    estimated, previous = _estimated(session, kasse[0], month)
    rest = _rest(session, kasse, previous) if previous else {}
    stated = {key: lines.get(key, 0) + rest.get(key, 0) for key in {**lines, **rest}}
    about = {"rest_vormonat": rest, "geschaetzt": estimated or {}}
    if estimated is not None:
        # What the estimate already stated stays stated; the difference goes with the next statement.
        return Entwurf("beitragsnachweis", month, month, *kasse, statement_due(month), 0, "laufend", {},
                       {**about, "hinweis": "für diesen Monat ist eine Schätzung abgegeben; der Unterschied steht im "
                                            "nächsten "
                                            "Nachweis"})
    return _made(kasse, month, month, "laufend", stated, about)


def _correction(kasse: Kasse, month: date, origin: date, lines: Mapping[str, int]) -> Entwurf:
    return _made(kasse, month, origin, "korrektur", {key: one for key, one in lines.items() if one}, {})


def _made(kasse: Kasse, month: date, origin: date, kind: str, lines: Mapping[str, int],
          about: Mapping[str, object]) -> Entwurf:
    total = sum(lines.values())
    return Entwurf("beitragsnachweis", month, origin, *kasse, statement_due(month), total, kind,
                   {key: lines[key] for key in sorted(lines) if lines[key]},
                   {"zeitraum": f"{origin:%Y-%m}", "zahlung_am": contributions_due(month).isoformat(), **about})


def _estimates(session: TenantSession, month: date) -> list[Entwurf]:
    """Voraussichtliche Höhe: der gerechnete, noch nicht abgeschlossene Lauf, sonst der Vormonat."""
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
    if lauf is not None and lauf.zustand == "abgeschlossen":
        raise FilingRefused(f"{month:%m/%Y} ist abgeschlossen: den Nachweis aus dem Lauf erstellen, nicht schätzen.")
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    base = lauf if lauf is not None and lauf.ergebnis_hash else werte.closed_run(session, before)
    word = "Probelauf des Monats" if base is lauf else f"Beiträge des Vormonats {before:%m/%Y}"
    return [_made(kasse, month, month, "schaetzung", lines, {"geschaetzt_nach": word})
            for (kasse, origin), lines in sorted(totals(session, base).items()) if origin == base.monat]


def _estimated(session: TenantSession, fund: str, month: date) -> tuple[dict[str, int] | None, Meldung | None]:
    """Schätzung dieses Monats (Werte) und eine des Vormonats, deren Rest jetzt fällig ist."""
    from payroll.filings.meldungen.speichern import content_of

    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    rows = {row.fuer: row for row in session.scalars(select(Meldung).where(
        Meldung.art == "beitragsnachweis", Meldung.unterart == "schaetzung", Meldung.empfaenger == fund,
        Meldung.fuer.in_([before, month]), Meldung.zustand.in_(("freigegeben", "uebergeben", "angenommen")))
        .order_by(Meldung.id))}
    own = rows.get(month)
    return (None if own is None else dict(content_of(session, own)["werte"])), rows.get(before)


def _rest(session: TenantSession, kasse: Kasse, estimate: Meldung) -> dict[str, int]:
    """Was im Vormonat nach dem Lauf mehr (oder weniger) zu melden war als geschätzt."""
    from payroll.filings.meldungen.speichern import content_of

    lauf = werte.closed_run(session, estimate.fuer)
    actual = totals(session, lauf).get((kasse, estimate.fuer), Counter())
    stated = content_of(session, estimate)["werte"]
    return {key: actual.get(key, 0) - stated.get(key, 0) for key in {**actual, **stated}
            if actual.get(key, 0) != stated.get(key, 0)}
