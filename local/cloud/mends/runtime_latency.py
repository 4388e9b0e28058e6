"""A function gets its event at once.

MiniStack's runtime API writes the headers and the event in two packets with Nagle's algorithm on: the second waits for
the acknowledgement of the first, which the other side delays by 40 ms. Every hop of a mail's way paid that.
"""

from typing import Any


def apply() -> None:
    from ministack.core.lambda_runtime import ProvidedWorker

    stock = ProvidedWorker._build_handler_class

    def without_nagle(worker: Any, generation: int, pending: Any) -> type:
        handler = stock(worker, generation, pending)
        handler.disable_nagle_algorithm = True
        return handler

    ProvidedWorker._build_handler_class = without_nagle
