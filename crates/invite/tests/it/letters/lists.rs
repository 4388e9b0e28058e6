//! What organizers are told of their lists.

use invite::{
    address::Mailbox,
    decide::{ListRefusal, RowRefusal, Tally},
    letter::{self, Letter, ListOutcome, ListReceipt, RefusedRow, Sender},
};

use super::samples;

const RESULT: &str = "\u{feff}line,email,name,result,reason\r\n2,bob@b.test,Bob,invited,\r\n\
    3,\"'=cmd|' /C calc'!A0\",,no-address,there is no address in the row\r\n";

pub(super) fn letters(sender: &Sender) -> Vec<(String, Letter)> {
    let event = samples::berlin().event;
    let to: Mailbox = event.organizer.clone();
    let tally = Tally {
        rows: 1204,
        invited: 1198,
        refused: [
            (RowRefusal::NoAddress, 2),
            (RowRefusal::Repeated, 3),
            (RowRefusal::InviteLimit, 1),
        ]
        .into(),
    };
    let rows = [
        RefusedRow {
            line: 3,
            why: "there is no address in the row".to_owned(),
        },
        RefusedRow {
            line: 9,
            why: "the address stands in an earlier row, too".to_owned(),
        },
    ];
    let decided = |dry_run, result, has_another, waits| ListOutcome::Decided {
        dry_run,
        tally: &tally,
        first_refused: &rows,
        result,
        result_url: "https://api.acme.example/event/5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c/jobs/0123456789abcdef0123",
        has_another,
        waits,
    };
    let result = Some(RESULT.as_bytes());
    [
        ("", decided(false, result, false, false)),
        ("-dry-run", decided(true, result, false, false)),
        ("-large", decided(false, None, true, false)),
        ("-waits", decided(false, result, false, true)),
        ("-refused", ListOutcome::Refused(ListRefusal::NoAddresses)),
    ]
    .into_iter()
    .map(|(name, outcome)| {
        let receipt = ListReceipt {
            event: &event,
            to: &to,
            job: "0123456789abcdef0123",
            outcome,
            in_reply_to: Some("<list@mail.a.test>"),
            at: "2026-02-01T09:00:00Z".parse().unwrap(),
        };
        let letter = letter::list_receipt(&receipt, sender).unwrap();
        (format!("list-receipt{name}"), letter)
    })
    .collect()
}
