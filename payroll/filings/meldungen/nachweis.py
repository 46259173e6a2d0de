"""Beitragsnachweis je Krankenkasse und Monat (§ 28f Abs. 3 SGB IV), mit Schätzung, Rest und Korrektur.

Für den laufenden Monat zählt der Lauf. Ist er zum Termin noch nicht abgeschlossen, wird geschätzt (Probelauf, sonst der
Vormonat); was dann fehlt oder zu viel ist, kommt mit dem nächsten Nachweis (§ 23 Abs. 1 Satz 2 SGB IV). Was ein Lauf
für
frühere Monate nachbucht, ist je Monat ein Korrekturnachweis; gehört ein früherer Monat nach heutiger Kenntnis einer
anderen Kasse, zieht sein ganzer Beitrag um.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import kassenwechsel, werte
from payroll.filings.meldungen.entwurf import Entwurf
from payroll.filings.meldungen.speichern import OUTSIDE, content_of
from payroll.filings.models import Meldung
from payroll.filings.pflichten.termine import contributions_due, statement_due
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants.db.session import TenantSession

HEALTH = {"1": "1000", "3": "3000", "4": "4000", "5": "5000", "6": "6000", "9": "9000"}
PENSION = {"1": "0100", "3": "0300", "5": "0500"}
UNEMPLOYMENT = {"1": "0010", "2": "0020"}
CARE = {"1": "0001", "2": "0002"}
NAMES = ("kv_an", "kv_ag", "zb_an", "zb_ag", "rv_an", "rv_ag", "av_an", "av_ag", "pv_an", "pv_ag", "u2",
         "pauschsteuer_2")
Kasse = tuple[str, str]
Summen = dict[tuple[Kasse, date], Counter[str]]
Nachweise = dict[str, tuple[str, Counter[str]]]  # by Betriebsnummer: name of the fund, lines


def drafts(session: TenantSession, month: date, *, estimate: bool = False) -> list[Entwurf]:
    """Alle Nachweise eines Monats: laufend je Kasse, Korrekturen je Kasse und früherem Monat."""
    if estimate:
        return _estimates(session, month)
    sums = totals(session, werte.closed_run(session, month))
    found = _current(session, month, _of_month(sums, month))
    found += [_correction(kasse, month, origin, lines) for (kasse, origin), lines in sorted(sums.items())
              if origin != month and any(lines.values())]
    return found


def totals(session: TenantSession, lauf: Lauf) -> Summen:
    """Beiträge des Laufs je Kasse und Monat der Herkunft nach Schlüsseln des Nachweises (Cent)."""
    pieces, people = werte.insurances(session, lauf.stand), werte.people(session)
    earlier = kassenwechsel.run_before(session, lauf)
    former = werte.insurances(session, earlier.stand) if earlier is not None else {}
    found: Summen = defaultdict(Counter)
    missing: list[str] = []

    def read(known_at: datetime, jobs: Collection[int]) -> Mapping[int, Sequence[werte.Abschnitt]]:
        return werte.insurances(session, known_at, jobs)

    booked = werte.booked(session, lauf, NAMES)
    for one, held in kassenwechsel.placed(session, lauf, earlier, booked, pieces, read, _with_fund):
        if held is None:
            missing.append(people[one.beschaeftigung].personalnummer)
            continue
        _put(found, held, one.monat, one.werte, 1)
    if earlier is not None:
        for move in kassenwechsel.moved(session, earlier, NAMES, (former, pieces), _with_fund, _place, read):
            _put(found, move.alt, move.monat, move.werte, -1)
            _put(found, move.neu, move.monat, move.werte, 1)
    if missing:
        raise FilingRefused(f"Beiträge ohne Krankenkasse mit Betriebsnummer: {', '.join(missing[:10])}. Versicherung "
                            "der "
                            "Personen oder Betriebsnummer der Kasse ergänzen; der nächste Lauf trägt es nach.")
    return found


def _put(found: Summen, held: werte.Abschnitt, month: date, values: Mapping[str, int], sign: int) -> None:
    lines = found[(held.betriebsnummer, held.kasse), month]
    for key, amount in keyed(values, held.gruppe).items():
        lines[key] += sign * amount


def _with_fund(pieces: Sequence[werte.Abschnitt], month: date) -> werte.Abschnitt | None:
    """Der Abschnitt, nach dem ein Monat gemeldet wird; ohne Betriebsnummer einer Kasse keiner."""
    held = werte.in_month(pieces, month)
    return held if held is not None and held.betriebsnummer else None


def _place(held: werte.Abschnitt) -> tuple[str, str]:
    return held.betriebsnummer, held.gruppe


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


def _of_month(sums: Summen, month: date) -> Nachweise:
    """Die eigenen Beiträge eines Monats je Betriebsnummer."""
    found: Nachweise = {}
    for (kasse, origin), lines in sorted(sums.items()):
        if origin == month:
            found.setdefault(kasse[0], (kasse[1], Counter()))[1].update(lines)
    return found


def _current(session: TenantSession, month: date, own: Nachweise) -> list[Entwurf]:
    """Laufende Nachweise; ein Rest des Vormonats kommt auch bei einer Kasse, die keine Beiträge mehr hat."""
    rests, estimated = _rests(session, before(month)), _given(session, month)
    found = []
    for number, kasse, lines, rest in _joined(own, rests):
        about: dict[str, object] = {"rest_vormonat": rest, "geschaetzt": {}}
        if number in estimated:
            # What the estimate already stated stays stated; the difference goes with the next statement.
            about |= {"geschaetzt": content_of(session, estimated[number])["werte"],
                      "hinweis": "für diesen Monat ist eine Schätzung abgegeben; der Unterschied steht im nächsten "
                                 "Nachweis"}
            found.append(Entwurf("beitragsnachweis", month, month, *kasse, statement_due(month), 0, "laufend", {},
                                 about))
        else:
            found.append(_made(kasse, month, month, "laufend", lines, about))
    return found


def _joined(own: Nachweise, rests: Nachweise) -> Iterator[tuple[str, Kasse, dict[str, int], dict[str, int]]]:
    """Je Kasse Betriebsnummer, Kasse, Zeilen samt Rest und der Rest allein."""
    for number in sorted(own | {one: held for one, held in rests.items() if held[1]}):
        name, lines = own.get(number) or (rests[number][0], Counter())
        rest = dict(rests[number][1]) if number in rests else {}
        yield (number, (number, name), {key: lines.get(key, 0) + rest.get(key, 0) for key in {**lines, **rest}}, rest)


def _correction(kasse: Kasse, month: date, origin: date, lines: Mapping[str, int]) -> Entwurf:
    return _made(kasse, month, origin, "korrektur", {key: one for key, one in lines.items() if one}, {})


def _made(kasse: Kasse, month: date, origin: date, kind: str, lines: Mapping[str, int],
          about: Mapping[str, object]) -> Entwurf:
    total = sum(lines.values())
    return Entwurf("beitragsnachweis", month, origin, *kasse, statement_due(month), total, kind,
                   {key: lines[key] for key in sorted(lines) if lines[key]},
                   {"zeitraum": f"{origin:%Y-%m}", "zahlung_am": contributions_due(month).isoformat(), **about})


def _estimates(session: TenantSession, month: date) -> list[Entwurf]:
    """Voraussichtliche Höhe und Rest des Vormonats: der gerechnete, noch offene Lauf, sonst der Vormonat.

    Der Vormonat gilt nur ohne Einmalzahlungen (§ 23 Abs. 1 Satz 3 SGB IV).
    """
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one_or_none()
    if lauf is not None and lauf.zustand == "abgeschlossen":
        raise FilingRefused(f"{month:%m/%Y} ist abgeschlossen: den Nachweis aus dem Lauf erstellen, nicht schätzen.")
    earlier = before(month)
    base = lauf if lauf is not None and lauf.ergebnis_hash else werte.closed_run(session, earlier)
    if base is not lauf and _has_one_off(session, base):
        raise FilingRefused(f"{earlier:%m/%Y} enthält Einmalzahlungen; ihre Beiträge gehören nicht in die Schätzung "
                            f"für {month:%m/%Y} (§ 23 Abs. 1 Satz 3 SGB IV). Erst einen Probelauf für {month:%m/%Y} "
                            "rechnen, dann wird nach ihm geschätzt.")
    word = "Probelauf des Monats" if base is lauf else f"Beiträge des Vormonats {earlier:%m/%Y}"
    own, rests = _of_month(totals(session, base), base.monat), _rests(session, earlier)
    return [_made(kasse, month, month, "schaetzung", lines, {"geschaetzt_nach": word, "rest_vormonat": rest})
            for _, kasse, lines, rest in _joined(own, rests)]


def _has_one_off(session: TenantSession, lauf: Lauf) -> bool:
    """Ob der Lauf beitragspflichtige Einmalzahlungen enthält (Merkmal E der Zeile)."""
    return session.scalars(select(Ergebniszeile.id).join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id).where(
        Ergebnis.lauf_id == lauf.id, Ergebniszeile.merkmale.like("_E_"), Ergebniszeile.betrag != 0)
        .limit(1)).first() is not None


def before(month: date) -> date:
    """Der Vormonat."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _given(session: TenantSession, month: date) -> dict[str, Meldung]:
    """Abgegebene Schätzungen eines Monats je Betriebsnummer, die jüngste."""
    return {row.empfaenger: row for row in session.scalars(select(Meldung).where(
        Meldung.art == "beitragsnachweis", Meldung.unterart == "schaetzung", Meldung.fuer == month,
        Meldung.zustand.in_(OUTSIDE)).order_by(Meldung.id))}


def _rests(session: TenantSession, month: date) -> Nachweise:
    """Was für einen geschätzten Monat nach dem Lauf mehr (oder weniger) zu melden war, je Betriebsnummer.

    Die Schätzung kann selbst den Rest ihres Vormonats getragen haben; der zählt nicht zu diesem Monat.
    """
    given = _given(session, month)
    if not given:
        return {}
    sums, found = _of_month(totals(session, werte.closed_run(session, month)), month), {}
    for number, row in given.items():
        content = content_of(session, row)
        actual = Counter(sums[number][1] if number in sums else {})
        actual.update(content["angaben"].get("rest_vormonat", {}))
        actual.subtract(content["werte"])
        found[number] = row.empfaenger_name, Counter({key: one for key, one in sorted(actual.items()) if one})
    return found
