"""The shop in both dialects: everything is found that must be, nothing else, and the same in either."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enclint.config import Config
from enclint.lint import lint

if TYPE_CHECKING:
    from enclint.finding import Verdict
    from enclint.report import Report

PROJECTS = Path(__file__).parents[1] / "fixtures" / "projects"
SHOP = PROJECTS / "shop"

TWINS = {
    "aws_acm_certificate.shop": "Certificate",
    "aws_kms_key.data": "DataKey",
    'module.database.aws_db_instance.this["catalog"]': "CatalogDatabase",
    'module.database.aws_db_instance.this["orders"]': "OrdersDatabase",
    "module.database.aws_db_instance.reporting": "ReportingDatabase",
    'module.database.aws_db_parameter_group.this["catalog"]': "CatalogParameters",
    'module.database.aws_db_parameter_group.this["orders"]': "OrdersParameters",
    "module.messaging.aws_sns_topic.orders": "OrdersTopic",
    "module.messaging.aws_sqs_queue.orders": "OrdersQueue",
    "module.messaging.aws_sqs_queue.rejected": "RejectedQueue",
    "module.network.aws_vpc.this": "Vpc",
    'module.storage["assets"].aws_s3_bucket.this': "AssetsBucket",
    'module.storage["invoices"].aws_s3_bucket.this': "InvoicesBucket",
    'module.storage["uploads"].aws_s3_bucket.this': "UploadsBucket",
    "module.web.aws_ebs_volume.search_index": "SearchIndex",
    "module.web.aws_instance.old_storefront": "OldStorefront",
    "module.web.aws_launch_template.web": "WebLaunchTemplate",
    "module.web.aws_lb_listener.back_office": "BackOfficeListener",
    "module.web.aws_lb_listener.redirect": "RedirectListener",
    "module.web.aws_lb_listener.secure": "SecureListener",
    "module.web.aws_lb_target_group.web": "WebTargets",
}
"""The same thing in Terraform and in CloudFormation."""

_EXPECTED = re.compile(r"# expect(-unknown)?: ([\w-]+(?:, [\w-]+)*)")


def expected_in(folder: Path) -> set[tuple[str, int, str, str]]:
    """File, line, policy and verdict of each `# expect:` and `# expect-unknown:` below a folder."""
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".tf", ".yaml"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for match in _EXPECTED.finditer(line):
                    verdict = "unknown" if match[1] else "fail"
                    found.update((str(path), number, policy, verdict) for policy in match[2].split(", "))
    return found


@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_what_must_be_found_is_found_at_its_line_and_nothing_else(project: str) -> None:
    report = lint([str(PROJECTS / project)])
    found = {
        (str(Path(finding.span.source.path).resolve()), finding.span.line, finding.policy, finding.verdict.value)
        for finding in report.findings
        if finding.span is not None
    }
    expected = expected_in(PROJECTS / project)
    assert expected
    assert found == expected
    assert not any(report.errors)


def verdicts(report: Report) -> dict[tuple[str, str], Verdict]:
    return {(finding.policy, finding.resource): finding.verdict for finding in report.findings}


@pytest.mark.parametrize("profile", ["baseline", "strict"])
def test_the_same_architecture_has_the_same_verdicts_in_both_dialects(profile: str) -> None:
    config = Config(profile=profile)
    terraform = verdicts(lint([str(SHOP / "terraform")], config))
    cloudformation = verdicts(lint([str(SHOP / "cloudformation")], config))
    assert len(terraform) > 5
    translated = {(policy, TWINS[address]): verdict for (policy, address), verdict in terraform.items()}
    assert translated == cloudformation
