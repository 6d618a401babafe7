"""How words look on a page, as far as it decides whether anybody can see them. Pure; what cannot be judged counts as hidden."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

Colour = tuple[float, float, float]

LEAST_CONTRAST = 1.5
SMALLEST = 6.0  # CSS pixels
FURTHEST = -50.0  # CSS pixels off the page's edge
PIXELS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "ex": 8.0}
SHORT = {"smaller": 13.0, "larger": 19.0, "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "inherit": 16.0}
NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "gray": "#808080", "grey": "#808080",
    "silver": "#c0c0c0", "navy": "#000080", "maroon": "#800000", "yellow": "#ffff00",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What an element passes on to the words in it. `hidden` says why they cannot be seen; empty when they can."""

    colour: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)
    hidden: str = ""


PLAIN = Look()


def inside(look: Look, given: Mapping[str, str], *, unseen: bool) -> Look:
    """The look inside an element with these attributes, standing in `look`."""
    said = properties(given.get("style", ""))
    ground, colour = said.get("background-color") or said.get("background") or given.get("bgcolor"), said.get("color") or given.get("color")
    try:
        look = replace(look, ground=_colour(ground, look.ground), colour=_colour(colour, look.colour))
    except ValueError:
        return replace(look, hidden=look.hidden or "a colour that cannot be judged")
    why = "" if not unseen else "an element that is not shown"
    why = why or ("the attribute hidden" if "hidden" in given else "") or _why_hidden(said)
    if not why and contrast(look.colour, look.ground) < LEAST_CONTRAST:
        why = "the colour of its ground"
    return replace(look, hidden=look.hidden or why)


def properties(style: str) -> dict[str, str]:
    """A style attribute's properties, in lower case, without comments and escapes; the last one said holds, as in a browser."""
    plain = re.sub(r"/\*.*?(\*/|$)", "", style, flags=re.DOTALL)
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda found: chr(min(int(found[1], 16), 0x10FFFF)), plain).replace("\\", "")
    pairs = (part.partition(":") for part in plain.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if name.strip()}


def fetches(style: str) -> bool:
    """Whether a style would fetch or run something."""
    said = properties(style)
    return any(re.search(r"url\s*\(|image-set|expression|@import|javascript:|src\s*\(", value) for value in said.values()) or bool(
        said.keys() & {"behavior", "-moz-binding"}
    )


def contrast(one: Colour, other: Colour) -> float:
    """How far two colours stand apart, from 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_brightness(one), _brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _why_hidden(said: Mapping[str, str]) -> str:
    if said.get("display") == "none" or said.get("visibility") in {"hidden", "collapse"} or said.get("mso-hide") == "all":
        return "display:none or visibility:hidden"
    if "opacity" in said and _number(said["opacity"]) < (10 if "%" in said["opacity"] else 0.1):
        return "no opacity"
    if "filter" in said or "clip" in said or "clip-path" in said or "transform" in said or "mask" in said:
        return "a filter, a clip or a transform"
    small = [name for name in ("font-size", "font", "line-height") if name in said and _is_tiny(name, said[name])]
    flat = [name for name in ("width", "height", "max-width", "max-height") if name in said and _pixels(said[name]) <= 1]
    if small or flat:
        return f"no size ({(small + flat)[0]})"
    away = (
        "left", "top", "right", "bottom", "text-indent", "margin", "margin-left", "margin-top", "margin-right", "letter-spacing", "inset",
    )  # fmt: skip
    if said.get("position") in {"absolute", "fixed"} or any(_least(said[name]) <= FURTHEST for name in away if name in said):
        return "a place off the page"
    return ""


def _is_tiny(name: str, value: str) -> bool:
    if name == "line-height" and re.fullmatch(r"[\d.]+", value):
        return _number(value) < 0.5
    sizes = re.findall(r"(-?[\d.]+[a-z%]*)", value.partition("/")[0]) if name == "font" else [value]
    return any(_pixels(size) < SMALLEST for size in sizes if name != "font" or re.search(r"[a-z%]$|^0$", size))


def _pixels(value: str) -> float:
    if value in SHORT:
        return SHORT[value]
    found = re.fullmatch(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d+)?)\s*([a-z%]*)", value)
    if not found:
        return 16.0 if value in {"auto", "normal", "none", "initial", "unset"} else 0.0  # calc() and its like cannot be judged
    return float(found[1]) * PIXELS.get(found[2], 0.0)


def _least(value: str) -> float:
    return min((_pixels(part) for part in value.split()), default=0.0) if "(" not in value else FURTHEST


def _number(value: str) -> float:
    found = re.match(r"[+-]?(\d+\.?\d*|\.\d+)", value)
    return float(found[0]) if found else 0.0


def _colour(value: str | None, standing: Colour) -> Colour:
    """A colour as three numbers; raises ValueError for one that cannot be read, or can be seen through."""
    if not value or value in {"inherit", "initial", "none"}:
        return standing
    value = NAMED.get(value.strip().lower(), value.strip().lower())
    if found := re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", value):
        figures = found[1] if len(found[1]) == 6 else "".join(sign * 2 for sign in found[1])
        return int(figures[:2], 16), int(figures[2:4], 16), int(figures[4:], 16)
    if found := re.fullmatch(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)", value):
        return int(found[1]), int(found[2]), int(found[3])
    raise ValueError(value)


def _brightness(colour: Colour) -> float:
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
