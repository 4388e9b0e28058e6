//! The page of an event's invite link. Looking at it sends nothing, for scanners follow every link; its button does, and what it
//! answers tells nobody who is invited already. Only origins the tenant has named invite by being looked at.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{
        Method, StatusCode,
        header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use cloud::{
    clock,
    env::Reader,
    link_rules,
    queues::Queue,
    table::{Stored, Table},
    tenant::Tenant,
};
use invite::{
    address::{Address, Mailbox},
    decide::ListContext,
    event::Event,
    id::Uid,
    invite_link::{Bound, LinkRules, NoLink, Nonce, Said, Target, Wrong, offered, person},
    letter::Sender,
    page::{self, InviteLink, Notice},
};
use jiff::Timestamp;

use crate::{
    functions::{Function, Right, Route, Trigger},
    messages::{self, InviteMessage},
    shell::{Failed, FormBody, Page, Parameters, SourceIp, Started, about_event, serve_http},
};

pub(crate) const FUNCTION: Function = Function {
    name: "invite-page",
    handler: "invite_page",
    purpose: "GET and POST /event/{uid}/invite: shows an event to who follows its invite link; sends him the invitation.",
    error_impact: "Invite links in newsletters and on web pages show nothing, and nobody is invited by them.",
    trigger: Trigger::Page {
        routes: &[
            Route {
                method: "GET",
                path: "/event/{uid}/invite",
            },
            Route {
                method: "POST",
                path: "/event/{uid}/invite",
            },
        ],
    },
    timeout_secs: 15,
    memory_mb: 256,
    environment: &[
        "DYNAMODB_TABLE",
        "INVITE_LINK",
        "MAIL_DOMAIN",
        "SQS_URL",
        "TENANT",
        "TENANT_KEY_SECRET",
    ],
    rights: &[
        Right {
            on: "table",
            actions: &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        },
        Right {
            on: "queue verify-invite",
            actions: &["sqs:SendMessage"],
        },
        Right {
            on: "secret tenant-key",
            actions: &["secretsmanager:GetSecretValue"],
        },
    ],
    run: || Box::pin(run()),
};

struct Needs {
    table: Table,
    verify: Queue,
    rules: LinkRules,
    sender: Sender,
}

async fn run() -> anyhow::Result<()> {
    let mut env = Reader::of_process();
    let mail_domain = env.text("MAIL_DOMAIN");
    let verify = env.text("SQS_URL");
    let tenant = env.parsed("TENANT", Tenant::parse);
    let site = tenant.as_ref().and_then(Tenant::site);
    let rules = env.parsed("INVITE_LINK", |json| link_rules::parse(json, site));
    let (started, (tenant, rules)) = Started::with(env, tenant.zip(rules)).await?;
    let needs = Needs {
        verify: Queue::new(&started.cloud, verify),
        sender: tenant.sender(&mail_domain, started.key),
        table: started.table,
        rules,
    };
    let router = Router::new()
        .route("/event/{uid}/invite", get(look).post(press))
        .with_state(Arc::new(needs));
    serve_http(router).await
}

/// A link that somebody follows, to an event that has one.
struct Followed {
    event: Event,
    said: Said,
    target: Target,
    person: Result<Option<Mailbox>, Wrong>,
    whence: Option<IpAddr>,
    now: Timestamp,
}

async fn look(
    State(needs): State<Arc<Needs>>,
    Path(uid): Path<String>,
    method: Method,
    Extension(SourceIp(whence)): Extension<SourceIp>,
    parameters: Parameters,
) -> Result<Response, Failed> {
    let followed = match follow(&needs, &uid, &parameters, whence).await? {
        Ok(followed) => followed,
        Err(shown) => return shown.response(&needs),
    };
    match &followed.person {
        Ok(Some(person)) if followed.target.is_one_click && method == Method::GET => {
            one_click(&needs, &followed, person).await
        }
        _ => ask(&needs, &followed, None),
    }
}

async fn press(
    State(needs): State<Arc<Needs>>,
    Path(uid): Path<String>,
    Extension(SourceIp(whence)): Extension<SourceIp>,
    FormBody(form): FormBody,
) -> Result<Response, Failed> {
    let followed = match follow(&needs, &uid, &form, whence).await? {
        Ok(followed) => followed,
        Err(shown) => return shown.response(&needs),
    };
    let person = match &followed.person {
        Ok(Some(person)) => person,
        Ok(None) => return ask(&needs, &followed, Some(Notice::Wrong(Wrong::Email))),
        Err(wrong) => return ask(&needs, &followed, Some(Notice::Wrong(*wrong))),
    };
    // Of the page that named him, or of the one that asked.
    let nonce = form.text("nonce").and_then(|text| Nonce::parse(&text));
    let is_of_a_page = nonce.is_some_and(|nonce| {
        [Some(&person.address), None].into_iter().any(|attendee| {
            let bound = followed.bound(attendee);
            nonce.proves(&needs.sender.key, bound, followed.now)
        })
    });
    if !is_of_a_page {
        return ask(&needs, &followed, Some(Notice::Again));
    }
    if let Err(shown) = send(&needs, &followed, person).await? {
        return shown.response(&needs);
    }
    match &followed.target.landing {
        Some(landing) => Ok(leads(StatusCode::SEE_OTHER, landing.url())),
        None => done(&needs, &followed, person),
    }
}

/// As the old system did: on to the tenant's site where the link says nothing else.
async fn one_click(
    needs: &Needs,
    followed: &Followed,
    person: &Mailbox,
) -> Result<Response, Failed> {
    if let Err(shown) = send(needs, followed, person).await? {
        return shown.response(needs);
    }
    let named = followed.target.landing.as_ref();
    let site = needs.sender.brand.site.as_deref();
    match named.map(|landing| landing.url()).or(site) {
        Some(url) => Ok(leads(StatusCode::FOUND, url)),
        None => done(needs, followed, person),
    }
}

async fn follow(
    needs: &Needs,
    uid: &str,
    parameters: &Parameters,
    whence: Option<IpAddr>,
) -> anyhow::Result<Result<Followed, Instead>> {
    let now = clock::now();
    let Some(uid) = Uid::parse(uid) else {
        return Ok(Err(Instead::Unknown));
    };
    about_event(uid.as_str());
    let Some(event) = needs.table.event(&uid).await? else {
        return Ok(Err(Instead::Unknown));
    };
    let organizer = &event.organizer.address;
    let standing = needs.table.standing(organizer, now).await?;
    if let Err(why) = offered(&event, &standing, now) {
        return Ok(Err(Instead::Closed(why)));
    }
    let text = |name| parameters.text(name).unwrap_or_default();
    let said = Said {
        email: text("email"),
        name: text("name"),
        origin: text("origin"),
        landing: text("landing"),
    };
    let target = match needs.rules.target(&said) {
        Ok(target) => target,
        Err(wrong) => return Ok(Err(Instead::Wrong(wrong))),
    };
    let sender = &needs.sender;
    let of_event = ListContext::of(&event, &sender.mail_domain, sender.language());
    Ok(Ok(Followed {
        person: person(&said, &of_event),
        event,
        said,
        target,
        whence,
        now,
    }))
}

/// Asks verify-invite, as `POST /event/{uid}/invites` does; it invites nobody twice.
async fn send(
    needs: &Needs,
    followed: &Followed,
    person: &Mailbox,
) -> anyhow::Result<Result<(), Instead>> {
    let (uid, now) = (&followed.event.uid, followed.now);
    let key = &needs.sender.key;
    let limits = &needs.rules.limits;
    for count in limits.counts(key, followed.whence, &person.address, uid, now) {
        if needs.table.count_link_use(&count).await? == Stored::Conflict {
            let kind = count.name.split('#').next().unwrap_or_default();
            tracing::warn!(limit = kind, "an invite link was used too often");
            let retry_after_secs = count.retry_after_secs(now);
            return Ok(Err(Instead::TooOften { retry_after_secs }));
        }
    }
    let message = messages::write(&InviteMessage {
        uid: uid.as_str().to_owned(),
        attendee: person.into(),
        origin: followed.target.origin.into(),
    })?;
    needs.verify.send_all(&[message]).await?;
    Ok(Ok(()))
}

impl Followed {
    fn bound<'a>(&'a self, attendee: Option<&'a Address>) -> Bound<'a> {
        Bound {
            uid: &self.event.uid,
            attendee,
            said: &self.said,
        }
    }
}

/// The page with the button; whatever was wrong with the last one, or with the link.
fn ask(needs: &Needs, followed: &Followed, notice: Option<Notice>) -> Result<Response, Failed> {
    let (person, notice) = match &followed.person {
        Ok(person) => (person.as_ref(), notice),
        Err(wrong) => (None, Some(Notice::Wrong(*wrong))),
    };
    let attendee = person.map(|person| &person.address);
    let bound = followed.bound(attendee);
    let nonce = Nonce::issue(&needs.sender.key, bound, followed.now);
    let page = shown(
        needs,
        InviteLink::Asks {
            event: &followed.event,
            attendee,
            said: &followed.said,
            nonce: &nonce,
            notice,
        },
    )?;
    let status = match notice {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    if followed.target.landing.is_none() {
        return Ok((status, page).into_response());
    }
    let policy = page::policy_leading_on(&needs.rules.landings);
    Ok((status, [(CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

fn done(needs: &Needs, followed: &Followed, person: &Mailbox) -> Result<Response, Failed> {
    let done = InviteLink::Done {
        event: &followed.event,
        attendee: &person.address,
    };
    Ok(shown(needs, done)?.into_response())
}

fn shown(needs: &Needs, what: InviteLink<'_>) -> anyhow::Result<Page> {
    Ok(Page(page::invite_link(what, &needs.sender)?))
}

/// Neither tells where the visitor comes from: his address may stand there.
fn leads(status: StatusCode, url: &str) -> Response {
    let headers = [(LOCATION, url), (REFERRER_POLICY, "no-referrer")];
    (status, headers).into_response()
}

/// What is shown where nobody is invited.
#[derive(Clone, Copy)]
enum Instead {
    Unknown,
    Closed(NoLink),
    Wrong(Wrong),
    TooOften { retry_after_secs: u32 },
}

impl Instead {
    fn response(self, needs: &Needs) -> Result<Response, Failed> {
        let (status, what) = match self {
            Self::Unknown => (StatusCode::NOT_FOUND, InviteLink::Unknown),
            Self::Closed(NoLink::NotOffered) => (
                StatusCode::FORBIDDEN,
                InviteLink::Closed(NoLink::NotOffered),
            ),
            Self::Closed(why) => (StatusCode::GONE, InviteLink::Closed(why)),
            Self::Wrong(wrong) => (StatusCode::BAD_REQUEST, InviteLink::Wrong(wrong)),
            Self::TooOften { .. } => (StatusCode::TOO_MANY_REQUESTS, InviteLink::TooOften),
        };
        let page = (status, shown(needs, what)?).into_response();
        Ok(match self {
            Self::TooOften { retry_after_secs } => {
                ([(RETRY_AFTER, retry_after_secs.to_string())], page).into_response()
            }
            _ => page,
        })
    }
}
