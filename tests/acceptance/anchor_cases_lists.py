"""What can be wrong with the lines of the lists and with their paths, in either task."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from anchor_cases import ORPHAN, Case, RowDamage, at, repathed, row_three, whole
from anchor_toy import TRAIN, VAL, Toy

BOM = b"\xef\xbb\xbf"
BOTH_ROWS = (("label_conflict", TRAIN, 3), ("label_conflict", TRAIN, 11))  # which label is right is not known


def copied(toy: Toy, source: tuple[str, int], target: tuple[str, int]) -> None:
    """Writes the image of one row over that of another."""
    shutil.copyfile(toy.image(*source), toy.image(*target))


def written_in(encoding: str) -> RowDamage:
    """Writes a row with a Chinese label in another encoding."""
    return lambda toy, file, line: toy.put(file, line, f"{toy.row(file, line)[0]}\t中文".encode(encoding))


def recoded(file: str, encoding: str, mark: bytes = b"") -> Callable[[Toy], None]:
    """Writes a whole list in another encoding."""
    return lambda toy: toy.change(file, lambda content: mark + content.decode().encode(encoding))


def again(toy: Toy, line: int, file: str = TRAIN, label_of: int = 3) -> None:
    """Names the image of line 3 in another line too, with the label of line `label_of`."""
    toy.insert(file, line, f"{toy.row(file, 3)[0]}\t{toy.row(file, label_of)[1]}")


def crlf(content: bytes) -> bytes:
    """Windows line ends."""
    return content.replace(b"\n", b"\r\n")


LINES = [
    *at("a space for the tab", "list_columns", lambda t, f, n: t.put(f, n, " ".join(t.row(f, n))), may=ORPHAN),
    *at("three columns", "list_columns", lambda t, f, n: t.put(f, n, "\t".join(t.row(f, n)) + "\tmore"), may=ORPHAN),
    *at("a path alone", "list_columns", lambda t, f, n: t.put(f, n, t.row(f, n)[0]), may=ORPHAN),
    *at("one letter", "list_columns", lambda t, f, n: t.put(f, n, "x"), may=ORPHAN),
    row_three("no path", "list_columns", lambda t, f, n: t.put(f, n, f"\t{t.row(f, n)[1]}"), ORPHAN),
    *at("blank line", "list_blank_line", lambda t, f, n: t.insert(f, n, "")),
    *at("line of spaces", "list_blank_line", lambda t, f, n: t.insert(f, n, "   ")),
    whole("blank line at the end", lambda t: t.change(VAL, lambda b: b + b"\n"), "list_blank_line", VAL, 5),
    whole("a row twice", lambda t: again(t, 11), "row_duplicate", TRAIN, 11),
    whole("a row twice, last in val", lambda t: again(t, 5, VAL), "row_duplicate", VAL, 5),
    Case("an image twice, two labels", lambda t: again(t, 11, label_of=4), BOTH_ROWS),
    Case("a copy with another label", lambda t: copied(t, (TRAIN, 3), (TRAIN, 11)), BOTH_ROWS),
    whole("CRLF, train", lambda t: t.change(TRAIN, crlf), "file_crlf", TRAIN, 1),
    whole("CRLF, val", lambda t: t.change(VAL, crlf), "file_crlf", VAL, 1),
    row_three("CRLF in one line", "file_crlf", lambda t, f, n: t.put(f, n, "\t".join(t.row(f, n)) + "\r")),
    whole("BOM, train", lambda t: t.change(TRAIN, lambda b: BOM + b), "file_bom", TRAIN, 1),
    whole("BOM, val", lambda t: t.change(VAL, lambda b: BOM + b), "file_bom", VAL, 1),
    *at("GBK", "file_not_utf8", written_in("gbk"), may=ORPHAN),
    row_three("Big5", "file_not_utf8", written_in("big5"), ORPHAN),
    *at("stray 0xFF", "file_not_utf8", lambda t, f, n: t.put(f, n, t.lines(f)[n - 1][:-1] + b"\xff"), may=ORPHAN),
    row_three("0xFF in a path", "file_not_utf8", lambda t, f, n: t.put(f, n, b"\xff" + t.lines(f)[n - 1][:-1]), ORPHAN),
    whole("UTF-16, train", recoded(TRAIN, "utf-16"), "file_not_utf8", TRAIN, 1),
    whole("UTF-16, val", recoded(VAL, "utf-16"), "file_not_utf8", VAL, 1),
    whole("UTF-16 with the high byte first", recoded(VAL, "utf-16-be", b"\xfe\xff"), "file_not_utf8", VAL, 1),
    whole("UTF-32", recoded(VAL, "utf-32"), "file_not_utf8", VAL, 1),
    whole("train empty", lambda t: t.change(TRAIN, lambda _: b""), "list_empty", TRAIN),
    whole("val empty", lambda t: t.change(VAL, lambda _: b""), "list_empty", VAL),
    Case(
        "val of blank lines",
        lambda t: t.change(VAL, lambda _: b"\n \n"),
        (("list_blank_line", VAL, 1), ("list_blank_line", VAL, 2), ("list_empty", VAL, None)),
        ORPHAN,
    ),
    whole("train missing", lambda t: (t.root / TRAIN).unlink(), "list_missing", TRAIN),
    whole("val missing", lambda t: (t.root / VAL).unlink(), "list_missing", VAL),
    whole("val is a folder", lambda t: ((t.root / VAL).unlink(), (t.root / VAL).mkdir()), "file_unreadable", VAL),
]

PATHS = [
    *at("space after the path", "path_space", repathed(lambda path: path + " "), may=ORPHAN),
    row_three("space before the path", "path_space", repathed(lambda path: " " + path), ORPHAN),
    *at("backslash", "path_backslash", repathed(lambda path: path.replace("/", "\\")), may=ORPHAN),
    *at("file in the wrong case", "path_case", repathed(lambda path: path.replace("png", "PNG")), may=ORPHAN),
    row_three("folder in the wrong case", "path_case", repathed(lambda path: path.replace("images", "Images")), ORPHAN),
    *at("absolute", "path_absolute", lambda t, f, n: t.repath(f, n, str(t.image(f, n))), may=ORPHAN),
    row_three("Windows drive", "path_absolute", repathed(lambda path: "C:\\data\\" + path), ORPHAN),
    *at("out and in", "path_escapes", lambda t, f, n: t.repath(f, n, f"../{t.root.name}/{t.row(f, n)[0]}"), may=ORPHAN),
    row_three("out in the middle", "path_escapes", repathed(lambda path: f"images/../../{path}"), ORPHAN),
    row_three("a NUL in the path", "path_invalid", repathed(lambda path: path + "\0"), ORPHAN),
    row_three("a path of 5000 letters", "path_invalid", repathed(lambda path: "x" * 5000), ORPHAN),
    row_three("a file used as a folder", "image_missing", repathed(lambda path: f"images/t01.png/{path}"), ORPHAN),
]
