"""Which folders the package is built from.

In a checkout, `src/aboard/<layer>` is a symbolic link to the folder `<layer>` at the top. Editable
installs, mypy and import-linter follow these links. Building does not rely on them: a clone without
symbolic links (git on Windows, an unpacked ZIP) has small text files in their place.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel
from setuptools.command.sdist import sdist
from setuptools.errors import SetupError

LAYERS = ("app", "cli", "domain", "events", "loader", "projections", "storage")
DATA = {
    "aboard": ["py.typed"],
    "aboard.events": ["encoding/schemas/*.json"],
    "aboard.ledger": ["*.json", "**/*.toml"],
}
NEEDED = (
    "__init__.py",
    *(f"{layer}/__init__.py" for layer in LAYERS),
    "cli/main.py",
    "events/encoding/schemas/flight.launched.v1.json",
    "ledger/ledger.schema.json",
    "ledger/people.toml",
    "py.typed",
)
"""Files without which nothing works; paths within the package."""

NO_LINKS = """\
src/aboard/{name} is not a link to the folder {name}, so an editable install would have no code.
To install a copy that works:    pip install .   or   uv run --no-editable --no-dev aboard who iss
To work on the code, let git make the links:
    git config core.symlinks true && git checkout -- src"""


def refuse_if_lacking(files: set[str]) -> None:
    """Raise `SetupError` unless all that is needed is among the files of a package."""
    if lacking := [name for name in NEEDED if name not in files]:
        raise SetupError(f"the package would lack {', '.join(lacking)}")


class BuildPackage(build_py):
    """Put the files of a wheel together, and fail where a layer or its data is missing."""

    def run(self) -> None:
        """Collect the files, then check them."""
        super().run()
        if not self.editable_mode:
            package = Path(self.build_lib, "aboard")
            refuse_if_lacking(
                {Path(file).relative_to(package).as_posix() for file in self.get_outputs()}
            )


class PackSources(sdist):
    """Put the files of an sdist together, and fail where a layer or its data is missing."""

    def make_distribution(self) -> None:
        """Check the files, then pack them."""
        refuse_if_lacking(
            {Path(file).as_posix().removeprefix("src/aboard/") for file in self.filelist.files}
        )
        super().make_distribution()


class InstallEditable(editable_wheel):
    """Install for working on the code: through the links, which every tool can follow."""

    def finalize_options(self) -> None:
        """Find the packages through the links; raise `SetupError` where there are none."""
        for name in (*LAYERS, "ledger"):
            if not Path("src/aboard", name).is_dir():
                raise SetupError(NO_LINKS.format(name=name))
        self.distribution.packages = find_packages("src")
        self.distribution.package_dir = {"": "src"}
        super().finalize_options()


setup(
    packages=[
        "aboard",
        "aboard.ledger",
        *(f"aboard.{layer}" for layer in LAYERS),
        *(f"aboard.{layer}.{name}" for layer in LAYERS for name in find_packages(layer)),
    ],
    package_dir={"": "src", **{f"aboard.{name}": name for name in (*LAYERS, "ledger")}},
    package_data=DATA,
    include_package_data=False,
    cmdclass={
        "build_py": BuildPackage,
        "editable_wheel": InstallEditable,
        "sdist": PackSources,
    },
)
