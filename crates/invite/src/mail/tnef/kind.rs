//! PidTagMessageClass → what a message about a meeting is ([MS-OXOCAL] section 2.2).

use crate::ical::Partstat;

/// What a message about a meeting is, by its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Request,
    Cancel,
    Reply(Partstat),
    /// An answer that proposes another time.
    Counter(Partstat),
    /// An appointment passed on, which asks for nothing.
    Published,
}

impl Kind {
    /// The class in today's words or in those of Schedule+; a class may be a special case of these, behind a dot.
    pub(super) fn of_class(class: &str) -> Option<Self> {
        const CLASSES: [(&str, Kind); 11] = [
            ("ipm.schedule.meeting.request", Kind::Request),
            ("ipm.microsoft schedule.mtgreq", Kind::Request),
            ("ipm.schedule.meeting.canceled", Kind::Cancel),
            ("ipm.microsoft schedule.mtgcncl", Kind::Cancel),
            (
                "ipm.schedule.meeting.resp.pos",
                Kind::Reply(Partstat::Accepted),
            ),
            (
                "ipm.microsoft schedule.mtgrespp",
                Kind::Reply(Partstat::Accepted),
            ),
            (
                "ipm.schedule.meeting.resp.neg",
                Kind::Reply(Partstat::Declined),
            ),
            (
                "ipm.microsoft schedule.mtgrespn",
                Kind::Reply(Partstat::Declined),
            ),
            (
                "ipm.schedule.meeting.resp.tent",
                Kind::Reply(Partstat::Tentative),
            ),
            (
                "ipm.microsoft schedule.mtgrespa",
                Kind::Reply(Partstat::Tentative),
            ),
            ("ipm.appointment", Kind::Published),
        ];
        let class = class.trim().to_ascii_lowercase();
        CLASSES
            .into_iter()
            .find(|(known, _)| {
                class
                    .strip_prefix(known)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
            .map(|(_, kind)| kind)
    }

    pub(super) fn is_answer(self) -> bool {
        matches!(self, Self::Reply(_) | Self::Counter(_))
    }
}
