//! What became of a letter after it was handed to SES (D7): facts come in any order and more than once, and what is
//! known after them is always the same.
//!
//! What is known of an attendee's mail is the set of the weightiest facts. A set does not care for order or
//! repetition, and neither does "the weightiest of all that came": so nothing here has to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{address::Address, ical::Partstat, id::Uid};

mod sent;

pub use sent::{SentLetter, SentLetters};

/// Names a letter in the events of its delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The event it tells of.
    pub uid: Uid,
    /// Name of its template, e.g. `invite`.
    pub letter: &'static str,
    /// The event's revision it tells.
    pub revision: u64,
}

/// How far a letter came, the weightier later: of one letter the weightiest counts, whatever was heard last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeliveryState {
    /// SES has it.
    Sent,
    /// The recipient's server asks for patience; SES tries on.
    Delayed,
    /// It came back for now: a full mailbox, a server that is away. The next letter may arrive.
    SoftBounced,
    /// The recipient's server has taken it. Weightier than a soft bounce, because what comes back "for now" from
    /// somebody who has taken the letter is an automatic answer (SES's bounce sub-type General).
    Delivered,
    /// SES will not send it: it holds a virus.
    Rejected,
    /// It came back for good: there is no such mailbox.
    Bounced,
    /// The recipient calls it spam.
    Complained,
}

impl DeliveryState {
    /// All of them, by weight.
    pub const ALL: [Self; 7] = [
        Self::Sent,
        Self::Delayed,
        Self::SoftBounced,
        Self::Delivered,
        Self::Rejected,
        Self::Bounced,
        Self::Complained,
    ];

    /// Why this address gets no more mail, of any organizer; `None` while it may.
    #[must_use]
    pub fn ends_all(self) -> Option<Unwanted> {
        match self {
            Self::Bounced => Some(Unwanted::Bounced),
            Self::Complained => Some(Unwanted::Complained),
            Self::Sent | Self::Delayed | Self::SoftBounced | Self::Delivered | Self::Rejected => {
                None
            }
        }
    }
}

/// One thing that happened to one letter to one attendee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// How far the letter came.
    pub state: DeliveryState,
    /// The event's revision the letter tells.
    pub revision: u64,
    /// Which letter, e.g. `invite`.
    pub letter: String,
    /// When, by SES's clock or that of the server it quotes.
    pub at: Timestamp,
    /// SES's kind of it and the server's status, e.g. `General 5.1.1`.
    pub code: Option<String>,
    /// The server's own words, in one line of at most [`Fact::MAX_WORDS`] characters. They may name the address.
    pub words: Option<String>,
}

impl Fact {
    /// How much of a server's words is kept, in characters.
    pub const MAX_WORDS: usize = 200;

    /// What is for good counts beyond its letter; else a newer letter's fate beats an older one's.
    fn weight(&self) -> impl Ord {
        (
            self.state.ends_all().map(|_| self.state),
            self.revision,
            self.state,
            self.at,
            self.letter.clone(),
            self.code.clone(),
            self.words.clone(),
        )
    }
}

impl PartialOrd for Fact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.weight().cmp(&other.weight())
    }
}

/// What is known of the letters to one attendee of one event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Delivery {
    facts: BTreeSet<Fact>,
}

impl Delivery {
    /// How many facts are kept, the weightiest.
    pub const MAX_FACTS: usize = 20;

    /// What was known, with one more fact. The same comes out in whatever order, and however often, facts come in.
    #[must_use]
    pub fn with(&self, fact: Fact) -> Self {
        let mut facts = self.facts.clone();
        facts.insert(fact);
        while facts.len() > Self::MAX_FACTS {
            facts.pop_first();
        }
        Self { facts }
    }

    /// What is known, the weightiest last.
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = &Fact> {
        self.facts.iter()
    }

    /// The one that counts.
    #[must_use]
    pub fn weightiest(&self) -> Option<&Fact> {
        self.facts.last()
    }
}

impl FromIterator<Fact> for Delivery {
    fn from_iter<T: IntoIterator<Item = Fact>>(facts: T) -> Self {
        facts
            .into_iter()
            .fold(Self::default(), |delivery, fact| delivery.with(fact))
    }
}

/// Why somebody gets no mail of ours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unwanted {
    /// He does not want mail from this organizer, or from anybody here.
    Blocked,
    /// A mail to his address came back for good.
    Bounced,
    /// He called a mail of ours spam.
    Complained,
}

impl Unwanted {
    /// Stable kebab-case name, for records and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// What a letter is sent for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// To invite, or to tell of a change.
    Tells,
    /// To say that the event does not take place.
    Cancels,
    /// To answer a mail of his.
    Answers,
}

/// What stands against a letter, if anything does. `answer`: what he has said to the event.
///
/// Who wants no more mail is not sent any, but for what he asks for himself, and for one thing more: that an event he
/// meant to come to does not take place. It is about what he agreed to, takes the entry out of his calendar, and
/// spares him the way. A mailbox that is not there, or whose owner calls our mail spam, gets none at all.
#[must_use]
pub fn stands_against(
    unwanted: Option<Unwanted>,
    purpose: Purpose,
    answer: Partstat,
) -> Option<Unwanted> {
    let expects_it = match purpose {
        Purpose::Tells => false,
        Purpose::Cancels => matches!(answer, Partstat::Accepted | Partstat::Tentative),
        Purpose::Answers => true,
    };
    unwanted.filter(|why| *why != Unwanted::Blocked || !expects_it)
}

/// An address no mail goes to any more, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The address.
    pub address: Address,
    /// Why: never [`Unwanted::Blocked`], which is between two people.
    pub why: Unwanted,
    /// Since when.
    pub at: Timestamp,
}

/// Where the mail to an attendee stands, from all that his record says of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Posted {
    /// The revision of the event SES was last handed a letter about.
    pub sent_revision: Option<u64>,
    /// SES refused his invitation for good.
    pub is_rejected: bool,
    /// Why the last letter that was due was not sent.
    pub withheld: Option<Unwanted>,
    /// What SES has told since.
    pub delivery: Delivery,
    /// How often he was reminded to answer.
    pub reminded: Reminded,
}

/// How often somebody was reminded to answer, and when last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reminded {
    /// Of this event, ever.
    pub times: u32,
    /// `None`: never.
    pub last: Option<Timestamp>,
}

/// [`Posted`] in a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PostedState {
    /// Nothing was sent to him yet.
    Waiting,
    /// He wants no mail, or his address takes none; the last letter was not sent for that.
    Withheld,
    /// [`DeliveryState::Sent`], and so on.
    Sent,
    /// The last letter is.
    Delayed,
    /// The last letter is.
    SoftBounced,
    /// The last letter is.
    Delivered,
    /// The last letter is.
    Rejected,
    /// A letter has.
    Bounced,
    /// He has.
    Complained,
}

impl PostedState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Withheld,
        Self::Sent,
        Self::Delayed,
        Self::SoftBounced,
        Self::Delivered,
        Self::Rejected,
        Self::Bounced,
        Self::Complained,
    ];

    /// Stable kebab-case name, for the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Withheld => "withheld",
            Self::Sent => "sent",
            Self::Delayed => "delayed",
            Self::SoftBounced => "soft-bounced",
            Self::Delivered => "delivered",
            Self::Rejected => "rejected",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl From<DeliveryState> for PostedState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Sent => Self::Sent,
            DeliveryState::Delayed => Self::Delayed,
            DeliveryState::SoftBounced => Self::SoftBounced,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Rejected => Self::Rejected,
            DeliveryState::Bounced => Self::Bounced,
            DeliveryState::Complained => Self::Complained,
        }
    }
}

impl Posted {
    /// Where it stands: what ends all mail; else that mail is withheld; else the fate of the newest letter.
    #[must_use]
    pub fn state(&self) -> PostedState {
        let weightiest = self.delivery.weightiest();
        if let Some(fact) = weightiest.filter(|fact| fact.state.ends_all().is_some()) {
            return fact.state.into();
        }
        if self.withheld.is_some() {
            return PostedState::Withheld;
        }
        match (weightiest, self.sent_revision) {
            (Some(fact), sent) if sent.is_none_or(|sent| fact.revision >= sent) => {
                fact.state.into()
            }
            (_, Some(_)) => PostedState::Sent,
            (_, None) if self.is_rejected => PostedState::Rejected,
            (_, None) => PostedState::Waiting,
        }
    }

    /// Why no letter that tells of a change need even be queued for him.
    #[must_use]
    pub fn unwanted(&self) -> Option<Unwanted> {
        let ended = self
            .delivery
            .weightiest()
            .and_then(|fact| fact.state.ends_all());
        ended.max(self.withheld)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fact(state: DeliveryState, revision: u64, second: i64) -> Fact {
        Fact {
            state,
            revision,
            letter: "update".to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            code: None,
            words: None,
        }
    }

    fn state_after(facts: &[(DeliveryState, u64)], sent_revision: u64) -> PostedState {
        let delivery = facts
            .iter()
            .map(|(state, revision)| fact(*state, *revision, 0))
            .collect();
        Posted {
            sent_revision: Some(sent_revision),
            delivery,
            ..Posted::default()
        }
        .state()
    }

    #[test]
    fn of_one_letter_the_weightiest_counts_and_of_two_the_newer() {
        use DeliveryState::{Bounced, Complained, Delayed, Delivered, Sent, SoftBounced};
        for (facts, sent, expected) in [
            (&[][..], 1, Sent),
            (&[(Sent, 1), (Delayed, 1)], 1, Delayed),
            (&[(Delivered, 1), (Delayed, 1), (Sent, 1)], 1, Delivered),
            // An automatic answer of somebody who has the letter.
            (&[(Delivered, 1), (SoftBounced, 1)], 1, Delivered),
            (&[(SoftBounced, 1), (Delivered, 2)], 2, Delivered),
            // The second letter is out, nothing is heard of it yet.
            (&[(SoftBounced, 1)], 2, Sent),
            // What is for good is not undone by a letter that was under way.
            (&[(Bounced, 1), (Delivered, 2)], 2, Bounced),
            (&[(Delivered, 1), (Complained, 1)], 1, Complained),
            (&[(Complained, 1), (Bounced, 2)], 2, Complained),
        ] {
            assert_eq!(state_after(facts, sent), expected.into(), "{facts:?}");
        }
    }

    #[test]
    fn before_anything_is_heard_the_record_of_the_sends_says_where_it_stands() {
        let nothing = Posted::default();
        assert_eq!(nothing.state(), PostedState::Waiting);
        let rejected = Posted {
            is_rejected: true,
            ..Posted::default()
        };
        assert_eq!(rejected.state(), PostedState::Rejected);
        let withheld = Posted {
            sent_revision: Some(1),
            withheld: Some(Unwanted::Blocked),
            ..Posted::default()
        };
        assert_eq!(withheld.state(), PostedState::Withheld);
        assert_eq!(withheld.unwanted(), Some(Unwanted::Blocked));
    }

    #[test]
    fn a_state_has_a_name_of_its_own() {
        for state in PostedState::ALL {
            assert_eq!(PostedState::parse(state.code()), Some(state));
        }
        assert_eq!(PostedState::parse("lost"), None);
    }

    #[test]
    fn only_who_is_gone_for_good_or_complained_gets_no_mail_of_anybody() {
        for state in DeliveryState::ALL {
            let expected = match state {
                DeliveryState::Bounced => Some(Unwanted::Bounced),
                DeliveryState::Complained => Some(Unwanted::Complained),
                _ => None,
            };
            assert_eq!(state.ends_all(), expected, "{state:?}");
        }
    }

    #[test]
    fn who_wants_no_mail_still_hears_that_what_he_comes_to_does_not_take_place() {
        use Partstat::{Accepted, Declined, Delegated, NeedsAction, Tentative};
        for answer in [Accepted, Declined, Delegated, NeedsAction, Tentative] {
            let expects_it = matches!(answer, Accepted | Tentative);
            let blocked = Some(Unwanted::Blocked);
            assert_eq!(
                stands_against(blocked, Purpose::Cancels, answer).is_none(),
                expects_it,
                "{answer:?}"
            );
            assert_eq!(stands_against(blocked, Purpose::Tells, answer), blocked);
            assert_eq!(stands_against(blocked, Purpose::Answers, answer), None);
            for gone in [Unwanted::Bounced, Unwanted::Complained] {
                for purpose in [Purpose::Tells, Purpose::Cancels, Purpose::Answers] {
                    assert_eq!(stands_against(Some(gone), purpose, answer), Some(gone));
                }
            }
            assert_eq!(stands_against(None, Purpose::Tells, answer), None);
        }
    }

    fn any_fact() -> impl Strategy<Value = Fact> {
        (
            proptest::sample::select(&DeliveryState::ALL[..]),
            1u64..4,
            proptest::sample::select(&["invite", "update"][..]),
            0i64..5,
            proptest::option::of("[a-c]"),
        )
            .prop_map(|(state, revision, letter, second, code)| Fact {
                letter: letter.to_owned(),
                code,
                ..fact(state, revision, second)
            })
    }

    proptest! {
        #[test]
        fn what_is_known_depends_on_neither_order_nor_repetition(
            (facts, shuffled) in proptest::collection::vec(any_fact(), 0..60).prop_flat_map(|facts| {
                let twice: Vec<Fact> = facts.iter().chain(&facts).cloned().collect();
                (Just(facts), Just(twice).prop_shuffle())
            }),
        ) {
            let once: Delivery = facts.into_iter().collect();
            let again: Delivery = shuffled.into_iter().collect();
            prop_assert!(once.facts().count() <= Delivery::MAX_FACTS);
            prop_assert_eq!(once, again);
        }

        #[test]
        fn what_is_for_good_stays(
            facts in proptest::collection::vec(any_fact(), 0..60), sent in proptest::option::of(1u64..6),
        ) {
            let heaviest = facts.iter().filter(|fact| fact.state.ends_all().is_some()).map(|fact| fact.state).max();
            let posted = Posted { sent_revision: sent, delivery: facts.into_iter().collect(), ..Posted::default() };
            match heaviest {
                Some(state) => {
                    prop_assert_eq!(posted.state(), PostedState::from(state));
                    prop_assert_eq!(posted.unwanted(), state.ends_all());
                }
                None => prop_assert_eq!(posted.unwanted(), None),
            }
        }
    }
}
