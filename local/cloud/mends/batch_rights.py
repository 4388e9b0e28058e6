"""A batch call asks for the right of its single call, as on AWS.

IAM knows no `sqs:SendMessageBatch` or `sns:PublishBatch`: whoever may send one message may send ten at once. MiniStack
asked for the right of that name, which no correct policy holds.
"""

from typing import Any

BATCHES = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
}


def apply() -> None:
    from ministack.core import iam_actions

    stock = iam_actions.extract_iam_action

    def action_of(*request: Any, **named: Any) -> str | None:
        action = stock(*request, **named)
        return BATCHES.get(action, action) if action else action

    iam_actions.extract_iam_action = action_of
