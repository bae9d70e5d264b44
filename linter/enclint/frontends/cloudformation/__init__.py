"""CloudFormation: YAML and JSON templates, SAM among them.

The way in: `is_template` and `read_templates` for each file, `read_parameters` for each file of parameters, and
`load_projects` for all that were read.
"""

from enclint.frontends.cloudformation.parameter_files import Environment, ParameterFile, read_parameters
from enclint.frontends.cloudformation.project import Settings, load_projects
from enclint.frontends.cloudformation.template import Template, is_template, read_template, read_templates

__all__ = [
    "Environment",
    "ParameterFile",
    "Settings",
    "Template",
    "is_template",
    "load_projects",
    "read_parameters",
    "read_template",
    "read_templates",
]
