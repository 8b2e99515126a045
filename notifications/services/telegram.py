"""Tying a person to his chat with the bot: an invitation that is good once and for an hour, and nobody else's."""

import base64
import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from channels.registry import channels
from notifications.choices import Way
from notifications.models import TelegramLink

START = "/start "
GOOD_FOR = timedelta(hours=1)
_SIGNATURE = 16
_LENGTH = 16 + 4 + 4 + _SIGNATURE


def invitation(*, user: User, at: datetime) -> str:
    """What the bot is to be told: 54 signs of the alphabet that Telegram lets through a link (64 at most).

    Nothing is written: the number of the links made so far is signed into it, so that the first use ends it.
    """
    known: TelegramLink | None = getattr(user, "telegram_link", None)
    until = int((at + GOOD_FOR).timestamp())
    body = user.pk.bytes + until.to_bytes(4, "big") + (known.round if known else 0).to_bytes(4, "big")
    return base64.urlsafe_b64encode(body + _signature(body)).decode().rstrip("=")


def invitation_url(*, user: User, at: datetime) -> str:
    """The link that opens the bot; empty where the bot's name is not set."""
    name = settings.TELEGRAM_BOT_NAME
    return f"https://t.me/{name}?start={invitation(user=user, at=at)}" if name else ""


@transaction.atomic
def link_telegram(*, token: str, chat_id: str | int, at: datetime) -> User | None:
    """Tie the chat to whoever was given this invitation; None where it is wrong, used or out of time.

    A chat belongs to one person: whoever shows a fresh invitation of another account takes the chat there.
    """
    read = _read(token)
    chat = str(chat_id)
    if read is None or not channels()[Way.TELEGRAM].accepts(chat):
        return None
    user_id, until, number = read
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None or at.timestamp() > until:
        return None
    known = TelegramLink.objects.filter(user=user).first()
    if number != (known.round if known else 0):
        return None
    TelegramLink.objects.filter(chat_id=chat).exclude(user=user).update(chat_id="", linked_at=None)
    TelegramLink.objects.update_or_create(
        user=user, defaults={"chat_id": chat, "round": number + 1, "linked_at": at}
    )  # fmt: skip
    return user


def take_start(*, text: str, chat_id: str, at: datetime) -> str:
    """What the bot answers to «/start <invitation>», in words; empty where no invitation of ours is in it."""
    token = text.removeprefix(START).strip()
    if not text.startswith(START) or _read(token) is None:
        return ""
    user = link_telegram(token=token, chat_id=chat_id, at=at)
    if user is None:
        return _("Ссылка не подошла: она действует час и один раз. Откройте её снова в своём профиле CRM.")
    with translation.override(user.language):
        return _("Готово, %(name)s. Сюда будут приходить уведомления CRM.") % {"name": user.name}


@transaction.atomic
def unlink_telegram(*, user: User) -> None:
    """Nothing goes to the chat any more; what waits for it is dropped when its time comes."""
    TelegramLink.objects.filter(user=user).update(chat_id="", linked_at=None)


def _read(token: str) -> tuple[UUID, int, int] | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(raw) != _LENGTH or not hmac.compare_digest(signature, _signature(body)):
        return None
    return UUID(bytes=body[:16]), int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")


def _signature(body: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"telegram-link:" + body, sha256)[:_SIGNATURE]
