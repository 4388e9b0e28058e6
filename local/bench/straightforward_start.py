"""An event read as one would write it in an afternoon: `python -m bench.straightforward_start TABLE UID` prints the CPU
time its process has used by then."""

import json
import resource
import sys

import boto3

if __name__ == "__main__":
    key = f"event#{sys.argv[2]}"
    found = boto3.client("dynamodb").get_item(TableName=sys.argv[1], Key={"pk": {"S": key}, "sk": {"S": key}})
    if "Item" not in found:
        sys.exit("there is no such event")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu_secs": used.ru_utime + used.ru_stime}))
