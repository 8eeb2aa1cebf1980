"""The audit log in words: who did what, to what, when."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from dashboard import formats
from dashboard.i18n import _
from dashboard.titles import TITLES
from data.ledger import Entry
from data.records import BY_ID

LONGEST = 200  # characters of what an entry holds


def kinds() -> dict[str, str]:
    """Kind of entry -> its word."""
    own = {
        "sign_in": _("Signed in"), "sign_out": _("Logged out"), "refused": _("Access refused"), "seen": _("Page seen"),
        "export": _("Export"), "saved_view": _("Saved view"), "deck": _("Saved deck"), "import": _("Import"),
        "rollback": _("Return to a snapshot"), "report_sent": _("Report sent"),
    }  # fmt: skip
    return own | {kind.id: _(kind.label) for kind in BY_ID.values()}


def heads() -> dict[str, str]:
    """Column -> its word."""
    return {"at": _("When"), "who": _("Who"), "kind": _("What"), "subject": _("About"), "body": _("Details")}


def table(entries: Sequence[Entry], zone: str | None = None) -> pd.DataFrame:
    """The entries under the words of `heads`."""
    words, shown = kinds(), heads()
    rows = [(formats.moment(e.at, zone), e.who, words.get(e.kind, e.kind), about(e), details(e)) for e in entries]
    return pd.DataFrame(rows, columns=list(shown.values()))


def about(entry: Entry) -> str:
    """What an entry is about: a page, a role or a reason by its word, anything else as it was written."""
    words: dict[str, str] = {}
    if entry.kind in ("seen", "refused"):
        words = {name: str(title) for name, (title, _icon) in TITLES.items()} | {
            "stranger": _("not in access.toml"), "expired": _("sign-in too old")}  # fmt: skip
    elif entry.kind == "sign_in":
        words = {"director": _("Director"), "manager": _("Manager"), "field": _("Field"),
                 "administrator": _("Administrator")}  # fmt: skip
    return words.get(entry.subject, entry.subject)


def details(entry: Entry) -> str:
    """What an entry holds, in one line; an empty one took something back, where it was something written."""
    if not entry.body:
        return "" if entry.kind in ("sign_in", "sign_out", "refused", "seen") else _("withdrawn")
    pairs = [f"{key}={text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)}"
             for key, text in entry.body.items() if text not in (None, "")]  # fmt: skip
    text = " ".join(" · ".join(pairs).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
