"""Says which version of the function is running, and under which name it was called."""

import os


def lambda_handler(event, context):
    return {
        "function_name": context.function_name,
        "function_version": context.function_version,
        "invoked_function_arn": context.invoked_function_arn,
        "from_the_environment": os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
    }
