"""How long exports take: `qudao bench exports` on the company in QUDAO_HOME, modules imported, best of three.

The eight slides of the briefing as PowerPoint, PDF and Excel with the answers known, as behind a page that was
looked at; the same with every question asked anew; one chart as SVG; a dealer card on paper.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from dashboard.charts import config
from dashboard.export import briefing, files
from dashboard.export.deck import Deck
from dashboard.export.desk import Desk
from dashboard.export.drawing import svg
from dashboard.i18n import LANGUAGES, use_language
from data.company import Company
from data.settings import default_home

TIMES = 3


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest run."""
    spent = []
    for _turn in range(TIMES):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def figures(deck: Deck, desk: Desk) -> int:
    """Draw every chart of the deck as SVG at slide size; how many there were."""
    findings = [slide.finding for slide in deck.slides if slide.finding and slide.finding.figure]
    for finding in findings:
        assert finding.figure is not None
        figure = config.on_slide(finding.figure(desk.style), desk.style, finding.title, finding.subtitle)
        svg(figure, config.SLIDE_WIDTH)
    return len(findings)


def main() -> None:
    company = Company.open(default_home())
    for lang in LANGUAGES:
        with use_language(lang):
            measured(lang, company)


def measured(lang: str, company: Company) -> None:
    """Print the times in one language."""
    desk = Desk(company, company.scope())
    deck = briefing.deck(desk)
    dealer = desk.ask("dealers.list").frames["dealers"]["dealer_id"].iloc[0]
    card = Desk(company, company.scope({"dealer": dealer}))
    kinds = [f"{kind} {best(partial(files.write, kind, desk, deck)):.2f} s" for kind in files.KINDS]
    anew = best(lambda: briefing.deck(Desk(company, company.scope())))
    drawn = best(lambda: figures(deck, desk)) / figures(deck, desk)
    paper = best(lambda: files.form("dealer", card))
    print(f"{lang}: {len(deck.slides)} slides, answers known: {', '.join(kinds)}; asking anew {anew:.2f} s; "
          f"a chart as SVG {drawn * 1000:.0f} ms; dealer card as PDF {paper:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
