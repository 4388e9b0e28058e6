"""What a stream holds survives a restart.

MiniStack saves how far each function has read but not the records, so after a restart it looked for new records behind
the old position: none were delivered until as many had been written again.
"""

import copy


def apply() -> None:
    from ministack.services import dynamodb

    stock_save, stock_load = dynamodb.get_state, dynamodb.load_persisted_state

    def save() -> dict:
        return {
            **stock_save(),
            "stream_records": copy.deepcopy(dynamodb._stream_records),
            "stream_trimmed": copy.deepcopy(dynamodb._stream_trimmed),
        }

    def load(data: dict) -> None:
        stock_load(data)
        for store, name in (
            (dynamodb._stream_records, "stream_records"),
            (dynamodb._stream_trimmed, "stream_trimmed"),
        ):
            saved = data.get(name)
            if saved is not None:
                store._data.update(saved._data)

    dynamodb.get_state = save
    dynamodb.load_persisted_state = load
