"""Who a function is when Lambda acts in its name: its execution role, assumed."""

from tutor.region.call import ACCOUNT, Caller


def role_caller(role_arn: str, session: str) -> Caller:
    """The execution role as a caller; ``session`` is the function's name, as Lambda has it."""
    name = role_arn.rpartition("/")[2]
    return Caller(arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}", administrator=False)
