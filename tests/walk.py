"""All questions asked by a viewer of a company and of the same company changed elsewhere: what differs is a leak."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import signature
from typing import Any

from analytics import questions
from dashboard.export import cards
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick
from dashboard.findings.model import Finding
from data.company import Company
from data.scope import GROUPINGS, ScopeError
from tests.elsewhere import Elsewhere, differences, texts

# What may depend on the whole company: docs/security.md says why. Paths within Answer.to_dict.
WHOLE: dict[str, str] = {
    # a place in a ranking of all dealers, and the marks between its classes
    "dealers.scorecard": r"\.values\.(moves|up|down|goal|next_tier|cuts)|\.frames\.ways"
    r"|\.frames\.criteria\[\d+\]\.(low|high)"
    r"|\.frames\.dealers\[\d+\]\.(score|rank|proposed|move|reasons|\w+_points|\w+_share)",
    "dealers.segments": r"\.frames\.dealers\[\d+\]\.(segment|next|gap|standing)|\.frames\.segments|\.values\.changed",
    "dealers.moves": r"\.frames\.(flows|moves|steady)|\.values\.moved",
    # a rate over all promotions of a type
    "promotions.plan": r"\.values\.(category_lift|gap|needed)",
    # where goods of one's own dealer went, and who agreed to it
    "integrity.territory": r"\.frames\.(dealers|flows|register)\[\d+\]\.(into|agreed_by|region)_name",
    "integrity.deliveries": r"\.frames\.\w+\[\d+\]\.into_name",
}  # fmt: skip
RANKED = {"rfm", "abc", "growth_share"}  # kinds of groups that are told by rank or mean; the others depend on nobody
_PLACES = ("into", "agreed_by")


def every_card(desk: Desk) -> Iterator[tuple[str, Finding]]:
    """Each card of the registry that the desk can make as it stands, with its id."""
    for id in cards.CARDS:
        try:
            yield id, cards.card(desk, Pick(id))
        except cards.Missing:
            continue


def ways(name: str) -> Iterator[dict[str, Any]]:
    """Options under which a question groups or ranks in another way; first none."""
    known = signature(questions.QUESTIONS[name]).parameters
    yield {}
    yield from ({"by": by} for by in GROUPINGS if "by" in known)
    yield from ({"kind": kind} for kind in ("life_cycle", "growth_share", *sorted(RANKED)) if "kind" in known)


def addresses(elsewhere: Elsewhere) -> Iterator[dict[str, str]]:
    """What somebody may write into the address: a dealer, region or product elsewhere, and a dealer of the own."""
    for what, ids in (("dealer", elsewhere.dealers), ("region", elsewhere.regions), ("product", elsewhere.products)):
        if ids:
            yield {what: min(ids)}
    yield {"dealer": min(set(elsewhere.company.store.names("dealer").index) - elsewhere.dealers)}


def leaks(elsewhere: Elsewhere, changed: Company, name: str, keys: Mapping[str, str],
          options: Mapping[str, Any]) -> list[str]:  # fmt: skip
    """What the answer says of elsewhere: words, and values that follow what was changed there."""
    answers = []
    for company in (elsewhere.company, changed):
        try:
            answers.append(questions.ask(company, name, company.scope(keys, elsewhere.viewer), **options))
        except ScopeError:  # the question cannot be asked that way, of either
            answers.append(None)
    here, there = answers
    if here is None or there is None:
        return [] if here is there else [f"{name} {options} {keys}: answered of one company alone"]
    places = {at: (*_PLACES, "region") if at == "register" else _PLACES for at in there.frames}
    shown = {at: frame.drop(columns=[c for c in frame if str(c).startswith(places[at])])
             for at, frame in there.frames.items()}  # fmt: skip
    told = texts({"frames": shown, "values": there.values, "notes": [str(note) for note in there.notes]})
    words = sorted({word for text in told for word in elsewhere.said(text)} - set(keys.values()))
    allowed = WHOLE.get(name, "") if options.get("kind", "abc") in RANKED or name not in _KINDS else ""
    found = [line for line in differences(here.to_dict(), there.to_dict())
             if not line.startswith(".rows") and not (allowed and re.match(allowed, line))]  # fmt: skip
    asked = f"{name} {dict(options) or ''} {dict(keys) or ''}"
    return [f"{asked} says {word}" for word in words] + [f"{asked}{line}" for line in found]


_KINDS = {name for name, ask in questions.QUESTIONS.items() if "kind" in signature(ask).parameters}
