"""Files that travel with the package: label config, settings, guidelines, samples."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent
_IN_CHECKOUT = {"guidelines.md": Path("docs/guidelines.md")}


def shipped(name: str) -> Path:
    """Path of a shipped file or folder.

    A wheel carries them beside this module; a checkout keeps the ones that
    people edit at its top, where they are looked for second.
    """
    inside = _PACKAGE / name
    return inside if inside.exists() else _CHECKOUT / _IN_CHECKOUT.get(name, Path(name))
