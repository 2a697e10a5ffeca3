"""moto's Step Functions tasks that call a function: what its answer is to the machine, and how its error is told."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from types import ModuleType
from typing import Any

from tutor.region.neighbours.moto_clock import now

_MEMBERS = ("ExecutedVersion", "FunctionError", "LogResult", "Payload", "StatusCode")


def mend_function_calls(module: ModuleType) -> None:
    """Mend ``moto.stepfunctions.parser…lambda_eval_utils``.

    ``lambda:invoke`` answers with what the SDK knows of the call; an error keeps its text, which ``state_task_lambda``
    tells as the function wrote it.
    """
    mocked = module.execute_lambda_function_integration

    def execute(env: Any, parameters: dict[str, Any], region: str, state_credentials: Any) -> None:
        if env.is_mocked_mode():
            mocked(env, parameters, region, state_credentials)
            return
        client = module.boto_client_for(service="lambda", region=region, state_credentials=state_credentials)
        answer = client.invoke(**parameters)
        written = answer["Payload"].read().decode(errors="replace")
        payload = _parsed(written)
        if answer.get("FunctionError"):
            text = json.dumps(payload, separators=(",", ":"))
            error = module.LambdaFunctionErrorException(answer["FunctionError"], text)
            error.written = written
            raise error
        told = {member: answer[member] for member in _MEMBERS if member in answer}
        env.stack.append({**told, "Payload": payload, **_of_the_sdk(answer, len(written.encode()))})

    module.__dict__["execute_lambda_function_integration"] = execute


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _trace(request_id: str) -> str:
    """The trace of an invocation that nobody samples; its random parts follow from the request's id."""
    digits = hashlib.sha256(request_id.encode()).hexdigest()
    root = f"1-{int(now()):08x}-{digits[:24]}"
    return f"Root={root};Parent={digits[24:40]};Sampled=0;Lineage=1:{digits[40:48]}:0"


def _of_the_sdk(answer: Mapping[str, Any], length: int) -> dict[str, Any]:
    """Headers, status and id of the answer, by the names that AWS's SDK for Java has for them."""
    about = answer["ResponseMetadata"]
    headers = {
        "X-Amz-Executed-Version": answer.get("ExecutedVersion"),
        "X-Amz-Log-Result": answer.get("LogResult"),
        "x-amzn-Remapped-Content-Length": "0",
        "Connection": "keep-alive",
        "x-amzn-RequestId": about.get("RequestId"),
        "Content-Length": str(length),
        "Date": format_datetime(datetime.fromtimestamp(now(), UTC), usegmt=True),
        "X-Amzn-Trace-Id": _trace(str(about.get("RequestId"))),
        "Content-Type": "application/json",
    }
    single = {name: value for name, value in headers.items() if value is not None}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in single.items()},
            "HttpHeaders": single,
            "HttpStatusCode": about.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": about.get("RequestId", "")},
    }
