"""How long exports take: `qudao bench exports` on the company in QUDAO_HOME, its answers known, modules imported.

A PDF of seven slides, one figure of it as SVG, and a dealer card; wall seconds, the best of five.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from dashboard.export import paper, typeset
from dashboard.export.deck import Deck, Slide, slide
from dashboard.export.desk import Desk
from dashboard.export.drawing import svg
from dashboard.findings import briefing, kpis
from dashboard.findings import receivables as owed
from dashboard.i18n import use_language
from data.company import Company
from data.settings import default_home

TIMES = 5


def seven(desk: Desk) -> Deck:
    """Seven slides: the Briefing with its KPIs, its cards, and receivables."""
    answer, aging = desk.ask("overview"), desk.ask("receivables.aging")
    ahead, currency = desk.ask("forecast.outlook"), desk.currency
    cards = [
        briefing.trend(answer, currency, ahead=ahead), briefing.gap(answer, currency),
        briefing.regions(answer, currency), owed.by_month(aging, currency), owed.by_office(aging, currency),
        owed.movement(desk.ask("receivables.movement"), currency),
    ]  # fmt: skip
    slides = [slide(desk, card) for card in cards]
    figures = tuple(kpis.briefing(answer, desk.ask("forecast.landing")))
    title = briefing.page_title(answer)
    first = Slide(title, briefing.page_subtitle(answer, desk.name, currency), slides[0].footer, figures, cards[0])
    return Deck(title, (first, *slides))


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest run."""
    spent = []
    for _turn in range(TIMES):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def main() -> None:
    company = Company.open(default_home())
    desk = Desk(company, company.scope({}))
    dealer = desk.ask("dealers.list").frames["dealers"]["dealer_id"].iloc[0]
    card = Desk(company, company.scope({"dealer": dealer}))
    for lang in ("en", "zh"):
        with use_language(lang):
            measured(lang, desk, card)


def measured(lang: str, desk: Desk, card: Desk) -> None:
    """Print the times in one language."""
    deck = seven(desk)
    figures = [one.finding.figure(desk.style) for one in deck.slides if one.finding and one.finding.figure]
    print(f"{lang}: PDF of {len(deck.slides)} slides {best(lambda: typeset.pdf(deck, desk.style)):.2f} s, "
          f"figure as SVG {best(lambda: [svg(f, 800) for f in figures]) / len(figures) * 1000:.1f} ms, "
          f"dealer card {best(lambda: paper.dealer_card(card)):.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
