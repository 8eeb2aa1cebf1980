"""What somebody sees who is not in: the way to sign in, the one sentence for a stranger, a page that is not theirs."""

from __future__ import annotations

import streamlit as st

from dashboard import session, signin
from dashboard.components import header
from dashboard.components.text import plain
from dashboard.i18n import _, language
from data.scope import Entitlement

_NOTED = "noted"  # session key: what the audit log knows of this session


def closed(refused: signin.Refused, page: str) -> None:
    """Nobody gets in: why, and what to do."""
    _refused_noted(refused)
    title, text = _words(refused)
    st.space("large")
    with st.container(horizontal_alignment="center"), st.container(border=True, width=460, key="door"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.image("static/icon.svg", width=32)
            st.title(plain(title), anchor=False, width="stretch")
        st.markdown(plain(text))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            if refused.reason in ("sign_in", "expired"):
                st.button(_("Sign in"), icon=":material/login:", on_click=_sign_in, args=(page,), key="sign_in")
            elif refused.reason == "stranger":
                st.button(_("Log out"), icon=":material/logout:", on_click=log_out, key="log_out")
            header.language_choice()


def _words(refused: signin.Refused) -> tuple[str, str]:
    match refused.reason:
        case "sign_in":
            return _("Sign in to Qudao"), _("Sign in with your company account to see the figures that are yours.")
        case "expired":
            return _("Your sign-in has expired"), _("Sign in again: you come back to this page.")
        case "stranger":
            text = _("You are signed in as {who}, whom nobody has given access yet.", who=refused.who)
            return _("Nothing to see for you yet"), text + ("" if language() == "zh" else " ") + _whom(refused.ask)
        case "unconfigured":
            return (_("Closed: no sign-in is set up"),
                    _("This installation says who may see what (access.toml), but not how people sign in "
                      "(secrets.toml). Until it does, nobody gets in."))  # fmt: skip
    return (_("Closed: access.toml cannot be used"),
            _("The file that says who may see what holds a mistake; “qudao access” names it. Until it is corrected, "
              "nobody gets in."))  # fmt: skip


def forbidden(name: str, title: str, viewer: Entitlement) -> None:
    """A page that is not for this reader."""
    if _first_time(f"forbidden {name}"):
        session.note("refused", name)
    header.header(_("{page} is not among your pages", page=title),
                  _("You are signed in as {who}; the menu holds what is yours.", who=viewer.viewer))  # fmt: skip
    header.language_choice()


def nothing(viewer: Entitlement, ask: str) -> None:
    """The lists of this reader name nothing that the data hold: no figure, rather than zeros."""
    text = _("What is listed for {who} is not in the data: a name may be misspelt.", who=viewer.viewer)
    header.header(_("Nothing to see for you yet"), text + ("" if language() == "zh" else " ") + _whom(ask))
    header.language_choice()


def _whom(ask: str) -> str:
    return _("Ask {ask}.", ask=ask) if ask else _("Ask whoever looks after Qudao.")


# ------------------------------------------------------------------ in and out


def _sign_in(page: str) -> None:
    signin.remember(signin.Place(page, {key: st.query_params[key] for key in st.query_params}))
    st.login()


def log_out() -> None:
    """End the sign-in, here and at the provider."""
    if (found := signin.identity()) is not None:
        session.note("sign_out", "", who=found.shown)
        st.logout()


# ------------------------------------------------------------------ what the audit log knows


def entered(viewer: Entitlement) -> None:
    """Signed in: once a sign-in and session."""
    if viewer.role != "local" and _first_time(f"in {viewer.viewer}"):
        session.note("sign_in", viewer.role)


def _refused_noted(refused: signin.Refused) -> None:
    if refused.reason in ("stranger", "expired") and _first_time(f"{refused.reason} {refused.who} {refused.stamp}"):
        session.note("refused", refused.reason, who=refused.who)


def _first_time(what: str) -> bool:
    noted: set[str] = st.session_state.setdefault(_NOTED, set())
    if what in noted:
        return False
    noted.add(what)
    return True


def seen(viewer: Entitlement, page: str, keys: dict[str, str]) -> None:
    """A page with its keys, once until one of them changes."""
    now = (viewer.viewer, page, tuple(sorted(keys.items())))
    if viewer.role != "local" and st.session_state.get("seen") != now:
        st.session_state["seen"] = now
        session.note("seen", page, keys, who=viewer.viewer)
