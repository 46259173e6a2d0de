"""Files that are no plan, or a plan meant to do harm: refused with element and line, quickly, without side effects."""

import time
from pathlib import Path

import numpy as np
import pytest
from made_up import assign, small_plan

from payroll.law.plan import PlanError, read_plan

GOOD = "LSTLZZ = RE4"


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "plan.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    started = time.perf_counter()
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    assert time.perf_counter() - started < 10
    return str(caught.value)


@pytest.mark.parametrize("prologue", [
    '<!DOCTYPE PAP [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    '<!DOCTYPE PAP [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE PAP SYSTEM "plan.dtd">',
    "<!DOCTYPE PAP>",
])
def test_dtd_and_entities_are_refused(tmp_path: Path, prologue: str) -> None:
    assert "Zeile 1: DTD und Entitäten sind in einem Plan nicht erlaubt" in refused(tmp_path, prologue + assign(GOOD))


def test_undeclared_entity_and_broken_xml(tmp_path: Path) -> None:
    assert "kein lesbares XML" in refused(tmp_path, assign("LSTLZZ = &quotes;"))
    assert "kein lesbares XML" in refused(tmp_path, assign(GOOD)[:-6])
    assert "kein lesbares XML" in refused(tmp_path, b"")
    assert "kein lesbares XML" in refused(tmp_path, b'<?xml version="1.0" encoding="no-such"?><PAP/>')
    assert "kein lesbares XML" in refused(tmp_path, b"\x00\x01PK")
    with pytest.raises(PlanError, match="ist nicht lesbar"):
        read_plan(tmp_path / "missing.xml")


def test_size_depth_and_number_of_elements(tmp_path: Path) -> None:
    assert "größer als 2 MB" in refused(tmp_path, assign(GOOD) + " " * 2_000_000)
    deep = '<IF expr="STKL == 1"><THEN>' * 45 + "</THEN></IF>" * 45
    assert "tiefer als 80 Ebenen" in refused(tmp_path, small_plan(deep))
    assert "mehr als 30000 Elemente" in refused(tmp_path, small_plan('<EXECUTE method="A"/>' * 30_001))


def test_long_and_deep_expressions(tmp_path: Path) -> None:
    assert "mehr als 5000 Zeichen" in refused(tmp_path, assign("LSTLZZ = RE4" + ".add(RE4)" * 2_000))
    assert "zu tief" in refused(tmp_path, assign("LSTLZZ = RE4" + ".add(RE4)" * 100))
    assert "zu tief" in refused(tmp_path, assign("LSTLZZ = " + "(" * 2_000 + "RE4" + ")" * 2_000))
    assert "zu tief" in refused(tmp_path, assign("LSTLZZ = BigDecimal.valueOf(" + "-" * 2_000 + "1)"))
    assert "Zahl mit mehr als 30 Stellen" in refused(tmp_path, assign(f"LSTLZZ = BigDecimal.valueOf({'9' * 31})"))


def test_work_without_end(tmp_path: Path) -> None:
    twice = "".join(f'<METHOD name="M{n}"><EXECUTE method="M{n + 1}"/><EXECUTE method="M{n + 1}"/></METHOD>'
                    for n in range(60)) + '<METHOD name="M60"/>'
    assert "mehr als 30000 Schritte" in refused(tmp_path, small_plan('<EXECUTE method="M0"/>', twice))
    chain = "".join(f'<METHOD name="M{n}"><EXECUTE method="M{n + 1}"/></METHOD>' for n in range(5_000))
    assert "mehr als 100 Ebenen" in refused(tmp_path, small_plan('<EXECUTE method="M0"/>', chain))
    nested = '<IF expr="STKL == 1"><THEN>' * 36, "</THEN></IF>" * 36
    ladder = "".join(f'<METHOD name="M{n}">{nested[0]}<EXECUTE method="M{n + 1}"/>{nested[1]}</METHOD>'
                     for n in range(90)) + '<METHOD name="M90"/>'
    assert "mehr als 100 Ebenen" in refused(tmp_path, small_plan("", ladder))
    loop = '<METHOD name="A"><EXECUTE method="B"/></METHOD><METHOD name="B"><EXECUTE method="A"/></METHOD>'
    assert "ruft sich selbst auf" in refused(tmp_path, small_plan('<EXECUTE method="A"/>', loop))
    assert "ruft sich selbst auf" in refused(tmp_path, small_plan('<EXECUTE method="MAIN"/>'))


def test_numbers_without_end(tmp_path: Path) -> None:
    """Squaring again and again would fill the memory; the row is faulty long before."""
    path = tmp_path / "plan.xml"
    path.write_text(small_plan('<EVAL exec="X = RE4"/>' + '<EVAL exec="X = X.multiply(X)"/>' * 60))
    result = read_plan(path).compute({"re4": 1234567}, 2)
    assert len(result.faults) == 2
    assert "Zahl ist größer" in result.faults[0].message
    path.write_text(small_plan('<EVAL exec="X = X.multiply(BigDecimal.valueOf(0.5))"/>' * 90))
    assert "Nachkommastellen" in read_plan(path).compute({}, 1).faults[0].message
    tiny, huge = "X.multiply(BigDecimal.valueOf(0.5))", "X.multiply(BigDecimal.valueOf(10000000000))"
    sides = [f'<EVAL exec="X = {step}"/>' * times + '<EVAL exec="LSTLZZ = X"/>'
             for step, times in ((tiny, 60), (huge, 7))]
    joined = f'<IF expr="STKL == 1"><THEN>{sides[0]}</THEN><ELSE>{sides[1]}</ELSE></IF>'
    for end in ('<EVAL exec="LSTLZZ = X.add(RE4)"/>', ""):
        path.write_text(small_plan(joined + end))
        found = read_plan(path).compute({"stkl": np.array([1, 2, 1])}, 3)
        assert {fault.row for fault in found.faults} == {0, 1, 2}


@pytest.mark.parametrize(("source", "said"), [
    ("LSTLZZ = __import__('os')", "wird nicht verstanden"),
    ("LSTLZZ = RE4.getClass()", "die Methode 'getClass' ist nicht vorgesehen"),
    ("LSTLZZ = Runtime.getRuntime()", "'Runtime' ist nicht erklärt"),
    ("LSTLZZ = new File(1)", "nach new ist nur BigDecimal"),
    ("LSTLZZ = RE4.divide(RE4, BigDecimal.ROUND_UP)", "divide mit Teiler"),
    ("LSTLZZ = RE4.setScale(0, BigDecimal.ROUND_SIDEWAYS)", "unbekannte Rundung"),
    ("LSTLZZ = RE4.setScale(STKL, BigDecimal.ROUND_UP)", "Stellen der Rundung"),
    ("LSTLZZ = RE4.setScale(99, BigDecimal.ROUND_UP)", "Stellen der Rundung"),
    ("LSTLZZ = RE4 + RE4", "int oder long erwartet, nicht BigDecimal"),
    ("LSTLZZ = RE4.add(1)", "BigDecimal erwartet, nicht int"),
    ("LSTLZZ = STKL", "int kann nicht an BigDecimal zugewiesen werden"),
    ("STKL = RE4", "BigDecimal kann nicht an int zugewiesen werden"),
    ("STKL = 1.5", "double kann nicht an int zugewiesen werden"),
    ("LSTLZZ = TAB[1]", "'TAB' ist keine Tabelle"),
    ("LSTLZZ = (RE4)[1]", "ist keine Tabelle"),
    ("RE5 = RE4", "'RE5' ist nicht erklärt"),
    ("LSTLZZ == RE4", "Zuweisung der Form"),
    ("LSTLZZ = RE4; STKL = 1", "ist hier nicht vorgesehen"),
    ("LSTLZZ = STKL == 1", "hier wird eine Zahl erwartet"),
    ("LSTLZZ = 'x'", "wird nicht verstanden"),
    ("LSTLZZ = &quot;5&quot;", "Text ist nur in new BigDecimal"),
    ("LSTLZZ = 1e5", "wird nicht verstanden"),
    ("LSTLZZ = RE4.", "'Ende' ist hier nicht vorgesehen"),
    ("LSTLZZ = RE4.add(RE4", "')' erwartet"),
    ("LSTLZZ = {RE4}", "keine Liste"),
    ("LSTLZZ = BigDecimal.ROUND_UP", "hier nicht vorgesehen"),
])
def test_expression_that_is_not_understood(tmp_path: Path, source: str, said: str) -> None:
    message = refused(tmp_path, assign(source))
    assert message.startswith("plan.xml: Zeile 7, <EVAL> in MAIN: ")
    assert said in message


@pytest.mark.parametrize(("text", "said"), [
    ("<html/>", "<html>: das ist kein Programmablaufplan"),
    (small_plan("", name="Lohnsteuer"), "nennt kein Jahr"),
    (small_plan("", name="Lohnsteuer2031Brumaire"), "nennt kein Jahr"),
    (small_plan('<WHILE expr="1 == 1"/>'), "Zeile 7, <WHILE> in MAIN: unbekannter Schritt"),
    (small_plan('<EVAL exec="X = RE4" repeat="9"/>'), "unbekanntes Attribut repeat"),
    (small_plan("<EVAL/>"), "exec fehlt"),
    (small_plan('<EVAL exec="X = RE4"><EVAL exec="X = RE4"/></EVAL>'), "darf nichts enthalten"),
    (small_plan("System.exit(1)"), "<MAIN>: Text ist hier nicht vorgesehen"),
    (small_plan('<EXECUTE method="NIX"/>'), "die Methode 'NIX' gibt es nicht"),
    (small_plan("", '<METHOD name="A"/><METHOD name="A"/>'), "gibt es schon"),
    (small_plan("", "<METHOD/>"), "name fehlt"),
    (small_plan('<IF expr="STKL == 1"><THEN/><THEN/></IF>'), "ein THEN und ein ELSE"),
    (small_plan('<IF expr="STKL == 1"><EVAL exec="X = RE4"/></IF>'), "ein THEN und ein ELSE"),
    (small_plan('<IF expr="STKL"><THEN/></IF>'), "hier wird eine Bedingung erwartet"),
    (small_plan('<IF expr="RE4 == 1"><THEN/></IF>'), "nicht BigDecimal"),
    (small_plan("", "", '<CONSTANT name="X" type="int" value="1"/>'), "X ist schon erklärt"),
    (small_plan("", "", '<CONSTANT name="1X" type="int" value="1"/>'), "ist kein Name"),
    (small_plan("", "", '<CONSTANT name="C" type="float" value="1"/>'), "unbekannter Typ 'float'"),
    (small_plan("", "", '<CONSTANT name="C" type="int[]" value="{1, 2.5}"/>'), "int erwartet, nicht double"),
    (small_plan("", "", '<CONSTANT name="C" type="int[]" value="{}"/>'), "geschweiften Klammern"),
    (small_plan("", "", '<CONSTANT name="C" type="BigDecimal" value="RE4"/>'), "'RE4' ist nicht erklärt"),
    (small_plan('<EVAL exec="C = 2"/>', "", '<CONSTANT name="C" type="int" value="1"/>'), "ist eine Konstante"),
    (small_plan("").replace("MAIN", "OTHER"), "nur MAIN und METHOD"),
    (small_plan("").replace("INTERNALS", "SECRETS"), "INPUTS, OUTPUTS, INTERNALS"),
    (small_plan("").replace("CONSTANTS", "IMPORTS"), "unbekannter Teil"),
    (small_plan("").replace('name="STKL"', 'name="re4"'), "nur in der Großschreibung"),
    (small_plan("").replace('type="int"', 'type="String"'), "unbekannter Typ 'String'"),
])
def test_structure_that_is_not_a_plan(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)
