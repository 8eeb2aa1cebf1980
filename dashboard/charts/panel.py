"""Room on an axis for horizontal bars and for the figures at their ends, at the width of a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

PHONE = 340  # px, the width at which every chart must read
CHARACTER = 5.8  # px that a figure of a label takes
GAP = 4  # px between the end of a bar and its figure


@dataclass(frozen=True)
class Panel:
    """Bars from `low` to `high` (plain units), each with a `text` beyond its end, the left one where `back`
    is set.

    Words keep their size on every screen and bars do not. So the axis is laid out for a phone, where words
    take most of it; on a wider screen the bars grow.
    """

    low: Sequence[float]
    high: Sequence[float]
    text: Sequence[str]
    back: Sequence[bool]
    head: float = 0  # px that a pin's head takes beyond its end

    @property
    def rooms(self) -> list[float]:
        """Return the px that each text takes, with its distance from the bar."""
        return [len(text) * CHARACTER + GAP + self.head if text else 0.0 for text in self.text]

    @property
    def words(self) -> float:
        """Return the px that the longest texts at both sides take together."""
        left = max((room for room, back in zip(self.rooms, self.back, strict=True) if back), default=0.0)
        right = max((room for room, back in zip(self.rooms, self.back, strict=True) if not back), default=0.0)
        return left + right

    def span(self, pixels: float) -> tuple[float, float]:
        """Return the range of an axis of `pixels` that holds zero, all bars and their texts.

        Where words would leave less than a fifth of it to the bars, the outermost words reach over its edge.
        """
        low, high = min([0.0, *self.low]), max([0.0, *self.high])
        if low == high:
            high = 1.0
        rows = list(zip(self.low, self.high, self.rooms, self.back, strict=True))
        scale, most = (high - low) / pixels, 5 * (high - low) / pixels
        # the room of a text in units grows with the scale that it asks for: this settles within a few rounds
        for _round in range(20):
            left = min([low, *(start - room * scale for start, _end, room, back in rows if back)])
            right = max([high, *(end + room * scale for _start, end, room, back in rows if not back)])
            scale = min((right - left) / pixels, most)
        return left, right

    def places(self, span: tuple[float, float], pixels: float) -> list[float]:
        """Return where each text starts (ends, where `back` is set), for an axis with this range."""
        gap = (GAP - 1 + self.head) * (span[1] - span[0]) / pixels
        return [
            start - gap if back else end + gap for start, end, back in zip(self.low, self.high, self.back, strict=True)
        ]

    @property
    def sides(self) -> list[str]:
        """Return plotly's position of each text."""
        return ["middle left" if back else "middle right" for back in self.back]
