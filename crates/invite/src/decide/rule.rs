//! The rules decisions are made by: what each says and where it is written.

macro_rules! rules {
    ($($rule:ident $code:literal $written_in:literal $says:literal)+) => {
        /// A rule that decided something.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $says] $rule,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$rule),+];

            /// Stable kebab-case name, for records and logs.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)+
                }
            }

            /// Where it is written: a section of an RFC, or a row or chapter of semantics.md.
            #[must_use]
            pub fn written_in(self) -> &'static str {
                match self {
                    $(Self::$rule => $written_in,)+
                }
            }

            /// What it says of the case at hand, in a sentence.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self {
                    $(Self::$rule => $says,)+
                }
            }
        }
    };
}

rules! {
    // Which event, and whose.
    NoSuchEvent "no-such-event" "semantics.md, Who is who"
        "No event is known under this uid, which is made from the organizer's address and the client's UID."
    NotTheOwner "not-the-owner" "semantics.md, Who may command 5"
        "An event changes only for the address that created it."
    SeenBefore "seen-before" "semantics.md, any mail seen before"
        "The same content from the same sender has been applied."

    // What an organizer may.
    OrganizerSuspended "organizer-suspended" "semantics.md, Who may command"
        "A suspended organizer creates and changes nothing."
    OrganizerNotEnrolled "organizer-not-enrolled" "the tenant's limits"
        "Only organizers with a subscription may create events here."
    EventLimitReached "event-limit-reached" "the tenant's limits"
        "The organizer has as many events as the plan allows."
    MayCreate "may-create" "the tenant's limits"
        "The organizer may create one more event."
    TooMuch "too-much" "semantics.md, Incoming mail"
        "The event with this change would be larger than what is kept."

    // An organizer's order.
    OlderSequence "older-sequence" "RFC 5546 section 2.1.5"
        "Its SEQUENCE is lower than the last accepted one, so it is an older message, whatever its DTSTAMP."
    StampNotLater "stamp-not-later" "RFC 5546 section 2.1.5; semantics.md, REQUEST at the same sequence"
        "SEQUENCE is the same and DTSTAMP is not later than the last accepted one, so it says nothing new."
    LaterStamp "later-stamp" "RFC 5546 section 2.1.5; semantics.md, REQUEST at the same sequence"
        "SEQUENCE is the same and DTSTAMP is later, so it applies: some clients raise SEQUENCE once only."
    HigherSequence "higher-sequence" "RFC 5546 section 2.1.5"
        "Its SEQUENCE is higher than the last accepted one, so it applies."
    CancelAtSameSequence "cancel-at-same-sequence" "semantics.md, CANCEL at the same sequence"
        "A CANCEL of the same SEQUENCE applies once, whatever its DTSTAMP: clients repeat the last one."
    CancelledAlready "cancelled-already" "semantics.md, REQUEST after CANCEL"
        "The event is cancelled, and only a REQUEST of a higher SEQUENCE takes that back."
    Reinstated "reinstated" "semantics.md, REQUEST after CANCEL"
        "A REQUEST of a higher SEQUENCE than the CANCEL takes it back."
    OrderRemembered "order-remembered" "semantics.md, Order and repetition"
        "Nothing else changes, but the place in the order is remembered."

    // Instances of a series.
    OverridesDropped "overrides-dropped" "semantics.md, REQUEST with RECURRENCE-ID only"
        "A whole REQUEST drops the instances it does not list, unless something later was said of them."
    InstanceApplies "instance-applies" "RFC 5546 section 2.1.4; semantics.md, REQUEST with RECURRENCE-ID only"
        "What it says of this instance is newer than what is known of it."
    InstanceNotNewer "instance-not-newer" "RFC 5546 section 2.1.4; semantics.md, REQUEST with RECURRENCE-ID only"
        "Something as new or newer is known of this instance, or of the whole series."
    NoSeries "no-series" "RFC 5545 section 3.8.4.4"
        "The event takes place once: a RECURRENCE-ID names nothing in it."
    TooManyInstances "too-many-instances" "semantics.md, Incoming mail"
        "More instances would differ from the rule than are kept."
    CancelsFromTheFirst "cancels-from-the-first" "RFC 5545 section 3.2.13"
        "It cancels the first instance and all later ones, which is the whole series."

    // What comes before its REQUEST.
    WaitsForRequest "waits-for-request" "RFC 5546 section 5.2.1"
        "It came before the REQUEST it belongs to, and waits for that."
    NewerIsHeld "newer-is-held" "RFC 5546 section 5.2.1"
        "Something as new or newer waits already."
    HeldInstanceMerged "held-instance-merged" "semantics.md, REQUEST with RECURRENCE-ID only"
        "What was said of this instance before the REQUEST came is merged now."
    HeldCancelWins "held-cancel-wins" "RFC 5546 section 5.2.1"
        "The CANCEL that waited is not older than this REQUEST, so the event is cancelled from the start."
    HeldCancelIsOlder "held-cancel-is-older" "semantics.md, REQUEST after CANCEL"
        "The CANCEL that waited has a lower SEQUENCE than this REQUEST, so it has been taken back."

    // What a change is to attendees.
    Significant "significant" "semantics.md, Order and repetition: significant"
        "People are asked again: what differs is when or where it is, whether it takes place, or when it recurs."
    InstancesReopened "instances-reopened" "semantics.md, Order and repetition: significant"
        "People are asked again about this instance alone."
    InstancesFallOut "instances-fall-out" "RFC 5546 section 2.1.4"
        "Other instances take place than before, which raises the series' SEQUENCE and asks nobody again."
    NotSignificant "not-significant" "semantics.md, Order and repetition: significant"
        "People are told of the difference, and their answers stay."
    NothingVisible "nothing-visible" "semantics.md, Order and repetition: nothing changed, no mail"
        "No attendee could notice a difference."
    OurOrder "our-order" "RFC 5546 section 2.1.4"
        "This is the order of what we send."

    // Who answers.
    TokenProves "token-proves" "semantics.md, Who is who: evidence"
        "It came to the signed address of this attendee."
    TokenOfNobody "token-of-nobody" "semantics.md, Who is who: evidence"
        "The token in the address it came to is none of an attendee of this event."
    NoToken "no-token" "semantics.md, Who is who: evidence"
        "It did not come to a signed address."
    SameMailbox "same-mailbox" "RFC 5233; docs/decisions/who-answers.md"
        "ATTENDEE is another way to write the address of the token's owner."
    AnswersAsInvited "answers-as-invited" "docs/decisions/who-answers.md"
        "Who answers is invited."
    FromProves "from-proves" "semantics.md, Who is who: evidence"
        "From is authenticated and is who answers."
    FromDoesNotProve "from-does-not-prove" "semantics.md, Who is who: evidence"
        "From is not authenticated, or is somebody else than who answers."
    NothingProves "nothing-proves" "semantics.md, Who is who: evidence"
        "Nothing proves who answers: it is shown and never counted."
    PassedOn "passed-on" "semantics.md, Who is who (D10)"
        "Who answers is not invited; the token says whose invitation he holds."
    NobodyKnown "nobody-known" "docs/decisions/who-answers.md"
        "Who answers is not invited, and no token says whose invitation he holds."
    NobodyIsTold "nobody-is-told" "semantics.md, Who may command 6"
        "It would be refused, but From is not authenticated, so nobody is told."

    // What an answer is about.
    AboutInstance "about-instance" "RFC 5546 section 3.2.3"
        "It is about one instance of the series."
    NoSuchInstance "no-such-instance" "RFC 5546 section 3.2.3"
        "The series has no instance at the RECURRENCE-ID."
    NeedsActionIsNoAnswer "needs-action-is-no-answer" "semantics.md, Outgoing mail: tried with real clients"
        "A NEEDS-ACTION in a REPLY, or none at all, is never an answer."
    SequenceClamped "sequence-clamped" "semantics.md, REPLY of a higher sequence"
        "Its SEQUENCE is higher than any we have sent, a client's fault: it is read as ours."

    // An attendee's order.
    FirstAnswer "first-answer" "semantics.md, REPLY"
        "It is the first answer to this."
    NewerAnswer "newer-answer" "semantics.md, REPLY: later DTSTAMP wins; equal: later arrival"
        "It is newer than the last answer to this."
    OlderAnswer "older-answer" "RFC 5546 section 2.1.5; semantics.md, REPLY"
        "It is older than the last answer to this: by SEQUENCE, then DTSTAMP, then arrival."
    AnswersThisVersion "answers-this-version" "semantics.md, REPLY"
        "It was given since people were last asked, so it counts."
    AnswersEarlierVersion "answers-earlier-version" "semantics.md, REPLY older than the event's"
        "It was given before people were last asked: recorded, not counted."
    AnswersCancelledEvent "answers-cancelled-event" "semantics.md, REPLY to a cancelled event"
        "The event is cancelled: recorded, not counted."
    AnswersCancelledInstance "answers-cancelled-instance" "semantics.md, REPLY to a cancelled event"
        "The instance is cancelled: recorded, not counted."
    TooManyAnswers "too-many-answers" "semantics.md, Incoming mail"
        "As many instances are answered one by one as are kept."
    SeriesAnswerIsLater "series-answer-is-later" "docs/decisions/series.md"
        "The answer to the series was given later than the one to this instance, and counts for it, too."
    InstanceAnswerIsLater "instance-answer-is-later" "docs/decisions/series.md"
        "The answer to this instance was given later than the one to the series, and counts for it."

    // Delegates and guests.
    DelegatesOneInstance "delegates-one-instance" "semantics.md, REPLY, DELEGATED"
        "Somebody else is sent on a single date, but who is invited is invited to the whole series."
    DelegateMissing "delegate-missing" "RFC 5546 section 3.2.2.3"
        "A DELEGATED names nobody in DELEGATED-TO."
    DelegateIsHimself "delegate-is-himself" "RFC 5546 section 3.2.2.3"
        "Nobody delegates to himself."
    DelegateHasDelegated "delegate-has-delegated" "RFC 5546 section 3.2.2.3"
        "Nobody delegates to somebody who sends somebody else himself: delegations never form a ring."
    DelegateIsInvited "delegate-is-invited" "semantics.md, REPLY, DELEGATED"
        "The delegate is invited already."
    Invited "invited" "semantics.md, REPLY, DELEGATED and uninvited"
        "He is invited now, with lineage."
    CannotBeInvited "cannot-be-invited" "the tenant's limits and people's blocks"
        "He cannot be invited."
    WaitingAnswerTaken "waiting-answer-taken" "semantics.md, REPLY, DELEGATED"
        "His answer that came first is recorded now."
    GuestDelegates "guest-delegates" "semantics.md, REPLY, uninvited"
        "Who is not invited sends nobody else."
    GuestToCancelledEvent "guest-to-cancelled-event" "semantics.md, REPLY to a cancelled event"
        "The event, or the instance, is cancelled."
    SaysWhoseDelegate "says-whose-delegate" "semantics.md, REPLY, DELEGATED"
        "It says in DELEGATED-FROM whose delegate he is, so it waits for that to be said there, too."
    PolicyOpen "policy-open" "semantics.md, REPLY, uninvited (D10)"
        "This event lets in whoever was passed an invitation on."
    PolicyApprove "policy-approve" "semantics.md, REPLY, uninvited (D10)"
        "This event's organizer is asked about whoever was passed an invitation on."
    PolicyClosed "policy-closed" "semantics.md, REPLY, uninvited (D10)"
        "This event is for those invited only; the answer is kept in case he turns out to be a delegate."
    Waits "waits" "semantics.md, REPLY, DELEGATED and uninvited"
        "The answer waits in the record of whose invitation it came through."
    TooManyWaiting "too-many-waiting" "semantics.md, Incoming mail"
        "As many answers as are kept wait in that record."

    // Other times.
    ProposalAboveOurs "proposal-above-ours" "semantics.md, COUNTER of a higher sequence"
        "Its SEQUENCE is higher than any we have sent, so it proposes a change of something else."
    ProposalIsStale "proposal-is-stale" "semantics.md, COUNTER of an older sequence; RFC 5546 section 3.2.8"
        "It proposes a change of an older version: declined, with the current one."
    ProposalKept "proposal-kept" "semantics.md, COUNTER at the same sequence"
        "The proposal is kept, one for each attendee and instance; the answer stays."
    OlderProposal "older-proposal" "RFC 5546 section 2.1.5"
        "A newer proposal of the same attendee is known."
    TakesNoPlace "takes-no-place" "semantics.md, REPLY to a cancelled event"
        "What it is about is cancelled."

    // What is sent on demand.
    LetterOwed "letter-owed" "semantics.md, REFRESH, and COUNTER of an older sequence"
        "He is owed this letter."
    AskedTooSoon "asked-too-soon" "semantics.md, REFRESH: to known attendees, once an hour"
        "He was owed a letter less than an hour ago."

    // An organizer's yes or no.
    ApproverIsNotProven "approver-is-not-proven" "semantics.md, Who may command 3"
        "From is not authenticated, so nobody knows whether the organizer says this."
    VerdictIsUnclear "verdict-is-unclear" "semantics.md, REPLY, uninvited (D10)"
        "The words say neither yes nor no for certain."
    NothingWaits "nothing-waits" "semantics.md, REPLY, uninvited (D10)"
        "Nobody waits for this approval, or not any more."
    Approved "approved" "semantics.md, REPLY, uninvited (D10)"
        "The organizer lets him in."
    NotApproved "not-approved" "semantics.md, REPLY, uninvited (D10)"
        "The organizer does not let him in: what waited is dropped."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Rule;

    #[test]
    fn codes_are_kebab_case_and_no_two_are_the_same() {
        let codes: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
        for code in codes {
            let is_kebab = code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            assert!(is_kebab, "{code}");
        }
    }

    #[test]
    fn every_rule_is_a_sentence_that_is_written_somewhere() {
        for rule in Rule::ALL {
            assert!(rule.says().ends_with('.'), "{}", rule.code());
            assert!(!rule.written_in().is_empty(), "{}", rule.code());
        }
    }
}
