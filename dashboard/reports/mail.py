"""A report as a message, and its way to the mail server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid

from dashboard.export.files import File
from dashboard.reports.file import Mail
from dashboard.reports.names import file_name, one_line

TIMEOUT = 60.0  # seconds


class NotSent(Exception):
    """The server did not take the message: it has surely not arrived."""


class Unclear(Exception):
    """The connection broke while the server had the message: it may have arrived."""


def message(mail: Mail, sender_name: str, to: tuple[str, str], subject: str, body: str,
            files: Sequence[File]) -> EmailMessage:  # fmt: skip
    """The message. to: name and address. Names and subject may come from the data: they are made one line each."""
    out = EmailMessage(policy=SMTP)
    out["From"] = Address(one_line(sender_name), addr_spec=mail.sender)
    out["To"] = Address(one_line(to[0]), addr_spec=to[1])
    out["Subject"] = one_line(subject)
    out["Date"] = localtime()
    out["Message-ID"] = make_msgid(domain=mail.sender.partition("@")[2])
    out["Auto-Submitted"] = "auto-generated"
    out.set_content(body, cte="base64" if not body.isascii() else None)
    for file in files:
        maintype, _slash, subtype = file.media.partition("/")
        out.add_attachment(file.data, maintype=maintype, subtype=subtype or "octet-stream",
                           filename=file_name(file.name))  # fmt: skip
    return out


def deliver(mail: Mail, password: str, out: EmailMessage) -> None:
    """Hand the message to the server. Raises NotSent, Unclear."""
    try:
        server = _connect(mail, password)
    except Exception as error:  # whatever it is, nothing has left
        raise NotSent(_said(error, password)) from None
    try:
        server.send_message(out)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        raise NotSent(_said(error, password)) from None
    except Exception as error:
        raise Unclear(_said(error, password)) from None
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connect(mail: Mail, password: str) -> smtplib.SMTP:
    safe = ssl.create_default_context()
    host, port = mail.server
    if mail.encryption == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=safe)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if mail.encryption == "starttls":
            server.starttls(context=safe)  # a server without it is refused: never in the clear instead
        if mail.user:
            server.login(mail.user, password)
    except BaseException:
        server.close()
        raise
    return server


def _said(error: Exception, password: str) -> str:
    """What went wrong, in one line, without the password."""
    text = str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        text = "; ".join(f"{code} {_text(why)}" for code, why in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_text(error.smtp_error)}"
    text = one_line(text or type(error).__name__)
    return text.replace(password, "***") if password else text


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
