"""Speed and memory of export conversion, beside the converter of label-studio-sdk.

    python -m bench.convert [tasks] [times larger]

An export of 5,000 tasks (about 40 MB) is made from corpus/, in the shape that Label
Studio 1.23.2 exports: reviewed suggestions with the prediction's copy, origins and lead
times; one task in twenty skipped, one not reviewed. Every conversion runs alone, in a
process of its own on one core; seconds are of processor time and without imports, memory
is the peak of the whole process. The converter's JSON copies the file byte by byte when it
is given a file, and parses it when it is given its folder: both are shown. Three rounds of
all runs in turn, of which the medians count: a machine that others use drifts.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from annotate.config import load_settings
from annotate.corpus.cut import cut
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.studio.checks import sendable
from annotate.studio.tasks import to_tasks

# Longest text in characters: with it a task takes about 8 kB.
LENGTH = 600
ROUNDS = 3
CORPUS = Path(__file__).parents[1] / "corpus" / "train"
SCHEMA = load_settings(CORPUS).schema_in_force()
Json = dict[str, Any]


def exported(count: int) -> Iterator[Json]:
    """``count`` tasks as Label Studio exports them, the same every time."""
    rng = random.Random(1)
    documents = [cut(whole, LENGTH, Ledger("bench"))[0] for whole in inline.read(CORPUS)]
    for number, document in enumerate(islice(cycle(documents), count), start=1):
        own = document.model_copy(
            update={
                "id": f"{document.id}-{number}",
                "meta": {"model_version": "bench-1", "source": "corpus", "number": number},
                "entities": tuple(
                    entity.model_copy(update={"score": rng.randrange(50, 100) / 100})
                    for entity in document.entities
                ),
            }
        )
        sent = sendable(own, SCHEMA, Ledger("bench"))
        yield _task(number, to_tasks(sent, [sent], SCHEMA)[0], rng)


def _task(number: int, task: Json, rng: random.Random) -> Json:
    when = f"2026-01-{number % 28 + 1:02}T10:{number % 60:02}:00.123456Z"
    prediction = task["predictions"][0] | {
        "id": number,
        "created_at": when,
        "updated_at": when,
        "model": None,
        "model_run": None,
        "task": number,
        "project": 1,
    }
    skipped, open_ = number % 20 == 7, number % 20 == 14
    annotation = {
        "id": number,
        "completed_by": 1 + number % 3,
        "result": _reviewed(prediction["result"], task["data"]["text"], rng),
        "was_cancelled": skipped,
        "ground_truth": False,
        "created_at": when,
        "updated_at": when,
        "draft_created_at": None,
        "lead_time": rng.randrange(5_000, 90_000) / 1000,
        "prediction": prediction,
        "result_count": len(prediction["result"]),
        "unique_id": f"00000000-0000-4000-8000-{number:012}",
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": number,
        "project": 1,
        "updated_by": 1,
        "parent_prediction": number,
        "parent_annotation": None,
        "last_created_by": None,
    }
    return {
        "id": number,
        "annotations": [] if open_ else [annotation],
        "file_upload": None,
        "drafts": [],
        "predictions": [number],
        "data": task["data"],
        "meta": task["meta"],
        "created_at": when,
        "updated_at": when,
        "inner_id": number,
        "total_annotations": 0 if open_ or skipped else 1,
        "cancelled_annotations": int(skipped),
        "total_predictions": 1,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 1,
        "updated_by": 1,
        "comment_authors": [],
    }


def _reviewed(result: list[Json], text: str, rng: random.Random) -> list[Json]:
    """The suggestions with one region in ten deleted and one in ten shortened."""
    kept: list[Json] = []
    for item in result:
        region = item | {"origin": "prediction"}
        chance = rng.random()
        if item["type"] != "labels":
            kept.append({key: item[key] for key in item if key != "scores"})
        elif chance < 0.1 and " " in item["value"]["text"]:
            end = item["value"]["start"] + item["value"]["text"].index(" ")
            value = item["value"] | {"end": end, "text": text[item["value"]["start"] : end]}
            kept.append(region | {"value": value, "origin": "prediction-changed"})
        elif chance < 0.9:
            kept.append(region)
    ids = {item.get("id") for item in kept}
    return [
        item for item in kept if item["type"] == "labels" or {item["from_id"], item["to_id"]} <= ids
    ]


def _converter(wanted: str, *, is_dir: bool = False) -> Callable[[Path, Path], None]:
    from label_studio_sdk.converter import Converter

    def run(source: Path, target: Path) -> None:
        converter = Converter(SCHEMA.xml, str(source.parent), download_resources=False)
        given = source.parent if is_dir else source
        converter.convert(str(given), str(target), wanted, is_dir=is_dir)

    return run


def _ours(wanted: str) -> Callable[[Path, Path], None]:
    from annotate import formats
    from annotate.formats import label_studio

    module, suffix = formats.get(wanted)

    def run(source: Path, target: Path) -> None:
        read, written = Ledger("read"), Ledger("write")
        module.write(label_studio.read(source, read), target / f"gold{suffix}", written)
        if read.refused or not written.given:
            raise SystemExit(f"{len(read.refused)} refused, {written.given} written")

    return run


def _parse(source: Path, target: Path) -> None:
    json.loads(source.read_bytes())


RUNS: dict[str, Callable[[], Callable[[Path, Path], None]]] = {
    "json.loads alone": lambda: _parse,
    "their JSON, of a file (copied)": lambda: _converter("JSON"),
    "their JSON, of a folder": lambda: _converter("JSON", is_dir=True),
    "their JSON_MIN": lambda: _converter("JSON_MIN"),
    "their CONLL2003": lambda: _converter("CONLL2003"),
    "our gold": lambda: _ours("gold"),
    "our jsonl": lambda: _ours("jsonl"),
    "our conll": lambda: _ours("conll"),
}
# Which runs are set beside which.
PAIRS = [
    ("our gold", "their JSON, of a folder"),
    ("our gold", "their JSON_MIN"),
    ("our gold", "their CONLL2003"),
    ("our conll", "their CONLL2003"),
]


def _alone(name: str, source: Path) -> tuple[float, float]:
    """Seconds and peak MB of one run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "bench.convert", "run", name, str(source), folder]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)


def _run(name: str, source: Path, target: Path) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    run = RUNS[name]()
    start = time.process_time()
    run(source, target)
    seconds = time.process_time() - start
    # Not getrusage: its peak takes in that of the process which started this one.
    status = Path("/proc/self/status").read_text()
    print(seconds, int(status.split("VmHWM:")[1].split()[0]) / 1024)


def _make(path: Path, count: int) -> Path:
    path.parent.mkdir()
    with path.open("w", encoding="utf-8") as file:
        for number, task in enumerate(exported(count)):
            file.write(("," if number else "[") + json.dumps(task, ensure_ascii=False))
        file.write("]")
    return path


def main() -> None:
    """Print seconds, peak memory and ratios, then seconds and memory on the larger file."""
    if sys.argv[1:2] == ["run"]:
        _run(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    given = [int(value) for value in sys.argv[1:3]]
    count, times = (*given, *(5000, 10)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        small = _make(Path(folder) / "small" / "export.json", count)
        print(f"{count:,} tasks, {small.stat().st_size / 1e6:.1f} MB, one core")
        rounds = [{name: _alone(name, small) for name in RUNS} for _ in range(ROUNDS)]
        peaks = {}
        for name in RUNS:
            seconds = median(one[name][0] for one in rounds)
            peaks[name] = peak = median(one[name][1] for one in rounds)
            print(f"{name:32} {seconds:8.2f} s {peak:8.0f} MB")
        for ours, theirs in PAIRS:
            ratio = median(one[theirs][0] / one[ours][0] for one in rounds)
            print(f"{ours} is {ratio:.2f} times as fast as {theirs}")
        large = _make(Path(folder) / "large" / "export.json", count * times)
        for name in RUNS:
            if name.startswith("our"):
                seconds, peak = _alone(name, large)
                more = peak / peaks[name]
                print(f"{name}, {times} times larger: {seconds:.2f} s, {more:.2f} times the memory")


if __name__ == "__main__":
    main()
