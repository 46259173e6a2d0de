"""Verzeichnisse für andere: Atom, Sitemap, Dateien für Stellenbörsen (Felder wie in der Feldertabelle der Kanäle).

Fassungen: Atom RFC 4287; Sitemap 0.9; Indeed „source“ 2.0; XING „postings“; LinkedIn „source“ Basic; HR-BA-XML nach der
öffentlichen Beschreibung (das Schema gibt die Bundesagentur erst nach einer Vereinbarung heraus; die Datei ist deshalb
gegen kein Schema geprüft und als Entwurf gekennzeichnet).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from xml.etree.ElementTree import Element, SubElement, tostring

from jobportal.board import Aushangzettel
from jobportal.public.structured import description, employment

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
Address = Callable[[Aushangzettel], str]
BOARDS = ("indeed", "xing", "linkedin", "hr-ba")


def atom(slips: Sequence[Aushangzettel], address: Address, own: str, home: str) -> bytes:
    """Atom-Feed der offenen Stellen."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "de"})
    _text(root, id=home, title="Offene Stellen")
    _text(root, updated=_newest(slips))
    SubElement(root, "link", {"rel": "self", "href": own, "type": "application/atom+xml"})
    SubElement(root, "link", {"rel": "alternate", "href": home, "type": "text/html"})
    for one in slips:
        entry = SubElement(root, "entry")
        _text(entry, id=f"urn:uuid:{one.kennung}", title=one.anzeige.titel, updated=_moment(one.geaendert_am),
              published=_moment(datetime.combine(one.extern_ab, time(), UTC)), summary=one.anzeige.kurz)
        SubElement(entry, "link", {"rel": "alternate", "href": address(one), "type": "text/html"})
        _text(SubElement(entry, "author"), name=one.arbeitgeber.name)
        SubElement(entry, "content", {"type": "html"}).text = description(one)
    return _xml(root)


def sitemap(slips: Sequence[Aushangzettel], address: Address, home: str) -> bytes:
    """Alle Seiten für Suchmaschinen."""
    root = Element("urlset", {"xmlns": SITEMAP})
    _text(SubElement(root, "url"), loc=home)
    for one in slips:
        _text(SubElement(root, "url"), loc=address(one), lastmod=_moment(one.geaendert_am))
    return _xml(root)


def indeed(slips: Sequence[Aushangzettel], address: Address, home: str) -> bytes:
    """Datei für Indeed."""
    root = Element("source")
    _text(root, publisher="Kreislohn", publisherurl=home, lastBuildDate=_newest(slips))
    for one in slips:
        ad = one.anzeige
        _text(SubElement(root, "job"), title=ad.titel, date=one.extern_ab.isoformat(), referencenumber=one.kennziffer,
              url=address(one), company=one.arbeitgeber.name, city=ad.ort, state="NW", country="DE", postalcode=ad.plz,
              streetaddress=ad.strasse, email=ad.kontakt_email, description=description(one), salary=_pay(one),
              jobtype=", ".join(employment(one)).lower().replace("_", ""), category=ad.bereich,
              expirationdate=one.bis.isoformat())
    return _xml(root)


def xing(slips: Sequence[Aushangzettel], address: Address, _home: str) -> bytes:
    """Datei für XING."""
    feed = Element("feed")
    postings = SubElement(feed, "postings")
    for one in slips:
        entry = SubElement(postings, "posting")
        _text(entry, id=str(one.kennung), job_title=one.anzeige.titel, description=description(one), url=address(one),
              company_name=one.arbeitgeber.name)
        place = SubElement(SubElement(entry, "job_locations"), "job_location")
        _text(place, city=one.anzeige.ort, country="DE")
        _text(entry, reply_setting="url")
    return _xml(feed)


def linkedin(slips: Sequence[Aushangzettel], address: Address, home: str) -> bytes:
    """Datei für LinkedIn; die Nummer des Arbeitgebers dort ist Sache des Vertrags."""
    root = Element("source")
    _text(root, publisherUrl=home)
    for one in slips:
        ad = one.anzeige
        _text(SubElement(root, "job"), partnerJobId=str(one.kennung), company=one.arbeitgeber.name, title=ad.titel,
              description=description(one), location=f"{ad.ort}, Nordrhein-Westfalen, DE", applyUrl=address(one))
    return _xml(root)


def hr_ba(slips: Sequence[Aushangzettel], address: Address, home: str, *, supplier: str = "ENTWURF") -> bytes:
    """Datei für die Bundesagentur (Entwurf ohne Prüfung gegen ihr Schema); voller Bestand."""
    root = Element("HRBAXMLJobPositionPosting")
    head = SubElement(root, "Header")
    _text(head, SupplierId=supplier, Timestamp=_newest(slips), Amount=str(len(slips)), TypeOfLoad="F")
    data = SubElement(root, "Data")
    for one in slips:
        ad, employer = one.anzeige, one.arbeitgeber
        entry = SubElement(data, "JobPositionPosting")
        _text(entry, JobPositionPostingId=str(one.kennung))
        org = SubElement(entry, "HiringOrg")
        _text(org, HiringOrgName=employer.name, HiringOrgId=employer.kennung.hex[:20])
        detail = SubElement(entry, "PostDetail")
        _text(detail, StartDate=one.extern_ab.isoformat(), EndDate=one.bis.isoformat(),
              LastModificationDate=f"{one.geaendert_am:%Y-%m-%d}", SupplierId=supplier)
        position = SubElement(entry, "JobPositionInformation")
        _text(position, JobPositionTitleDescription=ad.titel, Objective=_plain(one), NumberToFill=str(ad.anzahl))
        if ad.beruf:
            _text(SubElement(position, "JobPositionTitle"), TitleCode=ad.beruf)
        place = SubElement(SubElement(position, "JobPositionDescription"), "Location")
        _text(place, StreetName=ad.strasse, PostalCode=ad.plz, Municipality=ad.ort, CountryCode="DE")
        applying = SubElement(position, "Application")
        _text(applying, ApplicationEndDate=one.bis.isoformat(), GeneralWebSite=address(one) or home)
        if ad.beginn:
            _text(position, AssignmentStartDate=ad.beginn.isoformat())
    return _xml(root)


def _newest(slips: Sequence[Aushangzettel]) -> str:
    """Wann sich zuletzt etwas geändert hat; gleicher Bestand, gleiche Datei."""
    return _moment(max((one.geaendert_am for one in slips), default=datetime(2026, 1, 1, tzinfo=UTC)))


def _pay(one: Aushangzettel) -> str:
    ad = one.anzeige
    if ad.entgelt_von is None or ad.entgelt_bis is None:
        return ad.gruppe
    return f"{ad.gruppe}, {ad.entgelt_von // 100} - {ad.entgelt_bis // 100} EUR per month"


def _plain(one: Aushangzettel) -> str:
    ad = one.anzeige
    return "\n\n".join(text for text in (ad.kurz, ad.aufgaben, ad.profil, ad.angebot, *one.bausteine) if text)


def _text(parent: Element, **values: str) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = value


def _moment(value: datetime | date) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _xml(root: Element) -> bytes:
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made
