"""The same computation with the memory of one vCPU and with little, in warm environments."""

CODE = '''
def lambda_handler(event, context):
    total = 0
    for number in range(event.get("rounds", 0)):
        total += number * number
    return total
'''


def observe(stage, small, rounds):
    """Compute ``rounds`` squares with ``small`` MB and with 1,769 MB; of the latter the shortest of five runs counts."""
    functions = {size: stage.function(CODE, memory_size=size, timeout=60) for size in (small, 1769)}
    for function in functions.values():
        function.invoke({})
    whole = min(functions[1769].invoke({"rounds": rounds}).report.billed_duration_ms for _ in range(5))
    invocation = functions[small].invoke({"rounds": rounds})
    report = invocation.report
    return {
        "times_longer": round(report.billed_duration_ms / whole, 1),
        "cost_small_to_whole": round(report.billed_duration_ms * small / (whole * 1769), 2),
        "used_mb": report.max_memory_used_mb,
        "error_type": invocation.error_type,
    }
