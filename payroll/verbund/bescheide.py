"""Bescheide: Vorauszahlung nach Preisen, Abrechnung nach Preisen oder tatsächlichen Kosten, einzelne Leistungen."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.verbund import nummern, preisblatt, rechnen, steuer, storno
from payroll.verbund.errors import BillingRefused
from payroll.verbund.faelle import FASSUNG, Monatsfaelle, cases, closed_months
from payroll.verbund.kosten import Anteil
from payroll.verbund.models import Kostenbescheid, Preisblatt, Zusatzleistung, gilt
from payroll.verbund.preise import TURNUS, Preise, from_plain
from payroll.verbund.rechnen import ONE, STUECK, STUNDE, Position
from payroll.verbund.schritte import digest, subject
from tenants import audit
from tenants.db.session import TenantSession

EVER, DECEMBER = date(2000, 1, 1), 12


def advance(session: TenantSession, von: date, *, today: date) -> Kostenbescheid:
    """Vorauszahlung ab einem Monat, so lang wie vereinbart; gerechnet mit den Fällen des letzten abgeschlossenen.

    Wer mitten in einem Zeitraum beigetreten ist, zahlt von seinem ersten Monat bis zu dessen Ende.
    """
    sheet = preisblatt.row_on(session, von)
    prices = from_plain(sheet.inhalt)
    length = TURNUS[prices.turnus]
    known = closed_months(session, EVER, von)
    gone = (von.month - 1) % length
    if gone and known[:1] != [von]:
        raise BillingRefused(f"Vorauszahlung: vereinbart ist je {prices.turnus}; der Zeitraum beginnt im ersten Monat "
                             "eines solchen, nach einem Beitritt im ersten hier abgerechneten Monat.")
    length -= gone
    if not known:
        raise BillingRefused("Vorauszahlung: noch ist kein Monat abgeschlossen, also keine Zahl der Fälle bekannt.")
    (found,) = cases(session, known[-1:], prices.zaehlung)
    rows = rechnen.of_cases([(Monatsfaelle(found.monat, found.abrechnungen, {}), prices)] * length)
    hint = (f"Vorauszahlung nach den {found.abrechnungen} Fällen im {found.monat:%m/%Y}; abgerechnet wird nach den "
            "tatsächlichen.")
    return _keep(session, sheet, "vorauszahlung", von, _end(von, length), rows, today, {
        "faelle": rechnen.counted_plain([found]), "hinweise": [hint]})


def settle(session: TenantSession, von: date, bis: date, *, today: date, share: Anteil | None = None) -> Kostenbescheid:
    """Abrechnung eines Zeitraums abzüglich freigegebener Vorauszahlungen; alle Monate müssen abgeschlossen sein.

    share: Anteil am Kostenjahr, wenn nach tatsächlichen Kosten abgerechnet wird.
    """
    months = closed_months(session, von, bis)
    wanted = _months(von, bis)
    if not wanted:
        raise BillingRefused(f"Der erste Monat {von:%m/%Y} liegt nach dem letzten {bis:%m/%Y}; die Monate tauschen.")
    if months != wanted:
        missing = ", ".join(f"{one:%m/%Y}" for one in wanted if one not in months)
        raise BillingRefused(f"Abrechnung: es fehlt {missing}; abgerechnet werden ganze, abgeschlossene Monate.")
    sheets = [preisblatt.row_on(session, one) for one in months]
    prices = [from_plain(one.inhalt) for one in sheets]
    _one_kind(prices)
    counted = [cases(session, [one], held.zaehlung)[0] for one, held in zip(months, prices, strict=True)]
    about: dict[str, Any] = {"faelle": rechnen.counted_plain(counted), "hinweise": []}
    if prices[-1].abrechnung == "istkosten":
        rows = [_share(_whole_year(session, share, von, bis, today), counted, about)]
    else:
        rows = rechnen.of_cases(list(zip(counted, prices, strict=True)))
    rows += _extra(session, von, _end(months[-1], 1))
    rows += _deducted(session, von, bis, prices[-1])
    return _keep(session, sheets[-1], "abrechnung", von, _end(months[-1], 1), rows, today, about)


def paid(session: TenantSession, row: Kostenbescheid, *, day: date, note: str) -> None:
    """Hält fest, dass ein freigegebener Bescheid bezahlt (oder ein Guthaben erstattet) ist."""
    if (held := storno.waiting(session, row.nummer)) is not None:
        raise BillingRefused(f"{row.nummer}: dazu gibt es den Storno {held}; ausgeglichen wird nichts mehr. Ist noch "
                             "Geld gekommen: den Storno zurückziehen, solange er nicht freigegeben ist, und dann "
                             "eintragen; danach den Betrag in der Buchhaltung erstatten.")
    if not row.offen:
        raise BillingRefused(f"{row.nummer}: nur ein freigegebener, noch offener Bescheid lässt sich ausgleichen.")
    if not note.strip():
        raise BillingRefused(f"{row.nummer}: zum Zahlungseingang einen Vermerk angeben, zum Beispiel den Kontoauszug.")
    row.bezahlt_am, row.bezahlt_vermerk = day, note.strip()
    session.flush()
    audit.record(session, "kostenbescheid.bezahlt", subject(row), {"tag": day.isoformat()}, note.strip())


def listed(session: TenantSession) -> Sequence[Kostenbescheid]:
    """Alle Bescheide, der jüngste zuerst."""
    return session.scalars(select(Kostenbescheid).order_by(Kostenbescheid.id.desc())).all()


def by_number(session: TenantSession, number: str, *, lock: bool = False) -> Kostenbescheid:
    """Der Bescheid einer Nummer; lock: gesperrt bis zum Ende der Transaktion."""
    wanted = select(Kostenbescheid).where(Kostenbescheid.nummer == number)
    row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise BillingRefused(f"Bescheid {number}: gibt es hier nicht; „billing list“ nennt alle.")
    return row


def _whole_year(session: TenantSession, share: Anteil | None, von: date, bis: date, today: date) -> Anteil:
    """Der Anteil, wenn der Zeitraum das Jahr ist; im Jahr des Beitritts beginnt er mit dem ersten Monat der Läufe."""
    if share is not None and share.jahr == von.year == bis.year:
        joined = closed_months(session, EVER, von) == [von] and (bis.month == DECEMBER or today.year > share.jahr)
        if von.month == 1 or joined:
            return share
    raise BillingRefused("Abrechnung: nach tatsächlichen Kosten wird ein ganzes Jahr mit dem freigegebenen Kostenjahr "
                         "abgerechnet, nach einem Beitritt ab dem ersten hier abgerechneten Monat.")


def _share(share: Anteil, counted: Sequence[Monatsfaelle], about: dict[str, Any]) -> Position:
    own = sum(one.abrechnungen for one in counted)
    if own != share.faelle:
        raise BillingRefused(f"Abrechnung: das Kostenjahr zählt {share.faelle} Fälle, die Läufe {own}; das Kostenjahr "
                             "zurückziehen und neu erfassen.")
    about["anteil"] = asdict(share)
    about["hinweise"].append(f"Anteil: {share.faelle} von {share.faelle_alle} Fällen des Verbunds, zum größten Rest "
                             "auf ganze Cent verteilt; Über- und Unterdeckung gehen in das nächste Jahr (§ 23 Abs. 4 "
                             "GkG NRW).")
    return Position(f"Anteil an den Kosten {share.jahr}", ONE, STUECK, share.betrag)


def _extra(session: TenantSession, von: date, bis: date) -> list[Position]:
    rows = session.scalars(select(Zusatzleistung).where(
        Zusatzleistung.gestrichen_von.is_(None), Zusatzleistung.tag >= von, Zusatzleistung.tag <= bis)
        .order_by(Zusatzleistung.tag, Zusatzleistung.id))
    found = []
    for one in rows:
        if one.art == "stunden":
            price = preisblatt.on(session, one.tag).stunde
            if not price:
                raise BillingRefused(f"Leistung vom {one.tag:%d.%m.%Y}: das Preisblatt nennt keinen Stundensatz.")
            found.append(Position(f"{one.text} ({one.tag:%d.%m.%Y})", int(one.menge or 0), STUNDE, price))
        else:
            cents = int(one.betrag or 0)
            found.append(Position(f"Auslage: {one.text} ({one.tag:%d.%m.%Y})", ONE if cents >= 0 else -ONE, STUECK,
                                  abs(cents)))
    return found


def _deducted(session: TenantSession, von: date, bis: date, prices: Preise) -> list[Position]:
    rows = session.scalars(select(Kostenbescheid).where(
        Kostenbescheid.art == "vorauszahlung", gilt(), Kostenbescheid.von >= von, Kostenbescheid.von <= bis)
        .order_by(Kostenbescheid.von).with_for_update()).all()
    if waiting := [one.nummer for one in rows if one.zustand == "erstellt"]:
        raise BillingRefused(f"Abrechnung: {', '.join(waiting)} wartet auf Freigabe; freigeben oder zurückziehen.")
    for one in rows:
        if (held := storno.waiting(session, one.nummer)) is not None:
            raise BillingRefused(f"Abrechnung: der Storno {held} zu {one.nummer} wartet auf Freigabe; freigeben oder "
                                 "zurückziehen.")
        if from_plain(one.inhalt["preise"]).steuer != prices.steuer:
            raise BillingRefused(f"Abrechnung: {one.nummer} hat eine andere Behandlung der Umsatzsteuer; den Zeitraum "
                                 "an ihrem Wechsel teilen.")
    return [Position(f"Vorauszahlung {one.nummer}", -ONE, STUECK, one.netto) for one in rows]


def _one_kind(prices: Sequence[Preise]) -> None:
    if len({(one.steuer, one.abrechnung) for one in prices}) > 1:
        raise BillingRefused("Abrechnung: im Zeitraum ändern sich Umsatzsteuer oder Art der Abrechnung; den Zeitraum "
                             "am Wechsel teilen.")


def _keep(session: TenantSession, sheet: Preisblatt, kind: str, von: date, bis: date, rows: Sequence[Position],
          today: date, about: dict[str, Any]) -> Kostenbescheid:
    prices = from_plain(sheet.inhalt)
    _refuse_overlap(session, kind, von, bis)
    net, tax, gross = rechnen.totals(rows, prices)
    if wrong := list(steuer.problems_in(prices.steuer, von, bis, net + _billed(session, von.year))):
        raise BillingRefused("Der Bescheid entsteht nicht:", wrong)
    number = nummern.following(session, von.year)
    content = {**about, "nummer": number, "art": kind, "von": von.isoformat(), "bis": bis.isoformat(),
               "ausgestellt": today.isoformat(), "zaehlregel": FASSUNG, "preise": sheet.inhalt,
               "positionen": [one.plain() for one in rows], "summen": [net, tax, gross]}
    row = Kostenbescheid(
        nummer=number, art=kind, von=von, bis=bis, ausgestellt=today, inhalt=content, netto=net,
        faellig=today + timedelta(days=prices.ziel_tage), brutto=gross, sha256=digest(content),
        preisblatt=sheet.public_id, erstellt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    session.refresh(row)
    audit.record(session, "kostenbescheid.erstellt", subject(row), {
        "nummer": number, "art": kind, "brutto": gross, "sha256": row.sha256.hex()})
    return row


def _refuse_overlap(session: TenantSession, kind: str, von: date, bis: date) -> None:
    found = session.execute(select(Kostenbescheid.art, Kostenbescheid.nummer).where(
        gilt(), Kostenbescheid.von <= bis, Kostenbescheid.bis >= von)
        .order_by(Kostenbescheid.von)).all()
    for art, number in found:
        if art == kind:
            raise BillingRefused(f"Für diesen Zeitraum gilt schon {number}; ihn zuerst zurückziehen, nach der "
                                 "Freigabe stornieren.")
    if kind == "vorauszahlung" and found:
        raise BillingRefused(f"Vorauszahlung: {found[0].nummer} rechnet diesen Zeitraum schon ab, nichts zöge sie noch "
                             "ab. Einen späteren Zeitraum wählen oder die Abrechnung vor ihrer Freigabe zurückziehen, "
                             "danach stornieren.")


def _billed(session: TenantSession, jahr: int) -> int:
    """Netto aller bestehenden Bescheide eines Jahres in Cent.

    Eine Abrechnung steht darin nach Abzug ihrer Vorauszahlungen, diese stehen daneben: so zählt alles genau einmal.
    """
    total = session.scalar(select(func.sum(Kostenbescheid.netto)).where(
        gilt(), Kostenbescheid.von <= date(jahr, 12, 31),
        Kostenbescheid.bis >= date(jahr, 1, 1)))
    return int(total or 0)


def _months(von: date, bis: date) -> list[date]:
    found, month = [], von
    while von.day == 1 and month <= bis:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def _end(von: date, length: int) -> date:
    at = von.year * 12 + von.month - 1 + length - 1
    year, month = divmod(at, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def year_count(session: TenantSession, jahr: int) -> int:
    """Fälle eines Jahres für die Verteilung der Kosten; ohne Preisblatt (der Kreis selbst) je Person."""
    total = 0
    for month in closed_months(session, date(jahr, 1, 1), date(jahr, 12, 1)):
        try:
            counting = preisblatt.on(session, month).zaehlung
        except BillingRefused:
            counting = "person"
        total += cases(session, [month], counting)[0].abrechnungen
    return total
