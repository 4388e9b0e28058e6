"""What is left when the machine dies."""

import os
import signal

from .conftest import Cloud, eventually


def test_the_state_is_saved_when_told_and_is_there_after_a_kill(own_cloud: Cloud) -> None:
    own_cloud.client("sqs").create_queue(QueueName="kept")
    saved = own_cloud.settings.state / "cloud" / "sqs.json"
    os.kill(own_cloud.process.pid, signal.SIGUSR1)
    eventually(lambda: saved.is_file() and "kept" in saved.read_text())
    own_cloud.process.kill()
    own_cloud.process.wait()
    own_cloud.start()
    assert own_cloud.client("sqs").get_queue_url(QueueName="kept")
