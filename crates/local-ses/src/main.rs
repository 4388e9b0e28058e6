//! `local-ses`: SES for one machine, in front of a local cloud.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use axum::http::Uri;
use clap::Parser;
use cloud::{Cloud, clock};
use local_ses::faults::{FaultOptions, Faults};
use local_ses::front::Front;
use local_ses::mailbox::Mailbox;
use local_ses::office::Office;
use local_ses::trace::ID_BYTES;
use local_ses::zone::{Unnamed, Zone};
use local_ses::{events, outgoing, resolver, smtp};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// SES for one machine: takes mail by SMTP and does with it what the cloud's active receipt rules say; answers SES v2's
/// SendEmail and hands the mail to an SMTP mailbox.
///
/// The cloud is reached as everything else reaches it: AWS_ENDPOINT_URL, AWS_REGION and credentials in the environment,
/// SSL_CERT_FILE for its certificate. RUST_LOG sets what is logged (addresses only at `debug`).
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Where mail is taken in.
    #[arg(long, env = "LOCAL_SES_SMTP", default_value = "127.0.0.1:2525")]
    smtp: SocketAddr,

    /// Where SES v2 requests are answered; functions get it as AWS_ENDPOINT_URL_SESV2.
    #[arg(long, env = "LOCAL_SES_FRONT", default_value = "127.0.0.1:4579")]
    front: SocketAddr,

    /// The cloud SES v2 requests are passed on to.
    #[arg(
        long,
        env = "AWS_ENDPOINT_URL",
        default_value = "https://localhost:4566"
    )]
    cloud: Uri,

    /// The mailbox's SMTP server.
    #[arg(long, env = "LOCAL_SES_MAILBOX", default_value = "127.0.0.1:1025")]
    mailbox: SocketAddr,

    /// A zone file instead of the one built in (see crates/local-ses/zone.txt for the format).
    #[arg(long, env = "LOCAL_SES_ZONE")]
    zone: Option<PathBuf>,

    /// Domains the zone does not name send from 127.0.0.1 alone and want everything else refused; without it they do
    /// not exist.
    #[arg(long, env = "LOCAL_SES_TRUST_LOCAL")]
    trust_local: bool,

    /// Recipients a second that may be sent to; over it SendEmail answers 429, as SES does. No limit when left out.
    #[arg(long, env = "LOCAL_SES_MAX_SEND_RATE")]
    max_send_rate: Option<NonZeroU32>,

    #[command(flatten)]
    faults: FaultOptions,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", outgoing::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let smtp_listener = listen(options.smtp, "mail in (--smtp)").await?;
    let front_listener = listen(options.front, "the SES front (--front)").await?;
    let unnamed = if options.trust_local {
        Unnamed::TrustLocal
    } else {
        Unnamed::Unknown
    };
    let zone = match &options.zone {
        Some(path) => Zone::parse(
            &std::fs::read_to_string(path)
                .with_context(|| format!("reading the zone {}", path.display()))?,
            unnamed,
        )?,
        None => Zone::parse(include_str!("../zone.txt"), unnamed)?,
    };
    let authenticator = resolver::authenticator(zone).await?;
    let mailbox = Mailbox::new(&options.mailbox.ip().to_string(), options.mailbox.port());
    let cloud = Cloud::from_env().await;
    let (happened, events) = mpsc::unbounded_channel();
    let front = Front::new(
        options.cloud,
        mailbox,
        options.max_send_rate,
        Faults::new(options.faults),
        happened,
        clock::now,
    )?;
    let office = Office::new(cloud.clone(), authenticator, clock::now, random_id);

    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    let (questions, counter) = mpsc::channel(64);
    let stopped = stop.clone();
    let front = axum::serve(front_listener, front.router())
        .with_graceful_shutdown(stopped.cancelled_owned());
    tracing::info!(smtp = %options.smtp, front = %options.front, "local-ses is open");
    let (front, (), (), ()) = tokio::join!(
        front.into_future(),
        smtp::serve(smtp_listener, questions, stop),
        office.serve(counter),
        events::publish(cloud, events, clock::now)
    );
    front.context("serving the SES front")?;
    tracing::info!("local-ses is closed");
    Ok(())
}

async fn listen(address: SocketAddr, what: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot open {address} for {what}; is it taken, perhaps by another local-ses?")
    })
}

fn random_id() -> [u8; ID_BYTES] {
    rand::random()
}

async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; only Ctrl-C stops local-ses");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    stop.cancel();
}
