"""Which operations may change what a neighbour keeps, and which only tell it: by their names, and a table."""

_TELLING = (
    "Get",
    "List",
    "Describe",
    "Head",
    "BatchGet",
    "Query",
    "Scan",
    "Select",
    "Search",
    "Lookup",
    "Filter",
    "Test",
    "Validate",
    "Simulate",
    "Estimate",
    "Preview",
    "Check",
    "Decode",
    "TransactGet",
)
_CHANGING = {
    ("sts", "GetSessionToken"),
    ("sts", "GetFederationToken"),
    ("cognito-identity", "GetId"),
    ("cognito-identity", "GetCredentialsForIdentity"),
    ("cognito-idp", "GetUserAttributeVerificationCode"),
}
_TELLING_TOO = {
    ("kms", "Encrypt"),
    ("kms", "Decrypt"),
    ("kms", "ReEncrypt"),
    ("kms", "Sign"),
    ("kms", "Verify"),
    ("kms", "GenerateMac"),
    ("kms", "VerifyMac"),
    ("kms", "GenerateRandom"),
    ("kms", "GenerateDataKey"),
    ("kms", "GenerateDataKeyWithoutPlaintext"),
    ("kms", "GenerateDataKeyPair"),
    ("kms", "GenerateDataKeyPairWithoutPlaintext"),
    ("stepfunctions", "SendTaskSuccess"),
    ("stepfunctions", "SendTaskFailure"),
    ("stepfunctions", "SendTaskHeartbeat"),
    ("logs", "StartQuery"),
    ("logs", "StopQuery"),
    ("iam", "GenerateServiceLastAccessedDetails"),
}
"""Of Step Functions' executions the journal keeps the end; what their states change passes the gate as requests."""


def changes(service: str, operation: str) -> bool:
    """Whether this operation may change what the service keeps. An unknown one may."""
    if (service, operation) in _CHANGING:
        return True
    return not operation.startswith(_TELLING) and (service, operation) not in _TELLING_TOO
