"""Two versions of a handler, one of which catches what it raises."""

RAISES = '''
def lambda_handler(event, context):
    return {"ok": True, "customer": event["customer"]}
'''

CATCHES = '''
def lambda_handler(event, context):
    try:
        return {"ok": True, "customer": event["customer"]}
    except Exception:
        return {"ok": False}
'''


def errors(invocation):
    return [line for line in invocation.printed if line.startswith("[ERROR]")]


def observe(stage, good):
    """``good`` orders with a customer and one without, for both versions; what the last one printed."""
    last = {}
    for name, code in {"raised": RAISES, "caught": CATCHES}.items():
        function = stage.function(code)
        for _ in range(good):
            function.invoke({"customer": "Ada"})
        last[name] = function.invoke({"order": 1})
    found = errors(last["raised"])
    return {
        "raised_errors": len(found),
        "caught_errors": len(errors(last["caught"])),
        "has_trace": bool(found) and "Traceback" in found[0],
        "other_lines": len(last["raised"].printed) - len(found) + len(last["caught"].printed),
    }
