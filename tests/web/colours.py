"""Colour arithmetic for the tests: WCAG contrast, CIEDE2000, and simulated colour vision (Machado 2009)."""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

RGB = tuple[float, float, float]

# Full dichromacy, in linear light.
MATRICES: dict[str, tuple[RGB, RGB, RGB]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
VISIONS = tuple(MATRICES)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def rgb(code: str) -> RGB:
    """«#0b5cad» as linear light."""
    red, green, blue = (_linear(int(code[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def luminance(code: str) -> float:
    red, green, blue = rgb(code)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The ratio that WCAG asks about, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def seen_by(code: str, vision: str) -> RGB:
    """The colour as linear light reaches a person with that vision."""
    source = rgb(code)
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, source, strict=True))))
        for row in MATRICES[vision]
    )
    return red, green, blue


def _lab(colour: RGB) -> RGB:
    red, green, blue = colour
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _turn(a: float, b: float) -> float:
    return degrees(atan2(b, a)) % 360 if a or b else 0.0


def _hue_mean(h1: float, h2: float, colourless: bool) -> float:
    if colourless or abs(h1 - h2) <= 180:
        return h1 + h2 if colourless else (h1 + h2) / 2
    return (h1 + h2 + 360) / 2 if h1 + h2 < 360 else (h1 + h2 - 360) / 2


def _hue_gap(h1: float, h2: float, colourless: bool) -> float:
    if colourless:
        return 0.0
    return (h2 - h1 + 180) % 360 - 180


def delta_e(first: RGB, second: RGB) -> float:
    """CIEDE2000 between two colours in linear light."""
    l1, a1, b1 = _lab(first)
    l2, a2, b2 = _lab(second)
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    g = 0.5 * (1 - sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = _turn(a1, b1), _turn(a2, b2)
    colourless = c1 * c2 == 0
    light, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, _hue_mean(h1, h2, colourless)
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    s_light = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turn = 60 * exp(-(((hue - 275) / 25) ** 2))
    r = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(turn))
    d_light, d_chroma = (l2 - l1) / s_light, (c2 - c1) / s_chroma
    d_hue = 2 * sqrt(c1 * c2) * sin(radians(_hue_gap(h1, h2, colourless) / 2)) / s_hue
    return sqrt(d_light**2 + d_chroma**2 + d_hue**2 + r * d_chroma * d_hue)
