"""E-mail by SMTP."""

import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.utils.translation import gettext_lazy as _

from channels.messages import Outgoing, Rejected, Sent, TryLater, Why
from common.text import one_line

# Codes by which a server says «no such person» (RFC 5321); other final answers are about the message.
_NOBODY = frozenset({550, 551, 553})


class Smtp:
    code = "email"
    label = _("Почта")
    has_subject = True

    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in ("SMTP_URL", "MAIL_FROM") if not getattr(settings, name))

    def accepts(self, address: str) -> bool:
        name, at, host = address.rpartition("@")
        return bool(name and at and "." in host) and not set(address) & set(" \r\n,;<>")

    def send(self, outgoing: Outgoing) -> Sent:
        """The Message-ID is made of the stable id, so a repetition is known by every mail system."""
        if not self.accepts(outgoing.to):
            raise Rejected(Why.UNKNOWN_RECIPIENT)
        message_id = f"<{outgoing.id}@{_own_host()}>"
        letter = EmailMultiAlternatives(
            subject=one_line(outgoing.subject),
            body=outgoing.text,
            from_email=settings.MAIL_FROM,
            to=[outgoing.to],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated", **outgoing.headers},
            connection=_connection(),
        )
        if outgoing.html:
            letter.attach_alternative(outgoing.html, "text/html")
        _hand_over(letter)
        return Sent(message_id)


def _own_host() -> str:
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"


def _connection() -> BaseEmailBackend:
    options: dict[str, Any] = {"timeout": settings.CHANNEL_TIMEOUT, **settings.SMTP_OPTIONS}
    return get_connection(**options)


def _hand_over(letter: EmailMultiAlternatives) -> None:
    """Raises Rejected only for what is about this recipient or this letter; trouble of our own is TryLater."""
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _judge(code, Why.UNKNOWN_RECIPIENT) from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as error:
        raise TryLater(900, Why.MISCONFIGURED, f"SMTP {error.smtp_code}") from None
    except smtplib.SMTPDataError as error:
        raise _judge(error.smtp_code, Why.BAD_MESSAGE) from None
    except (BadHeaderError, UnicodeError, smtplib.SMTPNotSupportedError) as error:
        raise Rejected(Why.BAD_MESSAGE, type(error).__name__) from None
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(60, Why.UNREACHABLE, type(error).__name__) from None


def _judge(code: int, otherwise: Why) -> Exception:
    if code < 500:
        return TryLater(300, Why.BUSY, f"SMTP {code}")
    return Rejected(Why.UNKNOWN_RECIPIENT if code in _NOBODY else otherwise, f"SMTP {code}")
