"""Angebot, Annahme und die Angaben, die für die erste Abrechnung noch fehlen; vollzogen wird oben im Lohn.

Was die künftige Beschäftigte über ihren geheimen Link angibt, ist versiegelt, bis es in die Personalakte geht.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import select
from stdnum.de import idnr

from jobportal import applications
from jobportal.errors import Refused
from jobportal.models import Bewerbung, Einstellung
from staffplan import grades
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal
from tenants.web import inputs

TABLE = "einstellung"
TASKS = ("zugang", "verzeichnis", "tuerschild", "arbeitsplatz", "einweisung")
SV_NUMMER = re.compile(r"\d{8}[A-Z]\d{3}")
YOUNGEST = 15


@dataclass(frozen=True)
class Vertrag:
    """Was angeboten wird: Gruppe und Stufe nach anerkannter Erfahrung, Stunden, Probezeit, Befristung, Stelle.

    `zv_kasse` ist das Kürzel der Zusatzversorgungskasse; leer ohne Pflichtversicherung und bei Besoldeten.
    """

    stelle: str
    gruppe: str
    stufe: str
    stufe_grund: str
    wochenstunden: str
    vollzeitstunden: str
    probezeit_bis: str
    befristet_bis: str
    zv_kasse: str = "rzvk"

    @property
    def besoldet(self) -> bool:
        """Wahr für Beamtinnen und Beamte; ihre Gruppe steht in einer Besoldungsordnung."""
        return grades.parse(self.gruppe).civil


@dataclass(frozen=True)
class Fehlendes:
    """Was die Abrechnung noch braucht; Beträge in Euro je Monat, wie sie jemand schreibt.

    `kv_art`: gesetzlich, freiwillig oder privat; die drei Beträge nur bei privat; `kinder`: ja oder nein.
    """

    geburtsdatum: str
    strasse: str
    plz: str
    ort: str
    steuer_id: str
    steuerklasse: str
    konfession: str
    sv_nummer: str
    krankenkasse: str
    iban: str
    kv_art: str = "gesetzlich"
    pkv_beitrag: str = ""
    pkv_basis: str = ""
    ppv_beitrag: str = ""
    kinder: str = "nein"

    def euros(self, name: str) -> int:
        """Ein Betrag in Cent; leer ist null."""
        text = getattr(self, name)
        return inputs.cents(text) if text else 0


def of(session: TenantSession, row: Bewerbung) -> Einstellung | None:
    """Das Angebot zu einer Bewerbung."""
    return session.scalars(select(Einstellung).filter_by(bewerbung_id=row.id)).first()


def contract(made: Einstellung) -> Vertrag:
    """Der angebotene Vertrag."""
    return Vertrag(**made.vertrag)


def offer(
    session: TenantSession, row: Bewerbung, ab: date, vertrag: Vertrag, today: date, *, steps: Sequence[str]
) -> Einstellung:
    """Macht das Angebot; `steps` sind die Stufen der Gruppe in der geltenden Tabelle, leer ohne Tabelle.

    Mehr als die erste Stufe braucht ihren Grund (§ 16 TVöD, §§ 29, 30 LBesG NRW).
    """
    if row.zustand != "zusage":
        raise Refused(f"Bewerbung {row.nummer}: erst nach der Entscheidung lässt sich ein Angebot machen.")
    if of(session, row) is not None:
        raise Refused(f"Bewerbung {row.nummer}: ein Angebot gibt es schon.")
    if ab <= today:
        raise Refused("Angebot: der Beginn liegt nicht in der Zukunft; Tag berichtigen.")
    _check_grade(vertrag, steps)
    try:
        hours, full = (inputs.decimal(text, places=2) for text in (vertrag.wochenstunden, vertrag.vollzeitstunden))
    except inputs.InputError as error:
        raise Refused(f"Angebot, Stunden: {error}") from error
    if not Decimal(0) < hours <= full <= Decimal(48):
        raise Refused("Angebot: Stunden je Woche größer als 0 und höchstens Vollzeit angeben.")
    made = Einstellung(
        public_id=uuid.uuid4(), bewerbung_id=row.id, ab=ab, angeboten_von=str(session.info["actor"]),
        vertrag=asdict(vertrag) | {"wochenstunden": str(hours), "vollzeitstunden": str(full)},
        aufgaben=[{"was": name, "erledigt": None} for name in TASKS])
    session.add(made)
    applications.note(session, row, "angebot")
    audit.record(session, "einstellung.angeboten", f"bewerbung:{row.public_id}", {"ab": ab, "gruppe": vertrag.gruppe})
    return made


def _check_grade(vertrag: Vertrag, steps: Sequence[str]) -> None:
    try:
        civil = vertrag.besoldet
    except grades.UnknownGrade as error:
        raise Refused(f"Angebot: {error}.") from error
    rule = "§§ 29, 30 LBesG NRW" if civil else "§ 16 Abs. 2 TVöD"
    if not steps:
        raise Refused(f"Angebot: für {vertrag.gruppe} gilt an diesem Tag keine Tabelle; Gruppe und Beginn prüfen.")
    if vertrag.stufe not in steps:
        known = "keine Stufen, hier 0 angeben" if list(steps) == ["0"] else f"die Stufen {', '.join(steps)}"
        raise Refused(f"Angebot: Stufe „{vertrag.stufe}“ gibt es in {vertrag.gruppe} nicht; die Gruppe hat {known} "
                      f"({rule}).")
    if vertrag.stufe != steps[0] and len(vertrag.stufe_grund) < 10:
        raise Refused(f"Angebot: die anerkannte Erfahrung nennen, aus der die Stufe folgt ({rule}).")
    if civil and vertrag.zv_kasse:
        raise Refused("Angebot: Besoldete sind nicht in der Zusatzversorgung (§ 19 ATV-K); „keine“ wählen.")


def answer(session: TenantSession, row: Bewerbung, yes: bool) -> None:
    """Die Antwort auf das Angebot, über den geheimen Link."""
    made = of(session, row)
    if made is None or made.zustand != "angebot":
        raise Refused("Angebot: hier ist keine Antwort offen.")
    made.zustand = "angenommen" if yes else "abgelehnt"
    applications.note(session, row, f"angebot_{made.zustand}")


def read(form: Mapping[str, str]) -> Fehlendes:
    """Die Angaben aus dem Formular."""
    values = {name: form.get(name, "").strip()[:80] for name in Fehlendes.__annotations__}
    for name in ("steuer_id", "iban", "sv_nummer"):
        values[name] = "".join(values[name].split()).upper()
    return Fehlendes(**values)


def problems(given: Fehlendes, funds: list[str], today: date, *, civil: bool = False) -> dict[str, list[str]]:
    """Was nicht stimmt, je Feld; `civil`: eine Einstellung in das Beamtenverhältnis."""
    found: dict[str, list[str]] = {}
    try:
        born = inputs.day(given.geburtsdatum)
        if not YOUNGEST <= today.year - born.year <= 90:
            found["geburtsdatum"] = [_("Bitte das Geburtsdatum prüfen.")]
    except inputs.InputError as error:
        found["geburtsdatum"] = [str(error)]
    found |= {name: [_("Bitte angeben.")] for name in ("strasse", "ort") if not getattr(given, name)}
    if not re.fullmatch(r"\d{5}", given.plz):
        found["plz"] = [_("Die Postleitzahl hat fünf Ziffern.")]
    if not idnr.is_valid(given.steuer_id):
        found["steuer_id"] = [_("Die Steuer-ID hat elf Ziffern; sie steht auf dem Steuerbescheid.")]
    if given.sv_nummer and not SV_NUMMER.fullmatch(given.sv_nummer):
        found["sv_nummer"] = [_("Die Versicherungsnummer hat acht Ziffern, einen Buchstaben und drei Ziffern.")]
    if given.steuerklasse not in ("1", "2", "3", "4", "5", "6"):
        found["steuerklasse"] = [_("Bitte eine Steuerklasse wählen.")]
    if given.konfession not in ("keine", "ev", "rk"):
        found["konfession"] = [_("Bitte wählen.")]
    found |= _insurance_problems(given, funds, civil)
    try:
        IBAN(given.iban)
    except SchwiftyException:
        found["iban"] = [_("Diese IBAN stimmt nicht; bitte von der Bankkarte abschreiben.")]
    return found


def _insurance_problems(given: Fehlendes, funds: list[str], civil: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kinds = ("freiwillig", "privat") if civil else ("gesetzlich", "freiwillig", "privat")
    if given.kv_art not in kinds:
        found["kv_art"] = [_("Bitte wählen, wie Sie krankenversichert sind.")]
    # Privately insured employees still have a fund: it collects for the pension and unemployment insurance.
    if given.krankenkasse not in funds and not (civil and given.kv_art == "privat"):
        found["krankenkasse"] = [_("Bitte eine Krankenkasse wählen.")]
    if given.kinder not in ("ja", "nein"):
        found["kinder"] = [_("Bitte wählen.")]
    if given.kv_art != "privat":
        return found
    for name in ("pkv_beitrag", "pkv_basis", "ppv_beitrag"):
        try:
            if not 0 < given.euros(name) < 500_000:
                found[name] = [_("Bitte den Betrag im Monat angeben; er steht in der Bescheinigung der Versicherung.")]
        except inputs.InputError as error:
            found[name] = [str(error)]
    return found


def store(session: TenantSession, row: Bewerbung, given: Fehlendes) -> None:
    """Legt die Angaben versiegelt ab."""
    made = of(session, row)
    if made is None or made.zustand not in ("angenommen", "angaben_da"):
        raise Refused("Einstellung: erst das Angebot annehmen.")
    made.angaben_siegel = seal(session, json.dumps(asdict(given)).encode(), table=TABLE, row=str(made.public_id),
                               column="angaben")
    made.zustand = "angaben_da"
    applications.note(session, row, "angaben_da")


def missing(session: TenantSession, made: Einstellung) -> Fehlendes | None:
    """Die Angaben, geöffnet; None, solange sie fehlen."""
    if made.angaben_siegel is None:
        return None
    raw: dict[str, Any] = json.loads(open_sealed(session, made.angaben_siegel, table=TABLE, row=str(made.public_id),
                                                 column="angaben"))
    return Fehlendes(**raw)


def carried_out(session: TenantSession, row: Bewerbung, made: Einstellung, personalnummer: str) -> None:
    """Hält fest, dass die Einstellung vollzogen ist; die versiegelten Angaben stehen jetzt in der Akte und gehen."""
    made.zustand, made.personalnummer, made.angaben_siegel = "vollzogen", personalnummer, None
    made.vollzogen_von, made.vollzogen_am = str(session.info["actor"]), datetime.now(UTC)
    row.zustand = "eingestellt"
    applications.note(session, row, "eingestellt")
    audit.record(session, "einstellung.vollzogen", f"bewerbung:{row.public_id}", {"personalnummer": personalnummer})


def done(session: TenantSession, made: Einstellung, task: str) -> None:
    """Hakt eine Aufgabe der Einarbeitung ab."""
    if task not in TASKS:
        raise Refused("Einarbeitung: diese Aufgabe gibt es nicht.")
    now = datetime.now(UTC).isoformat(timespec="minutes")
    made.aufgaben = [one | {"erledigt": one["erledigt"] or now} if one["was"] == task else one
                     for one in made.aufgaben]
    session.flush()
