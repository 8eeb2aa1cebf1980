"""What stands between a query and the tables: CTEs that leave of each table what a viewer may see and a scope asks for.

A CTE carries the name of the table it restricts, so a query that says `fact_sales` reads the restricted lines.
`reachable_dealer` holds the dealers within the regions and dealers of entitlement and scope; `dim_dealer` also
follows the channel and the owner. Lines keep their own channel and employee, so they go by `reachable_dealer`.

Working time that names no dealer (planning, telephone, prospecting) belongs to the region of the sales person, and to
no dealer or channel.

`sales_day` adds up the lines of a dealer and day; where products are restricted it is the lines themselves. So a query
over it may sum and take extremes, and never counts rows.

A dealer without a region belongs, for a region that the scope asks for, where its goods went; a viewer whose
entitlement is limited to regions does not see such dealers at all.
"""

from __future__ import annotations

import re
from typing import Any

from data import schema, targets
from data.scope import Entitlement, Scope


class NotEntitled(Exception):
    """A query without an entitlement, or one that tries to pass by it."""


def guards(scope: Scope, level: str | None, *, unplaced: bool,
           cubed: bool = False) -> tuple[dict[str, str], dict[str, Any]]:  # fmt: skip
    """CTE text by name, in an order in which each is defined before it is used, and the parameters of all.

    level: the target level to read; None hides all targets. unplaced: some dealers have no region. cubed: the snapshot
    has cubes. Raises NotEntitled.
    """
    viewer = scope.entitlement
    if viewer is None:
        raise NotEntitled("a scope without an entitlement cannot be answered")
    params: dict[str, Any] = {}

    def among(name: str, values: tuple[str, ...]) -> str:
        params[name] = list(values)
        return f"(SELECT unnest(${name}::VARCHAR[]))"

    def each(column: str, *filters: tuple[str, tuple[str, ...]]) -> list[str]:
        return [f"{column} IN {among(name, values)}" for name, values in filters if values]

    def below(name: str, values: tuple[str, ...]) -> str:
        return f"(SELECT region_id FROM main.region_path WHERE ancestor_id IN {among(name, values)})"

    entitled = [f"region_id IN {below('may_regions', viewer.regions)}"] if viewer.regions else []
    asked = [f"region_id IN {below('regions', scope.region)}"] if scope.region else []
    place, shipped, inside = entitled + asked, [], ""
    if asked and unplaced:
        inside = below("regions", scope.region)
        went = f"dealer_id IN (SELECT dealer_id FROM main.fact_sales WHERE ship_to_region_id IN {inside})"
        place = [*entitled, f"({asked[0]} OR (region_id IS NULL AND {went}))"]
        placed = "dealer_id IN (SELECT dealer_id FROM main.dim_dealer WHERE region_id IS NOT NULL)"
        shipped = [f"(ship_to_region_id IN {inside} OR {placed})"]
    dealer = each("dealer_id", ("may_dealers", viewer.dealers), ("dealers", scope.dealer))
    product = each("product_id", ("may_products", viewer.products), ("products", scope.product))
    product += each("category", ("categories", scope.category))
    channel = each("channel_id", ("channels", scope.channel))
    person = each("employee_id", ("employees", scope.employee))

    reachable = ["dealer_id IN (SELECT dealer_id FROM reachable_dealer)"] if place or dealer else []
    visited = reachable
    if place and not dealer:  # working time without a dealer belongs where the sales person works
        works = f"employee_id IN (SELECT employee_id FROM main.dim_employee WHERE {' AND '.join(entitled + asked)})"
        visited = [f"({reachable[0]} OR (dealer_id IS NULL AND {works}))"]
    owned = ["dealer_id IN (SELECT dealer_id FROM dim_dealer)"] if place or dealer or channel or person else []
    sold = ["product_id IN (SELECT product_id FROM dim_product)"] if product else []
    rules: dict[str, list[str]] = {
        "reachable_dealer": place + dealer,
        "dim_dealer": place + dealer + channel + person,
        "dim_product": product,
        "fact_sales": reachable + shipped + sold + channel + person,
        "sales_document": reachable + shipped + channel + person,
        "fact_visit": (owned if channel else visited) + person,
        "fact_target": _target_rules(level, entitled + asked, channel, person, product),
    }
    params["read_level"] = level
    never = ["false"]
    rules |= {  # a cube says nothing of what it added up
        "sales_day": never if product else reachable + shipped + channel + person,
        "product_month": never
        if dealer or person or not cubed
        else _region_rules(entitled, asked, inside) + sold + channel,
        "visit_order": reachable,
    }
    for table in schema.TABLES:
        if table.name not in rules and table.kind in ("fact", "optional", "derived"):
            columns = table.column_names
            rules[table.name] = (owned if "dealer_id" in columns else []) + (sold if "product_id" in columns else [])
    ctes = {}
    for name, kept in rules.items():
        table_name = "dim_dealer" if name == "reachable_dealer" else name
        if kept or name == "reachable_dealer":
            where = f" WHERE {' AND '.join(kept)}" if kept else ""
            ctes[name] = f"{name} AS NOT MATERIALIZED (SELECT * FROM main.{table_name}{where})"
    if not cubed or product:
        ctes["sales_day"] = "sales_day AS NOT MATERIALIZED (SELECT * FROM fact_sales)"
    if not cubed or product or channel or person:
        ctes["visit_order"] = f"visit_order AS NOT MATERIALIZED ({_VISIT_ORDER})"
    return ctes, params


# Read where the cube cannot be: the days of visits on which the dealer ordered what the scope asks for.
_VISIT_ORDER = """SELECT DISTINCT s.dealer_id, s.order_date FROM fact_sales s JOIN fact_visit v
    ON v.dealer_id = s.dealer_id AND v.visit_date = s.order_date
    WHERE s.line_type = 'sale' AND coalesce(v.planned_date, v.visit_date) BETWEEN $start AND least($end, $as_of)"""


def _region_rules(entitled: list[str], asked: list[str], inside: str) -> list[str]:
    """Of product_month: the dealers' region, or, where they have none, the one that the scope asks for goods in."""
    if not inside:
        return entitled + asked
    return [*entitled, f"({asked[0]} OR (region_id IS NULL AND ship_to_region_id IN {inside}))"]


def _target_rules(
    level: str | None, place: list[str], channel: list[str], person: list[str], product: list[str]
) -> list[str]:
    if level is None:
        return ["false"]
    have = targets.parts(level)
    rules = ["target_level = $read_level"]
    rules += ["dealer_id IN (SELECT dealer_id FROM dim_dealer)"] if "dealer" in have else place + channel + person
    if product:
        column = "product_id" if "product" in have else "category"
        rules.append(f"{column} IN (SELECT {column} FROM dim_product)")
    return rules


def guarded(sql: str, scope: Scope, level: str | None, *, unplaced: bool,
            cubed: bool = False) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """The query behind its guards, and their parameters. Raises NotEntitled."""
    if re.search(r"\b(main|warehouse)\"?\s*\.", sql):
        raise NotEntitled("a query must not name a schema: it would pass by the entitlement")
    ctes, params = guards(scope, level, unplaced=unplaced, cubed=cubed)
    wanted: set[str] = set()
    for name in reversed(ctes):
        if name in wanted or re.search(rf"\b{name}\b", sql):
            wanted.add(name)
            body = ctes[name].partition("SELECT")[2]
            wanted |= {other for other in ctes if re.search(rf"(?<!main\.)\b{other}\b", body)}
    used = [text for name, text in ctes.items() if name in wanted]
    return (f"WITH {', '.join(used)}\n{sql}" if used else sql), params


def target_needs(scope: Scope, by: tuple[str, ...], region_depth: int) -> dict[str, int]:
    """What a level of targets must be able to say for the scope split by the groupings (see targets.choose_level).

    region_depth: depth of the regions that are filtered by or listed; 0 for none.
    """
    viewer = scope.entitlement or Entitlement("")
    needs = {name: 0 for name in (*scope.filters, *by) if name not in ("month", "week")}
    if viewer.regions or "region" in needs:
        needs["region"] = max(region_depth, 1)
    if viewer.dealers:
        needs["dealer"] = 0
    if viewer.products:
        needs["product"] = 0
    return needs
