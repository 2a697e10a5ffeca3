"""Members of moto's answers that AWS leaves out, and one that it always gives.

SQS tells of a batch only what there is: no ``Failed`` when all went well, no ``Successful`` when nothing did. DynamoDB
tells capacity and collections to who asks for them. CloudWatch's list of messages is there when it is empty.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

_BATCHES = ("send_message_batch", "delete_message_batch", "change_message_visibility_batch")
_ITEMS = ("batch_write_item", "batch_get_item", "transact_write_items")
_ON_REQUEST = {
    "ConsumedCapacity": "ReturnConsumedCapacity",
    "ItemCollectionMetrics": "ReturnItemCollectionMetrics",
}
"""What DynamoDB tells only on request, and the parameter that asks for it."""
Shape = Callable[[Any, dict[str, Any]], None]


def _shaped(handler: type, operations: tuple[str, ...], shape: Shape) -> None:
    """Have ``shape`` change what these operations answer, before it is written."""

    def around(answering: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def answer(self: Any) -> Any:
            told = answering(self)
            shape(self, told.result)
            return told

        return answer

    for operation in operations:
        setattr(handler, operation, around(getattr(handler, operation)))


def mend_sqs_answers(module: ModuleType) -> None:
    """Mend ``moto.sqs.responses``."""

    def shape(_: Any, told: dict[str, Any]) -> None:
        for member in ("Successful", "Failed"):
            if not told.get(member):
                told.pop(member, None)

    _shaped(module.SQSResponse, _BATCHES, shape)


def mend_dynamodb_answers(module: ModuleType) -> None:
    """Mend ``moto.dynamodb.responses``."""

    def shape(self: Any, told: dict[str, Any]) -> None:
        for member, asked in _ON_REQUEST.items():
            if str(self.body.get(asked) or "NONE") == "NONE":
                told.pop(member, None)

    _shaped(module.DynamoHandler, _ITEMS, shape)


def mend_cloudwatch_answers(module: ModuleType) -> None:
    """Mend ``moto.cloudwatch.responses``."""
    _shaped(module.CloudWatchResponse, ("get_metric_data",), lambda _, told: told.update(Messages=[]))
