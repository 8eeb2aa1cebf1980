"""Which encoding a text file has, and a copy of it in UTF-8 that DuckDB reads.

UTF-8 is tried strictly first: text of another encoding practically never passes. GB18030 is taken only when the
bytes look like Chinese text, because Latin-1 text passes as GB18030 now and then.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import charset_normalizer

from data.importing.errors import ImportRefused

CHUNK = 1 << 22
_SAMPLE = 1 << 20
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_CHINESE_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
# Encodings that charset-normalizer may choose where UTF-8 and GB18030 are out; Western European comes first.
_OTHERS = ["cp1252", "cp1250", "cp1251", "big5", "shift_jis", "euc_kr"]


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a text file tells."""

    sha256: str
    size: int
    encoding: str
    as_is: bool  # DuckDB can read the file itself: valid UTF-8, plain line ends, no NUL
    odd_spaces: bool  # no-break or ideographic spaces, or tabs, may stand around values
    ascii: bool
    quotes: bool  # it holds a double quote, so values may hold the delimiter
    notes: tuple[str, ...] = ()


def scan(path: Path, encoding: str | None = None) -> Scan:
    """Read the file once: hash, encoding and oddities. `encoding` overrides detection.

    Raises ImportRefused for a file that is no text, or not text of the given encoding.
    """
    digest, size, nuls = hashlib.sha256(), 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, odd, ascii_only, carriage, quotes = True, False, True, False, False
    tail, head, high = b"", b"", bytearray()
    for chunk in chunks(path):
        digest.update(chunk)
        head = head or chunk[:4096]
        size += len(chunk)
        nuls += chunk.count(b"\0")
        joined = tail + chunk
        tail = joined[-3:]
        odd = odd or b"\t" in chunk
        quotes = quotes or b'"' in chunk
        carriage = carriage or (b"\r" in chunk and joined.count(b"\r") > joined.count(b"\r\n") + joined.endswith(b"\r"))
        if not chunk.isascii():
            ascii_only = False
            odd = odd or b"\xc2\xa0" in joined or b"\xe3\x80\x80" in joined
            if len(high) < _SAMPLE:
                high += _around_high_bytes(chunk, _SAMPLE - len(high))
        if utf8 and not ascii_only:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
    if utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    if size == 0:
        raise ImportRefused(f"{path.name}: the file is empty (0 bytes); export it again")
    notes: tuple[str, ...] = ()
    if encoding is None:
        encoding, notes = _detect(path, head, size, nuls, utf8, bytes(high))
    else:
        _must_be_codec(path, encoding)
    if nuls and not encoding.startswith("utf-16"):
        notes += (f"{nuls} NUL characters were left out",)
    as_is = utf8 and encoding in ("utf-8", "utf-8-sig") and not nuls and not carriage
    return Scan(digest.hexdigest(), size, encoding, as_is, odd or not utf8, ascii_only, quotes or not utf8, notes)


def read_head(path: Path, encoding: str, size: int = 1 << 18) -> str:
    """The first `size` bytes as text, without the last, perhaps cut, line when the file is longer."""
    with path.open("rb") as file:
        data = file.read(size)
        whole = not file.read(1)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data, final=whole)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text if whole or "\n" not in text else text[: text.rindex("\n") + 1]


def to_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write a copy of the file in UTF-8 without BOM or NUL, with plain line ends; streaming."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first, held = True, ""
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in chain(chunks(path), (b"",)):
            text = held + decoder.decode(chunk, final=not chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            held = "\r" if chunk and text.endswith("\r") else ""
            text = text[:-1] if held else text
            out.write(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces of 4 MB."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _around_high_bytes(chunk: bytes, room: int) -> bytes:
    """The lines of a chunk that hold bytes above 127, at most `room` bytes."""
    lines = [line for line in chunk.split(b"\n") if not line.isascii()]
    return b"\n".join(lines)[:room]


def _detect(path: Path, head: bytes, size: int, nuls: int, utf8: bool, high: bytes) -> tuple[str, tuple[str, ...]]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", ()
    if nuls:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if odd > len(head) * 0.2 and even < odd / 4:
            return "utf-16-le", ()
        if even > len(head) * 0.2 and odd < even / 4:
            return "utf-16-be", ()
        if nuls > max(8, size // 1000):
            raise ImportRefused(f"{path.name}: a binary file, not a table; give csv, xlsx or parquet")
    if utf8:
        return ("utf-8-sig" if head.startswith(b"\xef\xbb\xbf") else "utf-8"), ()
    replaced = high.decode("utf-8", "replace").count("\ufffd")
    whole = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", high))
    if whole > 20 * replaced:
        return "utf-8", ("some bytes are not valid UTF-8 and were replaced by \ufffd",)
    if _looks_chinese(high) and _decodes(path, "gb18030"):
        return "gb18030", ()
    best = charset_normalizer.from_bytes(high, cp_isolation=_OTHERS).best() if high else None
    if (
        best is not None
        and best.encoding in ("cp1251", "big5", "shift_jis", "euc_kr")
        and _decodes(path, best.encoding)
    ):
        return best.encoding, (
            f"the encoding looks like {best.encoding}; set `encoding` in the mapping when it is not",
        )
    rest = "cp1252" if _decodes(path, "cp1252") else "latin-1"
    if not whole:
        return rest, ()
    return rest, (f"some of it is UTF-8 and some is not; all was read as {rest}: save it in one encoding",)


def _looks_chinese(high: bytes) -> bool:
    """Chinese text in GB18030 has its high bytes in pairs that both lie above 0xA0; Latin-1 accents stand alone."""
    pairs = len(_GB_PAIR.findall(high))
    return pairs > 0 and len(_CHINESE_PAIR.findall(high)) >= 0.85 * pairs


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _must_be_codec(path: Path, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ImportRefused(f"{path.name}: the mapping names an unknown encoding {encoding!r}") from None
    if not _decodes(path, encoding):
        raise ImportRefused(
            f"{path.name}: not {encoding} text, as the mapping says; remove `encoding` to have it detected"
        )
