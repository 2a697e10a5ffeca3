"""A handler written with ``async def``, and four ways to change it.

``variant`` in ``change`` is this file's own: which of the handlers below is used.
"""

WORK = '''
import asyncio
import json


async def ask(name):
    await asyncio.sleep(0.01)
    return name


async def work(event):
    await asyncio.gather(ask("one"), ask("two"))
    return "both have answered"
'''

HANDLERS = {
    "plain": "async def lambda_handler(event, context):\n    return await work(event)\n",
    "await": "async def lambda_handler(event, context):\n    result = await work(event)\n    return result\n",
    "dumps": "async def lambda_handler(event, context):\n    return json.dumps(await work(event))\n",
    "loop": "def lambda_handler(event, context):\n    return asyncio.run(work(event))\n",
}


def observe(stage, change):
    """One invocation of the handler that the change names."""
    settings = dict(change)
    code = WORK + "\n\n" + HANDLERS[settings.pop("variant")]
    invocation = stage.function(code, memory_size=512, **settings).invoke({})
    return {
        "answer": invocation.payload if invocation.function_error is None else None,
        "error_type": invocation.error_type,
    }
