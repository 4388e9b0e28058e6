use proptest::prelude::*;

use super::*;
use crate::mail::csv::Rows;

fn context() -> ListContext {
    ListContext {
        organizer: Address::parse("alice@a.test").unwrap(),
        mail_domain: "acme.invites.example".to_owned(),
        language: Language::English,
    }
}

fn rows(list: &str) -> Vec<Row> {
    Rows::new(list.as_bytes())
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn unwanted(address: &Address) -> Option<Unwanted> {
    let local = address.local();
    let blocked = local.starts_with("blocked").then_some(Unwanted::Blocked);
    blocked.or_else(|| local.starts_with("bounced").then_some(Unwanted::Bounced))
}

fn decided(list: &str, room: u64) -> ListDecision {
    let known = |address: &Address| KnownPerson {
        is_invited: address.local().starts_with("invited"),
        unwanted: unwanted(address),
    };
    super::list(&context(), &rows(list), known, room)
}

const LIST: &str = "\
email,name
bob@b.test,Bob
Bob@B.test,Bob again
=cmd|' /C calc'!A0,Mallory
postmaster@b.test,
info@b.test,
alice@a.test,Alice
create@acme.invites.example,
x@sub.acme.invites.example,
jörg@b.test,
x@bücher.test,
invited@b.test,
blocked@b.test,
bounced@b.test,
carol@c.test,\"Carol, \"\"the\"\" Great\"
dave@d.test,+Dave
";

#[test]
fn each_row_is_decided_by_itself() {
    let decision = decided(LIST, 4);
    let found: Vec<_> = decision
        .results
        .iter()
        .map(|row| (row.line, row.refused.map_or("invited", RowRefusal::code)))
        .collect();
    assert_eq!(
        found,
        [
            (2, "invited"),
            (3, "repeated"),
            (4, "no-address"),
            (5, "role-address"),
            (6, "invited"),
            (7, "organizer"),
            (8, "our-address"),
            (9, "our-address"),
            (10, "unmailable"),
            (11, "invited"),
            (12, "already-invited"),
            (13, "blocked"),
            (14, "undeliverable"),
            (15, "invited"),
            (16, "invite-limit"),
        ]
    );
    let people: Vec<_> = decision
        .people
        .iter()
        .map(|person| (person.row, person.mailbox.address.as_str()))
        .collect();
    assert_eq!(
        people,
        [
            (1, "bob@b.test"),
            (5, "info@b.test"),
            (10, "x@bücher.test"),
            (14, "carol@c.test")
        ]
    );
}

#[test]
fn a_result_is_a_list_that_runs_nothing() {
    let mut csv = RESULT_HEADER.to_owned();
    write_results(&decided(LIST, 4).results, &mut csv);
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "\u{feff}line,email,name,result,reason");
    assert_eq!(lines[1], "2,bob@b.test,Bob,invited,");
    assert_eq!(
        lines[3],
        "4,'=cmd|' /C calc'!A0,,no-address,what stands in place of the address is not one mail can be sent to"
    );
    assert_eq!(
        lines[14],
        "15,carol@c.test,\"Carol, \"\"the\"\" Great\",invited,"
    );
    assert_eq!(
        lines[15],
        "16,dave@d.test,'+Dave,invite-limit,as many people are invited as the plan allows for an event"
    );
}

#[test]
fn a_list_of_which_nothing_is_left_says_why() {
    for (list, expected) in [
        ("", Some(ListRefusal::Empty)),
        ("name,email\n", Some(ListRefusal::Empty)),
        ("Bob\nCarol\nDave\n", Some(ListRefusal::NoAddresses)),
        ("email\nbob@b.test", None),
        ("email\npostmaster@b.test", None),
    ] {
        assert_eq!(
            ListRefusal::after(&decided(list, 9).tally),
            expected,
            "{list:?}"
        );
    }
}

#[test]
fn codes_are_stable_and_different() {
    for reason in RowRefusal::ALL {
        assert_eq!(RowRefusal::of_code(reason.code()), Some(reason));
    }
    for reason in ListRefusal::ALL {
        assert_eq!(ListRefusal::of_code(reason.code()), Some(reason));
        for language in Language::ALL {
            for sentence in [reason.what_is_wrong(language), reason.what_to_do(language)] {
                assert!(sentence.ends_with('.'), "{sentence}");
            }
        }
    }
}

fn any_list() -> impl Strategy<Value = String> {
    let row = prop_oneof![
        8 => "[a-d]{1,2}@[bc]\\.test",
        1 => "invited[a-c]@b\\.test",
        1 => "blocked[a-c]@b\\.test",
        1 => Just("noreply@b.test".to_owned()),
        1 => "[a-z ,\"]{0,6}",
    ];
    proptest::collection::vec(row, 0..60).prop_map(|rows| format!("email\n{}", rows.join("\n")))
}

proptest! {
    #[test]
    fn every_row_is_accounted_for_once(list in any_list(), room in 0u64..40) {
        let decision = decided(&list, room);
        let rows = rows(&list).len() as u64;
        prop_assert_eq!(decision.tally.rows, rows);
        prop_assert_eq!(decision.results.len() as u64, rows);
        prop_assert_eq!(decision.tally.invited + decision.tally.refused_rows(), rows);
        prop_assert_eq!(decision.people.len() as u64, decision.tally.invited);
    }

    #[test]
    fn nobody_is_invited_twice_nor_beyond_the_room(list in any_list(), room in 0u64..40) {
        let decision = decided(&list, room);
        prop_assert!(decision.tally.invited <= room);
        let mut addresses: Vec<_> = decision.people.iter().map(|person| &person.mailbox.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        prop_assert_eq!(addresses.len() as u64, decision.tally.invited);
        for person in &decision.people {
            prop_assert!(!person.mailbox.address.as_str().starts_with("blocked"));
            prop_assert!(!person.mailbox.address.as_str().starts_with("invited"));
        }
    }

    /// A list may be decided piece by piece, as it streams by.
    #[test]
    fn pieces_come_to_the_same(list in any_list(), piece in 1usize..20, room in 0u64..40) {
        let whole = decided(&list, room);
        let mut pieces = ListDecision::default();
        let known = |address: &Address| KnownPerson {
            is_invited: address.local().starts_with("invited"),
            unwanted: unwanted(address),
        };
        for rows in rows(&list).chunks(piece) {
            let left = room - pieces.tally.invited;
            let more = super::list(&context(), rows, known, left);
            pieces.tally.add(&more.tally);
            pieces.people.extend(more.people);
            pieces.results.extend(more.results);
        }
        prop_assert_eq!(pieces, whole);
    }

    /// What the first time invited is already invited the second time, and nothing else changes.
    #[test]
    fn the_same_list_again_invites_nobody(list in any_list()) {
        let first = decided(&list, 100);
        let invited: Vec<_> = first.people.iter().map(|person| person.mailbox.address.clone()).collect();
        let known = |address: &Address| KnownPerson {
            is_invited: invited.contains(address) || address.local().starts_with("invited"),
            unwanted: unwanted(address),
        };
        let again = super::list(&context(), &rows(&list), known, 100);
        prop_assert_eq!(again.tally.invited, 0);
        prop_assert_eq!(
            again.tally.of(RowRefusal::AlreadyInvited),
            first.tally.invited + first.tally.of(RowRefusal::AlreadyInvited)
        );
    }

    #[test]
    fn no_cell_of_a_result_begins_a_formula(cell in "[=+@\\-\\t,;\"a]{0,5}", name in "[=+@\\-a\n]{1,4}") {
        let result = RowResult { line: 1, cell, name: Some(name), refused: None, why: String::new() };
        let mut text = String::new();
        write_results(&[result], &mut text);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(record.len(), 5);
        for cell in &record {
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        }
    }
}
