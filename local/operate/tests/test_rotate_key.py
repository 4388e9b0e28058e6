"""A key is exchanged step by step, and never before all have read the step before."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from cloud.tests.conftest import Cloud, document
from operate import key_rotation
from operate.key_rotation import LONGEST_PROCESS, look, older_processes, who_reads_it
from operate.place import Place
from operate.rotate_key import take
from stack.settings import Refusal

FIRST = "a" * 64
SIGNERS = who_reads_it()
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def deployed(cloud: Cloud, tenant: str) -> Place:
    prefix = f"cis-local-{tenant}"
    cloud.client("secretsmanager").create_secret(Name=f"{prefix}-tenant-key", SecretString=FIRST)
    cloud.client("iam").create_role(RoleName=prefix, AssumeRolePolicyDocument=document(TRUST))
    cloud.deploy(
        f"{prefix}-pipeline",
        {
            name.title().replace("-", ""): {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": f"{prefix}-{name}",
                    "Runtime": "python3.11",
                    "Handler": "index.handler",
                    "Role": f"arn:aws:iam::000000000000:role/{prefix}",
                    "Code": {"ZipFile": "def handler(event, context):\n    return {}\n"},
                },
            }
            for name in SIGNERS
        },
    )
    return Place("local", tenant, "", "", cloud.settings)


def begin_anew(place: Place) -> None:
    # In another second than the step before: the local cloud's secrets show no fractions.
    time.sleep(1)
    for name in SIGNERS:
        place.client("lambda").update_function_configuration(FunctionName=f"{place.prefix}-{name}", MemorySize=256)


def test_a_key_is_exchanged_in_three_steps(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    place = deployed(cloud, "rotated")
    take(place, "begin", None)
    named, signing, new = look(place).keys
    assert (named, signing) == (FIRST, FIRST)
    assert len(new) == 64
    assert new.isalnum()

    begin_anew(place)
    take(place, "sign", None)
    assert look(place).keys == [FIRST, new, FIRST]

    begin_anew(place)
    with pytest.raises(Refusal, match="retire --really cis-local-rotated"):
        take(place, "retire", None)
    take(place, "retire", "cis-local-rotated")
    assert look(place).keys == [FIRST, new]

    # And again: events keep the key that names them.
    take(place, "begin", None)
    named, signing, newer = look(place).keys
    assert (named, signing) == (FIRST, new)
    assert newer not in (FIRST, new)
    said = capsys.readouterr()
    assert not any(key in said.out + said.err for key in (FIRST, new, newer))


def test_a_step_waits_until_all_have_read_the_one_before(cloud: Cloud) -> None:
    place = deployed(cloud, "hasty")
    for step in ("sign", "retire"):
        with pytest.raises(Refusal, match="not the next step"):
            take(place, step, place.prefix)
    key_rotation.begin(place)
    with pytest.raises(Refusal, match="not the next step"):
        key_rotation.begin(place)
    with pytest.raises(Refusal, match=f"Too early: .*{SIGNERS[0]}"):
        key_rotation.sign(place)
    since = look(place).since
    assert older_processes(place, since, since + timedelta(hours=1)) == SIGNERS
    assert older_processes(place, since, since + LONGEST_PROCESS + timedelta(minutes=1)) == []
    begin_anew(place)
    key_rotation.sign(place)


def test_what_somebody_wrote_by_hand_is_left_alone(cloud: Cloud) -> None:
    place = deployed(cloud, "written")
    secrets = cloud.client("secretsmanager")
    secrets.put_secret_value(SecretId="cis-local-written-tenant-key", SecretString="\n".join([FIRST] * 4))
    with pytest.raises(Refusal, match="has 4 lines"):
        key_rotation.begin(place)


def test_what_is_not_deployed_has_no_key(cloud: Cloud) -> None:
    with pytest.raises(Refusal, match="is cis-local-nowhere-data deployed"):
        look(Place("local", "nowhere", "", "", cloud.settings))


def test_the_first_state_says_when_the_key_was_made(cloud: Cloud) -> None:
    place = deployed(cloud, "quiet")
    assert look(place).said.startswith("settled: the key was never exchanged (since ")
    assert datetime.now(UTC) - look(place).since < timedelta(hours=1)
