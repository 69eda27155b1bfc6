"""The figures of a process: where its cases wait, how its versions compare, and which ways cases go."""

from workflows.library.figures import versions, waiting, ways

__all__ = ["versions", "waiting", "ways"]
