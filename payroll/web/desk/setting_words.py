"""Worte zu den Einstellungen der Abrechnung: was sie bewirken, welche Regel die Wahl lässt, was die Werte heißen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from payroll.law.encode import ZV_KIST_VERFAHREN, ZV_VERFAHREN
from payroll.law.rules.zusatzversorgung.jahresmeldung import SANIERUNGSGELD
from payroll.masterdata.settings import KONTEN, OHNE_ENTGELT, ZAHLMONATE

SWITCH = {True: _("ja"), False: _("nein")}


@dataclass(frozen=True)
class SettingWords:
    """Eine Einstellung in Worten: Überschrift, Recht, Wirkung, Wort je Wert."""

    title: Any
    law: str
    meaning: Any
    values: Mapping[Any, Any]

    def said(self, value: Any) -> Any:
        """Der Wert in Worten."""
        return self.values.get(value, value)


WORDS: dict[str, SettingWords] = {
    "kirchensteuer_kappung": SettingWords(
        _("Kirchensteuer schon im Abzug kappen"), "Kirchensteuergesetze der Länder",
        _("Wo das Land eine Kappung hat, begrenzt sie die Kirchensteuer schon im Monat; sonst erst auf Antrag beim "
          "Kirchensteueramt."), SWITCH),
    "pauschal_abwaelzung": SettingWords(
        _("Beschäftigte tragen pauschale Steuern"), "§ 40 Abs. 3 Satz 2 EStG",
        _("Pauschale Lohnsteuer auf Nebenleistungen (Fahrtkostenzuschuss, Mahlzeiten, Dienstwagen auf dem Arbeitsweg) "
          "wird vom Auszahlungsbetrag einbehalten statt vom Arbeitgeber gezahlt."), SWITCH),
    "pauschal_kirchensteuer": SettingWords(
        _("Kirchensteuer auf pauschale Steuern"), "§ 40 Abs. 2, § 40a EStG; Ländererlasse zur pauschalen Kirchensteuer",
        _("Vereinfacht: ein niedrigerer Satz für alle; Nachweis: der volle Satz, aber nur für Mitglieder."),
        dict(zip(ZV_KIST_VERFAHREN, (_("vereinfacht, niedrigerer Satz für alle"),
                                     _("im Nachweisverfahren, voller Satz für Mitglieder")), strict=True))),
    "umwandlung_verfahren": SettingWords(
        _("Jahresbetrag der Entgeltumwandlung"), "§ 3 Nr. 63 EStG",
        _("Aufbrauchend: steuerfrei, bis der Jahresbetrag verbraucht ist; verteilt: jeden Monat ein Zwölftel."),
        {name: {"aufbrauchend": _("aufbrauchend, bis der Jahresbetrag verbraucht ist"),
                "verteilt": _("verteilt auf zwölf Monate")}[name] for name in ZV_VERFAHREN}),
    "umwandlung_zuschuss": SettingWords(
        _("Zuschuss zur Entgeltumwandlung"), "§ 1a Abs. 1a BetrAVG",
        _("Der Arbeitgeber gibt 15 % dazu, soweit er Beiträge spart. Nur abwählen, wenn ein Tarifvertrag etwas anderes "
          "bestimmt (§ 19 Abs. 1 BetrAVG)."), SWITCH),
    "jahresausgleich_freiwillig": SettingWords(
        _("Lohnsteuer-Jahresausgleich auch unter zehn Beschäftigten"), "§ 42b Abs. 1 EStG",
        _("Ab zehn Beschäftigten ist er Pflicht; darunter darf der Arbeitgeber ihn im Dezember durchführen."), SWITCH),
    "zv_sanierungsgeld_schluessel": SettingWords(
        _("Buchungsschlüssel des Sanierungsgelds"), "Satzung der Zusatzversorgungskasse",
        _("Steht so in der Jahresmeldung; den Schlüssel nennt die Kasse."),
        {"ohne": _("ohne"), **{name: name for name in SANIERUNGSGELD[1:]}}),
    "abschlag_auf_entwurf": SettingWords(
        _("Besoldung nach Gesetzentwurf zahlen"), "Abschlagszahlung unter Vorbehalt auf einen Gesetzentwurf",
        _("Beamtinnen und Beamte erhalten die Beträge des Entwurfs unter Vorbehalt; wird er anders beschlossen, "
          "rechnet der nächste Lauf zurück."), SWITCH),
    "zeit_zahlmonat": SettingWords(
        _("Wann Zeiten eines Monats gezahlt werden"), "§ 24 Abs. 1 TVöD",
        _("Unständige Entgelte sind am Zahltag des zweiten Monats nach ihrem Entstehen fällig; früher ist erlaubt."),
        dict(zip(ZAHLMONATE, (_("im selben Monat"), _("im nächsten Monat"), _("im zweiten Monat danach")),
                 strict=True))),
    "konten_auf_abrechnung": SettingWords(
        _("Konten auf der Abrechnung"), "Entscheidung des Arbeitgebers, Dienstvereinbarung zur Gleitzeit",
        _("Die Abrechnung nennt am Ende den Stand des Gleitzeitkontos und des Urlaubs am letzten Tag des Monats."),
        dict(zip(KONTEN, (_("keine"), _("Gleitzeit"), _("Urlaub"), _("Gleitzeit und Urlaub")), strict=True))),
}


def touches_pay(name: str) -> bool:
    """Ob eine Änderung für abgeschlossene Monate zurückgerechnet wird."""
    return name not in OHNE_ENTGELT
