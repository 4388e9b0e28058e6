//! DNS for the mail checks, answered from the [`Zone`] on a loopback socket: the checks stay the library's own, and
//! no question ever leaves the machine because the only name server they know is this one.

use std::net::{Ipv4Addr, SocketAddr};

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{A, TXT};
use mail_auth::hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;

use crate::zone::{Answer, Records, Zone};

/// Seconds an answer may be kept: the zone does not change while the post office runs.
const TTL_SECS: u32 = 3600;
/// The longest text a single piece of a TXT record holds (RFC 1035 3.3).
const TXT_PIECE_BYTES: usize = 255;
/// A question never comes near this.
const QUESTION_BYTES: usize = 4096;

/// What may keep the checks from starting.
#[derive(Debug, thiserror::Error)]
pub enum ResolverError {
    /// No loopback socket.
    #[error("binding a loopback socket for the zone")]
    Bind(#[source] std::io::Error),
    /// The library refused the resolver's settings.
    #[error("setting up the resolver of the zone: {0}")]
    Resolver(String),
}

/// Starts the name server of `zone` and gives the authenticator that asks only it.
///
/// # Errors
/// When no loopback socket is to be had.
pub async fn authenticator(zone: Zone) -> Result<MessageAuthenticator, ResolverError> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .map_err(ResolverError::Bind)?;
    let address = socket.local_addr().map_err(ResolverError::Bind)?;
    tokio::spawn(serve(socket, zone));
    let (config, options) = only(address);
    MessageAuthenticator::new(config, options)
        .map_err(|error| ResolverError::Resolver(error.to_string()))
}

fn only(address: SocketAddr) -> (ResolverConfig, ResolverOpts) {
    let mut connection = ConnectionConfig::udp();
    connection.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![connection]);
    let mut options = ResolverOpts::default();
    options.use_hosts_file = mail_auth::hickory_resolver::config::ResolveHosts::Never;
    (
        ResolverConfig::from_parts(None, Vec::new(), vec![server]),
        options,
    )
}

async fn serve(socket: UdpSocket, zone: Zone) {
    let mut buffer = vec![0; QUESTION_BYTES];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        if let Some(reply) = buffer
            .get(..length)
            .and_then(|question| reply(&zone, question))
            && let Err(error) = socket.send_to(&reply, from).await
        {
            tracing::warn!(%error, "a DNS answer could not be sent");
        }
    }
}

/// The answer's bytes; nothing for what is not a question.
fn reply(zone: &Zone, question: &[u8]) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let mut message = Message::new(
        question.metadata.id,
        MessageType::Response,
        question.metadata.op_code,
    );
    message.metadata.recursion_desired = question.metadata.recursion_desired;
    message.metadata.recursion_available = true;
    message.metadata.authoritative = true;
    match zone.answer(&query.name().to_ascii()) {
        Answer::Records(records) => {
            for data in data(query.query_type(), records) {
                message.add_answer(Record::from_rdata(query.name().clone(), TTL_SECS, data));
            }
        }
        Answer::NoSuchName => message.metadata.response_code = ResponseCode::NXDomain,
    }
    message.add_query(query);
    message.to_vec().ok()
}

fn data(kind: RecordType, records: Records) -> Vec<RData> {
    match kind {
        RecordType::TXT => records
            .texts
            .iter()
            .map(|text| RData::TXT(pieces(text)))
            .collect(),
        RecordType::A => records
            .addresses
            .into_iter()
            .map(|address| RData::A(A(address)))
            .collect(),
        _ => Vec::new(),
    }
}

fn pieces(text: &str) -> TXT {
    TXT::from_bytes(text.as_bytes().chunks(TXT_PIECE_BYTES).collect())
}
