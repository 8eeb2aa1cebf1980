"""Who may see what: `access.toml` in the home maps the identity of a sign-in to a role and its limits.

    ask = "the service desk, it@example.com"

    [people."li.na@example.com"]
    role = "director"

    [people."wang.wei@example.com"]
    role = "manager"
    regions = ["South"]

An identity is an e-mail address, in any case of letters, or the `sub` that the provider gives. A name in the file that
the data do not hold is kept as it stands: it matches nothing, so a slip never widens what somebody sees.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.scope import LOCAL, PAGES, Entitlement, ScopeError
from data.store import Store

FILE = "access.toml"
Given = Literal["director", "manager", "field", "administrator"]
ROLES: tuple[Given, ...] = get_args(Given)
LISTS = {"regions": "region", "dealers": "dealer", "products": "product"}  # field -> grouping of the store
EARLY = 300  # seconds that the provider's clock may be ahead of ours

Only = Annotated[tuple[str, ...], Field(min_length=1)]  # nothing but these; an empty list would restrict nothing


class AccessError(ValueError):
    """An access.toml that cannot be used. The message names file, field and value."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Person(_Model):
    """A role, and what narrows it. Director and administrator see every region, dealer and product."""

    role: Given
    regions: Only | None = None
    dealers: Only | None = None
    products: Only | None = None
    pages: Only | None = None

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The lists that narrow what is seen, by field."""
        return {field: getattr(self, field) for field in LISTS if getattr(self, field)}

    @model_validator(mode="after")
    def _fits_its_role(self) -> Self:
        if self.role in ("director", "administrator") and self.lists:
            raise ValueError(f"{self.role} sees everything: without {', '.join(self.lists)}, or another role")
        if self.role in ("manager", "field") and not self.lists:
            raise ValueError(f"{self.role} needs regions, dealers or products")
        for page in self.pages or ():
            if page not in PAGES:
                raise ValueError(f"pages: {page!r} is not one of {', '.join(PAGES)}")
        return self


class Access(_Model):
    """The whole file."""

    ask: str = Field("", description="whom somebody asks who is not in the file")
    hours: float = Field(
        12.0, strict=True, gt=0, le=720, description="so long a sign-in lasts, counted from the provider's stamp"
    )
    people: dict[str, Person] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[str] = set()
        for who in self.people:
            if who.strip() in ("", "*") or _key(who) == LOCAL.viewer:
                raise ValueError(f"people: {who!r} is no identity")
            if _key(who) in seen:
                raise ValueError(f"people: {who!r} stands twice")
            seen.add(_key(who))
        return self

    @cached_property
    def _by_address(self) -> dict[str, Person]:
        return {_key(who): person for who, person in self.people.items() if "@" in who}

    def person(self, identity: Identity) -> tuple[str, Person] | None:
        """Whom the identity is, as the file knows them: by the e-mail first, then by the `sub`."""
        if identity.email and identity.email in self._by_address:
            return identity.email, self._by_address[identity.email]
        if identity.sub and "@" not in identity.sub and identity.sub in self.people:
            return identity.sub, self.people[identity.sub]
        return None


def _key(who: str) -> str:
    """E-mail addresses are one whatever the case of their letters; a `sub` is exact."""
    return who.strip().casefold() if "@" in who else who


@dataclass(frozen=True)
class Identity:
    """Who signed in, by the claims of the provider. `issued`: when, in seconds since 1970; 0 when it does not say."""

    email: str
    sub: str
    issued: float
    shown: str

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Identity:
        """Read the claims. An e-mail that the provider calls unverified is nobody's."""
        email = str(claims.get("email") or "").strip().casefold()
        verified = str(claims.get("email_verified", True)).casefold() != "false"
        sub, issued = str(claims.get("sub") or ""), claims.get("iat")
        return cls(email if verified else "", sub, float(issued) if isinstance(issued, int | float) else 0.0,
                   email or sub or "?")  # fmt: skip

    def lasts(self, access: Access, now: float) -> bool:
        """The sign-in is not older than the file allows; one without a stamp, or from the future, has expired."""
        return -EARLY <= now - self.issued < access.hours * 3600


def load(home: Path) -> Access | None:
    """The file of that home, None when there is none. Raises AccessError."""
    path = home / FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AccessError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AccessError(f"{path}: not UTF-8: save it with that encoding") from None
    except tomllib.TOMLDecodeError as error:
        raise AccessError(f"{path}: not valid TOML: {error}") from None
    try:
        return Access.model_validate(given)
    except ValidationError as error:
        raise AccessError(f"{path}: " + "; ".join(_wrong(one) for one in error.errors())) from None


def _wrong(error: Mapping[str, Any]) -> str:
    """One mistake of the file: where it stands, what is wrong, what to write."""
    where, kind, given = error["loc"], error["type"], error["input"]
    field = ".".join(str(part) for part in where)
    if where == ("people",) and kind in ("missing", "too_short", "dict_type"):
        return 'people: nobody is named; write [people."name@example.com"] and under it role = "director"'
    if kind == "extra_forbidden":
        known = list(Access.model_fields if len(where) == 1 else Person.model_fields)
        near = difflib.get_close_matches(str(where[-1]), known, n=1, cutoff=0.5)
        return f"{field}: there is no such name; " + (f"is it {near[0]}?" if near else f"there are {', '.join(known)}")
    if kind == "missing":
        return f"{field}: is missing" + (f"; one of {', '.join(ROLES)}" if where[-1] == "role" else "")
    if kind in ("tuple_type", "too_short"):
        return f'{field}: write a list of one name or more, such as ["South"]'
    if kind in ("model_type", "dict_type"):
        return f'{field}: write [people."name@example.com"] and under it role = "director"'
    said = error["msg"].removeprefix("Value error, ")
    return f"{field}: {said}" + (f", not {given!r}" if isinstance(given, str | int | float | bool) else "")


@lru_cache(maxsize=64)
def entitlement(who: str, person: Person, store: Store | None) -> Entitlement:
    """What the person may see, names read as ids of the data; a name that they do not hold matches nothing."""

    def ids(field: str) -> tuple[str, ...]:
        names = person.lists.get(field, ())
        return tuple(dict.fromkeys(_resolved(store, LISTS[field], name) or name for name in names))

    return Entitlement(who, ids("regions"), ids("dealers"), ids("products"), person.pages or (), role=person.role)


def problems(access: Access, store: Store) -> Iterator[tuple[str, str, str]]:
    """Names in the file that the data do not hold, or that name several: (identity, field, name)."""
    for who, person in access.people.items():
        for field, names in person.lists.items():
            yield from ((who, field, name) for name in names if _resolved(store, LISTS[field], name) is None)


def without_effect(access: Access) -> Iterator[tuple[str, str]]:
    """Pages in the file that the person may not open all the same: (identity, page)."""
    for who, person in access.people.items():
        rights = entitlement(who, person, None)
        yield from ((who, page) for page in person.pages or () if not rights.opens(page))


def _resolved(store: Store | None, grouping: str, name: str) -> str | None:
    try:
        return store.resolve(grouping, name) if store else None
    except ScopeError:
        return None
