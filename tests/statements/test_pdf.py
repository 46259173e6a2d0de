"""Das Dokument: lesbar, getaggt, eingebettet, gleiche Bytes, seltene Namen, lange Namen, viele Zeilen."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from payroll.statements import examples, fonts
from payroll.statements.assemble import assemble
from payroll.statements.payslip import Line
from payroll.statements.pdf import faces, render


def read(slip):
    return pypdf.PdfReader(io.BytesIO(render(slip).pdf), strict=True)


def text_of(slip):
    return "\n".join(page.extract_text() for page in read(slip).pages)


def named(name):
    case = examples.full_time()
    return assemble(replace(case, employee=replace(case.employee, name=name)))


@pytest.mark.parametrize("kind", sorted(set(examples.KINDS) - {"nachzahlung"}))
def test_usual_slips_need_one_page(kind, example):
    rendered = render(example(kind))
    assert (rendered.pages, rendered.findings) == (1, ())


def test_same_input_gives_same_bytes_and_other_input_other_bytes(example):
    assert render(example("vollzeit")).sha256 == render(example("vollzeit")).sha256
    assert render(example("vollzeit")).sha256 != render(named("Jörg Großmüllers")).sha256


@pytest.mark.parametrize("kind", sorted(examples.KINDS))
def test_every_kind_of_slip_is_accessible_and_may_be_archived(kind, example, conforming):
    conforming(render(example(kind)).pdf)


def test_rare_letters_keep_the_document_conforming(conforming):
    conforming(render(named("Ḥusayn Ďurďa Αλέξανδρος Жанна")).pdf)


def test_the_checker_finds_what_is_missing(conforming):
    plain = io.BytesIO()
    canvas = Canvas(plain, invariant=1)
    canvas.drawString(100, 100, "ohne Auszeichnung")
    canvas.save()
    with pytest.raises(AssertionError, match="PDFUA1"):
        conforming(plain.getvalue())


def test_title_language_tags_and_metadata(example):
    reader = read(example("vollzeit"))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Entgeltabrechnung Mai 2026"
    assert root["/Lang"] == "de-DE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.get("/CreationDate") == "D:20260520000000+00'00'"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_mark_belongs_to_one_element_and_back(example):
    reader = read(example("nachzahlung"))
    tree = reader.trailer["/Root"]["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    for at, page in enumerate(reader.pages):
        assert (numbers[2 * at], page["/StructParents"], page["/Tabs"]) == (at, at, "/S")
        for mark, element in enumerate(numbers[2 * at + 1]):
            assert element.get_object()["/K"] == mark
            assert element.get_object()["/Pg"].get_object() == page.get_object()
        marks = page.get_contents().get_data().count(b"/MCID")
        assert marks == len(numbers[2 * at + 1])


def roles(element, found):
    element = element.get_object()
    found.append(element["/S"])
    kids = element.get("/K")
    for kid in kids if isinstance(kids, list) else []:
        roles(kid, found)
    return found


def test_tables_have_headers_with_scope(example):
    tree = read(example("vollzeit")).trailer["/Root"]["/StructTreeRoot"]
    found = roles(tree["/K"], [])
    assert found.count("/H1") == 1
    assert found.count("/H2") >= 7
    assert found.count("/Table") >= 9
    assert found.count("/TH") > 60


def test_all_fonts_are_embedded(example):
    reader = read(example("beamte"))
    for page in reader.pages:
        loaded = page["/Resources"]["/Font"]
        assert loaded
        for font in loaded.values():
            descendant = font["/DescendantFonts"][0]
            assert "/FontFile2" in descendant["/FontDescriptor"]
            assert "/ToUnicode" in font


NAMES = [
    "Đặng Thị Mai", "Jelena Šćepanović", "Łukasz Wójcik", "Ayşe Çelik", "İbrahim Yıldız", "GROẞMÜLLER", "Αλέξανδρος",
    "Жанна Щукина", "Ștefan Țăran", "Bjørn Ødegård", "Ngô Thị Ếch", "Ľubomír Ďurďa", "ʼNaïm Ḥusayn", "M̄āra Ķēniņa",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_europe_are_shown_as_written(name):
    slip = named(name)
    assert render(slip).findings == ()
    assert name in text_of(slip)


def test_unknown_characters_are_replaced_and_reported():
    rendered = render(named("王 Wang"))
    assert len(rendered.findings) == 1
    assert "„王“ (U+738B)" in rendered.findings[0]
    assert "Personalnummer 0010482, 05/2026" in rendered.findings[0]
    assert "? Wang" in text_of(named("王 Wang"))


def test_digits_are_tabular():
    for face in faces.load().values():
        assert len({face.core[digit] for digit in "0123456789"}) == 1


def test_long_names_stay_inside_the_window(example):
    text = text_of(example("nachzahlung")).replace("\n", " ")
    for word in (
        "Friederike-Charlotte",
        "Waldenburg-Schillingsfürst",
        "Hinterhaus",
        "Wiesental-Oberniederheimbach-Süd",
    ):
        assert word in text


def places(slip):
    """Texte der ersten Seite mit ihrem Ort in Millimetern von links und von oben."""
    found = []

    def visit(text, _cm, tm, _font, _size):
        if text.strip():
            found.append((text.strip(), tm[4] / 72 * 25.4, 297 - tm[5] / 72 * 25.4))

    read(slip).pages[0].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("kind", ["vollzeit", "nachzahlung"])
def test_address_is_in_the_window_of_din_5008(kind, example):
    slip = example(kind)
    words = (slip.employee.name.split()[0], slip.employee.plz)
    lines = [(x, y) for text, x, y in places(slip) if text.startswith(words) and x < 105]
    assert len(lines) == 2
    for x, y in lines:
        assert 24.9 <= x <= 105
        assert 44.7 <= y <= 72


def test_nothing_leaves_the_page(example):
    for kind in examples.KINDS:
        for text, x, y in places(example(kind)):
            assert 5 <= x <= 195, text
            assert 8 <= y <= 292, text


def test_very_long_employer_name_stays_complete():
    name = "Zweckverband Volkshochschule und Musikschule der Städte und Gemeinden im südlichen Wiesental und Umgebung"
    case = examples.full_time()
    slip = assemble(replace(case, employer=replace(case.employer, name=name)))
    assert name in " ".join(text_of(slip).split())
    assert render(slip).pages == 1


def test_a_few_lines_too_many_are_set_narrower_before_a_second_page():
    case = examples.full_time()
    extra = tuple(Line(f"{1200 + n}", f"Zeitzuschlag {n}", 100) for n in range(6))
    totals = ("gesamtbrutto", "netto", "auszahlung", "ag_kosten")
    result = {name: value + 600 * (name in totals) for name, value in case.result.items()}
    slip = assemble(replace(case, lines=(*case.lines, *extra), result=result))
    assert render(slip).pages == 1
    assert "Zeitzuschlag 5" in text_of(slip)


def test_many_lines_continue_on_a_second_page():
    case = examples.full_time()
    extra = tuple(Line(f"{1200 + n}", f"Zeitzuschlag {n}", 100, zv=False) for n in range(60))
    result = dict(case.result)
    for name in ("gesamtbrutto", "netto", "auszahlung", "ag_kosten"):
        result[name] += 6000
    slip = assemble(replace(case, lines=(*case.lines, *extra), result=result))
    reader = read(slip)
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 2
    assert "Zeitzuschlag 59" in "".join(texts)
    assert "Seite 2 von 2" in texts[1]
    assert "Personalnummer 0010482" in texts[1]


def test_missing_fonts_say_how_to_install_them(tmp_path):
    with pytest.raises(faces.FontsMissing, match=r"python -m payroll\.statements\.fonts"):
        faces.load(tmp_path)
    with pytest.raises(fonts.FontSourceMissing, match="npm ci"):
        fonts.install(tmp_path / "out", tmp_path)


def test_font_install_is_repeatable(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    assert not fonts.ready(first)
    assert fonts.install(first) == fonts.install(second)
    assert fonts.ready(first)
    files = sorted(file.name for file in first.iterdir())
    assert len(files) == 11
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)
