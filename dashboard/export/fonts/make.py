"""Make the fonts of the PDF anew; needs fonttools and brotli, which are no dependencies of the product:

    python dashboard/export/fonts/make.py NOTO INTER

NOTO: folder with NotoSansCJK-Regular.ttc and -Bold.ttc (Debian: fonts-noto-cjk). INTER: folder with
Inter-Regular.woff2 and Inter-SemiBold.woff2 (npm: inter-ui, folder web). What the fonts hold stands in hanzi.txt (the
8,105 characters of the Table of General Standard Chinese Characters, Unihan: kTGH, all of GB 2312, the signs of our
notation) and latin.txt (Latin letters, figures, signs that Noto lacks). The subset of Noto has a family name of its
own, so that a Noto installed on the machine is never taken for it.
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped, unused-ignore]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped, unused-ignore]

HERE = Path(__file__).parent
FAMILY, FILE = "Qudao Sans SC", "QudaoSansSC"
SIMPLIFIED = 2  # place of the Simplified Chinese face in the collection
LIKE = {"▸": "▶", "✕": "×"}  # signs that no font here has, drawn as others


def hanzi(folder: Path, weight: str) -> None:
    """Write QudaoSansSC-<weight>.otf."""
    font = TTFont(folder / f"NotoSansCJK-{weight}.ttc", fontNumber=SIMPLIFIED, recalcTimestamp=False)
    for table in font["cmap"].tables:
        table.cmap |= {ord(sign): table.cmap[ord(like)] for sign, like in LIKE.items() if ord(like) in table.cmap}
    _reduced(font, "hanzi.txt", [])
    for id, text in ((1, FAMILY), (2, weight), (4, f"{FAMILY} {weight}"), (6, f"{FILE}-{weight}")):
        font["name"].setName(text, id, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [f"{FILE}-{weight}"]
    top.topDictIndex[0].FamilyName, top.topDictIndex[0].FullName = FAMILY, f"{FAMILY} {weight}"
    font.save(HERE / f"{FILE}-{weight}.otf")


def latin(folder: Path, weight: str) -> None:
    """Write Inter-<weight>.ttf, with figures of equal width."""
    font = TTFont(folder / f"Inter-{weight}.woff2", recalcTimestamp=False)
    font.flavor = None
    _reduced(font, "latin.txt", ["kern", "ccmp", "mark", "tnum"])
    font.save(HERE / f"Inter-{weight}.ttf")


def _reduced(font: TTFont, characters: str, features: list[str]) -> None:
    options = subset.Options(layout_features=features, hinting=False, name_IDs=[0, 1, 2, 4, 6, 13, 16, 17],
                             notdef_outline=True, drop_tables=["vhea", "vmtx", "VORG", "BASE"])  # fmt: skip
    smaller = subset.Subsetter(options)
    smaller.populate(text=(HERE / characters).read_text("utf-8").replace("\n", ""))
    smaller.subset(font)


if __name__ == "__main__":
    for weight in ("Regular", "Bold"):
        hanzi(Path(sys.argv[1]), weight)
    for weight in ("Regular", "SemiBold"):
        latin(Path(sys.argv[2]), weight)
