"""Pay by tariff or grade: table amount, part-time, days with a claim, hourly rate, allowances, time premiums.

One row is one pay assignment over the days it covers (``tage`` of ``kalendertage_im_monat``). ``brutto`` < 0 means: pay
by the table; otherwise the table is not asked. An advance on a draft act (``abschlag_auf_entwurf``) is kept apart in
``abschlag_entwurf`` and contained in ``tabellenentgelt``.
"""

from payroll.law.encode import GRUPPEN, TARIFWERKE
from payroll.law.engine import Input

INPUTS = (
    Input("tarifwerk", "Choice", "auswahl", "Tarifwerk oder Besoldungsordnung", default=0, names=TARIFWERKE),
    Input("entgeltgruppe", "Choice", "auswahl", "Entgeltgruppe", default=0,
          names=GRUPPEN),
    Input("stufe", "Count", "anzahl", "Stufe", default=-1),
    Input("wochenstunden", "Rate", "zahl", "vereinbarte Wochenstunden", default=0, den=100),
    Input("vollzeitstunden", "Rate", "zahl", "volle Wochenstunden", default=0, den=100),
    Input("tage", "Days", "tage", "Tage mit Anspruch"),
    Input("kalendertage_im_monat", "Days", "tage", "Kalendertage des Monats"),
    Input("brutto", "Money", "euro/monat", "vorgegebenes Entgelt", default=-1),
    Input("abschlag_auf_entwurf", "Condition", "ja/nein", "Abschlag auf einen Gesetzentwurf wird gezahlt", default=0),
    Input("zulage_art", "Choice", "auswahl", "Art der Zulage", default=0, names=(
        "keine", "wechselschicht_staendig", "schicht_staendig", "sue_zulage", "wechselschicht_nicht_staendig",
        "schicht_nicht_staendig", "vermoegenswirksame_leistungen")),
    Input("stunden", "Rate", "zahl", "Stunden, für die ein Betrag je Stunde zusteht", default=0, den=100),
    Input("zuschlag_art", "Choice", "auswahl", "Art des Zeitzuschlags", default=0, names=(
        "nacht", "sonntag", "feiertag_mit_freizeitausgleich", "feiertag_ohne_freizeitausgleich",
        "heiligabend_silvester_ab_6_uhr", "samstag_13_bis_21_uhr", "ueberstunden")),
    Input("bemessung_summe", "Money", "euro", "Entgelt der Bemessungsmonate der Jahressonderzahlung", default=0),
    Input("bemessung_monate", "Count", "anzahl", "Zahl der Bemessungsmonate", default=3),
    Input("bemessung_tage", "Days", "tage", "Tage mit Entgelt, wenn nicht alle; 0 = alle Tage der Monate", default=0),
    Input("zwoelftel", "Count", "anzahl", "Monate des Jahres mit Anspruch auf Entgelt", default=12),
    Input("krankenhaus", "Condition", "ja/nein", "Besonderer Teil Krankenhäuser gilt", default=0),
)
EXPORTS = ("nach_tabelle", "tabellenwert", "tabellenentgelt", "teilzeitentgelt", "abschlag_entwurf",
           "sonderzahlungsklasse")
