"""Every sales measure on northwind against plain arithmetic over its files, where a folder of real data is given."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from analytics.questions import ask
from data.company import Company
from data.importing import Mapping, import_files
from data.settings import Settings
from data.warehouse import Warehouse

SPANS = [("1998-01-01", "1998-04-30"), ("1997-07-01", "1997-12-31"), ("1997-11-05", "1998-02-10")]


@pytest.fixture(scope="module")
def northwind(real_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """The company, and its lines joined by hand: day, dealer, product, document, quantity, amount."""
    home = tmp_path_factory.mktemp("northwind")
    folder = real_data / "northwind"
    import_files(Warehouse(home, Settings()), [folder], Mapping.load("northwind"))
    orders = pd.read_csv(folder / "orders.csv", keep_default_na=False)
    lines = pd.read_csv(folder / "order-details.csv").merge(orders, on="orderID")
    day = lines["shippedDate"].where(~lines["shippedDate"].isin(["", "NULL"]), lines["orderDate"])
    lines = pd.DataFrame({
        "day": pd.to_datetime(day).dt.date, "dealer": lines["customerID"], "product": lines["productID"].astype(str),
        "document": lines["orderID"], "quantity": lines["quantity"],
        "amount": lines["unitPrice"] * lines["quantity"] * (1 - lines["discount"]),
        "list": lines["unitPrice"] * lines["quantity"],
    })  # fmt: skip
    return Company.open(home), lines


@pytest.mark.parametrize(("start", "end"), SPANS)
def test_measures(northwind, start: str, end: str):
    company, lines = northwind
    scope = company.scope({"period": f"{start}..{end}"})
    first, last = dt.date.fromisoformat(start), min(dt.date.fromisoformat(end), scope.as_of)
    answer = ask(company, "sales.summary", scope)
    then = answer.compared
    here = lines[lines["day"].between(first, last)]
    before = lines[lines["day"].between(then.start, then.end)] if then else None
    values = answer.values
    assert values["net_sales"] == pytest.approx(here["amount"].sum(), abs=0.01)
    assert values["quantity"] == here["quantity"].sum()
    assert values["orders"] == here["document"].nunique()
    assert values["active_dealers"] == here["dealer"].nunique()
    assert values["price"] == pytest.approx(here["amount"].sum() / here["quantity"].sum())
    assert values["discount_rate"] == pytest.approx(1 - here["amount"].sum() / here["list"].sum(), abs=1e-6)
    assert values["returns"] == 0
    assert pd.isna(values["gross_margin"])  # no cost in these files
    earlier = set(lines.loc[lines["day"] < first, "dealer"])
    assert values["new_dealers"] == len(set(here["dealer"]) - earlier)
    if before is not None:
        assert values["net_sales_compared"] == pytest.approx(before["amount"].sum(), abs=0.01)
        assert values["lost_dealers"] == len(set(before["dealer"]) - set(here["dealer"]))
    largest = here.groupby("dealer")["amount"].sum().nlargest(10).sum() / here["amount"].sum()
    found = ask(company, "sales.concentration", scope).values
    assert found["top_share"] == pytest.approx(largest, abs=1e-6)
    drilled = ask(company, "sales.drill", scope)
    assert drilled.frames["by"]["actual"].sum() == pytest.approx(here["amount"].sum(), abs=0.01)


def test_the_bridge(northwind):
    company, lines = northwind
    scope = company.scope({"period": "1998-Q1"})
    answer = ask(company, "sales.bridge", scope, by="category", against="1997-Q3")
    spans = [(answer.compared.start, answer.compared.end), (scope.period.start, scope.period.end)]
    sums = [lines[lines["day"].between(*span)].groupby("product")[["quantity", "amount"]].sum() for span in spans]
    both = pd.concat(sums, axis=1, keys=["then", "now"]).dropna()
    q0, q1 = both["then", "quantity"], both["now", "quantity"]
    r0, r1 = both["then", "amount"], both["now", "amount"]
    values = answer.values
    assert values["price"] == pytest.approx((r1 - r0 / q0 * q1).sum(), abs=0.01)
    assert values["volume"] == pytest.approx((q1.sum() - q0.sum()) * r0.sum() / q0.sum(), abs=0.01)
    assert values["change"] == pytest.approx(sums[1]["amount"].sum() - sums[0]["amount"].sum(), abs=0.01)
    effects = ("price", "volume", "mix", "new", "discontinued", "unsplit")
    assert sum(values[effect] for effect in effects) == pytest.approx(values["change"], abs=0.005)
