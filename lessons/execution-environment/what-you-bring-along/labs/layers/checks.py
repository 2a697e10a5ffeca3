"""What the lab "layers" demands."""

PRICES = ("98.00", "199.00")
LAST_YEAR = ("90.00", "189.00")


def _failed(runs):
    for number, run in enumerate(runs, 1):
        if run.function_error is not None:
            return f"run {number} ended with {run.error_type}: {run.error_message}"
    return None


def _price(run):
    return run.payload.get("price") if isinstance(run.payload, dict) else None


def prices(runs, given):
    """Each answer has a price of one year or another."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for number, run in enumerate(runs, 1):
        if not isinstance(_price(run), str):
            return False, f"run {number} should answer with a price, and it answered {run.payload!r}"
    return True, "both orders were priced"


def this_year(runs, given):
    """The rates of the later layer were used."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for number, (run, price, old) in enumerate(zip(runs, PRICES, LAST_YEAR, strict=True), 1):
        if _price(run) == old:
            return False, f"run {number} answered {old}, which is the price of last year; this year's is {price}"
        if _price(run) != price:
            return False, f"run {number} should answer {price}, and it answered {_price(run)!r}"
    return True, "both prices are this year's"


def from_layers(runs, given):
    """The handler tells where it found its modules."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for number, run in enumerate(runs, 1):
        modules = run.payload.get("modules") if isinstance(run.payload, dict) else None
        if not isinstance(modules, list) or len(modules) != 2:
            return False, f"run {number} should tell where its two modules come from, and it answered {run.payload!r}"
        elsewhere = [name for name in modules if not str(name).startswith("/opt/")]
        if elsewhere:
            return False, f"{elsewhere[0]} does not come from a layer; layers are unpacked into /opt"
    return True, "both modules come from /opt"
