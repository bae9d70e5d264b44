"""Policies: loading, checking and judging."""
