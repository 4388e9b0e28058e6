//! Lists of people, by mail and by upload: every row is accounted for, in the receipt, in the table and in the mailboxes.

use std::collections::BTreeSet;

use e2e::{
    fault::Fault,
    letter::Letter,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::same,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "a_mailed_list_invites_each_person_once_and_a_second_time_nobody",
        |world| told(async move { by_mail(&world).await }),
    ),
    ("an_uploaded_list_invites_who_is_new_on_it", |world| {
        told(async move { by_upload(&world).await })
    }),
    ("what_is_no_list_is_answered_with_what_to_do", |world| {
        told(async move { no_list(&world).await })
    }),
];

/// People on the mailed list.
const PEOPLE: usize = 300;

/// A list of so many people, of whom the first `skip` are left out, with rows that invite nobody among them.
fn list(scene: &Scene, skip: usize, people: usize) -> String {
    let domain = &scene.domain;
    let mut list = "Name;E-Mail\r\n".to_owned();
    for number in skip..people {
        list.push_str(&format!(
            "\"Guest {number}; Esq.\";guest{number}@{domain}\r\n"
        ));
    }
    list.push_str(&format!("Again;GUEST{skip}@{domain}\r\n"));
    list.push_str("Formula;=cmd|' /C calc'!A0\r\n");
    list.push_str(&format!("Postmaster;postmaster@{domain}\r\n"));
    list.push_str(&format!("Me;{}\r\n", scene.organizer.address));
    list
}

/// Rows of [`list`] that never invite anybody.
const REFUSED: usize = 4;

/// A mail as a client writes it, with one file.
fn mail(scene: &Scene, to: &str, subject: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let encoded = data_encoding::BASE64.encode(file);
    let lines: Vec<_> = encoded
        .as_bytes()
        .chunks(76)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "From: {name_of} <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id}@{domain}>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe guests.\r\n\
         --b1\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {body}\r\n--b1--\r\n",
        name_of = scene.organizer.name,
        from = scene.organizer.address,
        date = jiff::fmt::rfc2822::to_string(&cloud::clock::now().to_zoned(jiff::tz::TimeZone::UTC))
            .unwrap_or_default(),
        id = fastrand::u64(..),
        domain = scene.domain,
        body = lines.join("\r\n"),
    )
    .into_bytes()
}

/// A letter to the organizer whose subject begins so, and is not among those seen.
async fn receipt(world: &World, scene: &Scene, begins: &str, seen: usize) -> Result<Letter, Fault> {
    let what = format!("the receipt that begins with {begins:?}");
    until(what, within(), async || {
        let letters = world.mailbox.letters_to(&scene.organizer.address).await?;
        let mut fitting = letters
            .into_iter()
            .filter(|letter| letter.subject.starts_with(begins));
        Ok::<_, Fault>(match fitting.nth(seen) {
            Some(letter) => Look::Seen(letter),
            None => Look::NotYet("no such mail".to_owned()),
        })
    })
    .await
}

/// The rows of the attached result: line, address, result.
fn result_of(letter: &Letter) -> Result<Vec<(String, String)>, Fault> {
    let wrong = |what: &str| Fault::Wrong(what.to_owned());
    let mail = MessageParser::default()
        .parse(&letter.raw)
        .ok_or_else(|| wrong("the receipt is no mail"))?;
    let attached = mail
        .attachments()
        .find(|part| part.attachment_name() == Some("result.csv"))
        .ok_or_else(|| wrong("no result is attached"))?;
    rows_of(&String::from_utf8_lossy(attached.contents()))
}

fn number(job: &Value, pointer: &str) -> Option<u64> {
    job.pointer(pointer).and_then(Value::as_u64)
}

fn rows_of(result: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut reader = csv::Reader::from_reader(result.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| Fault::Wrong(error.to_string()))?;
            let cell = |place| record.get(place).unwrap_or_default().to_owned();
            Ok((cell(1), cell(3)))
        })
        .collect()
}

/// The job of an event that is not among those known, once everything it asks for is sent.
async fn finished(world: &World, uid: &str, known: &BTreeSet<String>) -> Result<Value, Fault> {
    until("the list's job to be done", within(), async || {
        let jobs = world.api.get(&format!("/event/{uid}/jobs")).await?;
        let name = jobs
            .body
            .pointer("/jobs")
            .unwrap_or(&Value::Null)
            .as_array()
            .into_iter()
            .flatten()
            .map(|job| text(job, "/job"))
            .find(|name| !known.contains(name));
        let Some(name) = name else {
            return Ok(Look::NotYet(format!("the API answers {jobs}")));
        };
        let job = world.api.get(&format!("/event/{uid}/jobs/{name}")).await?;
        Ok::<_, Fault>(
            match job
                .body
                .pointer("/sending/is_done")
                .and_then(Value::as_bool)
            {
                Some(true) => Look::Seen(job.body),
                _ => Look::NotYet(format!("the API answers {job}")),
            },
        )
    })
    .await
}

/// So many people are attendees, counted, and each has exactly one invitation.
async fn each_has_one(world: &World, scene: &Scene, uid: &str, people: usize) -> Result<(), Fault> {
    let records = world.records.about_event(uid).await?;
    same(
        "attendees in the table",
        records.attendees().count(),
        people,
    )?;
    let expected = i64::try_from(people).unwrap_or_default();
    until("the statistics", within(), async || {
        let statistics = world.api.get(&format!("/event/{uid}/statistics")).await?;
        let counted = statistics.number("/attendees");
        Ok::<_, Fault>(
            if counted == Some(expected) && statistics.number("/origin/bulk") == counted {
                Look::Seen(())
            } else {
                Look::NotYet(format!("the API answers {statistics}"))
            },
        )
    })
    .await?;
    for number in 0..people {
        let address = format!("guest{number}@{}", scene.domain);
        let letters = world.mailbox.letters_to(&address).await?;
        same(&format!("letters to guest {number}"), letters.len(), 1)?;
        let uids: Vec<_> = letters.iter().filter_map(|letter| letter.uid()).collect();
        same("what they are about", uids, vec![uid.to_owned()])?;
    }
    Ok(())
}

async fn by_mail(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("list");
    let uid = scene.create(world).await?;
    let bulk = world.stack.address("bulk");
    let file = list(&scene, 0, PEOPLE).into_bytes();
    let mut known = BTreeSet::new();

    // What would be.
    let raw = mail(
        &scene,
        &bulk,
        &format!("dry run {uid}"),
        "guests.csv",
        &file,
    );
    scene.mail_to(world, &bulk, &raw).await?;
    let told = receipt(
        world,
        &scene,
        &format!("Your list would invite {PEOPLE} of"),
        0,
    )
    .await?;
    same(
        "rows of the dry run",
        result_of(&told)?.len(),
        PEOPLE + REFUSED,
    )?;
    let job = finished(world, &uid, &known).await?;
    known.insert(text(&job, "/job"));
    same("sent by a dry run", number(&job, "/sending/sent"), Some(0))?;
    let records = world.records.about_event(&uid).await?;
    same("attendees after a dry run", records.attendees().count(), 0)?;

    // What is.
    let raw = mail(
        &scene,
        &bulk,
        &format!("Guests of {uid}"),
        "guests.csv",
        &file,
    );
    scene.mail_to(world, &bulk, &raw).await?;
    let begins = format!("Your list invites {PEOPLE} of {}", PEOPLE + REFUSED);
    let told = receipt(world, &scene, &begins, 0).await?;
    let rows = result_of(&told)?;
    same("rows of the result", rows.len(), PEOPLE + REFUSED)?;
    let invited = rows
        .iter()
        .filter(|(_, result)| result == "invited")
        .count();
    same("rows that invite somebody", invited, PEOPLE)?;
    let refused: Vec<&str> = rows
        .iter()
        .map(|(_, result)| result.as_str())
        .filter(|result| *result != "invited")
        .collect();
    same(
        "rows that invite nobody",
        refused,
        vec!["repeated", "no-address", "role-address", "organizer"],
    )?;
    let job = finished(world, &uid, &known).await?;
    known.insert(text(&job, "/job"));
    same("sent", number(&job, "/sending/sent"), Some(PEOPLE as u64))?;
    each_has_one(world, &scene, &uid, PEOPLE).await?;

    // The same list again.
    let raw = mail(
        &scene,
        &bulk,
        &format!("Guests of {uid}, again"),
        "guests.csv",
        &file,
    );
    scene.mail_to(world, &bulk, &raw).await?;
    let begins = format!("Your list invites 0 of {}", PEOPLE + REFUSED);
    receipt(world, &scene, &begins, 0).await?;
    let job = finished(world, &uid, &known).await?;
    same(
        "people invited before",
        number(&job, "/refused/already-invited"),
        Some(PEOPLE as u64),
    )?;
    each_has_one(world, &scene, &uid, PEOPLE).await
}

async fn by_upload(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("upload");
    let uid = scene.create(world).await?;
    let mut known = BTreeSet::new();
    let mut invited = 0;
    // As Excel's "Unicode text" writes it, and then a longer one that begins with the same people.
    for people in [40, 65] {
        let begun = world
            .api
            .post(&format!("/event/{uid}/lists"), &json!({}))
            .await?;
        same("POST lists", begun.status, 201)?;
        let url = text(&begun.body, "/upload/url");
        let file: Vec<u8> = format!("\u{feff}{}", list(&scene, 0, people))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        same("PUT of the list", world.api.upload(&url, file).await?, 200)?;
        let job = finished(world, &uid, &known).await?;
        known.insert(text(&job, "/job"));
        same("the job", text(&job, "/job"), text(&begun.body, "/job"))?;
        same(
            "rows",
            number(&job, "/rows"),
            Some((people + REFUSED) as u64),
        )?;
        same(
            "sent",
            number(&job, "/sending/sent"),
            Some((people - invited) as u64),
        )?;
        invited = people;
        let result = world.api.download(&text(&job, "/result_url")).await?;
        same(
            "rows of the result",
            rows_of(&result)?.len(),
            people + REFUSED,
        )?;
        let begins = format!(
            "Your list invites {} of",
            number(&job, "/invited").unwrap_or_default()
        );
        receipt(world, &scene, &begins, 0).await?;
    }
    each_has_one(world, &scene, &uid, invited).await
}

async fn no_list(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("nolist");
    let uid = scene.create(world).await?;
    let bulk = world.stack.address("bulk");
    for (seen, (name, file, said)) in [
        ("guests.xlsx", b"PK\x03\x04".as_slice(), "save it as CSV"),
        ("guests.csv", b"PK\x03\x04", "unpack it"),
        ("guests.csv", b"", "right file"),
        ("guests.csv", b"Bob\r\nCarol\r\n", "names the columns"),
    ]
    .into_iter()
    .enumerate()
    {
        let raw = mail(&scene, &bulk, &uid, name, file);
        scene.mail_to(world, &bulk, &raw).await?;
        let told = receipt(world, &scene, "Your list was not taken up", seen).await?;
        if !told.text.contains(said) {
            return Err(Fault::Wrong(format!("{name} is answered: {}", told.text)));
        }
    }
    // Somebody else's event, and none.
    let stranger = Scene::new("stranger");
    for (subject, said) in [
        (uid.as_str(), "not one of yours"),
        ("Guests", "for which event"),
    ] {
        let raw = mail(&stranger, &bulk, subject, "guests.csv", b"bob@b.test");
        stranger.mail_to(world, &bulk, &raw).await?;
        letter(world, &stranger.organizer, |letter| {
            letter.text.contains(said)
        })
        .await?;
    }
    let records = world.records.about_event(&uid).await?;
    same("attendees", records.attendees().count(), 0)
}
