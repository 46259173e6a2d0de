"""Das öffentliche Brett: Suche, Anzeige, Verzeichnisse, Einbettung; ohne Keks, ohne fremde Seite."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import jsonschema
import pypdf
import pytest
from flask.testing import FlaskClient
from lxml import etree

import app as application
from jobportal import board, postings, settings
from jobportal.public import structured
from tenants import service
from tenants.db.session import platform_session, tenant_session
from tenants.web.settings import Settings

TODAY = date(2026, 11, 25)
HOUSE = Path(application.__file__).parent
NODE, VALIDATOR = HOUSE / "node_modules", Path(__file__).with_name("job_posting.mjs")
TITLES = (
    ("2026-1", "Sachbearbeitung Wohngeld (m/w/d)", {}),
    ("2026-2", "Systemadministration (m/w/d)", {"bereich": "it", "gruppe": "E11", "ort": "Nordfeld", "plz": "49998",
                                                "breite": 52_280_000, "homeoffice": False}),
    ("2026-3", "Ausbildung Bauzeichnerin oder Bauzeichner (m/w/d)", {
        "bereich": "technik", "gruppe": "TVAöD", "ausbildung": True, "teilzeit": False, "ort": "Weitweg",
        "plz": "49111", "breite": 53_500_000, "teilzeit_grund": "Ausbildungsordnung"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def market(fresh_database: Any, hang_out: Any) -> Iterator[Any]:
    """Zwei Arbeitgeber, drei offene Anzeigen, eine nur im Haus, eine zurückgezogene."""
    with fresh_database():
        with platform_session(actor="test") as session:
            first = service.create_tenant(session, "001", "Kreis Beispiel", "kreis", strasse="Am Markt 1", plz="49999",
                                          ort="Auenstedt", email="post@kreis.example", telefon="02999 1")
            second = service.create_tenant(session, "002", "Stadt Nordfeld", "stadt")
        rows = {}
        with tenant_session(first.id, actor="pia") as session:
            settings.store(session, date(2026, 1, 1), settings.Regeln(
                farbe="gruen", einbetten=["https://www.kreis.example"]), reason="Aussehen")
            rows["2026-1"] = hang_out(session, "2026-1")
            rows["intern"] = hang_out(session, "2026-9", extern_ab=TODAY + timedelta(days=7))
            rows["weg"] = hang_out(session, "2026-8")
            postings.withdraw(session, rows["weg"], reason="Stelle entfällt")
        with tenant_session(second.id, actor="paul") as session:
            for number, title, changes in TITLES[1:]:
                rows[number] = hang_out(session, number, titel=title, **changes)
        app = application.create_app(Settings(b"t" * 32, https=False, hosts=("localhost",), today=lambda: TODAY))
        yield {"app": app, "rows": rows, "first": first, "second": second}


@pytest.fixture
def reader(market: Any) -> FlaskClient:
    board.forget()
    return market["app"].test_client()


def titles(page: str) -> list[str]:
    return re.findall(r"<h3><a [^>]+>([^<]+)</a>", page)


@pytest.mark.parametrize(("query", "count"), [
    ("", 3), ("suche=wohngeld", 1), ("suche=systemadministration+nordfeld", 1), ("suche=gibtesnicht", 0),
    ("bereich=it", 1), ("gruppe=E9b", 1), ("teilzeit=ja", 2), ("homeoffice=ja", 2), ("ausbildung=ja", 1),
    ("ort=Auenstedt", 1), ("ort=49998", 1), ("ort=Auenstedt&umkreis=30", 2), ("ort=Auenstedt&umkreis=10", 1),
    ("ort=49999&umkreis=30", 2), ("ort=auenstedt&umkreis=30", 2), ("ort=49999+Auenstedt&umkreis=30", 2),
    ("ort=auen&umkreis=30", 2),
    ("seite=99999", 3), ("seite=-1&umkreis=x", 3),
], ids=lambda value: str(value) or "alles")  # fmt: skip
def test_search(reader: FlaskClient, query: str, count: int) -> None:
    answer = reader.get(f"/stellen?{query}")
    assert answer.status_code == 200
    assert len(titles(answer.text)) == count


def test_a_radius_needs_a_place_the_board_knows(reader: FlaskClient) -> None:
    words = "Um diesen Ort lässt sich kein Umkreis ziehen"
    for query, said in (("ort=Paris&umkreis=30", True), ("ort=Paris", False), ("ort=49998&umkreis=10", False)):
        assert (words in reader.get(f"/stellen?{query}").text) == said


def test_per_employer_with_its_colour(reader: FlaskClient, market: Any) -> None:
    page = reader.get(f"/stellen?arbeitgeber={market['first'].public_id}").text
    assert 'body class="kl-board kl-hue-gruen"' in page
    assert titles(page) == ["Sachbearbeitung Wohngeld (m/w/d)"]


def test_sorting(reader: FlaskClient) -> None:
    assert titles(reader.get("/stellen?sortierung=titel").text) == sorted(title for _, title, _ in TITLES)


@pytest.mark.parametrize("path", ["/stellen", "/stellen/gibt/es/nicht", "/stellen/stellen.atom", "/stellen/sitemap.xml",
                                  "/stellen/barrierefreiheit", "/stellen/hilfe"])
def test_readers_get_no_cookie(reader: FlaskClient, path: str) -> None:
    answer = reader.get(path)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("language", "words"), [
    ("de", ("Hilfe für Bewerberinnen und Bewerber", "<strong>Bewerbung absenden</strong>", "Ein Konto brauchen Sie")),
    ("en", ("Help for applicants", "<strong>Send application</strong>", "You need no account")),
])
def test_help_for_applicants_speaks_their_language(reader: FlaskClient, language: str, words: tuple[str, ...]) -> None:
    assert f'href="/stellen/hilfe?sprache={language}"' in reader.get(f"/stellen?sprache={language}").text
    page = reader.get(f"/stellen/hilfe?sprache={language}").text
    assert [one for one in words if one not in page] == []
    anchors = re.findall(r'href="#([\w-]+)"', page)
    assert len(anchors) > 7
    assert [one for one in anchors if f'id="{one}"' not in page] == []


def test_what_is_not_open_is_not_shown(reader: FlaskClient, market: Any) -> None:
    rows = market["rows"]
    inside, unknown = (reader.get(f"/stellen/{key}") for key in (rows["intern"].public_id, uuid.uuid4()))
    assert (inside.status_code, unknown.status_code) == (404, 404)
    assert inside.text == unknown.text
    gone = reader.get(f"/stellen/{rows['weg'].public_id}")
    assert gone.status_code == 410
    assert "Diese Ausschreibung ist beendet" in gone.text


def test_the_posting_says_everything(reader: FlaskClient, market: Any) -> None:
    page = reader.get(f"/stellen/{market['rows']['2026-1'].public_id}").text
    for words in ("E9b: 3.680 bis 5.050 € im Monat bei 39 Stunden je Woche", "31.12.2026", "2026-1", "Gerda Grund",
                  "49999 Auenstedt", "Landesgleichstellungsgesetzes", "Schwerbehinderte", "<li>Anträge prüfen</li>"):
        assert words in page


def test_english_by_address_and_by_device(reader: FlaskClient) -> None:
    assert '<html lang="en"' in reader.get("/stellen?sprache=en").text
    assert '<html lang="en"' in reader.get("/stellen", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="de"' in reader.get("/stellen?sprache=xx").text


JOB_POSTING = {
    "type": "object",
    "required": ["@context", "@type", "title", "description", "datePosted", "hiringOrganization", "jobLocation",
                 "validThrough", "employmentType", "baseSalary", "identifier"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://schema.org/"}, "@type": {"const": "JobPosting"}, "title": {"type": "string"},
        "description": {"type": "string", "pattern": "^<p>"}, "datePosted": {"format": "date"},
        "validThrough": {"format": "date-time"}, "url": {"format": "uri"}, "directApply": {"const": True},
        "totalJobOpenings": {"type": "integer", "minimum": 1}, "jobStartDate": {"format": "date"},
        "employmentType": {"type": "array", "items": {"enum": ["FULL_TIME", "PART_TIME", "TEMPORARY", "INTERN"]}},
        "identifier": {"required": ["@type", "name", "value"]}, "occupationalCategory": {"type": "string"},
        "hiringOrganization": {"required": ["@type", "name"]},
        "jobLocation": {"properties": {"address": {"required": [
            "@type", "streetAddress", "postalCode", "addressLocality", "addressCountry"]}}, "required": ["address"]},
        "baseSalary": {"required": ["@type", "currency", "value"], "properties": {"value": {
            "properties": {"unitText": {"const": "MONTH"}, "minValue": {"type": "integer"},
                           "maxValue": {"type": "integer"}}, "required": ["minValue", "maxValue"]}}},
    },
}  # fmt: skip


def test_json_ld_follows_schema_org(reader: FlaskClient, market: Any) -> None:
    """Pflichtfelder und Formen für JobPosting nach der Beschreibung von Google, dazu die empfohlenen."""
    address = f"/stellen/{market['rows']['2026-1'].public_id}"
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', reader.get(address).text, re.DOTALL)
    assert found is not None
    made = json.loads(found[1])
    jsonschema.Draft202012Validator(JOB_POSTING, format_checker=jsonschema.FormatChecker()).validate(made)
    assert made["baseSalary"]["value"] == {"@type": "QuantitativeValue", "minValue": 3680, "maxValue": 5050,
                                           "unitText": "MONTH"}
    assert made["url"] == f"http://localhost{address}"


def test_json_ld_passes_the_validator_of_others(reader: FlaskClient, market: Any) -> None:
    """Ein fremder Prüfer der Regeln der Suchmaschinen: nichts fehlt, und was fehlen würde, merkt er."""
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>',
                      reader.get(f"/stellen/{market['rows']['2026-1'].public_id}").text, re.DOTALL)
    assert found is not None
    posting = json.loads(found[1])
    needed = ("title", "description", "datePosted", "hiringOrganization", "jobLocation")
    without = [{key: value for key, value in posting.items() if key != name} for name in needed]
    node = shutil.which("node") or str(HOUSE / ".venv" / "bin" / "node")
    told = subprocess.run([node, str(VALIDATOR)], input=json.dumps([posting, *without]), capture_output=True, text=True,
                          check=True, timeout=60)
    elsewhere = ("applicantLocationRequirements", "jobLocationType")  # only recommended for work from anywhere
    whole, *less = [[words for words in said if not any(name in words for name in elsewhere)]
                    for said in json.loads(told.stdout)]
    assert whole == []
    assert [any(name in words for words in said) for name, said in zip(needed, less, strict=True)] == [True] * 5


@pytest.mark.parametrize(("day", "end"), [(date(2026, 12, 31), "+01:00"), (date(2026, 7, 1), "+02:00")],
                         ids=["winter", "summer"])  # fmt: skip
def test_the_last_second_knows_summer_time(market: Any, day: date, end: str) -> None:
    slip = next(one for one in board.current().shown(TODAY) if one.kennziffer == "2026-1")
    made = structured.posting(replace(slip, bis=day), "https://a.example")
    assert made["validThrough"] == f"{day}T23:59:59{end}"


def test_a_text_cannot_end_the_data_block(reader: FlaskClient, market: Any, hang_out: Any) -> None:
    with tenant_session(market["second"].id, actor="paul") as session:
        row = hang_out(session, "2026-77", kurz="</script><script>alert(1)</script>", frist=date(2027, 1, 31))
        board.forget()
        session.commit()
    page = reader.get(f"/stellen/{row.public_id}").text
    assert "<script>alert" not in page
    assert page.count("</script>") == 1
    with tenant_session(market["second"].id, actor="paul") as session:
        postings.withdraw(session, postings.find(session, row.public_id), reason="Prüfung")  # type: ignore[arg-type]  # there


def test_atom_feed(reader: FlaskClient) -> None:
    feed = feedparser.parse(reader.get("/stellen/stellen.atom").data)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert {entry.title for entry in feed.entries} == {title for _, title, _ in TITLES}
    assert all(entry.link.startswith("http://localhost/stellen/") for entry in feed.entries)


# The schema sitemaps.org publishes, as the package "sitemap" ships it.
SITEMAP = etree.XMLSchema(file=str(NODE / "sitemap" / "schema" / "sitemap.xsd"))


def test_the_schema_of_the_sitemap_refuses_what_the_protocol_forbids() -> None:
    for inside in ("<loc>x</loc>", "<loc>https://a.example/b</loc><lastmod>gestern</lastmod>",
                   "<lastmod>2026-01-01</lastmod>", "<loc>https://a.example/b</loc><titel>x</titel>"):
        root = etree.fromstring(
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>{inside}</url></urlset>')
        assert not SITEMAP.validate(root), inside


def test_sitemap_and_exchange_files(reader: FlaskClient, market: Any) -> None:
    places = etree.fromstring(reader.get("/stellen/sitemap.xml").data)
    SITEMAP.assertValid(places)
    assert len(places.findall("{http://www.sitemaps.org/schemas/sitemap/0.9}url")) == 4
    wanted = {
        "indeed": ("job", ("title", "date", "referencenumber", "url", "company", "city", "country", "description")),
        "xing": ("postings/posting", ("id", "job_title", "description", "url", "company_name", "reply_setting")),
        "linkedin": ("job", ("partnerJobId", "company", "title", "description", "location", "applyUrl")),
        "hr-ba": ("Data/JobPositionPosting", ("JobPositionPostingId", "HiringOrg/HiringOrgName", "PostDetail/EndDate",
                  "JobPositionInformation/Objective", "JobPositionInformation/NumberToFill")),
    }  # fmt: skip
    for name, (path, fields) in wanted.items():
        jobs = etree.fromstring(reader.get(f"/stellen/boersen/{name}.xml").data).findall(path)
        assert len(jobs) == 3, name
        for field in fields:
            assert jobs[0].findtext(field), (name, field)
    for name, moment in (("indeed", "lastBuildDate"), ("hr-ba", "Header/Timestamp")):
        made = etree.fromstring(reader.get(f"/stellen/boersen/{name}.xml").data)
        assert datetime.fromisoformat(str(made.findtext(moment))).tzinfo is not None
    one = etree.fromstring(reader.get(f"/stellen/boersen/indeed.xml?arbeitgeber={market['first'].public_id}").data)
    assert [job.findtext("company") for job in one.findall("job")] == ["Kreis Beispiel"]
    assert reader.get("/stellen/boersen/andere.xml").status_code == 404


def test_calendar_and_pdf(reader: FlaskClient, market: Any, conforming: Callable[[bytes], None]) -> None:
    address = f"/stellen/{market['rows']['2026-1'].public_id}"
    calendar = icalendar.Calendar.from_ical(reader.get(f"{address}/frist.ics").data)
    event = calendar.walk("VEVENT")[0]
    assert event["DTSTART"].dt == date(2026, 12, 31)
    assert str(event["SUMMARY"]) == "Bewerbungsfrist: Sachbearbeitung Wohngeld (m/w/d)"
    made = reader.get(f"{address}/anzeige.pdf").data
    conforming(made)
    pdf = pypdf.PdfReader(io.BytesIO(made))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Sachbearbeitung Wohngeld (m/w/d)" in text
    assert "31.12.2026" in text


def test_only_the_employers_own_sites_may_frame_its_list(reader: FlaskClient, market: Any) -> None:
    mine = reader.get(f"/stellen/einbetten/{market['first'].public_id}")
    assert "frame-ancestors https://www.kreis.example" in mine.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in mine.headers
    other = reader.get(f"/stellen/einbetten/{market['second'].public_id}")
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert other.headers["X-Frame-Options"] == "DENY"
    assert reader.get("/stellen").headers["X-Frame-Options"] == "DENY"
    listed = reader.get(f"/stellen/stellen.json?arbeitgeber={market['first'].public_id}")
    assert [one["kennziffer"] for one in listed.get_json()["stellen"]] == ["2026-1"]
    assert listed.headers["Access-Control-Allow-Origin"] == "*"


def test_legal_pages(reader: FlaskClient, market: Any) -> None:
    base = f"/stellen/arbeitgeber/{market['first'].public_id}"
    assert "Art. 88 DSGVO" in reader.get(f"{base}/datenschutz").text
    assert "post@kreis.example" in reader.get(f"{base}/impressum").text
    assert reader.get(f"/stellen/arbeitgeber/{uuid.uuid4()}/impressum").status_code == 404


def test_readers_have_a_limit_of_their_own(market: Any) -> None:
    from jobportal.public import limits

    client = market["app"].test_client()
    client.environ_base |= {"REMOTE_ADDR": "192.0.2.7"}
    held = market["app"].extensions[limits.KEY]
    held.kinds["lesen"] = (3, 60)
    try:
        codes = [client.get("/stellen").status_code for _ in range(5)]
    finally:
        held.kinds["lesen"] = limits.KINDS["lesen"]
    assert codes == [200, 200, 200, 429, 429]
    assert client.get("/stellen", environ_base={"REMOTE_ADDR": "192.0.2.8"}).status_code == 200


def test_distance_is_the_great_circle() -> None:
    # Cologne cathedral to Münster cathedral: about 122 km as the crow flies
    km = board.distance((50_941_300, 6_958_300), (51_963_000, 7_625_300))
    assert 120 < km < 125


def test_many_new_senders_cost_one_sweep_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobportal.public import limits

    swept: list[float] = []
    real = limits.Limits._sweep
    monkeypatch.setattr(limits, "FORGET_AFTER", 5)
    monkeypatch.setattr(limits.Limits, "_sweep", lambda self, now: (swept.append(now), real(self, now))[1])
    held = limits.Limits()
    assert all(held.allow("lesen", f"192.0.2.{number}") for number in range(50))
    assert len(swept) == 1


def test_a_network_of_one_subscriber_has_one_limit(market: Any) -> None:
    from jobportal.public import limits

    held = market["app"].extensions[limits.KEY]
    held.kinds["lesen"] = (3, 60)
    try:
        codes = [market["app"].test_client().get("/stellen", environ_base={"REMOTE_ADDR": f"2001:db8:7:7::{one}"})
                 .status_code for one in range(1, 6)]
    finally:
        held.kinds["lesen"] = limits.KINDS["lesen"]
    assert codes == [200, 200, 200, 429, 429]
