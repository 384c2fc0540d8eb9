"""The answer to one request for predictions, a few tasks at a time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import Executor

from fastapi import Request, Response

from annotate.ledger import Ledger
from annotate.schema import Schema
from annotate.serve.log import Log
from annotate.serve.model import Model, predictions, text_of

# So many tasks, or characters, go through the pipelines before another request's get
# their turn.
CHUNK, CHUNK_CHARS = 16, 20_000
# Refused tasks are named in the log, up to so many of a request.
_NAMED = 20


async def answer(
    request: Request, tasks: list[object], model: Model, schema: Schema, worker: Executor, log: Log
) -> Response:
    """One prediction a task, in order, as Label Studio wants them.

    ``worker`` has one thread, so the chunks of several requests take turns. Work for a
    client that has gone is given up.
    """
    loop, started, ledger = asyncio.get_running_loop(), time.monotonic(), Ledger("predict")
    results: list[dict[str, object]] = []
    gone = False
    for chunk in _chunks(tasks, schema.text_field):
        if gone := bool(results) and await request.is_disconnected():
            break
        results += await loop.run_in_executor(worker, predictions, model, chunk, schema, ledger)
    content = {"results": results, "model_version": model.version}
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    log(
        "predicted",
        tasks=len(tasks),
        seconds=round(time.monotonic() - started, 3),
        version=model.version,
        status="client gone" if gone else 200,
        **_remarks(ledger),
    )
    return Response(raw, media_type="application/json")


def _chunks(tasks: list[object], field: str) -> Iterator[list[object]]:
    chunk: list[object] = []
    size = 0
    for task in tasks:
        length = len(text_of(task, field) or "")
        if chunk and (len(chunk) == CHUNK or size + length > CHUNK_CHARS):
            yield chunk
            chunk, size = [], 0
        chunk.append(task)
        size += length
    if chunk:
        yield chunk


def _remarks(ledger: Ledger) -> dict[str, object]:
    remarks: dict[str, object] = dict(ledger.counts)
    if ledger.refused:
        remarks["refused"] = len(ledger.refused)
        remarks["first"] = [f"{note.where}: {note.what}" for note in ledger.refused[:_NAMED]]
    return remarks
