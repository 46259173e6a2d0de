"""Woran man den fremden Mandanten erkennt: Kennungen, Namen, Konten, Beträge; gesucht wird auch in Mappen und PDF."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache

import pypdf
from psycopg import sql
from realm import BAIT, KINDS, SECRET, Realm, Side
from sqlalchemy import select

from payroll.masterdata.models import PersonAngaben
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.person import GESCHLECHTER, SCHWERBEHINDERUNG
from payroll.masterdata.sealing import protected, reveal
from tenants.db.base import Base
from tenants.db.session import tenant_session

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PUBLIC = """
SELECT c.table_name AS name, EXISTS (SELECT FROM information_schema.columns t WHERE t.table_schema = 'public'
       AND t.table_name = c.table_name AND t.column_name = 'tenant_id') AS walled
FROM information_schema.columns c JOIN pg_class r ON r.relname = c.table_name AND r.relkind = 'r'
WHERE c.table_schema = 'public' AND c.column_name = 'public_id' ORDER BY 1
"""
TABLES = """
SELECT table_name AS name FROM information_schema.columns JOIN pg_class ON relname = table_name AND relkind = 'r'
WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1
"""
ADMINISTERED = ("tenant", "user_account")
WORDS = {*GESCHLECHTER, *SCHWERBEHINDERUNG}  # sealed as well, but words that every form and description knows
AMOUNT = 10_000_000  # cents; nobody of the own side earns a tenth of this


@dataclass
class Markers:
    """Kennungen je Tabelle (fremd und eigen), Worte, darunter (pay) Beträge und Versiegeltes.

    spent sind Kennungen, die der Angreifer selbst abgelegt hat.
    """

    ids: dict[str, list[str]]
    own_ids: dict[str, list[str]]
    words: tuple[str, ...]
    pay: tuple[str, ...]
    spent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.foreign = frozenset(one for ids in self.ids.values() for one in ids)
        self.administered = frozenset(one for table in ADMINISTERED for one in self.ids.get(table, ()))

    def found(self, text: str, sent: str, *, administering: bool = False) -> list[str]:
        """Zeichen des fremden Mandanten in einer Antwort, die nicht schon in der Anfrage standen.

        administering: Wer Zugänge verwaltet, sieht Arbeitgeber und Zugänge, aber nichts von Bezügen und Menschen.
        """
        lowered = text.lower()
        words = [word for word in (self.pay if administering else self.words) if word in lowered and word not in sent]
        foreign = self.foreign - self.administered if administering else self.foreign
        ids = (foreign.intersection(UUID.findall(lowered)) - self.spent) if "-" in lowered else frozenset()
        return words + [one for one in ids if one not in sent]


def collect(realm: Realm) -> Markers:
    """Alle Zeichen, die beim fremden Mandanten vorkommen und beim eigenen nicht."""
    with realm.superuser() as admin:
        tables = admin.execute(PUBLIC).fetchall()
        ids: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
        for kept, side in zip(ids, (realm.foreign, realm.own), strict=True):
            for table in tables:
                where = sql.SQL("tenant_id = {}").format(side.tenant.id) if table["walled"] else _whose(table, side)
                query = sql.SQL("SELECT public_id::text AS one FROM {} WHERE {} LIMIT 400")
                rows = admin.execute(query.format(sql.Identifier(str(table["name"])), where)).fetchall()
                kept[str(table["name"])] = [str(row["one"]) for row in rows]
        amounts = admin.execute(
            "SELECT gesamtbrutto, netto, auszahlung FROM ergebnis WHERE tenant_id = %s", (realm.foreign.tenant.id,)
        ).fetchall()
    money = {_german(int(str(cents))) for row in amounts for cents in row.values() if int(str(cents)) > AMOUNT}
    assert money
    assert len(_sealed(realm, realm.foreign)) > len(KINDS)
    pay = money | _sealed(realm, realm.foreign)
    return Markers(*ids, tuple(sorted({BAIT, SECRET, "fremd.", *pay})), tuple(sorted(pay)))


def _whose(table: dict[str, object], side: Side) -> sql.Composable:
    """Zeilen ohne Mandant: der Mandant selbst und die Zugänge einer Seite; andere gehören keiner Seite."""
    if table["name"] == "tenant":
        return sql.SQL("id = {}").format(side.tenant.id)
    if table["name"] != "user_account":
        return sql.SQL("false")
    return sql.SQL("login = ANY({})").format(sql.Literal([user.login for user in side.users.values()]))


def _german(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def _sealed(realm: Realm, side: Side) -> set[str]:
    """Was bei den Menschen einer Seite versiegelt ist (Konten, Steuer-ID, Versicherungsnummer), im Klartext."""
    found = set()
    with tenant_session(side.tenant.id, actor="test") as session:
        for mapper in Base.registry.mappers:
            model = mapper.class_
            for name in protected(model) if issubclass(model, Fact) else ():
                found |= {str(reveal(session, row, name)).lower() for row in session.scalars(select(model))}
    return {one for one in found if len(one) >= 9} - WORDS


def personal(realm: Realm) -> set[str]:
    """Namen und versiegelte Angaben der Menschen beider Seiten, klein geschrieben."""
    names = set()
    for side in (realm.own, realm.foreign):
        with tenant_session(side.tenant.id, actor="test") as session:
            names |= {name.lower() for name in session.scalars(select(PersonAngaben.nachname))}
    return {name for name in names if len(name) > 6} | _sealed(realm, realm.own) | _sealed(realm, realm.foreign)


def state(realm: Realm) -> dict[str, object]:
    """Prüfsumme aller Zeilen des fremden Mandanten je Tabelle."""
    with realm.superuser() as admin:
        tables = [str(row["name"]) for row in admin.execute(TABLES)]
        query = sql.SQL("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS one FROM {} t WHERE {} = {}")
        return {
            name: (admin.execute(query.format(sql.Identifier(name), sql.Identifier(column), realm.foreign.tenant.id))
                   .fetchone() or {})["one"]
            for name, column in [*((table, "tenant_id") for table in tables), ("tenant", "id")]
        }  # fmt: skip


@lru_cache(maxsize=4096)
def readable(content: bytes) -> str:
    """Text einer Antwort, auch aus Mappen und PDF."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")
