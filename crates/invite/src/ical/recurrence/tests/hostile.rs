//! What is written to take time or memory without end.

use super::*;

fn of_series<T>(lines: &str, ask: impl FnOnce(Series<'_>) -> T) -> T {
    let event = event(lines);
    let (start, zones) = (event.start.unwrap(), Zones::default());
    ask(Series::new(&start, &event.recurrence, &zones))
}

#[test]
fn a_hundred_thousand_exdates_are_taken_out_and_no_more_are_read() {
    let day = |number: i64| {
        let time = jiff::civil::date(2026, 3, 3).at(9, 0, 0, 0);
        let day = time.checked_add(jiff::Span::new().minutes(number)).unwrap();
        day.strftime("%Y%m%dT%H%M%S").to_string()
    };
    for per_line in [1, 1_000, 100_000] {
        let days: Vec<_> = (0..100_000).map(day).collect();
        let lines: String = days
            .chunks(per_line)
            .map(|days| format!("\nEXDATE;TZID=Europe/Berlin:{}", days.join(",")))
            .collect();
        let lines =
            format!("DTSTART;TZID=Europe/Berlin:20260303T090000\nRRULE:FREQ=MINUTELY{lines}");
        // In the hour that comes twice, two EXDATEs of the list name one instant of the rule.
        assert_eq!(event(&lines).recurrence.excluded.len(), 99_940);
        let next = of_series(&lines, |series| series.occurrences().next().unwrap());
        assert_eq!(clock::local(&next).to_string(), "2026-05-11T19:40:00");
    }
    let many = vec![day(0); MAX_DATES + 1].join(",");
    let (event, _, problems) = event_in("", &format!("DTSTART:20260303T090000Z\nEXDATE:{many}"));
    assert_eq!(event.recurrence.excluded.len(), 1);
    assert!(
        problems
            .iter()
            .any(|problem| problem.text.contains("too many dates"))
    );
    assert_eq!(event.invalid, ["EXDATE"]);
}

#[test]
fn rules_without_end_and_with_all_lists_full_answer_every_question() {
    let numbers = |from: i32, to: i32| {
        let numbers: Vec<_> = (from..=to)
            .filter(|number| *number != 0)
            .map(|number| number.to_string())
            .collect();
        numbers.join(",")
    };
    let full = format!(
        "BYMONTH={};BYMONTHDAY={};BYYEARDAY={};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,{};BYMINUTE=0,{};BYSECOND=0,{}",
        numbers(1, 12),
        numbers(-31, 31),
        numbers(-366, 366),
        numbers(1, 23),
        numbers(1, 59),
        numbers(1, 60),
    );
    for frequency in [
        "SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY",
    ] {
        for rest in [
            String::new(),
            full.clone(),
            format!("{full};BYSETPOS={}", numbers(-366, 366)),
            format!("{full};COUNT=4294967295"),
            format!("{full};UNTIL=99991231T235959Z"),
        ] {
            for start in ["20260303T090000Z", "20261231T235959Z"] {
                let lines = format!("DTSTART:{start}\nRRULE:FREQ={frequency};{rest}");
                of_series(&lines, |series| {
                    assert_eq!(series.occurrences().take(100).count(), 100);
                    let far = "2400-01-01T00:00:00Z".parse().unwrap();
                    // A rule that counts is counted through so far and no farther.
                    assert_eq!(
                        series.next_after(far).is_some(),
                        !rest.contains("COUNT"),
                        "{lines}"
                    );
                    assert_eq!(
                        series.is_endless(),
                        !rest.contains("COUNT") && !rest.contains("UNTIL")
                    );
                    let _ = (
                        series.count(),
                        series.last(),
                        series.sentence(Language::English),
                    );
                });
            }
        }
    }
}

#[test]
fn what_takes_everything_out_ends() {
    let none = of_series(
        "DTSTART:20260303T090000Z\nRRULE:FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY",
        |series| {
            (
                series.occurrences().next(),
                series.last(),
                series.next_after(Timestamp::UNIX_EPOCH),
            )
        },
    );
    assert_eq!(none, (None, None, None));
}

#[test]
fn more_rules_than_anybody_has_are_named_and_left_out() {
    let rules: String = (1..=1_000)
        .map(|at| format!("\nRRULE:FREQ=DAILY;INTERVAL={at}"))
        .collect();
    let event = event(&format!("DTSTART:20260303T090000Z{rules}"));
    assert_eq!(event.recurrence.rules.len(), MAX_RULES);
    assert_eq!(event.invalid, ["RRULE"]);
}
