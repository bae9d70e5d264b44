"""The resources that the SAM transform makes, as far as encryption may hang on them.

Each of SAM's types becomes the CloudFormation resources that AWS's translator makes of it, under the same logical
ids where they do not depend on a hash. Roles, permissions and deployments are left out, except that a role can be
referred to. Source: https://github.com/aws/serverless-application-model (samtranslator/model), version 1.115.
"""

from __future__ import annotations

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of, member, text_of
from enclint.frontends.cloudformation.text import as_text
from enclint.frontends.cloudformation.transforms import Made, Resources, merge_globals
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.cloudformation.node import Node, Place
    from enclint.frontends.cloudformation.stack import Stack

IMPLICIT_REST_API: Final = "ServerlessRestApi"
IMPLICIT_HTTP_API: Final = "ServerlessHttpApi"

_EVENT_SOURCES: Final = {
    "Kinesis": "Stream",
    "DynamoDB": "Stream",
    "SQS": "Queue",
    "MSK": "Stream",
    "MQ": "Broker",
    "DocumentDB": "Cluster",
    "SelfManagedKafka": "",
}
_WITH_DEAD_LETTERS: Final = ("Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent")


class Translation:
    """The resources of one template while they are translated one after the other."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.made: dict[str, Made] = {}
        self.aliases: dict[str, str] = {}
        self._implicit: dict[str, Made] = {}

    def add(self, name: str, node: Node, place: Place | None) -> None:
        """Translate a resource of the template; one that is none of SAM's stays as it is."""
        translate = _TYPES.get(text_of(member(node, "Type")) or "")
        if translate is None or not isinstance(node, Mapping):
            self.made[name] = Made(name, node, place)
        else:
            translate(_Resource(self, name, node, place))

    def finish(self) -> Resources:
        """All resources, and the APIs that functions' events imply, unless the template has them."""
        for name, implied in self._implicit.items():
            if name not in self.made:
                node = merge_globals(self.stack.template.section("Globals"), implied.node)
                assert isinstance(node, Mapping)  # noqa: S101 (merging keeps a mapping one)
                translate = _rest_api if name == IMPLICIT_REST_API else _http_api
                translate(_Resource(self, name, node, implied.key_place))
        return Resources(self.made, self.aliases)

    def imply(self, name: str, type: str, event: Node, place: Place | None) -> None:
        """Note that an event needs an API of SAM's own."""
        stage = {"StageName": Scalar("Prod", event.start, event.end)} if name == IMPLICIT_REST_API else {}
        members: dict[str, Node] = {
            "Type": Scalar(type, event.start, event.end),
            "Properties": Mapping(dict(stage), {}, event.start, event.end),
        }
        self._implicit.setdefault(name, Made(name, Mapping(members, {}, event.start, event.end), place))


class _Resource:
    """A resource of one of SAM's types, and what is made of it."""

    def __init__(self, translation: Translation, name: str, node: Mapping, place: Place | None) -> None:
        self.translation = translation
        self.name = name
        self.node = node
        self.place = place
        properties = node.members.get("Properties")
        is_open = isinstance(properties, Mapping) and function_of(properties) is None
        self.properties: Mapping = properties if is_open else Mapping({}, {}, node.start, node.end)  # type: ignore[assignment]

    def get(self, *path: str) -> Node | None:
        """A property, or what is under it."""
        return member(self.properties, *path)

    def text(self, node: Node | None) -> str | None:
        """The text of a node where it is known."""
        value = self.translation.stack.evaluate(node) if node is not None else None
        return as_text(value.data) if isinstance(value, Known) else None

    def synthetic(self, value: str | bool, near: Node | None = None) -> Scalar:
        """A value that the translator fills in, placed where the user could have said otherwise."""
        node = near or self.node
        start, end = self.place if self.place is not None and near is None else (node.start, node.end)
        return Scalar(value, start, end)

    def make(
        self,
        type: str,
        properties: Mapping | dict[str, Node],
        name: str | None = None,
        condition: Node | None = None,
    ) -> None:
        """Add a resource: one of AWS's types, with the attributes (`Condition` and the like) of SAM's."""
        if not isinstance(properties, Mapping):
            properties = Mapping(properties, {}, self.node.start, self.node.end)
        members = dict(self.node.members)
        members["Type"] = Scalar(type, self.node.start, self.node.end)
        members["Properties"] = properties
        if condition is not None:
            members["Condition"] = condition
        node = Mapping(members, self.node.key_places, self.node.start, self.node.end)
        made = Made(self.name, node, self.place)
        if name is None:
            self.translation.made[self.name] = made
        else:
            self.translation.made.setdefault(name, made)

    def passed(self, *leave: str, **renamed: str) -> Mapping:
        """The properties under their own names, but for some; `renamed` gives others (`NewName="OldName"`)."""
        old_names = set(renamed.values()).union(leave)
        own = self.properties
        members = {key: node for key, node in own.members.items() if key not in old_names}
        places = {key: place for key, place in own.key_places.items() if key not in old_names}
        for new, old in renamed.items():
            if old in own.members:
                members[new] = own.members[old]
                if old in own.key_places:
                    places[new] = own.key_places[old]
        return Mapping(members, places, own.start, own.end)

    def chosen(self, *names: str) -> Mapping:
        """Only these properties."""
        return self.passed(*(name for name in self.properties.members if name not in names))

    def tag_list(self, properties: Mapping) -> None:
        """Write a map of tags as the list of keys and values that most types want."""
        tags = properties.members.get("Tags")
        if not isinstance(tags, Mapping) or function_of(tags) is not None:
            return
        items: list[Node] = []
        for key, node in tags.members.items():
            start, end = tags.key_places.get(key, (node.start, node.end))
            items.append(Mapping({"Key": Scalar(key, start, end), "Value": node}, {}, start, node.end))
        properties.members["Tags"] = Sequence(items, tags.start, tags.end)


def _mapping(near: Node, **members: Node | None) -> Mapping:
    """A mapping of the members that are there."""
    return Mapping({key: node for key, node in members.items() if node is not None}, {}, near.start, near.end)


def _function(resource: _Resource) -> None:
    properties = resource.passed(
        *("Events", "Policies", "EventInvokeConfig", "FunctionUrlConfig", "DeploymentPreference", "CodeUri"),
        *("InlineCode", "ImageUri", "SourceKMSKeyArn", "AutoPublishAlias", "Tracing", "DeadLetterQueue"),
        *("ProvisionedConcurrencyConfig", "PermissionsBoundary", "AssumeRolePolicyDocument", "RolePath"),
        *("PropagateTags", "VersionDescription", "CapacityProviderConfig"),
    )
    members = properties.members
    tracing = resource.get("Tracing")
    if tracing is not None:
        members["TracingConfig"] = _mapping(tracing, Mode=tracing)
    dead_letters = resource.get("DeadLetterQueue")
    if dead_letters is not None:
        members["DeadLetterConfig"] = _mapping(dead_letters, TargetArn=member(dead_letters, "TargetArn"))
    members["Code"] = _code(resource)
    resource.tag_list(properties)
    resource.make("AWS::Lambda::Function", properties)
    _role(resource, members, "Role")
    alias = text_of(resource.get("AutoPublishAlias"))
    if alias is not None:
        resource.make("AWS::Lambda::Alias", {}, f"{resource.name}Alias{alias}")
        resource.translation.aliases[f"{resource.name}.Alias"] = f"{resource.name}Alias{alias}"
    url = resource.get("FunctionUrlConfig")
    if isinstance(url, Mapping):
        resource.make("AWS::Lambda::Url", url, f"{resource.name}Url")
    _destinations(resource)
    _events(resource)


def _code(resource: _Resource) -> Node:
    """The function's `Code`: what it is, where it lies, and the key that it is encrypted with."""
    near = resource.get("CodeUri") or resource.get("ImageUri") or resource.get("InlineCode") or resource.node
    bucket, key = _s3_location(resource, resource.get("CodeUri"))
    return _mapping(
        near,
        ZipFile=resource.get("InlineCode"),
        ImageUri=resource.get("ImageUri"),
        S3Bucket=bucket,
        S3Key=key,
        SourceKMSKeyArn=resource.get("SourceKMSKeyArn"),
    )


def _s3_location(resource: _Resource, uri: Node | None) -> tuple[Node | None, Node | None]:
    """The bucket and the key of a `CodeUri` or the like, in its long form or as `s3://bucket/key`."""
    address = text_of(uri)
    if uri is not None and address is not None and address.startswith("s3://"):
        bucket, _, key = address.removeprefix("s3://").partition("/")
        return resource.synthetic(bucket, uri), resource.synthetic(key, uri)
    return member(uri, "Bucket"), member(uri, "Key")


def _get_att(resource: _Resource, name: str, attribute: str = "Arn") -> Node:
    start, end = resource.place or (resource.node.start, resource.node.end)
    items: list[Node] = [Scalar(name, start, end), Scalar(attribute, start, end)]
    return Sequence(items, start, end, "GetAtt")


def _role(resource: _Resource, members: dict[str, Node], property: str) -> None:
    """The role that is made for a resource which names none."""
    if property not in members:
        name = f"{resource.name}Role"
        members[property] = _get_att(resource, name)
        resource.make("AWS::IAM::Role", {}, name)


def _destinations(resource: _Resource) -> None:
    """The queues and topics for asynchronous invocations that name no destination of their own."""
    for outcome in ("OnSuccess", "OnFailure"):
        config = resource.get("EventInvokeConfig", "DestinationConfig", outcome)
        type, suffix = {"SQS": ("AWS::SQS::Queue", "Queue"), "SNS": ("AWS::SNS::Topic", "Topic")}.get(
            resource.text(member(config, "Type")) or "", ("", "")
        )
        is_made, condition = _made_if(resource, member(config, "Destination"))
        if type and is_made:
            name = f"{resource.name}EventInvokeConfig{outcome}{suffix}"
            resource.make(type, {}, name, condition)
            resource.translation.aliases[f"{resource.name}.Destination{suffix}"] = name


def _made_if(resource: _Resource, destination: Node | None) -> tuple[bool, Node | None]:
    """Whether a destination is made because there is none, and the condition of an `If` under which there is none."""
    if destination is None:
        return True, None
    call = function_of(destination)
    if call is None or call[0] != "Fn::If" or not isinstance(call[1], Sequence) or len(call[1].items) != 3:
        return False, None
    condition, if_true, if_false = call[1].items
    named = _mapping(condition, Condition=condition)
    if _is_no_value(if_true):
        return True, _both(resource, named)
    if _is_no_value(if_false):
        negated = Sequence([named], condition.start, condition.end)
        return True, _both(resource, Mapping({"Fn::Not": negated}, {}, condition.start, condition.end))
    return False, None


def _is_no_value(node: Node) -> bool:
    call = function_of(node)
    return call is not None and call[0] == "Ref" and text_of(call[1]) == "AWS::NoValue"


def _both(resource: _Resource, condition: Node) -> Node:
    """A condition together with the resource's own."""
    own = resource.node.members.get("Condition")
    if own is None:
        return condition
    items: list[Node] = [_mapping(own, Condition=own), condition]
    return Mapping({"Fn::And": Sequence(items, own.start, own.end)}, {}, own.start, own.end)


def _events(resource: _Resource) -> None:
    """What the events of a function or a state machine make."""
    events = resource.get("Events")
    for name, event in events.members.items() if isinstance(events, Mapping) else ():
        type = text_of(member(event, "Type"))
        properties = member(event, "Properties")
        place = events.key_places.get(name) if isinstance(events, Mapping) else None
        if type == "Api" and member(properties, "RestApiId") is None:
            resource.translation.imply(IMPLICIT_REST_API, "AWS::Serverless::Api", event, place)
        elif type == "HttpApi" and member(properties, "ApiId") is None:
            resource.translation.imply(IMPLICIT_HTTP_API, "AWS::Serverless::HttpApi", event, place)
        elif isinstance(properties, Mapping):
            _event(_Resource(resource.translation, resource.name, _with(resource.node, properties), place), name, type)


def _with(node: Mapping, properties: Mapping) -> Mapping:
    """A resource's attributes around other properties."""
    members = {**node.members, "Properties": properties}
    return Mapping(members, node.key_places, properties.start, properties.end)


def _event(event: _Resource, name: str, type: str | None) -> None:
    """A single event; `event` has the event's properties and the attributes of the function."""
    name = event.name + name
    if type in _EVENT_SOURCES:
        source = _EVENT_SOURCES[type]
        mapping = event.passed("KafkaBootstrapServers", EventSourceArn=source) if source else event.passed()
        event.make("AWS::Lambda::EventSourceMapping", mapping, name)
    elif type == "SNS" and event.text(event.get("SqsSubscription")) == "true":
        event.make("AWS::SQS::Queue", {}, f"{name}Queue")
    if type in _WITH_DEAD_LETTERS and member(event.get("DeadLetterConfig"), "Type") is not None:
        own_name = text_of(event.get("DeadLetterConfig", "QueueLogicalId"))
        event.make("AWS::SQS::Queue", {}, own_name or f"{name}Queue")
    if type == "ScheduleV2":
        event.make("AWS::Scheduler::Schedule", event.passed("Input", "RetryPolicy", "DeadLetterConfig"), name)


def _rest_api(resource: _Resource) -> None:
    endpoint = resource.get("EndpointConfiguration")
    api = resource.chosen(
        *("Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize", "FailOnWarnings", "Mode"),
        *("ApiKeySourceType", "Policy", "SecurityPolicy", "EndpointAccessMode", "DisableExecuteApiEndpoint"),
    )
    if endpoint is not None:
        api.members["EndpointConfiguration"] = _endpoint_types(endpoint)
    body = resource.get("DefinitionBody")
    if body is not None:
        api.members["Body"] = body
    resource.make("AWS::ApiGateway::RestApi", api)
    stage = resource.chosen(
        *("StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings", "AccessLogSetting"),
        *("CanarySetting", "TracingEnabled", "Tags"),
    )
    stage.members["RestApiId"] = _reference(resource)
    resource.tag_list(stage)
    name = _stage_name(resource, "Prod" if resource.name == IMPLICIT_REST_API else "")
    resource.make("AWS::ApiGateway::Stage", stage, name)
    resource.translation.aliases[f"{resource.name}.Stage"] = name
    _domain(resource)


def _endpoint_types(endpoint: Node) -> Node:
    """`EndpointConfiguration: REGIONAL`, or its long form `{Type: REGIONAL, …}`, as CloudFormation's list of types."""
    if isinstance(endpoint, Mapping) and function_of(endpoint) is None:
        type = member(endpoint, "Type")
        types = Sequence([type], type.start, type.end) if type is not None else None
        ids = member(endpoint, "VPCEndpointIds")
        return _mapping(endpoint, Types=types, VpcEndpointIds=ids, IpAddressType=member(endpoint, "IpAddressType"))
    return _mapping(endpoint, Types=Sequence([endpoint], endpoint.start, endpoint.end))


def _reference(resource: _Resource) -> Node:
    start, end = resource.place or (resource.node.start, resource.node.end)
    return Scalar(resource.name, start, end, "Ref")


def _stage_name(resource: _Resource, default: str) -> str:
    """The logical id of an API's stage, as far as it is no hash."""
    name = text_of(resource.get("StageName")) or default
    if name == "$default":
        return f"{resource.name}ApiGatewayDefaultStage"
    return f"{resource.name}{name if name.isalnum() else ''}Stage"


def _domain(resource: _Resource) -> None:
    """The custom domain name of a REST API: by default regional, which decides where the certificate goes."""
    domain = resource.get("Domain")
    if not isinstance(domain, Mapping) or function_of(domain) is not None:
        return
    endpoint = domain.members.get("EndpointConfiguration")
    type = resource.text(endpoint) or "REGIONAL"
    types = endpoint or resource.synthetic("REGIONAL", domain)
    inner = _Resource(resource.translation, resource.name, _with(resource.node, domain), resource.place)
    properties = inner.chosen("DomainName", "MutualTlsAuthentication", "SecurityPolicy", "EndpointAccessMode", "Policy")
    if "OwnershipVerificationCertificateArn" in domain.members:
        properties.members["OwnershipVerificationCertificateArn"] = domain.members[
            "OwnershipVerificationCertificateArn"
        ]
    certificate = domain.members.get("CertificateArn")
    if certificate is not None:
        properties.members["RegionalCertificateArn" if type == "REGIONAL" else "CertificateArn"] = certificate
    properties.members["EndpointConfiguration"] = _endpoint_types(types)
    kind = "AWS::ApiGateway::DomainNameV2" if type == "PRIVATE" else "AWS::ApiGateway::DomainName"
    name = f"{resource.name}DomainName"
    resource.make(kind, properties, name)
    resource.translation.aliases[f"{resource.name}.DomainName"] = name


def _http_api(resource: _Resource) -> None:
    api = resource.chosen(
        *("Name", "Description", "CorsConfiguration", "DisableExecuteApiEndpoint", "FailOnWarnings", "Tags"),
        *("RouteSelectionExpression", "ApiKeySelectionExpression", "IpAddressType"),
    )
    body = resource.get("DefinitionBody")
    if body is not None:
        api.members["Body"] = body
    is_web_socket = text_of(resource.node.members.get("Type")) == "AWS::Serverless::WebSocketApi"
    api.members["ProtocolType"] = resource.synthetic("WEBSOCKET" if is_web_socket else "HTTP")
    resource.make("AWS::ApiGatewayV2::Api", api)
    stage = resource.chosen(
        "StageName", "StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "Tags"
    )
    if "StageName" not in stage.members:
        stage.members["StageName"] = resource.synthetic("$default")
    stage.members["ApiId"] = _reference(resource)
    name = _stage_name(resource, "$default")
    resource.make("AWS::ApiGatewayV2::Stage", stage, name)
    resource.translation.aliases[f"{resource.name}.Stage"] = name
    _http_domain(resource)


def _http_domain(resource: _Resource) -> None:
    domain = resource.get("Domain")
    if not isinstance(domain, Mapping) or function_of(domain) is not None:
        return
    configuration = _mapping(
        domain,
        CertificateArn=domain.members.get("CertificateArn"),
        EndpointType=domain.members.get("EndpointConfiguration") or resource.synthetic("REGIONAL", domain),
        OwnershipVerificationCertificateArn=domain.members.get("OwnershipVerificationCertificateArn"),
        SecurityPolicy=domain.members.get("SecurityPolicy"),
    )
    properties = _mapping(
        domain,
        DomainName=domain.members.get("DomainName"),
        DomainNameConfigurations=Sequence([configuration], domain.start, domain.end),
        MutualTlsAuthentication=domain.members.get("MutualTlsAuthentication"),
        Tags=resource.get("Tags"),
    )
    name = f"{resource.name}DomainName"
    resource.make("AWS::ApiGatewayV2::DomainName", properties, name)
    resource.translation.aliases[f"{resource.name}.DomainName"] = name


def _simple_table(resource: _Resource) -> None:
    table = resource.passed("PrimaryKey")
    resource.tag_list(table)
    if "ProvisionedThroughput" not in table.members:
        table.members["BillingMode"] = resource.synthetic("PAY_PER_REQUEST")
    resource.make("AWS::DynamoDB::Table", table)


def _state_machine(resource: _Resource) -> None:
    machine = resource.passed(
        *("Events", "Policies", "RolePath", "PermissionsBoundary", "PropagateTags", "AutoPublishAlias"),
        *("DeploymentPreference", "UseAliasAsEventTarget", "DefinitionUri"),
        StateMachineName="Name",
        StateMachineType="Type",
        LoggingConfiguration="Logging",
        TracingConfiguration="Tracing",
        RoleArn="Role",
    )
    resource.tag_list(machine)
    resource.make("AWS::StepFunctions::StateMachine", machine)
    _role(resource, machine.members, "RoleArn")
    _events(resource)


def _layer_version(resource: _Resource) -> None:
    layer = resource.passed("RetentionPolicy", "PublishLambdaVersion", "ContentUri")
    uri = resource.get("ContentUri")
    if uri is not None:
        bucket, key = _s3_location(resource, uri)
        layer.members["Content"] = _mapping(uri, S3Bucket=bucket, S3Key=key)
    if "LayerName" not in layer.members:
        layer.members["LayerName"] = resource.synthetic(resource.name)
    resource.make("AWS::Lambda::LayerVersion", layer)


def _application(resource: _Resource) -> None:
    stack = resource.passed(TemplateURL="Location")
    resource.tag_list(stack)
    resource.make("AWS::CloudFormation::Stack", stack)


def _graphql_api(resource: _Resource) -> None:
    api = resource.passed(
        *("Auth", "SchemaInline", "SchemaUri", "Logging", "DataSources", "Functions", "Resolvers", "ApiKeys"),
        *("DomainName", "Cache"),
    )
    resource.tag_list(api)
    resource.make("AWS::AppSync::GraphQLApi", api)
    for property, type, suffix in (
        ("Cache", "AWS::AppSync::ApiCache", "ApiCache"),
        ("DomainName", "AWS::AppSync::DomainName", "DomainName"),
    ):
        node = resource.get(property)
        if isinstance(node, Mapping):
            members = dict(node.members)
            if property == "Cache":
                members["ApiId"] = _get_att(resource, resource.name, "ApiId")
            resource.make(type, Mapping(members, node.key_places, node.start, node.end), resource.name + suffix)


def _capacity_provider(resource: _Resource) -> None:
    provider = resource.passed("PropagateTags")
    resource.tag_list(provider)
    resource.make("AWS::Lambda::CapacityProvider", provider)


_TYPES: Final[dict[str, Callable[[_Resource], None]]] = {
    "AWS::Serverless::Api": _rest_api,
    "AWS::Serverless::Application": _application,
    "AWS::Serverless::CapacityProvider": _capacity_provider,
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::GraphQLApi": _graphql_api,
    "AWS::Serverless::HttpApi": _http_api,
    "AWS::Serverless::LayerVersion": _layer_version,
    "AWS::Serverless::SimpleTable": _simple_table,
    "AWS::Serverless::StateMachine": _state_machine,
    "AWS::Serverless::WebSocketApi": _http_api,
}
