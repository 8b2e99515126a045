"""The bank's tree and its people: a root, regions, teams of about ten, and three known sign-ins with a wide view."""

from dataclasses import dataclass
from random import Random

import numpy as np
from django.contrib.auth.hashers import make_password

from accounts.models import Team, User
from accounts.roles import Role
from demo.names import Names
from demo.scale.columns import Array, Pick
from demo.scale.draws import DAY, Draws
from demo.scale.table import Table

BANK = "Розница банка"
REGIONS = (
    "Ташкент", "Ташкентская область", "Самарканд", "Бухара", "Фергана", "Андижан", "Наманган", "Навои", "Карши",
    "Термез", "Джизак", "Гулистан", "Ургенч", "Нукус",
)  # fmt: skip
TEAM_SIZE = 10
OWNER, HEAD, ADMIN = "scale-owner@demo.local", "scale-head@demo.local", "scale-admin@demo.local"
SIGN_INS = (OWNER, HEAD, ADMIN)
DOMAIN = "scale.local"
ROLES = (Role.PRODUCT_OWNER, Role.ACCOUNT_MANAGER, Role.LEAD_GENERATOR)
SHARES = (0.74, 0.16, 0.10)


@dataclass(frozen=True, slots=True)
class Staff:
    """``owners`` and ``generators`` are places of people in ``ids``; ``team_of`` is the place of each one's team."""

    teams: Array
    ids: Array
    team_of: Array
    owners: Array
    generators: Array
    owner: int = 0  # the place of the one who signs in and has a list to work through


def hire(draws: Draws, users: int, password: str) -> tuple[Staff, list[Table]]:
    """The first three sign in; then each team gets a head, and the rest are spread over the teams."""
    names, parents = _tree(users)
    teams = draws.born(len(names), draws.now - 400 * DAY)
    first_leaf = 1 + min(len(REGIONS), len(names) - 1)
    leaves = np.arange(first_leaf, len(names)) if first_leaf < len(names) else np.array([len(names) - 1])
    team_of = leaves[np.arange(users) % len(leaves)]
    roles = draws.choice(users, SHARES)
    roles[len(SIGN_INS) : len(SIGN_INS) + len(leaves)] = len(ROLES)
    roles[:3], team_of[1], team_of[2] = (0, len(ROLES), len(ROLES) + 1), 0, -1
    ids = draws.born(users, draws.now - 399 * DAY)
    owners = np.flatnonzero(roles < 2)
    generators = np.flatnonzero(roles == 2)
    staff = Staff(teams, ids, team_of, owners, generators)
    return staff, [
        Table(Team, len(names), {"id": teams, "name": Pick(names, np.arange(len(names))),
                                 "parent_id": Pick(teams, np.array(parents))}),
        Table(User, users, _columns(draws, staff, roles, password)),
    ]  # fmt: skip


def _tree(users: int) -> tuple[list[str], list[int]]:
    """Names and the places of parents: the bank, its regions, and under them as many teams as the people need."""
    count = max(1, users // TEAM_SIZE)
    regions = REGIONS[: max(1, min(len(REGIONS), count))]
    names, parents = [BANK, *(f"{region}: продажи" for region in regions)], [-1, *[0] * len(regions)]
    for number in range(count):
        place = number % len(regions)
        names.append(f"{regions[place]}, команда {number // len(regions) + 1}")
        parents.append(1 + place)
    return names, parents


def _columns(draws: Draws, staff: Staff, roles: Array, password: str) -> dict[str, object]:
    users, random = len(staff.ids), Names(Random(int(draws.random.integers(2**31))))  # noqa: S311 - names, no secret
    emails = [*SIGN_INS, *(f"u{number:05d}@{DOMAIN}" for number in range(len(SIGN_INS), users))]
    nobody = make_password(None)
    passwords = [make_password(password) if place < len(SIGN_INS) else nobody for place in range(4)]
    every = np.arange(users)
    return {
        "id": staff.ids,
        "email": Pick(emails, every),
        "name": Pick([random.person() for _user in range(users)], every),
        "role": Pick([*ROLES, Role.SALES_HEAD, Role.ADMINISTRATOR], roles),
        "team_id": Pick(staff.teams, staff.team_of),
        "password": Pick(passwords, np.minimum(every, 3)),
    }
