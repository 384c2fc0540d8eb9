"""The ML backend protocol, asked of a real server over HTTP."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from annotate.config import load_settings
from annotate.errors import CallError
from annotate.serve.credentials import SECRET_HEADER
from annotate.serve.run import serve
from annotate.shipped import shipped
from tests.samples import ENGLISH
from tests.serve.running import PASSWORD, SECRET, USER, Served, serving

# Before each text: two characters beyond the first plane, and one of several code points.
EMOJI = "😀👩‍👩‍👧🇵🇪\n"
SAMPLES = {path.stem: path.read_bytes().decode() for path in shipped("samples").glob("*.txt")}
XML = load_settings(shipped("samples")).schema_in_force().xml
ROUTES = ["/health", "/versions", "/setup", "/predict", "/train", "/webhook"]


def marks(prediction: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [
        (item["value"]["start"], item["value"]["end"], item["value"]["labels"][0])
        for item in prediction["result"]
        if item["type"] == "labels"
    ]


def links(prediction: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in prediction["result"] if item["type"] == "relation"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_language_gets_entities_and_relations_whose_offsets_fit(
    served: Served, sample: str
) -> None:
    text = EMOJI + SAMPLES[sample]
    (prediction,) = served.predict(text)
    regions = {item["id"]: item for item in prediction["result"] if item["type"] == "labels"}
    assert {item["value"]["labels"][0] for item in regions.values()} >= {"PERSON", "COUNTRY"}
    for region in regions.values():
        value = region["value"]
        assert text[value["start"] : value["end"]] == value["text"]
        assert (region["from_name"], region["to_name"]) == ("label", "text")
    assert links(prediction)
    for link in links(prediction):
        assert {link["from_id"], link["to_id"]} <= regions.keys()
    assert 0 <= prediction["score"] <= 1


def test_health_setup_versions_and_predictions_name_one_version(served: Served) -> None:
    version = served.version()
    assert version.startswith("annotate-")
    setup = served.ask("/setup", {"project": "7.1795323579", "schema": XML, "extra_params": None})
    assert setup.json() == {"model_version": version}
    assert served.ask("/versions").json() == {"versions": [version]}
    answer = served.ask("/predict", {"tasks": [{"id": 1, "data": {"text": ENGLISH}}]}).json()
    assert answer["model_version"] == version
    assert [one["model_version"] for one in answer["results"]] == [version]


def test_a_batch_is_answered_in_its_order(served: Served) -> None:
    texts = [*SAMPLES.values(), "", ENGLISH] * 8
    found = served.predict(*texts)
    alone = {text: served.predict(text)[0] for text in dict.fromkeys(texts)}
    assert [marks(one) for one in found] == [marks(alone[text]) for text in texts]
    assert len({json.dumps(marks(one)) for one in found}) == len(SAMPLES) + 2


def test_a_pushed_task_is_read_in_the_language_that_the_push_noted(served: Served) -> None:
    text = SAMPLES["vi"] if "vi" in SAMPLES else next(iter(SAMPLES.values()))
    task = {"data": {"text": text}, "meta": {"annotate": {"language": "fa"}}}
    given, detected = served.ask("/predict", {"tasks": [task, task | {"meta": {}}]}).json()[
        "results"
    ]
    assert marks(given) != marks(detected)


@pytest.mark.parametrize(
    "task",
    [
        None,
        "text",
        {},
        {"data": None},
        {"data": {}},
        {"data": {"text": None}},
        {"data": {"text": 5}},
        {"data": {"text": ["Peru"]}},
        {"data": {"text": "Peru \ud800 won."}},
        {"data": {"text": "Peru " * 4001}},
        {"data": {"other": "Peru"}},
    ],
)
def test_a_text_that_cannot_be_used_costs_its_own_suggestions_only(
    served: Served, task: object
) -> None:
    whole = {"id": 1, "data": {"text": ENGLISH}, "meta": {"annotate": 3}}
    content = json.dumps({"tasks": [whole, task, whole]})
    answer = served.ask("/predict", content=content)
    assert answer.status_code == 200
    first, empty, last = answer.json()["results"]
    assert empty["result"] == []
    assert marks(first)
    assert first == last
    assert served.events("predicted")[-1]["refused"] == 1


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "a\0Peru", "\r\n\u2028", "۱۲۳", "😀", "Peru " * 4000]
)
def test_odd_texts_are_answered(served: Served, text: str) -> None:
    (prediction,) = served.predict(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in marks(prediction))
    assert "refused" not in served.events("predicted")[-1]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"tasks"', b"\xff\xfe\x00", b"null", b"[" * 100_000, b'{"tasks": {}}',
     b'{"tasks": "all"}', b"{}", b'{"tasks": ' + b"9" * 10_000 + b"}"],
)  # fmt: skip
@pytest.mark.parametrize("route", ["/predict", "/train"])
def test_a_body_that_is_none_is_refused_and_the_server_goes_on(
    served: Served, content: bytes, route: str
) -> None:
    assert served.ask(route, content=content).status_code == 400
    assert served.ask("/health").is_success


def test_ten_thousand_tasks_are_answered(served: Served) -> None:
    found = served.predict(*["Peru won."] * 10_000)
    assert len(found) == 10_000
    assert all(marks(one) == [(0, 4, "COUNTRY")] for one in found)


def test_one_task_need_not_wait_for_a_large_batch(served: Served) -> None:
    with ThreadPoolExecutor(1) as pool:
        large = pool.submit(served.predict, *["Peru won.", ENGLISH] * 1000)
        before = len(served.events("predicted"))
        served.predict(ENGLISH)
        assert not large.done()
        assert len(large.result()) == 2000
    sizes = [line["tasks"] for line in served.events("predicted")[before:]]
    assert sizes == [1, 2000]


def test_four_clients_at_once_get_what_one_gets(served: Served) -> None:
    texts = list(SAMPLES.values())
    alone = served.predict(*texts)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: served.predict(*texts), range(16)))
    assert all(one == alone for one in found)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        f"Bearer {PASSWORD}",
        "Basic " + base64.b64encode(f"{USER}:wrong".encode()).decode(),
        "Basic " + base64.b64encode(f"other:{PASSWORD}".encode()).decode(),
        "Basic " + base64.b64encode(f"{USER}:{PASSWORD} ".encode()).decode(),
        "Bearer " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
    ],
)
def test_nobody_else_is_answered(served: Served, route: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    body = None if route in ("/health", "/versions") else {"tasks": [], "project": "News"}
    answer = served.ask(route, body, auth=None, headers=headers)
    assert answer.status_code == 401
    assert served.version() not in answer.text


@pytest.mark.parametrize("route", ["/", "/docs", "/openapi.json", "/predict/..%2f", "/jobs"])
def test_there_is_nothing_else_to_find(served: Served, route: str) -> None:
    assert served.ask(route).status_code in (404, 405)


def test_a_webhook_with_the_secret_is_counted_and_can_do_no_more(served: Served) -> None:
    before = served.ask("/health").json()["annotations"]
    secret = {SECRET_HEADER: SECRET}
    for action in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "START_TRAINING", 5):
        body = {"action": action, "project": {"title": "News"}}
        assert served.ask("/webhook", body, auth=None, headers=secret).status_code == 200
    for wrong in ("", SECRET[:-1], SECRET + "x", "é"):
        answer = served.ask("/webhook", {}, auth=None, headers={SECRET_HEADER: wrong.encode()})
        assert answer.status_code == 401
    assert served.ask("/predict", {"tasks": []}, auth=None, headers=secret).status_code == 401
    health = served.ask("/health").json()
    assert health["annotations"] == before + 2
    assert health["training"] is None


def test_a_project_of_other_names_and_fewer_labels_gets_what_it_can_hold(served: Served) -> None:
    xml = XML.replace("$text", "$body").replace('name="label"', 'name="kind"')
    xml = "\n".join(line for line in xml.splitlines() if 'value="PERSON"' not in line)
    xml = xml.replace('value="represents"', 'value="other"').replace("works_for", "another")
    task = {"id": 1, "data": {"body": ENGLISH, "text": "Chile"}}
    answer = served.ask("/predict", {"tasks": [task], "label_config": xml})
    (prediction,) = answer.json()["results"]
    assert {label for *_, label in marks(prediction)} == {"COUNTRY"}
    assert {item.get("from_name", "kind") for item in prediction["result"]} == {"kind"}


@pytest.mark.parametrize("xml", ["<View/>", "no XML", "<!DOCTYPE x><View/>"])
def test_a_label_config_without_text_is_refused_when_the_project_connects(
    served: Served, xml: str
) -> None:
    for route, body in (
        ("/setup", {"schema": xml}),
        ("/predict", {"tasks": [], "label_config": xml}),
    ):
        answer = served.ask(route, body)
        assert answer.status_code == 400
        assert "label config" in answer.json()["detail"]


def test_the_log_has_every_request_and_no_text_and_no_secret(served: Served) -> None:
    served.predict(ENGLISH, 5, "Zanzibarbar \0 Peru")
    line = served.events("predicted")[-1]
    assert line["tasks"] == 3
    assert line["version"] == served.version()
    assert line["status"] == 200
    assert line["seconds"] >= 0
    written = (served.folder / "serve.log.jsonl").read_text() + (
        served.folder / "stderr.txt"
    ).read_text()
    for hidden in ("Amina", "Zanzibarbar", PASSWORD, SECRET, "Authorization"):
        assert hidden not in written


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that takes one megabyte at most."""
    with serving(tmp_path_factory.mktemp("small"), "--body-limit", "1") as running:
        yield running


def test_a_body_over_the_limit_is_refused_by_its_header_and_while_it_comes(small: Served) -> None:
    large = json.dumps({"tasks": [{"data": {"text": "x" * 1_000_000}}]}).encode()
    assert small.ask("/predict", content=large).status_code == 413

    def parts() -> Iterator[bytes]:
        yield large[:600_000]
        yield large[600_000:]

    assert small.ask("/predict", content=parts()).status_code == 413
    assert small.ask("/predict", content=iter([large[:10], b"x"])).status_code == 400
    fits = json.dumps({"tasks": [{"data": {"text": "Peru " * 190_000}}]}).encode()
    assert small.ask("/predict", content=fits).status_code == 200


def test_a_strangers_body_is_not_read(small: Served) -> None:
    """The answer comes though the promised body never does."""
    host, port = small.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 401")


def no_studio() -> Any:
    raise AssertionError("no server is needed")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_an_address_that_others_reach_wants_a_password_of_ones_own(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path))
    monkeypatch.delenv("ANNOTATE_SERVE_PASSWORD", raising=False)
    with pytest.raises(CallError, match="ANNOTATE_SERVE_PASSWORD"):
        serve(tmp_path, no_studio, host=host, port=0)


def test_a_port_that_is_taken_is_said_before_anything_is_loaded(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_HOME", str(tmp_path))
    with pytest.raises(CallError, match="can't be served"):
        serve(tmp_path, no_studio, port=int(served.url.rpartition(":")[2]))
    assert not (tmp_path / "serve.log.jsonl").exists()
