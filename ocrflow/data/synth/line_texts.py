"""Texts of the `lines` style: what stands on receipts, labels, screens and forms, and plain random strings."""

from __future__ import annotations

from collections.abc import Callable

from ocrflow.data.synth.dice import Dice

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
DIGITS = "0123456789"
ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
PUNCTUATION = "".join(char for char in ASCII if not char.isalnum())
ACCENTED = "ÀÂÇÈÉÊËÎÏÔÙÛÜàâçèéêëîïôùûüœŒæ"
SYMBOLS = "°€£§«»’–"
LINE_CHARACTERS = "".join(sorted(ASCII + ACCENTED + SYMBOLS))
MAX_CHARACTERS = 30

_ONSETS = [
    *"bcdfghjklmnprstvwxz", "qu", "ch", "th", "st", "tr", "br", "pl", "gr", "cl", "sh", "ph",
]  # fmt: skip
_MONTHS = [
    "JAN", "FEV", "MAR", "AVR", "MAI", "JUN", "JUL", "AOU", "SEP", "OCT", "NOV", "DEC",
    "Jan", "Feb", "Apr", "May", "Août", "Déc",
]  # fmt: skip
_VOWELS = ["a", "e", "i", "o", "u", "y", "ai", "ou", "ea", "au", "oi"]
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "m", "x", "ng", "ck", "nd", "rt"]
_ACCENTS = {
    "a": "àâæ", "e": "éèêëéè", "i": "îï", "o": "ôœ", "u": "ùûü", "c": "ç",
    "A": "ÀÂ", "E": "ÉÈÊËÉÈ", "I": "ÎÏ", "O": "ÔŒ", "U": "ÙÛÜ", "C": "Ç",
}  # fmt: skip


def _word(dice: Dice, max_syllables: int = 3) -> str:
    syllables = dice.integer(1, max_syllables)
    word = "".join(dice.pick(_ONSETS) + dice.pick(_VOWELS) for _ in range(syllables)) + dice.pick(_CODAS)
    case = dice.weighted([("lower", 4), ("title", 3), ("upper", 4)])
    return {"lower": word, "title": word.capitalize(), "upper": word.upper()}[case]


def _accented(dice: Dice, word: str) -> str:
    return "".join(dice.pick(_ACCENTS[c]) if c in _ACCENTS and dice.chance(0.5) else c for c in word)


def _words(dice: Dice) -> str:
    words = [_word(dice) for _ in range(dice.weighted([(1, 6), (2, 3), (3, 1.5), (4, 0.8)]))]
    words = [_accented(dice, word) if dice.chance(0.25) else word for word in words]
    text = dice.weighted([(" ", 8), ("-", 1), ("’", 1), ("'", 1), ("_", 0.5), ("/", 0.5)]).join(words)
    return text + dice.weighted(
        [("", 8), (".", 1), (":", 1), (",", 1), ("!", 0.7), ("?", 0.7), (";", 0.4), (" –", 0.3)]
    )


def _enclosed(dice: Dice) -> str:
    pair = dice.pick(["()", "[]", "{}", "<>", "«»", '""', "**", "||", "''", "``", "\\\\"])
    return pair[0] + dice.pick([_word, _capitals, _number])(dice) + pair[1]


def _capitals(dice: Dice) -> str:
    alphabet = dice.weighted([(UPPER + DIGITS, 5), (UPPER, 2), (DIGITS, 2)])
    return dice.string(alphabet, dice.integer(4, 10))


def _code(dice: Dice) -> str:
    groups = [
        dice.string(dice.pick([UPPER, DIGITS, UPPER + DIGITS]), dice.integer(1, 5)) for _ in range(dice.integer(2, 3))
    ]
    return dice.weighted([("-", 4), ("/", 2), (" ", 3), (".", 1), ("_", 1), (":", 1), ("#", 1), ("+", 1)]).join(groups)


def _number(dice: Dice) -> str:
    whole = str(dice.integer(0, 10 ** dice.integer(1, 7)))
    form = dice.integer(0, 4)
    if form == 0:
        return whole
    if form == 1:
        return f"{whole}{dice.pick('.,')}{dice.string(DIGITS, dice.integer(1, 3))}"
    if form == 2:
        return f"{dice.pick(['+', '-', '~', '=', '#', 'x'])}{whole}"
    if form == 3:
        return f"{whole}{dice.pick(['%', ' %', '°', '°C', ' kg', ' km', 'ml', ' m', ' g', ' cm'])}"
    return f"{dice.pick(['No ', 'N° ', 'Art. ', 'Ref: ', '§ ', '#', 'p. '])}{whole}"


def _price(dice: Dice) -> str:
    amount = f"{dice.integer(0, 10 ** dice.integer(1, 4))}{dice.pick('.,')}{dice.integer(0, 99):02d}"
    form = dice.pick(
        ["{} €", "€{}", "${}", "£{}", "{}€", "£ {}", "{} EUR", "CHF {}", "TOTAL {}", "Total: {} €", "-{}", "{} *"]
    )
    return form.format(amount)


def _date(dice: Dice) -> str:
    day, month, year = dice.integer(1, 31), dice.integer(1, 12), dice.integer(1950, 2049)
    hour, minute, second = dice.integer(0, 23), dice.integer(0, 59), dice.integer(0, 59)
    forms = [
        f"{day:02d}/{month:02d}/{year}", f"{day:02d}.{month:02d}.{year}", f"{year}-{month:02d}-{day:02d}",
        f"{day}/{month}/{year % 100:02d}", f"{hour:02d}:{minute:02d}", f"{hour:02d}:{minute:02d}:{second:02d}",
        f"{day} {dice.pick(_MONTHS)} {year}",
        f"{day:02d}-{month:02d}-{year} {hour:02d}:{minute:02d}",
    ]  # fmt: skip
    return dice.pick(forms)


def _address(dice: Dice) -> str:
    end = dice.pick(["com", "org", "fr", "net", "eu", "io"])
    name = _word(dice, 2).lower()
    form = dice.pick(
        ["{a}@{b}.{e}", "www.{b}.{e}", "{b}.{e}/{a}", "@{b}", "{a}_{b}", "{b}.{e}?{a}={n}", "{a}&{b}", "#{b}"]
    )
    return form.format(a=_word(dice, 2).lower(), b=name, e=end, n=dice.integer(1, 99))


def _phone(dice: Dice) -> str:
    if dice.chance(0.5):
        return dice.pick(" .-").join(dice.string(DIGITS, 2) for _ in range(dice.integer(3, 5)))
    return f"+{dice.integer(1, 99)} ({dice.string(DIGITS, 3)}) {dice.string(DIGITS, 3)}-{dice.string(DIGITS, 4)}"


def _any_characters(dice: Dice) -> str:
    alphabet = dice.weighted([(LINE_CHARACTERS, 5), (PUNCTUATION + SYMBOLS + DIGITS, 2), (ACCENTED + LOWER, 2)])
    return dice.string(alphabet, dice.integer(2, 10))


def _mixed_case(dice: Dice) -> str:
    return dice.string(UPPER + DIGITS + LOWER, dice.integer(2, 12))


def _phrase(dice: Dice) -> str:
    parts = [dice.pick([_word, _word, _number, _capitals])(dice) for _ in range(dice.integer(2, 6))]
    return " ".join(parts)


_KINDS: list[tuple[Callable[[Dice], str], float]] = [
    (_capitals, 22), (_words, 23), (_any_characters, 25), (_code, 8), (_number, 6), (_mixed_case, 6), (_date, 6),
    (_price, 6), (_phrase, 6), (_enclosed, 3), (_address, 2), (_phone, 1.5),
]  # fmt: skip


def line_text(dice: Dice) -> str:
    """A text of 2 to 30 characters of LINE_CHARACTERS and single inner spaces."""
    while True:
        text = dice.weighted(_KINDS)(dice)[:MAX_CHARACTERS].strip()
        if len(text) >= 2:
            return text


def sign_text(dice: Dice) -> str:
    """A text of words in small letters, as on a shop: nothing that could stand on a plate."""
    while True:
        text = _words(dice)[:MAX_CHARACTERS].strip()
        if sum(char.islower() for char in text) * 2 > len(text) >= 4:
            return text
