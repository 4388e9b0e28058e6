### What letters say in English. `say("invite-intro", organizer=…)` in a template stands for the message of that name.

## The event

what = What
when = When
where = Where
from = From
first-date = First: { $date }
but = But
more-dates = and { $count ->
    [one] one more date
   *[other] { $count } more dates
}
not-confirmed = The event is not yet confirmed.

## What several letters say

buttons = Please answer with the buttons your mail program shows for this invitation. If it shows none, open the attached { $file }.
answer-in-words = Please answer this mail with one word in the first line:
yes = yes
no = no
maybe = maybe
answer = Answer
footer-invited = You get this because { $organizer } invited you through { $brand }.
what-is-wrong = What is wrong
what-to-do = What to do
more-changes = and { $count ->
    [one] one more change
   *[other] { $count } more changes
}

## invite

invite-subject = Invitation: { $summary }, { $when }
invite-intro = { $organizer } invites you.

## update

update-subject = { $prefix } { $summary }, { $when }
update-preview = Now: { $when }
update-intro = { $organizer } has changed this event.
update-changes = What changed since you were last told
update-now = This is how it stands now:
update-buttons = Your calendar takes the change over. If your answer is another now, please use the buttons your mail program shows, or open the attached { $file }.

## cancellation

cancellation-subject = Cancelled: { $summary }, { $when }
cancellation-preview = { $organizer } has cancelled this event.
cancellation-intro = { $organizer } has cancelled this event. It does not take place.
cancellation-close = Your calendar removes it or marks it as cancelled; there is nothing to answer.

## reminder

reminder-subject = Reminder: { $summary }, { $when }
reminder-intro = { $organizer } invites you and has no answer from you yet. Are you coming?
reminder-close = If you have answered meanwhile, there is nothing to do.

## current

current-subject = As it stands now: { $summary }, { $when }
current-intro = You asked for the current version of this event by { $organizer }. This is how it stands:
current-footer = You get this because you asked for it, and { $organizer } invited you through { $brand }.

## counter-declined

counter-declined-subject = Your proposal is not taken up: { $summary }, { $when }
counter-declined-preview = The event has changed since the invitation you answered.
counter-declined-intro = You proposed another time for this event by { $organizer }. The event has changed since the invitation you answered, so your proposal is not taken up. This is how it stands now:
counter-declined-close = Your answer is unchanged. A new invitation comes in a mail of its own; please answer that one, or propose another time from it.
counter-declined-footer = You get this because you proposed another time, and { $organizer } invited you through { $brand }.

## waiting-list

waiting-list-subject = You are on the waiting list: { $summary }, { $when }
waiting-list-preview = All places are taken. You are on the waiting list.
waiting-list-intro = Thank you for accepting. All places at this event by { $organizer } are taken, so you are on the waiting list.
waiting-list-then = As soon as there is a place for you, you get a mail, and the place is yours; there is nothing to do until then. Whoever accepted first is let in first.
waiting-list-leave = If you do not want to wait, please decline the invitation.
waiting-list-footer = You get this because you accepted an invitation that { $organizer } sent through { $brand }.

## seat

seat-subject = There is a place for you: { $summary }, { $when }
seat-preview = You are no longer waiting: the place is yours.
seat-intro = There is a place for you at this event by { $organizer } now. It is yours; there is nothing to do.
seat-leave = If you cannot come any more, please decline the invitation, so that somebody else can have the place.
seat-footer = You get this because you waited for a place at an event that { $organizer } invited you to through { $brand }.

## ask-back

ask-back-subject = Are you coming? { $summary }, { $when }
ask-back-preview = Please answer with yes, no or maybe.
ask-back-intro = Thank you for your mail. A program reads the answers to this invitation by { $organizer }, and it could not tell from your words whether you are coming. Nothing has been recorded yet.
ask-back-footer = You get this because you answered an invitation that { $organizer } sent through { $brand }.

## guest-waits

guest-waits-subject = May { $guest } come? { $summary }, { $when }
guest-waits-preview = { $guest } got the invitation from { $through }. Please answer with yes or no.
guest-waits-intro = { $guest } ({ $address }) got the invitation from { $through } and would like to come to your event.
guest-waits-meaning = “Yes” lets { $guest } in and counts the answer; “no” leaves it at that. Until then the answer does not count.
guest-waits-footer = You get this because you invited people to this event through { $brand }, and want to be asked about those you did not.

## event-created

event-created-subject = Your event is ready: { $summary }, { $when }
event-created-preview = Recorded. Here is how to invite people.
event-created-intro = Your event is recorded. Nobody has been invited through { $brand } yet.
event-created-link = Put this link into a newsletter or on a web page: whoever opens it can have the invitation sent.
event-created-api = Invite people by the API, one or many in a call:
event-created-list = Or mail a list of people, as CSV, to { $address }, with the event’s name in the subject.
event-created-name = The event’s name in the API:
event-created-change = To change or cancel the event, do so in your calendar: everybody who was invited is told.
event-created-footer = You get this because you invited { $brand } to an event.
event-created-cancelled-subject = Recorded as cancelled: { $summary }, { $when }
event-created-cancelled-preview = Its cancellation has reached us as well.
event-created-cancelled-intro = Your event is recorded as cancelled: your calendar’s cancellation of it has reached us as well. Nobody can be invited to it.
event-created-cancelled-after-all = If it is to take place after all, change it in your calendar and send the update to where you sent the invitation: that makes it valid again.

## event-refused

event-refused-subject = Not taken up: { $subject }
event-refused-heading = Your mail was not taken up
event-refused-which = Your mail: “{ $subject }”
event-refused-nothing = Nothing has been recorded or changed.
event-refused-footer = You get this because a mail from your address reached { $address } or another mailbox of { $brand }. At most one notice an hour is sent for the same reason.

## unsubscribed

unsubscribed-subject = You get no more invitations from { $organizer }
unsubscribed-heading = You get no more invitations
unsubscribed-preview = As you asked. There is nothing more to do.
unsubscribed-from-one = As you asked, you get no more invitations and no more updates from { $organizer }.
unsubscribed-from-all = As you asked, you get no more invitations and no more updates from anybody who sends them through { $brand }.
unsubscribed-still = One thing you will still hear: if an event you said you would come to does not take place.
unsubscribed-entries = Entries that are in your calendar stay there; you can delete them.
unsubscribed-footer = You get this once, because you wrote to us. There is nothing more to do.

## erasing

erasing-heading = You are being erased
erasing-preview = As you asked. There is nothing more to do.
erasing-begun = As you asked, what { $brand } keeps of { $address } is being erased: your invitations, your answers, what you wrote with them, and the messages themselves.
erasing-when = This mostly takes minutes. Backups are gone after that, within 35 days. You get no more updates or cancellations of the events you were invited to.
erasing-kept = One thing is kept: that you want no more mail, so that nobody invites you again.
erasing-elsewhere = Entries that are in your calendar stay there; you can delete them. Lists that organizers made for themselves we cannot reach.
erasing-organizes-heading = Nothing was erased, for you organize events
erasing-organizes-preview = The people invited to your events rely on them. This is what you can do.
erasing-organizes = Events are organized here with { $address }, and the people invited to them rely on that. Please cancel your events from your calendar, then answer this message: somebody will see to it.
erasing-organizes-peace = You get no more invitations and updates from anybody who sends them through { $brand }.
erasing-footer = You get this once, because you wrote to us.

## limit-reached

limit-reached-subject = As many as can be are invited: { $summary }
limit-reached-heading = As many people as can be are invited
limit-reached-preview = Somebody more was to be invited, and was not. This is what you can do.
limit-reached-intro = { $limit ->
    [one] One person is invited to this event, which is as many as your plan allows. Somebody more was to be invited, and was not.
   *[other] { $limit } people are invited to this event, which is as many as your plan allows. Somebody more was to be invited, and was not.
}
limit-reached-meaning = Nobody more is invited to it from now on. Who is invited already hears of every change as before.
limit-reached-remedy = To invite more people, move to a larger plan; then ask for the invitations again that were not made. If you have a question, answer this message.
limit-reached-footer = You get this at most once a day for an event.

## list-receipt

list-refused-subject = Your list was not taken up: { $summary }
list-dry-run-subject = Your list would invite { $invited } of { $rows }: { $summary }
list-subject = Your list invites { $invited } of { $rows }: { $summary }
list-preview = { $invited } of { $rows } rows { $invited ->
    [one] invites
   *[other] invite
} somebody.
list-refused-heading = Your list was not taken up
list-refused-nobody = Nobody has been invited.
list-dry-run-heading = What your list would do
list-dry-run = This was a dry run: nobody has been invited.
list-heading = Your list has been checked
list-waits = The invitations wait a while, as another letter tells you.
list-goes-out = The invitations are on their way.
list-rows = { $rows ->
    [one] 1 row
   *[other] { $rows } rows
}
list-invited = { $invited ->
    [one] 1 is invited
   *[other] { $invited } are invited
}
list-would-be-invited = { $invited } would be invited
list-rows-refused = { $rows } { $reason }
list-nobody = Rows that invite nobody:
list-row = line { $line }: { $why }
list-more-rows = and { $count ->
    [one] one more row
   *[other] { $count } more rows
}
list-another = Your mail has a further list, which was not read. Please send each list by itself.
list-attached = What became of each row is in the attached file. How far the sending has come, the API tells:
list-at-the-api = What became of each row is to be had from the API, with how far the sending has come:
list-again = Send the same list again whenever you like: only who is new on it is invited.
list-footer = You get this because a list of people for your event reached { $brand }.

## fan-out-held

held-list-subject = { $people ->
    [one] One person
   *[other] { $people } people
} will be invited: { $summary }, { $when }
held-cancellation-subject = { $people ->
    [one] One person
   *[other] { $people } people
} will hear that it is cancelled: { $summary }, { $when }
held-reminder-subject = { $people ->
    [one] One person
   *[other] { $people } people
} will be reminded to answer: { $summary }, { $when }
held-update-subject = { $people ->
    [one] One person
   *[other] { $people } people
} will hear of your change: { $summary }, { $when }
held-preview = They go out at { $until }. Answer STOP before then if that is not what you want.
held-list = { $people ->
    [one] One person
   *[other] { $people } people
} on your list will be invited to this event.
held-cancellation = { $people ->
    [one] One person
   *[other] { $people } people
} will be told that this event does not take place.
held-reminder = { $people ->
    [one] One person who has
   *[other] { $people } people who have
} not answered will be reminded of this event.
held-update = { $people ->
    [one] One person
   *[other] { $people } people
} will be told that this event has changed.
held-replaces = This takes the place of what you were told of before; that will not be sent by itself.
held-until = The letters go out at: { $until }
held-how = If that is not what you want, answer this mail before then with one word in the first line:
held-stop = STOP
held-then = Then nobody gets a letter. If all is well, you need do nothing.
held-changes = What changed since most of them were last told
held-footer = You get this because letters of yours that reach many people wait a while at { $brand } before they go out.

## fan-out-stopped

stopped-subject = Stopped: { $summary }, { $when }
stopped-list-preview = Nobody on your list is invited.
stopped-list = Stopped: { $people ->
    [one] the one person on your list is not invited, and the invitation counts as not used.
   *[other] none of the { $people } people on your list is invited, and the { $people } invitations count as not used.
}
stopped-list-again = Send the list again whenever you like.
stopped-cancellation-preview = Nobody is told that it is cancelled.
stopped-cancellation = Stopped: { $people ->
    [one] nobody is told that this event is cancelled.
   *[other] none of the { $people } people is told that this event is cancelled.
}
stopped-cancellation-now = Here it is cancelled, but in their calendars it still takes place.
stopped-cancellation-next = If it is to take place, send the event again from your calendar: everybody hears how it is then. If it is to be cancelled after all, send it again first, and then cancel it again.
stopped-reminder-preview = Nobody is reminded.
stopped-reminder = Stopped: { $people ->
    [one] nobody is reminded of this event.
   *[other] none of the { $people } people is reminded of this event.
}
stopped-reminder-again = You can have them reminded again whenever you like.
stopped-update-preview = Nobody is told of your change.
stopped-update = Stopped: { $people ->
    [one] nobody is told of your change.
   *[other] none of the { $people } people is told of your change.
}
stopped-update-now = Here the event stays changed, as it is below. The attendees keep the copy they have.
stopped-update-next = The next change you send goes to everybody, and says all that has changed for each of them since.
stopped-footer = You get this because letters of yours that reach many people wait a while at { $brand } before they go out, and these were stopped.

## enrolled

enrolled-subject = Your plan is ready: { $plan }
enrolled-preview = What it allows, and how to create an event.
enrolled-own = You have the plan “{ $plan }” at { $brand } now.
enrolled-bought = { $purchaser } has bought the plan “{ $plan }” at { $brand } for you.
enrolled-allows = What it allows
enrolled-events = { $count ->
    [one] one event
   *[other] { $count } events
}
enrolled-any-events = as many events as you like
enrolled-invites = { $count ->
    [one] one invitation for each event
   *[other] { $count } invitations for each event
}
enrolled-holds = This holds from now on, for the events you have already, too. If you have several plans, the most generous one counts.
enrolled-create = To create an event, invite { $address } to it from your calendar.
enrolled-product = Product: { $product }
enrolled-order = Order: { $order }
enrolled-footer = You get this because an order at { $brand } names your address.

## report

report-subject = { $rows ->
    [one] One attendee
   *[other] { $rows } attendees
}: { $summary }, { $when }
report-preview = { $accepted } accepted, { $tentative } tentative, { $declined } declined, { $noaction } without an answer.
report-intro = Here is the report you asked for: who is invited, what they answered, and where the mail to each of them stands.
report-rows = { $count } invited
report-accepted = { $count } accepted
report-tentative = { $count } tentative
report-declined = { $count } declined
report-no-action = { $count } without an answer
report-linked = The table is too large for mail. Until { $until } it is here, for whoever has this link:
report-attached = The table is in the attached file.
report-keep = It holds names and addresses: please keep it where only those see it who need it.
report-footer = You get this because a report about your event was asked for at { $brand }.
