"""The shipped files are found from a wheel, from an editable install and from a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from aestudio.assets import resource
from aestudio.errors import FailureError

#: Prints where the package was imported from, where one icon was found, and its size.
PROGRAM = """
import aestudio, aestudio.assets
icon = aestudio.assets.resource("icons", "play.svg")
print(aestudio.__file__, icon, len(icon.read_bytes()), sep="\\n")
"""


@pytest.fixture(scope="module")
def build_wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path):
    """A function that builds the project's standard or editable wheel as pip would."""

    def build(hook: str) -> Path:
        folder = tmp_path_factory.mktemp(hook)
        code = f"import hatchling.build as b, sys; print(b.{hook}(sys.argv[1]))"
        name = run([sys.executable, "-c", code, str(folder)], cwd=repository).splitlines()[-1]
        return folder / name

    return build


def run(command: list[str], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def locate(site: Path, cwd: Path) -> tuple[Path, Path, int]:
    """Import the package from ``site`` as the interpreter would from its site-packages."""
    code = f"import site; site.addsitedir({str(site)!r})\n{PROGRAM}"
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    package, icon, size = run(
        [sys.executable, "-S", "-c", code], cwd=cwd, env={**os.environ, "PYTHONPATH": libraries}
    ).split("\n")[:3]
    return Path(package), Path(icon), int(size)


def test_a_wheel_carries_every_resource(build_wheel, repository: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    options = ["--quiet", "--no-deps", "--no-index", "--target", str(site)]
    run([sys.executable, "-m", "pip", "install", *options, str(build_wheel("build_wheel"))])
    package, icon, size = locate(site, tmp_path)
    assert package.is_relative_to(site)
    assert icon == site / "aestudio" / "resources" / "icons" / "play.svg"
    assert size == (repository / "resources" / "icons" / "play.svg").stat().st_size
    assert (site / "aestudio" / "py.typed").is_file()
    shipped = {path.name for path in (site / "aestudio" / "resources" / "icons").iterdir()}
    assert shipped == {path.name for path in (repository / "resources" / "icons").iterdir()}


def test_an_editable_install_reads_the_checkout(
    build_wheel, repository: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    # What pip leaves behind when a wheel is replaced by an editable install.
    (site / "aestudio" / "resources").mkdir(parents=True)
    with zipfile.ZipFile(build_wheel("build_editable")) as wheel:
        wheel.extractall(site)
    package, icon, _ = locate(site, tmp_path)
    assert package == repository / "aestudio" / "__init__.py"
    assert icon == repository / "resources" / "icons" / "play.svg"


def test_a_missing_resource_names_itself() -> None:
    with pytest.raises(FailureError, match=r"resources/icons/no-such\.svg: .*Install"):
        resource("icons", "no-such.svg")
