"""Worked example 14: an online share of 1767 of 4846 is 36.46 %."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.questions import ask
from dashboard import formats
from tests.golden_home import small_company


def test_online_share(tmp_path):
    lines = [
        {"line_id": channel, "line_type": "sale", "dealer_id": "D1", "channel_id": channel,
         "order_date": dt.date(2026, 3, 2), "net_amount": amount}
        for channel, amount in (("online", 1767), ("offline", 4846 - 1767))
    ]  # fmt: skip
    tables = {"dim_dealer": [{"dealer_id": "D1"}], "fact_sales": lines,
              "dim_channel": [{"channel_id": "online"}, {"channel_id": "offline"}]}  # fmt: skip
    company = small_company(tmp_path, tables)
    frame = ask(company, "sales.mix", company.scope({"period": "2026-03"}), by="channel").frames["mix"]
    share = frame.set_index("channel_id")["share"]
    assert share["online"] == pytest.approx(1767 / 4846)
    assert formats.rate(share["online"], 2) == "36.46%"
    assert share.sum() == pytest.approx(1)
