"""What HTTP costs: `annotate serve` beside the bare pipeline, and a soak of four clients.

    python -m bench.serve [--minutes N]

The texts are those of corpus/train, one language after the other in every batch, as the
tasks of a project come. Server and bare pipeline answer the same batches in turn, batch by
batch, so that whatever else the machine does slows both. Throughput is of one client with two
requests under way, as two reviewers have. One task has 300 words. The soak
counts what is not a 200 with as many results as tasks, and looks at the server's resident
memory every minute.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from annotate.config import load_settings
from annotate.document import Document
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.prelabel.suggest import Suggest, suggester

CORPUS = Path(__file__).parents[1] / "corpus" / "train"
PASSWORD = "bench"
BATCH, BATCHES, SINGLES, WORDS = 16, 60, 300, 300


def documents() -> list[Document]:
    """The corpus, bare, languages in turn."""
    texts = [list(inline.read(folder)) for folder in sorted(CORPUS.iterdir()) if folder.is_dir()]
    return [
        Document(id=f"{place}", text=one.text, language=one.language)
        for place, one in enumerate(itertools.chain.from_iterable(zip(*texts, strict=False)))
    ]


def task(document: Document) -> dict[str, Any]:
    """As `annotate push` makes one."""
    meta = {"annotate": {"language": document.language}}
    return {"id": int(document.id), "data": {"text": document.text}, "meta": meta}


@contextmanager
def server(folder: Path) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    """A server of its own process, and a client of it."""
    errors = folder / "stderr.txt"
    with errors.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "annotate", "serve", "--port", "0"],
            cwd=folder,
            env=os.environ | {"ANNOTATE_SERVE_PASSWORD": PASSWORD, "ANNOTATE_HOME": str(folder)},
            stderr=out,
        )
    while not (found := re.search(r"serving url=(\S+)", errors.read_text())):
        assert process.poll() is None, errors.read_text()
        time.sleep(0.1)
    with httpx.Client(base_url=found[1], auth=("annotate", PASSWORD), timeout=300) as client:
        yield client, psutil.Process(process.pid)
    process.terminate()
    process.wait()


def ask(client: httpx.Client, batch: Sequence[Document]) -> None:
    """One request; raises when the answer is not whole."""
    answer = client.post("/predict", json={"tasks": [task(one) for one in batch]})
    assert answer.status_code == 200, answer.status_code
    assert len(answer.json()["results"]) == len(batch)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def print_throughput(
    client: httpx.Client, process: psutil.Process, suggest: Suggest, texts: list[Document]
) -> None:
    """Tasks a second of both over the same batches, and seconds of the processor."""
    stream = itertools.cycle(texts)
    own = served = own_cpu = 0.0
    ratios = []
    server_cpu = -sum(process.cpu_times()[:2])
    with ThreadPoolExecutor(2) as pool:
        for _ in range(BATCHES // 4):
            batches = [list(itertools.islice(stream, BATCH)) for _ in range(4)]
            own_cpu -= time.process_time()
            bare = timed(lambda b=batches: [list(suggest(one, Ledger("bench"))) for one in b])
            own_cpu += time.process_time()
            http = timed(lambda b=batches: list(pool.map(lambda one: ask(client, one), b)))
            own, served = own + bare, served + http
            ratios.append(bare / http)
    server_cpu += sum(process.cpu_times()[:2])
    count = BATCHES * BATCH
    print(
        f"batch {BATCH}: pipeline {count / own:.1f} tasks/s, serve {count / served:.1f}: "
        f"{own / served:.1%} in all, median of {len(ratios)} turns "
        f"{statistics.median(ratios):.1%}; processor: pipeline {own_cpu:.1f} s, "
        f"serve {server_cpu:.1f} s: {own_cpu / server_cpu:.1%}",
        flush=True,
    )


def print_latency(client: httpx.Client, suggest: Suggest, texts: list[Document]) -> None:
    """p50 and p99 of one task of 300 words, in turn with the pipeline's own."""
    english = [one.text for one in texts if one.language == "en"]
    words = list(itertools.islice(itertools.cycle(" ".join(english).split(" ")), SINGLES * WORDS))
    own, served = [], []
    for place in range(0, len(words), WORDS):
        text = " ".join(words[place : place + WORDS])
        one = Document(id=str(place), text=text, language="en")
        own.append(timed(lambda d=one: list(suggest([d], Ledger("bench")))))
        served.append(timed(lambda d=one: ask(client, [d])))
    (own_low, own_high), (low, high) = _points(own), _points(served)
    print(
        f"one task of {WORDS} words: pipeline p50 {own_low:.1f} ms, p99 {own_high:.1f} ms; "
        f"serve p50 {low:.1f} ms, p99 {high:.1f} ms: p99 is "
        f"{high / own_low:.1f} times the pipeline's p50, {high / own_high:.1f} times its p99",
        flush=True,
    )


def _points(seconds: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


def soak(
    client: httpx.Client, process: psutil.Process, texts: list[Document], minutes: float
) -> None:
    """Four clients, each with batches and single tasks; errors, and memory by the minute."""
    end = time.monotonic() + minutes * 60
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        stream = itertools.cycle(texts[number * 7 :] + texts[: number * 7])
        for size in itertools.cycle((1, 1, BATCH)):
            if time.monotonic() > end:
                return
            try:
                ask(client, list(itertools.islice(stream, size)))
                found = {"requests": 1, "tasks": size}
            except (AssertionError, httpx.HTTPError, ValueError, KeyError) as error:
                found = {"errors": 1, repr(error): 1}
            with lock:
                counts.update(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    resident = []
    while any(thread.is_alive() for thread in threads):
        resident.append(process.memory_info().rss / 2**20)
        print(f"{counts['tasks']:9,} tasks, {resident[-1]:.1f} MB resident", flush=True)
        threads[0].join(min(60, minutes * 6))
    resident.append(process.memory_info().rss / 2**20)
    after = resident[max(1, len(resident) // 10)]
    print(
        f"{minutes:g} minutes of 4 clients: {counts['requests']:,} requests, "
        f"{counts['tasks']:,} tasks, {counts['errors']} errors; memory {resident[0]:.1f} MB at the "
        f"start, {after:.1f} after a tenth, {resident[-1]:.1f} at the end "
        f"({resident[-1] / after - 1:+.1%} from a tenth on)"
    )
    print(*(f"{number} × {what}" for what, number in counts.items() if "Error" in what), sep="\n")


def main() -> None:
    """Throughput, latency, and with --minutes the soak."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0)
    minutes = parser.parse_args().minutes
    texts = documents()
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as (client, process):
        settings = load_settings(Path(name))
        suggest = suggester(settings, settings.schema_in_force())
        # Both have seen every text once: caches are warm.
        for first in range(0, len(texts), BATCH):
            batch = texts[first : first + BATCH]
            list(suggest(batch, Ledger("bench")))
            ask(client, batch)
        if minutes:
            soak(client, process, texts, minutes)
        else:
            print_throughput(client, process, suggest, texts)
            print_latency(client, suggest, texts)


if __name__ == "__main__":
    main()
