"""Das Handbuch in der Anwendung: Seiten aus docs/handbuch, ohne fremden Rechner, durchsuchbar nach Abschnitten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup, escape

PAGES = Path(__file__).parent / "handbuch"
PICTURES = Path(__file__).parent / "bilder"
PORTAL, PORTAL_ENGLISH, FIRST = "hilfe-portal", "portal-help", "README"
APPLYING, APPLYING_ENGLISH = "hilfe-bewerbung", "applying-help"
ENGLISH = (PORTAL_ENGLISH, APPLYING_ENGLISH)
FOR_EMPLOYEES = (PORTAL, PORTAL_ENGLISH)
LISTED = re.compile(r"\]\(([\w-]+)\.md\)")
INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|!\[([^\]]*)\]\(([^)]+)\)|\[([^\]]+)\]\(([^)]+)\)")
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r"^(?:[-*]|\d+\.) +")


@dataclass(frozen=True)
class Section:
    """Ein Abschnitt einer Seite: Überschrift, Sprungziel und sein Text ohne Auszeichnung."""

    page: str
    title: str
    anchor: str
    text: str


@cache
def names() -> tuple[str, ...]:
    """Namen der Seiten in der Reihenfolge des Inhaltsverzeichnisses, danach alle übrigen."""
    listed = LISTED.findall(_source(FIRST))
    rest = sorted(path.stem for path in PAGES.glob("*.md") if path.stem not in (*listed, FIRST))
    return tuple(dict.fromkeys((*listed, *rest)))


@cache
def pictures() -> frozenset[str]:
    """Namen aller Bilder des Handbuchs."""
    return frozenset(path.name for path in PICTURES.glob("*.png"))


@cache
def title(name: str) -> str:
    """Überschrift einer Seite."""
    return _plain(_source(name).lstrip().splitlines()[0].lstrip("# "))


@cache
def sections(name: str) -> tuple[Section, ...]:
    """Abschnitte einer Seite, der erste unter ihrer Überschrift."""
    found, heading, lines = [], title(name), list[str]()
    for line in [*_source(name).splitlines()[1:], "## "]:
        if line.startswith(("## ", "# ")):
            text = " ".join(_plain(one) for one in lines)
            found.append(Section(name, heading, "" if not found else anchor(heading), text))
            heading, lines = _plain(line.lstrip("# ")), []
        else:
            lines.append(line.lstrip("#|- "))
    return tuple(found)


def anchor(heading: str) -> str:
    """Sprungziel einer Überschrift."""
    return re.sub(r"\W+", "-", heading.casefold()).strip("-")


def body(name: str) -> Markup:
    """Eine Seite ohne ihre Überschrift als HTML; nur bekannte Zeichen der Auszeichnung werden zu Elementen."""
    parts = FENCED.split(_source(name).split("\n", 1)[1])
    made = [Markup('<pre class="kl-rule">{}</pre>').format(part.strip("\n")) if number % 2 else _prose(part)
            for number, part in enumerate(parts)]
    return Markup("\n").join(made)


def _source(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def _prose(text: str) -> Markup:
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> Markup:
    lines = block.splitlines()
    if block.startswith("#"):
        head, _, rest = block.partition("\n")
        level = min(max(len(head) - len(head.lstrip("#")), 2), 4)
        words = head.lstrip("# ")
        made = Markup('<h{0} id="{1}">{2}</h{0}>').format(level, anchor(_plain(words)), _inline(words))
        return made + _block(rest) if rest.strip() else made
    if block.startswith("|"):
        return _table(lines)
    if ITEM.match(block):
        return _list(lines)
    at = next((number for number, line in enumerate(lines) if number and ITEM.match(line)), None)
    if at is not None and not lines[at][0].isdigit():
        return Markup("<p>{}</p>").format(_inline(" ".join(lines[:at]))) + _list(lines[at:])
    return Markup("<p>{}</p>").format(_inline(" ".join(line.strip() for line in lines)))


def _list(lines: list[str]) -> Markup:
    items: list[str] = []
    for line in lines:
        if ITEM.match(line):
            items.append(ITEM.sub("", line))
        else:
            items[-1] += f" {ITEM.sub('', line.strip())}"
    entries = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    first = int(number[0]) if (number := re.match(r"\d+", lines[0])) else 0
    if not number:
        return Markup("<ul>{}</ul>").format(entries)
    return Markup("<ol{}>{}</ol>").format(Markup(' start="{}"').format(first) if first > 1 else "", entries)


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
    head, rest = rows[0], rows[2:]
    made = Markup("").join(Markup('<th scope="col">{}</th>').format(_inline(cell)) for cell in head)
    body_rows = Markup("").join(Markup("<tr>{}</tr>").format(Markup("").join(
        Markup('<td data-label="{}">{}</td>').format(_plain(name), _inline(cell))
        for name, cell in zip(head, row, strict=False))) for row in rest)
    return Markup('<table class="kl-table kl-table--cards"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        made, body_rows)


def _inline(text: str) -> Markup:
    made, last = Markup(""), 0
    for found in INLINE.finditer(text):
        made += escape(text[last:found.start()].replace("\\|", "|"))
        made += _mark(found)
        last = found.end()
    return made + escape(text[last:].replace("\\|", "|"))


def _mark(found: re.Match[str]) -> Markup:
    code, strong, alt, picture, words, target = found.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(code.replace("\\|", "|"))
    if strong is not None:
        return Markup("<strong>{}</strong>").format(_inline(strong))
    if picture is not None:
        file = url_for("help.picture", datei=picture.rpartition("/")[2])
        return Markup('<img class="kl-picture" src="{}" alt="{}" loading="lazy">').format(file, alt)
    page, _, place = target.partition("#")
    name = page.removesuffix(".md")
    known = name in (*names(), FIRST) and page.endswith(".md")
    if words.endswith(".md"):
        words = title(name) if known else words.removesuffix(".md").capitalize()
    if page and not known:
        return _inline(words)  # a page of operation or development: not part of the application
    address = url_for("help.index") if name == FIRST else url_for("help.page", seite=name) if name else ""
    return Markup('<a href="{}">{}</a>').format(address + (f"#{place}" if place else ""), _inline(words))


def _plain(text: str) -> str:
    return INLINE.sub(lambda found: next((one for one in (found[1], found[2], found[3], found[5]) if one), ""), text)
