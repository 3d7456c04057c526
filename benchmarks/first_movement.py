"""How long a newcomer waits: a clean clone, `make run`, the first movement in the books.

    python -m benchmarks.first_movement

What pip and apt have downloaded before stays where they keep it; the figure is a share of the two
minutes that the README's first command may take without downloads.
"""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROMISED_S = 120.0
PATIENCE_S = 900.0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="readpoint-clone-") as folder:
        clone = Path(folder) / "readpoint"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        start_s = time.monotonic()
        with subprocess.Popen(
            ["make", "run"], cwd=clone, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as run:
            waited_s = _until_booked(run, start_s)
            _end(run)
    if waited_s is None:
        print("no movement was booked", file=sys.stderr)
        return 1
    print(
        f"first booked movement {waited_s:.0f} s after `make run` in a clean clone:"
        f" {waited_s / PROMISED_S:.2f} of the {PROMISED_S:.0f} s promised"
    )
    return 0


def _until_booked(run: "subprocess.Popen[str]", start_s: float) -> float | None:
    assert run.stdout is not None
    for line in run.stdout:
        if line.rstrip().endswith("booked"):
            return time.monotonic() - start_s
        if time.monotonic() - start_s > PATIENCE_S:
            break
    return None


def _end(run: "subprocess.Popen[str]") -> None:
    """The demo ends its children; make only waits for it."""
    for process in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split():
        subprocess.run(["kill", "-TERM", process], check=False)
    try:
        run.wait(30)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
