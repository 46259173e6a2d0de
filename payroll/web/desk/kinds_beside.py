"""Neben dem Entgelt: Worte und Felder für Dienstwagen, Arbeitsweg, Verpflegung, Sparverträge und Darlehen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from payroll.masterdata.models import Arbeitsweg, Darlehen, Dienstwagen, Sachbezug, Sparvertrag
from payroll.web.desk.fact_fields import FactKind, Field, choice

ANSAETZE = choice(voll="voll", halb="halb (Plug-in-Hybrid, Elektro über der Preisgrenze)", viertel="Viertel (Elektro)")
SPARARTEN = choice(vermoegensbildung="Vermögensbildung", entgeltumwandlung="Entgeltumwandlung § 3 Nr. 63 EStG")
DARLEHENSARTEN = choice(vorschuss="Vorschuss", darlehen="Darlehen", ueberzahlung="Überzahlung in Raten")

BESIDE: dict[str, FactKind] = {
    "dienstwagen": FactKind(
        Dienstwagen,
        _("Dienstwagen"),
        "job",
        (
            Field("listenpreis_cent", _("Bruttolistenpreis"), "money", required=True,
                  hint=_("Neu, mit Sonderausstattung und Umsatzsteuer, auch bei gebrauchten Wagen.")),
            Field("ansatz", _("Ansatz"), "choice", required=True, choices=ANSAETZE, default="voll"),
            Field("anschaffung", _("Angeschafft am"), "day", hint=_("Beim Viertelansatz nötig.")),
            Field("arbeitsweg", _("Auch für den Weg zur Arbeit"), "yes",
                  hint=_("Dann bitte auch den Arbeitsweg erfassen.")),
            Field("selbst_gezahlt_cent", _("Selbst gezahlt im Monat"), "money", default=0,
                  hint=_("Was vom Entgelt einbehalten wird, stattdessen als Lohnart 3003 erfassen.")),
        ),
        endable=True,
    ),
    "arbeitsweg": FactKind(
        Arbeitsweg,
        _("Arbeitsweg"),
        "job",
        (
            Field("entfernung_km", _("Entfernung in vollen Kilometern"), "whole", required=True,
                  hint=_("Einfache Strecke, abgerundet.")),
            Field("arbeitstage", _("Nachgewiesene Arbeitstage im Monat"), "whole",
                  hint=_("Leer: 15 Tage ohne Nachweis.")),
            Field("pauschal", _("Pauschal mit 15 % versteuern"), "yes",
                  hint=_("Gilt für den Dienstwagen auf dem Arbeitsweg und für Fahrtkostenzuschüsse.")),
        ),
        endable=True,
    ),
    "sachbezug": FactKind(
        Sachbezug,
        _("Verpflegung und Unterkunft"),
        "job",
        (
            Field("fruehstuecke", _("Frühstücke im Monat"), "whole", required=True, default=0),
            Field("mittagessen", _("Mittagessen im Monat"), "whole", required=True, default=0),
            Field("abendessen", _("Abendessen im Monat"), "whole", required=True, default=0),
            Field("selbst_gezahlt_cent", _("Dafür bar gezahlt im Monat"), "money", default=0,
                  hint=_("Was vom Entgelt einbehalten wird, stattdessen als Lohnart 4203 erfassen.")),
            Field("pauschal", _("Mahlzeiten pauschal mit 25 % versteuern"), "yes"),
            Field("freies_fruehstueck", _("Freies Frühstück den ganzen Monat"), "yes"),
            Field("freies_mittagessen", _("Freies Mittagessen den ganzen Monat"), "yes"),
            Field("freies_abendessen", _("Freies Abendessen den ganzen Monat"), "yes"),
            Field("unterkunft", _("Freie Unterkunft"), "yes"),
            Field("gemeinschaft", _("Gemeinschaftsunterkunft"), "yes"),
            Field("jugend", _("Unter 18 Jahren oder in Ausbildung"), "yes"),
            Field("belegung", _("Beschäftigte im Raum"), "whole", required=True, default=1),
        ),
        endable=True,
    ),
    "sparvertraege": FactKind(
        Sparvertrag,
        _("Sparverträge"),
        "job",
        (
            Field("art", _("Art"), "choice", required=True, choices=SPARARTEN),
            Field("laufnummer", _("Laufende Nummer"), "whole", required=True, default=1),
            Field("betrag_cent", _("Betrag im Monat"), "money", required=True,
                  hint=_("Was vom Entgelt in den Vertrag geht; der Anteil des Arbeitgebers kommt von selbst dazu.")),
            Field("empfaenger", _("Empfänger"), required=True, hint=_("Bank, Bausparkasse oder Versorgungsträger.")),
            Field("vertragsnummer", _("Vertragsnummer"), required=True),
            Field("iban", _("IBAN des Empfängers"), required=True),
        ),
        several=True,
        endable=True,
    ),
    "darlehen": FactKind(
        Darlehen,
        _("Vorschuss und Darlehen"),
        "job",
        (
            Field("laufnummer", _("Laufende Nummer"), "whole", required=True, default=1),
            Field("art", _("Art"), "choice", required=True, choices=DARLEHENSARTEN),
            Field("betrag_cent", _("Betrag"), "money", required=True),
            Field("ausgezahlt_am", _("Ausgezahlt am"), "day", required=True),
            Field("rate_cent", _("Rate im Monat"), "money", required=True,
                  hint=_("Einbehalten wird, bis nichts mehr offen ist, und nie mehr, als pfändbar wäre.")),
            Field("erste_rate", _("Erste Rate ab"), "day", required=True),
        ),
        several=True,
        endable=True,
    ),
}  # fmt: skip
