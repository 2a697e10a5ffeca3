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
    create_function_request: int  # bytes, the whole body
    memory_per_vcpu: int  # MB
    vcpu_max: int
    file_descriptors: int
    processes: int
    log_tail: int  # bytes
    client_context_size: int  # bytes, in base64
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
    init_timeout_provisioned: int  # s; the function's timeout where that is longer
    idle_days: int  # a function in a VPC, or a Java version with SnapStart, is Inactive after those
    restore_timeout: int  # s, SnapStart: restoring with what the runtime does after it
    streaming_uncapped: int  # MB of a streamed response that go out at any speed
    streaming_bandwidth: int  # MB per second after those
    concurrency: int
    unreserved_concurrency_min: int
    scaling_environments: int  # environments every scaling_interval, each function
    scaling_interval: int  # s
    requests_per_concurrency: int  # requests per second for one concurrent execution
    provisioned_concurrency_min: int
    provisioned_allocation_rate: int  # environments per minute, each function
    provisioned_allocation_delay: int  # s
    control_plane_rate: int  # requests per second
    get_function_rate: int  # requests per second
    get_policy_rate: int  # requests per second
    async_retries: int  # most, and the default
    async_retry_wait_first: int  # s
    async_retry_wait_second: int  # s
    async_event_age_min: int  # s
    async_event_age_max: int  # s, and the default
    async_throttle_wait_min: int  # s
    async_throttle_wait_max: int  # s
    dead_letter_error_message: int  # bytes
    recursive_invocations: int  # in one chain
    sqs_batch_default: int
    sqs_batch_max: int
    sqs_fifo_batch_max: int
    stream_batch_default: int
    stream_batch_max: int
    batch_size_without_window: int
    batching_window_max: int  # s
    parallelization_factor_max: int
    stream_retries_max: int
    stream_record_age_min: int  # s
    stream_record_age_max: int  # s
    tumbling_window_max: int  # s
    tumbling_state_size: int  # bytes
    sqs_initial_concurrency: int  # batches
    sqs_scaling_per_minute: int  # batches
    sqs_scaling_max: int  # batches
    sqs_maximum_concurrency_min: int
    sqs_maximum_concurrency_max: int
    sqs_long_poll: int  # s
    sqs_pollers_min: int
    sqs_pollers_max: int
    sqs_pollers_default_max: int
    sqs_poller_concurrency: int  # concurrent invocations of one provisioned poller
    sqs_pollers_scaling_per_minute: int  # concurrent invocations, in provisioned mode
    kafka_pollers_max: int
    kafka_pollers_min_max: int  # the highest minimum
    polled_source_timeout_max: int  # s
    kinesis_poll_interval: int  # ms
    dynamodb_poll_interval: int  # ms
    filter_patterns: int
    filter_pattern_length: int  # characters
    alias_versions_max: int
    snapstart_ephemeral_storage_max: int  # MB
    vpc_subnets: int
    vpc_security_groups: int
    resource_policy_size: int  # bytes
    layer_policy_size: int  # bytes
    tags_max: int  # a resource
    code_storage: int  # GB in an AWS region, of all versions and layer versions
    page_size: int  # items
    description_length: int  # characters
    function_name_length: int  # characters
    alb_payload: int  # bytes
    api_gateway_payload: int  # bytes
    api_gateway_timeout: int  # s
    http_api_timeout: int  # s
    dynamodb_stream_retention: int  # hours
    kinesis_retention_default: int  # hours
