//! What becomes of a mail at one recipient's: by what his server says, or by SES's mailbox simulator, whose addresses
//! behave here as they do there.

use lettre::address::Address;

/// Where SES has its simulator.
const SIMULATOR: &str = "simulator.amazonses.com";

/// One step of a mail's way, as SES tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// SES has it.
    Sent,
    /// SES will not send it.
    Rejected,
    /// The recipient's server has it.
    Delivered {
        /// What that said.
        response: String,
    },
    /// The recipient's server wants to be asked again.
    Delayed(Answer),
    /// It came back.
    Bounced {
        /// For good, or for now.
        permanent: bool,
        /// SES's kind of it.
        sub_type: &'static str,
        /// What the server said.
        answer: Answer,
    },
    /// The recipient calls it spam.
    Complained,
}

/// What a server says that does not take a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status, like `5.1.1` (RFC 3463).
    pub status: String,
    /// `smtp; ` and the words.
    pub diagnostic: String,
}

impl Answer {
    /// The answer with that code and these words.
    #[must_use]
    pub fn new(code: u16, words: &str) -> Self {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = words.split(' ').next().unwrap_or_default();
        let is_status = first.split('.').count() == 3
            && first
                .bytes()
                .all(|byte| byte == b'.' || byte.is_ascii_digit());
        Self {
            status: if is_status {
                first.to_owned()
            } else {
                format!("{}.0.0", code / 100)
            },
            diagnostic: format!("smtp; {code} {words}"),
        }
    }
}

/// The way of a mail that a server took.
#[must_use]
pub fn taken() -> Vec<Step> {
    vec![Step::Delivered {
        response: "250 2.6.0 Message received".to_owned(),
    }]
}

/// The way of a mail that a server refused with this code and these words. SES goes on asking a server for hours that
/// says "later"; here that time is over at once.
#[must_use]
pub fn refused(code: u16, words: &str) -> Vec<Step> {
    let answer = Answer::new(code, words);
    if code >= 500 {
        return vec![Step::Bounced {
            permanent: true,
            sub_type: "General",
            answer,
        }];
    }
    vec![
        Step::Delayed(answer.clone()),
        Step::Bounced {
            permanent: false,
            sub_type: "General",
            answer,
        },
    ]
}

/// The way of a mail to an address of the simulator, with or without a `+label`; `None` for all other addresses.
#[must_use]
pub fn simulated(recipient: &Address) -> Option<Vec<Step>> {
    if !recipient.domain().eq_ignore_ascii_case(SIMULATOR) {
        return None;
    }
    let local = recipient.user().to_ascii_lowercase();
    let bounced = |permanent, sub_type, answer| Step::Bounced {
        permanent,
        sub_type,
        answer,
    };
    let mut steps = taken();
    match local.split('+').next().unwrap_or_default() {
        "success" => {}
        "bounce" => steps = refused(550, "5.1.1 user unknown"),
        "ooto" => steps.push(bounced(
            false,
            "General",
            Answer::new(450, "4.0.0 out of the office"),
        )),
        "complaint" => steps.push(Step::Complained),
        "suppressionlist" => {
            let answer = Answer::new(550, "5.1.1 Amazon SES did not send the mail");
            steps = vec![bounced(true, "Suppressed", answer)];
        }
        _ => steps = refused(550, "5.1.1 the simulator has no such mailbox"),
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(steps: &[Step]) -> Vec<&'static str> {
        steps
            .iter()
            .map(|step| match step {
                Step::Sent => "sent",
                Step::Rejected => "rejected",
                Step::Delivered { .. } => "delivered",
                Step::Delayed(_) => "delayed",
                Step::Bounced {
                    permanent: true, ..
                } => "hard",
                Step::Bounced { .. } => "soft",
                Step::Complained => "complained",
            })
            .collect()
    }

    #[test]
    fn the_simulators_addresses_behave_as_they_are_called() {
        for (local, expected) in [
            ("success", &["delivered"][..]),
            ("bounce", &["hard"]),
            ("bounce+label", &["hard"]),
            ("ooto", &["delivered", "soft"]),
            ("Complaint+1", &["delivered", "complained"]),
            ("suppressionlist", &["hard"]),
            ("nobody", &["hard"]),
        ] {
            let address = Address::new(local, SIMULATOR).unwrap();
            assert_eq!(names(&simulated(&address).unwrap()), expected, "{local}");
        }
        assert_eq!(simulated(&Address::new("bounce", "b.test").unwrap()), None);
    }

    #[test]
    fn a_server_says_never_or_later() {
        let never = refused(550, "5.7.1  not\r\n here");
        let Some(Step::Bounced { answer, .. }) = never.first() else {
            panic!("{never:?}");
        };
        assert_eq!(answer.status, "5.7.1");
        assert_eq!(answer.diagnostic, "smtp; 550 5.7.1 not here");
        assert_eq!(names(&refused(451, "busy")), ["delayed", "soft"]);
        assert_eq!(Answer::new(451, "busy").status, "4.0.0");
    }
}
