//! All own templates of a tenant in one file, as it lies in his bucket: `{"version": 1, "files": {"invite/body.html.j2": "…"}}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The only form there is so far.
const VERSION: u32 = 1;

/// A tenant's own templates by their names as in `email-templates/`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bundle {
    files: BTreeMap<String, String>,
}

/// Why a file is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is not what it should be.
    #[error("it is no bundle of templates")]
    Unreadable(#[from] serde_json::Error),
    /// It was made for a later release.
    #[error("it is a bundle of version {0}; this release reads version {VERSION}")]
    Version(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    version: u32,
    files: BTreeMap<String, String>,
}

impl Bundle {
    /// Largest bundle that is read, in bytes: all of ours together are a tenth of it.
    pub const MAX_BYTES: u64 = 1024 * 1024;

    /// Of these files.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            files: files.into_iter().collect(),
        }
    }

    /// Reads the JSON.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn read(json: &[u8]) -> Result<Self, BundleError> {
        let shape: Shape = serde_json::from_slice(json)?;
        if shape.version != VERSION {
            return Err(BundleError::Version(shape.version));
        }
        Ok(Self { files: shape.files })
    }

    /// The JSON: the same files give the same bytes.
    ///
    /// # Errors
    /// None that is known: text can be written as JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let shape = Shape {
            version: VERSION,
            files: self.files.clone(),
        };
        serde_json::to_string_pretty(&shape).map(|json| json + "\n")
    }

    /// Name and source of each.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, source)| (name.as_str(), source.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let bundle = Bundle::of([("en.ftl".to_owned(), "where = Place\n".to_owned())]);
        let json = bundle.to_json().unwrap();
        assert_eq!(
            json,
            "{\n  \"version\": 1,\n  \"files\": {\n    \"en.ftl\": \"where = Place\\n\"\n  }\n}\n"
        );
        assert_eq!(Bundle::read(json.as_bytes()).unwrap(), bundle);
    }

    #[test]
    fn what_is_none_says_so() {
        for (json, told) in [
            ("{}", "it is no bundle of templates"),
            ("", "it is no bundle of templates"),
            (
                r#"{"version":1,"files":{},"more":1}"#,
                "it is no bundle of templates",
            ),
            (
                r#"{"version":2,"files":{}}"#,
                "it is a bundle of version 2; this release reads version 1",
            ),
        ] {
            assert_eq!(Bundle::read(json.as_bytes()).unwrap_err().to_string(), told);
        }
    }
}
