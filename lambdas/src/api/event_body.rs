//! An event in JSON: what programs say of it that write no calendars.

use invite::{
    address::{Address, Mailbox},
    command::{self, Fields},
    event::Event,
    ical::Status,
    time::CalendarTime,
};
use serde::Deserialize;

use crate::shell::Problem;

/// Longest name of an organizer, in characters.
pub(super) const MAX_NAME: usize = 200;

/// A new event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewEvent"))]
pub(super) struct EventBody {
    /// What your program calls the event. What it says again under this name changes the event.
    #[cfg_attr(test, schemars(length(min = 1, max = 1024)))]
    pub(super) uid: Option<String>,
    /// Whose event it is: yours, unless you are an administrator, who has to say.
    organizer: Option<String>,
    #[cfg_attr(test, schemars(length(max = 200)))]
    organizer_name: Option<String>,
    summary: String,
    description: Option<String>,
    location: Option<String>,
    /// A day (`2026-03-03`), a time in `time_zone` (`2026-03-03T10:00`), or an instant (`2026-03-03T09:00:00Z`).
    start: String,
    /// The same; of days the first on which it is over. Without one it takes the day, or no time.
    end: Option<String>,
    /// Of the IANA database, like `Europe/Berlin`.
    time_zone: Option<String>,
    status: Option<StatusBody>,
}

/// What changes; what is left out or null stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EventChange"))]
pub(super) struct ChangeBody {
    summary: Option<String>,
    description: Option<String>,
    location: Option<String>,
    /// As of a new event. Without an end the event takes as long as before.
    start: Option<String>,
    end: Option<String>,
    /// Without one the event's own.
    time_zone: Option<String>,
    status: Option<StatusBody>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "EventStatusAsked")
)]
enum StatusBody {
    Confirmed,
    /// It may take place.
    Tentative,
}

impl From<StatusBody> for Status {
    fn from(status: StatusBody) -> Self {
        match status {
            StatusBody::Confirmed => Self::Confirmed,
            StatusBody::Tentative => Self::Tentative,
        }
    }
}

impl EventBody {
    /// Whose event it is, if it says so.
    pub(super) fn organizer(&self) -> Result<Option<Mailbox>, Problem> {
        let name = self.organizer_name.as_deref().map(str::trim);
        let can_be_name =
            |name: &str| name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
        if name.is_some_and(|name| !can_be_name(name)) {
            return Err(Problem::field(
                "/organizer_name",
                "A name has at most 200 characters, and no control characters.",
            ));
        }
        let Some(organizer) = &self.organizer else {
            return match name {
                None => Ok(None),
                Some(_) => Err(Problem::field(
                    "/organizer_name",
                    "A name needs its address: say `organizer`, too.",
                )),
            };
        };
        let address = Address::parse(organizer)
            .ok_or_else(|| Problem::field("/organizer", "This is not an e-mail address."))?;
        Ok(Some(Mailbox {
            address,
            name: name.filter(|name| !name.is_empty()).map(ToOwned::to_owned),
        }))
    }

    pub(super) fn fields(&self) -> Result<Fields, Problem> {
        let zone = self.time_zone.as_deref();
        Ok(Fields {
            summary: text("/summary", Some(&self.summary))?,
            description: text("/description", self.description.as_ref())?,
            location: text("/location", self.location.as_ref())?,
            start: time("/start", Some(&self.start), zone)?,
            end: time("/end", self.end.as_ref(), zone)?,
            status: self.status.map(Into::into),
        })
    }
}

impl ChangeBody {
    pub(super) fn fields(&self, event: &Event) -> Result<Fields, Problem> {
        let own_zone = match &event.details.start {
            CalendarTime::Zoned { iana, .. } => iana.as_deref(),
            _ => None,
        };
        // An instant has a zone to be shown in only where somebody says so.
        let zone = |text: Option<&String>| {
            self.time_zone
                .as_deref()
                .or(own_zone.filter(|_| text.is_some_and(|text| is_local(text))))
        };
        Ok(Fields {
            summary: text("/summary", self.summary.as_ref())?,
            description: text("/description", self.description.as_ref())?,
            location: text("/location", self.location.as_ref())?,
            start: time("/start", self.start.as_ref(), zone(self.start.as_ref()))?,
            end: time("/end", self.end.as_ref(), zone(self.end.as_ref()))?,
            status: self.status.map(Into::into),
        })
    }
}

/// Whether it is a time nothing but a zone gives a meaning.
fn is_local(text: &str) -> bool {
    command::time(text, None).is_none()
}

/// Line ends and tabs may stand in a text, other control characters not.
fn text(pointer: &'static str, said: Option<&String>) -> Result<Option<String>, Problem> {
    let Some(said) = said else {
        return Ok(None);
    };
    let text = said.replace("\r\n", "\n");
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(Problem::field(
            pointer,
            "The text contains control characters.",
        ));
    }
    Ok(Some(text))
}

fn time(
    pointer: &'static str,
    said: Option<&String>,
    zone: Option<&str>,
) -> Result<Option<CalendarTime>, Problem> {
    let Some(said) = said else {
        return Ok(None);
    };
    command::time(said, zone).map(Some).ok_or_else(|| {
        Problem::field(
            pointer,
            "A time is a day (2026-03-03), a time with a `time_zone` of the IANA database (2026-03-03T10:00), or an instant \
             (2026-03-03T09:00:00Z).",
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::api::views::tests::kickoff;

    fn created(more: serde_json::Value) -> Result<Fields, Problem> {
        let mut body = json!({"summary": "Kick-off", "start": "2026-03-03"});
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        serde_json::from_value::<EventBody>(body).unwrap().fields()
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        for (more, pointer) in [
            (json!({"start": "tomorrow"}), "/start"),
            (json!({"start": "2026-03-03T10:00"}), "/start"),
            (
                json!({"end": "2026-03-03T10:00Z", "time_zone": "Mars"}),
                "/end",
            ),
            (json!({"summary": "a\u{0}b"}), "/summary"),
            (json!({"location": "a\rb"}), "/location"),
        ] {
            let problem = created(more.clone()).unwrap_err();
            assert_eq!(
                problem.errors[0].pointer.as_deref(),
                Some(pointer),
                "{more}"
            );
        }
        let said = created(json!({"description": "one\r\ntwo\tthree"})).unwrap();
        assert_eq!(said.description.as_deref(), Some("one\ntwo\tthree"));
    }

    #[test]
    fn an_organizer_is_an_address_with_or_without_a_name() {
        let said = |more: serde_json::Value| {
            let mut body = json!({"summary": "", "start": "2026-03-03"});
            let more = more.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(more);
            serde_json::from_value::<EventBody>(body)
                .unwrap()
                .organizer()
        };
        assert_eq!(said(json!({})), Ok(None));
        let alice = said(json!({"organizer": "Alice@a.test", "organizer_name": " Alice "}));
        let alice = alice.unwrap().unwrap();
        assert_eq!(alice.address.as_str(), "alice@a.test");
        assert_eq!(alice.name.as_deref(), Some("Alice"));
        for (wrong, pointer) in [
            (json!({"organizer": "alice"}), "/organizer"),
            (json!({"organizer_name": "Alice"}), "/organizer_name"),
            (
                json!({"organizer": "a@a.test", "organizer_name": "A\r\nBcc: b@b.test"}),
                "/organizer_name",
            ),
        ] {
            let problem = said(wrong).unwrap_err();
            assert_eq!(problem.errors[0].pointer.as_deref(), Some(pointer));
        }
    }

    #[test]
    fn a_change_is_in_the_zone_of_its_event_unless_it_says_another() {
        let mut event = kickoff();
        event.details.start = command::time("2026-03-03T10:00", Some("Europe/Berlin")).unwrap();
        let change = |body| {
            let body: ChangeBody = serde_json::from_value(body).unwrap();
            body.fields(&event).unwrap().start.unwrap()
        };
        let key = |time: CalendarTime| time.instance_key().as_str().to_owned();
        let later = change(json!({"start": "2026-07-03T10:00"}));
        assert_eq!(key(later), "20260703T080000Z");
        let elsewhere = change(json!({"start": "2026-07-03T10:00", "time_zone": "Asia/Tokyo"}));
        assert_eq!(key(elsewhere), "20260703T010000Z");
        let instant = change(json!({"start": "2026-07-03T10:00:00Z"}));
        assert!(matches!(instant, CalendarTime::Utc(_)));
    }

    #[test]
    fn a_field_nobody_knows_is_not_passed_over() {
        let typo = json!({"summary": "x", "start": "2026-03-03", "sumary": "y"});
        assert!(serde_json::from_value::<EventBody>(typo).is_err());
    }

    proptest! {
        #[test]
        fn whatever_texts_are_said_is_taken_or_refused(texts in prop::collection::vec("\\PC{0,20}|[\\x00-\\x20]{0,4}", 5)) {
            let body = json!({
                "summary": texts[0], "description": texts[1], "location": texts[2], "start": texts[3], "time_zone": texts[4],
            });
            let body: EventBody = serde_json::from_value(body).unwrap();
            if let Ok(fields) = body.fields() {
                let _ = fields.details();
            }
        }
    }
}
