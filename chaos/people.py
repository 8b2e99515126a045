"""The bank under fault: people, a token, a webhook. Run by the program, with the system's settings; prints JSON."""

import json
import os
import sys
from datetime import time

import django


def main() -> None:
    django.setup()
    from accounts import tokens
    from accounts.models import Team, User
    from accounts.roles import Role
    from common import clock
    from notifications.choices import Mode, NoticeKind, Quiet, Way
    from notifications.models import TelegramLink
    from notifications.services.preferences import save_settings
    from webhooks.services.endpoints import create_endpoint

    told = json.loads(sys.stdin.read())
    bank = Team.objects.create(name="Банк")
    team = Team.objects.create(name="Продажи", parent=bank)
    admin = User.objects.create_user("admin@chaos.test", told["password"], name="Админ", role=Role.ADMINISTRATOR)
    issued = tokens.issue(account="chaos", scopes=tokens.SCOPES, days=1, at=clock.now())
    account = User.objects.get(pk=issued.token.user_id)
    made = create_endpoint(by=admin, url=told["hook"], account=account, types=told["types"])
    people = []
    for number in range(told["people"]):
        role = Role.ACCOUNT_MANAGER
        user = User.objects.create_user(
            f"person{number}@chaos.test", told["password"], name=f"Человек {number}", role=role, team=team
        )
        # Every fourth is reached by Telegram, the others by e-mail; both reminders of a step leave at once.
        way = Way.TELEGRAM if number % 4 == 3 else Way.EMAIL
        if way == Way.TELEGRAM:
            TelegramLink.objects.create(user=user, chat_id=str(1000 + number), linked_at=clock.now())
        rung = {NoticeKind.STEP_DUE, NoticeKind.OVERDUE}
        modes = {
            one: {k: Mode.AT_ONCE if one == way and k in rung else Mode.NONE for k in NoticeKind.values}
            for one in Way.values
        }
        save_settings(user=user, modes=modes, digest_at=time(9), quiet=Quiet.NEVER, quiet_from=None, quiet_to=None)
        people.append({"id": str(user.pk), "email": user.email, "way": str(way)})
    json.dump({"token": issued.plain, "people": people, "secret": made.secret}, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chaos.settings")
    main()
