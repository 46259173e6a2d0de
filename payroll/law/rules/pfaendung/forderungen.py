"""What the distribution knows about a claim, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

ARTEN = ("gewoehnlich", "unterhalt", "behoerde", "abtretung", "aufrechnung", "insolvenz")
ZAHLEN, EINBEHALTEN, HINTERLEGEN, NICHTS = "zahlen", "einbehalten", "hinterlegen", "nicht beruecksichtigt"


class VerteilungFehler(ValueError):
    """Claims that contradict each other or themselves; the message names the claim and the remedy."""


@dataclass(frozen=True)
class Forderung:
    """One claim on the pay of one person.

    name: creditor and file number, unique. rang: day and hour of service (assignment: of the agreement; set-off: when
    the counterclaim arose and fell due; insolvency: of the opening); None while there is only a prior notice.
    reichweite: cents of the month that it can reach (pf_reichweite). offen: cents still owed with interest and costs,
    None = without limit. vorgepfaendet: service of a prior notice (§ 845). ueberwiesen: transferred for collection
    (§ 835), else the amount is kept back. angezeigt: day on which an assignment was disclosed. ausgeschlossen: the
    assignment was excluded by agreement (§ 399 BGB). unterhaltsrang: rank among maintenance creditors by § 1609 BGB as
    stated by the court (0 = none stated). anteil: weight among equals as stated by the court (0 = by what is owed).
    verrechnung: maintenance is satisfied from its preferential part first (§ 850e Nr. 4). streitig: the rank is in
    doubt. nach_eroeffnung: maintenance that fell due after the opening of insolvency.
    """

    name: str
    art: str
    rang: datetime | None
    reichweite: int
    offen: int | None = None
    vorgepfaendet: datetime | None = None
    ueberwiesen: bool = True
    angezeigt: date | None = None
    ausgeschlossen: bool = False
    unterhaltsrang: int = 0
    anteil: int = 0
    verrechnung: bool = True
    streitig: bool = False
    nach_eroeffnung: bool = False

    @property
    def ist_unterhalt(self) -> bool:
        """True for a preferred maintenance claim."""
        return self.art == "unterhalt"


@dataclass(frozen=True)
class Zuteilung:
    """What a claim gets of the month: cents, of which from the part open to maintenance only; where it goes and why."""

    name: str
    cents: int
    aus_vorrecht: int
    verbleib: str
    grund: str


def pruefe(forderungen: tuple[Forderung, ...]) -> None:
    """Raise VerteilungFehler for the first claim that cannot be distributed."""
    namen: set[str] = set()
    for one in forderungen:
        wrong = _zahlen(one) or _merkmale(one) or (
            "gibt es zweimal; Aktenzeichen unterscheiden" if one.name in namen else "")
        if wrong:
            raise VerteilungFehler(f"Forderung {one.name!r}: {wrong}")
        namen.add(one.name)
    if sum(one.art == "insolvenz" for one in forderungen) > 1:
        raise VerteilungFehler("zwei Insolvenzverfahren; das beendete Verfahren entfernen")


def _zahlen(one: Forderung) -> str:
    if one.reichweite < 0:
        return "Reichweite unter null; pfändbaren Betrag neu berechnen"
    if one.offen is not None and one.offen < 0:
        return "offener Betrag unter null; Forderungskonto berichtigen"
    if one.anteil < 0 or one.unterhaltsrang < 0:
        return "Anteil oder Rang unter null; aus dem Beschluss berichtigen"
    return ""


def _merkmale(one: Forderung) -> str:
    if not one.name.strip():
        return "ohne Namen; Gläubiger und Aktenzeichen angeben"
    if one.art not in ARTEN:
        return f"Art {one.art!r} gibt es nicht; erlaubt: {', '.join(ARTEN)}"
    if one.rang is None and one.vorgepfaendet is None:
        return "ohne Zustellung und ohne Vorpfändung; Tag und Stunde der Zustellung angeben (§ 804 Abs. 3 ZPO)"
    if one.ausgeschlossen and one.art != "abtretung":
        return "nur eine Abtretung kann ausgeschlossen sein (§ 399 BGB); Art oder Merkmal berichtigen"
    if one.nach_eroeffnung and not one.ist_unterhalt:
        return "nur Unterhalt kann nach der Eröffnung vollstreckt werden (§ 89 Abs. 2 InsO); Art berichtigen"
    return ""
