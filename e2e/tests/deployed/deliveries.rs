//! What becomes of letters: addresses of SES's mailbox simulator, which behave in the local post office as they do on
//! AWS, and what the system knows, tells and does about them after.

use e2e::{
    fault::Fault,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::holds,
    guests::{invite, item},
    scene::{Scene, create, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "an_address_whose_mail_bounced_or_who_complained_gets_no_more_and_the_organizer_sees_why",
    |world| told(async move { bounced_and_complained(&world).await }),
)];

/// Whom a letter reaches, and who is what SES calls it.
struct Guests {
    well: String,
    bounces: String,
    complains: String,
    away: String,
}

impl Guests {
    fn of(scene: &Scene) -> Self {
        let label = scene.domain.trim_end_matches(".test");
        let simulated = |local: &str| format!("{local}+{label}@simulator.amazonses.com");
        Self {
            well: format!("well@{}", scene.domain),
            bounces: simulated("bounce"),
            complains: simulated("complaint"),
            away: simulated("ooto"),
        }
    }

    fn all(&self) -> [&String; 4] {
        [&self.well, &self.bounces, &self.complains, &self.away]
    }
}

async fn bounced_and_complained(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("deliveries");
    let guests = Guests::of(&scene);
    let uid = scene.create(world).await?;
    invite(world, &uid, &guests.all().map(String::as_str)).await?;
    for (address, state) in [
        (&guests.bounces, "bounced"),
        (&guests.complains, "complained"),
        (&guests.away, "soft-bounced"),
    ] {
        attendee(world, &uid, address, |item| {
            text(item, "/delivery/state") == state
        })
        .await?;
    }
    attendee(world, &uid, &guests.well, |item| {
        item.get("sent_revision").is_some()
    })
    .await?;

    // The organizer's table, all of it and a part.
    let path = format!("/event/{uid}/deliveries");
    let all = world.api.get(&path).await?;
    let rows = rows(&all.body);
    for (address, state) in [
        (&guests.well, "sent"),
        (&guests.bounces, "bounced"),
        (&guests.complains, "complained"),
        (&guests.away, "soft-bounced"),
    ] {
        let row = rows.iter().find(|row| row.starts_with(address.as_str()));
        holds(
            row.is_some_and(|row| row.contains(&format!(",{state},"))),
            || format!("{state} for {address} in {all}"),
        )?;
    }
    let bounced = world.api.get(&format!("{path}?state=bounced")).await?;
    let bounced = self::rows(&bounced.body);
    holds(
        bounced.len() == 2 && bounced.iter().any(|row| row.contains("General 5.1.1")),
        || format!("the bounced row alone, with its code, and not {bounced:?}"),
    )?;

    // The same in numbers.
    let path = format!("/event/{uid}/statistics");
    let expected = json!({"sent": 1, "soft-bounced": 1, "bounced": 1, "complained": 1});
    until("the numbers of deliveries", within(), async || {
        let answer = world.api.get(&path).await?;
        let delivery = answer.body.get("delivery").cloned().unwrap_or_default();
        Ok::<_, Fault>(if delivery == expected {
            Look::Seen(())
        } else {
            Look::NotYet(delivery.to_string())
        })
    })
    .await?;

    // Another organizer cannot invite them at all.
    let other = Scene::new("others");
    let other_uid = other.create(world).await?;
    invite(world, &other_uid, &[&guests.bounces, &guests.complains]).await?;
    for (address, why) in [
        (&guests.bounces, "bounced"),
        (&guests.complains, "complained"),
    ] {
        let key = format!("refused#{address}");
        item(world, &other_uid, &key, |item| text(item, "/reason") == why).await?;
    }

    // A change reaches who can be reached, and nobody else is sent anything.
    let mut meeting = scene.meeting.clone();
    meeting.sequence = 1;
    meeting.location = "Room 2".to_owned();
    let update = meeting.request(&scene.organizer, &create(world), cloud::clock::now());
    scene.mail(world, &update).await?;
    for address in [&guests.well, &guests.away] {
        attendee(world, &uid, address, |item| {
            item.get("sent_revision").and_then(Value::as_u64) == Some(2)
        })
        .await?;
    }
    let records = world.records.about_event(&uid).await?;
    for address in [&guests.bounces, &guests.complains] {
        let told = records
            .attendee(address)
            .and_then(|item| item.get("sent_revision"))
            .and_then(Value::as_u64);
        holds(told == Some(1), || {
            format!("no update to {address}, who was told of revision {told:?}")
        })?;
    }
    Ok(())
}

/// An attendee's item, once it is as it should be.
async fn attendee(
    world: &World,
    uid: &str,
    address: &str,
    is_it: impl Fn(&Value) -> bool,
) -> Result<(), Fault> {
    item(world, uid, &format!("attendee#{address}"), is_it).await
}

/// The rows of a table that was answered; no cell of these tests holds a line's end.
fn rows(body: &Value) -> Vec<String> {
    let table = body.as_str().unwrap_or_default();
    table.lines().map(str::to_owned).collect()
}
