"""Everything that sends events to functions from outside of them."""

from typing import TYPE_CHECKING

from tutor.region.triggers.function_urls import FunctionUrls

if TYPE_CHECKING:
    from tutor.region.region import Region


class Triggers:
    """The parts that listen and fire, started and closed together."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self.function_urls = FunctionUrls(region)

    def start(self) -> None:
        """Take up what was left when the region was closed."""
        self.function_urls.start()

    def removed(self, key: str) -> None:
        """A function is gone, by its key, and with it its URLs."""
        for known in self.function_urls.of_function(key):
            self.function_urls.closed(known)

    def close(self) -> None:
        """Let nothing more come in."""
        self.function_urls.close()
