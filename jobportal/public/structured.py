"""Angaben für Suchmaschinen: schema.org JobPosting als JSON-LD."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from jobportal.board import Aushangzettel
from jobportal.content import paragraphs

HERE = ZoneInfo("Europe/Berlin")  # summer time moves the last second of a day


def posting(slip: Aushangzettel, address: str) -> dict[str, Any]:
    """JobPosting nach schema.org; Entgelt je Monat in Euro, Beschreibung als HTML."""
    ad, employer = slip.anzeige, slip.arbeitgeber
    made: dict[str, Any] = {
        "@context": "https://schema.org/", "@type": "JobPosting", "title": ad.titel,
        "description": description(slip),
        "identifier": {"@type": "PropertyValue", "name": employer.name, "value": slip.kennziffer},
        "datePosted": slip.extern_ab.isoformat(),
        "validThrough": datetime.combine(slip.bis, time(23, 59, 59), HERE).isoformat(),
        "employmentType": employment(slip),
        "hiringOrganization": {"@type": "GovernmentOrganization", "name": employer.name},
        "jobLocation": {"@type": "Place", "address": {
            "@type": "PostalAddress", "streetAddress": ad.strasse, "postalCode": ad.plz, "addressLocality": ad.ort,
            "addressRegion": "Nordrhein-Westfalen", "addressCountry": "DE"}},
        "totalJobOpenings": ad.anzahl, "directApply": True, "url": address}
    if ad.entgelt_von is not None and ad.entgelt_bis is not None:
        made["baseSalary"] = {"@type": "MonetaryAmount", "currency": "EUR", "value": {
            "@type": "QuantitativeValue", "minValue": ad.entgelt_von // 100, "maxValue": ad.entgelt_bis // 100,
            "unitText": "MONTH"}}
    if ad.beginn is not None:
        made["jobStartDate"] = ad.beginn.isoformat()
    if ad.beruf:
        made["occupationalCategory"] = ad.beruf
    return made


def employment(slip: Aushangzettel) -> list[str]:
    """Arten der Beschäftigung in den Worten von schema.org."""
    ad = slip.anzeige
    kinds = ["INTERN"] if ad.ausbildung else ["FULL_TIME"]
    return kinds + (["PART_TIME"] if ad.teilzeit and not ad.ausbildung else []) + (
        ["TEMPORARY"] if ad.befristet_bis else [])


def description(slip: Aushangzettel) -> str:
    """Die Texte der Anzeige als einfaches HTML."""
    ad, found = slip.anzeige, []
    for text in (ad.kurz, ad.aufgaben, ad.profil, ad.angebot, *slip.bausteine):
        for block in paragraphs(text):
            if block.liste:
                found.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block.zeilen) + "</ul>")
            else:
                found.append("<p>" + "<br>".join(str(escape(line)) for line in block.zeilen) + "</p>")
    return "".join(found)


def script(slip: Aushangzettel, address: str) -> Markup:
    """JSON für einen Datenblock; „<“, „>“ und „&“ sind verschlüsselt, damit kein Text den Block beenden kann."""
    text = json.dumps(posting(slip, address), ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704  # the three signs that could end the block are gone
