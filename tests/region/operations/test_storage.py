"""What is kept of code: the account's limit, and what stays on disk."""

import threading
from typing import Any

import pytest

from tests.region.operations.material import CODE, OTHER, Clients, Create, refusal, zipped
from tutor.region.operations.packages import sweep
from tutor.region.region import Region

FULL = "CodeStorageExceededException: Code storage limit exceeded."


def test_the_account_has_a_limit(client: Any, create: Create, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last byte fits; what does not is refused: code, versions, layers; nothing of it is counted or kept."""
    create()
    monkeypatch.setattr("tutor.region.operations.storage.total", lambda _: 2 * len(CODE))
    client.publish_version(FunctionName="fn")
    full = client.get_account_settings()["AccountUsage"]
    assert full["TotalCodeSize"] == 2 * len(CODE)
    assert refusal(create, name="second") == FULL
    assert refusal(client.publish_layer_version, LayerName="l", Content={"ZipFile": OTHER}) == FULL
    larger = zipped(app="x = 1", more="".join(map(str, range(4000))))
    for dry in (True, False):
        assert refusal(client.update_function_code, FunctionName="fn", ZipFile=larger, DryRun=dry) == FULL
    client.update_function_configuration(FunctionName="fn", Description="changed")
    region.clock.drain(10)
    assert refusal(client.publish_version, FunctionName="fn") == FULL
    assert client.get_account_settings()["AccountUsage"] == full
    smaller = zipped(app="")
    client.update_function_code(FunctionName="fn", ZipFile=smaller)
    assert client.get_account_settings()["AccountUsage"]["TotalCodeSize"] == len(CODE) + len(smaller)


def test_what_is_deleted_is_no_longer_counted(client: Any, create: Create, region: Region) -> None:
    """The sum comes back to nothing when all is gone, whatever the way it came and went."""
    create(Publish=True)
    client.update_function_code(FunctionName="fn", ZipFile=OTHER, Publish=True)
    region.clock.drain(10)
    client.publish_layer_version(LayerName="l", Content={"ZipFile": CODE})
    client.publish_layer_version(LayerName="l", Content={"ZipFile": OTHER})
    total = client.get_account_settings()["AccountUsage"]["TotalCodeSize"]
    assert total == 2 * len(CODE) + 3 * len(OTHER)
    client.delete_function(FunctionName="fn", Qualifier="1")
    for number in (1, 2, 2):
        client.delete_layer_version(LayerName="l", VersionNumber=number)
    assert client.get_account_settings()["AccountUsage"]["TotalCodeSize"] == 2 * len(OTHER)
    client.delete_function(FunctionName="fn")
    assert client.get_account_settings()["AccountUsage"] == {"TotalCodeSize": 0, "FunctionCount": 0}


def test_only_what_is_used_stays_on_disk(client: Any, create: Create, region: Region) -> None:
    """Sweeping removes the zips that nothing refers to, and no other."""
    create(Publish=True)
    client.publish_layer_version(LayerName="l", Content={"ZipFile": zipped(layer="x = 1")})
    client.update_function_code(FunctionName="fn", ZipFile=OTHER)
    region.clock.drain(10)
    client.update_function_code(FunctionName="fn", ZipFile=zipped(app="x = 2"))
    region.clock.drain(10)
    unused = region.state.keep_blob(OTHER)
    sweep(region.state)
    assert not region.state.blob(unused).exists()
    for version in (None, "1"):
        blob = region.catalogue.target("us-east-1", "fn", version).configuration["blob"]
        assert region.state.blob(blob).exists()
    assert len(list((region.state.folder / "blobs").iterdir())) == 3


def test_changes_from_many_sides_are_one_after_another(clients: Clients, create: Create, region: Region) -> None:
    """Updates and publications at the same time end in one state that holds together: numbers without gaps."""
    create()
    refused: list[str] = []

    def work(number: int) -> None:
        own = clients()
        for turn in range(5):
            try:
                own.update_function_configuration(FunctionName="fn", Description=f"{number}.{turn}")
                own.publish_version(FunctionName="fn")
            except own.exceptions.ResourceConflictException as error:
                refused.append(str(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    region.clock.drain(10)
    versions = region.catalogue.versions("us-east-1", "fn")
    assert [each["Version"] for each in versions] == [str(number) for number in range(1, len(versions) + 1)]
    assert all("An update is in progress" in text for text in refused)
    used = clients().get_account_settings()["AccountUsage"]["TotalCodeSize"]
    assert used == (len(versions) + 1) * len(CODE)
