"""CloudFormation: YAML and JSON templates, SAM among them."""
