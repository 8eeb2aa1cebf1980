"""What explains the change of net sales between two periods: price, volume, mix, new and discontinued products."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, elapsed, side_by_side
from analytics.sales import bridge as method
from data.company import Company
from data.scope import Period, Scope, ScopeError
from data.words import N_


@question("sales.bridge")
def bridge(company: Company, scope: Scope, by: str = "category", against: str = "") -> Answer:
    """Net sales of the compared period led to those of this one: price, volume, mix, new and discontinued products.

    by: the parts of the business in the second frame. against: any other period to start from (2025-Q3,
    2025-01..2025-06, as the scope key `period` takes it) instead of the compared one.

    Frame `bridge`: step (`opening`, `price`, `volume`, `mix`, `new`, `discontinued`, `unsplit`, `closing`), value,
    products (count). The steps between opening and closing add up to the change. Frame `by`: key (and names), opening,
    the same steps, change, closing, largest change first. Prices are judged by product against those of the whole
    scope, so each column adds up to its step and each row to its change; a part alone, as a scope of its own, is judged
    against its own prices. New and discontinued: sold in this scope in one of the periods only. unsplit: lines without
    a product, and products whose quantity is not positive in both. Values: each step, change, products. Verdict
    `insufficient_evidence` without a compared period or without quantities.
    """
    compared, notes = _start(company, scope, against)
    if compared is None:
        return answer("sales.bridge", company, scope, {"bridge": _NO_STEPS.copy(), "by": pd.DataFrame()},
                      definitions=DEFINITIONS, notes=notes, verdict="insufficient_evidence")  # fmt: skip
    cells = _cells(company, scope, by, compared)
    effects = method.effects(cells)
    steps = _steps(cells, effects)
    values = dict(zip(steps["step"], steps["value"], strict=True))
    values |= {"change": values["closing"] - values["opening"], "products": int(cells["product"].nunique())}
    counted = (cells[["quantity", "quantity_before"]].fillna(0) != 0).any(axis=None)
    if not counted:
        notes += (Note(N_("The sales carry no quantities: price and volume cannot be told apart.")),)
    return answer("sales.bridge", company, scope, {"bridge": steps, "by": _parts(cells, effects)},
                  definitions=DEFINITIONS, values=values, compared=compared, notes=notes,
                  verdict="ok" if counted else "insufficient_evidence")  # fmt: skip


def _steps(cells: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """step, value, products: from the opening over the effects to the closing."""
    products = cells["product"]

    def step(name: str, amounts: pd.Series) -> dict[str, object]:
        concerned = amounts.ne(0).groupby(products, dropna=False).any().sum()
        return {"step": name, "value": float(amounts.sum()), "products": int(concerned)}

    amounts = cells[["amount_before", "amount"]].fillna(0.0)
    rows = [step("opening", amounts["amount_before"]), *(step(name, effects[name]) for name in method.EFFECTS),
            step("closing", amounts["amount"])]  # fmt: skip
    return pd.DataFrame(rows)


def _parts(cells: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Key (and names) of each part, opening, effects, change, closing; largest change first."""
    keys = [column for column in cells.columns if column not in method.CELL]
    frame = pd.concat([cells, effects], axis=1)
    parts = frame.groupby(keys, dropna=False, sort=False)[["amount_before", *method.EFFECTS, "amount"]].sum()
    parts = parts.reset_index().rename(columns={"amount_before": "opening", "amount": "closing"})
    parts.insert(len(parts.columns) - 1, "change", parts["closing"] - parts["opening"])
    parts = parts[(parts[["opening", "closing"]] != 0).any(axis=1)]
    return parts.sort_values("change", key=lambda v: -v.abs(), kind="stable", ignore_index=True)


DEFINITIONS = ("net_sales", "price_effect", "volume_effect", "mix_effect")
_NO_STEPS = pd.DataFrame({"step": pd.Series(dtype="object"), "value": 0.0, "products": 0})


def _start(company: Company, scope: Scope, against: str) -> tuple[Period | None, tuple[Note, ...]]:
    """The period that the bridge starts from. Raises ScopeError when `against` cannot be read."""
    if not against.strip():
        period, notes = comparable(company, scope)
        if period is None and not notes:
            notes = (Note(N_("A bridge needs a period to start from: choose a comparison with one.")),)
        return period, notes
    try:
        period = company.scope({"period": against, "as_of": str(scope.as_of)}).period
    except ScopeError as error:
        raise ScopeError(str(error).replace("period:", "against:", 1)) from None
    first, now = company.store.sales_span.start, elapsed(scope.period, scope.as_of)
    if period.start > scope.as_of or scope.period.start > scope.as_of:
        return None, (Note(N_("The data end on {day}: nothing is known of this period yet."), {"day": scope.as_of}),)
    if period.start < first.replace(day=1):
        message = N_("No comparison: it would start on {start}, the data start on {first}.")
        return None, (Note(message, {"start": period.start, "first": first}),)
    period = elapsed(period, scope.as_of)
    if (period.whole_months or period.days) == (now.whole_months or now.days):
        return period, ()
    return period, (Note(N_("The periods are not of one length: {days} days against {other}."),
                         {"days": now.days, "other": period.days}),)  # fmt: skip


def _cells(company: Company, scope: Scope, by: str, compared: Period) -> pd.DataFrame:
    """CELL columns of the domain, one row a product and part; the part's key and names."""
    groupings = ("product",) if by == "product" else ("product", by)
    wide = side_by_side(company, scope, ("quantity", "net_sales"), groupings, compared=compared)
    wide = wide.rename(columns={"net_sales": "amount", "net_sales_compared": "amount_before",
                                "quantity_compared": "quantity_before"})  # fmt: skip
    wide["product"] = wide["product_id"]
    return wide if by == "product" else wide.drop(columns=["product_id", "product_name", "product_name_en"])
