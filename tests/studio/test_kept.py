"""Tasks gone through twice."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotate.studio.kept import kept

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=5))
def test_every_task_comes_a_second_time_as_it_was(data: list[dict[str, Any]]) -> None:
    tasks = [{"id": number, "data": each} for number, each in enumerate(data)]
    with kept(iter(tasks)) as (names, again):
        assert list(names) == [f"label-studio/task-{task['id']}" for task in tasks]
        assert repr(list(again)) == repr(tasks)


def test_a_lone_surrogate_survives() -> None:
    task = {"id": 1, "data": {"text": "\ud800"}}
    with kept([task]) as (names, again):
        assert list(names) == ["label-studio/task-1"]
        assert list(again) == [task]
