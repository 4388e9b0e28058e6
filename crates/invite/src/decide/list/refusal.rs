//! Why a whole list is not taken up, in words people understand.

use super::{RowRefusal, Tally};
use crate::{decide::Standing, event::Event, language::Language, mail::NoList};

/// Reasons, each with a stable code and two sentences for people: what is wrong, what to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ListRefusal {
    /// There is no such event, or it is somebody else's.
    NotYourEvent,
    /// The event is cancelled.
    EventCancelled,
    /// The organizer may not invite at present.
    OrganizerSuspended,
    /// Nothing is attached.
    NothingAttached,
    /// A spreadsheet program's own file.
    Spreadsheet,
    /// A packed file.
    Packed,
    /// Something else that is not text.
    NotText,
    /// More than is read.
    TooLarge,
    /// No rows.
    Empty,
    /// Rows, but no address in any of them.
    NoAddresses,
}

impl ListRefusal {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::NotYourEvent,
        Self::EventCancelled,
        Self::OrganizerSuspended,
        Self::NothingAttached,
        Self::Spreadsheet,
        Self::Packed,
        Self::NotText,
        Self::TooLarge,
        Self::Empty,
        Self::NoAddresses,
    ];

    /// What keeps any list for this event from being read.
    #[must_use]
    pub fn before(event: &Event, standing: &Standing) -> Option<Self> {
        if event.is_cancelled() {
            Some(Self::EventCancelled)
        } else if standing.suspended {
            Some(Self::OrganizerSuspended)
        } else {
            None
        }
    }

    /// What all the rows together show.
    #[must_use]
    pub fn after(tally: &Tally) -> Option<Self> {
        if tally.rows == 0 {
            Some(Self::Empty)
        } else if tally.of(RowRefusal::NoAddress) == tally.rows {
            Some(Self::NoAddresses)
        } else {
            None
        }
    }

    /// Stable kebab-case name, for records and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotYourEvent => "not-your-event",
            Self::EventCancelled => "event-cancelled",
            Self::OrganizerSuspended => "organizer-suspended",
            Self::NothingAttached => "no-list",
            Self::Spreadsheet => "spreadsheet",
            Self::Packed => "packed",
            Self::NotText => "not-text",
            Self::TooLarge => "list-too-large",
            Self::Empty => "no-rows",
            Self::NoAddresses => "no-addresses",
        }
    }

    /// The reason of that code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// One sentence: what is wrong.
    #[must_use]
    pub fn what_is_wrong(self, language: Language) -> &'static str {
        let (english, german) = match self {
            Self::NotYourEvent => (
                "The event your message names is not one of yours.",
                "Der Termin, den Ihre Nachricht nennt, ist keiner von Ihren.",
            ),
            Self::EventCancelled => (
                "The event is cancelled, so nobody can be invited to it.",
                "Der Termin ist abgesagt; deshalb kann niemand dazu eingeladen werden.",
            ),
            Self::OrganizerSuspended => (
                "Your account is suspended at present, so nobody was invited.",
                "Ihr Konto ist derzeit gesperrt; deshalb wurde niemand eingeladen.",
            ),
            Self::NothingAttached => (
                "No list of people is attached to your message.",
                "Ihrer Nachricht ist keine Liste von Personen angehängt.",
            ),
            Self::Spreadsheet => (
                "The list is a spreadsheet program's own file, which we cannot read.",
                "Die Liste ist eine Datei im eigenen Format eines Tabellenprogramms, das wir nicht lesen können.",
            ),
            Self::Packed => (
                "The list is a packed file, which we do not open.",
                "Die Liste ist eine gepackte Datei, und solche öffnen wir nicht.",
            ),
            Self::NotText => (
                "The list is not a text file.",
                "Die Liste ist keine Textdatei.",
            ),
            Self::TooLarge => (
                "The list is larger than the 512 MB we can read.",
                "Die Liste ist größer als die 512 MB, die wir lesen können.",
            ),
            Self::Empty => ("The list has no rows.", "Die Liste hat keine Zeilen."),
            Self::NoAddresses => (
                "No row of the list holds an e-mail address.",
                "In keiner Zeile der Liste steht eine E-Mail-Adresse.",
            ),
        };
        language.pick(english, german)
    }

    /// One sentence: what to do about it.
    #[must_use]
    pub fn what_to_do(self, language: Language) -> &'static str {
        let (english, german) = match self {
            Self::NotYourEvent => (
                "Please copy the event's name from the letter that told you it was recorded, and send the list from the address the event was created with.",
                "Bitte übernehmen Sie den Namen des Termins aus der Nachricht, dass er eingetragen ist, und schicken Sie die Liste von der Adresse, mit der Sie den Termin angelegt haben.",
            ),
            Self::EventCancelled => (
                "If it takes place after all, please send an update from your calendar first, then the list again.",
                "Wenn er doch stattfindet, schicken Sie bitte zuerst eine Aktualisierung aus Ihrem Kalender und dann noch einmal die Liste.",
            ),
            Self::OrganizerSuspended => (
                "Please write to our support to have your account looked at.",
                "Bitte schreiben Sie unserem Support, damit Ihr Konto geprüft wird.",
            ),
            Self::NothingAttached => (
                "Please attach the list as a CSV file: one person a row, with a column for the address.",
                "Bitte hängen Sie die Liste als CSV-Datei an: eine Person je Zeile, mit einer Spalte für die Adresse.",
            ),
            Self::Spreadsheet => (
                "Please save it as CSV in your spreadsheet program (File, Save as), and send that file.",
                "Bitte speichern Sie sie in Ihrem Tabellenprogramm als CSV (Datei, Speichern unter), und schicken Sie diese Datei.",
            ),
            Self::Packed => (
                "Please unpack it, or save the list as CSV, and send that file.",
                "Bitte entpacken Sie sie, oder speichern Sie die Liste als CSV, und schicken Sie diese Datei.",
            ),
            Self::NotText => (
                "Please save the list as CSV, and send that file.",
                "Bitte speichern Sie die Liste als CSV, und schicken Sie diese Datei.",
            ),
            Self::TooLarge => (
                "Please split it into several files, and send each by itself.",
                "Bitte teilen Sie sie in mehrere Dateien auf, und schicken Sie jede für sich.",
            ),
            Self::Empty => (
                "Please check that you sent the right file: one person a row, with a column for the address.",
                "Bitte prüfen Sie, ob Sie die richtige Datei geschickt haben: eine Person je Zeile, mit einer Spalte für die Adresse.",
            ),
            Self::NoAddresses => (
                "Please add a first row that names the columns, one of them \"email\", and check that the addresses stand in that column.",
                "Bitte ergänzen Sie eine erste Zeile, die die Spalten benennt, eine davon „email“, und prüfen Sie, ob die Adressen in dieser Spalte stehen.",
            ),
        };
        language.pick(english, german)
    }
}

impl From<NoList> for ListRefusal {
    fn from(what: NoList) -> Self {
        match what {
            NoList::NothingAttached => Self::NothingAttached,
            NoList::Spreadsheet => Self::Spreadsheet,
            NoList::Packed => Self::Packed,
            NoList::NotText => Self::NotText,
        }
    }
}
