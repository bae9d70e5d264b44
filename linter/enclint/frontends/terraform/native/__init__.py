"""Terraform's native syntax (HCL): from text to the tree of `enclint.frontends.terraform.syntax`.

One class, grown over five modules, each of which adds what it is named for:

`cursor` (a place in a text) → `templates` (strings and heredocs) → `brackets` (calls, lists, objects) → `expressions` →
`bodies` (arguments and blocks).

`patterns` holds the regular expressions, `strings` what the characters between quotes stand for. The way in is
`enclint.frontends.terraform.reader`.

Grammar: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md; where that leaves a question open, what
Terraform 1.11 does decides.
"""
