"""How passwords and secrets are kept: slow, salted, sealed against changes, and by keys that can be replaced."""

import base64
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from accounts import mfa_adapter
from accounts.mfa_adapter import Sealed
from salescrm.settings import base

SECRET = "JBSWY3DPEHPK3PXP"


def test_passwords_are_kept_by_argon2id_and_by_nothing_else() -> None:
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    hasher = Argon2PasswordHasher()
    parameters = hasher.params()
    assert "ID" in str(parameters.type)
    # No less than what is advised where 19 MiB and two rounds are the least.
    assert (parameters.memory_cost >= 19 * 1024, parameters.time_cost >= 2) == (True, True)
    assert hasher.salt_entropy >= 128


def test_one_password_is_kept_differently_each_time_and_to_its_last_letter(settings: Any) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    long = "я" * 200 + "!"
    first, second = make_password(long), make_password(long)
    assert first != second
    assert check_password(long, first)
    assert not check_password(long[:-1] + "?", first)


def test_a_sealed_secret_that_was_changed_is_not_opened() -> None:
    sealed = Sealed().encrypt(SECRET)
    raw = bytearray(base64.urlsafe_b64decode(sealed))
    for place in (9, 20, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(InvalidToken):
            Sealed().decrypt(base64.urlsafe_b64encode(bytes(changed)).decode())


def test_one_secret_is_sealed_differently_each_time() -> None:
    assert Sealed().encrypt(SECRET) != Sealed().encrypt(SECRET)
    assert SECRET not in Sealed().encrypt(SECRET)


def test_a_former_key_still_opens_and_seals_nothing_more(settings: Any) -> None:
    sealed, former = Sealed().encrypt(SECRET), settings.SECRET_KEY
    settings.SECRET_KEY = "only-for-tests-" + "y" * 40
    with pytest.raises(InvalidToken):
        Sealed().decrypt(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert Sealed().decrypt(sealed) == SECRET
    with pytest.raises(InvalidToken):
        mfa_adapter._fernet(former).decrypt(Sealed().encrypt(SECRET))
