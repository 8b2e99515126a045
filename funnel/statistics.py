"""Small statistics, plain Python: figures that a stranger can check with a pocket calculator."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
FEW = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """``k`` of ``n`` with Wilson's 95 % interval; without trials there is no rate."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.k, self.n)

    @property
    def few(self) -> bool:
        """Too few to say a percentage: pages show «2 из 7»."""
        return self.n < FEW


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float] | None:
    """Wilson's score interval of a proportion (E. B. Wilson, 1927); None for n = 0."""
    if n == 0:
        return None
    p = k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
