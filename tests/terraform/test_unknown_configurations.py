"""Turning an input of a configuration into an unknown never changes a known result into a different known result."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configuration import by_address, write
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from enclint.frontends.terraform.console import evaluate_line
from enclint.frontends.terraform.inputs import Argument
from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.project import Settings, load_project, open_root
from enclint.model.value import Absent, Choice, Encoded, Known, Partial, Reference, Subject, Unknown, Value
from enclint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.model.resource import ProviderResource

INPUTS: dict[str, tuple[str, list[Any]]] = {
    "flag": ("bool", [True, False]),
    "other": ("bool", [False, True]),
    "env": ("string", ["prod", "dev", ""]),
    "n": ("number", [1, 0, 2]),
    "names": ("set(string)", [["a"], [], ["a", "b"]]),
    "tags": ("map(string)", [{"a": "x"}, {}, {"a": "prod", "k": "dev"}]),
    "disks": (
        "list(object({ name = string, enc = optional(bool, true) }))",
        [[{"name": "a"}], [], [{"name": "a", "enc": False}, {"name": "prod", "enc": None}]],
    ),
}

Expression = st.SearchStrategy[str]


def expressions(depth: int) -> dict[str, Expression]:
    """Expressions over the inputs, by their type."""
    leaves = {
        "bool": st.sampled_from(["var.flag", "var.other", "true", "local.b", "local.c"]),
        "number": st.sampled_from(["var.n", "2", "0", "length(var.names)"]),
        "string": st.sampled_from(["var.env", '"a"', "local.s", '"prod"']),
        "set": st.sampled_from(["var.names", 'toset(["b", "c"])', "toset([])", "keys(var.tags)"]),
        "map": st.sampled_from(["var.tags", "{ a = local.s }", "{}"]),
        "disks": st.sampled_from(["var.disks", '[{ name = "z", enc = var.flag }]', "[]"]),
    }
    if depth == 0:
        return leaves
    inner = expressions(depth - 1)
    either = {
        name: st.one_of(leaves[name], st.builds("({} ? {} : {})".format, inner["bool"], each, each))
        for name, each in inner.items()
    }
    more: dict[str, tuple[Expression, ...]] = {
        "bool": (
            st.builds("!{}".format, inner["bool"]),
            st.builds("({} {} {})".format, inner["bool"], st.sampled_from(["&&", "||", "=="]), inner["bool"]),
            st.builds("({} == {})".format, inner["string"], inner["string"]),
            st.builds("({} > {})".format, inner["number"], inner["number"]),
            st.builds("contains({}, {})".format, inner["set"], inner["string"]),
        ),
        "number": (st.builds("({} + 1)".format, inner["number"]), st.builds("length({})".format, inner["disks"])),
        "string": (
            st.builds('"${{{}}}-${{{}}}"'.format, inner["string"], inner["number"]),
            st.builds('lookup({}, "a", {})'.format, inner["map"], inner["string"]),
            st.builds("try({}[0].name, {})".format, inner["disks"], inner["string"]),
            st.builds("coalesce({}, {})".format, inner["string"], st.just('"none"')),
        ),
        "set": (
            st.builds("toset([for x in {} : upper(x) if {}])".format, inner["set"], inner["bool"]),
            st.builds("setunion({}, {})".format, inner["set"], inner["set"]),
        ),
        "map": (
            st.builds("merge({}, {})".format, inner["map"], inner["map"]),
            st.builds("{{ for x in {} : x => {} }}".format, inner["set"], inner["string"]),
        ),
        "disks": (
            st.builds("[for d in {} : d if {}]".format, inner["disks"], inner["bool"]),
            st.builds("concat({}, {})".format, inner["disks"], inner["disks"]),
        ),
    }
    return {name: st.one_of(either[name], *more[name]) for name in leaves}


LOCALS = """
locals {{
  b = {0}
  c = {1}
  s = {2}
}}
"""

RESOURCE = """
resource "aws_instance" "r" {{
  {0}
  bool   = {1}
  text   = {2}
  number = {3}
  map    = {4}
  policy = jsonencode({{ yes = {1}, text = {2}, disks = {5} }})
  fixed {{
    yes = {6}
  }}
  dynamic "disk" {{
    for_each = {5}
    content {{
      name = disk.value.name
      enc  = disk.value.enc
    }}
  }}
  dynamic "option" {{
    for_each = {6} ? [{2}] : []
    content {{
      value = option.value
    }}
  }}
}}
"""

CALL = """
module "m" {{
  source = "./m"
  {0}
  flag   = {1}
  env    = {2}
  names  = {3}
}}
resource "aws_instance" "after" {{
  out    = module.m{4}
  tried  = try(module.m[0].o.env, module.m["a"].o.env, module.m.o.env, "none")
  first  = try(aws_instance.r[0].text, aws_instance.r["a"].text, {2})
  can    = can(aws_instance.r[0].bool)
  all    = try([for r in values(aws_instance.r) : r.number], aws_instance.r[*].number, "none")
}}
"""

MODULE = """
variable "flag" {{
  type = bool
}}
variable "env" {{
  type = string
}}
variable "names" {{
  type    = set(string)
  default = []
}}
locals {{
  in_prod = var.env == "prod"
}}
resource "aws_instance" "inner" {{
  {0}
  flag    = var.flag
  in_prod = local.in_prod && !var.flag
  env     = local.in_prod ? "p" : var.env
}}
output "o" {{
  value = {{ flag = !var.flag, env = "<${{var.env}}>" }}
}}
"""


def flag_of(condition: str) -> str:
    return f"count = {condition} ? 1 : 0"


def repetitions(by_type: dict[str, Expression]) -> Expression:
    return st.one_of(
        st.just(""),
        st.builds(flag_of, by_type["bool"]),
        st.builds("count = {}".format, by_type["number"]),
        st.builds("for_each = toset({})".format, by_type["set"]),
        st.builds("for_each = {}".format, by_type["map"]),
    )


def whole_of(repetition: str) -> str:
    return ".o" if not repetition else "[*].o" if "count" in repetition else ""


@st.composite
def configurations(draw: Callable[..., Any]) -> dict[str, str]:
    """A root module with locals, a resource and a call of a module."""
    first = {name: each for name, each in expressions(1).items() if name}
    by_type = expressions(2)
    own = [draw(first[name]) for name in ("bool", "bool", "string")]
    for number, name in enumerate(("b", "c", "s")):  # a local may refer to what stands before it only
        for later in ("b", "c", "s")[number:]:
            own[number] = re.sub(rf"local\.{later}\b", '"a"' if later == "s" else "true", own[number])
        del name
    parts = [draw(repetitions(by_type))]
    parts += [draw(by_type[name]) for name in ("bool", "string", "number", "map", "disks", "bool")]
    call = [draw(repetitions(by_type))] + [draw(by_type[name]) for name in ("bool", "string", "set")]
    inside = draw(
        st.sampled_from(["", "count = var.flag ? 1 : 0", "for_each = var.names", "count = local.in_prod ? 2 : 1"])
    )
    variables = "".join(f'variable "{name}" {{\n  type = {type}\n}}\n' for name, (type, _) in INPUTS.items())
    call.append(whole_of(call[0]))
    return {
        "main.tf": variables
        + LOCALS.format(*own)
        + RESOURCE.format(*parts)
        + CALL.format(*call).replace(f"  names  = {call[3]}", f"  names  = toset({call[3]})"),
        "m/main.tf": MODULE.format(inside),
    }


class Truth:
    """What the subjects of choices are where all inputs are known."""

    def __init__(self, folder: str, inputs: Settings) -> None:
        self.root = open_root(folder, ModuleLoader(folder), inputs)

    def case(self, subject: Subject) -> Any:
        """The case that a subject is in; None if it cannot be told."""
        answer = evaluate_line(subject.key, self.root.scope(Source("console", "")))
        return answer.get("value") if isinstance(answer.get("value"), bool) else None

    def decided(self, value: Value) -> Value | None:
        """The branch of a choice that is the right one; None if that cannot be told."""
        while isinstance(value, Choice):
            case = self.case(value.subject)
            branch = value.given(case) if case is not None else None
            if branch is None:
                return None
            value = branch
        return value

    def allows(self, general: Value, actual: Any) -> bool:
        """Whether a value that may hold unknowns can turn out to be the actual one."""
        decided = self.decided(general)
        if decided is None or isinstance(actual, Unknown):
            return decided is None or not isinstance(decided, Known)
        if isinstance(decided, Encoded) and isinstance(actual, str):
            return self.allows(decided.value, json.loads(actual))
        if isinstance(decided, Partial) and isinstance(actual, str):
            return re.fullmatch("".join([self.pattern(part) for part in decided.parts]), actual, re.DOTALL) is not None
        if isinstance(decided, Reference):
            return False
        if isinstance(decided, Unknown):
            return True
        if isinstance(decided, Absent):
            return actual is None
        assert isinstance(decided, Known)
        return self.allows_data(decided, actual)

    def allows_data(self, general: Known, actual: Any) -> bool:
        if isinstance(general.data, dict):
            names = general.data.keys() | actual.keys() if isinstance(actual, dict) else ()
            return isinstance(actual, dict) and all(
                self.allows(general.data.get(name, Absent()), actual.get(name)) for name in names
            )
        if not isinstance(general.data, list):
            return as_text(general.data) == as_text(actual)
        items = [self.decided(item) for item in general.data]
        if any(item is None or isinstance(item, Unknown) for item in items) and general.type is None:
            return True
        if general.type is None:
            items = [item for item in items if not isinstance(item, Absent)]
        given = actual or []
        return len(items) == len(given) and all(
            item is None or self.allows(item, each) for item, each in zip(items, given, strict=True)
        )

    def pattern(self, part: Value) -> str:
        decided = self.decided(part)
        return re.escape(str(as_text(decided.data))) if isinstance(decided, Known) else ".*"


def as_text(data: Any) -> Any:
    return json.dumps(data) if isinstance(data, (bool, int, float)) else data


def data_of(value: Value) -> Any:
    """A value of a run in which everything is known, as plain data; unknowns as they are."""
    if isinstance(value, Absent):
        return None
    if not isinstance(value, Known):
        return value
    if isinstance(value.data, dict):
        return {name: data_of(part) for name, part in value.data.items()}
    return [data_of(part) for part in value.data] if isinstance(value.data, list) else value.data


def stands_for(general: str, address: str) -> bool:
    return re.fullmatch(re.escape(general).replace(re.escape("[*]"), r"\[[^]]*\]"), address) is not None


def check(general: dict[str, ProviderResource], actual: dict[str, ProviderResource], truth: Truth) -> None:
    for address, resource in actual.items():
        matching = [general[address]] if address in general else []
        matching = matching or [each for name, each in general.items() if stands_for(name, address)]
        matching = [each for each in matching if truth.allows(each.exists, True)]
        assert matching, f"{address} is not among {sorted(general)}"
        for each in matching:
            for name in resource.names():
                value = data_of(resource.argument(name))
                assert truth.allows(each.argument(name), value), (address, name, each.argument(name), value)
    for address, resource in general.items():
        exists = truth.decided(resource.exists)
        if isinstance(exists, Known) and exists.data is True and "[*]" not in address:
            assert address in actual, f"{address} does not exist"


@settings(max_examples=150, deadline=None)
@given(
    files=configurations(),
    picks=st.tuples(*[st.integers(0, 2) for _ in INPUTS]),
    hidden=st.sets(st.sampled_from(sorted(INPUTS)), min_size=1),
)
def test_an_unknown_input_never_leads_to_another_known_result(
    files: dict[str, str], picks: tuple[int, ...], hidden: set[str]
) -> None:
    values = {name: forms[pick % len(forms)] for (name, (_, forms)), pick in zip(INPUTS.items(), picks, strict=True)}
    with tempfile.TemporaryDirectory() as directory:
        folder = write(Path(directory), files)
        write(Path(directory), {"all.tfvars.json": json.dumps(values)})
        some = {name: value for name, value in values.items() if name not in hidden}
        write(Path(directory), {"some.tfvars.json": json.dumps(some)})
        whole = Settings((Argument(is_file=True, text="all.tfvars.json"),))
        blurred = Settings((Argument(is_file=True, text="some.tfvars.json"),))
        known = load_project(folder, ModuleLoader(folder), whole)
        assert not known.errors
        actual = by_address(known)
        for resource in actual.values():
            for name in resource.names():
                assume("cannot be evaluated" not in repr(data_of(resource.argument(name))))
        truth = Truth(folder, whole)
        check(by_address(load_project(folder, ModuleLoader(folder), blurred)), actual, truth)
