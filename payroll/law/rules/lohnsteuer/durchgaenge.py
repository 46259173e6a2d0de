"""The passes of the ministry's plan: the same steps, walked once per question.

laufend: current pay of the period. ohne_einmal, mit_einmal: annual pay without and with the one-off pay. mehrjaehrig:
annual pay with pay for several years (2024 only); ermaessigt, ermaessigt_ohne: its one-fifth method. kinder: current
pay with child allowances, soli: annual pay with one-off pay and child allowances (solidarity surcharge, church tax).
"""

JAHRESLOHN = ("ohne_einmal", "mit_einmal", "mehrjaehrig")
LOHN = ("laufend", *JAHRESLOHN)
VORSORGE = (*LOHN, "ermaessigt")
STEUER = (*VORSORGE, "ermaessigt_ohne", "kinder", "soli")
