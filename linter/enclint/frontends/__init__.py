"""The two front ends; they never import each other and never see a policy."""
