"""The quotas of Lambda that the rest enforces. The numbers live in ``data/quotas.yaml`` alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quotas:
    """Lambda's quotas as plain integers; ``content`` builds it, ``wiring`` hands it on.

    Field names are keys of ``data/quotas.yaml``; units are in the names' comments.
    Source: the developer guide's quota page; each number's own source stands in the data file.
    """

    memory_size_min: int  # MB
    memory_size_max: int  # MB
    memory_size_default: int  # MB
    timeout_min: int  # s
    timeout_max: int  # s
    timeout_default: int  # s
    init_timeout: int  # s
    ephemeral_storage_min: int  # MB
    ephemeral_storage_max: int  # MB
    ephemeral_storage_default: int  # MB
    environment_variables_size: int  # bytes
    layers_max: int
    package_size_unzipped: int  # bytes
    package_size_zipped: int  # bytes
    request_payload: int  # bytes, synchronous
    response_payload: int  # bytes, as the service checks it
    async_request_payload: int  # bytes
    memory_per_vcpu: int  # MB
    vcpu_max: int
    file_descriptors: int
    processes: int
    log_tail: int  # bytes
    extensions_max: int
    shutdown_external_extensions: int  # ms
    shutdown_internal_extension: int  # ms
    telemetry_items_min: int
    telemetry_items_max: int
    telemetry_bytes_min: int  # bytes
    telemetry_bytes_max: int  # bytes
    telemetry_timeout_min: int  # ms
    telemetry_timeout_max: int  # ms
    telemetry_timeout_default: int  # ms
    streamed_response: int  # MB
