//! The examples of RFC 5545 section 3.8.5.3, all of them.

use super::*;

#[test]
fn each_example_of_rfc_5545_comes_to_what_it_says() {
    for (start, lines, number, expected) in [
        (
            "19970902T090000",
            "RRULE:FREQ=DAILY;COUNT=10",
            99,
            "1997: 9/2 9/3 9/4 9/5 9/6 9/7 9/8 9/9 9/10 9/11",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=DAILY;INTERVAL=2",
            20,
            "1997: 9/2 9/4 9/6 9/8 9/10 9/12 9/14 9/16 9/18 9/20 9/22 9/24 9/26 9/28 9/30 10/2 10/4 10/6 10/8 10/10",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=DAILY;INTERVAL=10;COUNT=5",
            99,
            "1997: 9/2 9/12 9/22 10/2 10/12",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;COUNT=10",
            99,
            "1997: 9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;UNTIL=19971224T000000Z",
            99,
            "1997: 9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4 11/11 11/18 11/25 12/2 12/9 12/16 12/23",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU",
            13,
            "1997: 9/2 9/16 9/30 10/14 10/28 11/11 11/25 12/9 12/23 1998: 1/6 1/20 2/3 2/17",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
            99,
            "1997: 9/2 9/4 9/9 9/11 9/16 9/18 9/23 9/25 9/30 10/2",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
            99,
            "1997: 9/2 9/4 9/9 9/11 9/16 9/18 9/23 9/25 9/30 10/2",
        ),
        (
            "19970901T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            99,
            "1997: 9/1 9/3 9/5 9/15 9/17 9/19 9/29 10/1 10/3 10/13 10/15 10/17 10/27 10/29 10/31 11/10 11/12 11/14 11/24 11/26 11/28 12/8 12/10 12/12 12/22",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            99,
            "1997: 9/2 9/4 9/16 9/18 9/30 10/2 10/14 10/16",
        ),
        (
            "19970905T090000",
            "RRULE:FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            99,
            "1997: 9/5 10/3 11/7 12/5 1998: 1/2 2/6 3/6 4/3 5/1 6/5",
        ),
        (
            "19970905T090000",
            "RRULE:FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
            99,
            "1997: 9/5 10/3 11/7 12/5",
        ),
        (
            "19970907T090000",
            "RRULE:FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            99,
            "1997: 9/7 9/28 11/2 11/30 1998: 1/4 1/25 3/1 3/29 5/3 5/31",
        ),
        (
            "19970922T090000",
            "RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
            99,
            "1997: 9/22 10/20 11/17 12/22 1998: 1/19 2/16",
        ),
        (
            "19970928T090000",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=-3",
            6,
            "1997: 9/28 10/29 11/28 12/29 1998: 1/29 2/26",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
            99,
            "1997: 9/2 9/15 10/2 10/15 11/2 11/15 12/2 12/15 1998: 1/2 1/15",
        ),
        (
            "19970930T090000",
            "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            99,
            "1997: 9/30 10/1 10/31 11/1 11/30 12/1 12/31 1998: 1/1 1/31 2/1",
        ),
        (
            "19970910T090000",
            "RRULE:FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            99,
            "1997: 9/10 9/11 9/12 9/13 9/14 9/15 1999: 3/10 3/11 3/12 3/13",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
            18,
            "1997: 9/2 9/9 9/16 9/23 9/30 11/4 11/11 11/18 11/25 1998: 1/6 1/13 1/20 1/27 3/3 3/10 3/17 3/24 3/31",
        ),
        (
            "19970610T090000",
            "RRULE:FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
            99,
            "1997: 6/10 7/10 1998: 6/10 7/10 1999: 6/10 7/10 2000: 6/10 7/10 2001: 6/10 7/10",
        ),
        (
            "19970310T090000",
            "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            99,
            "1997: 3/10 1999: 1/10 2/10 3/10 2001: 1/10 2/10 3/10 2003: 1/10 2/10 3/10",
        ),
        (
            "19970101T090000",
            "RRULE:FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            99,
            "1997: 1/1 4/10 7/19 2000: 1/1 4/9 7/18 2003: 1/1 4/10 7/19 2006: 1/1",
        ),
        (
            "19970519T090000",
            "RRULE:FREQ=YEARLY;BYDAY=20MO",
            3,
            "1997: 5/19 1998: 5/18 1999: 5/17",
        ),
        (
            "19970512T090000",
            "RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            3,
            "1997: 5/12 1998: 5/11 1999: 5/17",
        ),
        (
            "19970313T090000",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
            11,
            "1997: 3/13 3/20 3/27 1998: 3/5 3/12 3/19 3/26 1999: 3/4 3/11 3/18 3/25",
        ),
        (
            "19970605T090000",
            "RRULE:FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
            39,
            "1997: 6/5 6/12 6/19 6/26 7/3 7/10 7/17 7/24 7/31 8/7 8/14 8/21 8/28 1998: 6/4 6/11 6/18 6/25 7/2 7/9 7/16 7/23 7/30 8/6 8/13 8/20 8/27 1999: 6/3 6/10 6/17 6/24 7/1 7/8 7/15 7/22 7/29 8/5 8/12 8/19 8/26",
        ),
        (
            "19970902T090000",
            "EXDATE;TZID=America/New_York:19970902T090000\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            5,
            "1998: 2/13 3/13 11/13 1999: 8/13 2000: 10/13",
        ),
        (
            "19970913T090000",
            "RRULE:FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            10,
            "1997: 9/13 10/11 11/8 12/13 1998: 1/10 2/7 3/7 4/11 5/9 6/13",
        ),
        (
            "19961105T090000",
            "RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            3,
            "1996: 11/5 2000: 11/7 2004: 11/2",
        ),
        (
            "19970904T090000",
            "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            99,
            "1997: 9/4 10/7 11/6",
        ),
        (
            "19970929T090000",
            "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            7,
            "1997: 9/29 10/30 11/27 12/30 1998: 1/29 2/26 3/30",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
            99,
            "1997: 9/2 9/2 12:00 9/2 15:00",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=6",
            99,
            "1997: 9/2 9/2 09:15 9/2 09:30 9/2 09:45 9/2 10:00 9/2 10:15",
        ),
        (
            "19970902T090000",
            "RRULE:FREQ=MINUTELY;INTERVAL=90;COUNT=4",
            99,
            "1997: 9/2 9/2 10:30 9/2 12:00 9/2 13:30",
        ),
        (
            "19970805T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            99,
            "1997: 8/5 8/10 8/19 8/24",
        ),
        (
            "19970805T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            99,
            "1997: 8/5 8/17 8/19 8/31",
        ),
        (
            "20070115T090000",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            99,
            "2007: 1/15 1/30 2/15 3/15 3/30",
        ),
    ] {
        let lines = format!("DTSTART;TZID=America/New_York:{start}\n{lines}");
        assert_eq!(first(number, &lines), expected, "{lines}");
    }
}

#[test]
fn the_examples_that_go_on_for_long_have_as_many_as_they_say() {
    let all = |start: &str, rule: &str| {
        first(
            200,
            &format!("DTSTART;TZID=America/New_York:{start}\nRRULE:{rule}"),
        )
    };
    let until_christmas = all("19970902T090000", "FREQ=DAILY;UNTIL=19971224T000000Z");
    assert_eq!(until_christmas.split(' ').count(), 1 + 113);
    assert!(until_christmas.ends_with("12/22 12/23"));
    let january = all(
        "19980101T090000",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
    );
    assert_eq!(january.split(' ').count(), 3 + 3 * 31);
    assert!(january.starts_with("1998: 1/1 1/2 ") && january.ends_with("1/30 1/31"));
    let daily = all(
        "19980101T090000",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
    );
    assert_eq!(daily, january);
    let hours = "BYHOUR=9,10,11,12,13,14,15,16";
    let twenty_minutes = all(
        "19970902T090000",
        &format!("FREQ=DAILY;{hours};BYMINUTE=0,20,40"),
    );
    assert!(twenty_minutes.starts_with("1997: 9/2 9/2 09:20 9/2 09:40 9/2 10:00 "));
    assert!(twenty_minutes.contains("9/2 16:40 9/3 09:00"));
    assert_eq!(
        all(
            "19970902T090000",
            &format!("FREQ=MINUTELY;INTERVAL=20;{hours}")
        ),
        twenty_minutes
    );
}
