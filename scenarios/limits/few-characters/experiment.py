"""A function that returns copies of a character, and an event that is full of another."""

CODE = '''
def lambda_handler(event, context):
    return event.get("character", "") * event.get("times", 0)
'''


def observe(stage, characters):
    """So many characters: letters and quotation marks in the answer, euro signs in the event."""
    function = stage.function(CODE, memory_size=512, timeout=20)
    letters = function.invoke({"character": "x", "times": characters})
    quotes = function.invoke({"character": '"', "times": characters})
    try:
        function.invoke({"filler": "\N{EURO SIGN}" * characters})
        euros = "accepted"
    except ValueError as refusal:
        euros = refusal.code
    return {
        "letters": len(letters.payload) if letters.function_error is None else 0,
        "quotes_error_type": quotes.error_type,
        "euros": euros,
    }
