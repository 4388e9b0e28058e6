//! Events that letters are written for: the ordinary, the odd and the hostile.

use std::collections::BTreeMap;

use invite::{
    address::{Address, Mailbox},
    command::RefusalReason,
    decide::Allowance,
    event::{Answers, Details, Event, Stamp, Uninvited},
    ical::{ContentLine, Partstat, Status},
    id::{TenantKey, Uid},
    language::Language,
    letter::{self, Brand, Enrolled, Erasing, Letter, Refused, Sender, Templates, Unsubscribed},
    time::CalendarTime,
};
use jiff::tz::TimeZone;

use super::series;

pub(crate) struct Sample {
    pub(super) name: &'static str,
    pub(crate) event: Event,
    pub(super) attendee: Mailbox,
}

impl Sample {
    /// The invitation, the update after it and the cancellation after that.
    pub(super) fn letters(&self, sender: &Sender) -> [(&'static str, Letter); 3] {
        let mut updated = self.event.clone();
        updated.revision += 1;
        updated.stamp.sequence += 1;
        updated.stamp.dtstamp = "2026-02-02T10:00:00Z".parse().unwrap();
        updated.last_modified = updated.stamp.dtstamp;
        let mut cancelled = updated.clone();
        cancelled.revision += 1;
        cancelled.stamp.sequence += 1;
        cancelled.stamp.dtstamp = "2026-02-03T11:30:00Z".parse().unwrap();
        cancelled.last_modified = cancelled.stamp.dtstamp;
        cancelled.status = Status::Cancelled;
        let to = &self.attendee;
        [
            (
                "invite",
                letter::invite(
                    &self.event,
                    to,
                    &Answers::all(Partstat::NeedsAction),
                    sender,
                ),
            ),
            (
                "update",
                letter::update(
                    &updated,
                    to,
                    &Answers::all(Partstat::Accepted),
                    Some(1),
                    sender,
                ),
            ),
            (
                "cancellation",
                letter::cancellation(&cancelled, to, &Answers::all(Partstat::Tentative), sender),
            ),
        ]
        .map(|(kind, letter)| (kind, letter.unwrap()))
    }
}

/// Of the one letter that has one.
pub(super) const LOGO: &str = "https://acme.example/logo.png";

pub(super) fn sender(language: Language) -> Sender {
    Sender {
        brand: Brand {
            name: "Acme".to_owned(),
            color: "#1f5fbf".to_owned(),
            site: Some("https://acme.example".to_owned()),
            support: Some(address("help@acme.example")),
            logo: None,
            address: None,
        },
        mail_domain: "acme.invites.example".to_owned(),
        key: key(),
        update_subject_prefix: Sender::UPDATE_SUBJECT_PREFIX.to_owned(),
        templates: Templates::of(language),
        pages: Some("https://api.acme.example/".to_owned()),
    }
}

fn key() -> TenantKey {
    TenantKey::new([7; 32]).unwrap()
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn mailbox(name: &str, text: &str) -> Mailbox {
    Mailbox {
        address: address(text),
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
    }
}

pub(super) fn zoned(local: &str, iana: &str) -> CalendarTime {
    let local = local.parse().unwrap();
    CalendarTime::Zoned {
        local,
        tzid: iana.to_owned(),
        iana: Some(iana.to_owned()),
        instant: TimeZone::get(iana).unwrap().to_timestamp(local).unwrap(),
    }
}

fn utc(text: &str) -> CalendarTime {
    CalendarTime::Utc(text.parse().unwrap())
}

pub(super) fn day(text: &str) -> CalendarTime {
    CalendarTime::AllDay(text.parse().unwrap())
}

pub(super) fn line(name: &str, params: &[(&str, &str)], value: &str) -> ContentLine {
    ContentLine {
        name: name.to_owned(),
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect(),
        value: value.to_owned(),
    }
}

pub(super) fn event(summary: &str, start: CalendarTime, end: CalendarTime) -> Event {
    let organizer = mailbox("Alice Ng", "alice@a.test");
    let created = "2026-02-01T09:00:00Z".parse().unwrap();
    let stamp = Stamp {
        sequence: 0,
        dtstamp: created,
    };
    Event {
        uid: Uid::derive(&key(), &organizer.address, summary),
        client_uid: summary.to_owned(),
        organizer,
        prodid: "-//Example//EN".to_owned(),
        mailto: address("create@acme.invites.example"),
        revision: 1,
        version: 1,
        stamp,
        accepted: stamp,
        status: Status::Confirmed,
        details: Details {
            start,
            end,
            status: Status::Confirmed,
            summary: summary.to_owned(),
            description: String::new(),
            description_html: None,
            location: String::new(),
            alarms: Vec::new(),
            other: Vec::new(),
            recurrence: Vec::new(),
            zones: Vec::new(),
        },
        instances: BTreeMap::new(),
        open_since: 0,
        uninvited: Uninvited::Open,
        seats: None,
        editions: Vec::new(),
        tzdata: "2026a".to_owned(),
        created,
        last_modified: created,
        seen: Vec::new(),
    }
}

pub(super) fn sample(name: &'static str, event: Event) -> Sample {
    Sample {
        name,
        event,
        attendee: mailbox("Bob Byte", "bob@b.test"),
    }
}

pub(crate) fn berlin() -> Sample {
    let at = |local| zoned(local, "Europe/Berlin");
    let mut event = event("Kick-off", at("2026-03-03T10:00"), at("2026-03-03T11:00"));
    event.details.location = "Room 1, Hauptstraße 5, Berlin".to_owned();
    event.details.description =
        "Agenda:\n1. Who we are\n2. What we build; how, and when\n\nBring a laptop.".to_owned();
    event.details.description_html = Some(
        "<p onclick=\"x()\">Agenda: <b>who</b> &amp; what</p><img src=\"https://t.test/p.gif\">\
         <script>alert(1)</script>"
            .to_owned(),
    );
    event.details.other = vec![
        line("TRANSP", &[], "OPAQUE"),
        line("X-MICROSOFT-CDO-BUSYSTATUS", &[], "BUSY"),
        line("GEO", &[], "52.52;13.405"),
        line("URL", &[], "https://a.test/kickoff"),
        line("STATUS", &[], "TENTATIVE"),
        line("X-MOZ-RECEIVED-SEQUENCE", &[], "9"),
        line("X-INVITED", &[], "mailto:carol@c.test"),
    ];
    event.details.alarms = vec![vec![
        line("BEGIN", &[], "VALARM"),
        line("ACTION", &[], "DISPLAY"),
        line("TRIGGER", &[("RELATED", "START")], "-PT15M"),
        line("DESCRIPTION", &[], "Kick-off"),
        line("END", &[], "VALARM"),
    ]];
    sample("berlin", event)
}

fn new_york_overnight() -> Sample {
    let mut event = event(
        "Release night",
        zoned("2026-03-07T22:00", "America/New_York"),
        zoned("2026-03-08T06:00", "America/New_York"),
    );
    event.details.location = "https://meet.example/abc-defg-hij".to_owned();
    event.status = Status::Tentative;
    sample("new-york-overnight", event)
}

fn two_zones() -> Sample {
    let start = zoned("2026-10-24T18:00", "Asia/Kolkata");
    sample(
        "two-zones",
        event("Flight", start, zoned("2026-10-25T09:30", "Europe/London")),
    )
}

fn plain_utc() -> Sample {
    sample(
        "utc",
        event(
            "Stand-up",
            utc("2026-06-01T08:00:00Z"),
            utc("2026-06-01T08:15:00Z"),
        ),
    )
}

fn own_zone() -> Sample {
    let own = |local: &str, instant: &str| CalendarTime::Zoned {
        local: local.parse().unwrap(),
        tzid: "Head office".to_owned(),
        iana: None,
        instant: instant.parse().unwrap(),
    };
    let start = own("2026-05-05T09:00", "2026-05-05T03:15:00Z");
    sample(
        "own-zone",
        event(
            "Review",
            start,
            own("2026-05-05T10:00", "2026-05-05T04:15:00Z"),
        ),
    )
}

fn all_day() -> Sample {
    let mut event = event("Company holiday", day("2026-05-01"), day("2026-05-04"));
    event.details.other = vec![line("TRANSP", &[], "TRANSPARENT")];
    sample("all-day", event)
}

fn floating() -> Sample {
    let at = |text: &str| CalendarTime::Floating(text.parse().unwrap());
    sample(
        "floating",
        event("Tea", at("2026-04-01T16:00"), at("2026-04-01T16:30")),
    )
}

fn beyond_ascii() -> Sample {
    let at = |local| zoned(local, "Asia/Tokyo");
    let mut event = event(
        "キックオフ会議 — 新製品 🎉",
        at("2026-04-10T14:00"),
        at("2026-04-10T15:30"),
    );
    event.organizer = mailbox("山田 太郎", "taro.yamada@a.test");
    event.details.location = "東京都千代田区丸の内一丁目".to_owned();
    event.details.description = "よろしくお願いします。\nÄÖÜ ß ñ — “quotes” ’".to_owned();
    Sample {
        name: "beyond-ascii",
        event,
        attendee: mailbox("Jürgen Groß-Öztürk", "juergen@bücher.example"),
    }
}

fn long_lines() -> Sample {
    let at = |local| zoned(local, "Europe/Berlin");
    let mut event = event(
        &"A very long title that goes on, and on; and on \\ ".repeat(8),
        at("2026-07-01T09:00"),
        at("2026-07-01T10:00"),
    );
    event.details.location = format!("Hall {}", "👩‍👩‍👧‍👦".repeat(40));
    event.details.description = format!(
        "{}\n{}\n{}",
        "Wörter ohne Ende ".repeat(60),
        "x".repeat(1200),
        "🎈😀".repeat(120)
    );
    sample("long-lines", event)
}

fn quotes() -> Sample {
    let at = |local| zoned(local, "Europe/London");
    let mut event = event(
        "\"Ace\" & <Co>",
        at("2026-07-01T09:00"),
        at("2026-07-01T09:00"),
    );
    event.organizer = mailbox("Al \"Ace\" O'Neill, Jr.; ^x", "al@a.test");
    Sample {
        name: "quotes",
        event,
        attendee: mailbox("Bob \\ \"B\" <b>, the; first", "bob+list@b.test"),
    }
}

fn hostile() -> Sample {
    let at = |local| zoned(local, "Europe/Berlin");
    let mut event = event(
        "Hi\r\nBcc: victim@v.test\r\n\r\n<script>alert(1)</script>\u{202e}\u{0}",
        at("2026-08-01T09:00"),
        at("2026-08-01T10:00"),
    );
    event.organizer = mailbox(
        "Mallory\r\nATTENDEE:mailto:victim@v.test\u{7}\u{202e}",
        "mallory@m.test",
    );
    event.details.location = "\"><img src=x onerror=alert(1)>\r\nEND:VEVENT".to_owned();
    event.details.description =
        "END:VEVENT\r\nEND:VCALENDAR\r\n--=_mixed_\n.\n{{ 7 * 7 }}\u{85}\u{2028}x".to_owned();
    event.details.description_html =
        Some("<svg onload=alert(1)><a href=javascript:x>y</a>".to_owned());
    event.details.other = vec![
        line("X-EVIL\r\nATTENDEE", &[], "mailto:victim@v.test"),
        line("X-FINE", &[("X-P", "a\"\r\nATTENDEE:b")], "v\r\nATTENDEE:x"),
        line("END", &[], "VEVENT"),
        line("DTSTAMP", &[], "19700101T000000Z"),
        line("URL", &[], "javascript:alert(1)"),
    ];
    event.details.alarms = vec![vec![
        line("BEGIN", &[], "VALARM"),
        line("ACTION", &[], "EMAIL"),
        line("ATTENDEE", &[], "mailto:victim@v.test"),
        line("TRIGGER", &[], "-PT5M"),
        line("END", &[], "VALARM"),
    ]];
    Sample {
        name: "hostile",
        event,
        attendee: mailbox("Bob\r\nCc: victim@v.test", "bob@b.test"),
    }
}

fn nameless() -> Sample {
    let at = |local| zoned(local, "America/Sao_Paulo");
    let mut event = event("", at("2026-09-09T09:00"), at("2026-09-09T10:00"));
    event.organizer = mailbox("", "alice.ng@a.test");
    Sample {
        name: "nameless",
        event,
        attendee: mailbox("", "bob@b.test"),
    }
}

pub(super) fn all() -> Vec<Sample> {
    vec![
        berlin(),
        new_york_overnight(),
        two_zones(),
        plain_utc(),
        own_zone(),
        all_day(),
        floating(),
        beyond_ascii(),
        long_lines(),
        quotes(),
        hostile(),
        nameless(),
    ]
    .into_iter()
    .chain(series::all())
    .collect()
}

pub(super) fn refused(language: Language) -> Vec<(&'static str, Refused<'static>)> {
    let to: &'static Mailbox = Box::leak(Box::new(mailbox("Alice Ng", "alice@a.test")));
    let refused = Refused {
        to,
        subject: Some("Weekly sync"),
        what_is_wrong: RefusalReason::SeveralCalendars
            .what_is_wrong(language)
            .leak(),
        what_to_do: RefusalReason::SeveralCalendars.what_to_do(language).leak(),
        mail_id: "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
        in_reply_to: Some("<weekly@mail.a.test>"),
        arrived: "2026-02-01T09:00:00Z".parse().unwrap(),
    };
    let hostile = Refused {
        subject: Some("Re: <b>x</b>\r\nBcc: victim@v.test"),
        in_reply_to: Some("<a@b>\r\nBcc: victim@v.test"),
        mail_id: "second",
        ..refused.clone()
    };
    let bare = Refused {
        subject: None,
        in_reply_to: None,
        mail_id: "third",
        ..refused.clone()
    };
    vec![
        ("event-refused", refused),
        ("event-refused-hostile", hostile),
        ("event-refused-bare", bare),
    ]
}

pub(super) fn unsubscribed() -> [(&'static str, Unsubscribed<'static>); 2] {
    let to: &'static Mailbox = Box::leak(Box::new(mailbox("Bob Byte", "bob@b.test")));
    let organizer: &'static Mailbox = Box::leak(Box::new(mailbox("Alice <b>Ng", "alice@a.test")));
    let unsubscribed = Unsubscribed {
        to,
        organizer: Some(organizer),
        mail_id: "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
        in_reply_to: Some("<no-more@mail.b.test>"),
        arrived: "2026-02-01T09:00:00Z".parse().unwrap(),
    };
    let from_all = Unsubscribed {
        organizer: None,
        mail_id: "second",
        ..unsubscribed.clone()
    };
    [
        ("unsubscribed", unsubscribed),
        ("unsubscribed-all", from_all),
    ]
}

pub(super) fn erasing() -> [(&'static str, Erasing<'static>); 2] {
    let to: &'static Mailbox = Box::leak(Box::new(mailbox("Bob Byte", "bob@b.test")));
    let erasing = Erasing {
        to,
        organizes: false,
        mail_id: "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
        in_reply_to: Some("<erase-me@mail.b.test>"),
        arrived: "2026-02-01T09:00:00Z".parse().unwrap(),
    };
    let organizes = Erasing {
        organizes: true,
        mail_id: "second",
        ..erasing.clone()
    };
    [("erasing", erasing), ("erasing-organizes", organizes)]
}

pub(super) fn enrolled() -> [(&'static str, Enrolled<'static>); 3] {
    let to: &'static Mailbox = Box::leak(Box::new(mailbox("", "alice@a.test")));
    let office: &'static Address = &Box::leak(Box::new(mailbox("", "office@a.test"))).address;
    let for_alice = Enrolled {
        to,
        subscription: "820982911946154508-466157049",
        plan: "Pro",
        allowance: Allowance {
            events: None,
            invites_per_event: 100_000,
        },
        product: "Acme Pro, one year",
        order: "820982911946154508",
        purchaser: Some(office),
        at: "2026-03-02T16:45:00Z".parse().unwrap(),
    };
    let own = Enrolled {
        subscription: "820982911946154508-466157050",
        allowance: Allowance {
            events: Some(1),
            invites_per_event: 1,
        },
        purchaser: Some(&to.address),
        ..for_alice.clone()
    };
    let hostile = Enrolled {
        subscription: "1-2\r\nBcc: victim@v.test",
        plan: "<b>Pro</b>\r\nBcc: victim@v.test",
        product: "=1+1 <script>alert(1)</script> \u{202e}tac",
        order: "1\r\n2",
        ..for_alice.clone()
    };
    [
        ("enrolled", for_alice),
        ("enrolled-own", own),
        ("enrolled-hostile", hostile),
    ]
}
