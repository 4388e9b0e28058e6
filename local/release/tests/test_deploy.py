"""What a release does on a stage that rings, spans accounts, or has tenants of whom nobody expects an answer."""

from pathlib import Path

import pytest

from release import converse, kept
from release.deploy import Outcome, deploy
from release.drift import drift
from release.files import unpack
from release.manifest import ASSEMBLY, AT_ONCE
from release.tests.stages import ELSEWHERE, HERE, Cloud, bundle
from stack.settings import Refusal

ACME = {"acme": (HERE, True)}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converse, "LOOKS_EVERY_SECS", 0.001)
    monkeypatch.setattr(kept, "TRIES_AGAIN_AFTER_SECS", (0.0,))


def put(cloud: Cloud, tmp_path: Path, archive: Path, *, at_once: bool = False) -> Outcome:
    return deploy(cloud.place(tmp_path), archive, "dev", at_once=at_once, within_secs=0.02)


def test_a_release_is_gradual_and_what_goes_back_is_not(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    assert put(cloud, tmp_path, bundle(tmp_path, "1.0.0", ACME)).ok
    cloud.answers.clear()
    outcome = put(cloud, tmp_path, bundle(tmp_path, "1.1.0", ACME))
    stacks = "dev-acme/mail dev-acme/pipeline"
    assert cloud.deployed == [f"{ASSEMBLY}: {stacks}", f"{ASSEMBLY}: {stacks}", f"{AT_ONCE}: {stacks}"]
    assert not outcome.ok
    assert "acme did not answer" in outcome.why


def test_an_alarm_that_rings_stops_a_release_but_no_way_back_and_none_that_mends(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    assert put(cloud, tmp_path, bundle(tmp_path, "1.0.0", ACME)).ok
    cloud.rings = True
    failed = put(cloud, tmp_path, bundle(tmp_path, "1.1.0", ACME))
    assert (failed.ok, failed.rolled_back_to) == (False, "1.0.0")
    assert put(cloud, tmp_path, bundle(tmp_path, "1.1.1", ACME), at_once=True).ok


def test_a_bundle_from_before_there_were_two_ways_is_gone_back_to_by_the_one_it_has(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    old = bundle(tmp_path, "1.0.0", ACME, assemblies=(ASSEMBLY,))
    assert put(cloud, tmp_path, old).ok
    with pytest.raises(Refusal, match="leave --at-once out"):
        put(cloud, tmp_path, old, at_once=True)
    cloud.answers.clear()
    put(cloud, tmp_path, bundle(tmp_path, "1.1.0", ACME))
    assert cloud.deployed[-1].startswith(f"{ASSEMBLY}: ")


def test_only_what_is_in_this_account_and_region_is_deployed_and_asked(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    assert put(cloud, tmp_path, bundle(tmp_path, "1.0.0", {**ACME, "umbrella": (ELSEWHERE, True)})).ok
    assert [call[1] for call in cloud.calls] == ["account-111111111111/us-east-1", "dev-acme/mail"]
    assert "umbrella" not in " ".join(" ".join(call) for call in cloud.calls)
    assert cloud.asked == ["acme"]


def test_a_place_the_stage_is_not_in_is_told_where_it_is(tmp_path: Path) -> None:
    archive = bundle(tmp_path, "1.0.0", {"umbrella": (ELSEWHERE, True)})
    with pytest.raises(Refusal, match=f"Nothing of dev belongs into {HERE}; it is described for {ELSEWHERE}"):
        put(Cloud(set()), tmp_path, archive)


def test_the_first_release_succeeds_before_dns_is_set_and_says_what_to_do(tmp_path: Path) -> None:
    outcome = put(Cloud(set()), tmp_path, bundle(tmp_path, "1.0.0", ACME))
    assert outcome.ok
    [warning] = outcome.warnings
    assert "set his DNS records (`scripts/tenant dns acme --stage dev`)" in warning


def test_a_new_tenant_rolls_nobody_back_until_he_has_answered_once(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    both = {**ACME, "umbrella": (HERE, True)}
    assert put(cloud, tmp_path, bundle(tmp_path, "1.0.0", ACME)).ok
    # He is there with the next, and still waits for his records with the one after.
    for version in ("1.1.0", "1.2.0"):
        outcome = put(cloud, tmp_path, bundle(tmp_path, version, both))
        assert outcome.ok
        assert "umbrella did not answer" in outcome.warnings[0]
    cloud.answers.add("umbrella")
    assert put(cloud, tmp_path, bundle(tmp_path, "1.3.0", both)).warnings == []
    cloud.answers.remove("umbrella")
    assert put(cloud, tmp_path, bundle(tmp_path, "1.4.0", both)).why.startswith("umbrella did not answer")


def test_a_suspended_tenant_is_not_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud({"acme"})
    outcome = put(cloud, tmp_path, bundle(tmp_path, "1.0.0", {**ACME, "umbrella": (HERE, False)}))
    assert (outcome.ok, outcome.warnings, cloud.asked) == (True, [], ["acme"])
    assert "umbrella is suspended" in capsys.readouterr().out


def test_nothing_is_deployed_where_nobody_could_ask(tmp_path: Path) -> None:
    cloud = Cloud(set())
    place = cloud.place(tmp_path)
    object.__setattr__(place, "asks_from", "")
    with pytest.raises(Refusal, match="CIS_CONVERSATION_FROM"):
        deploy(place, bundle(tmp_path, "1.0.0", ACME), "dev")
    assert cloud.calls == []


def test_what_stands_but_is_not_recorded_is_said_with_what_to_do(tmp_path: Path) -> None:
    cloud = Cloud({"acme"})
    cloud.puts_that_fail = 1
    assert put(cloud, tmp_path, bundle(tmp_path, "1.0.0", ACME)).ok
    cloud.puts_that_fail = 9
    outcome = put(cloud, tmp_path, bundle(tmp_path, "1.1.0", ACME))
    assert (outcome.ok, outcome.rolled_back_to) == (False, "")
    assert "nothing was rolled back" in outcome.why
    assert "aws s3 cp 1.1.0.tar.gz s3://cis-releases-111111111111-us-east-1/dev/bundle.tar.gz" in outcome.why


def test_drift_is_looked_for_by_the_lookup_role_in_the_accounts_stack_too(tmp_path: Path) -> None:
    cloud = Cloud(set())
    folder = unpack(bundle(tmp_path, "1.0.0", {**ACME, "umbrella": (ELSEWHERE, True)}), tmp_path / "unpacked")
    drift(cloud.place(tmp_path), folder / ASSEMBLY, "dev")
    [call], [environment] = cloud.calls, cloud.environments
    assert call[:4] == ("drift", "account-111111111111/us-east-1", "dev-acme/mail", "dev-acme/pipeline")
    role = "arn:aws:iam::111111111111:role/cdk-hnb659fds-lookup-role-111111111111-us-east-1"
    assert environment["AWS_ACCESS_KEY_ID"] == role
    assert "AWS_PROFILE" not in environment
    assert environment["PATH"] == "/bin"


def test_drift_of_many_stacks_is_looked_for_bit_by_bit_and_told_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("release.drift.STACKS_AT_ONCE", 2)
    cloud = Cloud(set(), rings=True)
    folder = unpack(bundle(tmp_path, "1.0.0", ACME), tmp_path / "unpacked")
    with pytest.raises(Refusal, match="rings\nan alarm rings"):
        drift(cloud.place(tmp_path), folder / ASSEMBLY, "dev")
    assert [call[1:3] for call in cloud.calls] == [
        ("account-111111111111/us-east-1", "dev-acme/mail"),
        ("dev-acme/pipeline", "--fail"),
    ]
