"""Sends and returns texts of few characters and many bytes: quotation marks, which JSON escapes, and euro signs."""

CODE = """
def lambda_handler(event, context):
    return event.get("character", "") * event.get("times", 0)
"""


def observe(stage, characters):
    function = stage.function(CODE, memory_size=512, timeout=20)
    plain = function.invoke({"character": "x", "times": characters})
    quotes = function.invoke({"character": '"', "times": characters})
    try:
        function.invoke({"filler": "\N{EURO SIGN}" * characters})
        request = "accepted"
    except ValueError as refusal:
        request = refusal.code
    return {
        "letters_error_type": plain.error_type,
        "letters_returned": len(plain.payload) if plain.function_error is None else 0,
        "quotes_error_type": quotes.error_type,
        "euros_in_request": request,
    }
