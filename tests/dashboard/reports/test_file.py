"""The file of a report: what is refused is named by file, field and value, and secrets are never repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reports.file import Mail, Recipient, Report, ReportError, load
from dashboard.reports.mail import message
from dashboard.reports.names import LONGEST, file_name, folder, one_line
from data.alerts import AlertRule
from data.settings import Settings

GOOD = """
name = "Monthly"
scope = {period = "latest", region = ["South", "East"]}
[[recipients]]
name = "Li Na"
email = "li.na@example.com"
[mail]
host = "mail.example.com"
from = "reports@example.com"
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "r.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_file_is_read(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text(GOOD, encoding="utf-8")
    report = load(path)
    assert (report.scope, report.formats, report.every) == (
        {"period": "latest", "region": "South,East"},
        ("pptx",),
        "month",
    )
    assert report.mail is not None
    assert report.mail.server == ("mail.example.com", 587)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [('name = "Monthly"', "", "name: Field required"), ("[mail]", "[mial]", "there is no such field"),
     ('name = "Monthly"', 'name = "Monthly"\nevery = "year"', "every: Input should be 'month', 'week' or 'day', not"),
     ('name = "Monthly"', 'name = "Monthly"\nformats = ["docx"]', "formats.0: Input should be 'pptx', 'pdf' or 'xlsx'"),
     ('name = "Monthly"', 'name = "Monthly"\nformats = ["pdf", "pdf"]', "formats: each of"),
     ('name = "Monthly"', 'name = "Month\\nly"', "name: a line of text without line breaks"),
     ('name = "Monthly"', 'name = "x"\nsubject = "x\\r\\nBcc: all@example.com"', "subject"),
     ('"Li Na"', '"Li\\r\\nBcc: x@example.com"', "recipients.0.name: a line of text"),
     ('"Li Na"', '"Li\\u202eaN"', "recipients.0.name: a line of text"),
     ('"li.na@example.com"', '"li.na@example.com\\nBcc: x@y.z"', "recipients.0.email: an address such as"),
     ('"li.na@example.com"', '"a@b.c, d@e.f"', "recipients.0.email: an address such as"),
     ('"li.na@example.com"', '"a@b.c"\nfolder = "x"', "recipients.0: either email or folder"),
     ('email = "li.na@example.com"', "", "recipients.0: either email or folder"),
     ('email = "li.na@example.com"', 'email = "a@b.c"\nregions = []', "recipients.0.regions: "),
     ('email = "li.na@example.com"', 'email = "a@b.c"\nregion = ["S"]', "recipients.0.region: there is no such field"),
     ('email = "li.na@example.com"', 'email = "a@b.c"\nlanguage = "de"', "recipients.0.language: "),
     ('"latest"', '5', "scope: period: a text"), ("period =", "perod =", "scope: perod: no such key"),
     ("[mail]", '[[recipients]]\nname = "li na"\nemail = "x@y.z"\n[mail]', "recipients: 'li na' stands twice"),
     ("[mail]", '[[recipients]]\nname = "B"\nemail = "LI.NA@example.com"\n[mail]', "stands twice"),
     ('"mail.example.com"', '"m"\nencryption = "none"\nuser = "u"', "mail: user: without encryption"),
     ('name = "Monthly"', 'name = "M"\nselection = {pick = []}', "selection: pick: there is no such field"),
     ('name = "Monthly"', 'name = "M"\nselection = {picks = [{card = "a", opt = 1}]}', "selection: picks.opt: there"),
     ('name = "Monthly"', 'name = "M"\nselection = {picks = [{note = "a"}]}', "selection: not a selection of cards"),
     ('name = "Monthly"', 'name = "M"\nselection = {picks = ["a"]}', "selection: picks: a list of {card = "),
     ('name = "Monthly"', 'name = "M"\nselection = 5', "selection: Input should be a valid string, not 5"),
     ('name = "Monthly"', 'name = "M"\nformats = "pdf"', "formats: Input should be a valid list, not 'pdf'"),
     ('name = "Monthly"', 'name = ', "not valid TOML"),
     ('email = "li.na@example.com"', 'folder = "../elsewhere"', "folder: a folder must not lead upwards"),
     ('email = "li.na@example.com"', 'folder = "a/NUL/b"', "folder: 'NUL' is no name for a folder"),
     ('email = "li.na@example.com"', 'folder = "a|b"', "folder: 'a|b' is no name for a folder")],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, old, new, says):
    assert old in GOOD
    assert says in refused(tmp_path, GOOD.replace(old, new, 1))


def test_mail_without_a_server_and_a_file_that_is_not_there(tmp_path):
    assert "mail: recipients with an email need a [mail] server" in refused(tmp_path, GOOD.partition("[mail]")[0])
    with pytest.raises(ReportError, match=r"nowhere\.toml: cannot be read"):
        load(tmp_path / "nowhere.toml")


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path):
    for place in ('password = "hunter2"', 'smtp_pass = "hunter2"'):
        said = refused(tmp_path, GOOD + place)
        assert "QUDAO_SMTP_PASSWORD" in said
        assert "hunter2" not in said
    assert "hunter2" not in refused(tmp_path, GOOD.replace('host = "mail.example.com"', 'password = "hunter2"'))


# ------------------------------------------------------------------ names

NASTY = st.text(st.sampled_from(list('ab./\\:*?"<>| \r\n\t\0\u202e\u2028华')), max_size=30)


@given(NASTY | st.text(max_size=300))
def test_a_file_name_stays_in_its_folder(name):
    safe = file_name(name)
    assert safe == file_name(safe)
    assert 0 < len(safe.encode()) <= LONGEST
    assert not set(safe) & set('/\\:*?"<>|\r\n\0')
    assert safe.strip(" .") == safe
    assert safe.partition(".")[0].casefold() not in ("con", "nul", "aux", "prn", "com1", "lpt9")
    assert Path("/x", safe).parent == Path("/x")


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "etc passwd"), ("/abs/a.pptx", "abs a.pptx"), ("C:\\x\\a.pdf", "C x a.pdf"),
     ("con.pdf", "_con.pdf"), ("NUL", "_NUL"), ("com1.tar.gz", "_com1.tar.gz"), ("a\r\nb.pdf", "a b.pdf"),
     ("..", "report"), ("fdp\u202exlsx.pdf", "fdpxlsx.pdf"), ("华" * 200 + ".pptx", "华" * 58 + ".pptx")],
)  # fmt: skip
def test_names_that_lead_elsewhere(name, safe):
    assert file_name(name) == safe


def test_folders_lie_beside_the_file(tmp_path):
    assert folder("out/南区", tmp_path) == tmp_path / "out" / "南区"
    assert folder(str(tmp_path / "x"), Path("/y")) == tmp_path / "x"


@pytest.mark.parametrize("other", ["./out", "out/", "OUT", "link", "{here}/out", "{here}/link/"])
def test_two_never_write_into_one_folder(tmp_path, other):
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    both = GOOD.replace('email = "li.na@example.com"', 'folder = "out"\nregions = ["S"]')
    both += f'[[recipients]]\nname = "B"\nfolder = "{other.format(here=tmp_path)}"\n'
    assert refused(tmp_path, both).startswith("recipients: ")


def test_a_folder_spelled_anew_is_the_same_recipient():
    assert len({Recipient(name="A", folder=text).key for text in ("out/a", "./out/a", "out//a/", "Out/a")}) == 1


@given(NASTY, NASTY, NASTY)
def test_no_text_makes_a_header_of_its_own(company, name, subject):
    mail = Mail.model_validate({"host": "h", "from": "reports@example.com"})
    out = message(mail, company, (name, "a@b.c"), subject + "\r\nBcc: x@y.z", "text", [])
    assert set(out.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
                               "Content-Transfer-Encoding", "MIME-Version"}  # fmt: skip
    head = out.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert out["Subject"] == one_line(subject + " Bcc: x@y.z")
    assert [address.addr_spec for address in out["To"].addresses] == ["a@b.c"]


@pytest.mark.parametrize("guide", ["user-guide.md", "user-guide.zh.md"])
def test_the_report_and_the_alerts_of_the_guide_can_be_used(tmp_path, guide):
    text = (Path(__file__).resolve().parents[3] / "docs" / guide).read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```toml (\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    (tmp_path / "monday.toml").write_text(blocks["monday.toml"], encoding="utf-8")
    assert [recipient.key for recipient in load(tmp_path / "monday.toml").recipients] == [
        "li.na@example.com",
        "briefings",
    ]
    (tmp_path / "config.toml").write_text(blocks["alerts"], encoding="utf-8")
    share, band = Settings.load(tmp_path).alerts
    assert share.limits("South")[1::2] == (0.30, pytest.approx(0.27))
    assert band.band == 80
    named = set(re.findall(r"`(\w+)`", text))
    assert set(AlertRule.model_fields) | {*Report.model_fields} - {"recipients", "mail"} <= named
    assert {"host", "port", "user", "encryption"} | set(Recipient.model_fields) <= named


def test_two_recipients_do_not_share_a_folder(tmp_path):
    """The second one's files would overwrite the first one's, or be read by whom they are not for."""
    text = GOOD.replace('email = "li.na@example.com"', 'folder = "out/li"')
    text += '[[recipients]]\nname = "Tom"\nfolder = "out/./li"\n'
    assert "stands twice" in refused(tmp_path, text)


def test_picks_that_are_no_list_are_refused(tmp_path):
    said = refused(tmp_path, GOOD.replace("[[recipients]]", '[selection]\npicks = "briefing.gap"\n[[recipients]]', 1))
    assert "picks" in said


def test_two_ways_to_one_folder_are_one_folder(tmp_path):
    text = GOOD.replace('email = "li.na@example.com"', 'folder = "out"')
    text += f'[[recipients]]\nname = "Tom"\nfolder = "{(tmp_path / "out").as_posix()}"\n'
    assert "is given twice" in refused(tmp_path, text)
