//! The headers that say who sent a mail, and what a server that is trusted says of it.

use jiff::Timestamp;
use mail_parser::{Addr, Header, HeaderName, HeaderValue, Message};

use super::{MAX_REFERENCES, Mail, Problem};
use crate::address::{Address, Mailbox};

/// The server whose word on SPF, DKIM and DMARC counts.
const TRUSTED_SERVER: &str = "amazonses.com";

/// Fills everything that stands in the mail's own headers, topmost first: a receiving server adds on top, a
/// forger's copy of a trace header is below.
pub(super) fn read(message: &Message<'_>, mail: &mut Mail, problems: &mut Vec<Problem>) {
    let mut authentication_is_read = false;
    for header in message.headers() {
        let text = || unfolded(message, header);
        match &header.name {
            HeaderName::From => from(header, mail, problems),
            HeaderName::Sender => keep_first(&mut mail.sender, only_mailbox(header)),
            HeaderName::ReplyTo => keep_first(&mut mail.reply_to, only_mailbox(header)),
            HeaderName::To | HeaderName::Cc => mail.recipients.extend(
                addresses(header)
                    .filter_map(readable)
                    .map(|mailbox| mailbox.address),
            ),
            HeaderName::Subject => keep_first(
                &mut mail.subject,
                header.value.as_text().map(ToOwned::to_owned),
            ),
            HeaderName::MessageId => keep_first(
                &mut mail.message_id,
                header.value.as_text().map(ToOwned::to_owned),
            ),
            HeaderName::InReplyTo if mail.in_reply_to.is_empty() => {
                mail.in_reply_to = message_ids(header);
            }
            HeaderName::References if mail.references.is_empty() => {
                mail.references = message_ids(header);
            }
            HeaderName::Date => {
                let date = header
                    .value
                    .as_datetime()
                    .filter(|date| date.is_valid())
                    .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
                if date.is_none() {
                    problems.push(Problem::new(
                        "invalid-date",
                        "the Date header is not a date",
                    ));
                }
                keep_first(&mut mail.date, date);
            }
            HeaderName::ReturnPath => {
                let path = text();
                let path = path.trim().trim_start_matches('<').trim_end_matches('>');
                keep_first(&mut mail.return_path, Some(Address::parse(path)));
            }
            HeaderName::AutoSubmitted => keep_first(&mut mail.auto_submitted, keyword(&text())),
            HeaderName::ListId | HeaderName::ListPost => mail.from_a_list = true,
            HeaderName::AuthenticationResults if !authentication_is_read => {
                authentication_is_read = true;
                mail.authentication_results = Some(text()).filter(|text| is_of_ses(text));
            }
            name if name.as_str().eq_ignore_ascii_case("Precedence") => {
                keep_first(&mut mail.precedence, keyword(&text()));
            }
            name if name.as_str().eq_ignore_ascii_case("X-SES-Spam-Verdict") => {
                keep_first(&mut mail.ses_verdicts.0, keyword(&text()));
            }
            name if name.as_str().eq_ignore_ascii_case("X-SES-Virus-Verdict") => {
                keep_first(&mut mail.ses_verdicts.1, keyword(&text()));
            }
            _ => {}
        }
    }
    if mail.from_headers != 1 || mail.from_mailboxes != 1 {
        problems.push(Problem::new(
            "not-one-from",
            format!(
                "{} From headers with {} mailboxes; a mail has one of each",
                mail.from_headers, mail.from_mailboxes
            ),
        ));
    }
}

fn message_ids(header: &Header<'_>) -> Vec<String> {
    let ids = header.value.as_text_list().unwrap_or_default();
    let surplus = ids.len().saturating_sub(MAX_REFERENCES);
    ids.iter().skip(surplus).map(ToString::to_string).collect()
}

/// The authserv-id is the header's first word (RFC 8601 section 2.2).
fn is_of_ses(results: &str) -> bool {
    results
        .split(|c: char| c == ';' || c.is_whitespace())
        .next()
        .is_some_and(|server| server.eq_ignore_ascii_case(TRUSTED_SERVER))
}

fn from(header: &Header<'_>, mail: &mut Mail, problems: &mut Vec<Problem>) {
    mail.from_headers += 1;
    if matches!(
        header.value,
        HeaderValue::Address(mail_parser::Address::Group(_))
    ) {
        mail.from_is_group = true;
    }
    for address in addresses(header) {
        mail.from_mailboxes += 1;
        match readable(address) {
            Some(mailbox) => mail.from.push(mailbox),
            None => problems.push(Problem::new(
                "invalid-address",
                "From holds something that is not an address",
            )),
        }
    }
}

fn addresses<'a>(header: &'a Header<'_>) -> impl Iterator<Item = &'a Addr<'a>> {
    header
        .value
        .as_address()
        .into_iter()
        .flat_map(|address| address.iter())
}

fn only_mailbox(header: &Header<'_>) -> Option<Mailbox> {
    let mut all = addresses(header);
    let first = all.next()?;
    all.next().is_none().then(|| readable(first)).flatten()
}

fn readable(address: &Addr<'_>) -> Option<Mailbox> {
    Some(Mailbox {
        address: Address::parse(address.address()?)?,
        name: address
            .name()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(ToOwned::to_owned),
    })
}

fn keep_first<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

/// The first word, lower case: `auto-replied; owner=…` is `auto-replied` (RFC 3834 section 5).
fn keyword(text: &str) -> Option<String> {
    text.split(|c: char| c == ';' || c == '(' || c.is_whitespace())
        .find(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}

/// A header's raw text, one line, outer white space gone.
fn unfolded(message: &Message<'_>, header: &Header<'_>) -> String {
    let bytes = message
        .raw_message
        .get(header.offset_start as usize..header.offset_end as usize)
        .unwrap_or_default();
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n'))
        .collect::<String>()
        .trim()
        .to_owned()
}
