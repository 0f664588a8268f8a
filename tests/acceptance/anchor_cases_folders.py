"""What can be wrong between the rows and with the folder, in either task, and unusual folders that are good."""

from __future__ import annotations

import shutil

from anchor_cases import ORPHAN, Case, good, whole
from anchor_cases_lists import copied
from anchor_toy import EVERY_ROW, TRAIN, VAL, Toy, encoded
from PIL import Image


def leak_recompressed(toy: Toy) -> None:
    """val.txt:2 shows the image of train.txt:3 as a JPEG of middling quality."""
    toy.move(VAL, 2, "images/copy.jpg")
    Image.open(toy.image(TRAIN, 3)).save(toy.image(VAL, 2), "JPEG", quality=70)


def leak_copied(toy: Toy) -> None:
    """val.txt:2 shows the image of train.txt:3 from another file, with the same label."""
    copied(toy, (TRAIN, 3), (VAL, 2))
    toy.relabel(VAL, 2, toy.row(TRAIN, 3)[1])


def same_names(toy: Toy) -> None:
    """The files of both lists have the same names, in two folders."""
    for file, line in EVERY_ROW:
        toy.move(file, line, f"images/{file.removesuffix('.txt')}/{line}.png")


def two_datasets(toy: Toy) -> None:
    """Two datasets side by side below the folder."""
    first, second = toy.root.parent / "first", toy.root.parent / "second"
    shutil.copytree(toy.root, first)
    toy.root.rename(second)
    toy.root.mkdir()
    first.rename(toy.root / "first")
    second.rename(toy.root / "second")


def no_folder(toy: Toy) -> None:
    """A file where the dataset was."""
    shutil.rmtree(toy.root)
    toy.root.touch()


COPIES = [
    whole("a row of train in val", lambda t: t.put(VAL, 2, "\t".join(t.row(TRAIN, 3))), "image_in_both_splits", VAL, 2),
    Case(
        "val is train",
        lambda t: shutil.copyfile(t.root / TRAIN, t.root / VAL),
        tuple(("image_in_both_splits", VAL, line) for line in range(1, 13)),
        ORPHAN,
    ),
    Case("an image of train copied to val", leak_copied, (("image_in_both_splits", VAL, 2),)),
    Case("an image of train recompressed in val", leak_recompressed, (("image_nearly_in_both_splits", VAL, 2),)),
    Case(
        "an image that no list names",
        lambda t: (t.root / "images/alone.PNG").write_bytes(encoded(t.picture(TRAIN, 1).rotate(180))),
        (("image_orphan", ".", None),),
    ),
]

FOLDERS = [
    whole("no dataset", lambda t: shutil.rmtree(t.root), "dataset_missing", "."),
    whole("a file for the dataset", no_folder, "dataset_not_directory", "."),
    whole("two datasets below the folder", two_datasets, "dataset_ambiguous", "."),
]

GOOD = [
    good("as it is", lambda toy: None),
    good("spaces in a path", lambda toy: toy.move(TRAIN, 3, "images/a folder/an image.png")),
    good("non-ASCII in a path", lambda toy: toy.move(TRAIN, 3, "images/车牌/Ä é 1.png")),
    good("the same names in train and val", same_names),
    good("no newline at the end", lambda toy: [toy.change(file, bytes.rstrip) for file in (TRAIN, VAL)]),
    good("a file that is no image", lambda toy: (toy.root / "images/notes.md").write_text("seen on Monday")),
]
