//! A shop that tells of orders: signed or not, twice, at the same time, out of order. What was bought holds at once, and
//! until it is given back.
//!
//! On the local stage Mini allows one event and two invitations to it, Pro more than are tried here
//! (infra/config/tenants/acme.ts).

use cloud::{Cloud, clock, secrets};
use data_encoding::BASE64;
use e2e::{
    api::{Answer, Method},
    fault::Fault,
    letter::Letter,
    person::Person,
    records::text,
    wait::{Look, until, within},
    world::World,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    Test,
    expected::holds,
    scene::{Scene, create, letter, told},
};

/// Name and test.
pub(crate) const ALL: &[(&str, Test)] = &[
    ("only_the_shop_is_heard_and_all_it_says_is_taken", |world| {
        told(async move { heard(&world).await })
    }),
    (
        "what_is_bought_lifts_the_limits_once_and_until_it_is_given_back",
        |world| told(async move { bought(&world).await }),
    ),
];

/// Of the tenant's configuration.
const MINI: u64 = 632_910_392;
const PRO: u64 = 788_032_119;

struct Shop<'a> {
    world: &'a World,
    secret: String,
}

/// One order, of one line that is a plan and a mug.
struct Order<'a> {
    shop: &'a Shop<'a>,
    id: u64,
    product: u64,
    organizer: String,
}

impl<'a> Shop<'a> {
    async fn of(world: &'a World) -> Result<Self, Fault> {
        let cloud = Cloud::from_env().await;
        let secrets = secrets::text(&cloud, &format!("{}-shop", world.stack.table)).await?;
        let secrets: Value = serde_json::from_str(&secrets)
            .map_err(|_| Fault::Wrong("the shop's secret is no JSON".to_owned()))?;
        let secret = text(&secrets, "/current");
        Ok(Self { world, secret })
    }

    fn order(&'a self, product: u64, organizer: &str) -> Order<'a> {
        Order {
            shop: self,
            id: fastrand::u64(1_u64 << 40..1 << 50),
            product,
            organizer: organizer.to_owned(),
        }
    }

    async fn sends(
        &self,
        path: &str,
        id: &str,
        topic: &str,
        body: &str,
        hmac: &str,
    ) -> Result<Answer, Fault> {
        let headers = [
            ("content-type", "application/json"),
            ("x-shopify-webhook-id", id),
            ("x-shopify-topic", topic),
            ("x-shopify-hmac-sha256", hmac),
        ];
        let anybody = self.world.api.with_token("");
        let body = body.as_bytes().to_vec();
        Ok(anybody.raw(Method::POST, path, &headers, body).await?)
    }
}

impl Order<'_> {
    /// What the shop says of it; `webhook` tells its webhooks apart.
    async fn tells(&self, webhook: &str, topic: &str, body: &Value) -> Result<Answer, Fault> {
        let (id, body) = (self.webhook(webhook), body.to_string());
        let hmac = signed(&self.shop.secret, &body);
        self.shop.sends("/order", &id, topic, &body, &hmac).await
    }

    fn webhook(&self, name: &str) -> String {
        format!("{}-{name}", self.id)
    }

    fn paid(&self) -> Value {
        json!({
            "id": self.id, "created_at": "2026-03-02T11:40:00-05:00", "email": "buyer@shop.test",
            "line_items": [
                { "id": self.id + 1, "product_id": self.product, "name": "A year of it", "quantity": 1,
                  "properties": [{ "name": "email", "value": self.organizer }] },
                { "id": self.id + 2, "product_id": 1, "name": "A mug", "quantity": 1 },
            ],
        })
    }

    fn refund(&self) -> Value {
        json!({
            "id": self.id + 3, "order_id": self.id, "created_at": "2026-03-03T11:40:00-05:00",
            "refund_line_items": [{ "line_item_id": self.id + 1, "quantity": 1 }],
        })
    }

    fn subscription(&self) -> String {
        format!("{}-{}", self.id, self.id + 1)
    }
}

fn signed(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(body));
    BASE64.encode(
        &mac.map(|mac| mac.finalize().into_bytes().to_vec())
            .unwrap_or_default(),
    )
}

async fn heard(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("forged");
    let organizer = &scene.organizer.address;
    let shop = Shop::of(world).await?;
    let order = shop.order(PRO, organizer);
    let paid = order.paid().to_string();

    // Somebody else claims it, with no signature, a wrong one, that of another body, and of other bytes of the same JSON.
    let since = clock::now();
    let before = refused(world, since).await?;
    let forged = [
        String::new(),
        "AAAA".to_owned(),
        signed("not the secret", &paid),
        signed(&shop.secret, &order.refund().to_string()),
        signed(&shop.secret, &format!("{paid} ")),
    ];
    for hmac in &forged {
        let answer = shop
            .sends(
                "/order",
                &order.webhook("forged"),
                "orders/paid",
                &paid,
                hmac,
            )
            .await?;
        let problem = answer.text("/type").unwrap_or_default();
        holds(
            answer.status == 401 && problem.ends_with(":not-the-shop"),
            || format!("401 not-the-shop and not {answer}"),
        )?;
    }
    let counted = refused(world, since).await? - before;
    holds(counted >= forged.len(), || {
        format!("each to be counted, and not {counted}")
    })?;
    let left = world
        .records
        .inspector
        .items(
            &world.stack.table,
            &format!("webhook#shopify#{}", order.webhook("forged")),
        )
        .await?;
    holds(
        left.is_empty() && subscriptions(world, organizer).await?.is_empty(),
        || "nothing to be left of what the shop has not said".to_owned(),
    )?;

    // What the shop says and we do not understand is taken, recorded, and changes nothing.
    for (webhook, topic, body, outcome) in [
        ("edited", "orders/edited", json!({}), "unknown-topic"),
        ("torn", "orders/paid", json!({ "id": "x" }), "unreadable"),
    ] {
        for is_repeat in [false, true] {
            let answer = order.tells(webhook, topic, &body).await?;
            holds(
                answer.status == 200
                    && answer.text("/outcome") == Some(outcome)
                    && is_repeated(&answer) == is_repeat,
                || format!("{outcome}, repeated {is_repeat}, and not {answer}"),
            )?;
        }
    }

    // The address of the old system, for as long as it is there.
    let hmac = signed(&shop.secret, &paid);
    let answer = shop
        .sends(
            "/order/order",
            &order.webhook("paid"),
            "orders/paid",
            &paid,
            &hmac,
        )
        .await?;
    let says_when = ["sunset", "deprecation"].map(|name| answer.headers.contains_key(name));
    holds(answer.status == 200 && says_when == [true, true], || {
        format!("200 with Sunset and not {answer} {:?}", answer.headers)
    })?;
    enrolled_letter(world, &scene, "Pro").await?;
    Ok(())
}

async fn bought(world: &World) -> Result<(), Fault> {
    let scene = Scene::new("shop");
    let organizer = &scene.organizer.address;
    let uid = scene.create(world).await?;
    let shop = Shop::of(world).await?;

    // The shop says thrice that a plan was bought, twice at the same time.
    let mini = shop.order(MINI, organizer);
    let paid = mini.paid();
    let (one, other) = tokio::join!(
        mini.tells("paid", "orders/paid", &paid),
        mini.tells("paid", "orders/paid", &paid)
    );
    let again = mini.tells("paid", "orders/paid", &paid).await?;
    for answer in [&one?, &other?, &again] {
        entered(answer)?;
    }
    holds(
        is_repeated(&again) && again.text("/not_enrolled/0/reason") == Some("not-a-plan"),
        || format!("a repeat, the mug no plan, and not {again}"),
    )?;
    let enrolled = subscriptions(world, organizer).await?;
    let [subscription] = enrolled.as_slice() else {
        return Err(Fault::Wrong(format!(
            "one subscription was expected, not {enrolled:?}"
        )));
    };
    holds(
        text(subscription, "/organizer_email") == *organizer
            && text(subscription, "/purchase_email") == "buyer@shop.test"
            && text(subscription, "/product") == "A year of it",
        || format!("what was bought and not {subscription}"),
    )?;
    let said = enrolled_letter(world, &scene, "Mini").await?;
    holds(
        [
            "one event",
            "2 invitations for each event",
            "buyer@shop.test",
        ]
        .iter()
        .all(|what| said.text.contains(what)),
        || format!("what Mini allows and not {}", said.text),
    )?;

    // Its limits hold, for the event he has and for those he would like to have.
    let guests: Vec<_> = (0..5)
        .map(|number| Person::new(&format!("Guest {number}"), &scene.domain))
        .collect();
    let [first, second, third, fourth, fifth] = guests.as_slice() else {
        return Err(Fault::Wrong("five guests were expected".to_owned()));
    };
    for guest in [first, second] {
        invited(world, &uid, guest, true).await?;
    }
    invited(world, &uid, third, false).await?;
    let another = scene.another();
    create_another(world, &another).await?;
    letter(world, &scene.organizer, |letter| {
        letter.text.contains("as many as your plan allows")
    })
    .await?;

    // More is bought: the most generous plan counts.
    let pro = shop.order(PRO, organizer);
    entered(&pro.tells("paid", "orders/paid", &pro.paid()).await?)?;
    invited(world, &uid, third, true).await?;
    create_another(world, &another).await?;
    letter(world, &scene.organizer, |letter| {
        letter.uid().is_some_and(|found| found != uid)
    })
    .await?;
    enrolled_letter(world, &scene, "Pro").await?;

    // The shop tells of it by another webhook, and the stream of the subscription once more: nothing begins anew.
    entered(&pro.tells("paid-2", "orders/paid", &pro.paid()).await?)?;
    tell_again(world, &pro).await?;

    // What is given back holds no longer.
    entered(&pro.tells("refund", "refunds/create", &pro.refund()).await?)?;
    invited(world, &uid, fourth, false).await?;
    entered(
        &mini
            .tells("cancelled", "orders/cancelled", &json!({ "id": mini.id }))
            .await?,
    )?;
    invited(world, &uid, fifth, true).await?;

    let ended = subscriptions(world, organizer).await?;
    holds(
        ended.len() == 2 && ended.iter().all(|it| !text(it, "/revoked").is_empty()),
        || format!("both subscriptions to have ended and not {ended:?}"),
    )?;
    for plan in ["Mini", "Pro"] {
        let letters = world.mailbox.letters_to(organizer).await?;
        let told = letters.iter().filter(|letter| is_of_plan(letter, plan));
        let told = told.count();
        holds(told == 1, || format!("one letter of {plan} and not {told}"))?;
    }
    Ok(())
}

fn entered(answer: &Answer) -> Result<(), Fault> {
    holds(
        answer.status == 200 && answer.text("/outcome") == Some("entered"),
        || format!("entered and not {answer}"),
    )
}

fn is_repeated(answer: &Answer) -> bool {
    answer.body.pointer("/repeated") == Some(&Value::Bool(true))
}

fn is_of_plan(letter: &Letter, plan: &str) -> bool {
    letter.subject == format!("Your plan is ready: {plan}")
}

async fn enrolled_letter(world: &World, scene: &Scene, plan: &str) -> Result<Letter, Fault> {
    letter(world, &scene.organizer, |letter| is_of_plan(letter, plan)).await
}

async fn create_another(world: &World, another: &Scene) -> Result<(), Fault> {
    let mut meeting = another.meeting.clone();
    // A mail like one that was refused is not looked at again.
    meeting.summary.push_str(&fastrand::u32(..).to_string());
    let mail = meeting.request(&another.organizer, &create(world), clock::now());
    another.mail(world, &mail).await
}

/// Invites somebody, and sees whether he is, or the limit is reached.
async fn invited(world: &World, uid: &str, guest: &Person, expected: bool) -> Result<(), Fault> {
    let body = json!({ "invites": [{ "email": guest.address }] });
    world
        .api
        .post(&format!("/event/{uid}/invites"), &body)
        .await?;
    let what = if expected { "invited" } else { "refused" };
    until(
        format!("{} to be {what}", guest.name),
        within(),
        async || {
            let records = world.records.about_event(uid).await?;
            let is_invited = records.attendee(&guest.address).is_some();
            let is_refused = records
                .item(&format!("refused#{}", guest.address))
                .is_some_and(|refused| text(refused, "/reason") == "invite-limit");
            Ok::<_, Fault>(match (is_invited, is_refused) {
                (true, _) if expected => Look::Seen(()),
                (true, _) => return Err(Fault::Wrong(format!("{} was invited", guest.name))),
                (false, true) if !expected => Look::Seen(()),
                _ => Look::NotYet("not decided".to_owned()),
            })
        },
    )
    .await
}

/// The news of a subscription once more, as when the function that told it died before the stream knew; until it was read.
async fn tell_again(world: &World, order: &Order<'_>) -> Result<(), Fault> {
    let inspector = &world.records.inspector;
    let name = format!("{}-notify-organizer", world.stack.table);
    let queues = async || {
        let mut queues = inspector.queues(&name).await?;
        let found = queues.remove(&name);
        found.ok_or_else(|| Fault::Wrong(format!("there is no queue {name}")))
    };
    let (url, _) = queues().await?;
    let news = json!({
        "version": 1, "type": "enrolled", "organizer": order.organizer, "subscription": order.subscription(),
    });
    inspector.send(&url, &news.to_string()).await?;
    until("the news to be read", within(), async || {
        let (_, depth) = queues().await?;
        Ok::<_, Fault>(if (depth.waiting, depth.in_flight) == (0, 0) {
            Look::Seen(())
        } else {
            Look::NotYet(format!("{depth:?}"))
        })
    })
    .await
}

async fn subscriptions(world: &World, organizer: &str) -> Result<Vec<Value>, Fault> {
    let partition = format!("organizer#{organizer}");
    let items = world
        .records
        .inspector
        .items(&world.stack.table, &partition)
        .await?;
    let is_subscription = |item: &Value| text(item, "/sk").starts_with("subscription#");
    Ok(items.into_iter().filter(is_subscription).collect())
}

/// How many webhooks were not the shop's, in that hour and the next.
async fn refused(world: &World, since: Timestamp) -> Result<usize, Fault> {
    let mut refused = 0;
    for hour in [since, since + SignedDuration::from_hours(1)] {
        let partition = format!("not-the-shop#{}", hour.strftime("%Y-%m-%dT%H"));
        let inspector = &world.records.inspector;
        for item in inspector.items(&world.stack.table, &partition).await? {
            let counted = item.get("refused").and_then(Value::as_u64).unwrap_or(0);
            refused += usize::try_from(counted).unwrap_or(usize::MAX);
        }
    }
    Ok(refused)
}
