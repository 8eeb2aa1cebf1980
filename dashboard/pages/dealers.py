"""Dealers: who carries the business, who grows, who slips away, what to do with each group, and how each scores."""

import streamlit as st

from dashboard import session
from dashboard.components import filters, header, scorecard, segments, views
from dashboard.findings import segments as findings
from dashboard.i18n import _

top = st.container(gap="xxsmall")
scope = filters.scope()
answer = session.ask("dealers.segments", scope)
stages = session.ask("dealers.segments", scope, kind="life_cycle")
currency = session.settings().currency
with top:
    header.header(findings.page_title(answer, stages),
                  findings.page_subtitle(answer, header.company_name(), currency))  # fmt: skip
filters.bar(scope, dealers=answer.values["dealers"], acts=filters.OF_DEALERS)
if answer.verdict != "ok":
    segments.waiting(answer)
    st.stop()
whole = session.viewer().headquarters  # weights of scores and grades are headquarters' own
segments.row(stages, session.ask("dealers.risk", scope), session.ask("dealers.scorecard", scope) if whole else None)

own = {"score": _("Scorecard"), "grades": _("Credit grades")} if whole else {}
shown = views.choose(_("View"), {"groups": _("Groups"), "moves": _("Moves")} | own | {"risk": _("Risk")})
match shown:
    case "groups":
        segments.groups(scope, currency)
    case "moves":
        segments.moves(scope, currency)
    case "score":
        scorecard.score(scope)
    case "grades":
        scorecard.grades(scope, currency)
    case "risk":
        scorecard.risk(scope, currency)
