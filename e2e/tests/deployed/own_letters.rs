//! A tenant's own letter templates, put into its bucket while the system runs. They say something of their own of this
//! test's events alone, so that nobody else's letter is another while it runs; the bucket is left as it was found.

use std::{collections::BTreeMap, time::Duration};

use e2e::{fault::Fault, letter::Letter, person::Person, world::World};
use serde_json::json;

use crate::{
    Test,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[(
    "a_tenants_own_letters_go_out_and_a_broken_one_costs_no_letter",
    |world| told(async move { own_letters(&world).await }),
)];

const KEY: &str = "templates.json";
/// A change is in all letters within a minute; a busy machine has two more.
const TAKES_EFFECT: Duration = Duration::from_secs(180);
/// Between two invitations by which is looked whether it has.
const PAUSE: Duration = Duration::from_secs(5);

async fn own_letters(world: &World) -> Result<(), Fault> {
    let inspector = &world.records.inspector;
    let bucket = inspector
        .bucket(&format!("{}-letters-", world.stack.table))
        .await?
        .ok_or_else(|| Fault::Wrong("the tenant has no bucket for letters".to_owned()))?;
    let before = inspector.object(&bucket, KEY).await?;
    let seen = letters_as_they_change(world, &bucket).await;
    match before {
        Some(before) => inspector.put_object(&bucket, KEY, before).await?,
        None => inspector.remove_object(&bucket, KEY).await?,
    }
    seen
}

async fn letters_as_they_change(world: &World, bucket: &str) -> Result<(), Fault> {
    let mut scene = Scene::new("own-letters");
    scene.meeting.summary = format!("Tea at {}", scene.domain);
    let summary = scene.meeting.summary.clone();
    let ours = format!("Invitation: {summary}");
    let mut guests = Guests {
        world,
        uid: scene.create(world).await?,
        scene: &scene,
        invited: 0,
    };
    let first = guests.invite().await?;
    expect(&first, &ours)?;

    // In its own words, of this event.
    let own = |subject: &str, plain: &str| {
        let mine = |mine: &str, theirs: &str| {
            let is_mine = format!("event.summary == \"{summary}\"");
            format!("{{% if {is_mine} %}}{mine}{{% else %}}{theirs}{{% endif %}}")
        };
        [
            (
                "invite/subject.txt.j2",
                mine(
                    subject,
                    "{{ say(\"invite-subject\", summary=event.summary, when=event.when.short) }}",
                ),
            ),
            (
                "invite/body.txt.j2",
                include_str!("../../../email-templates/invite/body.txt.j2").replace(
                    "{% block content %}\n",
                    &format!("{{% block content %}}\n{}\n", mine(plain, "")),
                ),
            ),
        ]
    };
    put(
        world,
        bucket,
        &own("Please come, {{ event.summary }}!", "Tea will be served."),
    )
    .await?;
    let mine = format!("Please come, {summary}!");
    let letter = guests.until_subject_is(&mine).await?;
    if !letter.text.contains("Tea will be served.") {
        return Err(Fault::Wrong(format!(
            "the text is not the tenant's: {}",
            letter.text
        )));
    }

    // It works with the sample and not with this event: the letter is ours, wholly.
    let broken = "Coffee will be served. {{ event.summary.nothing }}";
    put(world, bucket, &own("Please come!", broken)).await?;
    let letter = guests.until_subject_is(&ours).await?;
    if letter.text.contains("will be served") || !letter.text.contains("Olga invites you.") {
        let text = letter.text;
        return Err(Fault::Wrong(format!("the text is not ours: {text}")));
    }
    Ok(())
}

struct Guests<'a> {
    world: &'a World,
    uid: String,
    scene: &'a Scene,
    invited: usize,
}

impl Guests<'_> {
    /// One more, and his letter.
    async fn invite(&mut self) -> Result<Letter, Fault> {
        self.invited += 1;
        let guest = Person::new(&format!("Guest {}", self.invited), &self.scene.domain);
        let invites = json!({ "invites": [{ "email": guest.address }] });
        let path = format!("/event/{}/invites", self.uid);
        self.world.api.post(&path, &invites).await?;
        letter(self.world, &guest, |letter| letter.calendar.is_some()).await
    }

    /// Others are invited until the letter is as it should be.
    async fn until_subject_is(&mut self, subject: &str) -> Result<Letter, Fault> {
        let began = cloud::clock::Stopwatch::start();
        loop {
            let letter = self.invite().await?;
            match expect(&letter, subject) {
                Ok(()) => return Ok(letter),
                Err(fault) if began.elapsed() > TAKES_EFFECT => return Err(fault),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

fn expect(letter: &Letter, subject: &str) -> Result<(), Fault> {
    if letter.subject.starts_with(subject) {
        return Ok(());
    }
    Err(Fault::Wrong(format!(
        "the subject is {:?} and not {subject:?}",
        letter.subject
    )))
}

async fn put(world: &World, bucket: &str, files: &[(&str, String)]) -> Result<(), Fault> {
    let files = files.iter().map(|(name, source)| (*name, source));
    let files: BTreeMap<_, _> = files.collect();
    let json = json!({ "version": 1, "files": files }).to_string();
    let inspector = &world.records.inspector;
    inspector.put_object(bucket, KEY, json.into_bytes()).await?;
    Ok(())
}
