"""Ablehnungen, die Beschäftigte im Portal lesen können, zum Übersetzen (tenants.web.told)."""

from __future__ import annotations


def _(text: str) -> str:
    return text  # only a mark for the catalogue


SENTENCES = (
    _("IBAN ist keine gültige IBAN; Länge und Prüfziffer mit der Bankkarte vergleichen."),
    _("Was nicht stimmt: bitte in 3 bis %(most)s Zeichen beschreiben."),
    _("Kontoinhaber: höchstens 70 Zeichen, so viele nimmt die Bank."),
    _("Die Frist endete am %(day)s: bitte an die Personalstelle wenden oder die Bankverbindung ab dem %(first)s neu "
      "ändern."),
    _("Eine Änderung Ihrer Bankverbindung läuft schon: zuerst jene zurücknehmen oder abwarten."),
    _("Ab dem %(day)s ist schon eine andere Bankverbindung vorgesehen (letzte Stellen %(digits)s). Bitte wenden Sie "
      "sich an die Personalstelle, oder ändern Sie Ihre Bankverbindung erst nach diesem Tag."),
    _("IBAN: Das ist schon Ihre Bankverbindung; es ist nichts zu ändern."),
    _("Auf dieses Konto wird auch nach einer anderen Angabe gezahlt (gültig ab %(day)s, erfasst von %(who)s): "
      "zurücknehmen ließe es stehen. Soll es nicht gelten, muss die Personalstelle zuerst jene Angabe berichtigen."),
    _("Dieses Anliegen ist schon %(state)s, von %(who)s am %(day)s: die Seite neu laden."),
    _("Datei: die Virenprüfung antwortet nicht; später noch einmal ablegen."),
    _("Datei: die Virenprüfung hat etwas gefunden; sie wird nicht angenommen."),
    _("Datei: sie lässt sich nicht lesen; neu als PDF speichern."),
    _("Datei: %(why)s"),
    _("Dieses Dokument ist entfernt; seinen Inhalt gibt es nicht mehr."),
    _("Die Seite ist veraltet: neu laden und noch einmal ablegen."),
    _("Titel: angeben, was das Dokument ist."),
    _("Tag des Dokuments: zwischen 1950 und heute."),
    _("Kennwort: mindestens %(least)s Zeichen, am besten mehrere Wörter."),
    _("Kennwort: höchstens %(most)s Zeichen und keine Steuerzeichen."),
    _("Kennwort: zu einfach; verschiedene Zeichen benutzen."),
    _("Kennwort: die beiden Eingaben sind verschieden."),
    _("Dieses Dokument ist versiegelt: zuerst die Dokumente mit dem eigenen Kennwort öffnen."),
    _("Dieses Dokument ist an einen früheren Schlüssel oder nur an das Archiv versiegelt. Der Personaldienst kann es "
      "mit der Archivstelle neu für Sie ausgeben; verloren ist nichts."),
    _("Personalakte gelesen"),
    _("Pfändungen gelesen"),
    _("Vorschau eines Briefes gelesen"),
    _("Verzeichnis der Personalakte gelesen"),
    _("Dokument der Personalakte geöffnet"),
    _("Personalakte als Paket ausgegeben"),
    _("Darlehen, Verträge und Grenzen gelesen"),
    _("Lohnkonto gelesen"),
    _("Lohnkonto als Datei ausgegeben"),
    _("Anliegen aus dem Portal gelesen"),
    _("Berechnung gelesen"),
    _("Abrechnung gelesen"),
    _("Abrechnung als PDF geöffnet"),
    _("Zweitschrift einer Abrechnung erstellt"),
    _("Liste der Abrechnungen gelesen"),
    _("Abrechnungen neu ausgegeben"),
    _("Zeiten eines Monats gelesen"),
    _("Bescheinigung ausgestellt"),
    _("Bescheinigung als PDF geöffnet"),
    _("Lohnsteuerbescheinigung als PDF geöffnet"),
    _("Liste der Bescheinigungen gelesen"),
    _("Versicherungsnummer zum Abruf einer Krankmeldung ausgegeben"),
    _("Werte im Protokoll gelesen"),
    _("Auskunft erteilt"),
)
