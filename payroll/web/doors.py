"""Die Türen des Lohnbereichs: welche Seiten es gibt und was in der Navigation steht."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _

from jobportal import public as jobs
from jobportal import web as recruiting
from jobportal.public.listing import HELP
from payroll.law.citations import verification
from payroll.masterdata import arbeitgeber, land
from payroll.masterdata.ausgeschieden import last_days
from payroll.runs import einstellung
from payroll.statements import plan_pdf, text_pdf
from payroll.statements.briefe import anmeldung
from payroll.web import api, help_pages
from payroll.web.desk import finding_words, run_steps, staffing, timing
from payroll.web.desk import sentences as desk_sentences
from payroll.web.desk.accident import accident_desk
from payroll.web.desk.all_changes import all_change_desk
from payroll.web.desk.all_findings import finding_desk
from payroll.web.desk.archive import archive_desk
from payroll.web.desk.audit_log import audit_desk
from payroll.web.desk.billing import billing_desk
from payroll.web.desk.billing_prices import price_desk
from payroll.web.desk.billing_years import cost_desk, figure_desk
from payroll.web.desk.bonus import bonus_desk
from payroll.web.desk.budget_pages import budget_desk
from payroll.web.desk.certificates import certificate_desk
from payroll.web.desk.changes import change_desk
from payroll.web.desk.claims import claim_desk
from payroll.web.desk.collective import collective_desk
from payroll.web.desk.contracts import contract_desk
from payroll.web.desk.duties import duty_desk, levy_desk
from payroll.web.desk.events.pages import event_desk
from payroll.web.desk.fact_forms import field_labels
from payroll.web.desk.filings import filing_desk
from payroll.web.desk.followup_pages import followup_desk
from payroll.web.desk.gifts import gift_desk
from payroll.web.desk.history_pages import history_desk
from payroll.web.desk.intake import intake_desk
from payroll.web.desk.interface_pages import interface_desk
from payroll.web.desk.joining import joining_desk
from payroll.web.desk.journal import journal_desk
from payroll.web.desk.law_pages import law_desk
from payroll.web.desk.letter_templates import template_desk
from payroll.web.desk.letters import letter_desk
from payroll.web.desk.mass_pages import mass_desk
from payroll.web.desk.new_person_pages import new_person_desk
from payroll.web.desk.news_pages import news_desk
from payroll.web.desk.overpayment_pages import overpayment_desk
from payroll.web.desk.payment_tasks import feedback_desk
from payroll.web.desk.payments import payment_desk, treasury_desk
from payroll.web.desk.pension_year import pension_desk
from payroll.web.desk.people import people_desk
from payroll.web.desk.performance import performance_desk
from payroll.web.desk.person import person_desk
from payroll.web.desk.personal_file import file_desk
from payroll.web.desk.portal_access import access_desk
from payroll.web.desk.postings_abroad import abroad_desk
from payroll.web.desk.postings_leaver import leaver_desk
from payroll.web.desk.privacy import privacy_desk
from payroll.web.desk.recruiting import leaving, pay_range, steps_of
from payroll.web.desk.regrade_pages import regrade_desk
from payroll.web.desk.release_record import release_desk
from payroll.web.desk.request_pages import request_desk
from payroll.web.desk.results import result_desk
from payroll.web.desk.retention import retention_desk
from payroll.web.desk.retro import retro_desk
from payroll.web.desk.rule_choice_pages import rule_choice_desk
from payroll.web.desk.runs import run_desk
from payroll.web.desk.search import search_desk
from payroll.web.desk.settings_pages import setting_desk
from payroll.web.desk.single_trial import trial_desk
from payroll.web.desk.slips import slip_desk
from payroll.web.desk.start import home, start_desk
from payroll.web.desk.step_pages import step_desk
from payroll.web.desk.tariff_pages import tariff_desk
from payroll.web.desk.tenant_data import tenant_desk
from payroll.web.desk.wage_type_pages import wage_type_desk
from payroll.web.desk.whatif_pages import whatif_desk
from payroll.web.desk.workforce_pages import workforce_desk
from payroll.web.desk.workplace import PERSON_TABS, work_desk
from payroll.web.desk.year_end import account_desk, year_desk
from payroll.web.portal.own_data import own_data_portal
from payroll.web.portal.own_file import own_file_portal
from payroll.web.portal.safe_copy import copy_portal
from payroll.web.portal.sentences import SENTENCES
from payroll.web.portal.slips import portal
from payroll.web.portal.tax_certificates import tax_portal
from payroll.web.portal.years import year_portal
from payroll.web.spoken import quoted
from staffplan import web as staffplan
from tenants.web import formats, told
from tenants.web.admin.employers import EMPLOYERS, Room
from tenants.web.admin.users import LETTER_PAPER
from tenants.web.shell import Entry
from timekeeping import web as timekeeping

CATALOGUES = Path(__file__).parent / "catalogues"
ALL_CATALOGUES = (CATALOGUES, staffplan.CATALOGUES, timekeeping.CATALOGUES, jobs.CATALOGUES)
NAVIGATION = (
    Entry(_("Start"), "home", "run.read", "start"),
    Entry(_("Suche"), "search.results", "person.read", "search"),
    Entry(_("Hinweise"), "allfindings.page", "run.read", "allfindings"),
    Entry(_("Änderungen"), "allchanges.page", "run.read", "changes"),
    Entry(_("Rechenregeln"), "law.index", "run.read", "law"),
    Entry(_("Tarif"), "tariff.index", "tariff.write", "tariff"),
    Entry(_("Szenarien"), "whatif.index", "whatif.write", "whatif"),
    Entry(_("Zahlungen"), "treasury.overview", "posting.read", "treasury"),
    Entry(_("Verbund"), "verbund.figures", "billing.read", "verbund"),
    Entry(_("Meine Abrechnungen"), "portal.slips", "slip.read_own", "portal"),
    Entry(_("Mein Jahr"), "yearview.index", "slip.read_own", "yearview"),
    Entry(_("Meine Daten"), "owndata.index", "slip.read_own", "owndata"),
    Entry(_("Meine Dokumente"), "ownfile.index", "slip.read_own", "ownfile"),
    Entry(_("Meine Zeiten"), "mytimes.index", "time.read_own", "my"),
    Entry(_("Stellen im Haus"), "inside.index", "slip.read_own", "inside"),
)
TENANT_TABS = (
    (_("Abrechnung"), "runs.index", "run.read"),
    (_("Personen"), "people.index", "person.read"),
    (_("Wiedervorlagen"), "followups.index", "person.read"),
    (_("Zahlungen"), "payments.index", "posting.read"),
    (_("Buchungen"), "journal.index", "posting.read"),
    (_("Meldungen"), "filings.index", "filing.read"),
    (_("Kosten"), "billing.index", "billing.read"),
    (_("Einlesen"), "intake.form", "import.write"),
    (_("Übernahme"), "joining.index", "run.read"),
    (_("Stammdaten"), "tenantdata.index", "run.read"),
    timekeeping.TAB,
    staffplan.TAB,
    recruiting.TAB,
    (_("Protokoll"), "audit.index", "audit.read"),
    (_("Datenschutz"), "privacy.form", "privacy.read"),
    (_("Aufbewahrung"), "retention.index", "retention.read"),
    (_("Archiv und Notfall"), "archive.index", "archive.use"),
    (_("Schnittstelle"), "interfaces.index", "interface.manage"),
)
PAGES = (
    start_desk,
    all_change_desk,
    news_desk,
    finding_desk,
    trial_desk,
    search_desk,
    people_desk,
    new_person_desk,
    person_desk,
    event_desk,
    followup_desk,
    request_desk,
    claim_desk,
    overpayment_desk,
    contract_desk,
    slip_desk,
    certificate_desk,
    file_desk,
    letter_desk,
    template_desk,
    archive_desk,
    intake_desk,
    mass_desk,
    history_desk,
    joining_desk,
    run_desk,
    collective_desk,
    release_desk,
    bonus_desk,
    performance_desk,
    retro_desk,
    change_desk,
    result_desk,
    tenant_desk,
    wage_type_desk,
    rule_choice_desk,
    setting_desk,
    pension_desk,
    payment_desk,
    treasury_desk,
    feedback_desk,
    levy_desk,
    journal_desk,
    filing_desk,
    accident_desk,
    abroad_desk,
    leaver_desk,
    gift_desk,
    duty_desk,
    year_desk,
    account_desk,
    billing_desk,
    price_desk,
    cost_desk,
    figure_desk,
    step_desk,
    regrade_desk,
    audit_desk,
    access_desk,
    privacy_desk,
    retention_desk,
    interface_desk,
    law_desk,
    tariff_desk,
    whatif_desk,
    budget_desk,
    workforce_desk,
    work_desk,
    portal,
    year_portal,
    own_data_portal,
    own_file_portal,
    copy_portal,
    tax_portal,
)
BELONGS_TO_TAB = {
    "rulechoices": "tenantdata",
    "lettertemplates": "tenantdata",
    "pension": "tenantdata",
    "masschanges": "intake",
    "tenantsettings": "tenantdata",
    "wagetype": "tenantdata",
    **dict.fromkeys(("results", "bonus", "performance", "retro", "release", "changes", "overpayments",
                     "history", "trials"),
                    "runs"),
    "feedback": "payments",
    "requests": "followups",
    "budget": "staffplan",
    "workforce": "staffplan",
    "levies": "payments",
    **dict.fromkeys(("duties", "yearend", "accident", "abroad", "gifts", "leaver"), "filings"),
    "prices": "billing",
    "costyears": "billing",
    "wageaccount": "people",
    **staffplan.BELONGS_TO_TAB,
    **recruiting.BELONGS_TO_TAB,
    **timekeeping.BELONGS_TO_TAB,
    **dict.fromkeys(("person", "newperson", "slips", "certificates", "personalfile", "letters", "claims",
                     "contracts", "stepchanges", "regrade", "workplace", "portalaccess",
                     "events"), "people"),
}
LEVEL_WORDS = {"fehler": _("Fehler"), "warnung": _("Warnung"), "hinweis": _("Hinweis")}


def register(app: Flask) -> None:
    """Meldet die Seiten an."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.register_blueprint(help_pages.help_pages)
    app.extensions[HELP] = help_pages.for_applicants
    told.know(app, (*SENTENCES, *desk_sentences.SENTENCES))
    app.add_url_rule("/", "home", home)
    app.extensions[LETTER_PAPER] = anmeldung.paper
    app.extensions[EMPLOYERS] = Room(arbeitgeber.checked, arbeitgeber.furnish, arbeitgeber.furnished, land.corrected)
    staffplan.register(app, staffing.names, plan_pdf.render)
    timekeeping.register(app, timing.ports())
    jobs.register(app, einstellung.funds, text_pdf.render)
    recruiting.register(app, recruiting.Ports(
        pay_range, einstellung.carry_out, steps_of, einstellung.pension_funds, leaving, last_days))
    api.register(app)
    app.jinja_env.globals.update(
        help_address=help_pages.address,
        tenant_tabs=lambda: TENANT_TABS,
        belongs_to_tab=BELONGS_TO_TAB,
        person_tabs=PERSON_TABS,
        field_labels=field_labels,
        level_words=LEVEL_WORDS,
        state_words=run_steps.STATE_WORDS,
        zip=zip,
    )
    app.jinja_env.filters["choice_text"] = lambda item: (item[0], item[1][1])
    app.jinja_env.filters["field_word"] = field_word
    app.jinja_env.filters["finding_text"] = finding_words.plain
    app.jinja_env.filters["iso_day"] = lambda text: formats.day(date.fromisoformat(text))
    app.jinja_env.filters["iso_month"] = lambda text: formats.month(date.fromisoformat(text))
    app.jinja_env.filters["verification"] = verification
    app.jinja_env.filters["quoted"] = quoted


def field_word(name: str) -> str:
    """Name eines Feldes als Wort."""
    return formats.word(name)
