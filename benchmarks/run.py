"""Measures whole runs: enclint, and other tools beside it, over the same projects, interleaved.

    python benchmarks/run.py                                 start-up, one file, 1 MB of each shape
    python benchmarks/run.py --growth                        1x, 10x and 100x of a project: time, memory, exponent
    python benchmarks/run.py --against 'checkov -d {path} --quiet --compact --skip-download' PATH …

Prints, for each project and command, the median time, its ratio to the first command, the throughput and the peak
memory of the process. Machines are noisy: compare what stands in one run.
"""

from __future__ import annotations

import argparse
import math
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import projects

ENCLINT = f"{shlex.quote(sys.executable)} -m enclint --quiet {{path}}"
GROWTH = (0.2, 2.0, 20.0)
"""Megabytes: 1x, 10x and 100x."""

ONE_FILE = """\
resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 10
  encrypted         = false
}
"""


class Sample(NamedTuple):
    """One run: wall-clock seconds and peak resident memory in MB."""

    seconds: float
    megabytes: float


class Row(NamedTuple):
    """The runs of one command over one project."""

    project: str
    size: int
    command: str
    samples: list[Sample]

    @property
    def seconds(self) -> float:
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def megabytes(self) -> float:
        return max(sample.megabytes for sample in self.samples)


def run_once(command: str, path: Path) -> Sample:
    """Runs a command over a project; its output is thrown away, its exit status is not judged."""
    words = [word.replace("{path}", str(path)) for word in shlex.split(command)]
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Sample(time.perf_counter() - start, usage.ru_maxrss / 1024)


def measure(commands: list[str], path: Path, runs: int, name: str) -> list[Row]:
    """Each command `runs` times over one project, taking turns."""
    size = (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) if path.is_dir() else path.stat().st_size
    )
    rows = [Row(name, size, command, []) for command in commands]
    for _ in range(runs):
        for row in rows:
            row.samples.append(run_once(row.command, path))
    return rows


def show(rows: list[Row]) -> None:
    """A table of one project's rows."""
    first = rows[0].seconds
    for row in rows:
        rate = row.size / 1_000_000 / row.seconds
        label = row.command if len(row.command) < 60 else f"{row.command[:57]}…"
        print(
            f"{row.project:24} {row.size / 1e6:9.3f} MB {row.seconds:9.3f} s {row.seconds / first:7.2f}x "
            f"{rate:7.2f} MB/s {row.megabytes:7.0f} MB peak  {label}"
        )


def growth(commands: list[str], folder: Path, shape: str, runs: int) -> None:
    """Time and memory at three sizes, and the exponent of time over size (1 is linear) between the last two."""
    table = []
    for megabytes in GROWTH:
        path = folder / f"{shape}-{megabytes}"
        projects.make(shape, path, megabytes)
        rows = measure(commands, path, runs, f"{shape} {megabytes:g} MB")
        show(rows)
        table.append(rows)
    for before, after in zip(table[-2], table[-1], strict=True):
        exponent = math.log(after.seconds / before.seconds) / math.log(after.size / before.size)
        print(f"{shape:24} growth exponent {exponent:.2f}  {after.command[:60]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="projects to measure instead of generated ones")
    parser.add_argument("--command", default=ENCLINT, help="the command under test, with {path}")
    parser.add_argument("--against", action="append", default=[], help="another command, with {path}; repeatable")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="measure 1x, 10x and 100x of each shape")
    parser.add_argument("--shape", action="append", choices=sorted(projects.SHAPES))
    parser.add_argument("--megabytes", type=float, default=1.0)
    arguments = parser.parse_args()
    commands = [arguments.command, *arguments.against]
    shapes = arguments.shape or sorted(projects.SHAPES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.paths:
            for path in arguments.paths:
                show(measure(commands, path, arguments.runs, path.name))
        elif arguments.growth:
            for shape in shapes:
                growth(commands, folder, shape, arguments.runs)
        else:
            (folder / "one.tf").write_text(ONE_FILE)
            bare = f"{shlex.quote(sys.executable)} -c pass"
            show(measure([bare, *commands], folder / "one.tf", arguments.runs * 3, "one file"))
            for shape in shapes:
                projects.make(shape, folder / shape, arguments.megabytes)
                show(measure(commands, folder / shape, arguments.runs, shape))


if __name__ == "__main__":
    main()
