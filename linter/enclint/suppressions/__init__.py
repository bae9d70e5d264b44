"""Accepted findings: comments and metadata by which somebody says that a finding is to be, and why.

    # enclint:ignore ID[, ID…] [until=YYYY-MM-DD] reason

on the line of the finding, the line above, or in (or just above) the block of the resource or of the module call that
leads to it. In JSON, where there are no comments: `Metadata: {enclint: {ignore: [{id, reason, until}]}}` of a
resource of CloudFormation, and a `"//"` member of Terraform's. A suppression that is wrong, expired or of no use is a
finding itself.
"""

from enclint.suppressions.comment import Comment, Key, Names
from enclint.suppressions.ledger import Suppressions

__all__ = ["Comment", "Key", "Names", "Suppressions"]
