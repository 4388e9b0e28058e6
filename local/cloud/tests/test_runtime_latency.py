"""How soon a function gets its event. Not timed: a busy machine would make it lie."""

import queue

from ministack.core.lambda_runtime import ProvidedWorker

from cloud.mends import runtime_latency


def test_the_runtime_api_does_not_wait_for_acknowledgements() -> None:
    runtime_latency.apply()
    handler = ProvidedWorker._build_handler_class(object.__new__(ProvidedWorker), 1, queue.Queue())
    assert handler.disable_nagle_algorithm
