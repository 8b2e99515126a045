"""Small moves over numpy columns: finding keys, adding up by a code, numbering what occurs."""

import numpy as np
from numpy.typing import NDArray

from priority.chances import Floats, Ints


def find(keys: Ints, values: Ints) -> Ints:
    """Place of each value among sorted keys; ``len(keys)`` where it is not among them."""
    if not len(keys):
        return np.zeros(len(values), np.int64)
    place = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return np.where(keys[place] == values, place, len(keys))


def summed(code: Ints, amount: Floats, shape: tuple[int, ...]) -> Floats:
    """Amounts added up by code into an array of that shape, codes counting its entries row by row."""
    total: NDArray[np.float64] = np.bincount(code, amount, int(np.prod(shape))).astype(np.float64)
    return total.reshape(shape)


def distinct(codes: Ints, span: int) -> tuple[Ints, Ints]:
    """The codes (below ``span``) that occur, and each row's place among them.

    By marking while the span allows: a million codes need no sort.
    """
    if span > max(4 * len(codes), 1 << 14):
        found, row = np.unique(codes, return_inverse=True)
        return found, row
    place = np.zeros(span, np.int64)
    place[codes] = 1
    found = np.flatnonzero(place)
    place[found] = np.arange(len(found))
    return found, place[codes]
