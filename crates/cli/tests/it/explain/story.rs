//! What is stored and mailed in the examples: Alice's events, and what people write about them.

use invite::{
    address::{Address, Mailbox},
    command::{self, Command, Policy, Receipt, Verdict},
    decide::{self, AttendeeWrite, Known, Limits, RequestDecision, Standing},
    event::{Attendee, Event, Origin, Uninvited},
    id::{ReplyToken, StopToken, TenantKey, Uid},
};
use records::{AttendeeRecord, EventRecord};
use serde_json::{Value, json};

/// As the secret's string stands in a file.
pub(super) const KEY: &str = "an-example-key-that-signs-nothing-real";

pub(super) const ALICE: &str = "alice@a.example";
pub(super) const BOB: &str = "bob@b.example";
pub(super) const CAROL: &str = "carol@c.example";
pub(super) const DORA: &str = "dora@d.example";
const DOMAIN: &str = "acme.invites.example";
const LIMITS: Limits = Limits {
    events_per_organizer: None,
    invites_per_event: 2500,
    enrolled_only: false,
    uninvited: Uninvited::Open,
};

fn key() -> TenantKey {
    TenantKey::new(KEY).unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A mail whose From is authenticated.
pub(super) fn mail(from: &str, to: &str, date: &str, method: &str, vevent: &str) -> String {
    let domain = from.split('@').next_back().unwrap();
    let proven = format!(
        "Authentication-Results: amazonses.com; spf=pass; dmarc=pass header.from={domain};\n"
    );
    unproven(from, to, date, method, vevent).replacen("From:", &format!("{proven}From:"), 1)
}

/// A mail whose From is not.
pub(super) fn unproven(from: &str, to: &str, date: &str, method: &str, vevent: &str) -> String {
    format!(
        "Return-Path: <{from}>\nFrom: {from}\nTo: {to}\nDate: {date}\nMessage-ID: <{method}-{}@mail.example>\nSubject: {method}\n\
         MIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n\
         BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Client//EN\nMETHOD:{method}\n\
         BEGIN:VEVENT\n{vevent}\nEND:VEVENT\nEND:VCALENDAR\n",
        date.replace([' ', ',', ':', '+'], "")
    )
}

/// An organizer's mail about the kick-off, or another event of his.
pub(super) fn request(date: &str, lines: &str) -> String {
    mail(
        ALICE,
        &format!("create@{DOMAIN}"),
        date,
        "REQUEST",
        &format!("UID:kickoff@a.example\nORGANIZER:mailto:{ALICE}\n{lines}"),
    )
}

pub(super) const NINE: &str = "Sun, 1 Mar 2026 09:00:00 +0000";
pub(super) const NOON: &str = "Sun, 1 Mar 2026 12:00:00 +0000";

pub(super) const KICKOFF: &str = "DTSTAMP:20260301T090000Z\nSEQUENCE:0\nDTSTART:20260303T090000Z\n\
     DTEND:20260303T100000Z\nSUMMARY:Kick-off\nLOCATION:Room 4";
pub(super) const KICKOFF_MOVED: &str = "DTSTAMP:20260301T120000Z\nSEQUENCE:1\n\
     DTSTART:20260303T090000Z\nDTEND:20260303T100000Z\nSUMMARY:Kick-off\nLOCATION:Room 5";
const WEEKLY: &str = "DTSTAMP:20260301T090000Z\nSEQUENCE:0\nDTSTART:20260303T090000Z\n\
     DTEND:20260303T100000Z\nRRULE:FREQ=WEEKLY;COUNT=10\nSUMMARY:Kick-off\nLOCATION:Room 4";

/// Our uid of Alice's event.
pub(super) fn uid() -> String {
    Uid::derive(&key(), &address(ALICE), "kickoff@a.example").to_string()
}

/// The signed address of an attendee.
pub(super) fn token_of(attendee: &str) -> String {
    let token = ReplyToken::derive(&key(), &address(ALICE), &address(attendee));
    format!("alice+{}@{DOMAIN}", token.as_str())
}

/// Sent by somebody to the signed address of an attendee.
pub(super) fn from_attendee(
    from: &str,
    to: &str,
    date: &str,
    method: &str,
    attendee: &str,
    lines: &str,
) -> String {
    let vevent = format!("UID:{}\nATTENDEE{attendee}\n{lines}", uid());
    mail(from, to, date, method, &vevent)
}

/// The job that tells of the change of the event, while it waits.
pub(super) fn held_update() -> Value {
    json!({
        "pk": format!("event#{}", uid()), "sk": format!("job#{UPDATE}"), "job": UPDATE, "kind": "update",
        "state": "held", "version": 7, "revision": 2, "held_until": "2026-03-01T12:10:00Z", "people": 612,
    })
}

const UPDATE: &str = "update-2";

/// Words to the address that job is stopped from.
pub(super) fn stop(from: &str, text: &str) -> String {
    let uid = Uid::parse(&uid()).unwrap();
    let token = StopToken::derive(&key(), &uid, UPDATE);
    let domain = from.split('@').next_back().unwrap();
    format!(
        "Return-Path: <{from}>\n\
         Authentication-Results: amazonses.com; spf=pass; dmarc=pass header.from={domain};\n\
         From: {from}\nTo: stop+{uid}-{}@{DOMAIN}\nDate: {NOON}\nMessage-ID: <stop@mail.example>\n\
         Subject: Re: 612 people will hear of your change\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n",
        token.as_str()
    )
}

fn read(mail: &str) -> Command {
    let policy = Policy {
        mail_domain: DOMAIN.to_owned(),
        ..Policy::default()
    };
    let (parsed, _) = invite::mail::read(mail.as_bytes());
    let receipt = Receipt {
        recipients: parsed.recipients.clone(),
        envelope_from: parsed.from.first().map(|from| from.address.clone()),
        arrived: parsed.date.unwrap(),
        dmarc: Verdict::Pass,
        ..Receipt::default()
    };
    command::read(mail.as_bytes(), &receipt, &policy)
        .command
        .unwrap()
}

/// What is stored of an event.
pub(super) struct Stored {
    event: Event,
    attendees: Vec<Attendee>,
}

impl Stored {
    /// After a REQUEST; `weekly` one of a series.
    pub(super) fn event(weekly: bool) -> Self {
        let Command::Request(asked) = read(&request(NINE, if weekly { WEEKLY } else { KICKOFF }))
        else {
            panic!("it is a REQUEST");
        };
        let now = "2026-03-01T09:00:00Z".parse().unwrap();
        let standing = Standing::default();
        match decide::request(None, None, &standing, &LIMITS, &key(), &asked, now) {
            RequestDecision::Create(event) => Self {
                event: *event,
                attendees: Vec::new(),
            },
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn for_uninvited(mut self, policy: Uninvited) -> Self {
        self.event.uninvited = policy;
        self
    }

    pub(super) fn moved(mut self) -> Self {
        let Command::Request(asked) = read(&request(NOON, KICKOFF_MOVED)) else {
            panic!("it is a REQUEST");
        };
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        let standing = Standing::default();
        let known = Some(&self.event);
        match decide::request(known, None, &standing, &LIMITS, &key(), &asked, now) {
            RequestDecision::Update { event, .. } => self.event = *event,
            other => panic!("{other:?}"),
        }
        for attendee in &mut self.attendees {
            if let Some(reopened) = decide::reopen(&self.event, attendee) {
                *attendee = reopened;
            }
        }
        self
    }

    pub(super) fn invited(mut self, person: &str) -> Self {
        let mailbox = Mailbox {
            address: address(person),
            name: None,
        };
        let now = "2026-03-01T09:05:00Z".parse().unwrap();
        self.attendees
            .push(Attendee::invited(mailbox, Origin::Api, now));
        self
    }

    pub(super) fn answered(mut self, reply: &str) -> Self {
        let Command::Reply(reply) = read(reply) else {
            panic!("it is a REPLY");
        };
        let known = Known {
            event: Some(&self.event),
            attendees: &self.attendees,
            blocking: &[],
            standing: &Standing::default(),
            limits: &LIMITS,
            invited_so_far: 2,
            key: &key(),
        };
        let decision = decide::reply(&known, &reply, reply.by.arrived);
        for write in decision.writes {
            let AttendeeWrite::Change(changed) = write else {
                panic!("nobody new");
            };
            for attendee in &mut self.attendees {
                if attendee.mailbox.address == changed.mailbox.address {
                    *attendee = (*changed).clone();
                }
            }
        }
        self
    }

    /// The partition's items, plain.
    pub(super) fn items(&self) -> Vec<Value> {
        let uid = &self.event.uid;
        let keyed = |sort: String, record: Value| {
            let mut item = record;
            item["pk"] = json!(format!("event#{uid}"));
            item["sk"] = json!(sort);
            item
        };
        let event = serde_json::to_value(EventRecord::from(&self.event)).unwrap();
        let mut items = vec![keyed(format!("event#{uid}"), event)];
        for attendee in &self.attendees {
            let record = serde_json::to_value(AttendeeRecord::from(attendee)).unwrap();
            let address = attendee.mailbox.address.as_str();
            items.push(keyed(format!("attendee#{address}"), record));
        }
        let invited = json!({"invited": self.attendees.len()});
        items.push(keyed("invitations#".to_owned(), invited));
        items
    }
}

/// As `aws dynamodb query` prints it.
pub(super) fn as_aws_prints(items: &[Value]) -> String {
    let typed: Vec<Value> = items.iter().map(typed).collect();
    let answer = json!({
        "Items": typed,
        "Count": items.len(),
        "ScannedCount": items.len(),
        "ConsumedCapacity": null,
    });
    serde_json::to_string_pretty(&answer).unwrap() + "\n"
}

fn typed(item: &Value) -> Value {
    let item: std::collections::BTreeMap<String, serde_dynamo::AttributeValue> = item
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let value = serde_dynamo::to_attribute_value(value).unwrap();
            (name.clone(), value)
        })
        .collect();
    serde_json::to_value(item).unwrap()
}
