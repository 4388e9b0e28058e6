//! What was sent to an attendee, and who is about to send: part of the attendee's item.
//!
//! A send is claimed, sent, then marked: nothing is marked sent before SES has answered, and no two functions send the
//! same. A claim lapses, so that a crash between delays a letter and never loses it.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use invite::{
    address::Address,
    delivery::{Purpose, Reminded, SentLetters, Unwanted},
    event::Attendee,
    id::Uid,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    AttendeeRecord, Fault, Key, Stored, Table, delivery::RemindedRecord, from_item, number, stored,
    text, understood, update_conflicts,
};

/// What an attendee is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The first he hears.
    Invite,
    /// What has changed.
    Update,
    /// It does not take place.
    Cancellation,
    /// What one of his own mails asked for.
    Owed,
    /// That he has not answered.
    Reminder,
}

impl Kind {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Update => "update",
            Self::Cancellation => "cancellation",
            Self::Owed => "owed",
            Self::Reminder => "reminder",
        }
    }

    /// What it is sent for.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Invite | Self::Update | Self::Reminder => Purpose::Tells,
            Self::Cancellation => Purpose::Cancels,
            Self::Owed => Purpose::Answers,
        }
    }
}

/// Who wants to send what to whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim<'a> {
    /// The event.
    pub uid: &'a Uid,
    /// The attendee.
    pub attendee: &'a Address,
    /// Which letter.
    pub kind: Kind,
    /// The event's revision it tells; of an invitation and of what is owed that is seen when it is written.
    pub revision: u64,
    /// Digest of the mail that asked for it; of what is owed only.
    pub asked: Option<&'a str>,
    /// Id of the queue's message that asks for it: the same message may claim again.
    pub by: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// How long a claim keeps others away: longer than any function runs.
const LAPSES_AFTER: SignedDuration = SignedDuration::from_mins(6);

/// What claiming came to.
#[derive(Debug)]
pub enum Claimed {
    /// Send to him.
    Yes {
        /// Who.
        attendee: Box<Attendee>,
        /// The revision of the event he was last told; `None` before his invitation.
        last_told: Option<u64>,
        /// How often he was reminded to answer.
        reminded: Reminded,
        /// What he was sent so far, the newest last.
        letters: Vec<LetterShape>,
    },
    /// Do not.
    No(NotClaimed),
}

/// A letter that was sent, as it stands in the item once there is a newer one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LetterShape {
    /// Which.
    pub kind: Kind,
    /// The revision of the event he knew by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// When.
    pub at: Timestamp,
}

/// Why a letter is not to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotClaimed {
    /// Nobody of that address is invited.
    NotInvited,
    /// He was told that, or something newer.
    SentBefore,
    /// He has not heard of the event yet; his invitation will tell him how it is now.
    InvitationPending,
    /// SES refused his invitation for good.
    Rejected,
    /// Somebody else is about to send to him; try again.
    InFlight,
}

impl NotClaimed {
    /// Stable kebab-case name, for logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInvited => "not-invited",
            Self::SentBefore => "sent-before",
            Self::InvitationPending => "invitation-pending",
            Self::Rejected => "rejected",
            Self::InFlight => "in-flight",
        }
    }
}

/// An attendee's item, as a sender sees it.
#[derive(Deserialize)]
struct Addressee {
    #[serde(flatten)]
    attendee: AttendeeRecord,
    #[serde(flatten)]
    sending: Sending,
    #[serde(flatten)]
    reminded: RemindedRecord,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
struct Sending {
    sent_revision: Option<u64>,
    claimed_by: Option<String>,
    claimed_at: Option<i64>,
    rejected: Option<String>,
    sent_kind: Option<Kind>,
    sent_at: Option<Timestamp>,
    #[serde(default)]
    letters_before: Vec<LetterShape>,
    /// The last letter he was owed and was sent, by the digest of the mail that asked for it.
    owed_sent: Option<String>,
    /// The letter he is owed, by the digest of the mail that asked for it; stands in the attendee's part of the item.
    #[serde(skip)]
    owed: Option<String>,
}

impl Sending {
    /// What he was sent so far, the newest last, as far as the item of a newer letter keeps it.
    fn letters(&self) -> Vec<LetterShape> {
        let last = match (self.sent_kind, self.sent_at) {
            (Some(kind), Some(at)) => Some(LetterShape {
                kind,
                revision: self.sent_revision,
                at,
            }),
            _ => None,
        };
        let mut letters = self.letters_before.clone();
        letters.extend(last);
        // With the newer one they are as many as are kept.
        let surplus = (letters.len() + 1).saturating_sub(SentLetters::MAX);
        letters.drain(..surplus);
        letters
    }
}

impl Table {
    /// Claims a send.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn claim_send(&self, claim: &Claim<'_>) -> Result<Claimed, Fault> {
        let operation = "claim the sending of a letter";
        let key = Key::attendee(claim.uid, claim.attendee);
        let (due, value) = match claim.kind {
            Kind::Invite => (
                "attribute_not_exists(sent_revision) AND attribute_not_exists(rejected)",
                None,
            ),
            Kind::Update | Kind::Cancellation => {
                ("sent_revision < :due", Some(number(claim.revision)))
            }
            // Who has not heard how the event is now gets a letter about that.
            Kind::Reminder => ("sent_revision = :due", Some(number(claim.revision))),
            Kind::Owed => (
                "attribute_exists(sent_revision) AND owed.digest = :due \
                 AND (attribute_not_exists(owed_sent) OR owed_sent <> :due)",
                Some(text(claim.asked.unwrap_or_default())),
            ),
        };
        let mut update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.item()))
            .update_expression("SET claimed_by = :me, claimed_at = :now")
            .condition_expression(format!(
                "attribute_exists(pk) AND {due} AND \
                 (attribute_not_exists(claimed_by) OR claimed_by = :me OR claimed_at < :lapsed)"
            ))
            .expression_attribute_values(":me", text(claim.by))
            .expression_attribute_values(":now", number(claim.at.as_millisecond()))
            .expression_attribute_values(":lapsed", number(lapsed_before(claim.at)))
            .return_values(ReturnValue::AllNew);
        if let Some(value) = value {
            update = update.expression_attribute_values(":due", value);
        }
        match update.send().await {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                let addressee: Addressee = from_item(operation, item)?;
                let attendee = understood(operation, addressee.attendee.try_into())?;
                Ok(Claimed::Yes {
                    attendee: Box::new(attendee),
                    last_told: addressee.sending.sent_revision,
                    reminded: addressee.reminded.into(),
                    letters: addressee.sending.letters(),
                })
            }
            Err(error) if error.as_service_error().is_some_and(update_conflicts) => {
                let addressee: Option<Addressee> = self.get(operation, &key).await?;
                let sending = addressee.map(|addressee| Sending {
                    owed: addressee.attendee.owed.map(|owed| owed.digest),
                    ..addressee.sending
                });
                Ok(Claimed::No(why_not(sending.as_ref(), claim)))
            }
            Err(error) => Err(Fault::during(operation)(error)),
        }
    }

    /// Marks a claimed letter as sent, telling `revision` of the event (`None`: nothing new of it), behind the `letters` he
    /// was sent before.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn mark_sent(
        &self,
        claim: &Claim<'_>,
        letters: &[LetterShape],
        revision: Option<u64>,
        ses_message_id: &str,
        at: Timestamp,
    ) -> Result<Stored, Fault> {
        let operation = "mark a letter as sent";
        let mut update = "SET sent_kind = :kind, sent_at = :at, ses_message_id = :ses".to_owned();
        let mut values = super::Item::from([
            (":kind".to_owned(), text(claim.kind.as_str())),
            (":at".to_owned(), text(at.to_string())),
            (":ses".to_owned(), text(ses_message_id)),
        ]);
        if let Some(revision) = revision {
            update.push_str(", sent_revision = :revision");
            values.insert(":revision".to_owned(), number(revision));
        }
        if !letters.is_empty() {
            update.push_str(", letters_before = :letters");
            let letters = serde_dynamo::to_attribute_value(letters);
            values.insert(
                ":letters".to_owned(),
                letters.map_err(Fault::during(operation))?,
            );
        }
        if let Some(asked) = claim.asked {
            update.push_str(", owed_sent = :asked");
            values.insert(":asked".to_owned(), text(asked));
        }
        if claim.kind == Kind::Reminder {
            update.push_str(
                ", reminded_at = :now, reminders = if_not_exists(reminders, :none) + :one",
            );
            values.insert(":now".to_owned(), number(at.as_millisecond()));
            values.insert(":none".to_owned(), number(0));
            values.insert(":one".to_owned(), number(1));
        }
        update.push_str(" REMOVE claimed_by, claimed_at");
        if claim.asked.is_none() {
            update.push_str(", withheld, withheld_at");
        }
        self.end_claim(operation, claim, &update, values).await
    }

    /// Marks that SES, or our own rules of what a mail can be, will never let this letter out.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn mark_rejected(&self, claim: &Claim<'_>, code: &str) -> Result<Stored, Fault> {
        let mut update = "SET rejected = :code, rejected_at = :at".to_owned();
        let mut values = super::Item::from([
            (":code".to_owned(), text(code)),
            (":at".to_owned(), text(claim.at.to_string())),
        ]);
        if let Some(asked) = claim.asked {
            update.push_str(", owed_sent = :asked");
            values.insert(":asked".to_owned(), text(asked));
        }
        update.push_str(" REMOVE claimed_by, claimed_at");
        self.end_claim("mark a letter as rejected", claim, &update, values)
            .await
    }

    /// Marks that a claimed letter is not sent because its reader wants none, or can have none.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn withhold(&self, claim: &Claim<'_>, why: Unwanted) -> Result<Stored, Fault> {
        self.end_claim(
            "mark a letter as withheld",
            claim,
            "SET withheld = :why, withheld_at = :at REMOVE claimed_by, claimed_at",
            [
                (":why".to_owned(), text(why.code())),
                (":at".to_owned(), text(claim.at.to_string())),
            ]
            .into(),
        )
        .await
    }

    /// Gives a claim back: there is nothing to send after all, or another try is due and need not wait.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn release_claim(&self, claim: &Claim<'_>) -> Result<Stored, Fault> {
        self.end_claim(
            "give back the sending of a letter",
            claim,
            "REMOVE claimed_by, claimed_at",
            super::Item::new(),
        )
        .await
    }

    async fn end_claim(
        &self,
        operation: &'static str,
        claim: &Claim<'_>,
        update: &str,
        mut values: super::Item,
    ) -> Result<Stored, Fault> {
        values.insert(":me".to_owned(), AttributeValue::S(claim.by.to_owned()));
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::attendee(claim.uid, claim.attendee).item()))
            .update_expression(update)
            .condition_expression("claimed_by = :me")
            .set_expression_attribute_values(Some(values))
            .send()
            .await;
        stored(operation, answer, update_conflicts)
    }
}

fn lapsed_before(now: Timestamp) -> i64 {
    now.checked_sub(LAPSES_AFTER)
        .unwrap_or(Timestamp::MIN)
        .as_millisecond()
}

/// Says which part of the claim's condition did not hold.
fn why_not(sending: Option<&Sending>, claim: &Claim<'_>) -> NotClaimed {
    let Some(sending) = sending else {
        return NotClaimed::NotInvited;
    };
    let is_taken = sending
        .claimed_by
        .as_deref()
        .is_some_and(|by| by != claim.by)
        && sending
            .claimed_at
            .is_some_and(|at| at >= lapsed_before(claim.at));
    let was_sent = match (claim.kind, sending.sent_revision) {
        (Kind::Invite, told) => told.is_some(),
        (Kind::Update | Kind::Cancellation, told) => {
            told.is_some_and(|revision| revision >= claim.revision)
        }
        (Kind::Reminder, told) => told.is_some_and(|revision| revision != claim.revision),
        // Or he has asked for something else since, which has a message of its own.
        (Kind::Owed, told) => {
            told.is_some()
                && (sending.owed_sent.as_deref() == claim.asked
                    || sending.owed.as_deref() != claim.asked)
        }
    };
    match (claim.kind, sending.sent_revision) {
        _ if was_sent => NotClaimed::SentBefore,
        _ if is_taken => NotClaimed::InFlight,
        (_, None) if sending.rejected.is_some() => NotClaimed::Rejected,
        (Kind::Update | Kind::Cancellation | Kind::Owed | Kind::Reminder, None) => {
            NotClaimed::InvitationPending
        }
        // What kept it has gone in between.
        _ => NotClaimed::InFlight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(sent_revision: Option<u64>, claimed: Option<(&str, i64)>) -> Sending {
        Sending {
            sent_revision,
            claimed_by: claimed.map(|(by, _)| by.to_owned()),
            claimed_at: claimed.map(|(_, at)| at),
            owed: Some("his mail".to_owned()),
            ..Sending::default()
        }
    }

    #[test]
    fn what_was_sent_before_is_kept_once_there_is_a_newer_letter() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let letter = |revision: u64| LetterShape {
            kind: Kind::Update,
            revision: Some(revision),
            at: at(i64::try_from(revision).unwrap()),
        };
        // Before his invitation there is nothing to keep, so it costs what it did.
        assert_eq!(Sending::default().letters(), []);
        let sent = |revision: u64, letters_before| Sending {
            sent_revision: Some(revision),
            sent_kind: Some(Kind::Update),
            sent_at: Some(letter(revision).at),
            letters_before,
            ..Sending::default()
        };
        assert_eq!(sent(2, vec![letter(1)]).letters(), [letter(1), letter(2)]);
        let many: Vec<_> = (1..20).map(letter).collect();
        let kept = sent(20, many).letters();
        assert_eq!(kept.len() + 1, SentLetters::MAX);
        assert_eq!(kept.last(), Some(&letter(20)));
        let item: super::super::Item = serde_dynamo::to_item(letter(2)).unwrap();
        assert_eq!(from_item::<LetterShape>("test", item).unwrap(), letter(2));
    }

    #[test]
    fn says_why_a_letter_is_not_to_be_sent() {
        let uid = Uid::parse(&"0".repeat(40)).unwrap();
        let attendee = Address::parse("bob@b.test").unwrap();
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let now = at.as_millisecond();
        let long_ago = now - 3_600_000;
        let why = |kind, sending: Option<Sending>| {
            let claim = Claim {
                uid: &uid,
                attendee: &attendee,
                kind,
                revision: 5,
                asked: (kind == Kind::Owed).then_some("his mail"),
                by: "me",
                at,
            };
            why_not(sending.as_ref(), &claim)
        };
        use NotClaimed as N;
        for (kind, state, expected) in [
            (Kind::Update, None, N::NotInvited),
            (Kind::Invite, Some(sending(Some(1), None)), N::SentBefore),
            (Kind::Update, Some(sending(Some(5), None)), N::SentBefore),
            (
                Kind::Cancellation,
                Some(sending(Some(6), None)),
                N::SentBefore,
            ),
            (
                Kind::Update,
                Some(sending(None, None)),
                N::InvitationPending,
            ),
            (
                Kind::Update,
                Some(sending(None, Some(("you", now)))),
                N::InFlight,
            ),
            (
                Kind::Update,
                Some(sending(Some(4), Some(("you", now)))),
                N::InFlight,
            ),
            (
                Kind::Update,
                Some(sending(None, Some(("you", long_ago)))),
                N::InvitationPending,
            ),
            (Kind::Reminder, None, N::NotInvited),
            (
                Kind::Reminder,
                Some(sending(None, None)),
                N::InvitationPending,
            ),
            (Kind::Reminder, Some(sending(Some(4), None)), N::SentBefore),
            (
                Kind::Reminder,
                Some(sending(Some(5), Some(("you", now)))),
                N::InFlight,
            ),
            (Kind::Owed, None, N::NotInvited),
            (Kind::Owed, Some(sending(None, None)), N::InvitationPending),
            (
                Kind::Owed,
                Some(sending(Some(1), Some(("you", now)))),
                N::InFlight,
            ),
            (
                Kind::Owed,
                Some(Sending {
                    owed_sent: Some("his mail".to_owned()),
                    ..sending(Some(1), Some(("you", now)))
                }),
                N::SentBefore,
            ),
            (
                Kind::Owed,
                Some(Sending {
                    owed: Some("another mail of his".to_owned()),
                    ..sending(Some(1), None)
                }),
                N::SentBefore,
            ),
            // What kept it has gone in between.
            (Kind::Owed, Some(sending(Some(1), None)), N::InFlight),
            (
                Kind::Invite,
                Some(Sending {
                    rejected: Some("MessageRejected".to_owned()),
                    ..Sending::default()
                }),
                N::Rejected,
            ),
        ] {
            assert_eq!(why(kind, state.clone()), expected, "{kind:?} {state:?}");
        }
    }
}
