"""Words of explanations with a figure in them, as the rules put them together: their patterns, for the catalogue."""

from __future__ import annotations


def _(text: str) -> str:
    return text  # only a mark for the catalogue


HEARD = (
    _("nach %(count)s Nachkommastellen abgeschnitten"),
    _("auf %(count)s Nachkommastellen aufgerundet"),
    _("auf %(count)s Nachkommastellen gerundet"),
    _("nach dem Programmablaufplan: %(name)s"),
)
WHOLE = (
    _("auf Cent gerundet"),
    _("auf Cent abgerundet"),
    _("auf Cent aufgerundet"),
    _("auf volle Euro abgerundet"),
    _("auf volle Euro aufgerundet"),
    _("auf volle Euro gerundet"),
    _("höchster Wert aus"),
    _("niedrigster Wert aus"),
    _("und"),
    _("oder"),
    _("nicht"),
    _("ist"),
    _("1 wenn"),
    _(" oder "),
    _("ja"),
    _("nein"),
    _("Tag"),
    _("Tage"),
)
