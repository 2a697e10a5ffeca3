"""A client of the staged region whose calls carry the settings as they were changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.awslambda.quotas import Quotas
from tutor.usecases.knob import KNOBS
from tutor.usecases.patience import Patience
from tutor.usecases.setting import Setting, Settings

RETRIES = "maximum retry attempts"


@dataclass
class Turning:
    """Reads every call of a situation's clients before it is sent, notes what it sets, and changes it."""

    settings: Settings
    quotas: Quotas
    patience: Patience | None = None
    _configured: set[str] = field(default_factory=set)

    def turn(self, client: Any) -> Any:
        """The same client (boto3's), watched from now on; once is enough, and twice does no harm."""

        def before(params: Mapping[str, Any], model: Any, **_: Any) -> Mapping[str, Any] | None:
            return self._sent(client, model.name, params)

        client.meta.events.register("provide-client-params", before, unique_id="settings")
        return client

    def _sent(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if self.patience is not None:
            _ = self.patience.left
        if operation.endswith("FunctionEventInvokeConfig"):
            self._configured.add(parameters.get("FunctionName", ""))
        if operation == "Invoke" and parameters.get("InvocationType") == "Event":
            self._retry(client, parameters.get("FunctionName", ""))
        turned = dict(parameters)
        for kind in KNOBS:
            for found in kind.found(operation, parameters, self.quotas):
                value = self.settings.value(found.setting, found.named)
                if value != found.setting.value:
                    turned = found.knob.put(turned, value)
        return turned if turned != parameters else None

    def _retry(self, client: Any, function: str) -> None:
        """How often an event is tried again can be changed also where nothing was configured for it."""
        if function in self._configured:
            return
        self._configured.add(function)
        usual = self.quotas.async_retries
        value = self.settings.value(Setting("asynchronous invocation", RETRIES, usual, "", None, usual), named=False)
        if value != usual:
            client.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=value)
