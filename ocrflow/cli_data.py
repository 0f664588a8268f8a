"""The command line of `ocrflow data`: making, fetching and bringing in datasets."""

from __future__ import annotations

import argparse


def add_data(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the subcommands synth, fetch and bring."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    synth = commands.add_parser("synth", help="generate a synthetic dataset, the same for the same numbers")
    synth.add_argument("directory", nargs="?", help="new folder to write (default: data/TASK)")
    synth.add_argument("--task", default="text_recognition", choices=["text_recognition"])
    synth.add_argument("--style", default="plates", choices=["plates", "lines"], help="licence plates or lines of text")
    synth.add_argument("--n", type=int, default=1000, help="number of images (default 1000)")
    synth.add_argument("--seed", type=int, default=0)
    synth.add_argument("--val-percent", type=int, default=15, help="share of val rows (default 15)")
    synth.set_defaults(command=_synth)
    fetch = commands.add_parser("fetch", help="download one of PaddleX's public demo datasets")
    fetch.add_argument("name", help="e.g. ocr_rec_dataset_examples")
    fetch.add_argument("directory", nargs="?", help="new folder to write (default: dataset/NAME)")
    fetch.add_argument("--from", dest="archive", help="unpack this archive instead of downloading it")
    fetch.set_defaults(command=_fetch)
    text = "bring in what data.dvc tracks: from the DVC remote, else from the generator"
    bring = commands.add_parser("bring", help=text)
    bring.add_argument("dvc_file", nargs="?", default="data.dvc")
    bring.set_defaults(command=_bring)


def _synth(arguments: argparse.Namespace) -> None:
    from ocrflow.data.synth.command import synth

    synth(
        arguments.directory or f"data/{arguments.task}",
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
