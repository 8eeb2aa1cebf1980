"""Who will pay late, and cash to come, judged: `qudao bench late_payment [--data DIR] [--scale INVOICES]`.

On the demo company in QUDAO_HOME: rule and model out of time, the planted late payers (demo-truth.json) among the
dealers that the page ranks first, coverage of the cash band, and what both computations cost. With --data (or
QUDAO_BENCH_DATA), a folder with receivables/ibm_ar_dev.csv: the same on real invoices, late from the first day on.
With --scale: the cost on so many invoices, the demo's repeated under other dealers.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.questions import ask, cash
from analytics.receivables import expected, late, risk
from data.company import Company
from data.settings import default_home


def show(scores: pd.DataFrame) -> None:
    tested = scores[scores["part"] == "test"]
    first, last = tested["invoice_date"].min().date(), tested["invoice_date"].max().date()
    print(f"  tested {len(tested):,} invoices of {first}..{last}, {tested['late'].mean():.1%} late")
    for name, score in (("rule", "late_rate"), ("model", "probability")):
        q = late.quality(tested, score)
        print(f"  {name:5}  AUC {q.auc:.3f}  late money in the top fifth {q.caught:.1%}  "
              f"calibration error {q.calibration_error:.3f}")  # fmt: skip


def real(folder: Path) -> None:
    path = folder / "receivables" / "ibm_ar_dev.csv"
    if not path.exists():
        print(f"no real invoices: {path} is absent")
        return
    given = pd.read_csv(path, parse_dates=["InvoiceDate", "DueDate", "SettledDate"])
    open_due = np.where(given["DaysLate"] > 0, given["InvoiceAmount"], 0.0)
    frame = pd.DataFrame({
        "invoice_id": given["invoiceNumber"], "dealer_id": given["customerID"], "invoice_date": given["InvoiceDate"],
        "due_date": given["DueDate"], "amount": given["InvoiceAmount"], "settled": given["SettledDate"],
        "open_due": open_due, "open_late": open_due, "balance": 0.0,
    })  # fmt: skip
    print(f"{path.name}: {len(frame):,} invoices, late = any day past due")
    show(late.scored(frame, 0, frame["settled"].max()))


def planted(company: Company) -> None:
    path = company.home / "demo-truth.json"
    if not path.exists():
        print("no truth file: not the demo company")
        return
    truth = set(json.loads(path.read_text(encoding="utf-8"))["late_payers"]["dealers"])
    dealers = ask(company, "receivables.late", company.scope()).frames["dealers"]
    n = len(truth)
    for name, column in (("late rate", "late_rate"), ("money likely late", "likely_late"), ("model", "by_model")):
        first = set(dealers.nlargest(n, column)["dealer_id"])
        print(f"  {n} planted late payers, first {n} by {name}: precision = recall = {len(first & truth) / n:.0%}")
    marked = set(dealers.loc[dealers["late_rate"] > 0.25, "dealer_id"])
    print(f"  late rate above a quarter: {len(marked)} dealers, precision {len(marked & truth) / len(marked):.0%}, "
          f"recall {len(marked & truth) / n:.0%}")  # fmt: skip


def scaled(invoices: pd.DataFrame, pieces: pd.DataFrame, as_of: pd.Timestamp, wanted: int) -> None:
    def repeated(frame: pd.DataFrame, times: int) -> pd.DataFrame:
        return pd.concat(
            [frame.assign(dealer_id=frame["dealer_id"] + f"-{i}") for i in range(times)], ignore_index=True
        )

    times = max(wanted // len(invoices), 1)
    many, parts = repeated(invoices, times), repeated(pieces, times)
    print(f"{len(many):,} invoices of {many['dealer_id'].nunique():,} dealers")
    clocked("late_risk", lambda: late.scored(many, risk.LATE_AFTER, as_of))
    clocked("cash_expected", lambda: expected.by_week(parts, as_of))


def clocked(name: str, work) -> pd.DataFrame:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    print(f"  {name}: {time.process_time() - cpu:.1f} CPU s, {time.perf_counter() - wall:.1f} s")
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=os.environ.get("QUDAO_BENCH_DATA"))
    parser.add_argument("--scale", type=int, default=0)
    given = parser.parse_args()
    if given.data:
        real(Path(given.data))
    company = Company.open(default_home())
    scope = company.scope()
    as_of = pd.Timestamp(scope.as_of)
    print(f"{company.store.rows['fact_receivable']:,} invoices, late = open {risk.LATE_AFTER} days past due")
    scores = clocked("late_risk, first use of the library included", lambda: cash.late_risk(company, scope))
    clocked("late_risk again", lambda: cash.late_risk(company, scope))
    clocked("cash_expected", lambda: cash.cash_expected(company, scope))
    show(scores)
    planted(company)
    coming = ask(company, "receivables.cash", scope).values
    print(f"  cash by week: 80 % bands held in {coming['held']} of {coming['tested']} ({coming['coverage']:.0%}), "
          f"of four weeks in {coming['first_held']} of {coming['first_tested']}")  # fmt: skip
    if given.scale:
        invoices = company.store.query("invoice_outcomes", scope, late_after=risk.LATE_AFTER)
        scaled(invoices, company.store.query("payment_pieces", scope), as_of, given.scale)


main()
