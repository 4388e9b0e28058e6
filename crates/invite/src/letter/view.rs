//! What templates may name: the shapes of `email-templates/*/sample.json`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{
    Brand, Sender,
    dates::{Dates, DatesView},
    template::{one_line, shortened},
    when::When,
};
use crate::{
    address::{Address, Mailbox},
    event::Event,
    ical::Status,
    language::Language,
};

/// The tenant.
#[derive(Serialize, Debug)]
pub(crate) struct BrandView {
    pub(super) name: String,
    /// `#rrggbb`
    pub(super) color: String,
    /// Black or white, whichever is read better on `color`.
    pub(super) on_color: &'static str,
    pub(super) site: Option<String>,
    pub(super) support: Option<String>,
    /// `https://…`
    pub(super) logo: Option<String>,
    /// In a line.
    pub(super) address: Option<String>,
}

impl BrandView {
    pub(crate) fn of(sender: &Sender) -> Self {
        let Brand {
            name,
            color,
            site,
            support,
            logo,
            address,
        } = &sender.brand;
        let rgb = rgb(color).or_else(|| rgb(Brand::COLOR)).unwrap_or_default();
        let [red, green, blue] = rgb;
        Self {
            name: one_line(name),
            color: format!("#{red:02x}{green:02x}{blue:02x}"),
            on_color: text_color_on(rgb),
            site: site.clone().filter(|site| is_link(site)),
            support: support.as_ref().map(|address| address.as_str().to_owned()),
            logo: logo
                .clone()
                .filter(|logo| is_link(logo) && logo.starts_with("https://")),
            address: address
                .as_deref()
                .map(one_line)
                .filter(|address| !address.is_empty()),
        }
    }
}

/// `#rrggbb`, nothing else: it goes into style attributes.
fn rgb(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#')?.to_ascii_lowercase();
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).ok()?;
    bytes.try_into().ok()
}

/// By the weights of ITU-R BT.709, without its curve: near enough to tell light from dark.
fn text_color_on([red, green, blue]: [u8; 3]) -> &'static str {
    let luminance = 2126 * u32::from(red) + 7152 * u32::from(green) + 722 * u32::from(blue);
    if luminance > 10_000 * 150 {
        "#111111"
    } else {
        "#ffffff"
    }
}

/// The event, as letters tell it.
#[derive(Serialize, Debug)]
pub(crate) struct EventView {
    pub(super) summary: String,
    pub(super) when: When,
    /// Of a series.
    pub(super) dates: Option<DatesView>,
    pub(super) location: Option<String>,
    /// The location, if it is nothing but a link.
    pub(super) location_link: Option<String>,
    /// Lines of the description.
    pub(super) description: Vec<String>,
    pub(super) is_tentative: bool,
    /// The human's name.
    pub(super) organizer: String,
}

/// Longest description told in a letter, in characters; the calendar object has all of it.
const MAX_DESCRIPTION_CHARS: usize = 4_000;

impl EventView {
    pub(crate) fn of(event: &Event, language: Language) -> Self {
        let details = &event.details;
        let dates = Dates::of(event);
        let summary = Some(one_line(&details.summary)).filter(|summary| !summary.is_empty());
        let location = Some(one_line(&details.location)).filter(|location| !location.is_empty());
        let description = shortened(details.description.trim(), MAX_DESCRIPTION_CHARS);
        Self {
            summary: summary.unwrap_or_else(|| {
                language
                    .pick("Untitled event", "Termin ohne Titel")
                    .to_owned()
            }),
            when: dates.as_ref().map_or_else(
                || When::of(details, language),
                |dates| When::of_series(details, dates, language),
            ),
            dates: dates
                .as_ref()
                .map(|dates| DatesView::of(event, dates, language)),
            location_link: location.clone().filter(|location| is_link(location)),
            location,
            description: description.lines().map(without_controls).collect(),
            is_tentative: event.status == Status::Tentative,
            organizer: display_name(&event.organizer),
        }
    }
}

fn without_controls(line: &str) -> String {
    line.trim_end()
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}

fn is_link(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'))
}

/// How a person is named to others: by name, else by what stands before the @, never by the whole address.
pub(crate) fn display_name(mailbox: &Mailbox) -> String {
    mailbox
        .name
        .as_deref()
        .map(one_line)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| mailbox.address.local().to_owned())
}

/// How a person is named where everybody may look: by name, and never by an address or a part of one. Some calendars write the
/// address for a name.
pub(crate) fn public_name(mailbox: &Mailbox) -> Option<String> {
    let name = mailbox.name.as_deref().map(one_line)?;
    (!name.is_empty() && !name.contains('@')).then_some(name)
}

/// An address behind `mailto:` (RFC 6068 section 2): nothing in it ends the address or becomes a space.
pub(super) fn link_to(address: &Address) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'@');
    utf8_percent_encode(address.as_str(), KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_link_ends_nowhere_else() {
        let address = Address::parse("a-b+c?cc=x&y%z@a.test").unwrap();
        assert_eq!(link_to(&address), "a-b%2Bc%3Fcc%3Dx%26y%25z@a.test");
    }

    #[test]
    fn a_colour_is_six_digits_or_ours() {
        assert_eq!(rgb("#1F5fbf"), Some([0x1f, 0x5f, 0xbf]));
        for text in ["", "#123", "red", "#12345g", "#123456;}", "1f5fbf"] {
            assert_eq!(rgb(text), None, "{text}");
        }
        assert!(rgb(Brand::COLOR).is_some());
    }

    #[test]
    fn text_on_the_colour_can_be_read() {
        assert_eq!(text_color_on([0x1f, 0x5f, 0xbf]), "#ffffff");
        assert_eq!(text_color_on([0xff, 0xd5, 0x00]), "#111111");
    }
}
