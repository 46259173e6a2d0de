"""Tabellen des Stellenmarkts.

Was eine Anzeige sagt, steht offen (es hängt öffentlich aus). Was Bewerbende sagen, ist versiegelt; jede Bewerbung trägt
den Tag ihrer Löschung, und mit ihr gehen alle Zeilen, die an ihr hängen.
"""

from jobportal.models.applications import Bewerbung, BewerbungLoeschung, BewerbungUnterlage, BewerbungVerlauf
from jobportal.models.postings import Aushang, Ausschreibung, AusschreibungFassung, Mitwirkung
from jobportal.models.selection import (
    Anforderung,
    AuswahlStatistik,
    Auswahlvermerk,
    Einschaetzung,
    Einstellung,
    Gespraech,
)

__all__ = [
    "Anforderung",
    "Aushang",
    "Ausschreibung",
    "AusschreibungFassung",
    "AuswahlStatistik",
    "Auswahlvermerk",
    "Bewerbung",
    "BewerbungLoeschung",
    "BewerbungUnterlage",
    "BewerbungVerlauf",
    "Einschaetzung",
    "Einstellung",
    "Gespraech",
    "Mitwirkung",
]
