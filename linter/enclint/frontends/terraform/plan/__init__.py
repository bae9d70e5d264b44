"""Plans: what `terraform show -json` (or `tofu show -json`) prints of a saved plan.

A plan holds computed values, but not where they came from; its `configuration` names, for each argument, what the
expression refers to. Together they tell what is known, what is known only after apply and which resource it will
come from, and what nobody set at all. Format: https://developer.hashicorp.com/terraform/internals/json-format
"""
