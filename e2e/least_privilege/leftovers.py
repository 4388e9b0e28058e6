"""What taking a right away leaves in the queues: messages that would be tried for minutes more, and dead letters."""

from stack.clients import client
from stack.settings import STACKS, Settings

# Waiting, being worked on or hidden until the next try, and delayed.
HELD = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def held(settings: Settings) -> set[str]:
    """The URLs of the stack's queues that hold something."""
    sqs = client(settings, "sqs")
    urls = sqs.list_queues(QueueNamePrefix=f"{STACKS}-").get("QueueUrls", [])
    depths = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(HELD))["Attributes"] for url in urls}
    return {url for url, depth in depths.items() if any(int(depth.get(name, 0)) for name in HELD)}


def purge(settings: Settings, kept: set[str]) -> list[str]:
    """Empties the queues that hold something, but for the kept: what was in those before is not ours. Their names."""
    left = sorted(held(settings) - kept)
    for url in left:
        client(settings, "sqs").purge_queue(QueueUrl=url)
    return [url.rsplit("/", 1)[-1].removeprefix(f"{STACKS}-") for url in left]
