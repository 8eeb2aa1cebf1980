"""Does potential agree with sales: regions or sales people in the order of what they could sell, and what they sold."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.targets import LEAST, spearman
from data import records
from data.company import Company
from data.scope import Scope, ScopeError
from data.words import N_

OF = ("region", "employee")  # whose potential can be written down
STRONG, FAIR = 0.8, 0.5  # coefficients from which the orders agree closely, by and large [convention of this project]


@question("targets.potential", reads=("potential",))
def potential(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Spearman's rank correlation of potential and net sales of the period, by region or employee.

    Potential is what people wrote down (records of kind `potential`); as long as nobody wrote any for the rows of the
    scope, the target of the period stands in for it. Frame `ranks`: key and names, potential, net_sales, written
    (the amount that stands in the ledger; NaN for none), source (its), target, rank_potential, rank_sales (1 =
    largest, ties share the average), difference (rank by potential less rank by sales: positive where sales stand
    higher), squared; in the order of potential, rows without one last and without ranks. Values: base (`written` or
    `target`), n (rows compared), lacking (rows without potential), rho, squares, p (two-sided, by permutation),
    critical (analytics.targets.spearman), words (`close`, `fair`, `loose`, `none`, `against`; empty without a
    coefficient), proven (p at most 0.05). Fewer than five rows: insufficient_evidence. Raises ScopeError.
    """
    if by not in OF:
        raise ScopeError(f"by: {by!r} is not one of {', '.join(OF)}")
    key = f"{by}_id"
    frame = company.store.measure(scope, ("net_sales", "target"), (by,))
    frame = frame[frame[key].notna()].reset_index(drop=True)
    kept = company.records("potential")
    of = [records.about("potential", subject) for subject in kept["subject"]]
    rows = zip(of, kept["amount"], kept["source"], strict=True)
    own = {id: values for (what, id), *values in rows if what == by and _seen(company, scope, what, id)}
    frame["written"] = [own.get(id, (float("nan"),))[0] for id in frame[key]]
    frame["source"] = pd.Series([own.get(id, (None, None))[1] for id in frame[key]], frame.index, dtype="object")
    base = "written" if frame["written"].notna().any() else "target"
    frame["potential"] = frame[base]
    values: dict[str, object] = {
        "base": base, "by": by, "n": int(frame["potential"].notna().sum()),
        "lacking": int(frame["potential"].isna().sum()), "rho": float("nan"), "squares": float("nan"),
        "p": float("nan"), "critical": float("nan"), "words": None, "proven": False,
    }  # fmt: skip
    ranked = ("rank_x", "rank_y", "difference", "squared")
    notes: tuple[Note, ...] = ()
    if enough := values["n"] >= LEAST:  # type: ignore[operator]
        found = spearman(frame.assign(x=frame["potential"], y=frame["net_sales"]))
        frame = frame.join(found.ranks[list(ranked)])
        values |= {"rho": found.rho, "squares": found.squares, "p": found.p, "critical": found.critical,
                   "words": _words(found.rho), "proven": bool(found.p <= 0.05)}  # fmt: skip
    else:
        frame = frame.assign(**dict.fromkeys(ranked, float("nan")))
        message = N_("{n} potentials are known; an order of fewer than {least} says nothing.")
        notes = (Note(message, {"n": values["n"], "least": LEAST}),)
    frame = frame.rename(columns={"rank_x": "rank_potential", "rank_y": "rank_sales"})
    frame = frame.sort_values(["potential", key], ascending=[False, True], na_position="last", ignore_index=True)
    return answer("targets.potential", company, scope, {"ranks": frame}, definitions=("net_sales", "target"),
                  values=values, notes=notes, verdict="ok" if enough else "insufficient_evidence")  # fmt: skip


def _seen(company: Company, scope: Scope, what: str, id: str) -> bool:
    """The potential of a region is for those who may see all of it."""
    return what != "region" or (scope.entitlement is not None and company.sees_region(scope.entitlement, id))


def _words(rho: float) -> str | None:
    """The coefficient in a word; None where one side does not vary."""
    if pd.isna(rho):
        return None
    if rho >= STRONG:
        return "close"
    if rho >= FAIR:
        return "fair"
    if rho >= 0.2:
        return "loose"
    return "none" if rho > -0.2 else "against"
