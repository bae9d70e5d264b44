"""What Terraform refuses: everything that `init` and `plan` would complain of, with place and in Terraform's words.

Only `enclint resolve` asks; a lint run is content with what it cannot read. The stages are those of
`enclint.frontends.terraform.diagnostics.Stage`:

`bodies` (which arguments and blocks may stand where) → `declarations` with `block_parts`, `resource_blocks`
and `provider_blocks` (what each kind of block demands) → `calls`
(module calls and the providers passed to them) → `cycles` → `references` → `planning` (what the values come to).

The messages are those of Terraform 1.11; each was compared with what the program itself says.
"""
