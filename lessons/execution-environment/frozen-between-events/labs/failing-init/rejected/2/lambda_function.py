"""Near-miss: each event fetches the rates for itself. All are answered, and each waits for the service."""

import rates


def fetch_patiently():
    while True:
        try:
            return rates.fetch()
        except ConnectionError:
            continue


def lambda_handler(event, context):
    known = fetch_patiently()
    return {"currency": event["currency"], "price": event["euros"] * known[event["currency"]]}
