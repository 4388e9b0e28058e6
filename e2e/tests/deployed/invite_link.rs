//! The invite link of an event, as visitors, the programs that look at their mail, and people who mean no good follow it.

use std::{collections::BTreeMap, time::Duration};

use e2e::{
    api::{Answer, Api, Method},
    fault::Fault,
    letter::Letter,
    person::Person,
    world::World,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    Test,
    expected::holds,
    scene::{Scene, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    (
        "a_visitor_presses_the_button_twice_and_is_invited_once_and_looking_invites_nobody",
        |world| told(async move { visits(&world).await }),
    ),
    (
        "it_leads_only_where_the_tenant_says_and_takes_only_known_origins_and_pages_of_ours",
        |world| told(async move { misleads(&world).await }),
    ),
    (
        "an_origin_the_tenant_has_named_invites_by_one_click_and_no_other_does",
        |world| told(async move { clicks(&world).await }),
    ),
    ("it_is_not_for_sending_much", |world| {
        told(async move { floods(&world).await })
    }),
    (
        "it_works_while_the_event_is_open_and_takes_place",
        |world| told(async move { closes(&world).await }),
    ),
];

/// The sample tenant's.
const ALLOWED: &str = "https://calendar.acme.example/thanks?from=a+b#top";
const SITE: &str = "https://www.acme.example";
const A_DAY_FOR_AN_ADDRESS: usize = 3;
const AN_HOUR_FOR_AN_EVENT: usize = 12;

async fn visits(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("visits");
    let uid = scene.create(world).await?;
    let link = format!("/event/{uid}/invite");
    let url = format!("{}{link}", world.stack.api.as_str().trim_end_matches('/'));
    letter(world, &scene.organizer, |letter| letter.text.contains(&url)).await?;

    let visitor = Api::visitor(&world.stack)?;
    let [bob, scanned] = ["Bob", "Scanned"].map(|name| Person::new(name, &scene.domain));
    let of_scanned = format!(
        "{link}?email={}&origin=mailchimpcta",
        escaped(&scanned.address)
    );
    for method in [Method::HEAD, Method::GET, Method::GET] {
        visitor.raw(method, &of_scanned, &[], Vec::new()).await?;
    }

    // Without an address the page asks for one; with one it says where the invitation goes.
    let asks = visitor.get(&link).await?;
    expect_page(&asks, 200, &["<input id=\"email\"", "<label for=\"name\">"])?;
    let of_bob = format!(
        "{link}?email={}&name=Bob&origin=mailchimpcta",
        escaped(&bob.address)
    );
    let page = visitor.get(&of_bob).await?;
    let summary = &scene.meeting.summary;
    expect_page(&page, 200, &[summary, &bob.address, "Room 1", "5 May 2031"])?;
    let html = html(&page);
    holds(html.matches("<button").count() == 1, || {
        format!("one button in {html}")
    })?;
    holds(!html.contains(&scene.organizer.address), || {
        "a page that does not name the organizer's address".to_owned()
    })?;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
    ] {
        expect_header(&page, name, value)?;
    }

    // The answer is the same for who is not yet invited and for who is.
    let form = fields(&html);
    let first = press(&visitor, world, &link, &form).await?;
    expect_page(&first, 200, &[&bob.address, "on its way"])?;
    letter(world, &bob, is_invitation).await?;
    let second = press(&visitor, world, &link, &form).await?;
    holds(second.body == first.body && second.status == 200, || {
        format!("the same answer and not {second}")
    })?;

    // What was queued behind both is done, so nothing more comes.
    let last = Person::new("Last", &scene.domain);
    let mut typed = fields(&self::html(&asks));
    typed.insert("email".to_owned(), last.address.clone());
    expect_page(&press(&visitor, world, &link, &typed).await?, 200, &[])?;
    letter(world, &last, is_invitation).await?;
    let to_bob = world.mailbox.letters_to(&bob.address).await?;
    holds(to_bob.len() == 1, || {
        format!("one letter, and not {}", to_bob.len())
    })?;
    holds(
        world.mailbox.letters_to(&scanned.address).await?.is_empty(),
        || "nothing to who was only looked up".to_owned(),
    )?;
    for (person, origin) in [(&bob, "mailchimpcta"), (&last, "webform")] {
        let attendee = format!("/event/{uid}/attendees/{}", person.address);
        let known = world.api.get(&attendee).await?;
        holds(known.text("/origin") == Some(origin), || {
            format!("{origin} and not {known}")
        })?;
    }
    let nobody = format!("/event/{uid}/attendees/{}", scanned.address);
    expect_status(&world.api.get(&nobody).await?, 404)
}

async fn misleads(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("misleads");
    let uid = new_event(world, &scene, "open").await?;
    let link = format!("/event/{uid}/invite");
    let visitor = Api::visitor(&world.stack)?;
    let bob = Person::new("Bob", &scene.domain);
    let asked = |more: &str| format!("{link}?email={}{more}", escaped(&bob.address));

    for foreign in [
        "https://evil.example/",
        "http://calendar.acme.example/",
        "https://calendar.acme.example@evil.example/",
        "https://calendar.acme.example.evil.example/",
        "https://evil.example\\.calendar.acme.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "https://calendar.acme.example/\r\nSet-Cookie: a=b",
    ] {
        let answer = visitor
            .get(&asked(&format!("&landing={}", escaped(foreign))))
            .await?;
        expect_page(&answer, 400, &["landing"])?;
        holds(!answer.headers.contains_key("location"), || {
            format!("nowhere to go on to, and not {answer}")
        })?;
    }
    expect_page(
        &visitor.get(&asked("&origin=nowhere")).await?,
        400,
        &["origin"],
    )?;
    for (wrong, told) in [
        ("email=bob", "role=\"alert\""),
        ("email=abuse@a.test", "role=\"alert\""),
        ("email=bob@b.test&name=evil.example", "role=\"alert\""),
    ] {
        let answer = visitor.get(&format!("{link}?{wrong}")).await?;
        expect_page(&answer, 400, &[told, "<button"])?;
    }

    // The button leads on, if the page said so, and not elsewhere.
    let landing = asked(&format!("&landing={}", escaped(ALLOWED)));
    let page = visitor.get(&landing).await?;
    let policy = page.headers.get("content-security-policy");
    holds(
        policy.is_some_and(|policy| {
            policy.contains("form-action 'self' https://calendar.acme.example ")
        }),
        || format!("a policy that lets the button lead on, and not {policy:?}"),
    )?;
    let form = fields(&html(&page));
    for (name, value) in [
        ("nonce", ""),
        ("nonce", "29000000.AAAAAAAAAAAAAAAAAAAAAA"),
        ("email", "carol@c.test"),
        ("origin", "vip"),
        ("landing", "https://www.acme.example/"),
    ] {
        let mut spoilt = form.clone();
        spoilt.insert(name.to_owned(), value.to_owned());
        let answer = press(&visitor, world, &link, &spoilt).await?;
        expect_page(&answer, 400, &["role=\"alert\"", "name=\"nonce\""])?;
    }
    let mut abroad = form.clone();
    abroad.insert("landing".to_owned(), "https://evil.example/".to_owned());
    expect_page(
        &press(&visitor, world, &link, &abroad).await?,
        400,
        &["landing"],
    )?;
    let json = visitor
        .post(&link, &json!({ "email": bob.address }))
        .await?;
    expect_status(&json, 415)?;
    let known = world.records.about_event(&uid).await?;
    holds(
        known.item(&format!("attendee#{}", bob.address)).is_none(),
        || "nobody invited by any of these".to_owned(),
    )?;

    // What was spoilt has used up nothing, and the page is shown again with a nonce that is good.
    let mut old = form.clone();
    old.insert("nonce".to_owned(), String::new());
    let again = press(&visitor, world, &link, &old).await?;
    let answer = press(&visitor, world, &link, &fields(&html(&again))).await?;
    expect_status(&answer, 303)?;
    expect_header(&answer, "location", ALLOWED)?;
    expect_header(&answer, "referrer-policy", "no-referrer")?;
    letter(world, &bob, is_invitation).await?;
    Ok(())
}

async fn clicks(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("clicks");
    let uid = new_event(world, &scene, "open").await?;
    let link = format!("/event/{uid}/invite");
    let visitor = Api::visitor(&world.stack)?;
    let [bob, carol, dan] = ["Bob", "Carol", "Dan"].map(|name| Person::new(name, &scene.domain));
    let of =
        |person: &Person, more: &str| format!("{link}?email={}&{more}", escaped(&person.address));

    let other = visitor.get(&of(&dan, "origin=klaviyo")).await?;
    expect_page(&other, 200, &["<button"])?;
    let looked_up = of(&dan, "origin=klaviyocta");
    visitor
        .raw(Method::HEAD, &looked_up, &[], Vec::new())
        .await?;
    let foreign = of(&dan, "origin=klaviyocta&landing=https%3A%2F%2Fevil.example");
    expect_page(&visitor.get(&foreign).await?, 400, &["landing"])?;

    let home = visitor.get(&of(&bob, "origin=klaviyocta")).await?;
    expect_status(&home, 302)?;
    expect_header(&home, "location", SITE)?;
    let landing = format!("origin=klaviyocta&landing={}", escaped(ALLOWED));
    let there = visitor.get(&of(&carol, &landing)).await?;
    expect_status(&there, 302)?;
    expect_header(&there, "location", ALLOWED)?;
    // Without an address there is nobody to invite.
    let asks = visitor.get(&format!("{link}?origin=klaviyocta")).await?;
    expect_page(&asks, 200, &["<input id=\"email\""])?;
    for person in [&bob, &carol] {
        letter(world, person, is_invitation).await?;
    }
    let nobody = format!("/event/{uid}/attendees/{}", dan.address);
    expect_status(&world.api.get(&nobody).await?, 404)
}

async fn floods(world: &World) -> Result<(), Fault> {
    // All of it has to be within one hour of the clock.
    let left = 3600 - cloud::clock::now().as_second().rem_euclid(3600);
    if left < 120 {
        let secs = u64::try_from(left).unwrap_or_default();
        tokio::time::sleep(Duration::from_secs(secs)).await;
    }
    let visitor = Api::visitor(&world.stack)?;
    let scene = Scene::new("floods");
    let victim = Person::new("Victim", &scene.domain);
    let mut links = Vec::new();
    for _ in 0..=A_DAY_FOR_AN_ADDRESS {
        let uid = new_event(world, &scene, "open").await?;
        links.push(format!("/event/{uid}/invite"));
    }
    let mut statuses = Vec::new();
    for link in &links {
        let page = visitor
            .get(&format!("{link}?email={}", escaped(&victim.address)))
            .await?;
        let answer = press(&visitor, world, link, &fields(&html(&page))).await?;
        statuses.push(answer.status);
        if answer.status == 429 {
            expect_wait(&answer, 24 * 3600)?;
        }
    }
    let mut expected = vec![200; A_DAY_FOR_AN_ADDRESS];
    expected.push(429);
    holds(statuses == expected, || {
        format!("{expected:?} and not {statuses:?}")
    })?;

    // Many addresses, one event; the first of it was used once.
    let Some(link) = links.first() else {
        return Ok(());
    };
    for number in 1..=AN_HOUR_FOR_AN_EVENT {
        let form = fields(&html(&visitor.get(link).await?));
        let mut typed = form.clone();
        let address = Person::new(&format!("Crowd{number}"), &scene.domain).address;
        typed.insert("email".to_owned(), address);
        let answer = press(&visitor, world, link, &typed).await?;
        if number < AN_HOUR_FOR_AN_EVENT {
            expect_status(&answer, 200)?;
        } else {
            expect_status(&answer, 429)?;
            expect_wait(&answer, 3600)?;
        }
    }
    Ok(())
}

async fn closes(world: &World) -> Result<(), Fault> {
    let visitor = Api::visitor(&world.stack)?;
    let scene = Scene::new("closes");
    let bob = Person::new("Bob", &scene.domain);
    for uninvited in ["approve", "closed"] {
        let uid = new_event(world, &scene, uninvited).await?;
        let link = format!("/event/{uid}/invite?email={}", escaped(&bob.address));
        let answer = visitor.get(&link).await?;
        expect_page(&answer, 403, &[])?;
        holds(!html(&answer).contains(&scene.meeting.summary), || {
            "nothing told of the event".to_owned()
        })?;
    }
    let uid = new_event(world, &scene, "open").await?;
    let link = format!("/event/{uid}/invite");
    let of_bob = format!("{link}?email={}&origin=klaviyocta", escaped(&bob.address));
    let form = fields(&html(&visitor.get(&link).await?));
    let cancel = format!("/event/{uid}/cancel");
    let cancelled = world
        .api
        .raw(Method::POST, &cancel, &[], Vec::new())
        .await?;
    expect_status(&cancelled, 200)?;
    expect_page(&visitor.get(&of_bob).await?, 410, &["cancelled"])?;
    let mut typed = form;
    typed.insert("email".to_owned(), bob.address.clone());
    expect_page(
        &press(&visitor, world, &link, &typed).await?,
        410,
        &["cancelled"],
    )?;

    for unknown in [
        format!("/event/{}/invite", "0".repeat(40)),
        "/event/x/invite".to_owned(),
    ] {
        expect_page(&visitor.get(&unknown).await?, 404, &[])?;
        expect_page(&press(&visitor, world, &unknown, &typed).await?, 404, &[])?;
    }
    let known = world.records.about_event(&uid).await?;
    holds(
        known.item(&format!("attendee#{}", bob.address)).is_none(),
        || "nobody invited to any of these".to_owned(),
    )
}

async fn new_event(world: &World, scene: &Scene, uninvited: &str) -> Result<String, Fault> {
    let event = json!({
        "organizer": scene.organizer.address, "organizer_name": scene.organizer.name,
        "summary": scene.meeting.summary, "start": "2031-05-05T09:00:00Z",
    });
    let made = world
        .api
        .post(&format!("/event?uninvited={uninvited}"), &event)
        .await?;
    let uid = made.text("/uid").map(ToOwned::to_owned);
    uid.ok_or_else(|| Fault::Wrong(format!("no event: {made}")))
}

/// What a browser posts of the page's form: the value of each input by its name.
fn fields(html: &str) -> BTreeMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let (_, value) = tag.split_once(&format!(" {name}=\""))?;
        Some(unescaped(value.split('"').next()?))
    };
    html.split("<input")
        .skip(1)
        .filter_map(|rest| {
            let tag = rest.split('>').next()?;
            let value = attribute(tag, "value").unwrap_or_default();
            Some((attribute(tag, "name")?, value))
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (written, read) in [
        ("&#x2f;", "/"),
        ("&#x27;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        text = text.replace(written, read);
    }
    text
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn press(
    visitor: &Api,
    world: &World,
    link: &str,
    form: &BTreeMap<String, String>,
) -> Result<Answer, Fault> {
    let pairs = form
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)));
    let url = format!("{}{link}", world.stack.api.as_str().trim_end_matches('/'));
    let form = pairs.collect::<Vec<_>>().join("&");
    Ok(visitor.form(&url, form).await?)
}

fn is_invitation(letter: &Letter) -> bool {
    letter.calendar.is_some()
}

fn html(page: &Answer) -> String {
    match &page.body {
        Value::String(html) => html.clone(),
        other => other.to_string(),
    }
}

fn expect_page(page: &Answer, status: u16, told: &[&str]) -> Result<(), Fault> {
    expect_status(page, status)?;
    expect_header(page, "content-type", "text/html; charset=utf-8")?;
    let html = unescaped(&html(page));
    for text in told {
        let text = unescaped(text);
        holds(html.contains(&text), || format!("{text} in {html}"))?;
    }
    Ok(())
}

fn expect_status(answer: &Answer, status: u16) -> Result<(), Fault> {
    holds(answer.status == status, || {
        format!("{status} and not {answer}")
    })
}

fn expect_header(answer: &Answer, name: &str, value: &str) -> Result<(), Fault> {
    let found = answer.headers.get(name);
    holds(found.map(String::as_str) == Some(value), || {
        format!("{name}: {value} and not {found:?}")
    })
}

fn expect_wait(answer: &Answer, at_most: u64) -> Result<(), Fault> {
    let secs = answer
        .headers
        .get("retry-after")
        .and_then(|secs| secs.parse::<u64>().ok());
    holds(
        secs.is_some_and(|secs| (1..=at_most).contains(&secs)),
        || format!("Retry-After of at most {at_most}, and not {secs:?}"),
    )
}
