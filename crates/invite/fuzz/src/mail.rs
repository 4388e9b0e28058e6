//! Bytes that say they are a mail.

use invite::{
    address::Address,
    command::{self, Command, Counter, Policy, Reading, Receipt, Reply, Verdict},
    language::Language,
};

use crate::{problems, written};

/// Reading is the same each time; problems are bounded; what is taken up can be written and reads back, or says
/// something; what is refused says why, and only who is proven is told.
///
/// # Panics
/// When one of that does not hold.
pub fn check(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading == read(bytes), "read twice, read differently");
    problems::check(&reading.problems, bytes);
    match &reading.command {
        Ok(Command::Request(request)) => {
            if let Some(event) = written::event(request) {
                written::check_objects(&event);
                written::check_letters(&event);
            }
        }
        Ok(Command::Reply(reply)) => assert!(!reply.answers.is_empty()),
        Ok(Command::Counter(counter)) => {
            assert!(!counter.proposals.is_empty());
            for proposed in &counter.proposals {
                assert!(proposed.start.instant() <= proposed.end.instant());
            }
        }
        Ok(
            Command::Cancel(_)
            | Command::Refresh(_)
            | Command::Unclear(_)
            | Command::Approval(_)
            | Command::Stop(_)
            | Command::Unsubscribe(_)
            | Command::List(_),
        ) => {}
        Err(refusal) => {
            assert!(!refusal.reason.code().is_empty());
            assert!(!refusal.reason.what_is_wrong(Language::English).is_empty());
        }
    }
    let unproven = command::read(bytes, &receipt(Verdict::Fail), &policy());
    match unproven.command {
        Ok(Command::Request(_) | Command::Cancel(_) | Command::List(_)) => {
            panic!("taken up without a proof")
        }
        Ok(
            Command::Reply(Reply { by, .. })
            | Command::Counter(Counter { by, .. })
            | Command::Refresh(by)
            | Command::Unclear(by),
        ) => assert!(!by.from_is_authenticated),
        Ok(Command::Approval(approval)) => assert!(!approval.from_is_authenticated),
        Ok(Command::Stop(stop)) => assert!(!stop.from_is_authenticated),
        Ok(Command::Unsubscribe(wish)) => {
            assert!(wish.ticket.is_some() && !wish.from_is_authenticated);
        }
        Err(refusal) => assert_eq!(refusal.notify, None, "told without a proof"),
    }
    for (verdict, is_proven) in [(Verdict::Pass, true), (Verdict::Fail, false)] {
        let to_a_job = Receipt {
            recipients: Address::parse(STOP).into_iter().collect(),
            ..receipt(verdict)
        };
        match command::read(bytes, &to_a_job, &policy()).command {
            Ok(Command::Stop(stop)) => assert!(is_proven || !stop.from_is_authenticated),
            Ok(other) => panic!("a word about a job is read as {other:?}"),
            Err(_) => {}
        }
    }
}

/// Where an organizer stops a job.
const STOP: &str =
    "stop+5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c-aaaabbbbccccdddd@acme.invites.example";

/// Read as a mail of a proven sender.
pub(crate) fn read(bytes: &[u8]) -> Reading {
    command::read(bytes, &receipt(Verdict::Pass), &policy())
}

/// All mailboxes at once, so that each kind of command has where to go.
fn receipt(dmarc: Verdict) -> Receipt {
    Receipt {
        mail_id: "fuzz".to_owned(),
        recipients: [
            "create@acme.invites.example",
            "alice+aaaabbbbccccdddd@acme.invites.example",
        ]
        .iter()
        .filter_map(|text| Address::parse(text))
        .collect(),
        envelope_from: Address::parse("alice@a.test"),
        dmarc,
        ..Receipt::default()
    }
}

fn policy() -> Policy {
    Policy {
        mail_domain: "acme.invites.example".to_owned(),
        trusted_calendar_senders: Address::parse("calendar-notification@google.com")
            .into_iter()
            .collect(),
        shared_calendar_domains: vec!["group.calendar.google.com".to_owned()],
    }
}
