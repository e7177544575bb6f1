"""What is built runs anywhere, and what is in the repository belongs to no machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import aboard
from aboard.loader.ledger import shipped_ledger
from tests.folders import ROOT
from tests.project.test_layers import LAYERS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MADE = (".*", "*.egg-info", "__pycache__", "build", "dist", "uv.lock")
"""What tools leave in a working tree, by name."""
OURS = (".ci", ".gitignore")
"""What begins with a dot and belongs to the repository all the same."""


def attempt(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program, without measuring its coverage."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    return subprocess.run(
        command,
        cwd=folder,
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def run(*command: str, folder: Path, **environment: str) -> str:
    """Run a program that has to succeed, and return its output."""
    done = attempt(*command, folder=folder, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of_the_repository() -> list[Path]:
    """Return the files that git holds or would; without git, all but what tools leave behind."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        files = [ROOT / name for name in run(*listed, folder=ROOT).split("\0") if name]
    else:
        files = [path for path in sorted(ROOT.rglob("*")) if not _is_made(path.relative_to(ROOT))]
    return [path for path in files if path.is_file() and not path.is_symlink()]


def _is_made(path: Path) -> bool:
    return any(Path(part).match(name) for part in path.parts for name in MADE if part not in OURS)


def copied(copy: Path) -> Path:
    """Copy the repository, so that a build leaves nothing behind in it."""
    shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*MADE))
    return copy


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built from it."""
    copy = copied(tmp_path_factory.mktemp("built") / "copy")
    out = copy.with_name("out")
    run(sys.executable, "-m", "build", "--outdir", str(out), ".", folder=copy)
    [sdist], [wheel] = out.glob("*.tar.gz"), out.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def unpacked(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is installed: unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(built[1]) as wheel:
        wheel.extractall(folder)  # noqa: S202 - our own
    return folder


def test_the_sdist_holds_what_the_wheel_is_built_from(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {"pyproject.toml", "README.md", "LICENSE", "src/aboard/py.typed"} <= names


def test_the_wheel_holds_every_module_schema_and_file_of_the_ledger(unpacked: Path) -> None:
    package = ROOT / "src" / "aboard"
    ledger = shipped_ledger()
    expected = {
        "py.typed",
        *(file.name for file in package.glob("*.py")),
        *(
            file.relative_to(ROOT).as_posix()
            for layer in LAYERS
            for file in (ROOT / layer).rglob("*.py")
        ),
        *(
            file.relative_to(ROOT).as_posix()
            for file in (ROOT / "events/encoding/schemas").glob("*.json")
        ),
        "ledger/ledger.schema.json",
        *(f"ledger/{file.relative_to(ledger).as_posix()}" for file in ledger.rglob("*.toml")),
    }
    inside = unpacked / "aboard"

    assert {f.relative_to(inside).as_posix() for f in inside.rglob("*") if f.is_file()} == expected


def test_the_wheel_holds_the_package_and_the_license_alone(unpacked: Path) -> None:
    about = f"aboard-{aboard.__version__}.dist-info"

    assert {path.name for path in unpacked.iterdir()} == {"aboard", about}
    assert (unpacked / about / "licenses" / "LICENSE").is_file()


def test_the_wheel_answers_where_there_is_no_repository(unpacked: Path, tmp_path: Path) -> None:
    question = ("who", "iss", "--at", "2022-12-25", "--format", "json", "--create")
    database = str(tmp_path / "log.sqlite")
    environment = {"PYTHONPATH": str(unpacked), "ABOARD_DATABASE": database}

    where = run(
        sys.executable, "-c", "import aboard; print(aboard.__file__)",
        folder=tmp_path, **environment,
    )  # fmt: skip
    answer = run(sys.executable, "-m", "aboard", *question, folder=tmp_path, **environment)

    assert Path(where.strip()).is_relative_to(unpacked)
    assert json.loads(answer)["count"] == 7


# A clone without symbolic links: git on Windows, or an unpacked ZIP

BUILD = (sys.executable, "-m", "build", "--no-isolation")


@pytest.fixture
def without_links(tmp_path: Path) -> Path:
    """A copy in which every link of the package is a text file that holds its target."""
    copy = copied(tmp_path / "copy")
    for name in (*LAYERS, "ledger"):
        link = copy / "src" / "aboard" / name
        target = link.readlink()
        link.unlink()
        link.write_text(target.as_posix(), "utf-8")
    return copy


def test_a_clone_without_links_builds_the_same_wheel_and_sdist(
    without_links: Path, built: tuple[Path, Path]
) -> None:
    run(*BUILD, "--wheel", "--outdir", "out", ".", folder=without_links)
    shutil.rmtree(without_links / "build")
    run(*BUILD, "--sdist", "--outdir", "out", ".", folder=without_links)

    [wheel], [sdist] = (list((without_links / "out").glob(name)) for name in ("*.whl", "*.tar.gz"))
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(built[1]) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert "aboard/cli/main.py" in one.namelist()
    with tarfile.open(sdist) as packed, tarfile.open(built[0]) as others:
        assert sorted(packed.getnames()) == sorted(others.getnames())


def test_pip_builds_a_whole_wheel_without_links(
    without_links: Path, unpacked: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", str(environment), folder=tmp_path)
    [pip] = environment.glob("*/pip")

    run(str(pip), "wheel", "--quiet", "--no-deps", ".", folder=without_links)

    [wheel] = without_links.glob("*.whl")
    files = {
        file.relative_to(unpacked).as_posix() for file in unpacked.rglob("*") if file.is_file()
    }
    assert set(zipfile.ZipFile(wheel).namelist()) == files


@pytest.mark.parametrize("kind", ["--sdist", "--wheel"])
@pytest.mark.parametrize("lacking", ["cli", "cli/main.py", "ledger/people.toml"])
def test_a_build_fails_where_a_part_of_the_package_is_missing(
    lacking: str, kind: str, without_links: Path
) -> None:
    path = without_links / lacking
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    done = attempt(*BUILD, kind, "--outdir", "out", ".", folder=without_links)

    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert re.search(
        rf"error: (package directory '{lacking}'|the package would lack {lacking})", said
    )
    assert not (without_links / "out").exists() or not list((without_links / "out").iterdir())


def test_an_editable_install_without_links_says_what_to_do(without_links: Path) -> None:
    install = "from setuptools import build_meta; build_meta.build_editable('out')"

    done = attempt(sys.executable, "-c", install, folder=without_links)

    assert done.returncode != 0
    assert "src/aboard/app is not a link to the folder app" in done.stderr
    assert "pip install ." in done.stderr
    assert "git config core.symlinks true" in done.stderr


def test_the_module_runs_as_the_command_does(tmp_path: Path) -> None:
    printed = run(sys.executable, "-m", "aboard", "--version", folder=tmp_path)

    assert printed == f"aboard {aboard.__version__}\n"


@pytest.mark.parametrize(
    "requirement",
    [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(one for group in PROJECT["dependency-groups"].values() for one in group),
        *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
    ],
)
def test_a_dependency_is_bounded_on_both_sides(requirement: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?>=[0-9.]+,<[0-9.]+", requirement)


# Each is written so that it does not find itself.
FOREIGN = {
    "a path of one machine": r"(?<![\w.~}])/(work|root|home/\w+|Users/\w+)(?=[/\s\"'`:)]|$)",
    "a folder beside the repository": r"\.\./shared\b",
    "an index of packages": r"(pypi|pythonhosted)\.org/(simple|packages)|index[-_]url|find-link[s]",
}


@pytest.mark.parametrize("pattern", FOREIGN.values(), ids=FOREIGN)
def test_nothing_in_the_repository_names_what_is_not_there(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files_of_the_repository()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert found == []


def test_no_lock_file_is_kept() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text("utf-8").split()
    assert not [path for path in files_of_the_repository() if path.name == "uv.lock"]
