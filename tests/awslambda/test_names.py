"""References to functions, versions, aliases and layers: every form, and what the service refuses."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.names import (
    FunctionName,
    LayerName,
    Place,
    alias_not_found,
    code_signing_config_arn,
    code_signing_config_id,
    event_source_mapping_arn,
    function_name,
    function_not_found,
    layer_name,
    layer_version_not_found,
    new_function_name,
    runtime_version_arn,
    unqualified,
)
from tutor.errors import ServiceError

HERE = Place("eu-central-1")
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:fn"


def refused(reference: str, qualifier: str | None = None) -> tuple[str, str]:
    with pytest.raises(ServiceError) as caught:
        function_name(reference, HERE, qualifier)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("form", ["fn", "function:fn", "123456789012:function:fn", "123456789012:fn", ARN])
@pytest.mark.parametrize("qualifier", [None, "7", "PROD", "$LATEST"])
def test_every_form_names_the_same_function(form: str, qualifier: str | None) -> None:
    """Name, partial ARN and ARN, with a qualifier inside or beside it."""
    inside = form if qualifier is None else f"{form}:{qualifier}"
    assert function_name(inside, HERE) == FunctionName("fn", qualifier, HERE) == function_name(form, HERE, qualifier)
    assert function_name(inside, HERE, qualifier) == FunctionName("fn", qualifier, HERE)


def test_a_name_knows_its_arns_and_what_it_means() -> None:
    """Qualified, unqualified, and which of version, alias and $LATEST."""
    alias = FunctionName("fn", "PROD", HERE)
    assert (alias.arn, alias.unqualified_arn, alias.resource) == (f"{ARN}:PROD", ARN, "fn:PROD")
    assert (alias.is_alias, alias.is_version, alias.is_latest) == (True, False, False)
    plain = alias.qualified(None)
    assert (plain.arn, plain.qualified_arn, plain.resource, str(plain)) == (ARN, f"{ARN}:$LATEST", "fn", ARN)
    version = alias.qualified("12")
    assert (plain.is_alias, plain.is_version, plain.is_latest) == (False, False, True)
    assert (version.is_alias, version.is_version, version.is_latest) == (False, True, False)


def test_two_qualifiers_that_differ_are_refused() -> None:
    """Recorded text."""
    text = "The derived qualifier from the function name does not match the specified qualifier."
    assert refused(f"{ARN}:$LATEST", "1") == ("InvalidParameterValueException", text)


def test_another_region_and_another_account_are_refused() -> None:
    """An ARN of elsewhere reaches nothing here (the Region's text is recorded)."""
    code, text = refused(ARN.replace("eu-central-1", "ap-southeast-1"))
    assert code == "ResourceNotFoundException"
    assert text == "Functions from 'ap-southeast-1' are not reachable in this region ('eu-central-1')"
    assert refused(ARN.replace("123456789012", "999999999999"))[0] == "AccessDeniedException"


@pytest.mark.parametrize("odd", ["", "*", "a b", "x:", f"{ARN}:1:2", "arn:aws:ec2:us-east-1:123456789012:instance:i-1"])
def test_what_is_no_reference_is_refused(odd: str) -> None:
    """No form of a name at all."""
    assert refused(odd)[0] == "InvalidParameterValueException"


@given(st.text(max_size=80), st.none() | st.text(max_size=20))
def test_any_text_is_a_name_or_a_refusal(reference: str, qualifier: str | None) -> None:
    """Whatever a client sends: a value or AWS's error."""
    with contextlib.suppress(ServiceError):
        assert function_name(reference, HERE, qualifier).name in reference


def test_a_new_name_has_64_characters_and_no_qualifier() -> None:
    """The recorded text for 65; a reference by ARN is fine."""
    assert new_function_name(ARN, HERE, QUOTAS).name == "fn"
    assert new_function_name("a" * 64, HERE, QUOTAS).name == "a" * 64
    for name, constraint in (("a" * 65, "Member must have length less than or equal to 64"), ("fn:1", "Member must")):
        with pytest.raises(ServiceError) as caught:
            new_function_name(name, HERE, QUOTAS)
        assert f"Value '{name}' at 'functionName' failed to satisfy constraint: {constraint}" in caught.value.message


def test_not_found_speaks_of_the_arn() -> None:
    """Recorded texts of functions, aliases and layer versions."""
    name = FunctionName("fn", "nope", HERE)
    assert function_not_found(name).message == f"Function not found: {ARN}:nope"
    assert alias_not_found(name).message == f"Cannot find alias arn: {ARN}:nope"
    layer = LayerName("l", 2, HERE)
    assert layer_version_not_found(layer).message == f"Layer version {layer.arn} does not exist."


def test_some_operations_take_no_qualifier() -> None:
    """Recorded text of PutFunctionConcurrency."""
    assert unqualified(FunctionName("fn")).name == "fn"
    with pytest.raises(ServiceError, match="This operation is permitted on Lambda functions only"):
        unqualified(FunctionName("fn", "$LATEST"))


def test_layers_by_name_and_by_arn() -> None:
    """A plain name is here; an ARN keeps its own Region and account; versions begin with one."""
    assert layer_name("l", HERE, 3).arn == "arn:aws:lambda:eu-central-1:123456789012:layer:l:3"
    other = "arn:aws:lambda:us-west-2:999999999999:layer:theirs"
    assert layer_name(other, HERE).arn == other == layer_name(other, HERE, 4).layer_arn
    assert layer_name(f"{other}:12", HERE).version == 12
    with pytest.raises(ServiceError, match="Layer Version Cannot be less than 1"):
        layer_name("l", HERE, 0)


def test_the_other_arns() -> None:
    """Mappings, code signing configurations and AWS's own runtime versions (without an account)."""
    assert event_source_mapping_arn("u", HERE) == "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:u"
    identifier = code_signing_config_id("ABCDEF0123456789abcdef")
    assert identifier == "csc-abcdef0123456789a"
    assert code_signing_config_arn(identifier, HERE).endswith(f":code-signing-config:{identifier}")
    assert runtime_version_arn("0f", HERE) == "arn:aws:lambda:eu-central-1::runtime:0f"
