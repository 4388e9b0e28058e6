//! What holds for any rule.

use proptest::prelude::*;

use super::*;

/// Rules of all parts, mostly ones that can be followed.
fn rule() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "INTERVAL=[1-9]",
        "COUNT=[1-9][0-9]?",
        "UNTIL=20(26|27|30)0[1-9]1[0-9](T1[0-9]0000Z?)?",
        "BYSECOND=[0-5]?[0-9](,[0-5][0-9])?",
        "BYMINUTE=[0-5]?[0-9](,[0-5][0-9])?",
        "BYHOUR=1?[0-9](,2[0-3])?",
        "BYDAY=(MO|TU|SU)(,(WE|FR))?",
        "BYDAY=-?[1-4](MO|TU|SU)(,-?[1-4](WE|FR))?",
        "BYMONTHDAY=-?[1-9](,-?[12][0-9])?",
        "BYYEARDAY=-?[1-9](,-?[12][0-9][0-9])?",
        "BYWEEKNO=-?[1-9](,-?[1-4][0-9])?",
        "BYMONTH=[1-9](,1[0-2])?",
        "BYSETPOS=-?[1-9](,-?[1-9])?",
        "WKST=(MO|SU|WE)",
    ];
    let frequency = "FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)";
    (frequency, prop::collection::vec(part, 0..5))
        .prop_map(|(frequency, parts)| format!("{frequency};{}", parts.join(";")))
}

fn start() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("DTSTART:20260303T090000Z".to_owned()),
        Just("DTSTART;TZID=America/New_York:20260307T023000".to_owned()),
        Just("DTSTART;TZID=Australia/Lord_Howe:20260404T013000".to_owned()),
        Just("DTSTART:20260131T235959".to_owned()),
        Just("DTSTART;VALUE=DATE:20240229".to_owned()),
    ]
}

proptest! {
    #[test]
    fn any_text_is_a_rule_or_is_not_without_a_panic(text in ".{0,60}") {
        let _ = Rule::parse(&text);
    }

    #[test]
    fn a_rule_and_what_is_written_of_it_have_the_same_occurrences_each_later_than_the_last(
        rule in rule(), start in start(),
    ) {
        let (parsed, _) = Rule::parse(&rule).unwrap();
        let occurrences = |rule: &str| -> Vec<Timestamp> {
            let event = event(&format!("{start}\nRRULE:{rule}"));
            let start = event.start.unwrap();
            Series::new(&start, &event.recurrence, &Zones::default())
                .occurrences()
                .take(12)
                .map(|time| time.instant())
                .collect()
        };
        let found = occurrences(&rule);
        prop_assert_eq!(&occurrences(&parsed.to_string()), &found);
        prop_assert!(!found.is_empty());
        prop_assert!(found.is_sorted_by(|one, other| one < other), "{:?}", found);
        prop_assert_eq!(Rule::parse(&parsed.to_string()).unwrap().0, parsed);
    }

    #[test]
    fn to_begin_later_gives_what_counting_from_the_first_gives(
        rule in rule(), start in start(), skip in 0_usize..20,
    ) {
        let event = event(&format!("{start}\nRRULE:{rule}"));
        let (start, zones) = (event.start.unwrap(), Zones::default());
        let series = Series::new(&start, &event.recurrence, &zones);
        let all: Vec<_> = series.occurrences().take(25).collect();
        if let Some(from) = all.get(skip) {
            let later: Vec<_> = series.occurrences_from(from.instant()).take(5).collect();
            let counted: Vec<_> = all.iter().skip(skip).take(5).cloned().collect();
            prop_assert!(later.starts_with(&counted), "{:?} {:?}", later, counted);
            prop_assert!(series.is_occurrence(from));
        }
    }
}
