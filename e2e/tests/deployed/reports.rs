//! Attendee reports: what is in the table is in the file, attached where it is small and behind a link where it is not.

use e2e::{
    fault::Fault,
    letter::Letter,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use futures::{StreamExt, TryStreamExt, stream};
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
        "a_small_one_comes_by_mail_and_runs_nothing_in_a_spreadsheet",
        |world| told(async move { small(&world).await }),
    ),
    (
        "one_that_is_too_large_for_mail_is_had_by_a_link_and_by_no_other",
        |world| told(async move { large(&world).await }),
    ),
];

const HEADER: [&str; 10] = [
    "email", "name", "status", "origin", "prodid", "evidence", "delivery", "when", "attended",
    "place",
];

/// People on the large report, and bytes of each name: more than a part of an object, and than a page of attendees.
const MANY: usize = 1_100;
const LONG: usize = 6_000;

/// Stores an attendee as if a list had invited him, so that nobody is sent anything.
async fn store(
    world: &World,
    uid: &str,
    email: &str,
    name: &str,
    more: Value,
) -> Result<(), Fault> {
    let mut item = json!({
        "pk": format!("event#{uid}"), "sk": format!("attendee#{email}"), "email": email, "name": name, "origin": "bulk",
        "partstat": "needs-action", "partstat_sequence": 0, "revision": 1, "invited": "2026-03-01T10:00:00Z",
        "history": [], "list_job": "none", "sent_revision": 1,
    });
    if let (Some(item), Some(more)) = (item.as_object_mut(), more.as_object()) {
        item.extend(more.clone());
    }
    world.records.put(&item).await
}

async fn written(world: &World, uid: &str, job: &str) -> Result<Value, Fault> {
    until("the report to be written", within(), async || {
        let job = world.api.get(&format!("/event/{uid}/jobs/{job}")).await?;
        Ok::<_, Fault>(if text(&job.body, "/state") == "written" {
            Look::Seen(job.body)
        } else {
            Look::NotYet(format!("the API answers {job}"))
        })
    })
    .await
}

fn rows_of(table: &str) -> Result<Vec<Vec<String>>, Fault> {
    let table = table
        .strip_prefix('\u{feff}')
        .ok_or_else(|| Fault::Wrong("the table has no byte order mark".to_owned()))?;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| Fault::Wrong(error.to_string()))?;
    same(
        "the header",
        header.iter().collect::<Vec<_>>(),
        HEADER.to_vec(),
    )?;
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| Fault::Wrong(error.to_string()))?;
            Ok(record.iter().map(str::to_owned).collect())
        })
        .collect()
}

fn attached(letter: &Letter) -> Result<Option<String>, Fault> {
    let mail = MessageParser::default()
        .parse(&letter.raw)
        .ok_or_else(|| Fault::Wrong("the letter is no mail".to_owned()))?;
    Ok(mail
        .attachments()
        .find(|part| part.attachment_name() == Some("attendees.csv"))
        .map(|part| String::from_utf8_lossy(part.contents()).into_owned()))
}

async fn small(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("report");
    let uid = scene.create(world).await?;
    let (bob, eve) = (
        format!("bob@{}", scene.domain),
        format!("eve@{}", scene.domain),
    );
    let prodid = "-//Google Inc//Google Calendar 70.9054//EN";
    let answer = json!({
        "partstat": "accepted", "stamp": {"sequence": 0, "dtstamp": "2026-03-01T10:05:00Z"}, "prodid": prodid,
        "arrived": "2026-03-01T10:05:02Z", "evidence": "token", "earlier_version": false, "mail_id": "m1", "digest": "d1",
    });
    store(
        world,
        &uid,
        &bob,
        "Bob, \"the\" builder",
        json!({"partstat": "accepted", "history": [answer], "attended": "2026-03-03T09:55:00Z", "place": {"is": "seat"}}),
    )
    .await?;
    store(world, &uid, &eve, "=cmd|' /C calc'!A0", json!({})).await?;

    let asked = world
        .api
        .post(&format!("/event/{uid}/report"), &json!({}))
        .await?;
    same("POST report", asked.status, 202)?;
    let name = text(&asked.body, "/job");
    let job = written(world, &uid, &name).await?;
    same("rows", job.pointer("/rows"), Some(&json!(2)))?;
    same("accepted", job.pointer("/rsvp/accepted"), Some(&json!(1)))?;

    let begins = "2 attendees:";
    let told = letter(world, &scene.organizer, |letter| {
        letter.subject.starts_with(begins)
    })
    .await?;
    let table = attached(&told)?.ok_or_else(|| Fault::Wrong("no table is attached".to_owned()))?;
    let cell = |text: &str| text.to_owned();
    let expected = vec![
        [
            bob.as_str(),
            "Bob, \"the\" builder",
            "accepted",
            "bulk",
            format!("'{prodid}").as_str(),
            "token",
            "sent",
            "2026-03-01T10:05:02Z",
            "2026-03-03T09:55:00Z",
            "seat",
        ]
        .map(cell)
        .to_vec(),
        [
            eve.as_str(),
            "'=cmd|' /C calc'!A0",
            "noaction",
            "bulk",
            "",
            "",
            "sent",
            "",
            "",
            "",
        ]
        .map(cell)
        .to_vec(),
    ];
    same("the rows", rows_of(&table)?, expected)?;
    same(
        "the same by the API",
        world.api.download(&text(&job, "/result_url")).await?,
        table,
    )?;
    let stop = world
        .api
        .post(&format!("/event/{uid}/jobs/{name}/stop"), &json!({}))
        .await?;
    same("a stop of it", stop.status, 409)?;

    // The old method, and among the jobs.
    let old = world.api.get(&format!("/event/{uid}/report")).await?;
    same(
        "GET report",
        (old.status, old.headers.contains_key("sunset")),
        (202, true),
    )?;
    let jobs = world.api.get(&format!("/event/{uid}/jobs")).await?;
    let newest = jobs.body.pointer("/jobs/0").unwrap_or(&Value::Null);
    same(
        "the newest job",
        text(newest, "/job"),
        text(&old.body, "/job"),
    )?;
    written(world, &uid, &text(&old.body, "/job")).await?;
    Ok(())
}

async fn large(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("reports");
    let uid = scene.create(world).await?;
    let long = "x".repeat(LONG);
    let email = |number: usize| format!("guest{number:05}@{}", scene.domain);
    stream::iter(0..MANY)
        .map(|number| {
            let (uid, email, long) = (&uid, email(number), &long);
            async move { store(world, uid, &email, long, json!({})).await }
        })
        .buffer_unordered(16)
        .try_collect::<()>()
        .await?;

    let asked = world
        .api
        .post(&format!("/event/{uid}/report"), &json!({}))
        .await?;
    let job = written(world, &uid, &text(&asked.body, "/job")).await?;
    same("rows", job.pointer("/rows"), Some(&json!(MANY)))?;
    let begins = "1,100 attendees:";
    let told = letter(world, &scene.organizer, |letter| {
        letter.subject.starts_with(begins)
    })
    .await?;
    same("an attachment", attached(&told)?, None)?;

    let open = world.api.with_token("");
    let path = told
        .text
        .split_whitespace()
        .find_map(|word| Some(format!("/report/{}", word.split_once("/report/")?.1)))
        .ok_or_else(|| Fault::Wrong(format!("no link in {}", told.text)))?;
    let led = open.get(&path).await?;
    let table = led.body.as_str().unwrap_or_default();
    same("bytes", job.pointer("/bytes"), Some(&json!(table.len())))?;
    let rows = rows_of(table)?;
    same("rows by the link", rows.len(), MANY)?;
    for (number, row) in rows.iter().enumerate() {
        same("a row", row.first(), Some(&email(number)))?;
        same("its name", row.get(1), Some(&long))?;
    }

    // Anybody else's link is none.
    let wrong = format!("{}A", path.trim_end_matches(char::is_alphanumeric));
    let other = path.replace(&uid, &"0".repeat(40));
    for path in [wrong, other, "/report/x".to_owned()] {
        let answer = open.get(&path).await?;
        same("a wrong link", answer.status, 404)?;
    }
    Ok(())
}
