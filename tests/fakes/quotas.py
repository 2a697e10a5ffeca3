"""Quotas and prices for tests that do not read the data: round numbers, near AWS's own."""

from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas

QUOTAS = Quotas(
    memory_size_min=128,
    memory_size_max=10240,
    memory_size_default=128,
    timeout_min=1,
    timeout_max=900,
    timeout_default=3,
    init_timeout=10,
    ephemeral_storage_min=512,
    ephemeral_storage_max=10240,
    ephemeral_storage_default=512,
    environment_variables_size=4096,
    layers_max=5,
    package_size_unzipped=262144000,
    package_size_zipped=52428800,
    request_payload=6291456,
    response_payload=6291556,
    async_request_payload=1048576,
    memory_per_vcpu=1769,
    vcpu_max=6,
    file_descriptors=1024,
    processes=1024,
    log_tail=4096,
    extensions_max=10,
    shutdown_external_extensions=2000,
    shutdown_internal_extension=500,
    telemetry_items_min=1000,
    telemetry_items_max=10000,
    telemetry_bytes_min=262144,
    telemetry_bytes_max=1048576,
    telemetry_timeout_min=25,
    telemetry_timeout_max=30000,
    telemetry_timeout_default=1000,
    streamed_response=200,
)

PRICES = Prices(request=2e-7, gb_second_x86=1.6667e-5, ephemeral_gb_second=3.09e-8, ephemeral_storage_free=512)
