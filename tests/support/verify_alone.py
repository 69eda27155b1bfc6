"""Re-verify the audit trail of a SQLite file with nothing of ours: python verify_alone.py FILE prints the first bad row or `whole`."""

import hashlib
import json
import sqlite3
import sys
import uuid

COVERED = ("chain", "sequence", "kind", "at", "by_id", "acting_for_id", "subject", "detail", "text_digest", "previous_digest")


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def plain(row):
    """A row as its digest saw it: the time with its zone, keys with their dashes, the detail as JSON."""
    at = row["at"].replace(" ", "T")
    people = {name: str(uuid.UUID(row[name])) if row[name] else None for name in ("by_id", "acting_for_id")}
    whole = {**row, **people, "at": f"{at if '.' in at else at + '.000000'}+00:00", "detail": json.loads(row["detail"])}
    return {name: whole[name] for name in COVERED}


def first_bad_row(file):
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    words = {(chain, number): json.loads(said) for chain, number, said in database.execute("SELECT chain, sequence, words FROM audit_text")}
    removed = {subject for (subject,) in database.execute("SELECT subject FROM audit_event WHERE kind = 'audit:text_removed'")}
    ends, kept = {}, {}
    for found in database.execute("SELECT * FROM audit_event ORDER BY chain, sequence"):
        row = dict(found)
        chain, number = row["chain"], row["sequence"]
        last, before = ends.get(chain, (0, ""))
        said = words.get((chain, number))
        if number != last + 1 or row["previous_digest"] != before or row["digest"] != digest(plain(row)):
            return chain, min(number, last + 1)
        if (said is not None and digest(said) != row["text_digest"]) or (said is None and row["text_digest"] and f"{chain}/{number}" not in removed):
            return chain, number
        ends[chain] = (number, row["digest"])
        kept[chain, number] = row["digest"]
    before = ""
    for seal in database.execute("SELECT * FROM audit_seal ORDER BY sealed_on"):
        heads = json.loads(seal["heads"])
        if seal["previous_digest"] != before or seal["digest"] != digest({"sealed_on": seal["sealed_on"], "heads": heads, "previous_digest": before}):
            return seal["sealed_on"], 0
        for chain, head in heads.items():
            if kept.get((chain, head["sequence"])) != head["digest"]:
                return chain, min(head["sequence"], ends.get(chain, (0, ""))[0] + 1)
        before = seal["digest"]
    return None


if __name__ == "__main__":
    bad = first_bad_row(sys.argv[1])
    sys.stdout.write("whole\n" if bad is None else f"first bad row: {bad[0]} {bad[1]}\n")
    sys.exit(0 if bad is None else 1)
