"""The resources that are built into Terraform itself, so that their attributes are known without any provider.

Source: https://developer.hashicorp.com/terraform/language/resources/terraform-data and
https://developer.hashicorp.com/terraform/language/state/remote-state-data
"""

from __future__ import annotations

from enclint.lean_typing import Final

BUILTIN: Final[dict[tuple[str, str], dict[str, bool]]] = {
    ("managed", "terraform_data"): {"id": False, "input": True, "output": False, "triggers_replace": True},
    ("data", "terraform_remote_state"): {
        "backend": True,
        "config": True,
        "defaults": True,
        "outputs": False,
        "workspace": True,
    },
}
"""Mode and type to attributes, with whether the configuration sets them."""

TERRAFORM_DATA: Final = ("managed", "terraform_data")
PROVIDER: Final = "terraform.io/builtin/terraform"
