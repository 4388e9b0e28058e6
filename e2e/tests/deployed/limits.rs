//! Limits of a plan: who has reached one is told, once.

use e2e::{fault::Fault, letter::Letter, person::Person, records::text, world::World};
use serde_json::json;

use crate::{
    Test,
    guests::{invite, item},
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "an_organizer_is_told_once_that_nobody_more_is_invited_to_his_event",
    |world| told(async move { invitations(&world).await }),
)];

async fn invitations(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("limit");
    let uid = scene.create(world).await?;
    let [bob, carol, dave] = ["Bob", "Carol", "Dave"].map(|name| Person::new(name, &scene.domain));
    invite(world, &uid, &[&bob]).await?;
    letter(world, &bob, |letter| letter.calendar.is_some()).await?;
    // As many as any plan of the tenant's allows.
    let counted = json!({
        "pk": format!("event#{uid}"), "sk": "invitations#", "invited": 500_000, "added": 1,
    });
    world.records.put(&counted).await?;
    for person in [&carol, &dave] {
        invite(world, &uid, &[person]).await?;
        refused(world, &uid, person).await?;
    }
    let is_it = |letter: &Letter| letter.subject.starts_with("As many as can be are invited");
    letter(world, &scene.organizer, is_it).await?;
    // Two have met the limit, at two times.
    invite(world, &uid, &[&carol]).await?;
    refused(world, &uid, &carol).await?;
    let letters = world.mailbox.letters_to(&scene.organizer.address).await?;
    let count = letters.iter().filter(|letter| is_it(letter)).count();
    if count != 1 {
        return Err(Fault::Wrong(format!("{count} letters about one limit")));
    }
    for person in [&carol, &dave] {
        let letters = world.mailbox.letters_to(&person.address).await?.len();
        if letters != 0 {
            return Err(Fault::Wrong(format!("{} has a letter", person.name)));
        }
    }
    Ok(())
}

async fn refused(world: &World, uid: &str, person: &Person) -> Result<(), Fault> {
    item(world, uid, &format!("refused#{}", person.address), |item| {
        text(item, "/reason") == "invite-limit"
    })
    .await
}
