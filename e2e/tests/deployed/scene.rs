//! An organizer with a meeting, and the mail about it.

use std::pin::Pin;

use e2e::{
    fault::Fault,
    letter::Letter,
    person::{Meeting, Person},
    post::Place,
    wait::{Look, until, within},
    world::World,
};
use jiff::civil;

/// A test, its failure told with all that led to it.
pub(crate) fn told(
    test: impl Future<Output = Result<(), Fault>> + 'static,
) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move { test.await.map_err(|fault| fault.chain()) })
}

/// An organizer with a meeting nobody else has.
pub(crate) struct Scene {
    pub(crate) domain: String,
    pub(crate) organizer: Person,
    pub(crate) meeting: Meeting,
}

impl Scene {
    pub(crate) fn new(name: &str) -> Self {
        let tag: String = std::iter::repeat_with(fastrand::lowercase)
            .take(8)
            .collect();
        let domain = format!("{name}-{tag}.test");
        Self {
            organizer: Person::new("Olga", &domain),
            meeting: Meeting {
                client_uid: tag,
                sequence: 0,
                summary: format!("Fault {name}"),
                location: "Room 1".to_owned(),
                start: civil::date(2031, 5, 5).at(9, 0, 0, 0),
            },
            domain,
        }
    }

    /// The same organizer with another meeting.
    pub(crate) fn another(&self) -> Self {
        let mut meeting = self.meeting.clone();
        meeting.client_uid.push_str("-2");
        meeting.summary.push_str(" again");
        Self {
            domain: self.domain.clone(),
            organizer: self.organizer.clone(),
            meeting,
        }
    }

    pub(crate) async fn create(&self, world: &World) -> Result<String, Fault> {
        self.mail(
            world,
            &self
                .meeting
                .request(&self.organizer, &create(world), cloud::clock::now()),
        )
        .await?;
        let notice = letter(world, &self.organizer, |letter| letter.uid().is_some()).await?;
        notice
            .uid()
            .ok_or_else(|| Fault::Wrong("the notice names no event".to_owned()))
    }

    pub(crate) async fn mail(&self, world: &World, raw: &[u8]) -> Result<(), Fault> {
        self.mail_to(world, &create(world), raw).await
    }

    pub(crate) async fn mail_to(&self, world: &World, to: &str, raw: &[u8]) -> Result<(), Fault> {
        let from = &self.organizer.address;
        world.post.send(Place::Honest, from, &[to], raw).await?;
        Ok(())
    }
}

pub(crate) fn create(world: &World) -> String {
    world.stack.address("create")
}

pub(crate) async fn letter(
    world: &World,
    person: &Person,
    is_it: impl Fn(&Letter) -> bool,
) -> Result<Letter, Fault> {
    until(
        format!("the letter to {}", person.name),
        within(),
        async || {
            let letters = world.mailbox.letters_to(&person.address).await?;
            Ok::<_, Fault>(match letters.into_iter().find(&is_it) {
                Some(letter) => Look::Seen(letter),
                None => Look::NotYet("no such mail".to_owned()),
            })
        },
    )
    .await
}
