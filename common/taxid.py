"""Tax numbers: Russian INN (10 or 12 digits), Uzbek STIR (9) and PINFL (14).

INN and PINFL carry a check digit. The rule for STIR's last digit is not published, so there the form is checked:
firms begin with 2 or 3, people with 4 to 7.
"""

import re

from stdnum.ru import inn

_NOT_DIGITS = re.compile(r"[\s\-.]")
_STIR = re.compile(r"[2-7][0-9]{8}")
_PINFL_WEIGHTS = (7, 3, 1)


def normalise(text: str) -> str:
    return _NOT_DIGITS.sub("", text)


def is_valid(number: str) -> bool:
    """Whether a normalised number is a well-formed INN, STIR or PINFL."""
    if not (number.isascii() and number.isdigit()):
        return False
    if len(number) == 9:
        return _STIR.fullmatch(number) is not None
    if len(number) == 14:
        return pinfl_check_digit(number[:13]) == int(number[13])
    return bool(inn.is_valid(number))


def pinfl_check_digit(first_13: str) -> int:
    """Weights 7, 3, 1 repeated, modulo ten (the scheme of ICAO 9303 that PINFL follows)."""
    return sum(int(digit) * _PINFL_WEIGHTS[i % 3] for i, digit in enumerate(first_13)) % 10
