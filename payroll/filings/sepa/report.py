"""Liest pain.002.001.10: Status auf drei Ebenen, alle Gründe, Empfängerprüfung mit den Namen der Bank.

Fremde Dateien sind fremd: keine eigenen Dokumentarten, keine Ersetzungen, kein Netz, begrenzte Größe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from payroll.filings.errors import FilingRefused
from payroll.filings.sepa.schema import safe_parser

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
MAX_BYTES, MAX_TEXT = 20 * 1024 * 1024, 2_000
MAX_TAGS = 2_000_000  # a report on twenty thousand payments has a third; each costs the reader thirty times its size
_P = {"p": NAMESPACE}


@dataclass(frozen=True)
class Meldung:
    """Was die Bank zu Datei, Block oder Zahlung sagt; texte sind ihre Worte, name ihr Name des Kontos (VoP)."""

    status: str = ""
    gruende: tuple[str, ...] = ()
    texte: tuple[str, ...] = ()
    kennung: str = ""
    name: str = ""


@dataclass(frozen=True)
class BlockMeldung:
    """Ein Block und die Zahlungen darin, zu denen etwas gesagt ist."""

    meldung: Meldung
    einzeln: tuple[Meldung, ...] = ()


@dataclass(frozen=True)
class Bericht:
    """Eine Rückmeldung; anzahl und summe (Cent) sind die der ursprünglichen Datei, None, wenn nicht genannt."""

    bank_msg_id: str
    msg_id: str
    gruppe: Meldung
    anzahl: int | None
    summe: int | None
    je_status: dict[str, int] = field(default_factory=dict)
    bloecke: tuple[BlockMeldung, ...] = ()


def read(content: bytes) -> Bericht:
    """Der Bericht; was keiner ist, wird mit Grund abgelehnt."""
    if len(content) > MAX_BYTES:
        raise FilingRefused("Die Rückmeldung ist größer als 20 MB; die Datei der Bank prüfen.")
    root = _parsed(content)
    head = root.find("p:CstmrPmtStsRpt", _P)
    group = None if head is None else head.find("p:OrgnlGrpInfAndSts", _P)
    if head is None or group is None:
        raise FilingRefused("Die Datei ist keine Rückmeldung zu einer Zahlungsdatei (CstmrPmtStsRpt fehlt).")
    bank, original = _text(head, "p:GrpHdr/p:MsgId"), _text(group, "p:OrgnlMsgId")
    if not bank or not original:
        raise FilingRefused("Der Rückmeldung fehlt ihre Kennung oder die der ursprünglichen Datei (OrgnlMsgId).")
    counts = {_text(one, "p:DtldSts"): _whole(_text(one, "p:DtldNbOfTxs")) or 0
              for one in group.iterfind("p:NbOfTxsPerSts", _P)}
    return Bericht(bank, original, _message(group, "p:GrpSts"), _whole(_text(group, "p:OrgnlNbOfTxs")),
                   _cents(_text(group, "p:OrgnlCtrlSum")), counts, tuple(_blocks(head)))


def _parsed(content: bytes) -> etree._Element:
    if content.count(b"<") > MAX_TAGS:
        raise FilingRefused("Die Rückmeldung hat mehr Angaben als eine zu zwanzigtausend Zahlungen; die Datei der Bank "
                            "prüfen.")
    try:
        root = etree.fromstring(content, safe_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FilingRefused("Die Datei ist kein lesbares XML; die Datei der Bank unverändert hochladen.") from error
    if root.getroottree().docinfo.doctype:
        raise FilingRefused("Die Datei bringt eine eigene Dokumentart (DOCTYPE) mit; Rückmeldungen von Banken haben "
                            "keine. Nicht verwenden.")
    if root.tag != f"{{{NAMESPACE}}}Document":
        raise FilingRefused("Die Datei ist kein pain.002.001.10; in der Bank die Rückmeldung in dieser Fassung wählen.")
    return root


def _blocks(head: etree._Element) -> Iterator[BlockMeldung]:
    for block in head.iterfind("p:OrgnlPmtInfAndSts", _P):
        singles = (_message(one, "p:TxSts", "p:OrgnlEndToEndId") for one in block.iterfind("p:TxInfAndSts", _P))
        yield BlockMeldung(_message(block, "p:PmtInfSts", "p:OrgnlPmtInfId"), tuple(singles))


def _message(at: etree._Element, status: str, identifier: str = "") -> Meldung:
    reasons = at.findall("p:StsRsnInf", _P)
    codes = (_text(one, "p:Rsn/p:Cd") or _text(one, "p:Rsn/p:Prtry") for one in reasons)
    words = tuple(" ".join((part.text or "").split())[:MAX_TEXT]
                  for one in reasons for part in one.iterfind("p:AddtlInf", _P))
    state = _text(at, status)
    # A close match carries the bank's own name of the account in the first further line.
    return Meldung(state, tuple(dict.fromkeys(code for code in codes if code)), tuple(word for word in words if word),
                   _text(at, identifier) if identifier else "", words[0][:140] if state == "RVMC" and words else "")


def _text(at: etree._Element, path: str) -> str:
    return (at.findtext(path, default="", namespaces=_P) or "").strip()[:MAX_TEXT]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _cents(text: str) -> int | None:
    euros, _, rest = text.partition(".")
    if not (euros + rest).isascii() or not (euros + rest).isdigit() or len(text) > 20 or len(rest.rstrip("0")) > 2:
        return None
    return int(euros or 0) * 100 + int(rest[:2].ljust(2, "0"))
