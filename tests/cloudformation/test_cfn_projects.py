"""Templates that belong together: nested stacks, imports, environments, CDK; and files of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enclint.frontends.cloudformation.parameter_files import read_parameters
from enclint.frontends.cloudformation.project import Settings, load_projects
from enclint.frontends.cloudformation.template import read_templates
from enclint.model.value import Choice, Known, Reference, Unknown
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.model.resource import Project, ProviderResource
    from enclint.model.value import Hop, Value

CHILD = """\
Parameters:
  Encrypt: {Type: String, AllowedValues: ["true", "false"]}
  Key: {Type: String, Default: ""}
  Zones: {Type: CommaDelimitedList, Default: a}
Conditions:
  HasKey: !Not [!Equals [!Ref Key, ""]]
Resources:
  V:
    Type: AWS::EC2::Volume
    Properties:
      Encrypted: !Ref Encrypt
      KmsKeyId: !If [HasKey, !Ref Key, !Ref AWS::NoValue]
      Zones: !Ref Zones
Outputs:
  Id: {Value: !Ref V}
  Encrypt: {Value: !Ref Encrypt}
"""


def projects(files: dict[str, str], settings: Settings = Settings()) -> list[Project]:  # noqa: B008
    templates = [each for path, text in files.items() for each in read_templates(Source(path, text))]
    return load_projects(templates, settings)


def labels(value: Value) -> list[str]:
    found: list[str] = []
    hop: Hop | None = value.trace
    while hop is not None:
        found.append(f"{hop.label} {hop.span}")
        hop = hop.before
    return found


def named(project: Project, address: str) -> ProviderResource:
    [found] = [each for each in project.resources if each.address == address]
    return found


def root(body: str) -> str:
    return f"""\
Parameters:
  Stage: {{Type: String, AllowedValues: [test, prod]}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Key: {{Type: AWS::KMS::Key}}
  Storage:
    Type: AWS::CloudFormation::Stack
{body}
"""


def test_a_nested_stack_gets_its_parents_parameters_and_gives_its_outputs_back() -> None:
    text = root(
        """\
    Condition: IsProd
    Properties:
      TemplateURL: stacks/storage.yaml
      Tags: [{Key: Team, Value: payments}]
      Parameters: {Encrypt: !If [IsProd, "true", "false"], Key: !GetAtt Key.Arn, Zones: "x, y"}
  Copy:
    Type: AWS::EC2::Volume
    Properties: {SnapshotId: !GetAtt Storage.Outputs.Id, Encrypted: !GetAtt Storage.Outputs.Encrypt}
"""
    )
    [project] = projects({"app/root.yaml": text, "app/stacks/storage.yaml": CHILD})
    volume = named(project, "stacks/storage.yaml#V")
    assert volume.key == "Storage/V"
    assert volume.calls[0][0] == "Storage"
    assert str(volume.calls[0][1]) == "app/root.yaml:7:3"
    assert isinstance(volume.exists, Choice)
    assert isinstance(volume.provider.default_tags, Known)
    assert volume.provider.default_tags.data["Team"].data == "payments"
    encrypted = volume.argument("Encrypted")
    assert isinstance(encrypted, Choice)
    assert [(case, branch.data) for case, branch in encrypted.branches if isinstance(branch, Known)] == [
        ("test", "false"),
        ("prod", "true"),
    ]
    key = volume.argument("KmsKeyId")
    assert isinstance(key, Reference)
    assert (key.target, key.attribute) == ("Key", "Arn")
    assert str(key.span) == "app/stacks/storage.yaml:12:30"
    assert labels(key) == [
        "condition `HasKey` app/stacks/storage.yaml:6:11",
        "parameter `Key` app/root.yaml:13:65",
    ]
    zones = volume.argument("Zones")
    assert isinstance(zones, Known)
    assert [zone.data for zone in zones.data] == ["x", "y"]
    copied = named(project, "Copy").argument("SnapshotId")
    assert isinstance(copied, Reference)
    assert copied.target == "Storage/V"
    assert labels(copied) == ["output `Id` of `Storage` app/stacks/storage.yaml:15:15"]


def test_a_template_that_is_nested_is_not_judged_by_itself_unless_it_is_named() -> None:
    files = {
        "storage.yaml": CHILD,
        "root.yaml": root('    Properties: {TemplateURL: ./storage.yaml, Parameters: {Encrypt: "true"}}'),
    }
    assert [each.name for each in projects(files)] == ["root.yaml"]
    assert [each.name for each in projects(files, Settings(named=frozenset({"storage.yaml"})))] == [
        "storage.yaml",
        "root.yaml",
    ]


def test_each_parent_has_its_own_instance() -> None:
    other = root('    Properties: {TemplateURL: storage.yaml, Parameters: {Encrypt: "false"}}')
    files = {
        "a.yaml": root('    Properties: {TemplateURL: storage.yaml, Parameters: {Encrypt: "true"}}'),
        "b.yaml": other
        + "  Again:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: storage.yaml}\n",
        "storage.yaml": CHILD,
    }
    first, second = projects(files)
    encrypted = named(first, "storage.yaml#V").argument("Encrypted")
    assert isinstance(encrypted, Known)
    assert encrypted.data == "true"
    volumes = [each for each in second.resources if each.type == "AWS::EC2::Volume"]
    assert [each.key for each in volumes] == ["Storage/V", "Again/V"]
    again = volumes[1].argument("Encrypted")
    assert isinstance(again, Choice)
    assert again.subject.label == "Again/Encrypt"


def test_a_nested_template_elsewhere_is_told_and_its_outputs_are_references() -> None:
    text = root("    Properties: {TemplateURL: https://bucket.s3.amazonaws.com/storage.yaml}")
    text += "  V:\n    Type: AWS::EC2::Volume\n    Properties: {SnapshotId: !GetAtt Storage.Outputs.Id}\n"
    [project] = projects({"root.yaml": text})
    assert project.notes == ("root.yaml: the template of the nested stack `Storage` is not in the scan",)
    snapshot = named(project, "V").argument("SnapshotId")
    assert isinstance(snapshot, Reference)
    assert snapshot.attribute == "Outputs.Id"


def test_stacks_that_nest_each_other_end() -> None:
    files = {
        "a.yaml": "Resources:\n  B:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: b.yaml}\n",
        "b.yaml": "Resources:\n  A:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: a.yaml}\n",
        "c.yaml": "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: c.yaml}\n",
    }
    found = projects(files)
    assert [each.name for each in found] == ["a.yaml", "c.yaml"]
    assert all("nests itself" in each.notes[0] for each in found)


def test_parameters_that_hang_on_each_others_outputs_end() -> None:
    body = """\
    Properties: {TemplateURL: storage.yaml, Parameters: {Encrypt: !GetAtt Other.Outputs.Encrypt}}
  Other:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: storage.yaml, Parameters: {Encrypt: !GetAtt Storage.Outputs.Encrypt}}
"""
    [project] = projects({"root.yaml": root(body), "storage.yaml": CHILD})
    for volume in project.resources:
        assert volume.argument("Encrypted") is not None


EXPORTER = """\
Resources:
  Key: {Type: AWS::KMS::Key}
Outputs:
  KeyArn:
    Value: !GetAtt Key.Arn
    Export: {Name: !Sub "${Name}-key"}
Parameters:
  Name: {Type: String, Default: shared}
"""
IMPORTER = """\
Resources:
  Key: {Type: AWS::KMS::Key}
  V:
    Type: AWS::EC2::Volume
    Properties: {KmsKeyId: !ImportValue shared-key}
"""


def test_an_import_finds_the_one_export_of_its_name() -> None:
    [project] = projects({"app.yaml": IMPORTER, "keys.yaml": EXPORTER})
    key = named(project, "V").argument("KmsKeyId")
    assert isinstance(key, Reference)
    assert key.target == "keys.yaml#Key"
    assert [each.key for each in project.resources] == ["Key", "V", "keys.yaml#Key"]
    assert labels(key) == ["export `shared-key` keys.yaml:5:12"]
    assert {each.path for each in project.sources} == {"app.yaml", "keys.yaml"}


def test_an_export_of_several_templates_is_not_guessed() -> None:
    found = projects({"app.yaml": IMPORTER, "a.yaml": EXPORTER, "b.yaml": EXPORTER})
    assert [each.name for each in found] == ["app.yaml", "a.yaml", "b.yaml"]
    key = named(found[0], "V").argument("KmsKeyId")
    assert isinstance(key, Unknown)
    assert key.reason == "several templates of the scan export `shared-key`"


def test_cdk_templates_name_their_constructs_and_nest_their_assets() -> None:
    text = """{"Resources": {
      "DataA1": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "App/Data/Resource"}},
      "Inner": {"Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Sub": "https://${AWS::URLSuffix}"}, "Parameters": {"Encrypt": "true"}},
        "Metadata": {"aws:cdk:path": "App/Inner", "aws:asset:path": "Inner.nested.template.json",
                     "aws:asset:property": "TemplateURL"}}}}"""
    [project] = projects({"cdk.out/App.template.json": text, "cdk.out/Inner.nested.template.json": CHILD})
    assert named(project, "DataA1").construct_path == "App/Data/Resource"
    assert named(project, "DataA1").metadata == {"aws:cdk:path": "App/Data/Resource"}
    assert named(project, "Inner.nested.template.json#V").calls[0][0] == "Inner"


def test_only_wanted_types_are_handed_over() -> None:
    [project] = projects({"a.yaml": IMPORTER}, Settings(wanted_types=frozenset({"AWS::KMS::Key"})))
    assert [each.type for each in project.resources] == ["AWS::KMS::Key"]


def test_a_macro_that_may_change_everything_is_noted() -> None:
    [project] = projects({"a.yaml": f"Transform: [Mine, AWS::Serverless-2016-10-31]\n{IMPORTER}"})
    assert project.notes == ("a.yaml: what the macro `Mine` changes at deployment is not seen",)


def test_properties_that_a_macro_may_add_are_not_absent() -> None:
    text = "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1, Fn::Transform: {Name: Mine}}\n"
    [project] = projects({"a.yaml": text})
    volume = project.resources[0]
    assert isinstance(volume.argument("Encrypted"), Unknown)
    assert list(volume.names()) == ["Size"]


@pytest.mark.parametrize("resource", ["", "{Fn::Transform: {Name: AWS::Include}}"])
def test_resources_that_a_macro_includes_are_no_mistake_and_are_noted(resource: str) -> None:
    included = f"  W: {resource}\n" if resource else "  Fn::Transform: {Name: AWS::Include}\n"
    [project] = projects({"a.yaml": f"Resources:\n  V:\n    Type: AWS::EC2::Volume\n{included}"})
    assert project.errors == ()
    assert project.notes == ("a.yaml: resources that `Fn::Transform` puts in are not seen",)


def test_a_macro_in_a_resource_may_add_its_properties() -> None:
    text = "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Fn::Transform: {Name: AWS::Include}\n"
    [project] = projects({"a.yaml": text})
    assert isinstance(named(project, "V").argument("Encrypted"), Unknown)


def test_the_serverless_frameworks_resources_are_read_and_its_variables_are_unknown() -> None:
    text = """\
service: shop
provider: {name: aws}
resources:
  - Resources:
      B:
        Type: AWS::S3::Bucket
        Properties: {BucketName: "shop-${self:provider.stage}", Region: !Sub "${AWS::Region}"}
  - ${file(more.yml)}
"""
    [project] = projects({"serverless.yml": text})
    name = project.resources[0].argument("BucketName")
    assert isinstance(name, Unknown)
    assert "`${self:provider.stage}`" in name.reason
    region = project.resources[0].argument("Region")
    assert isinstance(region, Unknown)
    assert region.identity == "AWS::Region"


LONG_PAIRS = 'ParameterKey=Key,ParameterValue="a b" ParameterKey=Encrypt,ParameterValue=false'


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (
            "p.json",
            '[{"ParameterKey": "Encrypt", "ParameterValue": "false"}, {"ParameterKey": "Key"}]',
            1,
        ),
        ("p.json", '{\n"Parameters": {"Encrypt": "false"},\n"Tags": {"Team": "x"}}', 2),
        ("p.json", '["Encrypt=false"]', 1),
        ("p.yaml", "Parameters:\n  Encrypt: false\n", 2),
        ("p.json", '{"Encrypt": false}', 1),
        ("p.txt", "# values\nEncrypt=false\nKey=\n", 2),
        ("p.env", '"Encrypt=false"\n', 1),
        (
            "samconfig.toml",
            'version = 0.1\n[prod.deploy.parameters]\nparameter_overrides = "Encrypt=\\"false\\" Key=\'\'"\n',
            3,
        ),
        ("samconfig.toml", "[prod.deploy.parameters]\nparameter_overrides = ['Key=a', 'Encrypt=false']\n", 2),
        ("samconfig.toml", "[prod.global.parameters.parameter_overrides]\nEncrypt = false\n", 2),
        ("samconfig.toml", f"[prod.deploy.parameters]\nparameter_overrides = '{LONG_PAIRS}'\n", 2),
        ("samconfig.yaml", "prod:\n  deploy:\n    parameters:\n      parameter_overrides: [Key=a, Encrypt=false]\n", 4),
        ("p.json", '["ParameterKey=Encrypt,ParameterValue=false"]', 1),
    ],
)
def test_parameter_files_of_every_form_give_their_values_with_their_place(path: str, text: str, line: int) -> None:
    read = read_parameters(Source(path, text))
    assert not read.errors
    [project] = projects({"t.yaml": CHILD}, Settings(environments=read.environments))
    encrypted = project.resources[0].argument("Encrypted")
    assert isinstance(encrypted, Known)
    assert encrypted.data == "false"
    assert encrypted.trace is not None
    assert encrypted.trace.label == "parameter `Encrypt`"
    assert encrypted.trace.span is not None
    assert encrypted.trace.span.source.path == path
    assert encrypted.trace.span.line == line
    assert project.environment == (f"{path}: prod" if path.startswith("sam") else path)


def test_a_parameter_that_keeps_its_previous_value_has_not_its_default() -> None:
    read = read_parameters(Source("p.json", '[{"ParameterKey": "Zones", "UsePreviousValue": true}]'))
    [project] = projects({"t.yaml": CHILD}, Settings(environments=read.environments))
    zones = project.resources[0].argument("Zones")
    assert isinstance(zones, Unknown)
    assert zones.reason == "parameter `Zones` keeps the value that its stack has"


def test_a_parameter_that_a_pipeline_computes_has_not_its_default() -> None:
    read = read_parameters(Source("p.json", '{"Parameters": {"Zones": {"Fn::GetParam": ["a", "b.json", "z"]}}}'))
    [project] = projects({"t.yaml": CHILD}, Settings(environments=read.environments))
    assert repr(project.resources[0].argument("Zones")) == "Unknown('`Fn::GetParam` gives the value at deployment')"


def test_a_nested_stack_has_a_name_of_its_own() -> None:
    read = read_parameters(Source("samconfig.toml", '[a.deploy.parameters]\nstack_name = "shop"\n'))
    body = '    Properties: {TemplateURL: storage.yaml, Tags: [{Key: Stack, Value: !Ref "AWS::StackName"}]}\n'
    child = "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Name: !Ref 'AWS::StackName'}\n"
    [project] = projects({"root.yaml": root(body), "storage.yaml": child}, Settings(environments=read.environments))
    volume = named(project, "storage.yaml#V")
    assert isinstance(volume.argument("Name"), Unknown)
    assert isinstance(volume.provider.default_tags, Known)
    assert repr(volume.provider.default_tags.data["Stack"]) == "Known('shop')"


def test_templates_are_judged_once_for_each_environment() -> None:
    text = """\
version = 0.1
[default.deploy.parameters]
region = "eu-west-1"
tags = 'Team="the shop"'
parameter_overrides = "Encrypt=true"
template_file = "t.yaml"
[prod.deploy.parameters]
parameter_overrides = "Encrypt=false"
"""
    read = read_parameters(Source("samconfig.toml", text))
    files = {"t.yaml": CHILD, "sub/other.yaml": IMPORTER}
    found = projects(files, Settings(environments=read.environments))
    assert [(each.name, each.environment) for each in found] == [
        ("t.yaml", "samconfig.toml: default"),
        ("t.yaml", "samconfig.toml: prod"),
        ("sub/other.yaml", ""),
    ]
    provider = found[0].resources[0].provider
    assert isinstance(provider.region, Known)
    assert provider.region.data == "eu-west-1"
    assert isinstance(provider.default_tags, Known)
    assert provider.default_tags.data["Team"].data == "the shop"


@pytest.mark.parametrize(("path", "text"), [("p.json", "{"), ("p.json", "[]"), ("p.json", ""), ("s.toml", "a = [")])
def test_a_parameter_file_that_cannot_be_read_is_an_error(path: str, text: str) -> None:
    read = read_parameters(Source(path, text))
    assert not read.environments
    [error] = read.errors
    assert error.is_error
    assert error.span is not None


def test_a_module_of_the_registry_is_noted_and_what_it_makes_is_not_guessed() -> None:
    text = """\
Resources:
  M: {Type: "Org::S3::Bucket::MODULE"}
  V:
    Type: AWS::EC2::Volume
    Properties: {KmsKeyId: !GetAtt M.Key.Arn, SnapshotId: !Ref M.Snapshot}
"""
    [project] = projects({"a.yaml": text})
    assert project.notes == ("a.yaml: the resources that the module `Org::S3::Bucket::MODULE` makes are not seen",)
    volume = named(project, "V")
    assert isinstance(volume.argument("KmsKeyId"), Reference)
    assert isinstance(volume.argument("SnapshotId"), Unknown)
