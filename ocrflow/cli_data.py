"""The command line of `ocrflow data`: making, fetching, importing and mending datasets."""

from __future__ import annotations

import argparse
from typing import Any

from ocrflow.cli_dict import add_dict

Commands = Any  # what argparse gives for subcommands has no public type
FORMATS = ("ppocrlabel", "labelstudio", "cvat", "icdar", "coco-text", "ccpd", "labelme", "lmdb")


def add_data(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the subcommands synth, fetch, bring, import, fix and dict."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_synth(commands)
    _add_fetch(commands)
    text = "bring in what data.dvc tracks: from the DVC remote, else from the generator"
    bring = commands.add_parser("bring", help=text)
    bring.add_argument("dvc_file", nargs="?", default="data.dvc")
    bring.set_defaults(command=_bring)
    _add_import(commands)
    _add_fix(commands)
    add_dict(commands.add_parser("dict", help="build, compare and extend dictionaries"))


def _add_synth(commands: Commands) -> None:
    synth = commands.add_parser("synth", help="generate a synthetic dataset, the same for the same numbers")
    synth.add_argument("directory", nargs="?", help="new folder to write (default: data/TASK)")
    synth.add_argument("--task", default="text_recognition", choices=["text_recognition", "text_detection"])
    text = "licence plates or lines of text (recognition), streets with licence plates or texts anywhere (detection)"
    synth.add_argument("--style", choices=["plates", "lines", "scenes", "texts"], help=text)
    synth.add_argument("--n", type=int, default=1000, help="number of images (default 1000)")
    synth.add_argument("--seed", type=int, default=0)
    synth.add_argument("--val-percent", type=int, default=15, help="share of val rows (default 15)")
    synth.set_defaults(command=_synth)


def _add_fetch(commands: Commands) -> None:
    fetch = commands.add_parser("fetch", help="download one of PaddleX's public demo datasets")
    fetch.add_argument("name", help="e.g. ocr_rec_dataset_examples")
    fetch.add_argument("directory", nargs="?", help="new folder to write (default: dataset/NAME)")
    fetch.add_argument("--from", dest="archive", help="unpack this archive instead of downloading it")
    fetch.set_defaults(command=_fetch)


def _add_import(commands: Commands) -> None:
    text = "convert labels of other tools and datasets into a PaddleX dataset, whole or not at all"
    parser = commands.add_parser("import", help=text, description=text)
    parser.add_argument("--from", dest="format", required=True, choices=FORMATS)
    parser.add_argument("source", nargs="+", help="what the tool exported; several are merged")
    parser.add_argument("directory", help="new folder to write")
    parser.add_argument("--crop", action="store_true", help="cut recognition images out of detection labels")
    text = "share of val rows where the source has no split (default 20)"
    parser.add_argument("--val-percent", type=int, default=20, help=text)
    parser.add_argument("--seed", type=int, default=0, help="another seed, another division")
    parser.add_argument("--skip-faulty", action="store_true", help="leave faulty samples out and list them")
    parser.set_defaults(command=_import)


def _add_fix(commands: Commands) -> None:
    text = "write a corrected copy of a dataset to a new folder, with a log of every change"
    parser = commands.add_parser("fix", help=text, description=text)
    parser.add_argument("dataset", help="folder with train.txt and val.txt; never changed")
    parser.add_argument("directory", help="new folder to write")
    parser.add_argument("--task", default="text_recognition", choices=["text_recognition", "text_detection"])
    parser.add_argument("--link", default="copy", choices=["copy", "hard", "symlink"], help="how images get there")
    parser.add_argument("--encoding", help="of lists that are not UTF-8, e.g. gb18030")
    parser.set_defaults(command=_fix)


def _synth(arguments: argparse.Namespace) -> None:
    from ocrflow.data.synth.command import synth

    synth(
        arguments.directory or f"data/{arguments.task}",
        arguments.task,
        arguments.style,
        arguments.n,
        arguments.seed,
        arguments.val_percent,
    )


def _fetch(arguments: argparse.Namespace) -> None:
    from ocrflow.data.fetch_command import fetch_command

    fetch_command(arguments.name, arguments.directory, arguments.archive)


def _bring(arguments: argparse.Namespace) -> None:
    from ocrflow.data.bring import bring

    bring(arguments.dvc_file)


def _import(arguments: argparse.Namespace) -> None:
    from ocrflow.data.importers.command import import_command

    import_command(
        arguments.format,
        arguments.source,
        arguments.directory,
        arguments.crop,
        arguments.val_percent,
        arguments.seed,
        arguments.skip_faulty,
    )


def _fix(arguments: argparse.Namespace) -> None:
    from ocrflow.data.fix_command import fix_command

    fix_command(arguments.dataset, arguments.directory, arguments.task, arguments.link, arguments.encoding)
