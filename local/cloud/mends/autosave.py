"""The state is saved while the cloud runs, not only when it is asked to stop: a machine may die.

Every `SAVE_SECONDS` (0: never), and at once when told by SIGUSR1, as scripts/dev does after a deployment. Function code
is stored by its hash, so it is written once. All else is written whole each time, so the more there is the seldomer it
is saved: saving takes a twentieth of the time, where it took a third of a busy cloud's.
"""

import logging
import os
import signal
import threading
import time

# Pauses between two rounds are so many times as long as the last round took.
PAUSE_TIMES = 19


def apply() -> None:
    from ministack import app
    from ministack.core import persistence

    every_secs = float(os.environ.get("SAVE_SECONDS", "0"))
    if not persistence.PERSIST_STATE or every_secs <= 0:
        return

    # One line a service and round would bury everything else.
    persistence.logger.setLevel(logging.WARNING)
    now = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: now.set())

    def keep_saving() -> None:
        took_secs = 0.0
        while True:
            now.wait(max(every_secs, PAUSE_TIMES * took_secs))
            now.clear()
            started = time.monotonic()
            try:
                persistence.save_all(app._build_persistence_save_dict())
            except Exception:
                persistence.logger.exception("autosave: this round failed, the next comes")
            took_secs = time.monotonic() - started

    threading.Thread(target=keep_saving, name="autosave", daemon=True).start()
