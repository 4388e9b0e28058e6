//! "No more mail from this organizer", as mail programs and people say it: by one click, by the page's button, by mail.

use e2e::{
    fault::Fault,
    letter::Letter,
    no_more::NoMore,
    person::{Person, words},
    post::Place,
    records::text,
    world::World,
};
use serde_json::json;

use crate::{
    Test,
    expected::holds,
    guests::{invite, item},
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "who_unsubscribes_by_click_or_by_mail_gets_no_more_from_this_organizer_and_looking_changes_nothing",
    |world| told(async move { leaves(&world).await }),
)];

async fn leaves(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("leaves");
    let uid = scene.create(world).await?;
    let [clicker, writer, stayer] =
        ["Clicker", "Writer", "Stayer"].map(|name| Person::new(name, &scene.domain));
    let people = [&clicker, &writer, &stayer];
    invite(world, &uid, &people).await?;
    let letters = [
        invitation(world, &clicker).await?,
        invitation(world, &writer).await?,
        invitation(world, &stayer).await?,
    ];

    // A scanner follows the link of one who stays; it only shows a page.
    let anybody = world.api.with_token("");
    let [clicked, written, looked] = letters
        .each_ref()
        .map(|letter| NoMore::of(letter, &world.stack));
    let page = anybody.get(&looked?.path).await?;
    let html = page.body.as_str().unwrap_or_default();
    holds(
        page.status == 200 && html.contains("<button") && html.contains(&stayer.address),
        || format!("a page with a button and not {page}"),
    )?;
    let clicked = clicked?;
    let wrong = clicked.path.replace("/unsubscribe/", "/unsubscribe/x");
    let answer = anybody.post(&wrong, &json!({})).await?;
    holds(answer.status == 404, || format!("404 and not {answer}"))?;

    // One leaves by one click, twice; one by a mail his program writes from the header.
    for _ in 0..2 {
        let answer = anybody.post(&clicked.path, &json!({})).await?;
        holds(answer.status == 200, || format!("200 and not {answer}"))?;
    }
    let to = world.stack.address("unsubscribe");
    let raw = words(&writer, &to, &written?.subject, cloud::clock::now());
    world
        .post
        .send(Place::Honest, &writer.address, &[&to], &raw)
        .await?;
    letter(world, &writer, |letter| {
        letter.subject.starts_with("You get no more invitations")
    })
    .await?;
    for person in [&clicker, &writer] {
        item(
            world,
            &uid,
            &format!("attendee#{}", person.address),
            |item| text(item, "/withheld") == "blocked",
        )
        .await?;
    }

    // A change reaches the one who stays, and he is not told twice because somebody looked.
    let mut meeting = scene.meeting.clone();
    meeting.sequence = 1;
    meeting.location = "Room 2".to_owned();
    let update = meeting.request(&scene.organizer, &create(world), cloud::clock::now());
    scene.mail(world, &update).await?;
    letter(world, &stayer, |letter| {
        letter
            .calendar
            .as_ref()
            .is_some_and(|calendar| calendar.sequence == 1)
    })
    .await?;

    // The organizer cannot invite them to anything else; somebody else can.
    let again = scene.another();
    let request = again
        .meeting
        .request(&again.organizer, &create(world), cloud::clock::now());
    again.mail(world, &request).await?;
    let is_new = |letter: &Letter| letter.uid().is_some_and(|found| found != uid);
    let notice = letter(world, &again.organizer, is_new).await?;
    let again_uid = notice.uid().unwrap_or_default();
    invite(world, &again_uid, &people).await?;
    for person in [&clicker, &writer] {
        item(
            world,
            &again_uid,
            &format!("refused#{}", person.address),
            |item| text(item, "/reason") == "blocked",
        )
        .await?;
    }
    let other = Scene::new("others");
    let other_uid = other.create(world).await?;
    invite(world, &other_uid, &[&clicker]).await?;
    letter(world, &clicker, |letter| {
        letter
            .calendar
            .as_ref()
            .is_some_and(|calendar| calendar.uid == other_uid)
    })
    .await?;
    for person in [&clicker, &writer] {
        let told = world.mailbox.letters_to(&person.address).await?;
        let of_this = |letter: &&Letter| {
            letter
                .calendar
                .as_ref()
                .is_some_and(|calendar| calendar.uid == uid)
        };
        let count = told.iter().filter(of_this).count();
        holds(count == 1, || {
            format!("the invitation alone to {}, and not {count}", person.name)
        })?;
    }
    Ok(())
}

async fn invitation(world: &World, person: &Person) -> Result<Letter, Fault> {
    letter(world, person, |letter| letter.calendar.is_some()).await
}
