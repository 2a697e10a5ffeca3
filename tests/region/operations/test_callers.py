"""Who calls: what the caller itself must be allowed for an operation, beside the operation."""

import json

from tests.region.conftest import Clients as Served
from tests.region.operations.material import CODE, ROLE, refusal
from tutor.region.region import Region


def test_code_in_s3_is_read_with_the_callers_rights(served: Served, region: Region) -> None:
    """Who may not read the object, or not pass the role, is refused in the service's words."""
    iam = region.client("iam")
    iam.create_user(UserName="dev")
    key = iam.create_access_key(UserName="dev")["AccessKey"]

    def allow(*actions: str) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_user_policy(UserName="dev", PolicyName="all", PolicyDocument=json.dumps(document))

    bucket = region.client("s3")
    bucket.create_bucket(Bucket="code")
    bucket.put_object(Bucket="code", Key="fn.zip", Body=CODE)
    dev = served("lambda", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    function = {
        "FunctionName": "fn", "Runtime": "python3.13", "Handler": "a.b", "Role": ROLE,
        "Code": {"S3Bucket": "code", "S3Key": "fn.zip"},
    }  # fmt: skip
    allow("lambda:*")
    told = refusal(dev.create_function, **function)
    assert told.startswith(
        "AccessDeniedException: User: arn:aws:iam::123456789012:user/dev is not authorized to perform: iam:PassRole "
        f"on resource: {ROLE}"
    )
    allow("lambda:*", "iam:PassRole")
    told = refusal(dev.create_function, **function)
    assert told.startswith("AccessDeniedException: Your access has been denied by S3")
    allow("lambda:*", "iam:PassRole", "s3:GetObject")
    assert dev.create_function(**function)["CodeSize"] == len(CODE)
