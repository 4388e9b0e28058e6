//! Text in a code page of Windows or of DOS.

use mail_parser::decoders::charsets::map::charset_decoder;

/// A code page by its number, e.g. 1252 or 932.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CodePage(pub(super) u16);

impl Default for CodePage {
    fn default() -> Self {
        Self(1252)
    }
}

impl CodePage {
    /// By the number as a property has it; `None` for 0 and what cannot be one.
    pub(super) fn new(number: i64) -> Option<Self> {
        u16::try_from(number)
            .ok()
            .filter(|number| *number != 0)
            .map(Self)
    }

    pub(super) fn is_known(self) -> bool {
        codepage::to_encoding_no_replacement(self.0).is_some() || self.dos().is_some()
    }

    /// The text up to its NUL; in a code page nobody here knows, as Windows-1252.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        if let Some(encoding) = codepage::to_encoding_no_replacement(self.0) {
            return encoding.decode_without_bom_handling(bytes).0.into_owned();
        }
        match self.dos() {
            Some(decoder) => decoder(bytes),
            None => Self::default().decode(bytes),
        }
    }

    /// The web does not know those of DOS, mail does.
    fn dos(self) -> Option<fn(&[u8]) -> String> {
        charset_decoder(format!("cp{}", self.0).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_its_code_page_up_to_its_nul() {
        for (number, bytes, text) in [
            (1252, &b"\xdcberblick\0rest"[..], "Überblick"),
            (1251, b"\xca\xee\xed\xe5\xf6", "Конец"),
            (932, b"\x89\xef\x8bc", "会議"),
            (65001, "会議".as_bytes(), "会議"),
            (850, b"\x9aberblick", "Überblick"),
            (20866, b"\xeb\xcf\xce\xc5\xc3", "Конец"),
        ] {
            assert!(CodePage(number).is_known(), "{number}");
            assert_eq!(CodePage(number).decode(bytes), text, "{number}");
        }
        assert!(!CodePage(1).is_known());
        assert_eq!(CodePage(1).decode(b"\xdc"), "Ü");
    }
}
