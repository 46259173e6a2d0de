"""Ereignisse in der Familie und bei der Person: Kind, Familienstand, Konto, Elternzeit, Tod."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import leave
from payroll.web.desk.events.declaring import Ereignisart, Fall, Folge, Teil, monatserster
from payroll.web.desk.events.due import erste_meldung, februar, nach, nur, vor_ende
from tenants.db.session import TenantSession

VERSICHERT = ("tarif", "auszubildende", "minijob")
STEUER = ("steuerklasse", "faktor", "kinderfreibetraege", "konfession")
ELSTAM = _("Gilt steuerlich ab")


def _one_more(held: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**held, "kinder": int(held.get("kinder") or 0) + 1}


def _born(fall: Fall) -> Mapping[str, Any]:
    return {"geburtsdatum": fall.ab}


def _back(fall: Fall) -> list[Any]:
    return [fall.bis + timedelta(days=1)] if fall.bis else []


def left(session: TenantSession, fall: Fall) -> list[Fact]:
    """Beendet die Beschäftigung mit dem Tag des Ereignisses samt ihren wiederkehrenden Bezügen."""
    assert fall.job_id is not None
    job = session.get_one(Beschaeftigung, (session.info["tenant"], fall.job_id))
    leave(session, job, last_day=fall.ab, reason=fall.grund)
    return []


def died(session: TenantSession, fall: Fall) -> list[Fact]:
    """Beendet mit dem Todestag jede Beschäftigung der Person, die an ihm noch besteht."""
    for job in session.scalars(select(Beschaeftigung).where(Beschaeftigung.person_id == fall.person_id)
                               .order_by(Beschaeftigung.id)).all():
        held = as_of(session, BeschaeftigungAngaben, fall.ab, beschaeftigung_id=job.id)
        if held and held[0].eintritt <= fall.ab and (held[0].austritt is None or held[0].austritt > fall.ab):
            leave(session, job, last_day=fall.ab, reason=fall.grund)
    return []


FAMILY: dict[str, Ereignisart] = {
    "geburt": Ereignisart(
        _("Kind geboren"),
        _("Zählt in der Pflegeversicherung, bei der Steuer und im Familienzuschlag."),
        "§ 55 Abs. 3 SGB XI, § 39 EStG, §§ 43 ff. LBesG NRW",
        tag=_("Geburtstag des Kindes"),
        teile=(
            Teil("kinder", ("vorname", "nachweis_am", "nachweis_elektronisch"), pflicht=True, neu=True, fest=_born,
                 hilfe=_("Das Kind bekommt die nächste laufende Nummer. Ab wann es in der Pflegeversicherung zählt, "
                         "folgt aus dem Tag des Nachweises.")),
            Teil("steuer", ("kinderfreibetraege",), eigener_tag=ELSTAM,
                 hilfe=_("Wie in den elektronischen Lohnsteuerabzugsmerkmalen; sonst unverändert lassen.")),
            Teil("familienzuschlag", ("stufe1", "kinder", "mietenstufe"), fuer=("beamte",), vorgabe=_one_more,
                 ab=monatserster, hilfe=_("Gezahlt ab dem Ersten des Monats der Geburt.")),
        ),
        folgen=(
            Folge(nach(monate=3), "Geburtsurkunde des Kindes liegt vor und ihr Eingang ist erfasst? Nach Ablauf der "
                                  "Frist wirkt sie erst ab dem Monat danach.", "§ 55 Abs. 3 SGB XI"),
            Folge(nach(tage=7), "Elternzeit verlangt? Sie ist sieben Wochen vor Beginn anzukündigen.",
                  "§ 16 Abs. 1 BEEG"),
            Folge(nach(monate=1), "Kinderfreibetrag in den ELStAM angekommen?", "§ 39 Abs. 1, § 39e EStG"),
        ),
    ),
    "familienstand": Ereignisart(
        _("Heirat, Trennung, neue Steuermerkmale"),
        _("Name und Anschrift, Steuerklasse, Familienzuschlag in einem Zug."),
        "§ 38b, § 39 EStG, § 41c EStG, § 43 LBesG NRW",
        tag=_("Tag des Ereignisses"),
        teile=(
            Teil("angaben", ("nachname", "strasse", "plz", "ort")),
            Teil("steuer", (*STEUER, "freibetrag_monat_cent"), eigener_tag=ELSTAM),
            Teil("familienzuschlag", ("stufe1", "geteilt", "gemeinsam_vollzeit", "kinder", "mietenstufe"),
                 fuer=("beamte",), ab=monatserster),
        ),
        folgen=(
            Folge(nach(tage=14), "Urkunde (Heirat, Scheidung) in der Akte?", "§ 43 LBesG NRW, § 39 EStG"),
            Folge(nach(monate=1), "Steuerklassen in den ELStAM angekommen und gleich den erfassten?", "§ 39e EStG"),
        ),
    ),
    "bank": Ereignisart(
        _("Neues Konto"),
        _("Ab wann auf welches Konto gezahlt wird."),
        "§ 24 Abs. 1 TVöD",
        tag=_("Gilt ab"),
        teile=(Teil("bank", ("iban", "kontoinhaber"), pflicht=True, neu=True),),
        folgen=(Folge(nach(tage=7), "Bestätigung der neuen Bankverbindung an die bisher bekannte Anschrift: kein "
                                    "Widerspruch? (Schutz vor fremden Aufträgen)", "Art. 32 DSGVO"),),
    ),
    "elternzeit": Ereignisart(
        _("Elternzeit"),
        _("Ohne Entgelt vom ersten bis zum letzten Tag; Teilzeit in der Elternzeit stattdessen als Teilzeit und als "
          "Fehlzeit „Elternzeit mit Teilzeitarbeit“ erfassen."),
        "§§ 15 bis 17 BEEG",
        tag=_("Erster Tag"),
        ende=_("Letzter Tag"),
        ende_noetig=True,
        teile=(Teil("fehlzeiten", ("kind_geboren_am",), pflicht=True, neu=True, befristet=True,
                    fest=lambda _fall: {"art": "elternzeit"}, verlangt=("kind_geboren_am",)),),
        folgen=(
            Folge(nur(VERSICHERT, erste_meldung), "Unterbrechungsmeldung (Grund 52) abgegeben?", "§ 9 DEÜV"),
            Folge(vor_ende(tage=42), "Rückkehr klären: Tag, Arbeitszeit, Platz im Stellenplan.", "§ 16 BEEG"),
            Folge(vor_ende(tage=30), "Kürzung des Erholungsurlaubs um ein Zwölftel je vollem Monat erklären?",
                  "§ 17 Abs. 1 BEEG"),
            Folge(vor_ende(tage=14), "Stufenlaufzeit: Elternzeit bis zu fünf Jahren ist unschädlich, zählt aber nicht.",
                  "§ 17 Abs. 3 TVöD"),
        ),
        spaeter=_back,
    ),
    "tod": Ereignisart(
        _("Todesfall"),
        _("Alle Beschäftigungen der Person enden mit dem Todestag; Zahlungen danach werden ein Hinweis."),
        "§ 23 Abs. 3 TVöD, § 18 BeamtVG/LBeamtVG NRW",
        tag=_("Todestag"),
        teile=(Teil("angaben", (), pflicht=True, fest=lambda fall: {"verstorben_am": fall.ab}),),
        schreiben=died,
        folgen=(
            Folge(nach(tage=3), "Konto: wurde nach dem Tod noch gezahlt? Rückruf über die Bank, sonst Forderung an "
                                "die Erben.", "§ 812 BGB"),
            Folge(nach(tage=14), "Sterbegeld an Hinterbliebene: Anspruch und Empfänger klären (restliche Tage des "
                                 "Sterbemonats und zwei weitere Monate).", "§ 23 Abs. 3 TVöD"),
            Folge(nach(tage=14), "Erben benennen lassen; Bezüge an sie nach ihren Steuermerkmalen.", "§ 19 EStG"),
            Folge(nur(VERSICHERT, nach(tage=42)), "Abmeldung zur Sozialversicherung mit Grund 49 abgegeben?",
                  "§ 8 DEÜV"),
            Folge(februar, "Lohnsteuerbescheinigung übermittelt?", "§ 41b Abs. 1 EStG"),
        ),
    ),
}
