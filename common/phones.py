"""Phones are stored in E.164. A number without a country is read as Uzbek, then as Russian."""

from functools import lru_cache

import phonenumbers

REGIONS = ("UZ", "RU")


@lru_cache(maxsize=8192)  # a batch asks for each of its numbers half a dozen times
def normalise(text: str) -> str | None:
    """``90 123 45 67`` → ``+998901234567``; None where it is no possible number."""
    for region in REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
