"""The memory that a rebuild takes at its peak: ten times the events, and hardly more memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from aboard.domain.eventlog.log import open_log
from aboard.projections.read_model.read_model import open_to_write, rebuild
from benchmarks import given
from benchmarks.figure import Figure, Measured

SIZE, LARGE = 1_000_000, 10_000_000


def peak() -> int:
    """Return the most memory that this process and the largest of its children had, in bytes.

    What the system keeps as a process's greatest size is handed on by the process that started it:
    so its own is read where that of its program alone stands.
    """
    status = Path("/proc/self/status").read_text("utf-8")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return 1024 * (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def peak_of_rebuild(log: Path, read_model: Path) -> int:
    """Return the memory of a process that builds a read model from a log, and of its children."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", str(log), str(read_model)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the rebuild failed: {done.stderr}")
    return int(done.stdout)


def measure(folder: Path, size: int = SIZE, large: int = LARGE) -> Measured:
    """Build from both logs, each in a process of its own."""
    least, most = (
        peak_of_rebuild(given.generated(number), folder / f"{number}.sqlite")
        for number in (size, large)
    )
    return Measured(most / 2**20, most / least)


def main() -> None:
    """Build a read model from a log, and print the peak of memory."""
    log_file, target = (Path(name) for name in sys.argv[1:])
    with open_log(log_file) as log, open_to_write(target) as db:
        rebuild(db, log)
    print(peak())


FIGURES = (
    Figure(
        "rebuild-memory",
        f"The peak of resident memory while a read model is built from {LARGE:,} generated events, "
        "in a process of its own: that of the process, and of the largest that it starts. The "
        f"baseline is the same for {SIZE:,} events.",
        "MiB",
        f"the same for {SIZE:,} events",
        1.5,
        measure,
        aim=1.1,
        long=True,
    ),
)

if __name__ == "__main__":
    main()
