"""Mapping templates of REST APIs."""

import pytest

from tutor.region.triggers.mapping_template import NotServedError, Scene, rendered

SCENE = Scene(
    b'{"n": "bob", "list": [1, {"k": "v"}], "q": "it\'s \\"so\\""}',
    {"path": {"id": "7"}, "querystring": {"x": "1"}, "header": {"X-A": "h"}},
    {"httpMethod": "POST", "identity": {"sourceIp": "127.0.0.1"}},
    {"color": "red"},
)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$input.path('$.n')", "bob"),
        ("$input.json('$.list')", '[1,{"k":"v"}]'),
        ("$input.json('$.none')", "null"),
        ("$input.params('x')-$input.params('id')-$input.params('X-A')", "1-7-h"),
        ("$input.params().path.id", "7"),
        ("$context.httpMethod $context.identity.sourceIp", "POST 127.0.0.1"),
        ("${stageVariables.color}", "red"),
        ("$util.escapeJavaScript($input.path('$.q'))", 'it\\\'s \\"so\\"'),
        ("$util.base64Encode($input.path('$.n'))", "Ym9i"),
        ('#set($root = $input.path(\'$\'))\n{"a": "$root.n"}', '{"a": "bob"}'),
        ("## a remark\n$5.00", "$5.00"),
        ("[$!input.path('$.none')]", "[]"),
    ],
)
def test_references(template: str, text: str) -> None:
    """What stands in for a reference."""
    assert rendered(template, SCENE) == text


@pytest.mark.parametrize(
    "template", ["#if($x)a#end", "#foreach($i in $input.path('$.list'))$i#end", "$input.nope('a')"]
)
def test_what_is_not_served(template: str) -> None:
    """It is said, not guessed."""
    with pytest.raises(NotServedError, match="not served"):
        rendered(template, SCENE)
