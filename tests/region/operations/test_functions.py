"""Functions are made, read, listed and deleted as the real service does it, with its texts where it refuses."""

import threading
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Opens, a_role
from tests.region.operations.material import ARN, CODE, ROLE, Clients, Create, refusal
from tutor.region.operations.code_location import serve
from tutor.region.operations.packages import Package, receive
from tutor.region.region import Region
from tutor.region.server import Server


def test_a_function_is_pending_and_then_active(client: Any, region: Region) -> None:
    """CreateFunction answers Pending with its reason; the SDK's waiter sees Active; the revision has changed."""
    region.clock.pause()
    made = client.create_function(
        FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE}
    )
    assert (made["State"], made["StateReason"], made["StateReasonCode"]) == (
        "Pending",
        "The function is being created.",
        "Creating",
    )
    assert "LastUpdateStatus" not in made
    region.clock.run()
    client.get_waiter("function_active_v2").wait(FunctionName="fn", WaiterConfig={"Delay": 0})
    now = client.get_function_configuration(FunctionName="fn")
    assert (now["State"], now["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReason" not in now
    assert now["RevisionId"] != made["RevisionId"]


def test_what_is_left_out_has_the_defaults_of_the_service(create: Create) -> None:
    """A minimal function has AWS's defaults, and no member of the region's own shows."""
    made = create()
    assert made["FunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert (made["Timeout"], made["MemorySize"], made["Description"], made["Version"]) == (3, 128, "", "$LATEST")
    assert made["EphemeralStorage"] == {"Size": 512}
    assert made["TracingConfig"] == {"Mode": "PassThrough"}
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/fn"}
    assert made["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
    assert (made["Architectures"], made["PackageType"]) == (["x86_64"], "Zip")
    assert made["LastModified"].endswith("+0000")
    assert "Environment" not in made
    assert not {"blob", "settling", "layers"} & made.keys()


def test_two_creations_at_once_make_one_function(
    clients: Clients, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several CreateFunction of one name at the same time one succeeds, the others are told that it exists."""
    results: list[str] = []
    together = threading.Barrier(4)

    def received_together(*of: Any) -> Package:
        package = receive(*of)
        together.wait(60)
        return package

    monkeypatch.setattr("tutor.region.operations.functions.receive", received_together)

    def make() -> None:
        try:
            clients().create_function(
                FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE}
            )
            results.append("made")
        except ClientError as error:
            results.append(f"{error.response['Error']['Code']}: {error.response['Error']['Message']}")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["ResourceConflictException: Function already exist: fn"] * 3 + ["made"]


def test_a_function_answers_to_every_form_of_its_name(client: Any, create: Create) -> None:
    """Name, partial ARN and ARN, with and without a qualifier, lead to one function; the answer keeps the qualifier."""
    create(Publish=True)
    for form in ("fn", "function:fn", "123456789012:function:fn", f"{ARN}:function:fn"):
        assert client.get_function_configuration(FunctionName=form)["FunctionArn"] == f"{ARN}:function:fn"
        found = client.get_function_configuration(FunctionName=f"{form}:1")
        assert (found["FunctionArn"], found["Version"]) == (f"{ARN}:function:fn:1", "1")
    latest = client.get_function_configuration(FunctionName="fn", Qualifier="$LATEST")
    assert latest["FunctionArn"] == f"{ARN}:function:fn:$LATEST"


def test_names_that_lead_nowhere(client: Any, create: Create) -> None:
    """What is not there, another Region's ARN and a contradicting qualifier are refused in the service's words."""
    create()
    get = client.get_function
    assert refusal(get, FunctionName="gone") == f"ResourceNotFoundException: Function not found: {ARN}:function:gone"
    missing = f"ResourceNotFoundException: Function not found: {ARN}:function:fn:42"
    assert refusal(get, FunctionName="fn", Qualifier="42") == missing
    elsewhere = "arn:aws:lambda:eu-west-1:123456789012:function:fn"
    assert refusal(get, FunctionName=elsewhere) == (
        "ResourceNotFoundException: Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    )
    assert refusal(get, FunctionName="fn:1", Qualifier="2") == (
        "InvalidParameterValueException: "
        "The derived qualifier from the function name does not match the specified qualifier."
    )


def test_aws_regions_do_not_see_each_other(clients: Clients, create: Create) -> None:
    """A function of one AWS region is not there in another."""
    create()
    assert clients("eu-west-1").list_functions()["Functions"] == []


def test_the_code_can_be_fetched(client: Any, create: Create, region: Region) -> None:
    """The location is an address with an end and a signature; nobody makes one for another blob, or a later end."""
    create()
    location = urlsplit(client.get_function(FunctionName="fn")["Code"]["Location"])
    query = dict(parse_qsl(location.query))
    found = serve(region, location.path, query)
    assert found is not None
    assert found.read_bytes() == CODE
    assert serve(region, f"/_code/{'0' * 64}", query) is None
    assert serve(region, location.path, {**query, "Expires": str(int(query["Expires"]) + 1)}) is None
    region.clock.advance(601)
    assert serve(region, location.path, query) is None


def test_waiters_and_the_address_of_the_code_on_the_real_clock(opens: Opens) -> None:
    """On a real clock the SDK's waiters succeed as they are, and the code's address gives the zip to anybody."""
    real = opens("real", mode="real")
    role = a_role(real)
    with Server(real) as server:
        functions = boto3.client(
            "lambda", "us-east-1", endpoint_url=server.url, aws_access_key_id="k", aws_secret_access_key="s"
        )
        functions.create_function(
            FunctionName="fn", Runtime="python3.13", Handler="a.b", Role=role, Code={"ZipFile": CODE}
        )
        functions.get_waiter("function_active_v2").wait(FunctionName="fn")
        functions.update_function_configuration(FunctionName="fn", Timeout=9)
        functions.get_waiter("function_updated_v2").wait(FunctionName="fn")
        location = functions.get_function(FunctionName="fn")["Code"]["Location"]
        with urlopen(location) as answer:
            assert answer.read() == CODE
        with pytest.raises(HTTPError, match="403"):
            urlopen(location.replace("Signature=", "Signature=0"))


def test_the_key_of_the_package_is_told(client: Any, create: Create) -> None:
    """GetFunction tells the key that the package was given with, and none after a package without one."""
    key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    create(Code={"ZipFile": CODE, "SourceKMSKeyArn": key})
    assert client.get_function(FunctionName="fn")["Code"]["SourceKMSKeyArn"] == key
    client.update_function_code(FunctionName="fn", ZipFile=CODE)
    assert "SourceKMSKeyArn" not in client.get_function(FunctionName="fn")["Code"]


def test_deleting_takes_everything_with_it(
    client: Any, create: Create, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deleted function is gone with its versions and aliases; its environments are told to end."""
    told: list[str] = []
    monkeypatch.setattr(region.invoking, "removed", told.append)
    create(Publish=True)
    client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    assert client.delete_function(FunctionName="fn")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert told == ["us-east-1/fn"]
    for kind in ("function", "version", "alias"):
        assert region.state.items(kind) == []
    assert "Function not found" in refusal(client.delete_function, FunctionName="fn")


def test_a_deleted_function_is_no_longer_listened_for(client: Any, create: Create) -> None:
    """The URLs of a function, and that of an alias, end with them: they are forbidden to everybody from then on."""
    create(Publish=True)
    client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    urls = [open_to_all(client, **which) for which in ({}, {"Qualifier": "prod"})]
    for url in urls:
        with urlopen(url) as answer:
            assert answer.status == 200
    client.delete_alias(FunctionName="fn", Name="prod")
    with pytest.raises(HTTPError, match="403"):
        urlopen(urls[1])
    client.delete_function(FunctionName="fn")
    with pytest.raises(HTTPError, match="403"):
        urlopen(urls[0])


def open_to_all(client: Any, **which: str) -> str:
    """A URL with both permissions that everybody needs. Its address."""
    url: str = client.create_function_url_config(FunctionName="fn", AuthType="NONE", **which)["FunctionUrl"]
    for sid, action, given in (
        ("url", "lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("run", "lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(FunctionName="fn", StatementId=sid, Action=action, Principal="*", **given, **which)
    return url


def test_a_version_in_use_cannot_be_deleted(client: Any, create: Create) -> None:
    """A version that an alias points to stays, also by its weight; one that is not there is no error."""
    create(Publish=True)
    client.update_function_configuration(FunctionName="fn", Description="two")
    client.get_waiter("function_updated_v2").wait(FunctionName="fn", WaiterConfig={"Delay": 0})
    client.publish_version(FunctionName="fn")
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1", RoutingConfig=routing)
    for number in ("1", "2"):
        told = refusal(client.delete_function, FunctionName="fn", Qualifier=number)
        assert told.startswith("ResourceConflictException: ")
        assert "because the following aliases reference it: [prod]" in told
    client.delete_alias(FunctionName="fn", Name="prod")
    client.delete_function(FunctionName="fn", Qualifier="1")
    client.delete_function(FunctionName="fn", Qualifier="1")
    assert [each["Version"] for each in client.list_versions_by_function(FunctionName="fn")["Versions"]] == [
        "$LATEST",
        "2",
    ]
    assert refusal(client.delete_function, FunctionName="fn", Qualifier="$LATEST") == (
        "InvalidParameterValueException: $LATEST version cannot be deleted without deleting the function."
    )


def test_a_listing_comes_in_pages(client: Any, create: Create) -> None:
    """The SDK's paginator finds every function once, in the order of the names, also when one goes meanwhile."""
    made = ["fn", "fn-0", "fn-1", "fn0", "fnA", "fn_a", "fna"]
    for name in reversed(made):
        create(name)
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3})
    names = [[each["FunctionName"] for each in page["Functions"]] for page in pages]
    assert names == [made[:3], made[3:6], made[6:]]
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    assert [each["FunctionName"] for page in pages for each in page["Functions"]] == made
    first = client.list_functions(MaxItems=3)
    client.delete_function(FunctionName="fn-1")
    client.delete_function(FunctionName="fn0")
    following = client.list_functions(MaxItems=1, Marker=first["NextMarker"])
    assert [each["FunctionName"] for each in following["Functions"]] == ["fnA"]
    assert "Marker" in refusal(client.list_functions, Marker="no marker")


def test_a_listing_tells_no_states(client: Any, create: Create) -> None:
    """With ALL the versions stand after their $LATEST, whose ARN says so then; states are told by GetFunction only."""
    create(Publish=True)
    assert [each["FunctionArn"] for each in client.list_functions()["Functions"]] == [f"{ARN}:function:fn"]
    found = client.list_functions(FunctionVersion="ALL")["Functions"]
    assert [each["FunctionArn"] for each in found] == [f"{ARN}:function:fn:$LATEST", f"{ARN}:function:fn:1"]
    assert not any({"State", "LastUpdateStatus", "RuntimeVersionConfig"} & each.keys() for each in found)
    assert client.list_functions(MasterRegion="eu-west-1")["Functions"] == []
