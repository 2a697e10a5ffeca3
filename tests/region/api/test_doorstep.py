"""What a stranger sees of a region."""

import pytest

from tutor.region.api.doorstep import is_local, with_doorstep
from tutor.region.api.message import Headers, HttpRequest, HttpResponse

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=..."}


def ask(method: str = "GET", path: str = "/", **headers: str) -> HttpResponse:
    fields = Headers({name.replace("_", "-"): value for name, value in {"Host": "127.0.0.1:9330", **headers}.items()})
    return with_doorstep(lambda request: HttpResponse(299), "test")(HttpRequest(method, path, "", fields))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_says_what_is_here(method: str) -> None:
    """Without a signature; a signed ``GET /`` is a neighbour's request."""
    assert (ask(method).status, ask(method).data()) == (200, b"The region test is up.\n")
    assert ask(method, **SIGNED).status == 299
    assert ask("POST").status == ask(path="/x").status == 299


@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions"])
def test_a_web_page_gets_nowhere(path: str) -> None:
    """Not from its own name, nor from a name of its own that points here, unless it has a signature."""
    assert ask("POST", path, Origin="http://evil.example").status == 403
    assert ask("GET", path, Host="evil.example:9330").status == 403
    assert ask("GET", path, Host="evil.example:9330", **SIGNED).status == 299


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("127.0.0.1:9330", True), ("localhost:1", True), ("LOCALHOST", True), ("", True),
        ("bucket.s3.localhost:9330", True), ("[::1]:9330", True), ("[::1]", True),
        ("localhost.evil.example", False), ("127.0.0.1.evil.example:80", False), ("evil.example", False),
        ("evillocalhost", False), ("10.0.0.1:9330", False), ("[::2]:1", False),
    ],
)  # fmt: skip
def test_names_of_this_machine(host: str, local: bool) -> None:
    """Loopback and what browsers never look up."""
    assert is_local(host) is local
