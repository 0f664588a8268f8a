"""The pages say what the code does, and nothing points to a place that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocrflow.config import RunConfig
from ocrflow.config_docs import config_tables
from ocrflow.data.synth import synthesize
from ocrflow.stages.base import run_stage

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
HOMES = re.compile(r"(?<![\w.$})-])/" + r"(?:work|home|Users|root)/[\w.-]+")


def anchors_of(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_there_are_pages() -> None:
    assert {"configuration.md", "files.md", "faults.md"} <= {page.name for page in PAGES}


def project_files() -> list[Path]:
    """Files that are in git or would be added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_folder_of_one_machine() -> None:
    own = str(ROOT) if len(ROOT.parts) > 2 else None
    files = project_files()
    assert ROOT / "ocrflow" / "cli.py" in files
    found = []
    for path in files:
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        text = content.decode("utf-8", "replace")
        if (own and own in text) or HOMES.search(text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_the_tables_of_the_keys_are_current() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    tables = page.partition("<!-- begin: python -m ocrflow.config_docs -->\n\n")[2].partition("\n<!-- end -->")[0]
    assert tables == config_tables(), "put what python -m ocrflow.config_docs prints between the markers"


def test_the_command_prints_the_tables() -> None:
    done = subprocess.run([sys.executable, "-m", "ocrflow.config_docs"], capture_output=True, text=True, check=True)
    assert done.stdout == config_tables()


def test_the_page_of_keys_names_every_ignored_key() -> None:
    """The keys that the tables call "not used" are those that the list of ignored keys names."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([\w.]+)`", page.partition("Ignored: ")[2].partition("`-p`")[0]))
    not_used = set()
    for section in config_tables().split("### ")[1:]:
        name = section.partition("\n")[0]
        for key, meaning in re.findall(r"^\| `?([\w. ]+)`? \| .* \| (.*) \|$", section, re.MULTILINE):
            if "not used" in meaning:
                not_used.add(name if key == "any key" else f"{name}.{key}".removesuffix(".run_mode"))
    assert not_used <= listed
    assert listed - not_used == {"Global.export_with_pir", "Train.uniform_output_enabled"}


def test_the_page_of_files_names_what_the_quick_stages_write(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./*]+)`", page))
    synthesize(tmp_path / "set", style="plates", num_samples=8, seed=1, workers=1)
    config = RunConfig.model_validate(
        {"Global": {"dataset_dir": str(tmp_path / "set"), "output": str(tmp_path / "out")}}
    )
    for stage in ("check_dataset", "split"):
        result = run_stage(stage, config)
        assert set(result) - named - {"done_flag"} == set()
        assert set(result["made_of"]) - named == set()
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    pictures = {name for name in files if re.fullmatch(r"check_dataset/demo_img/[^/]+\.jpg", name)}
    assert len(pictures) == 8
    assert files - pictures - named == set()
