"""What is read from libFuzzer's lines, and when the lock files are told apart."""

from fuzz.run import Run, take_in
from fuzz.targets import differing


def test_libfuzzers_own_numbers_are_taken_in() -> None:
    run = Run("mail")
    for line in (
        "#2048\tpulse  cov: 5120 ft: 9001 corp: 321/45Kb lim: 4096 exec/s: 512 rss: 99Mb\n",
        "stat::number_of_executed_units: 2100\n",
    ):
        take_in(run, line)
    assert (run.executed, run.edges, run.inputs) == (2100, 5120, 321)


def test_a_panic_is_told_with_its_first_lines() -> None:
    run = Run("mail")
    for line in (
        "thread '<unnamed>' (1) panicked at src/mail.rs:20:5:\n",
        "read twice, read differently\n",
        "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        "==1== ERROR: libFuzzer: deadly signal\n",
    ):
        take_in(run, line)
    assert run.why == ["src/mail.rs:20:5", "read twice, read differently"]


def test_a_library_must_be_the_one_that_ships() -> None:
    shipped = {"jiff": {"0.2.43"}, "syn": {"1.0.0", "2.0.0"}}
    assert differing(shipped, {"jiff": {"0.2.43"}, "syn": {"2.0.0"}, "libfuzzer-sys": {"0.4.13"}}) == []
    assert differing(shipped, {"jiff": {"0.2.44"}}) == ["jiff"]
