"""What an estimate needs, counted: enough comparable dealers, weeks and executions, and tests that must not fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.promotions.baseline import sums
from analytics.promotions.effects import MIN_EXECUTIONS
from analytics.promotions.executions import Executions
from analytics.promotions.imputation import Imputed
from analytics.promotions.panel import Matrix, Panel

CONTROLS, HISTORY, PRE_WEEKS = 5, 52, 8  # [METHODS]
LEAD_Z = 3.2  # the test is sharper than that of METHODS and a tenth wider than a normal one
DIVERSION_Z = -2.5
MOST_OVERLAPPING = 0.05  # share of spend


def controls(panel: Panel, at: Executions, usable: Matrix) -> Matrix:
    """(X,) clean comparable dealers of the cell in the poorest quarter of an execution's weeks."""
    clean = panel.there & ~at.hidden & usable[:, None]
    cell = panel.unit["cell"].to_numpy()
    count = np.zeros((len(panel.cell_branch), panel.shape[1]))
    np.add.at(count, cell, clean)
    result = np.zeros(len(at.unit))
    for x, unit in enumerate(at.unit):
        span = slice(max(at.first[x], 0), min(at.last[x], panel.shape[1]))
        if unit >= 0 and span.stop > span.start:
            result[x] = np.quantile(count[cell[unit], span], 0.25)
    return result


def reasons(panel: Panel, at: Executions, usable: Matrix) -> pd.DataFrame:
    """controls, pre_weeks and reason (empty: measured) of each execution."""
    clean = panel.there & ~at.hidden
    enough = controls(panel, at, usable)
    before = np.array([clean[u, : max(a, 0)].sum() if u >= 0 else 0 for u, a in zip(at.unit, at.first, strict=True)],
                      dtype=int)  # fmt: skip
    spend = pd.to_numeric(at.frame["spend"], errors="coerce").to_numpy(float)
    reason = np.full(len(at.unit), "", dtype=object)
    for failed, code in (  # the first that fails is named
        (enough < CONTROLS, "controls"),
        (before < PRE_WEEKS, "pre_weeks"),
        (at.last > panel.shape[1], "preliminary"),
        ((at.unit < 0) | ~usable[np.maximum(at.unit, 0)] if len(usable) else at.unit < 1, "no_sales"),
        (~(spend > 0), "spend"),
        (np.full(len(at.unit), panel.shape[1] < HISTORY), "history"),
    ):
        reason[failed] = code
    return pd.DataFrame({"controls": enough, "pre_weeks": before, "reason": reason})


def row(gate: str, scope: str, count: float, threshold: float, passed: bool, reason: str = "") -> dict[str, Any]:
    return {"gate": gate, "scope": scope, "count": float(count), "threshold": float(threshold), "passed": bool(passed),
            "reason": reason if not passed else ""}  # fmt: skip


def counted(executions: pd.DataFrame, width: int, overlapping: Matrix) -> list[dict[str, Any]]:
    """Gates on what is there: over everything, and by cell."""
    spend = executions["spend"].where(executions["spend"] > 0, 0.0)
    total = max(float(spend.sum()), 1e-9)
    rows = [row("history", "overall", width, HISTORY, width >= HISTORY, "history")]
    for gate, most in (("spend", 0.2), ("no_sales", 0.5), ("controls", 0.5), ("pre_weeks", 0.5), ("preliminary", 0.5)):
        failed = executions["reason"] == gate
        part = failed.mean() if gate == "spend" and len(failed) else spend[failed].sum() / total
        rows.append(row(gate, "overall", part, most, part <= most, gate))
    part = spend[overlapping].sum() / total
    rows.append(row("overlap", "overall", part, MOST_OVERLAPPING, part <= MOST_OVERLAPPING, "overlap"))
    measured = executions["reason"] == ""
    for (kind, region), own in executions.groupby(["type", "region"], sort=True):
        n = int(measured[own.index].sum())
        rows.append(row("executions", f"{kind}|{region}", n, MIN_EXECUTIONS, n >= MIN_EXECUTIONS, "few_executions"))
    return rows


def lead_test(imputed: Imputed, panel: Panel, at: Executions, leads: Matrix, measured: Matrix) -> list[dict[str, Any]]:
    """The weeks of LEAD: whether dealers sold other than expected before the promotion could do anything: a score test
    for a passing shock at the start that fades as shocks do.

    z against the same statistic of the bootstrap, over everything and by type.
    """
    clean = panel.there & ~at.hidden
    own = np.maximum(at.unit, 0)
    mean = imputed.fit.mean[own]
    off = np.divide(panel.amount["margin"][own], mean, out=np.ones(mean.shape), where=mean > 0) - 1
    scale = np.sqrt(imputed.fit.noise[own] * imputed.inflation)
    value = np.einsum("xt,xt->x", imputed.lead, off * clean[own]) / scale
    rows = []
    kinds = at.frame["type"].to_numpy()
    for scope in ("overall", *sorted(set(kinds[measured]))):
        group = measured & ((kinds == scope) if scope != "overall" else True)
        if group.sum() < MIN_EXECUTIONS:
            continue
        z = value[group].sum() / max(float(leads[group].sum(axis=0).std()), 1e-9)
        most = LEAD_Z if scope == "overall" else LEAD_Z + 0.6
        rows.append(row("lead_test", scope, abs(z), most, abs(z) <= most, "lead_test"))
    return rows


def diversion(panel: Panel, at: Executions, imputed: Imputed) -> tuple[dict[str, Any], float]:
    """Whether dealers who do not take part sell less where more is promoted around them; the margin that they lose.

    Two tests: the whole category of their cell against other cells, and the promoted products against the others.
    """
    z, lost = _cells_fall(panel, at, imputed)
    within = _products_fall(panel, at, imputed)
    z = min(z, within, (z + within) / np.sqrt(2))
    return row("diversion", "overall", z, DIVERSION_Z, z >= DIVERSION_Z, "diversion"), lost


def _cells_fall(panel: Panel, at: Executions, imputed: Imputed) -> tuple[float, float]:
    """Generalised least squares of the cells' distance from their category on the promoted share of the cell, with
    the covariance of their errors; a cell's own level is left out."""
    width, cells = panel.shape[1], len(panel.cell_branch)
    cell = panel.unit["cell"].to_numpy()
    clean = panel.there & ~at.hidden & imputed.fit.usable[:, None]
    running = np.zeros(panel.shape, bool)
    for unit, start, end in zip(at.unit, at.start, at.end, strict=True):
        if unit >= 0:
            running[unit, max(start, 0) : max(end, 0)] = True
    mean = imputed.fit.mean
    total, promoted, others = (sums(mean * mask, cell, cells) for mask in (panel.there, running, clean))
    share = np.divide(promoted, total, out=np.zeros_like(total), where=total > 0)
    _, apart, error = imputed.parts
    relative = share - _common(share, 1 / error, panel.cell_branch)
    distance = np.abs(np.subtract.outer(np.arange(width), np.arange(width)))
    memory = imputed.shock.share * imputed.shock.memory**distance + (1 - imputed.shock.share) * np.eye(width)
    known = 1.0 + (imputed.borrowing.known if imputed.borrowing.known is not None else 0.0)
    top = bottom = 0.0
    for g in range(cells):
        noise = imputed.inflation * memory * np.sqrt(np.outer(error[g], error[g]))
        inverse = np.linalg.inv(known + noise)
        top += relative[g] @ inverse @ apart[g]
        bottom += relative[g] @ inverse @ relative[g]
    if bottom <= 0:
        return 0.0, 0.0
    return top / np.sqrt(bottom), max(-top / bottom, 0.0) * float((share * others).sum())


def _products_fall(panel: Panel, at: Executions, imputed: Imputed) -> float:
    """z of the share that promoted products have with dealers who do not take part, against other cells and against
    the share before; errors may hang together within a cell, product and half-year."""
    width, cells = panel.shape[1], len(panel.cell_branch)
    unit = panel.product_unit
    clean = (panel.there & ~at.hidden & imputed.fit.usable[:, None])[unit]
    product, names = pd.factorize(panel.pairs.get_level_values(1))
    place = panel.unit["cell"].to_numpy()[unit] * len(names) + product
    amount = panel.product["revenue"]
    usual = (amount * clean).sum(axis=1, keepdims=True) / np.maximum(clean.sum(axis=1, keepdims=True), 1)
    sold, normal, exposed, everyone = (
        sums(values, place, cells * len(names))
        for values in (amount * clean, usual * clean, usual * at.running, usual * panel.there[unit])
    )
    there = np.flatnonzero((sold.sum(axis=1) > 0) & (normal.sum(axis=1) > 0))
    sold, normal, exposed, everyone = sold[there], normal[there], exposed[there], everyone[there]
    at_cell, branch = there // len(names), panel.cell_branch[there // len(names)]
    code = branch * len(names) + there % len(names)
    # a product sells as its cell does at the time, and as the product does everywhere within the category
    expected = normal * _pace(sold, normal, at_cell) * _pace(sold, normal, code) / _pace(sold, normal, branch)
    expected *= (sold.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-9))[:, None]
    share = np.divide(exposed, everyone, out=np.zeros_like(sold), where=everyone > 0)
    share_cell = (sums(exposed, at_cell, cells) / np.maximum(sums(everyone, at_cell, cells), 1e-9))[at_cell]
    relative = share - share_cell
    relative = relative - (relative * expected).sum(axis=1, keepdims=True) / np.maximum(
        expected.sum(axis=1, keepdims=True), 1e-9)  # fmt: skip
    value = relative * (sold - expected)
    blocks = np.add.reduceat(value, np.arange(0, width, 26), axis=1) if width else value
    spread = float(np.sqrt((blocks**2).sum()))
    return float(value.sum() / spread) if spread > 0 else 0.0


def _pace(sold: Matrix, normal: Matrix, group: Matrix) -> Matrix:
    """What the rows of a group sold over what is usual with them, at every row."""
    many = int(group.max()) + 1 if len(group) else 1
    top, bottom = sums(sold, group, many), sums(normal, group, many)
    return np.asarray(np.divide(top, bottom, out=np.ones_like(top), where=(bottom > 0) & (top > 0))[group])


def _common(values: Matrix, weight: Matrix, group: Matrix) -> Matrix:
    """Weighted mean of the rows of each group, at every row."""
    many = int(group.max()) + 1 if len(group) else 1
    return np.asarray((sums(values * weight, group, many) / np.maximum(sums(weight, group, many), 1e-12))[group])
