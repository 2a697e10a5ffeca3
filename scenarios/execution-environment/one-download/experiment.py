"""A handler that fetches a model into /tmp unless it lies there."""

CODE = '''
import pathlib

MODEL = pathlib.Path("/tmp/model.bin")


def lambda_handler(event, context):
    if MODEL.exists():
        return "kept"
    MODEL.write_bytes(b"m" * event["bytes"])
    return "fetched"
'''


def observe(stage, model_mb, times):
    """Invoke it ``times`` times in one environment, with a model of ``model_mb`` MB."""
    function = stage.function(CODE, memory_size=512, timeout=10)
    answers = [function.invoke({"bytes": model_mb * 1024 * 1024}) for _ in range(times)]
    return {
        "fetched": sum(answer.payload == "fetched" for answer in answers),
        "kept": sum(answer.payload == "kept" for answer in answers),
        "errors": sum(answer.function_error is not None for answer in answers),
        "cold": sum(answer.cold for answer in answers),
    }
