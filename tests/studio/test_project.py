"""The project's instructions, as Label Studio can show them."""

from pathlib import Path

from annotate.studio.project import instructions_html


def test_what_label_studio_takes_away_stands_in_the_text(tmp_path: Path) -> None:
    """Margins, bullets and numbers: breaks and marks are in their place."""
    rules = "# Rules\n\nFirst <b>bold</b>.\n\n* one\n\n  more of one\n* two\n\n3. a\n4. b\n"
    (tmp_path / "guidelines.md").write_text(rules, "utf-8")
    html = instructions_html(tmp_path).replace("\n", "")
    assert html.startswith("<h1>Rules</h1><br><p>First &lt;b&gt;bold&lt;/b&gt;.</p><br><ul>")
    assert "<li><p>• one</p><p>more of one</p></li><li><p>• two</p></li></ul><br>" in html
    assert html.endswith('<ol start="3"><li>3. a</li><li>4. b</li></ol>')


def test_a_folder_of_that_name_is_no_guidelines(tmp_path: Path) -> None:
    (tmp_path / "guidelines.md").mkdir()
    assert "<h1>Annotation guidelines</h1>" in instructions_html(tmp_path)
