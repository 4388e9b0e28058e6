//! An event's ledger: in order, nothing lost, nobody named who is masked.

use std::collections::BTreeMap;

use invite::{
    address::{Address, Mailbox, Shown},
    delivery::{DeliveryState, Fact, SentLetter, SentLetters, Unwanted},
    event::{
        Answer, Attendee, Edition, Event, Evidence, Lineage, Origin, Proposal, Stamp,
        WaitingAnswer, WaitsFor,
    },
    ical::Partstat,
    id::Digest,
    language::Language,
    ledger::{Entry, Page, Pages, Place, What, Who, of_attendee, of_event, of_refused},
    letter::Change,
    time::CalendarTime,
};
use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::letters::samples;

/// None of its words is one of ours, so that whatever is found of it was let through.
const SECRET: &str = "zyxwvq";

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_445_600 + second).unwrap()
}

fn address(local: &str) -> Address {
    Address::parse(&format!("{local}{SECRET}@b.test")).unwrap()
}

fn mailbox(local: &str) -> Mailbox {
    Mailbox {
        address: address(local),
        name: Some(format!("{local} {SECRET}")),
    }
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let said = select(&[Partstat::Accepted, Partstat::Declined, Partstat::Tentative][..]);
    (said, 0..5_i64, any::<u64>(), any::<bool>()).prop_map(|(partstat, at, mail, commented)| {
        Answer {
            instance: None,
            partstat,
            stamp: Stamp {
                sequence: 0,
                dtstamp: second(at),
            },
            arrived: second(at),
            prodid: Some("-//Example//EN".to_owned()),
            evidence: Evidence::Token,
            earlier_version: false,
            comment: commented.then(|| format!("I am {SECRET}")),
            people: None,
            mail_id: format!("m{mail}"),
            digest: Digest::of_text(&mail.to_string()),
        }
    })
}

fn any_attendee(local: &'static str) -> impl Strategy<Value = Attendee> {
    let history = vec(any_answer(), 0..4);
    let waiting = vec(any_answer(), 0..2);
    (
        0..5_i64,
        history,
        waiting,
        option::of(any_answer()),
        any::<bool>(),
    )
        .prop_map(
            move |(invited, history, waiting, proposal, passed_on)| Attendee {
                history,
                waiting: waiting
                    .into_iter()
                    .map(|answer| WaitingAnswer {
                        mailbox: mailbox("guest"),
                        waits_for: WaitsFor::Approval,
                        answer,
                        expires: second(1_000),
                    })
                    .collect(),
                proposals: proposal
                    .map(|like| Proposal {
                        start: CalendarTime::Utc(second(60)),
                        end: CalendarTime::Utc(second(120)),
                        comment: like.comment,
                        stamp: like.stamp,
                        arrived: like.arrived,
                        evidence: like.evidence,
                        digest: like.digest,
                    })
                    .map(|proposal| (None, proposal))
                    .into_iter()
                    .collect(),
                lineage: passed_on.then(|| Lineage {
                    from: address("from"),
                    delegated: false,
                }),
                ..Attendee::invited(mailbox(local), Origin::Api, second(invited))
            },
        )
}

fn any_letters() -> impl Strategy<Value = SentLetters> {
    let letter = (0..5_i64, 1..4_u64).prop_map(|(at, revision)| SentLetter {
        letter: "update",
        revision: Some(revision),
        at: second(at),
        job: None,
    });
    let fact =
        (select(&DeliveryState::ALL[..]), 0..5_i64, 1..4_u64).prop_map(|(state, at, revision)| {
            Fact {
                state,
                revision,
                letter: "update".to_owned(),
                at: second(at),
                code: None,
                words: Some(format!("no {SECRET} here")),
            }
        });
    let withheld = option::of((
        Just(Unwanted::Blocked),
        option::of((0..5_i64).prop_map(second)),
    ));
    let rejected = option::of((
        Just("code".to_owned()),
        option::of((0..5_i64).prop_map(second)),
    ));
    (vec(letter, 0..3), vec(fact, 0..4), withheld, rejected).prop_map(
        |(letters, facts, withheld, rejected)| SentLetters {
            letters,
            withheld,
            rejected,
            delivery: facts.into_iter().collect(),
        },
    )
}

fn any_record(local: &'static str) -> impl Strategy<Value = (Attendee, SentLetters)> {
    (any_attendee(local), any_letters())
}

fn by_place(entries: impl IntoIterator<Item = Entry>) -> BTreeMap<Place, Entry> {
    entries
        .into_iter()
        .map(|entry| (entry.place().clone(), entry))
        .collect()
}

fn page(entries: &[Entry], after: Option<Place>, limit: usize) -> Page {
    let mut pages = Pages::new(after, limit);
    for entry in entries {
        pages.offer(entry.clone());
    }
    pages.page()
}

/// All that an entry says in words, as a reader would see it.
fn said(entry: &Entry) -> String {
    let who = |who: &Who| match who {
        Who::Attendee(address) => address.clone(),
        Who::Organizer | Who::Somebody => String::new(),
    };
    let mut said: Vec<String> = entry.who.iter().map(who).collect();
    said.push(entry.place().to_string());
    match &entry.what {
        What::Received(received) => said.extend(received.words.clone()),
        What::Invited { from, .. } => said.extend(from.iter().map(who)),
        What::Waits { through, .. } => said.push(who(through)),
        What::Answered(answered) => said.extend(answered.comment.clone()),
        What::Proposed(proposed) => said.extend(proposed.comment.clone()),
        What::Delivery(delivered) => said.extend(delivered.words.clone()),
        What::Changed(_)
        | What::Job(_)
        | What::NotInvited { .. }
        | What::Sent { .. }
        | What::Withheld(_)
        | What::Rejected { .. } => {}
    }
    said.push(format!("{entry:?}"));
    said.join("\n")
}

proptest! {
    #[test]
    fn page_by_page_everything_is_there_once_and_the_newest_comes_first(
        (bob, carol) in (any_record("bob"), any_record("carol")),
        limit in 1..6_usize,
        turn in any::<prop::sample::Index>(),
    ) {
        let mut entries = of_attendee(&bob.0, &bob.1, Shown::Whole);
        entries.extend(of_attendee(&carol.0, &carol.1, Shown::Whole));
        let expected: Vec<Entry> = by_place(entries.clone()).into_values().rev().collect();
        // In whatever order they are read.
        let turn = turn.index(entries.len());
        entries.rotate_left(turn);
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let page = page(&entries, after, limit);
            prop_assert!(page.entries.len() <= limit);
            read.extend(page.entries);
            // As a cursor carries it.
            after = page.next.map(|next| Place::parse(&next.to_string()).unwrap());
            if after.is_none() {
                break;
            }
        }
        prop_assert_eq!(&read, &expected);
        prop_assert!(read.is_sorted_by(|newer, older| newer.at >= older.at));
    }

    #[test]
    fn a_page_ends_where_not_all_is_known_and_the_next_goes_on_there(
        bob in any_record("bob"),
        known in 0..5_i64,
    ) {
        let entries = of_attendee(&bob.0, &bob.1, Shown::Whole);
        let mut first = Pages::new(None, 100);
        for entry in entries.clone() {
            first.offer(entry);
        }
        prop_assert!(first.end_before(second(known)));
        let first = first.page();
        prop_assert!(first.entries.iter().all(|entry| entry.at >= second(known)));
        let mut rest = Pages::new(first.next, 100);
        // Where it begins it cannot end: a reader would never get further.
        prop_assert!(!rest.end_before(second(known)));
        for entry in entries.clone() {
            rest.offer(entry);
        }
        let rest = rest.page();
        prop_assert_eq!(rest.next, None);
        let both: Vec<Entry> = first.entries.into_iter().chain(rest.entries).collect();
        let expected: Vec<Entry> = by_place(entries).into_values().rev().collect();
        prop_assert_eq!(both, expected);
    }

    #[test]
    fn of_a_record_nothing_is_left_out((bob, letters) in any_record("bob")) {
        let entries = of_attendee(&bob, &letters, Shown::Whole);
        let dated = usize::from(letters.withheld.is_some_and(|(_, at)| at.is_some()))
            + usize::from(letters.rejected.as_ref().is_some_and(|(_, at)| at.is_some()));
        let expected = 1 + bob.history.len() + bob.waiting.len() + bob.proposals.len()
            + letters.letters.len() + letters.delivery.facts().count() + dated;
        prop_assert_eq!(entries.len(), expected);
    }

    #[test]
    fn who_is_masked_is_not_named(bob in any_record("bob")) {
        let mut entries = of_attendee(&bob.0, &bob.1, Shown::Masked);
        entries.push(of_refused(&address("carol"), "blocked", second(0), Shown::Masked));
        for entry in &entries {
            let said = said(entry);
            prop_assert!(!said.contains(SECRET), "{}", said);
        }
        // The same of who is not: what is looked for is there.
        let whole = of_attendee(&bob.0, &bob.1, Shown::Whole);
        prop_assert!(whole.iter().any(|entry| said(entry).contains(SECRET)));
        // And the same entries, for cursors and readers of both.
        let places = |entries: &[Entry]| -> Vec<Place> {
            entries.iter().map(|entry| entry.place().clone()).collect()
        };
        entries.pop();
        prop_assert_eq!(places(&entries), places(&whole));
    }

    #[test]
    fn no_text_but_a_place_is_read_as_one(text in "\\PC{0,20}") {
        if let Some(place) = Place::parse(&text) {
            prop_assert_eq!(Place::parse(&place.to_string()), Some(place));
        }
    }
}

/// The event a minute later, somewhere else.
fn moved(event: &Event, location: &str) -> Event {
    let mut moved = event.clone();
    moved.editions.push(Edition::of(event));
    moved.revision += 1;
    moved.last_modified = event
        .last_modified
        .checked_add(SignedDuration::from_secs(60))
        .unwrap();
    moved.details.location = location.to_owned();
    moved
}

/// When, which revision, where it is then, and what differs.
type Changed = (Timestamp, u64, Option<String>, Option<Vec<Change>>);

fn changes(event: &Event) -> Vec<Changed> {
    let entries = of_event(event, Language::English);
    let of = |entry: Entry| match entry.what {
        What::Changed(changed) => {
            let location = changed.is.map(|(_, shown)| shown.location);
            (entry.at, changed.revision, location, changed.differs)
        }
        other => panic!("{other:?}"),
    };
    entries.into_iter().map(of).collect()
}

#[test]
fn each_change_says_since_when_it_is_so_and_what_differs() {
    let first = samples::berlin().event;
    let before = first.details.location.clone();
    let second = moved(&first, "Room 2");
    let third = moved(&second, "Room 3");
    let differs = |before: &str, now: &str| {
        Some(vec![Change::Where {
            before: before.to_owned(),
            now: now.to_owned(),
        }])
    };
    assert_eq!(
        changes(&third),
        [
            (first.created, 1, Some(before.clone()), None),
            (
                second.last_modified,
                2,
                Some("Room 2".to_owned()),
                differs(&before, "Room 2")
            ),
            (
                third.last_modified,
                3,
                Some("Room 3".to_owned()),
                differs("Room 2", "Room 3")
            ),
        ]
    );
}

#[test]
fn what_is_not_kept_is_not_made_up() {
    let second = moved(&samples::berlin().event, "Room 2");
    let mut third = moved(&second, "Room 3");
    // The first edition is not kept any more, and the second was stored before its time was.
    third.editions.remove(0);
    for edition in &mut third.editions {
        edition.since = None;
    }
    let changes = changes(&third);
    let [recorded, last] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(
        (recorded.0, recorded.1, &recorded.2),
        (third.created, 1, &None)
    );
    assert_eq!((last.1, last.2.as_deref()), (3, Some("Room 3")));
    assert!(last.3.as_ref().is_some_and(|differs| differs.len() == 1));
}
