"""Draws inputs for the ministry's plans: from everyday cases to combinations that nobody is paid by."""

from __future__ import annotations

from random import Random

TARIFF_EDGES = (11604, 11784, 12096, 12348, 13279, 13432, 13785, 14071, 17005, 17443, 17799, 33380, 34240, 34939, 62100,
                66150, 66760, 68480, 69750, 69878, 89400, 90600, 96600, 101400, 222260, 277825)
PARTS = {1: 1, 2: 12, 3: 360 / 7, 4: 360}
Case = dict[str, str | int]


def draw(rng: Random, plan: str) -> Case:
    """One case: everyday features, and each further group of inputs with some probability."""
    case = _everyday(rng, plan)
    if rng.random() < 0.25:
        _private(rng, plan, case)
    for group, share in ((_allowances, 0.15), (_factor, 0.1), (_pension, 0.2), (_age_relief, 0.15), (_one_off, 0.45)):
        if rng.random() < share:
            group(rng, case)
    if plan.startswith("2024") and rng.random() < 0.3:
        _several_years(rng, case)
    for group in (_contradictory, _odd):
        if rng.random() < 0.05:
            group(rng, case)
    return case


def _amount(rng: Random, top: int) -> int:
    """Cents up to ``top`` euro: often small, seldom large, sometimes round."""
    euro = top * rng.random() ** rng.choice((1, 2, 4))
    return int(euro) * 100 if rng.random() < 0.2 else int(euro * 100)


def _everyday(rng: Random, plan: str) -> Case:
    lzz = rng.choice((1, 2, 2, 2, 3, 4))
    year = _amount(rng, rng.choice((20_000, 60_000, 120_000, 120_000, 400_000, 3_000_000)))
    if rng.random() < 0.2:
        year = (rng.choice(TARIFF_EDGES) + rng.choice((0, 0, 1266, 1302, 8000))) * 100 + rng.randint(-120, 120)
    kvz = rng.choice(("0", "1.7", "2.5", "2.90", "3.09", f"{rng.uniform(0, 5):.2f}"))
    stkl = rng.randint(1, 6)
    pvz = int(rng.random() < 0.4)
    none = 2 if plan.startswith("2024") else 1
    case: Case = {
        "LZZ": lzz, "RE4": max(0, int(year / PARTS[lzz])), "STKL": stkl, "KVZ": kvz, "PVZ": pvz,
        "PVS": int(rng.random() < 0.15), "PVA": 0 if pvz else rng.randint(0, 4), "R": rng.choice((0, 1, 1, 9)),
        "KRV": rng.choice((0, 0, 0, *range(none + 1))),
        "ZKF": f"{rng.randint(0, 60) / 10:.1f}" if stkl < 5 and rng.random() < 0.5 else "0",
    }
    if plan == "2026":
        case["ALV"] = int(rng.random() < 0.3)
    return case


def _private(rng: Random, plan: str, case: Case) -> None:
    case["PKV"] = 1 if plan == "2026" else rng.randint(1, 2)
    case["PKPV"] = _amount(rng, 1200)
    if plan == "2026":
        case["PKPVAGZ"] = _amount(rng, 600)


def _allowances(rng: Random, case: Case) -> None:
    for name in rng.sample(("LZZFREIB", "LZZHINZU", "JFREIB", "JHINZU"), rng.randint(1, 4)):
        case[name] = _amount(rng, 20_000)


def _factor(rng: Random, case: Case) -> None:
    case["STKL"] = 4
    case["af"] = rng.choice((1, 1, 1, 0))
    case["f"] = f"0.{rng.randint(1, 999):03d}"


def _year(rng: Random) -> int:
    return rng.choice((0, 1995, 2004, 2005, 2006, 2039, 2040, 2041, 2057, 2058, 2059, 2070, rng.randint(2005, 2058)))


def _pension(rng: Random, case: Case) -> None:
    pay = int(case["RE4"])
    case["VBEZ"] = pay if rng.random() < 0.5 else rng.randint(0, pay)
    case["VBEZM"] = int(int(case["VBEZ"]) * PARTS[int(case["LZZ"])] / 12) if rng.random() < 0.6 else _amount(rng, 4000)
    case["VBEZS"] = _amount(rng, 4000) if rng.random() < 0.4 else 0
    case["VJAHR"] = _year(rng)
    case["ZMVB"] = rng.randint(0, 12)


def _age_relief(rng: Random, case: Case) -> None:
    case["ALTER1"] = 1
    case["AJAHR"] = _year(rng)


def _one_off(rng: Random, case: Case) -> None:
    case["JRE4"] = int(int(case["RE4"]) * PARTS[int(case["LZZ"])]) if rng.random() < 0.6 else _amount(rng, 200_000)
    if rng.random() < 0.85:
        case["SONSTB"] = _amount(rng, rng.choice((3_000, 10_000, 100_000, 1_000_000)))
    if rng.random() < 0.25:
        case["MBV"] = _amount(rng, 20_000)
    if rng.random() < 0.15:
        case["JRE4ENT"] = _amount(rng, 50_000)
    if rng.random() < 0.15:
        case["SONSTENT"] = rng.randint(0, int(case.get("SONSTB", 0)))
    if "VBEZ" in case or rng.random() < 0.1:
        case["JVBEZ"] = rng.choice((0, int(case["JRE4"]), rng.randint(0, int(case["JRE4"]))))
        case["VBS"] = rng.randint(0, int(case.get("SONSTB", 0)))
        case["STERBE"] = rng.choice((0, rng.randint(0, int(case["VBS"]))))
        case.setdefault("VJAHR", _year(rng))


def _several_years(rng: Random, case: Case) -> None:
    case.setdefault("JRE4", int(int(case["RE4"]) * PARTS[int(case["LZZ"])]))
    if rng.random() < 0.8:
        case["VMT"] = _amount(rng, rng.choice((10_000, 300_000)))
    if rng.random() < 0.4:
        case["VKAPA"] = _amount(rng, 50_000) * rng.choice((1, 1, 1, -1))
        case.setdefault("VJAHR", _year(rng))
    if rng.random() < 0.4:
        case["ENTSCH"] = rng.randint(0, max(0, int(case.get("VMT", 0)) + int(case.get("VKAPA", 0))))


def _contradictory(rng: Random, case: Case) -> None:
    """Features that exclude each other; the plan does not ask."""
    case["STKL"] = rng.randint(1, 6)
    case["ZKF"] = f"{rng.randint(0, 90) / 10:.1f}"
    case["f"] = rng.choice(("1", "0.5", f"1.{rng.randint(1, 999):03d}"))
    case["PVA"] = rng.randint(0, 4)
    case["ZMVB"] = rng.randint(0, 14)
    case["PKV"] = rng.choice((0, 1))


def _odd(rng: Random, case: Case) -> None:
    """Figures that a plan must survive: negative, enormous or contradictory."""
    name = rng.choice(("RE4", "SONSTB", "MBV", "JRE4", "JRE4ENT", "SONSTENT", "VBEZ", "JVBEZ", "VBS", "STERBE", "VBEZM",
                       "VBEZS", "LZZFREIB", "PKPV"))
    case[name] = _amount(rng, 300_000) * rng.choice((-1, 1)) if rng.random() < 0.8 else rng.randint(0, 10**11)
