use std::time::Duration;

use cloud::{
    Cloud,
    blobs::{Blobs, Fresh},
    clock::Stopwatch,
};
use invite::{
    language::Language,
    letter::{Bundle, NotUsed, Templates},
};
use tokio::sync::Mutex;

use super::log::log_not_used;

/// All of a tenant's own templates.
const KEY: &str = "templates.json";
/// How long what was read is taken as what is there; a change is in all letters after that.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// Nobody waits longer for his letter because of how it is to look.
const PATIENCE: Duration = Duration::from_secs(3);

/// A tenant's own letters, as they lie in its bucket. Whatever is wrong with them, there are letters: ours.
pub(crate) struct OwnLetters {
    bucket: Blobs,
    language: Language,
    read: Mutex<Read>,
}

struct Read {
    templates: Templates,
    /// What names the object they were read from.
    tag: Option<String>,
    /// There was none, and that was told.
    is_absent: bool,
    /// Since when they are as they were read.
    asked: Option<Stopwatch>,
}

impl OwnLetters {
    pub(crate) fn new(cloud: &Cloud, bucket: String, language: Language) -> Self {
        Self {
            bucket: Blobs::new(cloud, bucket),
            language,
            read: Mutex::new(Read {
                templates: Templates::of(language),
                tag: None,
                is_absent: false,
                asked: None,
            }),
        }
    }

    /// As they are now, or were a moment ago.
    pub(crate) async fn now(&self) -> Templates {
        // Who comes meanwhile waits, and does not ask as well.
        let mut read = self.read.lock().await;
        if read.asked.is_none_or(|asked| asked.elapsed() >= FRESH_FOR) {
            read.asked = Some(Stopwatch::start());
            let asked = self
                .bucket
                .read_anew(KEY, read.tag.as_deref(), Bundle::MAX_BYTES);
            match tokio::time::timeout(PATIENCE, asked).await {
                Ok(Ok(fresh)) => read.take(fresh, self.language),
                // They stay as they were.
                Ok(Err(fault)) => log_not_read(&fault.into()),
                Err(elapsed) => log_not_read(&elapsed.into()),
            }
        }
        read.templates.clone()
    }
}

fn log_not_read(error: &anyhow::Error) {
    log_not_used(&NotUsed {
        file: KEY.to_owned(),
        line: None,
        why: format!("{error:#}"),
    });
}

impl Read {
    fn take(&mut self, fresh: Fresh, language: Language) {
        match fresh {
            Fresh::Same => {}
            Fresh::Absent if self.is_absent => {}
            Fresh::Absent => {
                tracing::warn!("the tenant has no own letter templates; letters go out as ours");
                self.set(Templates::of(language), None);
                self.is_absent = true;
            }
            Fresh::TooLarge => {
                let limit = Bundle::MAX_BYTES;
                log_not_read(&anyhow::anyhow!("more than {limit} bytes"));
                self.set(Templates::of(language), None);
            }
            Fresh::Changed { bytes, tag } => {
                let templates = match Bundle::read(&bytes) {
                    Ok(bundle) => {
                        let (templates, not_used) =
                            Templates::with_own(language, bundle.files(), log_not_used);
                        not_used.iter().for_each(log_not_used);
                        templates
                    }
                    Err(error) => {
                        log_not_read(&error.into());
                        Templates::of(language)
                    }
                };
                self.set(templates, tag);
            }
        }
    }

    fn set(&mut self, templates: Templates, tag: Option<String>) {
        self.templates = templates;
        self.tag = tag;
        self.is_absent = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(read: &Read) -> String {
        let mut previews = read.templates.previews().unwrap();
        previews.swap_remove(0).subject
    }

    #[test]
    fn what_is_there_is_used_and_what_cannot_be_read_is_ours() {
        let german = Language::German;
        let ours = Templates::of(german);
        let mut read = Read {
            templates: ours.clone(),
            tag: None,
            is_absent: false,
            asked: None,
        };
        let own = |source: &str| {
            let files = [("invite/subject.txt.j2".to_owned(), source.to_owned())];
            let bytes = Bundle::of(files).to_json().unwrap().into_bytes();
            Fresh::Changed {
                bytes,
                tag: Some("1".to_owned()),
            }
        };
        let was = subject(&read);
        read.take(own("Kommen Sie!"), german);
        assert_eq!(
            (subject(&read).as_str(), read.tag.as_deref()),
            ("Kommen Sie!", Some("1"))
        );
        read.take(Fresh::Same, german);
        assert_eq!(subject(&read), "Kommen Sie!");
        for bad in [
            own("{% if %}"),
            Fresh::Changed {
                bytes: b"{".to_vec(),
                tag: Some("2".to_owned()),
            },
            Fresh::TooLarge,
            Fresh::Absent,
        ] {
            read.take(own("Kommen Sie!"), german);
            read.take(bad, german);
            assert_eq!(subject(&read), was);
        }
    }
}
