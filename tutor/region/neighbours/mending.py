"""What moto does for itself alone, made right as its modules are loaded: state and chance by house, no leak."""

import importlib
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import requests

from tutor.region.neighbours.events_refusals import mend_events_refusals
from tutor.region.neighbours.house import SESSIONS, Scene, drawer, scene, staged
from tutor.region.neighbours.key_pair import ASYMMETRIC, asymmetric
from tutor.region.neighbours.mending_answers import (
    mend_cloudwatch_answers,
    mend_dynamodb_answers,
    mend_sqs_answers,
)
from tutor.region.neighbours.mending_apigateway import mend_rest_api_requests, mend_rest_apis
from tutor.region.neighbours.mending_apigatewayv2 import mend_http_api_answers, mend_http_apis
from tutor.region.neighbours.mending_cloudwatch import mend_cloudwatch
from tutor.region.neighbours.mending_dynamodb import mend_tables
from tutor.region.neighbours.mending_elbv2 import mend_load_balancers
from tutor.region.neighbours.mending_events import mend_events, mend_events_requests
from tutor.region.neighbours.mending_iterators import mend_dynamodbstreams
from tutor.region.neighbours.mending_kms import mend_kms
from tutor.region.neighbours.mending_lambda import mend_lambda
from tutor.region.neighbours.mending_logs import mend_logs
from tutor.region.neighbours.mending_s3 import mend_s3, mend_s3_notifications, mend_s3_requests
from tutor.region.neighbours.mending_scheduler import mend_scheduler, mend_scheduler_refusals
from tutor.region.neighbours.mending_secrets import mend_secrets
from tutor.region.neighbours.mending_sns import mend_sns
from tutor.region.neighbours.mending_sqs import mend_sqs
from tutor.region.neighbours.mending_stepfunctions import (
    mend_clients,
    mend_executions,
    mend_function_tasks,
    mend_starting,
    mend_waiting,
)
from tutor.region.neighbours.mending_streams import mend_dynamodb, mend_kinesis
from tutor.region.neighbours.mending_tasks import mend_function_calls
from tutor.region.neighbours.moto_clock import Shim, chance
from tutor.region.neighbours.moto_import import after_import, replace_module
from tutor.region.neighbours.sqs_refusals import mend_receiving, mend_sqs_refusals
from tutor.region.neighbours.template_yaml import template_yaml


def _config(module: ModuleType) -> None:
    module.default_user_config.update(
        {
            "iam": {"load_aws_managed_policies": True},
            "stepfunctions": {"execute_state_machine": True},
            "lambda": {"use_docker": False},
            "batch": {"use_docker": False},
        }
    )


def _backends_by_house(module: ModuleType) -> None:
    """moto's dictionaries of backends hold what the current house has; backends come to be alike in every run.

    Any name is an AWS region's.
    """

    def kept(self: Any) -> dict[str, Any]:
        return drawer(self._id)

    def of_account(self: Any, account: str) -> Any:
        accounts = kept(self)
        if account not in accounts:
            with _by_name(f"{self.service_name} {account}"):
                accounts[account] = module.AccountSpecificBackend(
                    service_name=self.service_name,
                    account_id=account,
                    backend=self.backend,
                    use_boto3_regions=self._use_boto3_regions,
                    additional_regions=self._additional_regions,
                )
        return accounts[account]

    whole = {
        "__getitem__": of_account,
        "__iter__": lambda self: iter(kept(self)),
        "__len__": lambda self: len(kept(self)),
        "__contains__": lambda self, account: account in kept(self),
        "keys": lambda self: kept(self).keys(),
        "values": lambda self: kept(self).values(),
        "items": lambda self: kept(self).items(),
        "get": lambda self, account, default=None: kept(self).get(account, default),
    }
    for name, method in whole.items():
        setattr(module.BackendDict, name, method)
    module.__dict__["allow_unknown_region"] = lambda: True
    _regions_alike(module.AccountSpecificBackend)


def _regions_alike(kind: Any) -> None:
    given = kind.__getitem__

    def of_region(self: Any, region: str) -> Any:
        here = scene()
        known = "aws" if region == "global" else region
        if here is None or known in self.keys():
            return given(self, region)
        with _by_name(f"{self.service_name} {self.account_id} {known}"):
            return given(self, region)

    kind.__getitem__ = of_region


def _by_name(name: str) -> AbstractContextManager[None]:
    """Chance that the name alone decides: it does not matter which request, told or kept, comes first."""
    here = scene()
    return staged(here and Scene(here.house, here.moment, random.Random(name)))


def _no_tracking(module: ModuleType) -> None:
    """moto remembers every object that it ever made, for a page of its server: a leak here."""
    module.BaseModel.__new__ = lambda cls, *args, **named: object.__new__(cls)


def _chance_of_scene(module: ModuleType) -> None:
    class SceneRandom(module.MotoRandom):  # type: ignore[name-defined, misc]
        def random(self) -> float:
            return chance().random()

        def getrandbits(self, k: int) -> int:
            return chance().getrandbits(k)

        def seed(self, *_: Any, **__: Any) -> None:
            return None

    module.mock_random.__class__ = SceneRandom


def _one_thread_list(module: ModuleType) -> None:
    class Forgetful(list[Any]):
        def append(self, _: Any) -> None:
            return None

    module.__dict__["TMP_THREADS"] = Forgetful()


def _callers(module: ModuleType) -> None:
    """Sessions that the gate opened are sessions too, and who signs with any other key is the account's root."""
    backend = module.STSBackend
    given, told = backend.get_assumed_role_from_access_key, backend.get_caller_identity

    def session(self: Any, access_key: str) -> Any:
        return drawer(SESSIONS).get(access_key) or given(self, access_key)

    def identity(self: Any, access_key: str, region: str) -> tuple[str, str, str]:
        user, arn, account = told(self, access_key, region)
        return (
            (account, f"arn:aws:iam::{account}:root", account) if arn.endswith(":user/moto") else (user, arn, account)
        )

    backend.get_assumed_role_from_access_key, backend.get_caller_identity = session, identity


def _policies_once(module: ModuleType) -> None:
    """AWS's own policies are read for the one partition in use; moto would read them for each."""
    backend = module.IAMBackend
    read = backend._init_aws_policies
    backend._init_aws_policies = lambda self: read(self) if self.region_name == "aws" else []


def _metrics_once(module: ModuleType) -> None:
    """A metric without dimensions is listed once, as every other; moto lists it for each of its values."""

    def filtered(self: Any, metric_name: str, namespace: str, dimensions: list[dict[str, str]]) -> list[Any]:
        found: dict[Any, Any] = {}
        for datum in self.get_all_metrics():
            key = (datum.namespace, datum.name, frozenset((each.name, each.value) for each in datum.dimensions))
            if key not in found and datum.filter(namespace, metric_name, dimensions):
                found[key] = datum
        return list(found.values())

    module.CloudWatchBackend.get_filtered_metrics = filtered


def _names_once(module: ModuleType) -> None:
    """The names of a class's methods are looked up at every request: remembered."""
    module.__dict__["method_names_from_class"] = cache(module.__dict__["method_names_from_class"])


def _words_once(module: ModuleType) -> None:
    """moto takes the names of parameters apart at every request: remembered."""
    module.__dict__["camelcase_to_underscores"] = cache(module.__dict__["camelcase_to_underscores"])


_SENDING = ("request", "get", "post", "put", "patch", "delete", "head", "options")
_HOME = ("127.0.0.1", "localhost", "::1")


def _at_home(name: str) -> Callable[..., Any]:
    """A function of ``requests`` that reaches this machine and nothing else."""

    def send(*args: Any, **named: Any) -> Any:
        url = named.get("url") or args[1 if name == "request" else 0]
        if urlsplit(url).hostname not in _HOME:
            raise requests.ConnectionError(f"The region reaches no network: {url}")
        return getattr(requests, name)(*args, **named)

    return send


def mend() -> None:
    """Have all of it done, each as its module is loaded."""
    after_import("core.config", _config)
    after_import("core.base_backend", _backends_by_house)
    after_import("core.common_models", _no_tracking)
    after_import("moto_api._internal", _chance_of_scene)
    after_import("stepfunctions.parser.utils", _one_thread_list)
    after_import("core.responses", _names_once)
    after_import("core.utils", _words_once)
    after_import("iam.models", _policies_once)
    after_import("sts.models", _callers)
    after_import("s3.models", mend_s3)
    after_import("s3.responses", mend_s3_requests)
    after_import("s3.notifications", mend_s3_notifications)
    after_import("sqs.models", mend_sqs)
    after_import("cloudwatch.models", _metrics_once)
    after_import("kinesis.models", mend_kinesis)
    after_import("dynamodb.models.table", mend_dynamodb)
    after_import("dynamodb.models.table", mend_tables)
    after_import("dynamodbstreams.models", mend_dynamodbstreams)
    after_import("sns.models", mend_sns)
    after_import("logs.models", mend_logs)
    after_import("cloudwatch.models", mend_cloudwatch)
    after_import("events.models", mend_events)
    after_import("events.models", mend_events_refusals)
    after_import("events.responses", mend_events_requests)
    after_import("scheduler.models", mend_scheduler)
    after_import("scheduler.exceptions", mend_scheduler_refusals)
    after_import("sqs.models", mend_sqs_refusals)
    after_import("sqs.responses", mend_receiving)
    after_import("sqs.responses", mend_sqs_answers)
    after_import("dynamodb.responses", mend_dynamodb_answers)
    after_import("cloudwatch.responses", mend_cloudwatch_answers)
    after_import("elbv2.models", mend_load_balancers)
    after_import("kms.models", mend_kms)
    after_import("secretsmanager.models", mend_secrets)
    after_import("apigateway.models", mend_rest_apis)
    after_import("apigatewayv2.models", mend_http_apis)
    after_import("apigatewayv2.responses", mend_http_api_answers)
    after_import("apigateway.responses", mend_rest_api_requests)
    after_import("awslambda.utils", mend_lambda)
    parser = "stepfunctions.parser"
    after_import(f"{parser}.backend.execution", mend_executions)
    after_import(f"{parser}.models", mend_starting)
    after_import(f"{parser}.asl.utils.boto_client", mend_clients)
    after_import(f"{parser}.asl.component.state.exec.state_task.state_task_lambda", mend_function_tasks)
    after_import(f"{parser}.asl.component.state.exec.state_task.lambda_eval_utils", mend_function_calls)
    after_import(f"{parser}.asl.component.state.wait.wait_function.timestamp", mend_waiting)
    replace_module(ASYMMETRIC, asymmetric())
    replace_module("yaml", template_yaml(importlib.import_module("yaml")))
    replace_module("requests", Shim(requests, {name: _at_home(name) for name in _SENDING}))
