//! Why an event cannot be written.

/// Why there can be no valid object of an event. None of them goes away by trying again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unwritable {
    /// A series goes by the clock of a zone, and neither the database nor the event defines this one.
    #[error("nothing defines the time zone of the series")]
    UnknownZone,
    /// RRULE, RDATE, EXDATE or EXRULE that cannot be read in full: what would be written were another series.
    #[error("the dates of the series cannot be read in full")]
    UnreadableRecurrence,
    /// The instance a letter is about is none of the event's.
    #[error("the event has no such instance")]
    UnknownInstance,
}
