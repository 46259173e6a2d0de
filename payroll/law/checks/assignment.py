"""Pay tables that do not belong to the kind of employment."""

from __future__ import annotations

from payroll.law.checks.facts import Check

TRAINING = ("TVAoeD", "TVPoeD", "TVSoeD")

CHECKS = (
    Check(
        "beamte_im_tarif", "fehler", "tarifwerk",
        "Beamte werden nach einer Besoldungsordnung bezahlt, gespeichert ist eine Entgelttabelle",
        "§ 1 LBesG NRW, § 1 TVöD", "Besoldungsgruppe erfassen oder die Art der Beschäftigung berichtigen",
        lambda facts: facts.status("beamte") & (facts["tarifwerk"] >= 0) & ~facts.tariff("NRW-")),
    Check(
        "besoldung_ohne_beamte", "fehler", "tarifwerk",
        "Nach einer Besoldungsordnung werden nur Beamte bezahlt", "§ 1 LBesG NRW, § 1 TVöD",
        "Entgeltgruppe erfassen oder die Art der Beschäftigung berichtigen",
        lambda facts: ~facts.status("beamte") & facts.tariff("NRW-")),
    Check(
        "ausbildungstarif_ohne_ausbildung", "warnung", "tarifwerk",
        "Ausbildungsentgelt bei einer Beschäftigung, die nicht als Ausbildung gespeichert ist", "§ 1 TVAöD",
        "Eingruppierung oder Art der Beschäftigung berichtigen",
        lambda facts: facts.status("minijob", "beamte") & facts.tariff(*TRAINING)
        | facts.status("tarif") & facts.tariff("TVAoeD")),
    Check(
        "auszubildende_in_entgeltgruppe", "warnung", "tarifwerk",
        "Auszubildende bekommen Ausbildungsentgelt, gespeichert ist eine Entgeltgruppe", "§ 1 TVAöD, § 15 TVöD",
        "Ausbildungsjahr erfassen oder die Art der Beschäftigung berichtigen",
        lambda facts: facts.status("auszubildende") & facts.tariff("TVoeD")),
)
