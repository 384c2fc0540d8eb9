"""How long `annotate --help` takes, against importing click alone.

    python -m bench.startup [runs]

Both in turn, whole processes, medians; the ratio is what counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and the ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    ours = [str(Path(sys.executable).with_name("annotate")), "--help"]
    bare = [sys.executable, "-c", "import click"]
    pairs = [(seconds(ours), seconds(bare)) for _ in range(runs)]
    one, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"annotate --help {one * 1000:.0f} ms, import click {other * 1000:.0f} ms, "
        f"ratio {one / other:.2f}"
    )


if __name__ == "__main__":
    main()
