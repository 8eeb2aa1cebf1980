"""Aging the slow way: every invoice and every receipt, one day at a time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from data.company import Company

COLUMNS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")


def books(company: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All invoices (invoice_id, dealer_id, invoice_date, due_date, amount) and all receipts, as they were imported."""
    invoices = company.store._unscoped("SELECT * REPLACE (amount::DOUBLE AS amount) FROM fact_receivable")
    receipts = company.store._unscoped("SELECT * REPLACE (amount::DOUBLE AS amount) FROM fact_receipt")
    return invoices, receipts


def aged(invoices: pd.DataFrame, receipts: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """One row a dealer with anything open on the day: the six columns, credit and unapplied, by dealer_id."""
    today = pd.Timestamp(day)
    issued = invoices[pd.to_datetime(invoices["invoice_date"]) <= today]
    received = receipts[pd.to_datetime(receipts["receipt_date"]) <= today]
    applied = received[received["invoice_id"].isin(issued["invoice_id"])]
    paid = applied.groupby(applied["invoice_id"].astype(str))["amount"].sum()
    balance = (issued["amount"] - issued["invoice_id"].astype(str).map(paid).fillna(0.0)).round(2)
    dpd = (today - pd.to_datetime(issued["due_date"])).dt.days
    column = np.select([dpd <= 0, dpd <= 30, dpd <= 60, dpd <= 90, dpd <= 120], COLUMNS[:5], COLUMNS[5])
    frame = pd.DataFrame({"dealer_id": issued["dealer_id"].astype(str), "column": column, "balance": balance})
    open_ = frame[frame["balance"] > 0].pivot_table("balance", "dealer_id", "column", "sum", fill_value=0.0)
    parts = {name: open_.get(name) for name in COLUMNS}
    parts["credit"] = -frame[frame["balance"] < 0].groupby("dealer_id")["balance"].sum()
    rest = received[~received.index.isin(applied.index)]
    parts["unapplied"] = rest.groupby(rest["dealer_id"].astype(str))["amount"].sum()
    result = pd.DataFrame({name: part for name, part in parts.items() if part is not None})
    result = result.reindex(columns=[*COLUMNS, "credit", "unapplied"]).fillna(0.0).round(2)
    return result[(result != 0).any(axis=1)]
