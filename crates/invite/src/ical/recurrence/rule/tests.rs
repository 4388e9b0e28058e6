//! What rules say, by the text clients write.

use super::*;

fn written(text: &str) -> String {
    match Rule::parse(text) {
        Ok((rule, remarks)) if remarks.is_empty() => rule.to_string(),
        Ok((rule, remarks)) => format!("{rule} ({})", remarks.join(" | ")),
        Err(unreadable) => format!("unreadable: {unreadable}"),
    }
}

#[test]
fn a_rule_is_written_in_one_way_however_it_was_read() {
    for (text, canonical) in [
        ("FREQ=DAILY;COUNT=10", "FREQ=DAILY;COUNT=10"),
        (
            "freq=weekly;byday=th,tu;interval=1;wkst=mo;",
            "FREQ=WEEKLY;BYDAY=TU,TH",
        ),
        (
            " FREQ = MONTHLY ; BYDAY = +2MO, -1FR ; UNTIL = 20260505T080000Z ",
            "FREQ=MONTHLY;UNTIL=20260505T080000Z;BYDAY=-1FR,2MO",
        ),
        (
            "WKST=SU;BYSETPOS=-1,1;BYMONTH=12,1,1;BYWEEKNO=-1,20;BYYEARDAY=366,-1;BYMONTHDAY=31,-31;\
             BYHOUR=23,0;BYMINUTE=59,0;BYSECOND=60,0;INTERVAL=2;UNTIL=20260505T080000;FREQ=YEARLY",
            "FREQ=YEARLY;UNTIL=20260505T080000;INTERVAL=2;BYSECOND=0,60;BYMINUTE=0,59;BYHOUR=0,23;\
             BYMONTHDAY=-31,31;BYYEARDAY=-1,366;BYWEEKNO=-1,20;BYMONTH=1,12;BYSETPOS=-1,1;WKST=SU",
        ),
        ("FREQ=DAILY;UNTIL=20260505", "FREQ=DAILY;UNTIL=20260505"),
        (
            "FREQ=DAILY;UNTIL=99991231T235959Z",
            "FREQ=DAILY;UNTIL=99991230T220000Z",
        ),
        ("RRULE:FREQ=DAILY", "FREQ=DAILY"),
        ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "FREQ=YEARLY"),
        (
            "FREQ=DAILY;COUNT=0;INTERVAL=0",
            "FREQ=DAILY;COUNT=1 (has COUNT=0; read as 1 | has INTERVAL=0; read as 1)",
        ),
        (
            "FREQ=DAILY;COUNT=3;UNTIL=20260505",
            "FREQ=DAILY;UNTIL=20260505 (has both COUNT and UNTIL; UNTIL counts)",
        ),
        (
            "FREQ=DAILY;COUNT=3;COUNT=4;BYEASTER=1;BYHOUR=",
            "FREQ=DAILY;COUNT=3 (names a part twice; the first counts | \
             has a part that is not of RFC 5545; it was left out | \
             names a part without a value; it was left out)",
        ),
        (
            "FREQ=WEEKLY;BYDAY=1MO,2MO,TU;WKST=XX",
            "FREQ=WEEKLY;BYDAY=MO,TU (has a WKST that is no day of the week; read as MO | \
             numbers days of the week where there is nothing to count them in; the numbers were left out)",
        ),
        (
            "FREQ=WEEKLY;BYMONTHDAY=13",
            "FREQ=WEEKLY;BYMONTHDAY=13 (has a part that does not go with its FREQ; it only takes days away)",
        ),
    ] {
        assert_eq!(written(text), canonical, "{text}");
    }
}

#[test]
fn a_rule_that_cannot_be_followed_is_no_rule() {
    for (text, reason) in [
        ("", "has no FREQ that RFC 5545 knows"),
        ("INTERVAL=2", "has no FREQ that RFC 5545 knows"),
        ("FREQ=OFTEN", "has no FREQ that RFC 5545 knows"),
        (
            "FREQ=DAILY;COUNT=many",
            "has a value of COUNT that cannot be read",
        ),
        (
            "FREQ=DAILY;INTERVAL=-1",
            "has a value of INTERVAL that cannot be read",
        ),
        (
            "FREQ=DAILY;UNTIL=later",
            "has a value of UNTIL that cannot be read",
        ),
        (
            "FREQ=YEARLY;BYMONTH=13",
            "has a value of BYMONTH that cannot be read",
        ),
        (
            "FREQ=YEARLY;BYMONTHDAY=0",
            "has a value of BYMONTHDAY that cannot be read",
        ),
        (
            "FREQ=YEARLY;BYDAY=XX",
            "has a value of BYDAY that cannot be read",
        ),
        (
            "FREQ=YEARLY;BYDAY=54MO",
            "has a value of BYDAY that cannot be read",
        ),
        (
            "FREQ=DAILY;BYHOUR=24",
            "has a value of BYHOUR that cannot be read",
        ),
        (
            "RSCALE=CHINESE;FREQ=YEARLY",
            "counts by a calendar other than the Gregorian one (RSCALE), which is not supported",
        ),
        (
            "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
            "moves days that a month does not have (SKIP), which is not supported; OMIT, the default, is",
        ),
    ] {
        assert_eq!(written(text), format!("unreadable: {reason}"), "{text}");
    }
}
