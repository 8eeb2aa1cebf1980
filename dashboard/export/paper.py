"""Sheets of paper: the card of one dealer to take along and sign, and the aging form."""

from __future__ import annotations

from typing import Any

from analytics.questions import Answer
from dashboard import formats
from dashboard.export import parts
from dashboard.export.deck import footer
from dashboard.export.desk import Desk
from dashboard.export.press import press
from dashboard.findings import Finding, actions, aging_form, briefing, dealer, dealer_kpis, records, segments
from dashboard.findings.briefing import known
from dashboard.findings.names import name_of
from dashboard.i18n import _, ngettext

WIDTH, LYING = 527, 774  # points of an A4 page within its margins, upright and lying
HALF = (WIDTH - 16) / 2
TREND, MIX = 205, 165  # points that charts may take
SCALE = 0.72  # points a pixel of a chart: its words are as large as those of the tables
ROWS, ITEMS, ENTRIES = 5, 4, 3
DEBTORS = 60  # rows of the aging form
LONGEST = 170  # characters of an entry


class NotOneDealer(ValueError):
    """A dealer card is about one dealer."""


def dealer_card(desk: Desk, *, peers: str = dealer.PEERS[0]) -> bytes:
    """The card of the one dealer in scope: one or two upright pages, with lines to sign."""
    answer = desk.ask("dealers.card", peers=peers)
    if len(answer.frames["dealer"]) != 1:
        raise NotOneDealer(_("Choose one dealer: this card is about a single one."))
    currency = desk.currency
    imported = known(answer.values["promotion_cost"])
    trend = briefing.trend(answer, currency, height=round(TREND / SCALE), ahead=desk.ask("forecast.outlook"))
    nothing = _("It bought nothing in this period.")
    rows = [
        [_chart(desk, trend, WIDTH, TREND)],
        [_owed(desk, answer)],
        [_chart(desk, dealer.mix(answer), HALF, MIX, empty=nothing), _about(answer)],
        [_table(dealer.products(answer, currency), nothing),
         _table(dealer.visits(answer), _("No visit of the last twelve months is known."))],
        [_table(dealer.promotions(answer, currency),
                _("It took part in none.") if imported else _("No promotions are imported.")),
         _table(dealer.shelf(answer), _("No check of its outlets is known."))],
        [_notes(desk, answer)],
    ]  # fmt: skip
    title, day = dealer.page_title(answer), formats.date(answer.as_of)
    name = name_of(dealer.profile(answer), "dealer")
    return press("sheet", {
        "title": title, "wide": False, "across": 3, "footer": footer(desk, answer), "rows": rows,
        "head": {"title": title, "subtitle": dealer.page_subtitle(answer),
                 "lines": [line for line in (dealer.terms(answer), _standing(desk)) if line]},
        "kpis": [parts.kpi(item, desk.style) for item in dealer_kpis.kpis(answer)],
        "sign": [_("For {company}", company=desk.name), _("For {company}", company=name),
                 _("Place and day (data to {day})", day=day)],
    }, desk.style)  # fmt: skip


def aging(desk: Desk, *, full: bool = False) -> bytes:
    """The aging form: the whole, by region, by dealer; lying, in thousands unless `full`."""
    answer, currency = desk.ask("receivables.aging"), desk.currency
    form = aging_form.form(answer, currency, full=full)
    whole = aging_form.form_rows(form, full=full)
    words = parts.grid(list(whole.columns), whole.astype(str).to_numpy().tolist(),
                       [bool(place) for place in range(len(whole.columns))], width=LYING, size=9)  # fmt: skip
    empty = _("Nothing is owed")
    apart = _("Credit balances and unapplied cash stand apart; they are not netted into the classes.")
    rows = [
        [{**_part("table", form, ""), "title": "", "table": words, "lines": [apart]}],
        [_table(aging_form.offices(answer, currency, full=full), empty, most=DEBTORS, width=LYING, size=8)],
        [_table(aging_form.dealers(answer, currency, full=full), empty, most=DEBTORS, width=LYING, size=7.5)],
    ]
    return press("sheet", {
        "title": form.title, "wide": True, "across": 6, "footer": footer(desk, answer, form.definitions),
        "rows": rows, "kpis": [],
        "head": {"title": form.title, "subtitle": form.subtitle, "lines": []}, "sign": [],
    }, desk.style)  # fmt: skip


def _part(kind: str, finding: Finding, missing: str) -> dict[str, Any]:
    return {"kind": kind, "title": finding.title, "subtitle": finding.subtitle, "missing": missing, "lines": []}


def _chart(desk: Desk, finding: Finding, width: float, height: float, *, empty: str = "") -> dict[str, Any]:
    if finding.figure is None or finding.frame.empty:
        return _part("chart", finding, empty or _("There are no rows for these filters."))
    drawn = parts.chart(finding.figure(desk.style), finding.title, width, height, scale=SCALE)
    note = (finding.note(desk.style) if finding.note else "") or ""
    return {**_part("chart", finding, ""), "chart": drawn, "lines": [note] if note else []}


def _table(finding: Finding, empty: str, *, most: int = ROWS, width: float = HALF, size: float = 8) -> dict[str, Any]:
    missing = empty if finding.frame.empty else ""
    return {**_part("table", finding, missing), "long": most > ROWS,
            "table": parts.table(finding.frame, finding.columns, most=most, width=width, size=size)}  # fmt: skip


def _about(answer: Answer) -> dict[str, Any]:
    finding = actions.about(answer, most=ITEMS)
    items = [{"text": row["sentence"], "reason": " · ".join(filter(None, (row["chip"], row["reason"]))),
              "money": formats.compact(row["money"]), "owner": row["owner"]}
             for _index, row in finding.frame.iterrows()]  # fmt: skip
    return {**_part("items", finding, ""), "items": items}


def _owed(desk: Desk, answer: Answer) -> dict[str, Any]:
    """Aging, credit, and what was agreed about collecting."""
    part = _table(dealer.owed(answer, desk.currency), _("No invoice is open."), width=WIDTH)
    written = _written(desk, answer, "collection_action")
    part["lines"] = [dealer.credit(answer), *(written or [_("No step to collect is agreed yet")])]
    return part


def _notes(desk: Desk, answer: Answer) -> dict[str, Any]:
    """What people wrote, newest first."""
    lines, n = _written(desk, answer, "dealer_note"), len(answer.frames["notes"])
    title = ngettext("{n} note", "{n} notes", n, n=formats.count(n)) if n else _("No note yet")
    return {"kind": "notes", "title": title, "subtitle": _("Newest first; what was written stays"), "missing": "",
            "lines": lines}  # fmt: skip


def _written(desk: Desk, answer: Answer, kind: str) -> list[str]:
    history = desk.company.ledger.history(kind, f"dealer:{dealer.profile(answer)['dealer_id']}")
    return [records.entry(desk.company, kind, entry, longest=LONGEST) for entry in reversed(history[-ENTRIES:])]


def _standing(desk: Desk) -> str:
    """What the dealer is called, scores and risks, where that is computed."""
    whole = desk.but(**dict.fromkeys(desk.scope.filters, ()))
    groups, score, risk = (whole.ask(f"dealers.{name}") for name in ("segments", "scorecard", "risk"))
    return segments.standing(groups, score, risk, desk.scope.dealer[0])
