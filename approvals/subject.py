"""What is to be done to how many: the same list asked for in another order is the same."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from django.utils.crypto import salted_hmac

Pairs = list[tuple[str, list[str]]]
Words = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mass:
    """``count`` rows; ``conditions`` say which, ``words`` say the same to a person."""

    deed: str
    conditions: Pairs
    count: int
    words: Words = field(default_factory=list)

    @classmethod
    def of(cls, deed: str, conditions: Mapping[str, Iterable[str]], count: int, words: Words) -> Self:
        """Values are sorted: any of them is meant, in whatever order they were chosen."""
        return cls(deed, [(name, sorted(conditions[name])) for name in sorted(conditions)], count, words)

    @property
    def digest(self) -> str:
        """Keyed: whoever reads the table learns no phone that was searched for by trying them all."""
        text = json.dumps([self.deed, self.conditions], ensure_ascii=False)
        return salted_hmac("approvals.subject", text, algorithm="sha256").hexdigest()
