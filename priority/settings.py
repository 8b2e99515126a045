"""What the engine believes before it has seen anything, and how fast it forgets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EngineSettings:
    """Every number of the engine that an owner may change. One tuple entry for each stage, first stage first."""

    prior_pass_rate: tuple[float, ...] = (0.3, 0.5, 0.5, 0.6)
    """The owner's guess of a stage's pass rate, 0 to 1."""
    half_life_hours: tuple[float, ...] = (48.0, 120.0, 240.0, 360.0)
    """Idle hours in which half of a stage's leads go cold."""
    stage_hours: tuple[float, ...] = (0.4, 1.0, 1.5, 1.0)
    """Working hours of one attempt, where a lead brings none of its own."""
    guess_weight: float = 4.0
    """Attempts that the owner's guess counts for (rule 1)."""
    main_weight: float = 10.0
    """Attempts that the stage's rate counts for in a segment's or a UTP's rate (rule 2)."""
    cell_weight: float = 20.0
    """Attempts that the blend counts for in a cell's rate (rule 4)."""
    evidence_half_life_days: float = 56.0
    """Days in which an outcome loses half of its weight; 14 to 28 for a fast market."""
    curiosity: float = 0.5
    """Standard deviations added to a rate for ranking (rule 5); 0 switches curiosity off."""
    ceiling: float = 0.999
    """The most that a rate with curiosity may be."""
    refit_from: int = 200
    """Attempts from which half-lives are refitted (rule 7)."""

    def __post_init__(self) -> None:
        """Raises ValueError where a number makes no sense."""
        stages = len(self.prior_pass_rate)
        if not stages or len(self.half_life_hours) != stages or len(self.stage_hours) != stages:
            raise ValueError("pass rates, half-lives and hours must name the same stages, at least one")
        if not all(0 < rate < 1 for rate in self.prior_pass_rate):
            raise ValueError("a guessed pass rate must lie between 0 and 1")
        positive = (*self.half_life_hours, *self.stage_hours, self.guess_weight, self.main_weight, self.cell_weight)
        if not all(0 < value < float("inf") for value in (*positive, self.evidence_half_life_days)):
            raise ValueError("half-lives, hours and weights must be positive")
        if self.curiosity < 0 or not 0 < self.ceiling < 1:
            raise ValueError("curiosity must not be negative, the ceiling must lie between 0 and 1")

    @property
    def stages(self) -> int:
        return len(self.prior_pass_rate)

    def demand_stages(self, lowest: int, highest: int) -> None:
        """Raises ValueError unless stages from ``lowest`` to ``highest`` are all known."""
        if lowest < 0 or highest >= self.stages:
            raise ValueError(f"stages go from 0 to {self.stages - 1}; {lowest if lowest < 0 else highest} is none")
