"""What this room holds of people: colleagues and systems only, none of those we sell to."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiCall, ApiToken, Guess, Identity, RecoveryCode, Session, Share, Team, User
from common.personal import Holds

HOLDS = (Holds(Share, _("Доступы к записям"), mentions="reason"),)
PLAIN: Mapping[type[models.Model], str] = {
    Team: "name",
    User: "password email name timezone",
    ApiToken: "key secret_hash old_secret_hash scopes addresses last_used_ip",
    ApiCall: "token_key method route ip request_id",
    Guess: "bucket",
    RecoveryCode: "digest",
    Identity: "issuer subject",
    Session: "session_key session_data address device method",
}
