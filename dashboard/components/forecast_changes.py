"""Changing the forecast: a new number with a reason, the layers that stand, what changes were worth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from analytics.questions.forecast_overrides import KIND, subject
from dashboard import formats, session
from dashboard.components import cards, records, views
from dashboard.components.panel import panel
from dashboard.components.text import muted
from dashboard.findings import forecast_moved as findings
from dashboard.findings.forecast import when
from dashboard.findings.model import who
from dashboard.i18n import _
from data.company import NotEntitled
from data.scope import Period, Scope


def view(scope: Scope, currency: str) -> None:
    """The form beside the layers, and the staircase."""
    answer = session.ask("forecast.changes", scope)
    left, right = st.columns([2, 3], gap="small")
    with left:
        _form(scope, answer, currency)
    with right:
        company = session.company()
        cards.table(
            findings.layers(
                answer, currency, company.store.names, categories=company.store.categories, zone=st.context.timezone
            ),
            most=12,
            empty=_("A change is a layer above the model: who, when and why are kept, the model stays."),
        )
        cards.table(findings.staircase(answer),
                    empty=_("No change has met its actual yet: once the data cover its period, this tells what it was "
                            "worth."))  # fmt: skip


def _periods(answer: Answer, outlook: Answer) -> dict[str, tuple[str, Period, float, float]]:
    """What can be changed: text of the period -> words, period, the model's number, what stands."""
    found: dict[str, tuple[str, Period, float, float]] = {}
    frames = (outlook.frames["forecast"], outlook.frames["quarters"])
    for rows in frames:
        for row in rows.to_dict("records"):
            period = Period(pd.Timestamp(row["ds"]).date(), pd.Timestamp(row["end"]).date())
            words = f"{when(row['ds'], row['end'])} · {formats.compact(row['mean'])}"
            found[str(period)] = (words, period, float(row["model"]), float(row["mean"]))
    return found


def _form(scope: Scope, answer: Answer, currency: str) -> None:
    about = who(answer) or _("The whole company")
    with panel(_("Set a new number"), _("Net sales, {currency}", currency=formats.currency_name(currency)),
               height="stretch"):  # fmt: skip
        if not answer.values["can_change"]:
            muted(_("Choose one region, channel, sales person, dealer or category above: a change is about one thing."))
            return
        choices = _periods(answer, session.ask("forecast.outlook", scope))
        key = views.pick(_("Period"), {text: words for text, (words, *_rest) in choices.items()}, option="item")
        _words, period, model, stands = choices[key]
        about_subject = subject(scope, period)
        assert about_subject is not None
        entries = session.ledger().history(KIND, about_subject)
        standing = entries[-1].body if entries else {}
        muted(_("{about}: the model says {model}, {stands} stands.", about=about, model=formats.compact(model),
                stands=formats.compact(stands)))  # fmt: skip
        current = {"amount": float(round(stands)), "reason": None} | {
            name: standing[name] for name in ("amount", "reason") if name in standing
        }
        fixed = {"model": model, "before": stands, "data_to": session.company().snapshot.as_of}
        try:
            if records.form(KIND, about_subject, current=current, fixed=fixed):
                st.rerun()
        except NotEntitled:
            muted(_("You may not change the forecast of this."))
            return
        if standing and st.button(_("Withdraw"), type="tertiary", icon=":material/undo:", key="withdraw_forecast"):
            records.withdraw(KIND, about_subject)
            st.rerun()
        muted(_("The new number stands as you say it; it flows into every sum above and, in proportion, into every "
                "part below. Parts that were set before keep theirs."))  # fmt: skip
        if entries:
            muted(_("History"))
            records.history(KIND, about_subject)
