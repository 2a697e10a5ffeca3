"""How many pieces of an article are in stock?

The timeout stays as it is. All warehouses are asked at the same time, so that the run is about as long as the
slowest answer, not as long as their sum. Waiting needs next to no CPU, which is why threads are enough.
"""

from concurrent.futures import ThreadPoolExecutor

import warehouses


def lambda_handler(event, context):
    with ThreadPoolExecutor(max_workers=len(warehouses.NAMES)) as pool:
        answers = pool.map(lambda warehouse: warehouses.ask(warehouse, event["article"]), warehouses.NAMES)
        pieces = sum(answers)
    return {"article": event["article"], "pieces": pieces}
