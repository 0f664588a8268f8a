"""The command line of `ocrflow data dict`: building, comparing and extending dictionaries."""

from __future__ import annotations

import argparse


def add_dict(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the subcommands build, diff and extend."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="the dictionary of the labels of lists or datasets")
    build.add_argument("source", nargs="+", help="list files, or folders with train.txt and val.txt")
    build.add_argument("-o", "--output", required=True, help="file to write")
    _add_labels(build)
    build.add_argument("--min-count", type=int, default=1, help="leave out characters that occur fewer times")
    build.add_argument("--force", action="store_true", help="replace an existing file")
    build.set_defaults(command=_build)
    diff = commands.add_parser("diff", help="how two dictionaries differ and what the change costs")
    diff.add_argument("old")
    diff.add_argument("new")
    diff.add_argument("--labels", nargs="+", help="lists or datasets: count the rows that lose a character")
    diff.add_argument("--exit-code", action="store_true", help="end with 1 when they differ")
    diff.set_defaults(command=_diff)
    extend = commands.add_parser("extend", help="append what the labels need; existing classes keep their place")
    extend.add_argument("dictionary")
    extend.add_argument("source", nargs="+", help="list files, or folders with train.txt and val.txt")
    extend.add_argument("-o", "--output", required=True, help="file to write")
    _add_labels(extend)
    extend.add_argument("--force", action="store_true", help="replace an existing file")
    extend.set_defaults(command=_extend)


def _add_labels(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--order", default="code_point", choices=["code_point", "frequency"], help="of new characters")
    parser.add_argument("--nfc", action="store_true", help="bring the labels to Unicode form NFC first")


def _build(arguments: argparse.Namespace) -> None:
    from ocrflow.data.dict_command import build_command

    options = arguments.order, arguments.nfc, arguments.min_count, arguments.force
    build_command(arguments.source, arguments.output, *options)


def _diff(arguments: argparse.Namespace) -> None:
    from ocrflow.data.dict_command import diff_command

    diff_command(arguments.old, arguments.new, arguments.labels, arguments.exit_code)


def _extend(arguments: argparse.Namespace) -> None:
    from ocrflow.data.dict_command import extend_command

    options = arguments.order, arguments.nfc, arguments.force
    extend_command(arguments.dictionary, arguments.source, arguments.output, *options)
