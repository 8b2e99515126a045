"""The colours of both themes keep their contrast, also for those who see colours differently."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from tests.web.colours import VISIONS, contrast, delta_e, seen_by

THEMES = Path(__file__).resolve().parents[2] / "assets" / "css" / "themes.css"
SCALE = THEMES.with_name("scale.css")
TONES = ("primary", "success", "warning", "error", "info")
SERIES = ("chart-1", "chart-2", "chart-3", "chart-4")
TEXT, MARK = 4.5, 3.0
APART, APART_FROM_GREY = 20, 10
PALEST_GREY = 2.4


def theme(name: str) -> dict[str, str]:
    """The colours of one theme, as they stand in the sources."""
    blocks = re.findall(r'@plugin "daisyui/theme" \{(.*?)\n\}', THEMES.read_text(), re.DOTALL)
    block = next(text for text in blocks if f'name: "{name}"' in text)
    return dict(re.findall(r"--(?:color-)?([\w-]+): (#[0-9a-f]{6})", block))


@pytest.fixture(params=["crm-light", "crm-dark"])
def colours(request: pytest.FixtureRequest) -> dict[str, str]:
    return theme(request.param)


@pytest.mark.parametrize("ground", ["base-100", "base-200"])
@pytest.mark.parametrize("ink", ["base-content", "muted", *TONES])
def test_text_is_readable_on_page_and_panel(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= TEXT


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_is_readable_on_its_own_soft_ground(colours: dict[str, str], tone: str) -> None:
    assert contrast(colours[tone], colours[f"{tone}-soft"]) >= TEXT


@pytest.mark.parametrize("tone", [*TONES, "neutral"])
def test_text_on_a_filled_tone_is_readable(colours: dict[str, str], tone: str) -> None:
    assert contrast(colours[f"{tone}-content"], colours[tone]) >= TEXT


@pytest.mark.parametrize("soft", [*(f"{tone}-soft" for tone in TONES), "neutral-soft"])
def test_plain_text_is_readable_on_every_soft_ground(colours: dict[str, str], soft: str) -> None:
    assert contrast(colours["base-content"], colours[soft]) >= TEXT


@pytest.mark.parametrize("ground", ["base-100", "base-200"])
def test_the_edge_of_a_field_is_seen(colours: dict[str, str], ground: str) -> None:
    assert contrast(colours["border-strong"], colours[ground]) >= MARK


@pytest.mark.parametrize("mark", SERIES)
def test_a_mark_of_a_chart_is_seen(colours: dict[str, str], mark: str) -> None:
    assert contrast(colours[mark], colours["base-100"]) >= MARK


def test_grey_of_a_chart_is_seen_beside_its_label(colours: dict[str, str]) -> None:
    assert contrast(colours["chart-rest"], colours["base-100"]) >= PALEST_GREY


@pytest.mark.parametrize("vision", VISIONS)
def test_series_differ_under_every_vision(colours: dict[str, str], vision: str) -> None:
    shades = [seen_by(colours[name], vision) for name in SERIES]
    assert min(delta_e(a, b) for a, b in combinations(shades, 2)) >= APART


@pytest.mark.parametrize("vision", VISIONS)
def test_series_differ_from_the_grey_of_the_rest(colours: dict[str, str], vision: str) -> None:
    grey = seen_by(colours["chart-rest"], vision)
    assert min(delta_e(seen_by(colours[name], vision), grey) for name in SERIES) >= APART_FROM_GREY


@pytest.mark.parametrize(("step", "text"), [(1, "dark"), (2, "dark"), (3, "dark"), (4, "light"), (5, "light")])
def test_a_number_in_a_heat_cell_is_readable(step: int, text: str) -> None:
    scale = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", SCALE.read_text()))
    assert contrast(scale[f"heat-{text}-text"], scale[f"heat-{step}"]) >= TEXT


def test_both_themes_name_the_same_tokens() -> None:
    assert theme("crm-light").keys() == theme("crm-dark").keys()
