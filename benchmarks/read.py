"""Measures reading alone: Terraform's native syntax, its JSON syntax, and JSON with places, in megabytes a second.

    python benchmarks/read.py                       a generated project of 2 MB
    python benchmarks/read.py PATH …                all *.tf and *.tf.json files below the paths
    python benchmarks/read.py --beside-hcl2         python-hcl2 too, over as much of it as takes a few seconds

Every reader goes over all texts in turn, several times, in one process and with the garbage collector off, as in a run
of enclint. Prints the median of each reader, and how far its runs lay apart.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import projects

from enclint import json_positions
from enclint.frontends.terraform import json_syntax, reader
from enclint.frontends.terraform.syntax import SyntaxFault
from enclint.json_positions import JsonFault
from enclint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HCL2_LIMIT = 100_000
"""Characters that python-hcl2 is given: it reads about a fifth of a megabyte a second."""


class Reader(NamedTuple):
    """A reader, and the texts that it goes over."""

    name: str
    read: Callable[[Source], object]
    sources: Sequence[Source]

    @property
    def size(self) -> int:
        return sum(len(source.text) for source in self.sources)


def as_json(number: int) -> str:
    """A file in JSON syntax with what such files have: templates, nested objects, lists."""
    resources = {
        f"bucket_{number}_{each}": {
            "bucket": f"${{var.prefix}}-{each}",
            "tags": {"team": "${local.team}", "stage": "prod", "cost_centre": 4711},
            "depends_on": ["aws_kms_key.main"],
            "server_side_encryption_configuration": {
                "rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}]
            },
        }
        for each in range(100)
    }
    return json.dumps({"resource": {"aws_s3_bucket": resources}}, indent=2)


def sources_below(paths: list[Path]) -> list[Source]:
    """All Terraform files below the paths, as long as they are UTF-8."""
    found = []
    for path in paths:
        files = [path] if path.is_file() else sorted([*path.rglob("*.tf"), *path.rglob("*.tf.json")])
        for file in files:
            try:
                found.append(Source(str(file), file.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                print(f"{file}: passed over, not UTF-8")
    return found


def generated(megabytes: float) -> list[Source]:
    """A project of that size in native syntax, and half as much in JSON syntax."""
    with tempfile.TemporaryDirectory() as folder:
        projects.make("terraform", Path(folder) / "project", megabytes)
        native = sources_below([Path(folder)])
    size = len(as_json(0))
    return native + [Source(f"{number}.tf.json", as_json(number)) for number in range(int(megabytes * 5e5 / size) + 1)]


def seconds(each: Reader) -> float:
    """The time that one pass over all texts takes; texts that are refused count as read up to their fault."""
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    for source in each.sources:
        with suppress(SyntaxFault, JsonFault):
            each.read(source)
    end = time.perf_counter()
    gc.enable()
    return end - begin


def readers(sources: list[Source], beside_hcl2: bool) -> list[Reader]:
    native = [source for source in sources if not source.path.endswith(".json")]
    in_json = [source for source in sources if source.path.endswith(".json")]
    found = [
        Reader("native syntax", reader.parse, native),
        Reader("JSON syntax", json_syntax.parse, in_json),
        Reader("JSON with places", lambda source: json_positions.read(source.text), in_json),
    ]
    if beside_hcl2:
        import hcl2

        some, size = [], 0
        for source in native:
            some.append(source)
            size += len(source.text)
            if size > HCL2_LIMIT:
                break
        found.append(Reader("python-hcl2 (tree)", lambda source: hcl2.parses_to_tree(source.text), some))
        found.append(Reader("python-hcl2 (typed)", lambda source: hcl2.parses(source.text), some))
    return [each for each in found if each.sources]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--megabytes", type=float, default=2.0, help="size of the generated project")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--beside-hcl2", action="store_true", help="measure python-hcl2 as well")
    arguments = parser.parse_args()
    sources = sources_below(arguments.paths) if arguments.paths else generated(arguments.megabytes)
    measured = readers(sources, arguments.beside_hcl2)
    times: dict[str, list[float]] = {each.name: [] for each in measured}
    for _ in range(arguments.runs):
        for each in measured:
            times[each.name].append(seconds(each))
    print(f"{'reader':<22}{'files':>7}{'MB':>8}{'seconds':>9}{'MB/s':>8}   spread")
    for each in measured:
        taken = times[each.name]
        median = statistics.median(taken)
        megabytes = each.size / 1e6
        spread = f"{megabytes / max(taken):.1f}-{megabytes / min(taken):.1f}"
        print(
            f"{each.name:<22}{len(each.sources):>7}{megabytes:>8.2f}{median:>9.3f}{megabytes / median:>8.1f}   {spread}"
        )


if __name__ == "__main__":
    main()
