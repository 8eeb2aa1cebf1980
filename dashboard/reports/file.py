"""The file of a report: what it shows, how often, who gets it with which rights, and the mail server."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dashboard.export.files import KINDS, Kind
from dashboard.export.selection import Selection
from dashboard.reports.names import folder, is_one_line
from data.scope import KEYS, Entitlement

PASSWORD = "QUDAO_SMTP_PASSWORD"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SECRET = re.compile(r"pass|secret|token", re.IGNORECASE)
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class ReportError(ValueError):
    """A report that cannot be sent. The message names the file, the field and the value. `code`: how the command ends:
    2 for a file that cannot be used, 1 for what another hour may change."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def _line(text: str) -> str:
    if not text.strip() or not is_one_line(text):
        raise ValueError("a line of text without line breaks or control characters")
    return text.strip()


def _address(text: str) -> str:
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise ValueError("an address such as li.na@example.com")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Address = Annotated[str, AfterValidator(_address)]
Role = Literal["director", "manager", "field"]
Only = Annotated[tuple[str, ...], Field(min_length=1)]  # nothing but these; an empty list would restrict nothing


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipient(_Model):
    """One person, where the report goes (email or folder) and what the person may see.

    Without regions, dealers and products that is everything; each list narrows it. A `field` role is not shown
    headquarters' rules.
    """

    name: Line
    email: Address | None = None
    folder: Line | None = None
    language: Literal["en", "zh"] | None = None
    role: Role | None = None
    regions: Only | None = None
    dealers: Only | None = None
    products: Only | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.email is None) == (self.folder is None):
            raise ValueError("either email or folder, and not both")
        return self

    @property
    def key(self) -> str:
        """What says that two recipients are the same."""
        return (self.email or Path(self.folder or "").as_posix()).casefold()

    def entitlement(self, regions: tuple[str, ...], dealers: tuple[str, ...], products: tuple[str, ...]) -> Entitlement:
        """What the recipient may see, from the ids of what the file names."""
        return Entitlement(self.name, regions, dealers, products, role=self.role or "director")


class Mail(_Model):
    """The mail server. Its password stands in QUDAO_SMTP_PASSWORD, never in a file."""

    host: Line
    port: int | None = Field(None, ge=1, le=65535)
    user: Line | None = None
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    sender: Address = Field(alias="from")

    @property
    def server(self) -> tuple[str, int]:
        return self.host, self.port or PORTS[self.encryption]

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.user and self.encryption == "none" and self.host not in _LOCAL:
            raise ValueError("user: without encryption the password would travel in the clear")
        return self


class Report(_Model):
    """What is sent. `name` is the report in the register: two files of one name are one report."""

    name: Line
    kind: Literal["deck", "alerts"] = "deck"
    subject: Line | dict[Literal["en", "zh"], Line] = ""
    scope: dict[str, str] = {}
    selection: Line | Selection | None = None
    formats: tuple[Kind, ...] = ("pptx",)
    alerts: bool = False
    every: Literal["month", "week", "day"] = "month"
    recipients: tuple[Recipient, ...] = Field(min_length=1)
    mail: Mail | None = None

    @field_validator("scope", mode="before")
    @classmethod
    def _keys(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        for key, value in given.items():
            if key not in KEYS:
                raise ValueError(f"{key}: no such key; there are {', '.join(KEYS)}")
            if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise ValueError(f"{key}: a text or a list of texts")
        return {key: value if isinstance(value, str) else ",".join(value) for key, value in given.items()}

    @field_validator("selection", mode="before")
    @classmethod
    def _picked(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        picks = given.get("picks", [])
        if not isinstance(picks, list) or not all(isinstance(pick, dict) for pick in picks):
            raise ValueError("picks: a list of {card = ..., note = ...}")
        parts = [("", given, {"title", "picks"})]
        parts += [("picks.", pick, {"card", "options", "note"}) for pick in picks]
        for where, part, known in parts:
            if other := sorted(set(part) - known):
                raise ValueError(f"{where}{other[0]}: there is no such field")
        return Selection.from_body(given)

    @field_validator("formats")
    @classmethod
    def _once(cls, formats: tuple[Kind, ...]) -> tuple[Kind, ...]:
        if len(set(formats)) != len(formats):
            raise ValueError(f"each of {', '.join(KINDS)} once at most")
        return formats

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for what in ("name", "key"):
            seen: set[str] = set()
            for recipient in self.recipients:
                text = getattr(recipient, what).casefold()
                if text in seen:
                    raise ValueError(f"recipients: {text!r} stands twice")
                seen.add(text)
        if self.mail is None and any(recipient.email for recipient in self.recipients):
            raise ValueError("mail: recipients with an email need a [mail] server")
        if self.kind == "deck" and not self.formats and not self.alerts:
            raise ValueError("formats: nothing to send")
        return self

    def subject_in(self, lang: Literal["en", "zh"]) -> str:
        """The subject in a language; empty where the file gives none."""
        return self.subject if isinstance(self.subject, str) else self.subject.get(lang, "")


def load(path: Path) -> Report:
    """Read the file of a report. Raises ReportError, which never repeats a secret."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: not valid TOML: {error}") from None
    try:
        report = Report.model_validate(given)
        places: set[str] = set()  # two in one folder would overwrite each other's files
        for recipient in report.recipients:
            if recipient.folder:
                place = str(folder(recipient.folder, path.parent).resolve()).casefold()
                if place in places:
                    raise ValueError(f"recipients: folder {recipient.folder!r} is given twice: files would be lost")
                places.add(place)
    except ValidationError as error:
        raise ReportError(f"{path}: {_wrong(error)}") from None
    except ValueError as error:
        raise ReportError(f"{path}: recipients: folder: {error}, not {recipient.folder!r}") from None
    return report


def _wrong(error: ValidationError) -> str:
    wrong = error.errors()[0]
    field = ".".join(str(part) for part in wrong["loc"] if "[" not in str(part))  # without the names of checks
    said = wrong["msg"].removeprefix("Value error, ").replace("tuple", "list").replace("Tuple", "List")
    if wrong["type"] == "extra_forbidden":
        hint = f"; the password stands in the environment variable {PASSWORD}" if _SECRET.search(field) else ""
        return f"{field}: there is no such field{hint}"
    plain = isinstance(wrong["input"], str | int | float | bool) and not _SECRET.search(field)
    return ": ".join(filter(None, [field, said])) + (f", not {wrong['input']!r}" if plain else "")
