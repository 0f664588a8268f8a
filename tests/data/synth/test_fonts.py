"""The fonts of the generator: present, complete for what they draw, and one clear error when missing."""

from __future__ import annotations

import pytest

from ocrflow.data.synth import fonts
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.line_texts import LINE_CHARACTERS, line_text
from ocrflow.data.synth.plate_lettering import LETTERINGS, font_glyph
from ocrflow.data.synth.plate_texts import PLATE_CHARACTERS
from ocrflow.data.synth.strokes import stroke_glyph
from ocrflow.errors import OutsideError


def test_every_character_a_face_claims_has_ink_and_is_not_the_missing_glyph() -> None:
    for family in fonts.faces().values():
        for face in family:
            font = fonts.load(face.path, 24)
            missing = bytes(font.getmask("\U0010ffff"))
            for char in set(LINE_CHARACTERS) & face.characters:
                mask = font.getmask(char)
                assert mask.getbbox() is not None, (face.name, char)
                assert bytes(mask) != missing, (face.name, char)


def test_the_face_of_a_text_has_all_its_characters() -> None:
    for index in range(300):
        text = line_text(Dice(4, index, 1))
        assert set(text) - {" "} <= fonts.pick_face(text, Dice(4, index)).characters


def test_capital_only_fonts_never_draw_small_letters() -> None:
    assert not any(char.islower() for char in fonts.face_named("AmaticSC-Bold").characters)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.faces.cache_clear()
    monkeypatch.setitem(fonts.FAMILIES, "Roboto", ("font_robotto", "files", "Roboto-", 5))
    with pytest.raises(OutsideError, match="font-robotto, which is not installed"):
        fonts.faces()
    monkeypatch.undo()
    fonts.faces.cache_clear()


def test_plate_glyphs_differ_from_each_other() -> None:
    for lettering in LETTERINGS:
        shapes = {stroke_glyph(char, lettering).tobytes() for char in PLATE_CHARACTERS}
        assert len(shapes) == 33
    assert len({font_glyph(char, "Roboto-Bold").tobytes() for char in PLATE_CHARACTERS}) == len(PLATE_CHARACTERS) == 33
