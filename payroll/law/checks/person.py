"""Age against the kind of employment."""

from __future__ import annotations

from payroll.law.checks.facts import Check

YOUNGEST, OLDEST_TRAINEE, OLDEST = 15, 50, 80
PENSION_AGE = 67  # the highest that § 235 SGB VI knows: whoever is older has reached his own

CHECKS = (
    Check(
        "zu_jung", "warnung", "geburtsdatum",
        "Die Person ist noch keine 15 Jahre alt", "§§ 5, 7 JArbSchG",
        "Geburtsdatum prüfen; Kinder dürfen nur in Ausnahmen beschäftigt werden",
        lambda facts: (facts.age >= 0) & (facts.age < YOUNGEST)),
    Check(
        "auszubildende_alter", "hinweis", "geburtsdatum",
        "Für eine Ausbildung ist das Alter ungewöhnlich", "§ 1 TVAöD",
        "Geburtsdatum und Art der Beschäftigung prüfen",
        lambda facts: facts.status("auszubildende") & (facts.age >= OLDEST_TRAINEE)),
    Check(
        "hohes_alter", "hinweis", "geburtsdatum",
        "Die Person ist über 80 Jahre alt", "§ 33 TVöD", "Geburtsdatum prüfen",
        lambda facts: facts.age > OLDEST),
    Check(
        "arbeitslosenversicherung_im_rentenalter", "warnung", "beitragsgruppe",
        "Nach Erreichen der Regelaltersgrenze zahlen Beschäftigte keinen Beitrag zur Arbeitslosenversicherung",
        "§ 28 Abs. 1 Nr. 1, § 346 Abs. 3 SGB III, § 235 SGB VI",
        "Personengruppe und Beitragsgruppe ab dem Folgemonat umstellen (Arbeitslosenversicherung 2, ohne Pflicht 0)",
        lambda facts: (facts.age_before >= PENSION_AGE) & (facts["beitragsgruppe_av"] == 1)),
)
