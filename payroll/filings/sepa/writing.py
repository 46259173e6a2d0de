"""Schreibt pain.001.001.09 (UTF-8 ohne Kennung), Summen mit ganzen Cent, und hält die Datei gegen das Schema."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from payroll.filings.sepa.message import Anschrift, Block, Nachricht, Posten

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def written(message: Nachricht) -> bytes:
    """Die Datei; dieselbe Nachricht ergibt dieselben Bytes."""
    return "".join(_document(message)).encode("utf-8")


def _document(message: Nachricht) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn><GrpHdr>'
    yield (f"<MsgId>{_text(message.msg_id)}</MsgId><CreDtTm>{message.erstellt.isoformat(timespec='seconds')}</CreDtTm>"
           f"<NbOfTxs>{message.anzahl}</NbOfTxs><CtrlSum>{euros(message.summe)}</CtrlSum>"
           f"<InitgPty><Nm>{_text(message.einreicher)}</Nm></InitgPty></GrpHdr>")
    for block in message.bloecke:
        yield from _block(message, block)
    yield "\n</CstmrCdtTrfInitn></Document>\n"


def _block(message: Nachricht, block: Block) -> Iterator[str]:
    category = f"<CtgyPurp><Cd>{block.kategorie}</Cd></CtgyPurp>" if block.kategorie else ""
    agent = f"<BICFI>{message.bic}</BICFI>" if message.bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    yield (f"\n<PmtInf><PmtInfId>{_text(block.kennung)}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>"
           f"<NbOfTxs>{len(block.posten)}</NbOfTxs><CtrlSum>{euros(block.summe)}</CtrlSum>"
           f"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl>{category}</PmtTpInf>"
           f"<ReqdExctnDt><Dt>{block.ausfuehrung.isoformat()}</Dt></ReqdExctnDt>"
           f"<Dbtr><Nm>{_text(message.inhaber)}</Nm></Dbtr>"
           f"<DbtrAcct><Id><IBAN>{message.iban}</IBAN></Id></DbtrAcct>"
           f"<DbtrAgt><FinInstnId>{agent}</FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>")
    for one in block.posten:
        yield _single(one)
    yield "\n</PmtInf>"


def _single(one: Posten) -> str:
    agent = f"<CdtrAgt><FinInstnId><BICFI>{one.bic}</BICFI></FinInstnId></CdtrAgt>" if one.bic else ""
    purpose = f"<Purp><Cd>{one.zweck}</Cd></Purp>" if one.zweck else ""
    words = f"<RmtInf><Ustrd>{_text(one.text)}</Ustrd></RmtInf>" if one.text else ""
    address = _address(one.anschrift) if one.anschrift is not None else ""
    return (f"\n<CdtTrfTxInf><PmtId><EndToEndId>{_text(one.kennung)}</EndToEndId></PmtId>"
            f'<Amt><InstdAmt Ccy="EUR">{euros(one.betrag)}</InstdAmt></Amt>{agent}'
            f"<Cdtr><Nm>{_text(one.empfaenger)}</Nm>{address}</Cdtr>"
            f"<CdtrAcct><Id><IBAN>{one.iban}</IBAN></Id></CdtrAcct>{purpose}{words}</CdtTrfTxInf>")


def _address(given: Anschrift) -> str:
    parts = (("StrtNm", given.strasse), ("BldgNb", given.hausnummer), ("PstCd", given.plz), ("TwnNm", given.ort),
             ("Ctry", given.land))
    return f"<PstlAdr>{''.join(f'<{name}>{_text(value)}</{name}>' for name, value in parts if value)}</PstlAdr>"


def euros(cents: int) -> str:
    """Betrag mit Punkt und zwei Stellen."""
    return f"{cents // 100}.{cents % 100:02d}"


def _text(words: str) -> str:
    return escape(words, quote=False)
