"""Versions as files and back: exporting and deploying again gives the same digest, and drift is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import Model
from models.session import make_engine, new_session, transaction
from tests.processes.library import shipped
from webapp.commands import main
from workflows.actions import definitions
from workflows.library import definitions as library
from workflows.library import folders
from workflows.queries import processes


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a database in which the shipped library is deployed, and with the library itself."""
    library.forget()
    shutil.copytree(shipped.ROOT, tmp_path / "library")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DPS_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("DPS_DATABASE_URL", f"sqlite:///{tmp_path / 'here.db'}")
    monkeypatch.setenv("DPS_LIBRARY", str(tmp_path / "library"))
    deployed(f"sqlite:///{tmp_path / 'here.db'}", tmp_path / "library")
    yield tmp_path
    library.forget()


def deployed(url: str, root: Path) -> dict[str, str]:
    """The digests of the processes by key after deploying a library into a new database."""
    engine = make_engine(url)
    Model.metadata.create_all(engine)
    with transaction(engine) as session:
        definitions.deploy_library(session, root)
        return {each.live.key: each.live.digest for each in processes.library(session)}


def test_what_is_exported_deploys_with_the_same_digests_into_another_database(council: Path) -> None:
    assert main(["export", "out"]) == 0
    for name in ("organisation.yml", "parameters.yml"):
        shutil.copy(council / "library" / name, council / "out" / name)

    with new_session(make_engine(f"sqlite:///{council / 'here.db'}"), writes=False) as session:
        here = {each.live.key: each.live.digest for each in processes.library(session)}

    assert deployed(f"sqlite:///{council / 'there.db'}", council / "out") == here
    assert set(here) == set(shipped.KEYS)


def test_drift_is_told_until_the_change_is_exported(council: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift"]) == 0
    readme = council / "library" / "consultation" / "README.md"
    readme.write_text("# Changed\r\n")
    capsys.readouterr()

    assert main(["drift"]) == 1
    assert capsys.readouterr().out == "consultation: The live version differs from its folder in 1 file: README.md.\n"

    assert main(["export", "consultation", "library"]) == 0
    assert "Changed README.md" in capsys.readouterr().out
    assert main(["drift"]) == 0


def test_an_earlier_version_can_be_had(council: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with transaction(make_engine(f"sqlite:///{council / 'here.db'}")) as session:
        definitions.deploy(session, "consultation", dict(shipped.files("consultation")) | {"README.md": "# Two"})

    assert main(["export", "consultation", "one", "--version", "1"]) == 0
    assert main(["export", "consultation", "two"]) == 0

    assert folders.read(council / "one" / "consultation") == shipped.files("consultation")
    assert (council / "two" / "consultation" / "README.md").read_text() == "# Two"


@pytest.mark.parametrize("arguments", [["export", "parrot", "out"], ["export", "consultation", "out", "--version", "9"], ["export", "out", "--version", "1"]])
def test_what_is_not_there_cannot_be_exported(council: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert capsys.readouterr().err.strip()
    assert not (council / "out").exists()


def test_a_folder_with_something_else_stays_as_it_is(council: Path) -> None:
    (council / "out" / "consultation").mkdir(parents=True)
    (council / "out" / "consultation" / "mine.txt").write_text("mine")

    assert main(["export", "consultation", "out"]) == 1
    assert [path.name for path in (council / "out" / "consultation").iterdir()] == ["mine.txt"]


def test_deploying_the_library_again_never_takes_back_what_the_council_changed(council: Path) -> None:
    engine = make_engine(f"sqlite:///{council / 'here.db'}")
    with transaction(engine) as session:
        definitions.deploy(session, "improvement-action", dict(shipped.files("improvement-action")) | {"README.md": "# Ours"})
        processes.live(session, "improvement-action").is_shipped = False

    with transaction(engine) as session:
        lines = definitions.deploy_library(session, council / "library")
        live = processes.live(session, "improvement-action")

    assert any("Improvement" in line and "changed here" in line for line in lines), lines
    assert (live.version, live.files["README.md"]) == (2, "# Ours")
