"""Near-miss: failures reach the queue, but nothing is tried again: the busy warehouse gets no second chance."""

import warehouse


def lambda_handler(event, context):
    warehouse.book(event)
    return {"booked": True}
