//! People who are invited by the API and answer by mail, and what is recorded of them.

use e2e::{
    fault::Fault,
    letter::Letter,
    person::{Person, reply},
    post::Place,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{expected::expect, scene::letter};

/// By their addresses.
pub(crate) async fn invite(
    world: &World,
    uid: &str,
    people: &[impl AsRef<str>],
) -> Result<(), Fault> {
    let invites: Vec<Value> = people
        .iter()
        .map(|person| json!({ "email": person.as_ref() }))
        .collect();
    let path = format!("/event/{uid}/invites");
    let answer = world
        .api
        .post(&path, &json!({ "invites": invites }))
        .await?;
    expect(answer.status == 202, &answer)
}

/// The first letter with an invitation that he has got.
pub(crate) async fn invitation(world: &World, person: &Person) -> Result<Letter, Fault> {
    letter(world, person, |letter| {
        letter.subject.starts_with("Invitation:")
    })
    .await
}

/// Answers a letter as his client would.
pub(crate) async fn answer(
    world: &World,
    person: &Person,
    to: &Letter,
    partstat: &str,
) -> Result<(), Fault> {
    let Some(calendar) = &to.calendar else {
        return Err(Fault::Wrong("the letter has no calendar".to_owned()));
    };
    let raw = reply(calendar, person, partstat, cloud::clock::now());
    let (from, to) = (&person.address, &calendar.organizer);
    world.post.send(Place::Honest, from, &[to], &raw).await?;
    Ok(())
}

/// Waits until his answer is recorded; `partstat` as it stands in his letter.
pub(crate) async fn answered(
    world: &World,
    uid: &str,
    person: &Person,
    partstat: &str,
) -> Result<(), Fault> {
    let expected = partstat.to_lowercase();
    until(
        format!("the answer of {}", person.name),
        within(),
        async || {
            let records = world.records.about_event(uid).await?;
            let found = records.partstat(&person.address);
            Ok::<_, Fault>(if found == expected {
                Look::Seen(())
            } else {
                Look::NotYet(found)
            })
        },
    )
    .await
}

/// Waits until the event's item of this key is so.
pub(crate) async fn item(
    world: &World,
    uid: &str,
    key: &str,
    is_it: impl Fn(&Value) -> bool,
) -> Result<(), Fault> {
    until(key, within(), async || {
        let records = world.records.about_event(uid).await?;
        Ok::<_, Fault>(match records.item(key) {
            Some(item) if is_it(item) => Look::Seen(()),
            Some(item) => Look::NotYet(item.to_string()),
            None => Look::NotYet("no such item".to_owned()),
        })
    })
    .await
}
