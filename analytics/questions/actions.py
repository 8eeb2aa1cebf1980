"""The action list: what to decide, joined with what people decided about it.

An item is an exception (analytics.questions.exceptions). Its record (kind `action`, subject `<kind>:<subject>:<id>`)
says that somebody took it, that it is done, or that it was dismissed and why; the records before are its history. An
overdue dealer with a standing collection action is taken, too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions import exceptions
from analytics.questions.answer import Answer, answer, question
from analytics.questions.comparing import reached
from data.company import Company
from data.scope import FILTERS, Scope, month_end

DECIDED = ("state", "taken_id", "due", "why", "who", "at")
COLUMNS = ("key", *exceptions.COLUMNS, *DECIDED)
GROWN = 1.25  # a settled item is open again when this much more money is at stake in the same view
_PLACES = ("region", "dealer")  # filters that choose items and leave their money alone


@question("actions.list", reads=("action", *exceptions.READS))
def listed(company: Company, scope: Scope, shown: int = exceptions.SHOWN, each: int = exceptions.A_KIND) -> Answer:
    """What to decide now, most money first, at most `each` of a kind, and what was decided already.

    What is done or dismissed leaves the list until the data reach a later month, or until its money at stake in the
    same view (period, comparison, filters) is GROWN times what it was then. What is taken stays, with who took it.

    Frame `actions`: the first `shown` open or taken items: key, the columns of `exceptions`, state (`open`, `taken`,
    `done`, `dismissed`), taken_id (an employee, with names, or any name), due, why (the reason given),
    who and at (who wrote it, when). Frame `all`:
    every item, the settled ones too. Values: money (sum of the rows shown), found, waiting (items open or taken),
    waiting_money, taken, done, dismissed (counts), view (what an item's record keeps of this view).
    """
    found = exceptions.find(company, reached(company, scope))
    items = _with_decisions(company, scope, found.frame)
    waiting = items[items["state"].isin(["open", "taken"])]
    first = exceptions.leading(waiting, shown, each)
    counts = {state: int((items["state"] == state).sum()) for state in ("taken", "done", "dismissed")}
    values: dict[str, Any] = {
        "money": float(first["money"].sum()), "found": len(items), "waiting": len(waiting),
        "waiting_money": float(waiting["money"].sum()), **counts, "view": view(scope),
    }  # fmt: skip
    return answer("actions.list", company, scope, {"actions": first, "all": items},
                  definitions=("net_sales", "overdue"), values=values, compared=found.compared,
                  notes=found.notes)  # fmt: skip


def about(company: Company, scope: Scope, dealer_id: str) -> pd.DataFrame:
    """The items of the list that concern a dealer: columns of the frame `all`."""
    found = exceptions.find(company, reached(company, scope))
    return _with_decisions(company, scope, exceptions.about(found.frame, dealer_id))


def _with_decisions(company: Company, scope: Scope, found: pd.DataFrame) -> pd.DataFrame:
    items = decided(found, company.records("action"), view(scope), reached(company, scope).as_of)
    names = company.store.names("employee").reindex(items["taken_id"])
    items["taken_name"], items["taken_name_en"] = names.iloc[:, 0].to_numpy(), names.iloc[:, 1].to_numpy()
    return items


def view(scope: Scope) -> str:
    """What decides how much money an item shows: period, comparison and filters, without the place."""
    keys = scope.to_keys()
    return " ".join(
        f"{key}={keys[key]}" for key in ("period", "compare", *FILTERS) if key in keys and key not in _PLACES
    )


def decided(found: pd.DataFrame, records: pd.DataFrame, here: str, as_of: dt.date) -> pd.DataFrame:
    """The items with COLUMNS: exceptions joined with the standing record of each."""
    items = found.copy()
    items.insert(0, "key", items["kind"] + ":" + items["subject"] + ":" + items["subject_id"].astype("str"))
    by_key = {row["subject"]: row for row in records.to_dict("records")}
    rows: list[dict[str, Any]] = []
    nothing = dict.fromkeys(DECIDED)
    for key, money, facts in zip(items["key"], items["money"], items["facts"], strict=True):
        record = by_key.get(key)
        if record is not None and _stands(record, money, here, as_of):
            rows.append(nothing | {
                "state": record["state"], "taken_id": record["owner"] or record["who"], "due": record["due"],
                "why": record["reason"], "who": record["who"], "at": record["at"],
            })  # fmt: skip
        elif "next_step" in facts and "result" not in facts:
            rows.append(nothing | {"state": "taken", "taken_id": facts.get("action_owner"), "due": facts.get("due"),
                         "why": facts["next_step"], "at": facts.get("action_at")})  # fmt: skip
        else:
            rows.append(nothing | {"state": "open"})
    return pd.concat([items, pd.DataFrame(rows, index=items.index, columns=list(DECIDED), dtype="object")], axis=1)


def _stands(record: dict[str, Any], money: float, here: str, as_of: dt.date) -> bool:
    """Whether what was decided still holds: see `listed`."""
    if record["state"] == "taken":
        return True
    if record["data_to"] and as_of > month_end(dt.date.fromisoformat(record["data_to"])):
        return False
    before = record["money"]
    return before is None or record["view"] != here or money < GROWN * before
