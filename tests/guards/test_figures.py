"""Every module that takes a figure is run by `python -m tests.figures`, and is of a class that somebody asks for."""

from __future__ import annotations

from tests.figures import __main__ as figures


def test_no_figure_is_left_out() -> None:
    taken = {path.name for path in figures.FOLDER.glob("*.py") if not path.name.startswith("__")}

    assert taken == {path.name for path in figures.modules()}
    assert {figures.class_of(path) for path in figures.modules()} == set(figures.CLASSES)


def test_a_figure_of_times_has_the_machine_to_itself() -> None:
    alone = {path.stem for path in figures.modules() if figures.is_alone(path)}

    assert {"s4_runaways", "s3_hostile_processes", "p9_gate"} <= alone
    assert not {"r1_same_task", "s5_sandbox"} & alone
