"""A report reaches each recipient once, with the own rights and language, whatever happens to the others."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dashboard.export.selection import Pick, Selection
from dashboard.reports import send
from dashboard.reports.file import PASSWORD as VARIABLE
from dashboard.reports.file import ReportError
from dashboard.reports.register import KIND, Register, slot
from data.company import Company
from data.scope import Entitlement
from tests.dashboard.reports.conftest import PASSWORD

FOLDERS = """
name = "Monthly"
formats = ["pptx", "xlsx"]
scope = {period = "2026-06"}
[[recipients]]
name = "Li Na"
folder = "out/li"
language = "zh"
regions = ["South"]
[[recipients]]
name = "Tom"
folder = "out/tom"
"""


def mailed(port: int, *people: str, more: str = "", encryption: str = "none") -> str:
    recipients = "\n".join(f"[[recipients]]\n{person}" for person in people)
    return (f'name = "Weekly"\nevery = "week"\nscope = {{period = "2026-06"}}\nformats = ["pptx"]\n{more}\n'
            f'{recipients}\n[mail]\nhost = "127.0.0.1"\nport = {port}\nencryption = "{encryption}"\n'
            'from = "reports@example.com"\n')  # fmt: skip


LI = 'name = "李娜"\nemail = "li.na@example.com"\nlanguage = "zh"\nregions = ["S"]'
TOM = 'name = "Tom"\nemail = "tom@example.com"\nlanguage = "en"'
ANN = 'name = "Ann"\nemail = "ann@example.com"\nregions = ["North"]'


def states(outcomes: list[send.Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


# ------------------------------------------------------------------ rights, language, files


def test_each_gets_the_own_view_in_the_own_language(run, home, rendered):
    assert states(run(FOLDERS).send()) == ["sent", "sent"]
    out = home.parent / "out"
    assert (out / "li" / "简报 pptx.pptx").read_text() == "pptx zh 10"
    assert (out / "tom" / "简报 xlsx.xlsx").read_text() == "xlsx en 210"
    assert [(kind, lang) for kind, lang, _, _ in rendered.asked] == [
        ("pptx", "zh"), ("xlsx", "zh"), ("pptx", "en"), ("xlsx", "en"),
    ]  # fmt: skip
    assert rendered.asked[0][2] == Entitlement("Li Na", regions=("S",))
    assert rendered.asked[2][2] == Entitlement("Tom")
    assert not list(out.rglob("*.part"))


def test_the_scope_of_a_report_never_widens_rights(run, rendered):
    text = FOLDERS.replace('period = "2026-06"', 'period = "2026-06", region = ["South", "North"]')
    run(text).send()
    assert {viewer.viewer: viewer.regions for _, _, viewer, _ in rendered.asked} == {"Li Na": ("S",), "Tom": ()}
    outcomes = run(text.replace('region = ["South", "North"]', 'region = "North"'), dt.date(2026, 8, 1)).send()
    assert states(outcomes) == ["failed", "sent"]
    assert "nothing that this recipient may see" in outcomes[0].why


def test_rights_on_a_region_that_is_not_there_are_no_rights(run, rendered):
    outcomes = run(FOLDERS.replace('["South"]', '["Sotuh"]')).send()
    assert states(outcomes) == ["failed", "sent"]
    assert "there is no region 'Sotuh'" in outcomes[0].why
    assert {viewer.viewer for _, _, viewer, _ in rendered.asked} == {"Tom"}


def test_a_saved_selection_is_rendered(run, home, rendered):
    saved = Selection("Cards", (Pick("trend", {"by": "month"}, "look"),))
    Company.open(home).ledger.write("deck", "ann: Cards", "ann", saved.to_body())
    run(f'selection = "Cards"\n{FOLDERS}').send()
    assert rendered.asked[0][3] == saved
    Company.open(home).ledger.write("deck", "bob: Cards", "bob", Selection("Cards", (Pick("gap"),)).to_body())
    with pytest.raises(ReportError, match="write one of 'ann: Cards', 'bob: Cards'"):
        run(f'selection = "Cards"\n{FOLDERS}').send()
    run(f'selection = "bob: Cards"\n{FOLDERS}', dt.date(2026, 9, 1)).send()
    assert rendered.asked[-1][3].picks == (Pick("gap"),)
    inline = '[selection]\ntitle = "T"\npicks = [{card = "sales.trend", note = "n"}]\n'
    run(FOLDERS.replace("[[recipients]]", inline + "[[recipients]]", 1), dt.date(2026, 8, 1)).send()
    assert rendered.asked[-1][3] == Selection("T", (Pick("sales.trend", {}, "n"),))
    with pytest.raises(ReportError, match=r"selection: no card is called 'sales\.trned'"):
        run(FOLDERS.replace("[[recipients]]", inline.replace("trend", "trned") + "[[recipients]]", 1)).plan()
    with pytest.raises(ReportError, match="nothing was saved under the name 'Tuesday'"):
        run(f'selection = "Tuesday"\n{FOLDERS}').send()


# ------------------------------------------------------------------ once, and nobody stops the others


def test_nothing_is_sent_twice_within_its_slot(run, rendered):
    run(FOLDERS).send()
    rendered.asked.clear()
    assert states(run(FOLDERS, dt.date(2026, 7, 31)).send()) == ["already", "already"]
    assert rendered.asked == []
    assert states(run(FOLDERS, dt.date(2026, 8, 1)).send()) == ["sent", "sent"]
    assert states(run(FOLDERS, resend=("tom",)).send()) == ["already", "sent"]
    assert states(run(FOLDERS.replace("out/li", "out/new")).send()) == ["sent", "already"]
    with pytest.raises(ReportError, match="there is no 'Bob'"):
        run(FOLDERS, resend=("Bob",)).send()


def test_slots():
    day = dt.date(2027, 1, 2)
    assert [slot(every, day) for every in ("month", "week", "day")] == ["2027-01", "2026-W53", "2027-01-02"]


def test_a_failure_stops_nobody_else_and_is_tried_again(run, rendered):
    rendered.fails = "Li Na"
    told: list[send.Outcome] = []
    outcomes = run(FOLDERS).send(told.append)
    assert states(outcomes) == ["failed", "sent"]
    assert told == outcomes
    assert outcomes[0].why == "RuntimeError: no chart for them"
    rendered.fails = ""
    assert states(run(FOLDERS).send()) == ["sent", "already"]


def test_a_folder_that_cannot_be_written_is_a_failure(run, home):
    (home.parent / "out").mkdir()
    (home.parent / "out" / "li").write_text("a file in the way")
    assert states(run(FOLDERS).send()) == ["failed", "sent"]
    (home.parent / "out" / "li").unlink()
    assert states(run(FOLDERS).send()) == ["sent", "already"]


def test_a_crash_after_sending_does_not_send_again(run, home, monkeypatch):
    """The run dies between the file's arrival and its entry: the next one says so and leaves it."""
    write = Register.write

    def dies(self, recipient, state, **facts):
        if state == "sent":
            raise KeyboardInterrupt
        write(self, recipient, state, **facts)

    monkeypatch.setattr(Register, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        run(FOLDERS).send()
    monkeypatch.setattr(Register, "write", write)
    outcomes = run(FOLDERS).send()
    assert states(outcomes) == ["unclear", "sent"]
    assert outcomes[0].failed
    assert "--resend 'Li Na'" in outcomes[0].why
    assert states(run(FOLDERS, resend=["Li Na"]).send()) == ["sent", "already"]
    said = [(entry.who, entry.body["state"]) for entry in Company.open(home).ledger.entries(KIND)]
    assert said == [("Li Na", "sending"), ("Tom", "sending"), ("Tom", "sent"), ("Li Na", "sending"), ("Li Na", "sent")]


def test_two_runs_at_once_are_one_too_many(run, rendered):
    with run(FOLDERS).register.alone(), pytest.raises(ReportError, match="another process") as caught:
        run(FOLDERS).send()
    assert caught.value.code == 1
    assert rendered.asked == []
    assert states(run(FOLDERS).send()) == ["sent", "sent"]


def test_a_dry_run_says_who_gets_what_and_does_nothing(run, home, rendered):
    outcomes = run(FOLDERS).plan()
    assert states(outcomes) == ["due", "due"]
    li, tom = outcomes
    assert (li.language, li.rights, li.files) == ("zh", "regions: South", ("pptx", "xlsx"))
    assert (tom.language, tom.rights) == ("en", "everything")
    assert "10" in li.subject
    assert "210" in tom.subject
    assert rendered.asked == []
    assert not (home.parent / "out").exists()
    assert Company.open(home).ledger.entries(KIND) == []
    run(FOLDERS).send()
    assert states(run(FOLDERS).plan()) == ["already", "already"]


# ------------------------------------------------------------------ mail


def test_mail_arrives_as_it_was_meant(run, serve):
    server = serve()
    assert states(run(mailed(server.port, LI, TOM, more='subject = "Sales"')).send()) == ["sent", "sent"]
    (to, li), (_, tom) = server.arrived
    assert to == "li.na@example.com"
    assert li["To"] == "李娜 <li.na@example.com>"
    assert li["From"].addresses[0].addr_spec == "reports@example.com"
    assert li["Subject"] == "Sales · 2026年6月"
    assert tom["Subject"] == "Sales · June 2026"
    assert li["Message-ID"] != tom["Message-ID"]
    attached = list(li.iter_attachments())
    assert [part.get_filename() for part in attached] == ["简报 pptx.pptx"]
    assert attached[0].get_content() == b"pptx zh 10"
    assert attached[0].get_content_type().endswith("presentationml.presentation")
    text = li.get_body().get_content()
    assert "2026年6月30日" in text
    assert "李娜" in text
    assert "华南" in text
    assert "简报 pptx.pptx" in text
    english = tom.get_body().get_content()
    assert english.startswith("June 2026 sales are 210") or english.startswith("Jun 2026 sales are 210")
    assert "Data to 30 Jun 2026." in english
    assert "Made for" not in english
    assert "South" not in english
    assert "华南 · 销售净额" in text  # whose sales they are: nowhere those of the company


def test_one_refused_by_the_server_stops_nobody(run, serve, home):
    server = serve()
    server.refused = {"tom@example.com"}
    text = mailed(server.port, LI, TOM, ANN)
    outcomes = run(text).send()
    assert states(outcomes) == ["sent", "failed", "sent"]
    assert outcomes[1].why == "550 5.1.1 no such mailbox"
    server.refused, server.arrived = set(), []
    assert states(run(text).send()) == ["already", "sent", "already"]
    assert [to for to, _ in server.arrived] == ["tom@example.com"]


def test_a_connection_that_breaks_after_the_message_is_unclear(run, serve):
    server = serve()
    server.breaks = True
    text = mailed(server.port, TOM)
    assert states(run(text).send()) == ["unclear"]
    assert len(server.arrived) == 1
    server.breaks = False
    assert states(run(text).send()) == ["unclear"]
    assert len(server.arrived) == 1
    assert states(run(text, resend=("Tom",)).send()) == ["sent"]


def test_no_server_is_a_failure_that_is_tried_again(run, serve):
    server = serve()
    text = mailed(1, TOM)
    outcomes = run(text).send()
    assert states(outcomes) == ["failed"]
    assert states(run(text.replace("port = 1\n", f"port = {server.port}\n")).send()) == ["sent"]


def test_login_over_starttls(run, serve, certificate, monkeypatch, home, capfd):
    server = serve(tls_context=certificate, auth=True, require_starttls=True)
    text = mailed(server.port, TOM, encryption="starttls") + 'user = "qudao"\n'
    with pytest.raises(ReportError, match=VARIABLE):
        run(text).send()
    monkeypatch.setenv(VARIABLE, "电池")
    with pytest.raises(ReportError, match="ASCII"):
        run(text).send()
    monkeypatch.setenv(VARIABLE, "wrong battery")
    outcomes = run(text).send()
    assert states(outcomes) == ["failed"]
    assert outcomes[0].why.startswith("535")
    monkeypatch.setenv(VARIABLE, PASSWORD)
    assert states(run(text).send()) == ["sent"]
    assert server.logins[-1] == (b"qudao", PASSWORD.encode())
    assert server.secure == [True]
    told = capfd.readouterr()
    kept = (home / "ledger.sqlite").read_bytes() + (home / "ledger.sqlite-wal").read_bytes()
    assert PASSWORD not in told.out + told.err
    assert PASSWORD.encode() not in kept


def test_a_server_that_cannot_encrypt_gets_nothing(run, serve, monkeypatch):
    server = serve(auth_require_tls=False, auth=True)
    monkeypatch.setenv(VARIABLE, PASSWORD)
    outcomes = run(mailed(server.port, TOM, encryption="starttls") + 'user = "qudao"\n').send()
    assert states(outcomes) == ["failed"]
    assert server.logins == []
    assert server.arrived == []


def test_a_certificate_that_nobody_vouches_for_is_refused(run, serve, certificate, monkeypatch):
    server = serve(tls_context=certificate, require_starttls=True)
    monkeypatch.delenv("SSL_CERT_FILE")
    outcomes = run(mailed(server.port, TOM, encryption="starttls")).send()
    assert states(outcomes) == ["failed"]
    assert "certificate" in outcomes[0].why.lower()
    assert server.arrived == []


# ------------------------------------------------------------------ alerts by mail

RULES = """
[[alerts]]
metric = "net_sales"
below = 50
by = "region"
"""


def test_alerts_stand_in_the_mail_of_who_may_see_them(run, serve):
    server = serve()
    text = mailed(server.port, LI, TOM, ANN, more="alerts = true")
    assert states(run(text, settings=RULES).send()) == ["sent"] * 3
    li, tom, ann = [message.get_body().get_content() for _, message in server.arrived]
    assert "Alerts:\n- Net sales in South is 10, below 50 (since Jun 2026, clears at 50)" in tom.replace("\r\n", "\n")
    assert "华南" in li
    assert "50" in li
    assert "（自2026年6月起，到50解除）" in li
    assert "South" not in ann
    assert "none fires" in ann


def test_a_mail_says_that_nothing_was_watched_not_that_nothing_fires(run, serve):
    server = serve()
    one = 'name = "One"\nemail = "one@example.com"\ndealers = ["D1"]'
    assert states(run(mailed(server.port, one, more="alerts = true"), settings=RULES).send()) == ["sent"]
    text = server.arrived[0][1].get_body().get_content()
    assert "this view holds none of them" in text
    assert "none fires" not in text


def test_a_report_of_alerts_goes_to_whom_they_concern(run, serve, home):
    server = serve()
    text = mailed(server.port, LI, TOM, ANN, more='kind = "alerts"')
    with pytest.raises(ReportError, match=r"no \[\[alerts\]\]"):
        run(text).send()
    outcomes = run(text, settings=RULES).send()
    assert states(outcomes) == ["sent", "sent", "nothing"]
    assert not any(outcome.failed for outcome in outcomes)
    assert server.arrived[1][1]["Subject"] == "One alert: Net sales in South is 10, below 50"
    assert list(server.arrived[1][1].iter_attachments()) == []
    assert states(run(text).send()) == ["already", "already", "nothing"]


def test_files_of_one_name_are_told_apart(tmp_path):
    from dashboard.export.files import File

    files = send.named([File(name, "x/y", b"") for name in ("a.pdf", "A.pdf", "../a.pdf", "con.pdf")])
    assert [file.name for file in files] == ["a.pdf", "A (2).pdf", "a (3).pdf", "_con.pdf"]
    send.put(tmp_path / "deep" / "er", files)
    assert sorted(path.name for path in Path(tmp_path).rglob("*.pdf")) == sorted(file.name for file in files)
