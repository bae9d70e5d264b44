"""What people read: the same words on a terminal and piped, and nothing in them that steers a terminal."""

from __future__ import annotations

import io

from report_samples import CLEAN, FAILED, MAIN, REPORT, span

from enclint.reports import render
from enclint.reports.printable import printable
from enclint.reports.terminal import print_text


def test_a_finding_shows_its_code_its_way_and_its_remedy() -> None:
    assert """\
high: aws_ebs_volume.data[0] is not encrypted [ebs-volume-unencrypted]
 --> stacks/main.tf:3:14 aws_ebs_volume.data[0]
  |
1 | resource "aws_ebs_volume" "data" {
  …
3 |  encrypted = local.enc
  |              ^^^^^^^^^
  = instances: aws_ebs_volume.data[0], aws_ebs_volume.data[1]
  = comes from: local.enc (stacks/main.tf:5:16)
  = remedy: Set `encrypted = true`.
""" in render("text", REPORT)


def test_what_is_undecided_says_when_it_fails_and_why_nobody_knows() -> None:
    text = render("text", REPORT)
    assert "undecided: whether Orders is encrypted is not decided [rds-storage-unencrypted]" in text
    assert '  = fails when: Stage is "test"\n  = not known: parameter `Stage` has no default\n' in text


def test_the_last_line_counts_everything() -> None:
    assert render("text", REPORT).splitlines()[-1] == (
        "4 resources judged: 2 findings (2 high), 1 undecided, 1 suppressed; 3 files read, 2 could not be read; 0.04 s"
    )
    assert render("text", CLEAN) == (
        "2 resources judged: 0 findings, 0 undecided, 0 suppressed; 1 file read, 0 could not be read; 0.00 s\n"
    )


def test_quiet_is_findings_and_nothing_else() -> None:
    assert render("text", CLEAN, quiet=True) == ""
    assert "judged" not in render("text", REPORT, quiet=True)
    assert "local.enc" in render("text", REPORT, quiet=True)


def test_suppressed_findings_are_counted_and_not_shown() -> None:
    assert "s3-sse-kms" not in render("text", REPORT)


def test_many_instances_of_one_cause_are_one_entry() -> None:
    twins = tuple(FAILED._replace(resource=f"aws_ebs_volume.data[{number}]") for number in range(20))
    text = render("text", CLEAN._replace(findings=twins))
    assert text.count("--> stacks/main.tf:3:14") == 1
    assert "data[5], and 14 more" in text


def test_a_very_long_line_is_cut_around_what_matters() -> None:
    text = "x = {" + "a = 1, " * 10_000 + "encrypted = false" + ", b = 2" * 10_000 + "}"
    source = type(MAIN)("long.tf", text)
    finding = FAILED._replace(span=span(source, "false"), header=None, trace=())
    shown = render("text", CLEAN._replace(findings=(finding,))).splitlines()
    assert max(map(len, shown)) < 200
    code, marks = shown[3], shown[4]
    assert code[marks.index("^") : marks.rindex("^") + 1] == "false"


def test_wide_characters_do_not_move_the_marks() -> None:
    finding = FAILED._replace(span=span(MAIN, "<b>"), header=None)
    code, marks = render("text", CLEAN._replace(findings=(finding,))).splitlines()[3:5]
    assert marks.index("^") == code.index("<b>") + 2  # two characters before it are two columns wide


def test_a_terminal_gets_the_same_words() -> None:
    stream = io.StringIO()
    print_text(REPORT, stream)
    assert stream.getvalue() == render("text", REPORT)


def test_scanned_text_never_steers_a_terminal() -> None:
    for text in (render("text", REPORT), render("github", REPORT), render("junit", REPORT)):
        assert not any(ord(character) < 32 and character != "\n" for character in text)
        assert not any(character in text for character in "\x7f\x9b\u202e")
    assert render("json", REPORT).isascii()
    assert render("sarif", REPORT).isascii()


def test_making_text_printable_keeps_its_length_and_plain_text() -> None:
    assert printable("plain [bold]text[/bold] ñ 日本") == "plain [bold]text[/bold] ñ 日本"
    for text in ("a\tb\r\nc\x1b[0m\x85\u2066", "\ud800x"):
        assert len(printable(text)) == len(text)
        printable(text).encode()
