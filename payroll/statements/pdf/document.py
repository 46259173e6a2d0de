"""Vom Datensatz zum PDF: Blatt füllen, Schriften einbetten, Strukturbaum und Metadaten schreiben."""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from payroll.law.tongue import speaking
from payroll.statements import facts
from payroll.statements import wording as w
from payroll.statements.payslip import Payslip
from payroll.statements.pdf import blocks, colour, head
from payroll.statements.pdf.faces import Part, load, stream
from payroll.statements.pdf.sheet import GREY, HEIGHT, LEFT, RIGHT, WIDTH, Sheet
from payroll.statements.pdf.tree import allocate, attached

PRODUCER = "Kreislohn"
NARROW = (3.4, 7.4, 3.8)  # row height in mm, size in pt, room above a title in mm, tried before a second page is begun
CATALOGUE_ENTRIES = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents"]
PAGE_ENTRIES = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]


@dataclass(frozen=True)
class Rendered:
    """Ein fertiges Dokument, seine Prüfsumme, Seitenzahl und Hinweise (zum Beispiel ersetzte Zeichen)."""

    pdf: bytes
    pages: int
    findings: tuple[str, ...]

    @property
    def sha256(self) -> bytes:
        """Prüfsumme des Dokuments."""
        return hashlib.sha256(self.pdf).digest()


@dataclass(frozen=True)
class About:
    """Angaben über ein Dokument: Titel, Verfasser, Gegenstand, Stichworte, Tag der Erstellung."""

    title: str
    author: str
    subject: str
    keywords: str
    made_on: date


class _Canvas(Canvas):
    """Canvas ohne die nicht eingebettete Vorgabeschrift von reportlab."""

    def _make_preamble(self) -> None:
        self._preamble = ""


@speaking(None)
def render(slip: Payslip) -> Rendered:
    """Erzeugt das Dokument; gleiche Abrechnung ergibt gleiche Bytes, immer auf Deutsch."""
    title = f"{slip.title} {w.month(slip.period.monat)}"
    name = slip.employee.name
    heading = f"{title} · Personalnummer {slip.employee.personalnummer} · {name}"
    sheet = _filled(Sheet(heading), slip)
    if len(sheet.pages) > 1:
        narrow = _filled(Sheet(heading, pitch=NARROW[0], size=NARROW[1], title_gap=NARROW[2]), slip)
        sheet = narrow if len(narrow.pages) == 1 else sheet
    month = slip.period.monat.strftime("%Y-%m")
    pdf = write(sheet, About(title, slip.employer.name, w.label(slip), month, slip.period.erstellt))
    record = f"Personalnummer {slip.employee.personalnummer}, {slip.period.monat:%m/%Y}"
    findings = tuple(
        f"{record}: Das Zeichen „{char}“ (U+{ord(char):04X}) in „{text}“ fehlt in den Schriften und steht im Dokument "
        "als „?“. Die Schreibweise nach DIN SPEC 91379 erfassen."
        for char, text in sheet.missing.items()
    )
    return Rendered(pdf, len(sheet.pages), findings)


def _filled(sheet: Sheet, slip: Payslip) -> Sheet:
    head.letterhead(sheet, slip)
    head.window(sheet, slip)
    sheet.y = 25.0
    head.pairs(sheet, "", 116.0, RIGHT, facts.person(slip), 34.0)
    sheet.y = max(sheet.y + 1.5, 74.0)
    blocks.figures(sheet, slip)
    top = sheet.y + 1.0
    sheet.y = top
    head.pairs(sheet, "Steuer und Zusatzversorgung", LEFT, blocks.MIDDLE - blocks.GUTTER, facts.tax(slip), 41.0)
    below, sheet.y = sheet.y, top
    head.pairs(sheet, "Sozialversicherung", blocks.MIDDLE + blocks.GUTTER, RIGHT, facts.insurance(slip), 43.0)
    sheet.y = max(below, sheet.y) + 1.0
    blocks.legend(sheet)
    blocks.lines(sheet, slip)
    blocks.bases_and_deductions(sheet, slip)
    blocks.payout(sheet, slip)
    blocks.retro(sheet, slip)
    blocks.employer_and_year(sheet, slip)
    blocks.accounts(sheet, slip)
    blocks.hints(sheet, slip)
    _feet(sheet, slip)
    return sheet


def _feet(sheet: Sheet, slip: Payslip) -> None:
    employer = slip.employer
    contact = " · ".join(
        part
        for part in (
            employer.name,
            f"Betriebsnummer {employer.betriebsnummer}" if employer.betriebsnummer else "",
            employer.telefon,
            employer.email,
        )
        if part
    )
    pages, total = sheet.pages, len(sheet.pages)
    for number, page in enumerate(pages, 1):
        sheet.pages = [page]
        if number == 1:
            sheet.text(LEFT, 290.5, contact, 6.5, color=GREY)
        else:
            sheet.artifact_text(LEFT, 290.5, contact, 6.5)
        sheet.artifact_text(RIGHT, 290.5, f"Seite {number} von {total}", 6.5, right=True)
    sheet.pages = pages


def write(sheet: Sheet, about: About) -> bytes:
    """Schreibt ein gefülltes Blatt als ausgezeichnetes PDF; gleiche Angaben ergeben gleiche Bytes."""
    target = io.BytesIO()
    canvas = _Canvas(target, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1, pdfVersion=(1, 7), lang="de-DE")
    document = canvas._doc
    stamp = f"{about.made_on:%Y%m%d}000000+00'00'"
    document.setDateFormatter(lambda *_: f"D:{stamp}")
    canvas.setTitle(about.title)
    canvas.setAuthor(about.author)
    canvas.setSubject(about.subject)
    canvas.setCreator(PRODUCER)
    canvas.setProducer(PRODUCER)
    canvas.setKeywords(about.keywords)
    document.Catalog.ViewerPreferences = attached(document, b"<</DisplayDocTitle true>>")
    document.Catalog.MarkInfo = attached(document, b"<</Marked true>>")
    for number, page in enumerate(sheet.pages):
        canvas._code.extend(page)
        document.updateSignature("\n".join(page).encode("utf-8"))
        canvas.showPage()
        laid = document.Pages.pages[-1]
        laid.__NoDefault__ = PAGE_ENTRIES
        laid.StructParents, laid.Tabs = number, pdfdoc.PDFName("S")
        packed = zlib.compress("\n".join(page).encode("ascii"), 6)
        laid.Contents = attached(document, stream(packed, "/Filter/FlateDecode"))
        _pictures(document, laid, sheet, number)
    _embed(document, sheet.used)
    _describe(document, about)
    elements = sheet.tree.write(document)
    canvas.save()
    return elements.append(target.getvalue())


def _pictures(document: pdfdoc.PDFDocument, laid: pdfdoc.PDFPage, sheet: Sheet, page: int) -> None:
    held = []
    for number, one in enumerate(sheet.pictures):
        if one.page == page:
            about = (f"/Type/XObject/Subtype/Image/Width {one.wide}/Height {one.high}/ColorSpace/DeviceRGB"
                     "/BitsPerComponent 8/Filter/DCTDecode")
            reference, _ = allocate(document, stream(one.jpeg, about))
            held.append(f"/Bild{number} {reference} 0 R")
    if held:
        laid.XObjects = attached(document, f"<<{' '.join(held)}>>".encode("ascii"))


def _describe(document: pdfdoc.PDFDocument, about: About) -> None:
    stamp = f"{about.made_on:%Y-%m-%d}T00:00:00Z"
    packet = XMP.format(
        title=escape(about.title), author=escape(about.author), label=escape(about.subject), stamp=stamp, tool=PRODUCER,
        keywords=escape(about.keywords),
    ).encode("utf-8")
    entry = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(packet), packet)
    document.Catalog.Metadata = attached(document, entry)
    number, _ = allocate(document, stream(zlib.compress(colour.profile(), 9), "/N 3/Filter/FlateDecode"))
    document.Catalog.__NoDefault__ = CATALOGUE_ENTRIES
    document.Catalog.OutputIntents = attached(document, f"[{colour.INTENT % number}]".encode("ascii"))


def _embed(document: pdfdoc.PDFDocument, used: set[str]) -> None:
    fonts = document.idToObject[pdfdoc.BasicFonts].dict
    fonts.clear()
    for part in _parts(used):
        numbers = [allocate(document) for _ in part.objects]
        top, cid, descriptor, to_unicode, program = (number for number, _ in numbers)
        refers = ((cid, to_unicode), (descriptor,), (program,), (), ())
        for (_, item), body, to in zip(numbers, part.objects, refers, strict=True):
            item.body = body % to if to else body
        fonts[part.key] = _Reference(top)


class _Reference(pdfdoc.PDFObject):
    """Verweis auf ein Objekt, dessen Nummer bekannt ist."""

    def __init__(self, number: int) -> None:
        self.number = number

    def format(self, _document: pdfdoc.PDFDocument) -> bytes:
        """Der Verweis, wie er im Dokument steht."""
        return b"%d 0 R" % self.number


def _parts(used: set[str]) -> list[Part]:
    return [part for face in load().values() for part in face.parts if part.key in used]


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{label}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>de-DE</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{stamp}</xmp:CreateDate><xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<xmp:CreatorTool>{tool}</xmp:CreatorTool><pdf:Producer>{tool}</pdf:Producer>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the document conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
