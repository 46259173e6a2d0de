"""Tabellen der Stammdaten.

Anker (Person, Beschaeftigung, Lohnart, Krankenkasse, ZvKasse) ändern sich nie; alles, was sich ändern kann, steht in
Tatsachen mit zwei Uhren. Geldbeträge sind ganze Cent, Sätze Prozent, Stunden Wochenstunden.
"""

from payroll.masterdata.models.anliegen import Anliegen
from payroll.masterdata.models.benefits import Arbeitsweg, Darlehen, Dienstwagen, Sachbezug, Sparvertrag
from payroll.masterdata.models.beside import Vortragswerte, WeitereBeschaeftigung
from payroll.masterdata.models.claims import Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.masterdata.models.ereignis import Ereignis, Wiedervorlage
from payroll.masterdata.models.features import Steuermerkmale, Versicherung, Zusatzversorgung
from payroll.masterdata.models.funds import Krankenkasse, KrankenkasseSatz, ZvKasse, ZvKasseSatz
from payroll.masterdata.models.meldeanforderung import Meldeanforderung
from payroll.masterdata.models.pay import (
    Bezuegezuordnung,
    Familienzuschlag,
    Lohnart,
    LohnartStand,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.person import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Kind,
    Person,
    PersonAngaben,
)
from payroll.masterdata.models.tarif import (
    Anlasszahlung,
    Beschaeftigungszeit,
    Fehlzeit,
    HoehereTaetigkeit,
    Rechtswert,
    Sabbatical,
    Stufenregelung,
    Tariftabelle,
    Zulagenanspruch,
)
from payroll.masterdata.models.vorschlag import Vorschlag

FACTS = (
    PersonAngaben,
    Kind,
    Bankverbindung,
    WeitereBeschaeftigung,
    BeschaeftigungAngaben,
    Vortragswerte,
    Steuermerkmale,
    Versicherung,
    Zusatzversorgung,
    Bezuegezuordnung,
    Familienzuschlag,
    WiederkehrenderBezug,
    Dienstwagen,
    Arbeitsweg,
    Sachbezug,
    Sparvertrag,
    Darlehen,
    LohnartStand,
    KrankenkasseSatz,
    ZvKasseSatz,
    Pfaendung,
    Unterhaltspflicht,
    Unterhaltsausschluss,
    Fehlzeit,
    Stufenregelung,
    HoehereTaetigkeit,
    Beschaeftigungszeit,
    Anlasszahlung,
    Sabbatical,
    Zulagenanspruch,
    Meldeanforderung,
    Rechtswert,
    Tariftabelle,
)

__all__ = [
    "FACTS",
    "Anlasszahlung",
    "Anliegen",
    "Arbeitsweg",
    "Bankverbindung",
    "Beschaeftigung",
    "BeschaeftigungAngaben",
    "Beschaeftigungszeit",
    "Bezuegezuordnung",
    "Darlehen",
    "Dienstwagen",
    "Ereignis",
    "Familienzuschlag",
    "Fehlzeit",
    "HoehereTaetigkeit",
    "Kind",
    "Krankenkasse",
    "KrankenkasseSatz",
    "Lohnart",
    "LohnartStand",
    "Meldeanforderung",
    "Person",
    "PersonAngaben",
    "Pfaendung",
    "Rechtswert",
    "Sabbatical",
    "Sachbezug",
    "Sparvertrag",
    "Steuermerkmale",
    "Stufenregelung",
    "Tariftabelle",
    "Unterhaltsausschluss",
    "Unterhaltspflicht",
    "Versicherung",
    "Vorschlag",
    "Vortragswerte",
    "WeitereBeschaeftigung",
    "WiederkehrenderBezug",
    "Wiedervorlage",
    "Zulagenanspruch",
    "Zusatzversorgung",
    "ZvKasse",
    "ZvKasseSatz",
]
