"""The learner's SAM template: what is read from it, and what is said when it is broken."""

from pathlib import Path

import pytest

from tutor.errors import UsageError
from tutor.study.course import FunctionSettings
from tutor.usecases.template import settings_of

GIVEN = FunctionSettings("lambda_function.lambda_handler", 128, 3, 512, {"KEPT": "yes"})

WHOLE = """\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Memory: {Type: Number, Default: 512}
Globals:
  Function:
    Timeout: 20
    Environment: {Variables: {FROM: globals, LEVEL: info}}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Loader:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: app.main
      Runtime: python3.13
      MemorySize: !Ref Memory
      Timeout: '7'
      EphemeralStorage: {Size: 2048}
      Policies: [!Sub 'arn:${AWS::Partition}:iam::x', !GetAtt Table.Arn]
      Events: {Api: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !ImportValue x}}}
      Environment:
        Variables:
          FROM: function
          TABLE: !Ref Table
          REGION: {Ref: 'AWS::Region'}
          DEBUG: true
          LIMIT: 10
Outputs:
  Arn: {Value: !GetAtt Loader.Arn}
"""


def read(tmp_path: Path, text: str) -> FunctionSettings:
    (tmp_path / "template.yaml").write_text(text)
    return settings_of(tmp_path, GIVEN)


def function(properties: str) -> str:
    """A template whose function has these properties; the first one stands in line 5."""
    lines = "\n".join(f"      {line}" for line in properties.splitlines())
    return f"Resources:\n  Loader:\n    Type: AWS::Serverless::Function\n    Properties:\n{lines}\n"


def test_without_a_template_the_labs_settings_stay(tmp_path: Path) -> None:
    """A folder without template.yaml runs with what the lab says."""
    assert settings_of(tmp_path, GIVEN) is GIVEN


def test_a_whole_template_is_understood(tmp_path: Path) -> None:
    """Properties, Globals, references and tags of CloudFormation: what counts is read, the rest is passed over."""
    assert read(tmp_path, WHOLE) == FunctionSettings(
        "app.main", 512, 7, 2048,
        {
            "KEPT": "yes", "FROM": "function", "LEVEL": "info", "TABLE": "Table", "REGION": "us-east-1",
            "DEBUG": "true", "LIMIT": "10",
        },
    )  # fmt: skip


def test_what_is_left_out_stays_as_the_lab_says(tmp_path: Path) -> None:
    """A template that sets the memory alone changes the memory alone."""
    assert read(tmp_path, function("MemorySize: 256")) == FunctionSettings(
        GIVEN.handler, 256, GIVEN.timeout, GIVEN.ephemeral_storage, GIVEN.environment
    )


def test_a_value_out_of_range_is_for_aws_to_refuse(tmp_path: Path) -> None:
    """64 MB are read as they stand."""
    assert read(tmp_path, function("MemorySize: 64")).memory_size == 64


def layered(layers: str, uri: str = "layers/text") -> str:
    """A template with a layer; Layers stands in line 5, ContentUri in line 9."""
    version = f"  Text:\n    Type: AWS::Serverless::LayerVersion\n    Properties:\n      ContentUri: {uri}\n"
    return function(f"Layers: {layers}") + version


def test_layers_of_the_template_are_folders_beside_it(tmp_path: Path) -> None:
    """A layer is referred to by its name, and its content lies in the lab's own folder."""
    (tmp_path / "layers" / "text").mkdir(parents=True)
    assert read(tmp_path, layered("[!Ref Text]")).layers == ("layers/text",)
    assert read(tmp_path, layered("[{Ref: Text}, !Ref Text]")).layers == ("layers/text", "layers/text")


def test_a_runtime_of_its_own_is_kept_and_a_python_is_this_hosts(tmp_path: Path) -> None:
    """A bootstrap needs its runtime; which Python a template names is no matter here."""
    assert read(tmp_path, function("Runtime: provided.al2023")).runtime == "provided.al2023"
    assert read(tmp_path, function("Runtime: python3.9")).runtime is None


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (layered("!Ref Text"), 5, "Layers must be a list"),
        (layered("[!Ref Test]"), 5, "did you mean 'Text'"),
        (layered("['arn:aws:lambda:us-east-1:123456789012:layer:text:1']"), 5, "use !Ref"),
        (layered("[!Ref Text]", "layers/none"), 9, "there is no layers/none"),
        (layered("[!Ref Text]", "../.."), 9, "leads out of the lab's folder"),
    ],
)
def test_a_layer_that_is_not_there_is_told_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    """What cannot be merged into /opt is told before anything runs."""
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, text)
    assert f"template.yaml, line {line}:" in str(refusal.value)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Resources: [", 1, "no YAML"),
        ("a: b\n\tc: d", 2, "no YAML"),
        ("Resources:\n  A: 1\n  A: 2\n", 3, "duplicate key"),
        ("", 1, "needs Resources"),
        ("just text", 1, "needs Resources"),
        ("- a", 1, "needs Resources"),
        ("Resources: {}", 1, "no AWS::Serverless::Function"),
        ("x: 1\nResources:\n  F: {Type: 'AWS::Serverless::Funktion'}", 2, "but AWS::Serverless::Funktion"),
        ("Resources:\n  A: {Type: 'AWS::Serverless::Function'}\n  B: {Type: 'AWS::Serverless::Function'}", 1, "A, B"),
        (function("MemorySize: lots"), 5, "MemorySize must be a whole number, not 'lots'"),
        (function("Timeout: 2.5"), 5, "Timeout must be a whole number"),
        (function("Timeout: true"), 5, "Timeout must be a whole number"),
        (function("Runtime: python3.13\nTimeout:"), 6, "Timeout has no value"),
        (function("MemorySise: 256"), 5, "did you mean 'MemorySize'"),
        (function("memorysize: 256"), 5, "did you mean 'MemorySize'"),
        (function("Timeout: !Ref Wait"), 5, "refers to Wait, which is not there"),
        (function("Timeout: !If [a, 1, 2]"), 5, "!If, which is not worked out"),
        (function("Timeout: !FindInMap [a, b, c]"), 5, "!FindInMap, which is not worked out"),
        (function("Timeout: {'Fn::If': [a, 1, 2]}"), 5, "a mapping, which is not worked out"),
        (function("Environment: none"), 5, "Environment must be a mapping"),
        (function("Environment:\n  Variables:\n    A: !GetAtt T.Arn"), 7, "A is !GetAtt"),
        (function("CodeUri: src/"), 5, "CodeUri of Loader must be ."),
        ("Parameters: {M: {Type: Number}}\n" + function("MemorySize: !Ref M"), 6, "M, which has no Default"),
    ],
)
def test_a_broken_template_is_told_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    """Every mistake gives one sentence with the line, never a traceback."""
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, text)
    assert f"template.yaml, line {line}:" in str(refusal.value)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and characters that YAML forbids, give a sentence."""
    for content in (b"\xff\xfe\x00", b"a: \x00"):
        (tmp_path / "template.yaml").write_bytes(content)
        with pytest.raises(UsageError, match=r"template\.yaml, line 1: it is no"):
            settings_of(tmp_path, GIVEN)


def test_a_parameter_that_refers_to_itself_ends(tmp_path: Path) -> None:
    """A default that is a reference is told, not followed for ever."""
    text = "Parameters:\n  M: {Type: Number, Default: !Ref M}\n" + function("MemorySize: !Ref M")
    with pytest.raises(UsageError, match=r"template\.yaml, line"):
        read(tmp_path, text)
