//! The environment of a function, read once at cold start.

/// Reads names one after the other and tells about all that are missing or wrong together.
///
/// A reader hands out empty values for what is missing, so that reading goes on; [`Reader::finish`] then refuses,
/// and nothing may be used before it has been asked.
#[derive(Debug)]
#[must_use = "ask finish() whether all was there"]
pub struct Reader<F> {
    look_up: F,
    missing: Vec<&'static str>,
    wrong: Vec<(&'static str, String)>,
}

/// Names a function needs and does not have, or cannot use.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", describe(missing, wrong))]
pub struct BadEnvironment {
    /// Names without a value.
    pub missing: Vec<&'static str>,
    /// Names with a value that cannot be used, and why not.
    pub wrong: Vec<(&'static str, String)>,
}

impl Reader<fn(&str) -> Option<String>> {
    /// Reads the process's own environment.
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// Reads by `look_up`.
    pub fn new(look_up: F) -> Self {
        Self {
            look_up,
            missing: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// A value that must be there; empty counts as missing.
    pub fn text(&mut self, name: &'static str) -> String {
        let value = (self.look_up)(name).filter(|value| !value.trim().is_empty());
        if value.is_none() {
            self.missing.push(name);
        }
        value.unwrap_or_default()
    }

    /// A value that must be there and be understood by `parse`.
    pub fn parsed<T, E: ToString>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong.push((name, why.to_string()));
                None
            }
        }
    }

    /// Whether all was there; hands out what [`Reader::parsed`] has understood.
    ///
    /// # Errors
    /// [`BadEnvironment`] naming every missing and every wrong name.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, BadEnvironment> {
        match parsed {
            Some(parsed) if self.missing.is_empty() && self.wrong.is_empty() => Ok(parsed),
            _ => Err(BadEnvironment {
                missing: self.missing,
                wrong: self.wrong,
            }),
        }
    }
}

fn describe(missing: &[&str], wrong: &[(&'static str, String)]) -> String {
    let mut sentences = Vec::new();
    if !missing.is_empty() {
        sentences.push(format!(
            "missing in the environment: {}",
            missing.join(", ")
        ));
    }
    for (name, why) in wrong {
        sentences.push(format!("{name} cannot be used: {why}"));
    }
    sentences.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_names_are_reported_together() {
        let mut reader = Reader::new(|name| (name == "TENANT").then(|| "{".to_owned()));
        reader.text("DYNAMODB_TABLE");
        reader.text("SQS_URL");
        let tenant = reader.parsed("TENANT", |_| Err::<(), _>("not JSON"));
        let error = reader.finish(tenant).unwrap_err();
        assert_eq!(
            error.to_string(),
            "missing in the environment: DYNAMODB_TABLE, SQS_URL; TENANT cannot be used: not JSON"
        );
    }

    #[test]
    fn an_empty_value_is_a_missing_one() {
        let mut reader = Reader::new(|_| Some("  ".to_owned()));
        reader.text("SENDER");
        assert_eq!(reader.finish(Some(())).unwrap_err().missing, ["SENDER"]);
    }
}
