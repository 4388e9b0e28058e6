//! Refusals in German.

use super::{RefusalReason as Reason, size};
use crate::decide::NotInvited;

pub(super) fn what_is_wrong(reason: &Reason) -> String {
    match reason {
        Reason::Quarantined => "Ihre Nachricht wurde zurückgehalten, weil sie wie Spam aussieht oder einen Virus enthält.".into(),
        Reason::NotOneFrom => "Ihre Nachricht nennt nicht genau einen Absender.".into(),
        Reason::NotAuthenticated => "Wir konnten nicht sicher sein, dass diese Nachricht wirklich von Ihnen kommt.".into(),
        Reason::NotTheOrganizer => "Die Einladung nennt jemand anderen als Organisator; deshalb haben wir nicht in Ihrem Namen gehandelt.".into(),
        Reason::Loop => "Diese Nachricht wurde automatisch verschickt, und automatische Nachrichten werden nicht bearbeitet.".into(),
        Reason::TooLarge { limit_bytes } => format!("Ihre Nachricht ist größer als die {}, die wir lesen können.", size(*limit_bytes)),
        Reason::UnreadableMail => "Ihre Nachricht kam beschädigt an und ließ sich nicht öffnen.".into(),
        Reason::NoCalendar => "Ihre Nachricht enthält keine Kalendereinladung.".into(),
        Reason::NoMeetingInTnef => "Ihre Nachricht enthält eine Datei von Outlook (winmail.dat), darin aber keine Kalendereinladung.".into(),
        Reason::SeveralCalendars => "Ihre Nachricht enthält mehr als einen Termin, und wir konnten nicht erkennen, welchen Sie meinen.".into(),
        Reason::UnreadableCalendar => "Die Kalendereinladung in Ihrer Nachricht ließ sich nicht lesen.".into(),
        Reason::UnknownCharset => "Die Kalendereinladung verwendet einen Zeichensatz, den wir nicht kennen.".into(),
        Reason::Missing { property } => format!("In der Einladung fehlt {}.", named(property)),
        Reason::Invalid { property } => format!("In der Einladung kann {} so nicht stimmen.", named(property)),
        Reason::NotSupported { .. } => "Ihre Nachricht enthält etwas, mit dem wir noch nicht umgehen können.".into(),
        Reason::NotACommandMailbox => "Diese Adresse nimmt keine Kalendereinladungen entgegen.".into(),
        Reason::OrganizerSuspended => "Ihr Konto ist derzeit gesperrt; deshalb haben wir Ihre Einladung nicht bearbeitet.".into(),
        Reason::OrganizerNotEnrolled => "Ihre Adresse ist noch nicht angemeldet; deshalb haben wir Ihre Einladung nicht bearbeitet.".into(),
        Reason::EventLimit { limit: 1 } => "Sie haben bereits einen Termin, und mehr erlaubt Ihr Tarif nicht.".into(),
        Reason::EventLimit { limit } => format!("Sie haben bereits {limit} Termine, und mehr erlaubt Ihr Tarif nicht."),
        Reason::TooManyInstances { limit } => format!("Mehr als {limit} Termine der Serie weichen von ihrer Regel ab, und mehr können wir nicht speichern."),
        Reason::TooManyAnswers { limit } => format!("Sie haben auf mehr als {limit} einzelne Termine der Serie geantwortet, und mehr können wir nicht speichern."),
        Reason::NotYourEvent => "Diesen Termin hat jemand anderes angelegt, und nur wer ihn angelegt hat, kann ihn ändern.".into(),
        Reason::WhichEvent => "Wir konnten nicht erkennen, um welchen Termin es in Ihrer Nachricht geht.".into(),
        Reason::Unclear => "Wir konnten nicht erkennen, ob Sie Ja oder Nein meinen.".into(),
        Reason::InvitedOnly => "Dieser Termin ist nur für Personen, die eingeladen wurden.".into(),
        Reason::CannotBeInvited { why: NotInvited::InviteLimit { limit } } => format!("Es sind bereits so viele Personen eingeladen wie möglich, nämlich {limit}."),
        Reason::CannotBeInvited { .. } => "Diese Person kann zu diesem Termin nicht eingeladen werden.".into(),
        Reason::NotAStop => "Wir konnten nicht erkennen, ob Sie anhalten möchten, was wartet; es geht also zu der Zeit hinaus, die wir Ihnen genannt haben.".into(),
        Reason::TooLateToStop { sent, people } => format!("Der Versand läuft bereits: {sent} von {people} Nachrichten waren hinausgegangen, als Ihre Antwort kam."),
        Reason::StopSuperseded => "Was Sie anhalten möchten, ist durch eine neuere Änderung von Ihnen ersetzt; für sich wird es nicht mehr verschickt.".into(),
        Reason::NoEventNamed => "Ihre Liste sagt nicht, für welchen Termin sie ist.".into(),
        Reason::SeveralEventsNamed => "Ihre Liste nennt mehrere Termine, und wir konnten nicht erkennen, welchen Sie meinen.".into(),
    }
}

pub(super) fn what_to_do(reason: &Reason) -> String {
    match reason {
        Reason::Quarantined => "Bitte prüfen Sie Ihren Computer auf Viren und schicken Sie die Einladung dann ohne Anhänge noch einmal.".into(),
        Reason::NotOneFrom => "Bitte schicken Sie die Einladung noch einmal von einer einzigen Adresse.".into(),
        Reason::NotAuthenticated => "Bitte schicken Sie sie über Ihren gewohnten Mailanbieter, oder bitten Sie die Betreiber Ihrer Mail, SPF, DKIM oder DMARC einzurichten.".into(),
        Reason::NotTheOrganizer => "Bitte schicken Sie die Einladung von der Adresse des Organisators, oder legen Sie unter Ihrem eigenen Namen einen neuen Termin an.".into(),
        Reason::Loop => "Wenn Sie eine Einladung schicken wollten, schicken Sie sie bitte selbst aus Ihrem Kalender.".into(),
        Reason::TooLarge { .. } => "Bitte kürzen Sie die Beschreibung oder lassen Sie Anhänge weg, und schicken Sie sie dann noch einmal.".into(),
        Reason::UnreadableMail => "Bitte schicken Sie die Einladung noch einmal aus Ihrem Kalender.".into(),
        Reason::NoCalendar => "Bitte laden Sie diese Adresse aus Ihrem Kalender ein, so wie Sie eine Person einladen.".into(),
        Reason::NoMeetingInTnef => "Bitte laden Sie diese Adresse aus dem Kalender von Outlook ein, so wie Sie eine Person einladen; eine gewöhnliche Nachricht genügt nicht.".into(),
        Reason::SeveralCalendars => "Bitte schicken Sie in jeder Nachricht nur einen Termin.".into(),
        Reason::UnreadableCalendar => "Bitte speichern Sie den Termin in Ihrem Kalender und schicken Sie die Einladung noch einmal.".into(),
        Reason::UnknownCharset => "Bitte schicken Sie die Einladung noch einmal in Unicode (UTF-8); das kann jeder heutige Kalender.".into(),
        Reason::Missing { property } => format!("Bitte ergänzen Sie im Termin in Ihrem Kalender {} und schicken Sie die Einladung noch einmal.", named_as_object(property)),
        Reason::Invalid { property } => format!("Bitte prüfen Sie in Ihrem Kalender {} und schicken Sie die Einladung noch einmal.", named_as_object(property)),
        Reason::NotSupported { .. } => "Bitte schicken Sie es als einfachen Termin, oder fragen Sie unseren Support, wie wir Ihnen sonst helfen können.".into(),
        Reason::NotACommandMailbox => "Bitte schicken Sie neue Einladungen, Änderungen und Absagen an unsere Adresse, die mit create@ beginnt.".into(),
        Reason::OrganizerSuspended => "Bitte schreiben Sie unserem Support, damit Ihr Konto geprüft wird.".into(),
        Reason::OrganizerNotEnrolled => "Bitte bestellen Sie zuerst einen Tarif, und schicken Sie die Einladung dann noch einmal.".into(),
        Reason::EventLimit { .. } => "Bitte wechseln Sie in einen größeren Tarif, und schicken Sie die Einladung dann noch einmal.".into(),
        Reason::TooManyInstances { .. } => "Bitte beenden Sie die Serie in Ihrem Kalender dort, wo sie sich ändert, und legen Sie ab da eine neue an.".into(),
        Reason::TooManyAnswers { .. } => "Bitte antworten Sie auf die Serie als Ganzes.".into(),
        Reason::NotYourEvent => "Bitte fragen Sie die Person, die ihn angelegt hat, oder legen Sie selbst einen neuen Termin an.".into(),
        Reason::WhichEvent => "Bitte nutzen Sie die Schaltflächen der Einladung in Ihrem Mailprogramm oder Kalender, oder antworten Sie auf die Einladung selbst.".into(),
        Reason::Unclear => "Bitte beantworten Sie die Frage noch einmal mit Ja oder Nein als erstem Wort.".into(),
        Reason::InvitedOnly => "Bitte fragen Sie beim Organisator an, ob Sie eingeladen werden.".into(),
        Reason::CannotBeInvited { .. } => "Bitte fragen Sie beim Organisator nach.".into(),
        Reason::NotAStop => "Um es anzuhalten, antworten Sie bitte noch einmal auf jene Nachricht, mit STOPP als erstem Wort.".into(),
        Reason::TooLateToStop { .. } => "Bitte berichtigen Sie in Ihrem Kalender, was nicht stimmt, und schicken Sie das: Alle erfahren davon, und was sich geändert hat.".into(),
        Reason::StopSuperseded => "Um auch die neuere anzuhalten, antworten Sie bitte auf die Nachricht darüber mit STOPP.".into(),
        Reason::NoEventNamed => "Bitte schicken Sie sie noch einmal mit dem Namen des Termins im Betreff: den 40 Buchstaben und Ziffern aus der Nachricht, dass der Termin eingetragen ist.".into(),
        Reason::SeveralEventsNamed => "Bitte schicken Sie sie noch einmal mit dem Namen eines einzigen Termins im Betreff.".into(),
    }
}

/// iCalendar's names in everybody's words.
fn named(property: &str) -> &str {
    match property {
        "UID" => "die Kennung des Termins",
        "DTSTART" => "der Beginn des Termins",
        "RECURRENCE-ID" => "die Angabe, welcher Termin der Serie gemeint ist",
        "RRULE" | "RDATE" | "EXDATE" => "die Angabe, wann sich der Termin wiederholt",
        "DTEND" | "DURATION" => "das Ende des Termins",
        "ORGANIZER" => "die Adresse des Organisators",
        "METHOD" => "die Angabe, ob sie einlädt, ändert oder absagt",
        "ATTENDEE" => "die Angabe, wer eingeladen ist",
        "DELEGATED-TO" => "die Angabe, wer an Ihrer Stelle kommt",
        "SEQUENCE" => "die Angabe, um welche Fassung des Termins es geht",
        other => other,
    }
}

/// The same behind "prüfen Sie".
fn named_as_object(property: &str) -> &str {
    match property {
        "DTSTART" => "den Beginn des Termins",
        other => named(other),
    }
}
