"""The state is saved while the cloud runs, not only when it is asked to stop: a machine may die.

Every `SAVE_SECONDS` (0: never). Function code is stored by its hash, so it is written once.
"""

import os
import threading
import time


def apply() -> None:
    from ministack import app
    from ministack.core import persistence

    every_secs = float(os.environ.get("SAVE_SECONDS", "0"))
    if not persistence.PERSIST_STATE or every_secs <= 0:
        return

    def keep_saving() -> None:
        while True:
            time.sleep(every_secs)
            try:
                persistence.save_all(app._build_persistence_save_dict())
            except Exception:
                persistence.logger.exception("autosave: this round failed, the next comes")

    threading.Thread(target=keep_saving, name="autosave", daemon=True).start()
