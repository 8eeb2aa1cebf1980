"""The metric registry: each KPI once, with formula, unit, direction and source.

An `aggregate` is SQL over one source; a `ratio` divides two aggregates after summing (never an average of ratios).
`store` composes the aggregates that a question asks for into one GROUP BY a source. Labels, formulas and notes are
messages of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["sales", "lifecycle", "receivables", "invoices", "unapplied", "visits", "targets"]
Unit = Literal["money", "rate", "count", "quantity", "days", "price"]
Direction = Literal[1, -1, 0]  # 1: more is good


@dataclass(frozen=True)
class Measure:
    """One metric: `source` and `sql`, or `ratio` = (numerator, denominator, factor).

    With a source and neither of the two, a domain of analytics computes it, and its question carries it.
    """

    id: str
    label: str
    unit: Unit
    direction: Direction
    formula: str
    origin: str
    source: Source | None = None
    sql: str = ""
    ratio: tuple[str, str, float] | None = None
    note: str = ""
    absent: Literal["zero", "unknown"] = "zero"  # what no row means, when the table is there


def _m(id: str, source: Source, sql: str, unit: Unit, direction: Direction, label: str, formula: str,
       origin: str, absent: Literal["zero", "unknown"] = "zero") -> Measure:  # fmt: skip
    return Measure(id, label, unit, direction, formula, origin, source, sql, None, "", absent)


def _r(id: str, numerator: str, denominator: str, unit: Unit, direction: Direction, label: str, formula: str,
       origin: str, note: str = "", factor: float = 1.0) -> Measure:  # fmt: skip
    return Measure(id, label, unit, direction, formula, origin, None, "", (numerator, denominator, factor), note)


def _d(id: str, source: Source, unit: Unit, direction: Direction, label: str, formula: str, origin: str,
       note: str = "") -> Measure:  # fmt: skip
    return Measure(id, label, unit, direction, formula, origin, source, note=note)


_SOLD = "line_type IN ('sale', 'return')"
_KNOWN = f"{_SOLD} AND cost_amount IS NOT NULL"
PRACTICE = "Practice of Chinese channel management"
CREDIT = "Common definition in credit management"
FIELD = "Common definition in field sales"
FORECASTING = "Common definition in demand forecasting"
CONTROLLING = "Common definition in sales controlling"
OWN = "Convention of this project"

MEASURES: tuple[Measure, ...] = (
    _m("net_sales", "sales", f"sum(net_amount) FILTER ({_SOLD})", "money", 1, "Net sales",
       "Sum of net amounts of sale and return lines; gifts and allowances are shown apart", PRACTICE),
    _m("costed_sales", "sales", f"sum(net_amount) FILTER ({_KNOWN})", "money", 0, "Net sales with known cost",
       "Net sales of the lines whose cost is known: the base of the margin rate", OWN, "unknown"),
    _m("gross_margin", "sales", f"sum(net_amount - cost_amount) FILTER ({_KNOWN})", "money", 1, "Gross margin",
       "Net sales less cost of goods, over lines whose cost is known", PRACTICE, "unknown"),
    _r("gross_margin_rate", "gross_margin", "costed_sales", "rate", 1, "Gross margin rate",
       "Gross margin divided by net sales with known cost", PRACTICE),
    _m("quantity", "sales", f"sum(quantity) FILTER ({_SOLD})", "quantity", 1, "Quantity",
       "Sum of quantities of sale and return lines, in sales units", PRACTICE),
    _m("orders", "sales", "count(DISTINCT document_id) FILTER (line_type = 'sale')", "count", 1, "Orders",
       "Distinct documents with a sale line", PRACTICE),
    _m("active_dealers", "sales", "count(DISTINCT dealer_id) FILTER (line_type = 'sale')", "count", 1,
       "Active dealers", "Dealers with at least one sale line in the period", PRACTICE),
    _m("new_dealers", "lifecycle", "count(*) FILTER (first_day BETWEEN $start AND $end)", "count", 1, "New dealers",
       "Dealers whose first sale ever is in the period", PRACTICE),
    _m("returning_dealers", "lifecycle", "count(*) FILTER (active AND came_back AND first_day < $start)", "count", 1,
       "Returning dealers", "Dealers that bought again after at least a year without a sale, or the gap of the "
       "settings (reactivation_gap_days)", PRACTICE),
    _m("lost_dealers", "lifecycle",
       "CASE WHEN $then_start::DATE IS NOT NULL THEN count(*) FILTER (active_before AND NOT active) END", "count", -1,
       "Lost dealers", "Dealers with a sale in the compared period and none in this one", PRACTICE, "unknown"),
    _r("price", "net_sales", "quantity", "price", 0, "Average price", "Net sales divided by quantity", PRACTICE),
    _d("price_effect", "sales", "money", 1, "Price effect",
       "Sum over products of the change of price times the quantity of the period", CONTROLLING,
       "Products sold in both periods alone; new and discontinued ones stand apart"),
    _d("volume_effect", "sales", "money", 1, "Volume effect",
       "Change of the total quantity times the average price of the compared period", CONTROLLING,
       "Quantities of different sales units are added as they are"),
    _d("mix_effect", "sales", "money", 1, "Mix effect",
       "The rest of the change: quantity that moved between dear and cheap products", CONTROLLING),
    _d("sales_share", "sales", "rate", 0, "Share of net sales", "Net sales divided by those of the whole view",
       PRACTICE),
    _d("top_share", "sales", "rate", 0, "Top-N share",
       "Net sales of the N largest divided by the sum of all positive ones", PRACTICE),
    _d("hhi", "sales", "rate", 0, "HHI (Herfindahl-Hirschman index)",
       "Sum of the squared shares over positive net sales; 1 divided by it is the number of equal ones that would be "
       "as concentrated", PRACTICE),
    _d("abc_class", "sales", "rate", 0, "ABC class",
       "Largest first: A to 80 % of the cumulative share, B to 95 %, C the rest; each belongs to the class in which "
       "its span starts", PRACTICE),
    _m("returns", "sales", "-sum(net_amount) FILTER (line_type = 'return')", "money", -1, "Returns",
       "Value of return lines, as a positive amount", PRACTICE),
    _m("allowances", "sales", "sum(net_amount) FILTER (line_type = 'allowance')", "money", -1, "Allowances",
       "Sum of allowance lines; not part of net sales", PRACTICE),
    _m("gift_cost", "sales", "sum(cost_amount) FILTER (line_type = 'gift')", "money", -1, "Cost of gifts",
       "Cost of goods given away; not part of gross margin", PRACTICE, "unknown"),
    _m("list_sales", "sales", f"sum(list_amount) FILTER ({_SOLD} AND list_amount IS NOT NULL)", "money", 0,
       "Sales at list price", "Sum of list amounts of sale and return lines", PRACTICE, "unknown"),
    _m("discounts", "sales", f"sum(list_amount - net_amount) FILTER ({_SOLD} AND list_amount IS NOT NULL)", "money", -1,
       "Discounts", "List amount less net amount", PRACTICE, "unknown"),
    _r("discount_rate", "discounts", "list_sales", "rate", -1, "Discount rate",
       "Discounts divided by sales at list price", PRACTICE),
    # targets
    _m("target", "targets", "sum(target_value * share)", "money", 0, "Target",
       "Targets of the plan for the same scope; a period that cuts a month counts it by selling days", PRACTICE,
       "unknown"),
    _m("target_to_date", "targets", "sum(target_value * share_to_date)", "money", 0, "Target to date",
       "The part of the target that falls, by selling days, on the days up to the as-of date", PRACTICE, "unknown"),
    _r("attainment", "net_sales", "target", "rate", 1, "Target reached",
       "Net sales divided by the target of the same scope and period", PRACTICE),
    _r("pace", "net_sales", "target_to_date", "rate", 1, "Pace",
       "Net sales divided by the target to date", PRACTICE,
       "At 100 % the target will be hit if the rest of the period goes as planned"),
    # dealers
    _d("segment", "sales", "count", 0, "Segment of dealers",
       "Learned: groups of dealers that buy and pay alike over the year up to their last order, shown only where "
       "resampled dealers give the same groups; by rule: life cycle, growth and size, ABC class, recency and frequency",
       OWN),
    _d("like_growth", "sales", "rate", 1, "Growth on last year",
       "Net sales over the days of the year up to the day that have a year before them, divided by those a year "
       "earlier, less one", CONTROLLING, "Told from 90 such days on"),
    _d("days_late", "receivables", "days", -1, "Average days late",
       "Days past due that the money of the invoices due in the year waited, weighted by amount; paid in time counts "
       "zero", CREDIT),
    _d("promoted_share", "sales", "rate", 0, "Bought on promotion",
       "Net sales of lines that carry a promotion divided by net sales of the year", PRACTICE),
    _d("churn_probability", "sales", "rate", -1, "Chance of no order in 90 days",
       "Learned from earlier days of the same orders and calibrated on them: how often dealers like this one ordered "
       "nothing in the 90 days after", OWN),
    _d("expected_margin", "sales", "money", 1, "Expected margin of 12 months",
       "Yearly pace of the dealer's margin times the chance to order at all, where that did better on past years than "
       "the margin of the last 12 months; else that margin", OWN),
    _d("margin_at_risk", "sales", "money", -1, "Margin at risk",
       "Chance of no order in 90 days times the margin expected of 90 days", OWN),
    _d("range_coverage", "sales", "rate", 1, "Range carried",
       "Products bought in the year divided by the products that the company sold to anybody in it", PRACTICE),
    _d("promotion_cost", "sales", "money", -1, "Cost of promotions",
       "All that promotions give away: fees, discounts on the invoice, free goods at cost; of those that ended in the "
       "period", PRACTICE),
    _d("promotion_net", "sales", "money", 1, "Net extra margin of promotions",
       "Margin at list price above what comparable dealers without a promotion let expect, in the promotion weeks, the "
       "week before and the eight weeks after, over the whole category", CONTROLLING,
       "Never told without its band, nor where there is nobody to compare with"),
    _d("promotion_roi", "sales", "rate", 1, "Return on promotion spend",
       "Net extra margin less cost, divided by cost: 0 is break-even, 0.5 brings half of the cost on top", CONTROLLING),
    _d("promotion_marginal", "sales", "rate", 1, "Return on the next unit of promotion spend",
       "Net extra margin of one more unit of spend, less that unit, by the response curve at the planned spend; below "
       "0 the last money earned less than it cost", CONTROLLING),
    _d("breakeven_lift", "sales", "rate", -1, "Net lift to break even",
       "Cost divided by the margin that the promotion weeks would have brought anyway", CONTROLLING),
    _d("promotion_efficiency", "sales", "rate", 1, "Kept after the dip",
       "Net extra margin divided by the extra margin of the promotion weeks: what was not borrowed from before, after "
       "and other products", CONTROLLING),
    _d("promotion_execution", "sales", "rate", 1, "Promotions within plan",
       "Executions of promotions that cost no more than a tenth above their plan, divided by those with a plan", OWN),
    _d("dealer_score", "sales", "count", 1, "Score of a dealer",
       "Weighted mean of 0 to 100 points for sales, growth, margin, payment, range, prices and promotions; 0 and 100 "
       "lie at the lowest and highest tenth of all dealers", OWN, "Traits of the people behind a dealer do not count"),
    _d("credit_grade", "receivables", "count", 1, "Credit grade",
       "A to D by penalty points for the longest debt, money paid late, share overdue, average days late and use of "
       "the limit; more than 90 days overdue is a D whatever else", OWN),
    # receivables, as of a day
    _m("receivables", "receivables", "sum(balance) FILTER (balance > 0)", "money", -1, "Receivables",
       "Open balances of invoices: amounts less payments up to the as-of day; credits and unapplied cash apart",
       CREDIT),
    _m("in_term", "receivables", "sum(balance) FILTER (balance > 0 AND dpd <= 0)", "money", 0, "In term",
       "Open balances not yet due", PRACTICE),
    _m("d1_30", "receivables", "sum(balance) FILTER (balance > 0 AND dpd BETWEEN 1 AND 30)", "money", -1,
       "1–30 days overdue", "Open balances 1 to 30 days past due", PRACTICE),
    _m("d31_60", "receivables", "sum(balance) FILTER (balance > 0 AND dpd BETWEEN 31 AND 60)", "money", -1,
       "31–60 days overdue", "Open balances 31 to 60 days past due", PRACTICE),
    _m("d61_90", "receivables", "sum(balance) FILTER (balance > 0 AND dpd BETWEEN 61 AND 90)", "money", -1,
       "61–90 days overdue", "Open balances 61 to 90 days past due", PRACTICE),
    _m("d91_120", "receivables", "sum(balance) FILTER (balance > 0 AND dpd BETWEEN 91 AND 120)", "money", -1,
       "91–120 days overdue", "Open balances 91 to 120 days past due", PRACTICE),
    _m("d121", "receivables", "sum(balance) FILTER (balance > 0 AND dpd >= 121)", "money", -1,
       "Over 120 days overdue", "Open balances 121 and more days past due", PRACTICE),
    _m("overdue", "receivables", "sum(balance) FILTER (balance > 0 AND dpd >= 1)", "money", -1, "Overdue receivables",
       "Open balances at least one day past due", PRACTICE),
    _m("credit", "receivables", "-sum(balance) FILTER (balance < 0)", "money", 0, "Credit balances",
       "Credit notes and overpayments not used yet, as a positive amount; never netted into the buckets", PRACTICE),
    _m("unapplied", "unapplied", "sum(amount)", "money", 0, "Unapplied cash",
       "Receipts not applied to an invoice yet; never netted into the buckets", PRACTICE),
    _r("overdue_share", "overdue", "receivables", "rate", -1, "Overdue share",
       "Overdue receivables divided by receivables", PRACTICE),
    _m("invoiced_90", "invoices", "sum(amount)", "money", 0, "Invoiced in 90 days",
       "Invoices less credit notes of the last 90 days, the as-of day included", CREDIT),
    _r("dso", "receivables", "invoiced_90", "days", -1, "DSO (days sales outstanding)",
       "Receivables divided by the invoices of the last 90 days, times 90", CREDIT, factor=90.0),
    _r("best_possible_dso", "in_term", "invoiced_90", "days", -1, "Best possible DSO",
       "Receivables in term divided by the invoices of the last 90 days, times 90", CREDIT, factor=90.0),
    _r("delinquent_days", "overdue", "invoiced_90", "days", -1, "ADD (average days delinquent)",
       "DSO less best possible DSO: the days that customers take beyond what was agreed", CREDIT, factor=90.0),
    _d("countback_dso", "receivables", "days", -1, "DSO, countback",
       "The latest months' invoices are taken off the receivables one by one, the last month pro rata; the days passed",
       CREDIT, "Receivables above all invoices known: at least so many days"),
    _d("cei", "receivables", "rate", 1, "CEI (collection effectiveness index)",
       "Collected of what could be collected in the month: (begin + invoices − end) / (begin + invoices − end in term)",
       CREDIT),
    _d("roll_rate", "receivables", "rate", -1, "Roll rate",
       "Value that stood in a bucket a month ago and is one bucket further now, by invoice, divided by the value in "
       "the bucket then; for the last bucket, what is still there", CREDIT),
    _d("loss_rate", "receivables", "rate", -1, "Loss rate",
       "Never paid divided by ever reached the bucket, over invoices due at least a year ago; never paid is what was "
       "open a year past due", "IFRS 9, B5.5.35"),
    _d("provision", "receivables", "money", -1, "Expected credit loss",
       "Sum over the buckets of balance times loss rate times the forward-looking factor", "IFRS 9, B5.5.35"),
    _d("expected_cash", "receivables", "money", 1, "Expected cash",
       "Open invoices times the chance that each is paid in the week, by how late its dealer has paid lately; the band "
       "from the same computation begun in past weeks", OWN),
    _d("late_risk", "receivables", "money", -1, "Money likely to be late",
       "Open in term times the chance to be open 30 days past due: by the plain rule the dealer's late rate, by the "
       "model a logistic regression on what was known on the day of the invoice", OWN),
    # forecast
    _d("forecast", "sales", "money", 1, "Forecast of net sales",
       "The mean of what the tested models say of each level, made to add up over all levels, with what people "
       "changed; its bands come from the errors that the same computation made in past months", OWN),
    _d("landing", "sales", "money", 1, "Landing",
       "What is booked of the period plus the forecast of the rest; its band from correlated paths of the months ahead",
       PRACTICE),
    _d("hit_probability", "sales", "rate", 1, "Chance to reach the target",
       "Share of the paths of the months ahead that, with what is booked, reach the target", PRACTICE),
    _d("required_run_rate", "sales", "rate", -1, "Required run rate",
       "What is still missing to the target divided by what is expected of the rest of the period", PRACTICE),
    _d("forecast_wape", "sales", "rate", -1, "WAPE (weighted absolute percentage error)",
       "Sum of the absolute errors of past forecasts divided by the sum of what came", FORECASTING),
    _d("forecast_bias", "sales", "rate", 0, "Bias of the forecast",
       "Sum of forecast less actual divided by the sum of what came; above zero: too high", FORECASTING),
    _d("forecast_coverage", "sales", "rate", 0, "Coverage of the band",
       "Share of past months whose actual lay inside the band; an 80 % band should hold 80 %", FORECASTING),
    _d("forecast_value_added", "sales", "rate", 1, "Forecast value added",
       "WAPE of the step before less that of this one: seasonal naive, model, override, final", FORECASTING),
    # visits
    _m("planned_visits", "visits", "count(*) FILTER (planned_date IS NOT NULL AND dealer_id IS NOT NULL)", "count", 0,
       "Planned visits", "Visits planned for a day of the period", PRACTICE),
    _m("planned_visits_done", "visits",
       "count(*) FILTER (planned_date IS NOT NULL AND visit_date IS NOT NULL AND dealer_id IS NOT NULL)", "count", 1,
       "Planned visits done", "Visits planned for a day of the period that took place", PRACTICE),
    _r("visit_coverage", "planned_visits_done", "planned_visits", "rate", 1, "Visit coverage",
       "Planned visits done divided by planned visits; unplanned visits are counted apart", FIELD),
    _m("visits", "visits", "count(*) FILTER (visit_date IS NOT NULL AND dealer_id IS NOT NULL)", "count", 1, "Visits",
       "Visits that took place, planned or not", PRACTICE),
    _m("unplanned_visits", "visits",
       "count(*) FILTER (planned_date IS NULL AND visit_date IS NOT NULL AND dealer_id IS NOT NULL)", "count", 0,
       "Unplanned visits", "Visits that took place without a plan", PRACTICE),
    _m("visits_with_order", "visits", "count(*) FILTER (visit_date IS NOT NULL AND with_order)", "count", 1,
       "Visits with an order", "Visits on whose day the dealer ordered", PRACTICE),
    _r("strike_rate", "visits_with_order", "visits", "rate", 1, "Strike rate",
       "Visits with an order on the same day divided by visits", FIELD),
    _d("time_deviation", "visits", "rate", -1, "Time off the norm",
       "Half the sum of the absolute gaps between the shares of hours and the norm: 30 % new customers, 30 % existing "
       "ones, 20 % planning, 20 % telephone and information", PRACTICE,
       "0 keeps the norm; 0.30 says that 30 of 100 hours lie elsewhere"),
    _d("numeric_distribution", "visits", "rate", 1, "Numeric distribution",
       "Outlets that carry the product divided by outlets in which it was looked for: the last check of each outlet "
       "and product in the 90 days up to the day; over several products, outlet by product", FIELD),
    _d("weighted_distribution", "visits", "rate", 1, "Weighted distribution",
       "As numeric distribution, each outlet weighted by its category sales", FIELD),
    _d("shelf_price_gap", "visits", "rate", 0, "Shelf price over list price",
       "Median of shelf price divided by the list price of the day, less one, over the last checks", FIELD),
    _d("visit_association", "visits", "rate", 1, "Orders that go with a visit",
       "Change in a dealer's orders in each of the four weeks after a visit, against its own level and the level of "
       "all dealers in that week; not shown as an effect where visits still to come go with orders as well", OWN),
    # order in the channel
    _d("out_of_territory", "sales", "money", -1, "Sales out of territory",
       "Sales, returns not deducted, whose goods went to a region that neither lies in the dealer's territory nor "
       "holds it, and that no exception clears: one of that dealer for that region, notified no later than the sale, "
       "agreed by the local dealer, and valid on the day", PRACTICE),
    _d("out_of_territory_share", "sales", "rate", -1, "Share of deliveries out of territory",
       "Deliveries out of territory without an exception divided by deliveries, drawn towards the share that is usual "
       "among all dealers, the more so the fewer deliveries a dealer has", PRACTICE,
       "Suspected: with 95 % certainty more than a tenth of the deliveries"),
    _d("price_breach_share", "sales", "rate", -1, "Outside the price band",
       "Units sold below the floor or above the cap of the price list divided by units with a band, net of approved "
       "exceptions; the deepest region counts first, then the channel, then the newest row", PRACTICE,
       "Suspected: at least three lines and more than one unit in a hundred"),
    _d("price_gap", "sales", "money", -1, "Gap to the price band",
       "Sum of the units outside the band times the distance of their price to its nearer end", OWN),
    _d("stock_loading", "sales", "money", -1, "Stock loading",
       "Sell-in of the quarter less sell-out, less what brings the dealer's stock to its usual level; at list price",
       PRACTICE, "Suspected: two fifths more cover than usual, and a quarter more than others bought in the last two "
       "weeks of the quarter"),
    _d("cover_days", "sales", "days", 0, "Days of cover",
       "Stock at dealers divided by their sell-out a day over three months", PRACTICE),
)  # fmt: skip

# Measures that say where headquarters draws a line, or how it weighs: not told to who is not shown its rules.
HEADQUARTERS = frozenset({"dealer_score", "credit_grade", "out_of_territory", "out_of_territory_share",
                          "price_breach_share", "price_gap", "stock_loading"})  # fmt: skip

# The table whose rows a source reads: without any, its measures are unknown, not zero.
SOURCE_TABLES: dict[Source, str] = {
    "sales": "fact_sales", "lifecycle": "fact_sales", "targets": "fact_target", "visits": "fact_visit",
    "receivables": "fact_receivable", "invoices": "fact_receivable", "unapplied": "fact_receivable",
}  # fmt: skip

BY_ID: dict[str, Measure] = {m.id: m for m in MEASURES}


def measure(id: str) -> Measure:
    """The measure of that id. Raises KeyError."""
    return BY_ID[id]


def aggregates(ids: tuple[str, ...]) -> tuple[Measure, ...]:
    """The aggregates needed to answer the measures, in order, each once."""
    needed: dict[str, Measure] = {}
    for id in ids:
        ratio = BY_ID[id].ratio
        for part in ratio[:2] if ratio else (id,):
            needed.setdefault(str(part), BY_ID[str(part)])
    return tuple(needed.values())
