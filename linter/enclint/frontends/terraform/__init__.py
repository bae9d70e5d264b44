"""Terraform: HCL, its JSON syntax, and plans."""
