"""Serves the local cloud until SIGTERM; its state is saved then, and while it runs.

Configured by MiniStack's own environment variables (see local/stack/processes.py).
"""

import asyncio
import asyncio.constants
import os

from cloud.mends import mend_all
from cloud.pinned import refuse_other_versions


def serve() -> None:
    # Not ministack.app.main: that one also binds port 443 and writes its pid outside our folder.
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app
    from ministack.core import tls

    config = Config()
    config.bind = [f"{os.environ.get('BIND_HOST', '127.0.0.1')}:{os.environ.get('GATEWAY_PORT', '4566')}"]
    config.keep_alive_timeout = 75
    config.loglevel = app.LOG_LEVEL.upper()
    config.graceful_timeout = 2
    config.shutdown_timeout = 20
    if tls.use_ssl_enabled():
        # An idle client does not answer a goodbye; the default waits 30 s for it before the state is saved.
        asyncio.constants.SSL_SHUTDOWN_TIMEOUT = 0.5
        # As AWS's endpoints offer it. Over HTTP/2, Hypercorn now and then leaves a request without an answer until the
        # connection is given up as idle.
        config.alpn_protocols = ["http/1.1"]
        config.certfile, config.keyfile = tls.resolve_tls_material()
    asyncio.run(hypercorn_serve(app.app, config))


if __name__ == "__main__":
    refuse_other_versions()
    mend_all()
    serve()
