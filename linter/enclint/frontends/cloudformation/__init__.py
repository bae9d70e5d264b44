"""CloudFormation: YAML and JSON templates, SAM among them.

The way in: `template.is_template` and `template.read_templates` for each file, `parameter_files.read_parameters` for
each file of parameters, and `project.load_projects` for all that were read. Nothing is imported here, so that a run
without templates does not pay for them.
"""
