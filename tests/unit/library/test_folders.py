"""Process folders as zip files and on a disk: there and back the same, and nothing hostile gets in."""

from __future__ import annotations

import io
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes.library import shipped
from workflows import engine
from workflows.engine import DefinitionRefused
from workflows.library import drift, folders, uploading

ODD = {
    "process.bpmn": '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<definitions  a = "1"/>\r\n', "README.md": "# Ünïcode\n\n\n", "forms/a.json": "{}",
    "documents/b.txt": "no end of line", "empty.txt": "",
}  # fmt: skip


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_shipped_folder_comes_back_from_a_zip_and_from_a_disk_with_the_same_digest(key: str, tmp_path: Path) -> None:
    files = shipped.files(key)

    there_and_back = folders.unpack(folders.pack(files, key)).files
    folders.write(there_and_back, tmp_path / key)

    assert engine.digest(there_and_back) == engine.digest(files)
    assert engine.digest(folders.read(tmp_path / key)) == engine.digest(files)


def test_line_ends_marks_and_empty_files_are_kept_byte_for_byte(tmp_path: Path) -> None:
    folders.write(ODD, tmp_path / "odd")

    assert folders.unpack(folders.pack(ODD, "odd")).files == ODD
    assert folders.read(tmp_path / "odd") == ODD
    assert (tmp_path / "odd" / "process.bpmn").read_bytes() == ODD["process.bpmn"].encode()


def test_the_same_folder_gives_the_same_zip() -> None:
    assert folders.pack(ODD, "odd") == folders.pack(dict(reversed(ODD.items())), "odd")


@pytest.mark.parametrize("around", ["", "errand/", "work/errand/"])
def test_folders_around_all_files_are_taken_off(around: str) -> None:
    found = folders.unpack(zipped((f"{around}process.bpmn", b"<a/>"), (f"{around}forms/one.json", b"{}")))

    assert set(found.files) == {"process.bpmn", "forms/one.json"}


def test_a_zip_of_forms_alone_keeps_their_folder() -> None:
    assert set(folders.unpack(zipped(("forms/one.json", b"{}"))).files) == {"forms/one.json"}


def test_what_is_no_part_of_a_process_is_left_out_and_named() -> None:
    found = folders.unpack(zipped(("e/process.bpmn", b"<a/>"), ("__MACOSX/e/._process.bpmn", b"\x00"), ("e/.DS_Store", b"\x00"), ("e/notes.docx", b"PK")))

    assert set(found.files) == {"process.bpmn"}
    assert set(found.left_out) == {"__MACOSX/e/._process.bpmn", "e/.DS_Store", "e/notes.docx"}


def linked() -> bytes:
    entry = zipfile.ZipInfo("forms/a.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((entry, b"/etc/passwd"))


def lying() -> bytes:
    """An entry whose directory says that it holds three bytes."""
    raw = zipped(("process.bpmn", b"x" * 3_000_000))
    return raw.replace((3_000_000).to_bytes(4, "little"), (3).to_bytes(4, "little"))


def encrypted() -> bytes:
    raw = bytearray(zipped(("process.bpmn", b"<a/>")))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "out of the folder": lambda: zipped(("../process.bpmn", b"<a/>")),
    "deep out of the folder": lambda: zipped(("forms/../../process.bpmn", b"<a/>")),
    "from the root": lambda: zipped(("/etc/process.bpmn", b"<a/>")),
    "a drive": lambda: zipped(("C:/process.bpmn", b"<a/>")),
    "a backslash": lambda: zipped(("..\\process.bpmn", b"<a/>")),
    "a line end in the name": lambda: zipped(("process\n.bpmn", b"<a/>")),
    "turned writing": lambda: zipped(("pro\u202ecess.bpmn", b"<a/>")),
    "a very long name": lambda: zipped((f"{'a' * 200}.bpmn", b"<a/>")),
    "very deep": lambda: zipped(("a/b/c/d/e/f/g.bpmn", b"<a/>")),
    "twice": lambda: zipped(("process.bpmn", b"<a/>"), ("process.bpmx", b"<b/>")).replace(b"bpmx", b"bpmn"),
    "twice but for capitals": lambda: zipped(("process.bpmn", b"<a/>"), ("Process.bpmn", b"<b/>")),
    "a link": linked,
    "a bomb": lambda: zipped(*((f"{number}.txt", b"0" * 1_900_000) for number in range(100))),
    "one large file": lambda: zipped(("process.bpmn", b"0" * 2_000_001)),
    "a lie about its size": lying,
    "many files": lambda: zipped(*((f"{number}.txt", b"") for number in range(201))),
    "many other files": lambda: zipped(*((f"{number}.doc", b"") for number in range(1_001))),
    "nothing": lambda: zipped(),
    "nothing of a process": lambda: zipped(("a.docx", b"")),
    "no zip": lambda: b"process.bpmn",
    "half a zip": lambda: zipped(("process.bpmn", b"<a/>"))[:40],
    "locked": encrypted,
    "an unusual way": lambda: zipped(("process.bpmn", b"<a/>"), way=zipfile.ZIP_LZMA),
    "no text": lambda: zipped(("process.bpmn", b"\xff\xfe<\x00a")),
    "a NUL": lambda: zipped(("process.bpmn", b"<a>\x00</a>")),
    "another encoding": lambda: zipped(("process.bpmn", b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>')),
    "6 MB": lambda: zipped(("process.bpmn", b"<a/>"), ("b.docx", bytes(6_000_000)), way=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_refused_in_words_and_at_once(kind: str) -> None:
    content = HOSTILE[kind]()
    began = time.thread_time()

    with pytest.raises(DefinitionRefused) as refusal:
        folders.unpack(content)

    assert time.thread_time() - began < 2
    assert all(problem.message and problem.message.isprintable() for problem in refusal.value.problems)


def test_writing_removes_what_is_gone_and_says_each_change(tmp_path: Path) -> None:
    folders.write(ODD, tmp_path)

    lines = folders.write({"process.bpmn": "<a/>", "README.md": ODD["README.md"], "new.txt": "new"}, tmp_path)

    assert lines == ["Removed documents/b.txt", "Removed empty.txt", "Removed forms/a.json", "Wrote new.txt", "Changed process.bpmn"]
    assert folders.write(folders.read(tmp_path), tmp_path) == []


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(DefinitionRefused, match="something else"):
        folders.write(ODD, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_written_through_a_link_or_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "process.bpmn").write_text("<a/>")
    (tmp_path / "in" / "forms").symlink_to(tmp_path / "out")

    for path in ("forms/a.json", "../b.json", "/etc/c.json"):
        with pytest.raises(DefinitionRefused):
            folders.write({"process.bpmn": "<a/>", path: "{}"}, tmp_path / "in")

    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "place"),
    [("My drawing.bpmn", "process.bpmn"), ("C:\\Users\\pat\\other.dmn", "other.dmn"), ("ask.json", "forms/ask.json"), ("UPPER.JSON", "forms/UPPER.json")],
)
def test_one_file_finds_its_place(name: str, place: str) -> None:
    found = uploading.read(name, b"<a/>", {"process.bpmn": "<b/>", "README.md": "# A"})

    assert found.files[place] == "<a/>"
    assert found.files["README.md"] == "# A"
    assert [each.path for each in found.said if each.state in ("new", "changed")] == [place]


def test_a_table_takes_the_place_of_the_one_that_answers_the_same_decision() -> None:
    files = shipped.files("due-diligence")
    path = next(each for each in files if each.endswith(".dmn"))

    assert uploading.place_of("export.dmn", files[path], files) == path


def test_a_zip_is_the_whole_folder_and_each_file_is_named_for_what_it_is() -> None:
    files = shipped.files("admission")
    changed = {path: text for path, text in files.items() if path != "documents/rejection.txt"} | {"forms/more.json": '{"components": [{"key": "a"}]}'}

    found = uploading.read("a.ZIP", folders.pack(changed, "x"), files)

    said = {each.path: each for each in found.said}
    assert found.files == changed
    assert said["documents/rejection.txt"].state == "removed"
    assert (said["forms/more.json"].state, said["forms/more.json"].what) == ("new", "A form with 1 question")
    assert said["rules.yml"].what == "The rules that the law sets"
    assert said["process.bpmn"].what.startswith("The diagram: ")
    assert not found.changes_rules


def test_a_zip_without_rules_takes_the_rules_away_only_from_those_who_may() -> None:
    files = shipped.files("admission")
    content = folders.pack({path: text for path, text in files.items() if path != "rules.yml"}, "x")

    assert uploading.read("a.zip", content, files).changes_rules
    assert uploading.read("a.zip", content, files, keep_rules=True).files == files


@pytest.mark.parametrize("name", ["process.exe", "process", "process.bpmn.exe", ".zip.txt"])
def test_another_kind_of_file_is_refused(name: str) -> None:
    with pytest.raises(DefinitionRefused, match="no zip"):
        uploading.read(name, b"<a/>", {})


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"components": 3}', '{"components": [3]}', "<a>"])
def test_a_broken_file_is_still_named(text: str) -> None:
    for path in ("process.bpmn", "a.dmn", "forms/a.json", "documents/a.txt", "x.yml"):
        assert uploading.what_is(path, text)


def test_drift_names_every_difference_and_nothing_else() -> None:
    live = {"same": {"a": "1"}, "moved": {"a": "1", "b": "1", "c": "1"}, "made-here": {"a": "1"}}
    came = {"same": {"a": "1"}, "moved": {"a": "2", "c": "1", "d": "1"}, "not-deployed": {"a": "1"}}

    found = {each.key: each for each in drift.found(came, live)}

    assert set(found) == {"moved", "made-here", "not-deployed"}
    assert found["moved"].words == "The live version differs from its folder in 3 files: a, b, d."
    assert found["made-here"].words == "The live version has no folder."
    assert found["not-deployed"].words == "The folder was never deployed."
