//! A message's attributes, sorted: its class, its properties, its recipients, what is attached.

use jiff::civil;

use super::{
    code_page::CodePage,
    cursor::Cursor,
    mapi::{Name, Properties, Reader},
    stream::{self, Attribute, id},
};
use crate::mail::Problem;

/// One message of a TNEF stream.
#[derive(Debug, Default)]
pub(super) struct Message<'a> {
    pub(super) code_page: CodePage,
    pub(super) properties: Properties<'a>,
    pub(super) recipients: Vec<Properties<'a>>,
    pub(super) attachments: Vec<Attachment<'a>>,
    pub(super) legacy: Legacy<'a>,
}

/// What older clients say by attributes of their own instead of properties.
#[derive(Debug, Default)]
pub(super) struct Legacy<'a> {
    class: Option<&'a [u8]>,
    pub(super) subject: Option<&'a [u8]>,
    pub(super) body: Option<&'a [u8]>,
    pub(super) from: Option<&'a [u8]>,
    pub(super) owner: Option<&'a [u8]>,
    pub(super) sent_for: Option<&'a [u8]>,
    pub(super) start: Option<civil::DateTime>,
    pub(super) end: Option<civil::DateTime>,
}

/// A file, or a message, within.
#[derive(Debug, Default)]
pub(super) struct Attachment<'a> {
    pub(super) name: Option<String>,
    pub(super) data: &'a [u8],
}

const MESSAGE_CLASS: Name = Name::Tag(0x001a);
const MESSAGE_CODEPAGE: Name = Name::Tag(0x3ffd);
const ATTACH_DATA: Name = Name::Tag(0x3701);
const ATTACH_LONG_FILENAME: Name = Name::Tag(0x3707);

impl<'a> Message<'a> {
    /// Of bytes that begin with the signature.
    pub(super) fn read(bytes: &'a [u8], problems: &mut Vec<Problem>) -> Self {
        let attributes = stream::attributes(bytes, problems);
        let mut message = Self::default();
        let declared = attributes
            .iter()
            .find(|attribute| attribute.id == id::OEM_CODEPAGE)
            .and_then(|attribute| CodePage::new(i64::from(Cursor::new(attribute.data).u32()?)));
        message.code_page = declared.unwrap_or_default();
        let mut reader = Reader::new(problems);
        for Attribute { id, data } in attributes {
            message.attribute(id, data, &mut reader);
        }
        if declared.is_none()
            && let Some(number) = message.properties.number(MESSAGE_CODEPAGE)
        {
            message.code_page = CodePage::new(number).unwrap_or_default();
        }
        if !message.code_page.is_known() {
            problems.push(Problem::new(
                "unknown-charset",
                format!(
                    "attOemCodepage is {}, which nobody here knows; read as 1252",
                    message.code_page.0
                ),
            ));
        }
        message
    }

    fn attribute(&mut self, id: u16, data: &'a [u8], reader: &mut Reader<'_>) {
        let legacy = &mut self.legacy;
        match id {
            id::MESSAGE_CLASS => legacy.class = Some(data),
            id::SUBJECT => legacy.subject = Some(data),
            id::BODY => legacy.body = Some(data),
            id::FROM => legacy.from = Some(data),
            id::OWNER => legacy.owner = Some(data),
            id::SENT_FOR => legacy.sent_for = Some(data),
            id::DATE_START => legacy.start = date(data),
            id::DATE_END => legacy.end = date(data),
            id::MAPI_PROPS => self.properties = reader.list(data, "attMsgProps"),
            id::RECIP_TABLE => self.recipients = reader.rows(data, "attRecipTable"),
            // It opens the list of what belongs to one attachment.
            id::ATTACH_REND_DATA => self.attachments.push(Attachment::default()),
            id::ATTACH_TITLE => {
                let name = self.code_page.decode(data);
                self.attach(|attachment| {
                    attachment.name.get_or_insert(name);
                });
            }
            id::ATTACH_DATA => self.attach(|attachment| attachment.data = data),
            id::ATTACHMENT => {
                let properties = reader.list(data, "attAttachment");
                let name = properties.text(ATTACH_LONG_FILENAME, self.code_page);
                let data = properties.bytes(ATTACH_DATA);
                self.attach(|attachment| {
                    attachment.name = name.or(attachment.name.take());
                    attachment.data = data.unwrap_or(attachment.data);
                });
            }
            _ => {}
        }
    }

    /// Adds to the attachment whose attributes are being read.
    fn attach(&mut self, add: impl FnOnce(&mut Attachment<'a>)) {
        if self.attachments.is_empty() {
            self.attachments.push(Attachment::default());
        }
        if let Some(last) = self.attachments.last_mut() {
            add(last);
        }
    }

    /// What kind of message it says it is, the newer way first.
    pub(super) fn classes(&self) -> impl Iterator<Item = String> {
        let new = self.properties.text(MESSAGE_CLASS, self.code_page);
        let old = self.legacy.class.map(|class| self.code_page.decode(class));
        new.into_iter().chain(old)
    }

    pub(super) fn text(&self, name: Name) -> Option<String> {
        self.properties.text(name, self.code_page)
    }

    /// An attribute's text, outer space taken off.
    pub(super) fn legacy_text(&self, data: Option<&[u8]>) -> Option<String> {
        let text = self.code_page.decode(data?);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// DTR: a time on the sender's clock, whose zone is not told ([MS-OXTNEF] section 2.1.3.3.4).
fn date(data: &[u8]) -> Option<civil::DateTime> {
    let mut cursor = Cursor::new(data);
    let year = i16::try_from(cursor.u16()?).ok()?;
    let mut number = || i8::try_from(cursor.u16()?).ok();
    let (month, day, hour, minute, second) =
        (number()?, number()?, number()?, number()?, number()?);
    civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
}
