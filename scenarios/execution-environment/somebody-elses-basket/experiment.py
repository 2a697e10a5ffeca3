"""A basket that two customers fill, one after the other, in one environment."""

CODE = '''
import gc
import os

VARIANT = os.environ["VARIANT"]
basket = []


def fill(articles, into=[]):
    into.extend(articles)
    return into


def lambda_handler(event, context):
    articles = event["articles"]
    if VARIANT == "inside":
        return fill(articles, [])
    if VARIANT == "default":
        return fill(articles)
    answer = list(fill(articles, basket))
    if VARIANT == "collect":
        gc.collect()
    return answer
'''


def observe(stage, articles, change):
    """``change`` holds ``variant``: where the list is made, or what is done about it."""
    settings = {name: value for name, value in change.items() if name != "variant"}
    function = stage.function(CODE, environment={"VARIANT": change["variant"]}, **settings)
    function.invoke({"articles": ["first"] * articles})
    answer = function.invoke({"articles": ["second"] * articles}).payload
    return {"leaked": answer.count("first")}
