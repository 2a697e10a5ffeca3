"""Who a function is when Lambda acts in its name: its execution role, assumed."""

from tutor.region.call import ACCOUNT, Caller


def role_caller(role_arn: str, session: str) -> Caller:
    """The execution role as a caller; ``session`` is the function's name, as Lambda has it."""
    name = role_arn.rpartition("/")[2]
    return Caller(arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session_of(session)}", administrator=False)


def session_of(function_name: str) -> str:
    """The name of a function's session: its own, with a suffix where one letter is too short for STS, as recorded."""
    return function_name if len(function_name) > 1 else f"{function_name}@lambda_function"
