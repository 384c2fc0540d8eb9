"""A gold file → all that is wrong with it, and a repaired copy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotate.document import text_hash
from annotate.errors import CallError
from annotate.formats.records import make_folder, on_one_line, replacing
from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.validate.check import TOO_DEEP, check, name_of
from annotate.validate.findings import Finding
from annotate.validate.raw import text_of
from annotate.validate.repair import Repair, repair
from annotate.validate.source import Item, items


def validate(
    path: Path, schema: Schema, ledger: Ledger, target: Path | None = None
) -> tuple[list[Finding], list[Repair]]:
    """The findings of a file, and the repairs of the copy at ``target``.

    With a target the findings are those left in the copy. An item that is no JSON can't
    be in it and is refused by name in the ledger. ``ledger.given`` counts the documents
    without an error, ``counts`` the findings by code. Raises FormatError when a file
    can't be read or written, CallError when the target is the file itself.
    """
    if target and path.resolve() in (target.resolve(), repairs_path(target).resolve()):
        raise CallError(f"{path} is never written over. Give --fix another name.")
    findings: list[Finding] = []
    repairs: list[Repair] = []
    kept: list[Item] = []
    for item in items(path):
        if isinstance(item, Finding):
            _enter_trouble(item, target, findings, repairs, ledger)
            continue
        ledger.taken += 1
        done: list[Repair] = []
        if target:
            item, done, why = _repaired(item, schema)
            if why:
                ledger.refuse(f"{item.where} {name_of(item.value)!a}", why)
                continue
        found = check(item, schema)
        kept.append(item)
        repairs += done
        ledger.given += not any(one.severity == "error" for one in found)
        findings += found
    findings += _twice(kept)
    _count(findings, repairs, ledger)
    if target:
        _write(kept, repairs, target)
    return findings, repairs


def _repaired(item: Item, schema: Schema) -> tuple[Item, list[Repair], str]:
    """The item repaired, the repairs, and why it can't be in a copy, or nothing."""
    if item.twice:
        return item, [], f"one object has {', '.join(map(repr, item.twice))} twice"
    try:
        found, done = repair(item, schema)
        why = "" if _fits_utf8(found) else "holds half a character, which no file can hold"
    except RecursionError:
        return item, [], TOO_DEEP
    return found, done, why


def repairs_path(target: Path) -> Path:
    """Where the record of the repairs goes: ``fixed.repairs.jsonl`` beside ``fixed.json``."""
    return target.with_name(f"{target.stem}.repairs.jsonl")


def _enter_trouble(
    trouble: Finding,
    target: Path | None,
    findings: list[Finding],
    repairs: list[Repair],
    ledger: Ledger,
) -> None:
    """Keep what is wrong with the file itself; a copy is laid out anew."""
    if trouble.code == "json" and trouble.where.startswith("item"):
        ledger.taken += 1
        ledger.refuse(trouble.where, trouble.what)
    if target and trouble.code == "layout":
        repairs.append(Repair("layout", trouble.where, "", None, trouble.what, None))
    else:
        findings.append(trouble)


def _twice(kept: Sequence[Item]) -> Iterator[Finding]:
    """Documents that have the id or the text of an earlier one."""
    names: dict[str, str] = {}
    texts: dict[str, Item] = {}
    for item in kept:
        if not isinstance(item.value, dict):
            continue
        key, name, text = _key(item.value), name_of(item.value), text_of(item.value)
        if name and names.setdefault(key, item.where) != item.where:
            yield Finding("id-twice", item.where, f"the id of {names[key]} too", name)
        # Halves of characters have no UTF-8; the schema check names them.
        if not text.strip() or not _fits_utf8(item):
            continue
        first = texts.setdefault(text_hash(text), item)
        if first is not item:
            what = f"the text of {name_of(first.value) or first.where} too"
            yield Finding("text-twice", item.where, what, name)


def _key(value: Any) -> str:
    """The id, with the piece's number where a document was cut into pieces."""
    meta = value.get("meta")
    piece = meta.get("piece") if isinstance(meta, dict) else None
    index = piece.get("index") if isinstance(piece, dict) else ""
    return f"{name_of(value)}\0{index}"


def _count(findings: Sequence[Finding], repairs: Sequence[Repair], ledger: Ledger) -> None:
    for finding in findings:
        ledger.counts[finding.code] += 1
    for each in repairs:
        place = f" {each.span[0]}:{each.span[1]}" if each.span else ""
        where = f"{each.where}: {each.document}{place}" if each.document else each.where
        ledger.repair(where, f"{each.code}: {_short(each.before)} → {_short(each.after)}")


def _short(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _fits_utf8(item: Item) -> bool:
    try:
        _line(item.value).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _line(value: Any) -> str:
    return on_one_line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _write(kept: Sequence[Item], repairs: Sequence[Repair], target: Path) -> None:
    """All items as they are now, also those that people have yet to correct; and the record.

    Both are written before either takes its place, so that one without the other is unlikely.
    """
    lines = [_line(item.value) for item in kept]
    told = "".join(f"{line}\n" for line in lines)
    if target.suffix.lower() != ".jsonl":
        told = "[\n" + ",\n".join(lines) + ("\n" if lines else "") + "]\n"
    make_folder(target.parent)
    with replacing(target) as copy, replacing(repairs_path(target)) as record:
        copy.write_text(told, "utf-8", newline="")
        done = "".join(f"{_line(one.as_dict())}\n" for one in repairs)
        record.write_text(done, "utf-8", newline="")
