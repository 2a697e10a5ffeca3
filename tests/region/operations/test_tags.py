"""Tags belong to whole functions and to code signing configurations, fifty at most."""

from typing import Any

from tests.region.operations.material import ARN, Create, refusal

FUNCTION = f"{ARN}:function:fn"
LIMIT = "InvalidParameterValueException: Number of tags exceeds resource tag limit."


def test_the_life_of_tags(client: Any, create: Create) -> None:
    """Tags of the creation, added, replaced, taken away; GetFunction tells them; the revision changes."""
    create(Tags={"a": "1"})
    before = client.get_function(FunctionName="fn")
    assert before["Tags"] == {"a": "1"}
    client.tag_resource(Resource=FUNCTION, Tags={"b": "2", "a": "x"})
    assert client.list_tags(Resource=FUNCTION)["Tags"] == {"a": "x", "b": "2"}
    after = client.get_function(FunctionName="fn")["Configuration"]["RevisionId"]
    assert after != before["Configuration"]["RevisionId"]
    client.untag_resource(Resource=FUNCTION, TagKeys=["a", "never"])
    assert client.list_tags(Resource=FUNCTION)["Tags"] == {"b": "2"}
    client.untag_resource(Resource=FUNCTION, TagKeys=["b"])
    assert client.list_tags(Resource=FUNCTION)["Tags"] == {}
    assert "Tags" not in client.get_function(FunctionName="fn")


def test_what_is_refused(client: Any, create: Create) -> None:
    """Versions and aliases have no tags; what is not there has none; no tags at all; a key of AWS's own."""
    create()
    unsupported = (
        "InvalidParameterValueException: "
        "Tags on function aliases and versions are not supported. Please specify a function ARN."
    )
    for qualifier in ("$LATEST", "1", "prod"):
        assert refusal(client.tag_resource, Resource=f"{FUNCTION}:{qualifier}", Tags={"a": "1"}) == unsupported
    gone = f"ResourceNotFoundException: Function not found: {ARN}:function:gone"
    assert refusal(client.list_tags, Resource=f"{ARN}:function:gone") == gone
    assert refusal(client.tag_resource, Resource=f"{ARN}:function:gone", Tags={"a": "1"}) == gone
    assert refusal(client.untag_resource, Resource=f"{ARN}:function:gone", TagKeys=["a"]) == gone
    assert refusal(client.tag_resource, Resource=FUNCTION, Tags={}) == (
        "InvalidParameterValueException: An error occurred and the request cannot be processed."
    )
    assert "reserved" in refusal(client.tag_resource, Resource=FUNCTION, Tags={"aws:a": "1"})
    mapping = f"{ARN}:event-source-mapping:00000000-0000-0000-0000-000000000000"
    assert refusal(client.list_tags, Resource=mapping) == (
        f"ResourceNotFoundException: Event source mapping not found: {mapping}"
    )
    provider = f"{ARN}:capacity-provider:gone"
    assert refusal(client.list_tags, Resource=provider) == (
        f"ResourceNotFoundException: Capacity provider not found: {provider}"
    )


def test_fifty_tags_at_most(client: Any, create: Create) -> None:
    """Fifty-one are refused, at once and one after another, and change nothing."""
    fifty = {f"k{number}": "v" for number in range(50)}
    assert refusal(create, Tags={**fifty, "more": "v"}) == LIMIT
    create(Tags=fifty)
    assert refusal(client.tag_resource, Resource=FUNCTION, Tags={"more": "v"}) == LIMIT
    client.tag_resource(Resource=FUNCTION, Tags={"k1": "other"})
    assert len(client.list_tags(Resource=FUNCTION)["Tags"]) == 50
