"""Several claims on one month's pay: rank by service, maintenance from its preferential part first.

Every claim reaches into the net from the top; what two claims reach both is one amount. The net is therefore cut into
layers at the reaches, and a layer belongs to the claims that reach its end. Order: maintenance takes the layers that
only maintenance reaches (§ 850d, § 850e Nr. 4 ZPO), by § 1609 BGB; then all claims by rank (§ 804 Abs. 3 ZPO).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby, pairwise

from payroll.law.rules.pfaendung.forderungen import (
    EINBEHALTEN,
    HINTERLEGEN,
    NICHTS,
    ZAHLEN,
    Forderung,
    VerteilungFehler,
    Zuteilung,
    pruefe,
)
from payroll.law.rules.pfaendung.fristen import plus_monate, vorpfaendung_wirkt

KEIN_UNTERHALTSRANG = 10**6


@dataclass
class _Stand:
    """One claim while it is served: effective rank, what it still wants, what it got from which layer."""

    forderung: Forderung
    rang: datetime
    vorlaeufig: bool
    will: int
    bekommen: dict[int, int] = field(default_factory=dict)


def verteile(forderungen: Sequence[Forderung], monatsende: date, *, vorpfaendung_monate: int) -> tuple[Zuteilung, ...]:
    """Share of every claim in the pay of the month that ends on ``monatsende``, in the order given.

    ``vorpfaendung_monate``: months in which a garnishment must follow its prior notice (§ 845 Abs. 2 ZPO). Raises
    VerteilungFehler naming the claim that cannot be distributed.
    """
    pruefe(tuple(forderungen))
    refused: dict[str, str] = {}
    served: list[_Stand] = []
    insolvency = next((f for f in forderungen if f.art == "insolvenz" and f.rang and f.rang.date() <= monatsende), None)
    for one in forderungen:
        rank, provisional = _rang(one, monatsende, vorpfaendung_monate)
        reason = _ausschluss(one, rank, monatsende, insolvency)
        if reason or rank is None:
            refused[one.name] = reason
        else:
            wants = one.reichweite if one.offen is None else min(one.offen, one.reichweite)
            served.append(_Stand(one, rank, provisional, wants))
    ends = sorted({0, *(s.forderung.reichweite for s in served)})
    left = [high - low for low, high in pairwise(ends)]
    ordinary = max((s.forderung.reichweite for s in served if not s.forderung.ist_unterhalt), default=0)
    preferential = [k for k in range(len(left)) if ends[k] >= ordinary]
    _vorrecht(served, ends, left, preferential)
    _nach_rang(served, ends, left, floor=insolvency.reichweite if insolvency else 0)
    found = {s.forderung.name: _zuteilung(s, set(preferential)) for s in served}
    return tuple(found.get(f.name) or Zuteilung(f.name, 0, 0, NICHTS, refused[f.name]) for f in forderungen)


def _rang(one: Forderung, monatsende: date, monate: int) -> tuple[datetime | None, bool]:
    """Effective rank in the month, and whether it rests on a prior notice alone."""
    notice = one.vorgepfaendet
    if one.rang is not None and one.rang.date() <= monatsende:
        in_time = notice is not None and vorpfaendung_wirkt(notice.date(), one.rang.date(), monate)
        return (notice if in_time else one.rang), False
    if notice is not None and notice.date() <= monatsende <= plus_monate(notice.date(), monate):
        return notice, True
    return None, False


def _ausschluss(one: Forderung, rank: datetime | None, monatsende: date, insolvency: Forderung | None) -> str:
    """Why a claim takes no part in the month; empty when it does."""
    if one.ausgeschlossen:
        return "Abtretung durch Vereinbarung ausgeschlossen (§ 399 BGB)"
    if rank is None:
        lapsed = one.rang is None and one.vorgepfaendet is not None and one.vorgepfaendet.date() <= monatsende
        return ("Vorpfändung ohne Pfändung innerhalb der Frist, ohne Wirkung (§ 845 Abs. 2 ZPO)" if lapsed
                else "in diesem Monat noch nicht zugestellt")
    if one.angezeigt is not None and one.angezeigt > monatsende:
        return "Abtretung noch nicht angezeigt (§ 407 BGB)"
    if insolvency is not None and one is not insolvency and not one.nach_eroeffnung:
        law = {"abtretung": "§ 91", "aufrechnung": "§ 96 Abs. 1 Nr. 1"}.get(one.art, "§ 89")
        return f"Insolvenzverfahren: der pfändbare Teil geht an den Verwalter ({law} InsO)"
    return ""


def _vorrecht(served: Iterable[_Stand], ends: list[int], left: list[int], preferential: list[int]) -> None:
    """Maintenance from the layers that no other claim reaches, in the order of § 1609 BGB, equals together."""
    def order(s: _Stand) -> tuple[int, datetime]:
        stated = s.forderung.unterhaltsrang
        return (stated, datetime.min) if stated else (KEIN_UNTERHALTSRANG, s.rang)

    maintenance = sorted((s for s in served if s.forderung.ist_unterhalt and s.forderung.verrechnung), key=order)
    for _, group in groupby(maintenance, key=order):
        _bediene(list(group), ends, left, preferential[::-1])


def _nach_rang(served: Iterable[_Stand], ends: list[int], left: list[int], *, floor: int) -> None:
    """All claims by rank; in insolvency maintenance stays out of the layers below ``floor``."""
    for _, group in groupby(sorted(served, key=lambda s: s.rang), key=lambda s: s.rang):
        members = list(group)
        deepest_first = any(s.forderung.ist_unterhalt and s.forderung.verrechnung for s in members)
        layers = range(len(left))
        _bediene(members, ends, left, list(reversed(layers) if deepest_first else layers), floor)


def _bediene(group: list[_Stand], ends: list[int], left: list[int], layers: Iterable[int], floor: int = 0) -> None:
    """Serve claims of the same rank from the layers in this order, in proportion where a layer is too small."""
    for k in layers:
        members = [s for s in group if s.will > 0 and s.forderung.reichweite >= ends[k + 1]
                   and not (s.forderung.ist_unterhalt and ends[k] < floor)]
        for stand, cents in zip(members, _aufteilen(left[k], members), strict=True):
            stand.will -= cents
            stand.bekommen[k] = stand.bekommen.get(k, 0) + cents
            left[k] -= cents


def _aufteilen(amount: int, members: list[_Stand]) -> list[int]:
    """Cents for each of several equals: by the court's weights, else by what is owed; nobody more than it wants."""
    stated = any(s.forderung.anteil for s in members)
    if stated and not all(s.forderung.anteil for s in members):
        raise VerteilungFehler(f"Forderung {next(s.forderung.name for s in members if not s.forderung.anteil)!r}: "
                               "gleicher Rang wie Forderungen mit gerichtlichem Anteil, aber ohne Anteil; ergänzen")
    weights = [s.forderung.anteil if stated else _geschuldet(s) for s in members]
    given = [0] * len(members)
    while amount > 0:
        active = [i for i, s in enumerate(members) if given[i] < s.will and weights[i] > 0]
        if not active:
            break
        for i, share in zip(active, in_proportion(amount, [weights[i] for i in active]), strict=True):
            share = min(share, members[i].will - given[i])
            given[i] += share
            amount -= share
    return given


def _geschuldet(stand: _Stand) -> int:
    return stand.forderung.reichweite if stand.forderung.offen is None else stand.forderung.offen


def in_proportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole cents in proportion to the weights; the cents left over go to the largest remainders, then to the first."""
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[:rest]:
        shares[i] += 1
    return shares


def _zuteilung(stand: _Stand, preferential: set[int]) -> Zuteilung:
    one = stand.forderung
    cents = sum(stand.bekommen.values())
    special = sum(c for k, c in stand.bekommen.items() if k in preferential) if one.ist_unterhalt else 0
    result = Zuteilung(one.name, cents, special, ZAHLEN, _grund(stand, cents))
    if one.streitig:
        return replace(result, verbleib=HINTERLEGEN, grund="Rang streitig: beim Amtsgericht hinterlegen (§ 853 ZPO)")
    if stand.vorlaeufig:
        return replace(result, verbleib=EINBEHALTEN, grund="Vorpfändung: einbehalten, nicht auszahlen (§ 845 ZPO)")
    if not one.ueberwiesen:
        return replace(result, verbleib=EINBEHALTEN, grund="gepfändet, noch nicht überwiesen (§ 835 ZPO)")
    return result


def _grund(stand: _Stand, cents: int) -> str:
    one = stand.forderung
    if cents == one.offen:
        return "Forderung vollständig erfüllt"
    if cents == one.reichweite:
        return "gesamter Betrag, den die Forderung erreicht"
    return "nichts frei: Vorrang anderer Forderungen (§ 804 Abs. 3 ZPO)" if cents == 0 else (
        "Rest nach dem Vorrang anderer Forderungen (§ 804 Abs. 3 ZPO)")
