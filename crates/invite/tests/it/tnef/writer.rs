//! Writes TNEF streams as Outlook and Exchange do ([MS-OXTNEF] section 2.1), from what a test wants said.

use jiff::{Timestamp, civil};

/// PSETID_Appointment, PSETID_Meeting, PSETID_Common, PS_PUBLIC_STRINGS.
const APPOINTMENT: [u8; 16] = of_outlook([0x02, 0x20, 0x06, 0]);
const MEETING: [u8; 16] = [
    0x90, 0xda, 0xd8, 0x6e, 0x0b, 0x45, 0x1b, 0x10, 0x98, 0xda, 0x00, 0xaa, 0x00, 0x3f, 0x13, 0x05,
];
const COMMON: [u8; 16] = of_outlook([0x08, 0x20, 0x06, 0]);
const PUBLIC_STRINGS: [u8; 16] = of_outlook([0x29, 0x03, 0x02, 0]);

const fn of_outlook(first: [u8; 4]) -> [u8; 16] {
    let [a, b, c, d] = first;
    [a, b, c, d, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]
}

pub(super) fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap().to_le_bytes()
}

pub(crate) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A stream of attributes.
pub(crate) struct Stream(Vec<u8>);

impl Stream {
    /// Signature, key, attTnefVersion and attOemCodepage.
    pub(crate) fn new(code_page: u32) -> Self {
        let mut stream = Self(vec![0x78, 0x9f, 0x3e, 0x22, 1, 0]);
        stream.attribute(1, 0x0008_9006, &0x0001_0000_u32.to_le_bytes());
        let code_page = u64::from(code_page).to_le_bytes();
        stream.attribute(1, 0x0006_9007, &code_page);
        stream
    }

    pub(crate) fn attribute(&mut self, level: u8, id: u32, data: &[u8]) {
        let sum = data
            .iter()
            .fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        self.0.push(level);
        self.0.extend(id.to_le_bytes());
        self.0.extend(length(data));
        self.0.extend(data);
        self.0.extend(sum.to_le_bytes());
    }

    /// attMessageClass
    pub(crate) fn class(&mut self, class: &str) {
        self.attribute(1, 0x0007_8008, &zero_ended(class.as_bytes()));
    }

    /// attMsgProps
    pub(crate) fn properties(&mut self, properties: &Properties) {
        self.attribute(1, 0x0006_9003, &properties.list());
    }

    /// attRecipTable
    pub(crate) fn recipients(&mut self, rows: &[Properties]) {
        let count = u32::try_from(rows.len()).unwrap().to_le_bytes();
        let rows = rows.iter().flat_map(Properties::list);
        self.attribute(
            1,
            0x0006_9004,
            &count.into_iter().chain(rows).collect::<Vec<_>>(),
        );
    }

    /// attAttachRendData, attAttachTitle, attAttachData
    pub(crate) fn file(&mut self, name: &str, data: &[u8]) {
        self.attribute(
            2,
            0x0006_9002,
            &[1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0],
        );
        self.attribute(2, 0x0001_8010, &zero_ended(name.as_bytes()));
        self.attribute(2, 0x0006_800f, data);
    }

    /// attAttachRendData, attAttachment with PidTagAttachDataObject: a message within.
    pub(crate) fn message(&mut self, inner: &Stream) {
        self.attribute(
            2,
            0x0006_9002,
            &[1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0],
        );
        let object = [&[7; 16][..], &inner.0].concat();
        let properties = Properties::new().tag(0x3701, Value::Object(object));
        self.attribute(2, 0x0006_9005, &properties.list());
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.clone()
    }
}

pub(crate) fn zero_ended(text: &[u8]) -> Vec<u8> {
    [text, &[0]].concat()
}

/// attOwner, attSentFor
pub(crate) fn counted(name: &[u8], address: &str) -> Vec<u8> {
    let (name, address) = (zero_ended(name), zero_ended(address.as_bytes()));
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_le_bytes();
    [&length(&name)[..], &name, &length(&address), &address].concat()
}

/// attFrom
pub(crate) fn triple(name: &[u8], address: &str) -> Vec<u8> {
    let (name, address) = (zero_ended(name), zero_ended(address.as_bytes()));
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let size = 16 + name.len() + address.len();
    let head = [4, size, name.len(), address.len()].map(short).concat();
    [&head[..], &name, &address, &[0; 8]].concat()
}

/// attDateStart, attDateEnd
pub(crate) fn date(time: civil::DateTime) -> Vec<u8> {
    let parts = [
        i32::from(time.year()),
        time.month().into(),
        time.day().into(),
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
        0,
    ];
    parts
        .iter()
        .flat_map(|part| u16::try_from(*part).unwrap().to_le_bytes())
        .collect()
}

/// A property's value.
#[derive(Clone)]
pub(crate) enum Value {
    Number(i32),
    Flag(bool),
    Time(Timestamp),
    Text(String),
    /// In the stream's code page.
    Narrow(Vec<u8>),
    Bytes(Vec<u8>),
    Object(Vec<u8>),
    Texts(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// An instant, `2026-03-03T09:00:00Z`.
pub(crate) fn at(text: &str) -> Value {
    Value::Time(text.parse().unwrap())
}

/// A list of properties.
#[derive(Clone, Default)]
pub(crate) struct Properties(Vec<(u16, Vec<u8>, Value)>);

impl Properties {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn tag(self, number: u16, value: impl Into<Value>) -> Self {
        self.add(number, Vec::new(), value.into())
    }

    pub(crate) fn appointment(self, lid: u32, value: impl Into<Value>) -> Self {
        self.lid(APPOINTMENT, lid, value.into())
    }

    pub(crate) fn meeting(self, lid: u32, value: impl Into<Value>) -> Self {
        self.lid(MEETING, lid, value.into())
    }

    pub(crate) fn common(self, lid: u32, value: impl Into<Value>) -> Self {
        self.lid(COMMON, lid, value.into())
    }

    pub(crate) fn keywords(self, words: &[&str]) -> Self {
        let name = utf16("Keywords\0");
        let mut text = [
            &PUBLIC_STRINGS[..],
            &1_u32.to_le_bytes(),
            &length(&name),
            &name,
        ]
        .concat();
        fill(&mut text);
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let number = 0x8000 + u16::try_from(self.0.len()).unwrap();
        self.add(number, text, Value::Texts(words))
    }

    fn lid(self, set: [u8; 16], lid: u32, value: Value) -> Self {
        let name = [&set[..], &0_u32.to_le_bytes(), &lid.to_le_bytes()].concat();
        let number = 0x8000 + u16::try_from(self.0.len()).unwrap();
        self.add(number, name, value)
    }

    /// A later one replaces an earlier one of the same name.
    fn add(mut self, number: u16, name: Vec<u8>, value: Value) -> Self {
        self.0.retain(|(known, named, _)| {
            if name.is_empty() {
                *known != number
            } else {
                *named != name
            }
        });
        self.0.push((number, name, value));
        self
    }

    pub(crate) fn list(&self) -> Vec<u8> {
        let mut out = u32::try_from(self.0.len()).unwrap().to_le_bytes().to_vec();
        for (number, name, value) in &self.0 {
            let kind: u16 = match value {
                Value::Number(_) => 0x0003,
                Value::Flag(_) => 0x000b,
                Value::Time(_) => 0x0040,
                Value::Text(_) => 0x001f,
                Value::Narrow(_) => 0x001e,
                Value::Bytes(_) => 0x0102,
                Value::Object(_) => 0x000d,
                Value::Texts(_) => 0x101f,
            };
            out.extend(kind.to_le_bytes());
            out.extend(number.to_le_bytes());
            out.extend(name);
            let variable = |bytes: &[u8]| {
                let mut out = [&length(bytes)[..], bytes].concat();
                fill(&mut out);
                out
            };
            let one = |bytes: &[u8]| [&1_u32.to_le_bytes()[..], &variable(bytes)].concat();
            out.extend(match value {
                Value::Number(number) => number.to_le_bytes().to_vec(),
                Value::Flag(flag) => vec![u8::from(*flag), 0, 0, 0],
                Value::Time(time) => {
                    let ticks = (time.as_second() + 11_644_473_600) * 10_000_000;
                    ticks.to_le_bytes().to_vec()
                }
                Value::Text(text) => one(&utf16(&format!("{text}\0"))),
                Value::Narrow(text) => one(&zero_ended(text)),
                Value::Bytes(bytes) | Value::Object(bytes) => one(bytes),
                Value::Texts(texts) => {
                    let count = u32::try_from(texts.len()).unwrap().to_le_bytes();
                    let each = texts
                        .iter()
                        .flat_map(|text| variable(&utf16(&format!("{text}\0"))));
                    count.into_iter().chain(each).collect()
                }
            });
        }
        out
    }
}

fn fill(out: &mut Vec<u8>) {
    while !out.len().is_multiple_of(4) {
        out.push(0);
    }
}
