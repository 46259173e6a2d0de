"""Handbuch als Seiten: alle Seiten in der Reihenfolge, alle Teile aus dem Programm, nichts von fremden Servern."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import app as application
from migrations import models
from payroll.cli import kreislohn
from payroll.law.calculate import rule_book
from payroll.law.checks import CHECKS
from tenants.commands import stated
from tenants.operation.keys_of_file import KEYS
from tenants.web.settings import Settings
from timekeeping.rules.findings.finding import CODES

ROOT = Path(__file__).parents[2]
FOREIGN = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=\"https?://(?!lohn\.)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Die gebauten Seiten; eine Warnung (toter Verweis, Seite ohne Platz) bricht den Bau ab."""
    target = tmp_path_factory.mktemp("handbuch")
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(target)], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def _text(page: Path) -> str:
    return unescape(page.read_text(encoding="utf-8"))


def test_every_page_has_its_place(site: Path) -> None:
    sources = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    built = [site / path.with_name("index.html" if path.name == "README.md" else f"{path.stem}.html")
             for path in sources]
    assert len(sources) > 30
    assert [str(page) for page in built if not page.exists()] == []
    start = _text(site / "index.html")
    assert all(word in start for word in ("Betrieb und Verwaltung", "Entscheidungen", "Für die Arbeit"))


def test_everybody_finds_their_pages_from_the_start(site: Path) -> None:
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", _text(site / "index.html"), re.DOTALL)
    read = {who.split(",")[0]: re.findall(r'href="([^"]+)"', pages) for who, pages in rows}
    assert list(read) == ["Sachbearbeitung", "Beschäftigte", "Bewerberinnen und Bewerber", "Verwaltung und Betrieb",
                          "Rechnungsprüfung", "Entwicklung"]
    assert [one for pages in read.values() for one in pages if not (site / one).is_file()] == []
    assert min(len(pages) for pages in read.values()) > 1


def test_what_is_made_from_the_program_is_whole(site: Path) -> None:
    commands = _text(site / "erzeugt" / "befehle.html")
    assert [name for name, _ in stated.commands_of(kreislohn, "kreislohn") if name not in commands] == []
    model = _text(site / "erzeugt" / "datenmodell.html")
    assert [name for name in models.load().tables if f">{name}<" not in model] == []
    values = _text(site / "erzeugt" / "werte.html")
    assert "nicht von Hand ändern" in values
    assert sum(name in values for name in rule_book().parameters) > 100
    settings = _text(site / "erzeugt" / "einstellungen.html")
    assert [key.variable for key in KEYS if key.variable not in settings] == []


def test_every_screen_is_told(site: Path) -> None:
    app = application.create_app(Settings(b"h" * 32, https=False))
    screens = re.sub(r"<[^>]+>", "", _text(site / "erzeugt" / "seiten.html"))
    addresses = {re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: found[1].upper(), rule.rule)
                 for rule in app.url_map.iter_rules()
                 if "GET" in (rule.methods or ())}
    assert len(addresses) > 200
    assert sorted(one for one in addresses if f"{one}\n" not in screens) == []


def test_every_finding_is_told_with_its_remedy(site: Path) -> None:
    page = _text(site / "erzeugt" / "befunde.html")
    assert re.findall(r"<td>steht beim Befund</td>\s*</tr>", page) == [], "Hier fehlt die Abhilfe."
    told = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert [check.name for check in CHECKS if check.rule not in told or check.remedy not in told] == []
    assert [law for law in CODES.values() if law not in told] == []
    assert re.search(r"\b[A-Z]+_[0-9]+_[A-Z]", told) is None, "Ein Kürzel statt Worten."
    for words in ("Auszahlung ist negativ", "Rückrechnung nicht gebucht", "Überzahlung nach dem Tod",
                  "Minijob soll individuell", "auf eine vorhandene Stelle ändern", "Zustellung, Anzeige und Ende",
                  "nachtragen; bis dahin wird nicht abgerechnet", "nimmt keinen Betrag auf"):
        assert words in told, words


def test_no_page_asks_a_foreign_server(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert [str(page.relative_to(site)) for page in pages if FOREIGN.search(page.read_text(encoding="utf-8"))] == []
