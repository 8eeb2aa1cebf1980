"""Real invoices with the day each was settled: aging on any day equals the computation by hand, to the cent."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.questions import ask
from data.company import Company
from data.importing import Mapping
from tests.analytics.receivables.by_hand import aged

DAYS = 60


def test_aging_on_any_day(home: Any, real_data: Path) -> None:
    file = real_data / "receivables" / "ibm_ar_dev.csv"
    report = home.load(file, mapping=Mapping.load("settled-invoices"))
    assert sum(f.quarantined for f in report.files) == 0
    assert home.rows("SELECT count(*), count(DISTINCT dealer_id) FROM fact_receivable") == [(1930, 100)]
    assert home.value("SELECT count(*) FROM fact_receipt") == 1930
    company = Company.open(home.folder.parent / "home")
    raw = pd.read_csv(file, dtype={"invoiceNumber": str})
    names = {"invoiceNumber": "invoice_id", "customerID": "dealer_id", "InvoiceAmount": "amount"}
    invoices = raw.rename(columns=names | {"InvoiceDate": "invoice_date", "DueDate": "due_date"})
    receipts = raw.rename(columns=names | {"SettledDate": "receipt_date"})
    first, last = dt.date(2012, 1, 1), dt.date(2013, 12, 31)
    days = [first + dt.timedelta(n) for n in random.Random(7).sample(range((last - first).days), DAYS)]
    busy = 0
    for day in days:
        frame = ask(company, "receivables.aging", company.scope({"as_of": str(day)})).frames["aging"]
        found = frame.set_index("dealer_id").drop("total")
        expected = aged(invoices, receipts, day)
        busy += len(expected) > 0
        assert sorted(found.index) == sorted(expected.index), day
        assert np.array_equal(
            found.loc[expected.index, expected.columns].fillna(0.0).round(2), expected.round(2)
        ), day  # fmt: skip
    assert busy > DAYS / 2
