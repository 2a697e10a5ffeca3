"""Who may do what and where: roles, policies, users, networks."""

from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks.kind import Kind, Properties, Services

_OWNERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _role(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, "PermissionsBoundary": properties.get("PermissionsBoundary")}


def _role_attached(services: Services, known: dict[str, Any], before: Properties) -> None:
    """A role's policies, managed and its own; and its trust, when it has changed."""
    name = known["RoleName"]
    if before and before.get("AssumeRolePolicyDocument") != known.get("AssumeRolePolicyDocument"):
        document = known["AssumeRolePolicyDocument"]
        services.do("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=document)
    _own_policies(services, "role", {"RoleName": name}, known, before)


def _user_attached(services: Services, known: dict[str, Any], before: Properties) -> None:
    _own_policies(services, "user", {"UserName": known["UserName"]}, known, before)
    for group in known.get("Groups") or ():
        services.do("iam", "add_user_to_group", UserName=known["UserName"], GroupName=group)


def _group_attached(services: Services, known: dict[str, Any], before: Properties) -> None:
    _own_policies(services, "group", {"GroupName": known["GroupName"]}, known, before)


def _own_policies(
    services: Services, owner: str, place: Mapping[str, str], known: Properties, before: Properties
) -> None:
    wanted, was = known.get("ManagedPolicyArns") or [], before.get("ManagedPolicyArns") or []
    for arn in was:
        if arn not in wanted:
            services.there("iam", f"detach_{owner}_policy", **place, PolicyArn=arn)
    for arn in wanted:
        services.do("iam", f"attach_{owner}_policy", **place, PolicyArn=arn)
    names = {each["PolicyName"] for each in known.get("Policies") or ()}
    for each in before.get("Policies") or ():
        if each["PolicyName"] not in names:
            services.there("iam", f"delete_{owner}_policy", **place, PolicyName=each["PolicyName"])
    for each in known.get("Policies") or ():
        services.do("iam", f"put_{owner}_policy", **{**place, **each})


def _bare(services: Services, known: dict[str, Any], _: Properties) -> None:
    """A role, user or group is freed of what its template gave it, so that it can be taken away."""
    owner, name = next((each, known[key]) for each, key in _NAMED.items() if key in known)
    place = {_NAMED[owner]: name}
    attached = services.there("iam", f"list_attached_{owner}_policies", **place) or {}
    for each in attached.get("AttachedPolicies", ()):
        services.there("iam", f"detach_{owner}_policy", **place, PolicyArn=each["PolicyArn"])
    for policy in (services.there("iam", f"list_{owner}_policies", **place) or {}).get("PolicyNames", ()):
        services.there("iam", f"delete_{owner}_policy", **place, PolicyName=policy)
    for group in (known.get("Groups") or ()) if owner == "user" else ():
        services.there("iam", "remove_user_from_group", UserName=name, GroupName=group)


_NAMED = {"role": "RoleName", "user": "UserName", "group": "GroupName"}


def _managed_attached(services: Services, known: dict[str, Any], before: Properties) -> None:
    arn = known["Policy"]["Arn"]
    for several, owner in _OWNERS.items():
        for name in known.get(several) or ():
            if name not in (before.get(several) or ()):
                services.do("iam", f"attach_{owner}_policy", **{_NAMED[owner]: name}, PolicyArn=arn)


def _managed_freed(services: Services, known: dict[str, Any], _: Properties) -> None:
    for several, owner in _OWNERS.items():
        for name in known.get(several) or ():
            place = {_NAMED[owner]: name}
            services.there("iam", f"detach_{owner}_policy", **place, PolicyArn=known["Policy"]["Arn"])


def _managed(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, "PolicyName": properties["ManagedPolicyName"]}


def _profiled(services: Services, known: dict[str, Any], _: Properties) -> None:
    for role in known.get("Roles") or ():
        services.do(
            "iam", "add_role_to_instance_profile", InstanceProfileName=known["InstanceProfileName"], RoleName=role
        )


def _unprofiled(services: Services, known: dict[str, Any], _: Properties) -> None:
    place = {"InstanceProfileName": known["InstanceProfileName"]}
    for role in known.get("Roles") or ():
        services.there("iam", "remove_role_from_instance_profile", **place, RoleName=role)


def _group_rules(services: Services, known: dict[str, Any], before: Properties) -> None:
    for name, operation in (("SecurityGroupIngress", "ingress"), ("SecurityGroupEgress", "egress")):
        rules = [_rule(each) for each in known.get(name) or () if each not in (before.get(name) or ())]
        if rules:
            services.there(
                "ec2", f"authorize_security_group_{operation}", GroupId=known["GroupId"], IpPermissions=rules
            )


def _rule(given: Mapping[str, Any]) -> dict[str, Any]:
    ranges = {"IpRanges": [{"CidrIp": given["CidrIp"]}]} if given.get("CidrIp") else {}
    source = given.get("SourceSecurityGroupId") or given.get("DestinationSecurityGroupId")
    groups = {"UserIdGroupPairs": [{"GroupId": source}]} if source else {}
    ports = {name: given[name] for name in ("FromPort", "ToPort") if name in given}
    return {"IpProtocol": str(given.get("IpProtocol", "-1")), **ports, **ranges, **groups}


KINDS: Mapping[str, Kind] = {
    "AWS::IAM::Role": Kind(
        "iam",
        "create_role",
        "{RoleName}",
        {"RoleName": "{RoleName}"},
        name="RoleName",
        attributes={"Arn": "{Role.Arn}", "RoleId": "{Role.RoleId}"},
        delete="delete_role",
        fixed=("Path",),
        prepare=_role,
        steps=(_role_attached,),
        before_delete=_bare,
        longest=64,
    ),
    "AWS::IAM::ManagedPolicy": Kind(
        "iam",
        "create_policy",
        "{Policy.Arn}",
        {"PolicyArn": "{Policy.Arn}"},
        name="ManagedPolicyName",
        attributes={"PolicyArn": "{Policy.Arn}"},
        delete="delete_policy",
        fixed=("PolicyDocument", "Path", "Description"),
        prepare=_managed,
        steps=(_managed_attached,),
        before_delete=_managed_freed,
    ),
    "AWS::IAM::User": Kind(
        "iam",
        "create_user",
        "{UserName}",
        {"UserName": "{UserName}"},
        name="UserName",
        attributes={"Arn": "{User.Arn}"},
        delete="delete_user",
        steps=(_user_attached,),
        before_delete=_bare,
    ),
    "AWS::IAM::Group": Kind(
        "iam",
        "create_group",
        "{GroupName}",
        {"GroupName": "{GroupName}"},
        name="GroupName",
        attributes={"Arn": "{Group.Arn}"},
        delete="delete_group",
        steps=(_group_attached,),
        before_delete=_bare,
    ),
    "AWS::IAM::AccessKey": Kind(
        "iam",
        "create_access_key",
        "{AccessKey.AccessKeyId}",
        {"UserName": "{UserName}", "AccessKeyId": "{AccessKey.AccessKeyId}"},
        attributes={"SecretAccessKey": "{AccessKey.SecretAccessKey}"},
        delete="delete_access_key",
    ),
    "AWS::IAM::InstanceProfile": Kind(
        "iam",
        "create_instance_profile",
        "{InstanceProfileName}",
        {"InstanceProfileName": "{InstanceProfileName}"},
        name="InstanceProfileName",
        attributes={"Arn": "{InstanceProfile.Arn}"},
        delete="delete_instance_profile",
        steps=(_profiled,),
        before_delete=_unprofiled,
    ),
    "AWS::EC2::VPC": Kind(
        "ec2",
        "create_vpc",
        "{Vpc.VpcId}",
        {"VpcId": "{Vpc.VpcId}"},
        attributes={"VpcId": "{Vpc.VpcId}", "CidrBlock": "{Vpc.CidrBlock}"},
        delete="delete_vpc",
        fixed=("CidrBlock",),
        steps=(lambda *_: None,),
    ),
    "AWS::EC2::Subnet": Kind(
        "ec2",
        "create_subnet",
        "{Subnet.SubnetId}",
        {"SubnetId": "{Subnet.SubnetId}"},
        attributes={"SubnetId": "{Subnet.SubnetId}", "AvailabilityZone": "{Subnet.AvailabilityZone}"},
        delete="delete_subnet",
    ),
    "AWS::EC2::SecurityGroup": Kind(
        "ec2",
        "create_security_group",
        "{GroupId}",
        {"GroupId": "{GroupId}"},
        name="GroupName",
        attributes={"GroupId": "{GroupId}", "VpcId": "{VpcId}"},
        delete="delete_security_group",
        fixed=("GroupDescription", "VpcId"),
        prepare=lambda given: {**given, "Description": given.get("GroupDescription", "")},
        steps=(_group_rules,),
    ),
    "AWS::EC2::InternetGateway": Kind(
        "ec2",
        "create_internet_gateway",
        "{InternetGateway.InternetGatewayId}",
        {"InternetGatewayId": "{InternetGateway.InternetGatewayId}"},
        attributes={"InternetGatewayId": "{InternetGateway.InternetGatewayId}"},
        delete="delete_internet_gateway",
    ),
    "AWS::EC2::VPCGatewayAttachment": Kind(
        "ec2",
        "attach_internet_gateway",
        "{VpcId}|{InternetGatewayId}",
        {"VpcId": "{VpcId}", "InternetGatewayId": "{InternetGatewayId}"},
        delete="detach_internet_gateway",
    ),
    "AWS::EC2::RouteTable": Kind(
        "ec2",
        "create_route_table",
        "{RouteTable.RouteTableId}",
        {"RouteTableId": "{RouteTable.RouteTableId}"},
        attributes={"RouteTableId": "{RouteTable.RouteTableId}"},
        delete="delete_route_table",
    ),
    "AWS::EC2::Route": Kind(
        "ec2",
        "create_route",
        "{RouteTableId}|{DestinationCidrBlock}",
        {"RouteTableId": "{RouteTableId}", "DestinationCidrBlock": "{DestinationCidrBlock}"},
        delete="delete_route",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Kind(
        "ec2",
        "associate_route_table",
        "{AssociationId}",
        {"AssociationId": "{AssociationId}"},
        attributes={"Id": "{AssociationId}"},
        delete="disassociate_route_table",
    ),
    "AWS::EC2::VPCEndpoint": Kind(
        "ec2",
        "create_vpc_endpoint",
        "{VpcEndpoint.VpcEndpointId}",
        {"VpcEndpointIds": "{VpcEndpoint.VpcEndpointId}"},
        attributes={"Id": "{VpcEndpoint.VpcEndpointId}"},
        delete="delete_vpc_endpoints",
    ),
    "AWS::Cognito::UserPool": Kind(
        "cognito-idp",
        "create_user_pool",
        "{UserPool.Id}",
        {"UserPoolId": "{UserPool.Id}"},
        name="UserPoolName",
        attributes={
            "Arn": "{UserPool.Arn}",
            "UserPoolId": "{UserPool.Id}",
            "ProviderName": "cognito-idp.{region}.amazonaws.com/{UserPool.Id}",
            "ProviderURL": "https://cognito-idp.{region}.amazonaws.com/{UserPool.Id}",
        },
        updates=("update_user_pool",),
        delete="delete_user_pool",
        prepare=lambda given: {**given, "PoolName": given["UserPoolName"]},
    ),
    "AWS::Cognito::UserPoolClient": Kind(
        "cognito-idp",
        "create_user_pool_client",
        "{UserPoolClient.ClientId}",
        {"UserPoolId": "{UserPoolId}", "ClientId": "{UserPoolClient.ClientId}"},
        name="ClientName",
        attributes={"ClientId": "{UserPoolClient.ClientId}"},
        delete="delete_user_pool_client",
    ),
}
