"""Ablehnungen, die Beschäftigte bei ihren Zeiten und Abwesenheiten lesen können, zum Übersetzen (tenants.web.told)."""

from __future__ import annotations


def _(text: str) -> str:
    return text  # only a mark for the catalogue


SENTENCES = (
    _("Kommen oder Gehen fehlt. Eine der beiden Tasten wählen."),
    _("Der Grund fehlt. Angeben, warum."),
    _("Der %(day)s liegt in der Zukunft oder zu weit zurück. Tag prüfen."),
    _("Für den %(day)s ist schon eine Korrektur beantragt. Entscheidung abwarten oder den Antrag zurückziehen."),
    _("Eine Anwesenheit dauert zwischen einer Minute und 16 Stunden. Uhrzeiten prüfen."),
    _("Die Pause ist so lang wie die Anwesenheit. Pause prüfen."),
    _("Zwei Anwesenheiten überschneiden sich. Uhrzeiten prüfen."),
    _("Die Arbeitsunfähigkeit endet vor ihrem Beginn. Tage der Bescheinigung prüfen."),
    _("Die Art der Abwesenheit fehlt. Eine Art wählen."),
    _("Das Ende liegt vor dem Beginn oder mehr als drei Jahre danach. Zeitraum prüfen."),
    _("Ein halber Tag dauert einen Tag. Beginn und Ende gleich angeben."),
    _("%(kind)s: nur ganze Arbeitstage. Den ganzen Tag beantragen."),
    _("%(kind)s braucht den Geburtstag des Kindes. Den Geburtstag angeben."),
    _("Vom %(first)s bis %(last)s ist Urlaub; er bleibt Urlaub, wenn das Kind erkrankt (§ 9 BUrlG gibt nur eigene Tage "
      "zurück). Soll er nicht Urlaub sein, ihn erst im Einvernehmen stornieren."),
    _("Vom %(first)s bis %(last)s ist schon %(kind)s eingetragen. Zeitraum ändern oder das andere zurücknehmen."),
    _("In diesem Zeitraum liegt kein Arbeitstag. Tage prüfen."),
    _("%(kind)s: höchstens %(most)s im Jahr %(year)s. Zeitraum kürzen."),
)
