"""The fonts of the generator: only files that pinned Python packages carry, never the system's fonts.

All are free: DejaVu and STIX (inside matplotlib), Roboto and Caladea (Apache 2.0), the others SIL OFL 1.1.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from ocrflow.data.synth.dice import Dice
from ocrflow.errors import OutsideError

# family: (package, folder, file-name beginning, weight)
FAMILIES = {
    "Roboto": ("font_roboto", "files", "Roboto-", 5),
    "Source Sans": ("font_source_sans_pro", "files", "SourceSansPro-", 5),
    "Source Serif": ("font_source_serif_pro", "files", "SourceSerifPro-", 4),
    "DejaVu Sans": ("matplotlib", "mpl-data/fonts/ttf", "DejaVuSans", 3),
    "DejaVu Mono": ("matplotlib", "mpl-data/fonts/ttf", "DejaVuSansMono", 4),
    "DejaVu Serif": ("matplotlib", "mpl-data/fonts/ttf", "DejaVuSerif", 2),
    "STIX": ("matplotlib", "mpl-data/fonts/ttf", "STIXGeneral", 3),
    "Hanken Grotesk": ("font_hanken_grotesk", "files", "HankenGrotesk-", 4),
    "Manrope": ("font_manrope", "files", "Manrope-", 3),
    "Caladea": ("font_caladea", "files", "Caladea-", 3),
    "Fredoka One": ("font_fredoka_one", "files", "FredokaOne-", 1),
    "Amatic SC": ("font_amatic_sc", "files", "AmaticSC-", 0.4),
    "Intuitive": ("font_intuitive", "files", "Intuitive", 0.4),
}
_TOO_THIN_OR_VARIABLE = ("Thin", "ExtraLight", "VariableFont", "Display")
_CAPITALS_ONLY = ("Amatic SC",)


@dataclass(frozen=True)
class Face:
    """One font file: its family, its name and the characters that it can draw without ambiguity."""

    family: str
    name: str
    path: str
    characters: frozenset[str]


def _package_folder(package: str, folder: str) -> Path:
    spec = importlib.util.find_spec(package)
    distribution = package.replace("_", "-")
    if spec is None or not spec.submodule_search_locations:
        raise OutsideError(
            f"synthesis draws with the fonts of the package {distribution}, which is not installed here",
            fix="pip install -r requirements.lock",
        )
    return Path(spec.submodule_search_locations[0]) / folder


def _files(family: str) -> list[Path]:
    package, folder, beginning, _ = FAMILIES[family]
    root = _package_folder(package, folder)
    found = [path for path in root.glob(f"{beginning}*") if path.suffix in (".ttf", ".otf")]
    wanted = [path for path in found if path.suffix == ".ttf" or path.with_suffix(".ttf") not in found]
    wanted = [path for path in wanted if not any(part in path.stem for part in _TOO_THIN_OR_VARIABLE)]
    if family == "DejaVu Sans":
        wanted = [path for path in wanted if "Mono" not in path.stem]
    if not wanted:
        raise OutsideError(
            f"{root}: no font file {beginning}*.ttf or *.otf of the package {package.replace('_', '-')}",
            fix="pip install --force-reinstall -r requirements.lock",
        )
    return sorted(wanted, key=lambda path: path.name)


def _characters(path: Path, capitals_only: bool) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        drawn = {chr(code) for code in font.getBestCmap()}
    return frozenset(char for char in drawn if not (capitals_only and char.islower()))


@lru_cache(maxsize=1)
def faces() -> dict[str, tuple[Face, ...]]:
    """All faces by family, in a fixed order.

    Raises:
        OutsideError: a font package is missing or carries no font file.
    """
    return {
        family: tuple(
            Face(family, path.stem, str(path), _characters(path, family in _CAPITALS_ONLY)) for path in _files(family)
        )
        for family in FAMILIES
    }


def face_named(name: str) -> Face:
    """The face with this file stem, such as 'Roboto-Bold'."""
    return next(face for family in faces().values() for face in family if face.name == name)


def pick_face(text: str, dice: Dice, families: tuple[str, ...] = tuple(FAMILIES)) -> Face:
    """A random face that has a glyph for every character of the text."""
    needed = set(text) - {" "}
    able = {
        family: fitting
        for family in families
        if (fitting := [face for face in faces()[family] if needed <= face.characters])
    }
    family = dice.weighted([(family, FAMILIES[family][3]) for family in able])
    return dice.pick(able[family])


@lru_cache(maxsize=1024)
def load(path: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The font at an em size in px, laid out by Pillow itself (no Raqm, whose version may differ)."""
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)
