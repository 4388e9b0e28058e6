//! Which series recur alike, and what people are told of one.

use super::*;

fn recur_alike(one: &str, other: &str) -> bool {
    let series = |lines: &str| {
        let event = event(lines);
        (event.start.unwrap(), event.recurrence)
    };
    let zones = Zones::default();
    let ((a, ra), (b, rb)) = (series(one), series(other));
    Series::new(&a, &ra, &zones).recurs_like(&Series::new(&b, &rb, &zones))
}

#[test]
fn what_is_said_in_other_words_is_the_same() {
    // A Tuesday.
    let start = "DTSTART;TZID=Europe/Berlin:20260310T100000";
    for (one, other) in [
        (
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH",
            "RRULE:BYDAY=TH,TU;WKST=SU;INTERVAL=1;FREQ=WEEKLY",
        ),
        (
            "RRULE:FREQ=WEEKLY",
            "RRULE:FREQ=WEEKLY;BYDAY=TU;BYHOUR=10;BYMINUTE=0;BYSECOND=0",
        ),
        ("RRULE:FREQ=MONTHLY", "RRULE:FREQ=MONTHLY;BYMONTHDAY=10"),
        (
            "RRULE:FREQ=YEARLY",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=2TU",
            "RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
        ),
        // Ends are what they let be the last.
        (
            "RRULE:FREQ=WEEKLY;UNTIL=20260331T080000Z",
            "RRULE:FREQ=WEEKLY;UNTIL=20260331",
        ),
        (
            "RRULE:FREQ=WEEKLY;UNTIL=20260331T080000Z",
            "RRULE:FREQ=WEEKLY;COUNT=4",
        ),
        (
            "RRULE:FREQ=WEEKLY;UNTIL=20260331T215959Z",
            "RRULE:FREQ=WEEKLY;UNTIL=20260403T100000",
        ),
        (
            "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20260311T100000\nEXDATE;VALUE=DATE:20260312",
            "RRULE:FREQ=DAILY\nEXDATE:20260312T090000Z,20260311T090000Z",
        ),
        (
            "RDATE:20260311T090000Z,20260312T090000Z",
            "RDATE;TZID=Europe/Berlin:20260312T100000\nRDATE;TZID=Europe/Paris:20260311T100000",
        ),
    ] {
        assert!(
            recur_alike(&format!("{start}\n{one}"), &format!("{start}\n{other}")),
            "{one} {other}"
        );
    }
    // The same rule from another day on.
    assert!(recur_alike(
        &format!("{start}\nRRULE:FREQ=WEEKLY"),
        "DTSTART:20260311T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=WE",
    ));
}

#[test]
fn what_has_other_occurrences_is_not() {
    let start = "DTSTART;TZID=Europe/Berlin:20260310T100000";
    for (one, other) in [
        ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;INTERVAL=2"),
        ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;BYDAY=WE"),
        ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;COUNT=400"),
        ("RRULE:FREQ=WEEKLY;COUNT=4", "RRULE:FREQ=WEEKLY;COUNT=5"),
        (
            "RRULE:FREQ=WEEKLY;UNTIL=20260331T080000Z",
            "RRULE:FREQ=WEEKLY;UNTIL=20260331T075959Z",
        ),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
        ),
        ("RRULE:FREQ=YEARLY;BYMONTHDAY=10", "RRULE:FREQ=YEARLY"),
        (
            "RRULE:FREQ=DAILY",
            "RRULE:FREQ=DAILY\nEXDATE:20260311T090000Z",
        ),
        ("SUMMARY:once", "RDATE:20260311T090000Z"),
    ] {
        assert!(
            !recur_alike(&format!("{start}\n{one}"), &format!("{start}\n{other}")),
            "{one} {other}"
        );
    }
}

#[test]
fn a_series_is_told_in_a_sentence() {
    for (lines, english, german) in [
        ("RRULE:FREQ=DAILY", "every day", "jeden Tag"),
        (
            "RRULE:FREQ=DAILY;INTERVAL=3;COUNT=10",
            "every 3 days, 10 times",
            "alle 3 Tage, 10-mal",
        ),
        (
            "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
            "every weekday",
            "montags bis freitags",
        ),
        (
            "RRULE:FREQ=DAILY;BYMONTH=1,2",
            "every day in January and February",
            "jeden Tag im Januar und Februar",
        ),
        (
            "RRULE:FREQ=WEEKLY",
            "every week on Tuesday",
            "jede Woche am Dienstag",
        ),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260505T080000Z",
            "every week on Tuesday and Thursday until 5 May 2026",
            "jede Woche am Dienstag und Donnerstag bis zum 5. Mai 2026",
        ),
        (
            "RRULE:FREQ=WEEKLY;UNTIL=20260504T220000Z",
            "every week on Tuesday until 5 May 2026",
            "jede Woche am Dienstag bis zum 5. Mai 2026",
        ),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
            "every 2 weeks on Monday, Wednesday and Friday",
            "alle 2 Wochen am Montag, Mittwoch und Freitag",
        ),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR",
            "every 2 weeks on Monday to Friday",
            "alle 2 Wochen von Montag bis Freitag",
        ),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=FR,MO,TU,WE,TH;COUNT=1",
            "every weekday, once",
            "montags bis freitags, einmal",
        ),
        (
            "RRULE:FREQ=MONTHLY",
            "every month on the 10th",
            "jeden Monat am 10.",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=2FR;COUNT=10",
            "every 2nd Friday of the month, 10 times",
            "jeden 2. Freitag im Monat, 10-mal",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
            "every last Friday of the month",
            "jeden letzten Freitag im Monat",
        ),
        (
            "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
            "every 2 months on the last Sunday and the 1st Sunday",
            "alle 2 Monate am letzten Sonntag und 1. Sonntag",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,-1,15",
            "every month on the 1st, the 15th and the last day",
            "jeden Monat am 1., am 15. und am letzten Tag",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
            "every month on the 13th if it is Friday",
            "jeden Monat am 13., wenn das ein Freitag ist",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "every last weekday of the month",
            "jeden letzten Arbeitstag im Monat",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3",
            "every month on Tuesday, Wednesday and Thursday, of these the 3rd",
            "jeden Monat am Dienstag, Mittwoch und Donnerstag, davon jeweils der 3.",
        ),
        (
            "RRULE:FREQ=MONTHLY;BYMONTH=6,7;BYDAY=1MO",
            "every month on the 1st Monday in June and July",
            "jeden Monat am 1. Montag im Juni und Juli",
        ),
        (
            "RRULE:FREQ=YEARLY",
            "every year on 10 March",
            "jedes Jahr am 10. März",
        ),
        (
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10",
            "every year on 10 March",
            "jedes Jahr am 10. März",
        ),
        (
            "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
            "every year on the last day of February",
            "jedes Jahr am letzten Tag im Februar",
        ),
        (
            "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "every year on the 4th Thursday of November",
            "jedes Jahr am 4. Donnerstag im November",
        ),
        (
            "RRULE:FREQ=YEARLY;BYMONTH=6,7",
            "every year on the 10th of the month in June and July",
            "jedes Jahr am 10. des Monats im Juni und Juli",
        ),
        (
            "RRULE:FREQ=YEARLY;BYDAY=20MO",
            "every year on the 20th Monday of the year",
            "jedes Jahr am 20. Montag des Jahres",
        ),
        (
            "RRULE:FREQ=YEARLY;BYWEEKNO=20",
            "every year in week 20 on Tuesday",
            "jedes Jahr in Kalenderwoche 20 am Dienstag",
        ),
        (
            "RRULE:FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100",
            "every 3 years on the 1st day of the year and the 100th day of the year",
            "alle 3 Jahre am 1. und 100. Tag des Jahres",
        ),
        (
            "RRULE:FREQ=HOURLY;INTERVAL=3",
            "every 3 hours",
            "alle 3 Stunden",
        ),
        (
            "RRULE:FREQ=MINUTELY;BYHOUR=9,10",
            "every minute in the hours 09 and 10",
            "jede Minute in den Stunden 09 und 10",
        ),
        (
            "RRULE:FREQ=DAILY;BYHOUR=9,14;BYMINUTE=30",
            "every day at 09:30 and 14:30",
            "jeden Tag um 09:30 und 14:30 Uhr",
        ),
        (
            "RRULE:FREQ=DAILY;BYHOUR=10;BYMINUTE=0",
            "every day",
            "jeden Tag",
        ),
        (
            "RRULE:FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15",
            "every day at several times of the day",
            "jeden Tag zu mehreren Zeiten am Tag",
        ),
        (
            "RDATE;TZID=Europe/Berlin:20260312T100000,20260401T100000",
            "on 10 March 2026, and on 12 March 2026 and 1 April 2026",
            "am 10. März 2026, und am 12. März 2026 und 1. April 2026",
        ),
        (
            "RRULE:FREQ=DAILY;COUNT=5\nRDATE:20260401T080000Z\nEXDATE:20260311T230000Z",
            "every day, 5 times, and on 1 April 2026, except on 12 March 2026",
            "jeden Tag, 5-mal, und am 1. April 2026, außer am 12. März 2026",
        ),
        (
            "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20260311,20260312,20260313,20260314,20260315,20260316,20260317\nEXRULE:FREQ=WEEKLY",
            "every day, except on 7 days, except every week on Tuesday",
            "jeden Tag, außer an 7 Tagen, außer jede Woche am Dienstag",
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=MONTHLY;COUNT=2",
            "every week on Tuesday, 2 times; and every month on the 10th, 2 times",
            "jede Woche am Dienstag, 2-mal; und jeden Monat am 10., 2-mal",
        ),
    ] {
        let event = event(&format!(
            "DTSTART;TZID=Europe/Berlin:20260310T100000\n{lines}"
        ));
        let start = event.start.unwrap();
        let zones = Zones::default();
        let series = Series::new(&start, &event.recurrence, &zones);
        for (language, expected) in Language::ALL.into_iter().zip([english, german]) {
            let sentence = series.sentence(language);
            assert_eq!(sentence.as_deref(), Some(expected), "{lines}");
        }
    }
    let start = event("DTSTART:20260310T100000Z").start.unwrap();
    assert_eq!(
        Series::new(&start, &Recurrence::default(), &Zones::default()).sentence(Language::English),
        None
    );
}
