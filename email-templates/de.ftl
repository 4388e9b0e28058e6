### What letters say in German, with Sie. The messages are those of `en.ftl`, each with the same variables.

## The event

what = Was
when = Wann
where = Wo
from = Von
first-date = Erster Termin: { $date }
but = Aber
more-dates = und { $count ->
    [one] ein weiterer Termin
   *[other] { $count } weitere Termine
}
not-confirmed = Der Termin ist noch nicht bestätigt.

## What several letters say

buttons = Bitte antworten Sie über die Schaltflächen, die Ihr Mailprogramm zu dieser Einladung anzeigt. Zeigt es keine an, öffnen Sie bitte die angehängte Datei { $file }.
answer-in-words = Bitte antworten Sie auf diese Mail mit einem Wort in der ersten Zeile:
yes = ja
no = nein
maybe = vielleicht
answer = Antwort
footer-invited = Sie erhalten diese Nachricht, weil { $organizer } Sie über { $brand } eingeladen hat.
what-is-wrong = Was nicht stimmt
what-to-do = Was Sie tun können
more-changes = und { $count ->
    [one] eine weitere Änderung
   *[other] { $count } weitere Änderungen
}

## invite

invite-subject = Einladung: { $summary }, { $when }
invite-intro = { $organizer } lädt Sie ein.

## update

update-subject = { $prefix } { $summary }, { $when }
update-preview = Jetzt: { $when }
update-intro = { $organizer } hat diesen Termin geändert.
update-changes = Was sich geändert hat, seit Sie zuletzt benachrichtigt wurden
update-now = So ist der Termin jetzt geplant:
update-buttons = Ihr Kalender übernimmt die Änderung. Wenn Ihre Antwort jetzt anders ausfällt, nutzen Sie bitte die Schaltflächen in Ihrem Mailprogramm, oder öffnen Sie die angehängte Datei { $file }.

## cancellation

cancellation-subject = Abgesagt: { $summary }, { $when }
cancellation-preview = { $organizer } hat diesen Termin abgesagt.
cancellation-intro = { $organizer } hat diesen Termin abgesagt. Er findet nicht statt.
cancellation-close = Ihr Kalender entfernt ihn oder kennzeichnet ihn als abgesagt; Sie brauchen nicht zu antworten.

## reminder

reminder-subject = Erinnerung: { $summary }, { $when }
reminder-intro = { $organizer } lädt Sie ein und hat noch keine Antwort von Ihnen. Kommen Sie?
reminder-close = Falls Sie inzwischen geantwortet haben, brauchen Sie nichts zu tun.

## current

current-subject = Aktueller Stand: { $summary }, { $when }
current-intro = Sie haben um den aktuellen Stand dieses Termins von { $organizer } gebeten. So ist er jetzt geplant:
current-footer = Sie erhalten diese Nachricht, weil Sie darum gebeten haben und { $organizer } Sie über { $brand } eingeladen hat.

## counter-declined

counter-declined-subject = Ihr Vorschlag wird nicht übernommen: { $summary }, { $when }
counter-declined-preview = Der Termin hat sich seit der Einladung geändert, auf die Sie geantwortet haben.
counter-declined-intro = Sie haben für diesen Termin von { $organizer } eine andere Zeit vorgeschlagen. Der Termin hat sich seit der Einladung geändert, auf die Sie geantwortet haben; deshalb wird Ihr Vorschlag nicht übernommen. So ist der Termin jetzt geplant:
counter-declined-close = Ihre Antwort bleibt unverändert. Eine neue Einladung kommt in einer eigenen Mail; bitte antworten Sie auf diese, oder schlagen Sie darin eine andere Zeit vor.
counter-declined-footer = Sie erhalten diese Nachricht, weil Sie eine andere Zeit vorgeschlagen haben und { $organizer } Sie über { $brand } eingeladen hat.

## waiting-list

waiting-list-subject = Sie stehen auf der Warteliste: { $summary }, { $when }
waiting-list-preview = Alle Plätze sind vergeben. Sie stehen auf der Warteliste.
waiting-list-intro = Vielen Dank für Ihre Zusage. Alle Plätze bei diesem Termin von { $organizer } sind vergeben, deshalb stehen Sie auf der Warteliste.
waiting-list-then = Sobald es einen Platz für Sie gibt, erhalten Sie eine Mail, und der Platz gehört Ihnen; bis dahin ist nichts zu tun. Wer zuerst zugesagt hat, rückt zuerst nach.
waiting-list-leave = Wenn Sie nicht warten möchten, sagen Sie bitte ab.
waiting-list-footer = Sie erhalten diese Nachricht, weil Sie eine Einladung angenommen haben, die { $organizer } über { $brand } verschickt hat.

## seat

seat-subject = Es gibt einen Platz für Sie: { $summary }, { $when }
seat-preview = Sie warten nicht länger: Der Platz gehört Ihnen.
seat-intro = Bei diesem Termin von { $organizer } gibt es jetzt einen Platz für Sie. Er gehört Ihnen; es ist nichts zu tun.
seat-leave = Wenn Sie doch nicht kommen können, sagen Sie bitte ab, damit jemand anderes den Platz haben kann.
seat-footer = Sie erhalten diese Nachricht, weil Sie auf einen Platz bei einem Termin gewartet haben, zu dem { $organizer } Sie über { $brand } eingeladen hat.

## ask-back

ask-back-subject = Kommen Sie? { $summary }, { $when }
ask-back-preview = Bitte antworten Sie mit Ja, Nein oder Vielleicht.
ask-back-intro = Vielen Dank für Ihre Mail. Die Antworten auf diese Einladung von { $organizer } liest ein Programm, und es konnte Ihren Worten nicht entnehmen, ob Sie kommen. Bisher ist nichts eingetragen.
ask-back-footer = Sie erhalten diese Nachricht, weil Sie auf eine Einladung geantwortet haben, die { $organizer } über { $brand } verschickt hat.

## guest-waits

guest-waits-subject = Darf { $guest } kommen? { $summary }, { $when }
guest-waits-preview = { $guest } hat die Einladung von { $through } erhalten. Bitte antworten Sie mit Ja oder Nein.
guest-waits-intro = { $guest } ({ $address }) hat die Einladung von { $through } erhalten und möchte zu Ihrem Termin kommen.
guest-waits-meaning = Bei „Ja“ ist { $guest } dabei, und die Antwort zählt; bei „Nein“ bleibt alles, wie es ist. Bis dahin zählt die Antwort nicht.
guest-waits-footer = Sie erhalten diese Nachricht, weil Sie über { $brand } zu diesem Termin eingeladen haben und gefragt werden möchten, wenn andere kommen wollen.

## event-created

event-created-subject = Ihr Termin ist bereit: { $summary }, { $when }
event-created-preview = Eingetragen. So laden Sie dazu ein.
event-created-intro = Ihr Termin ist eingetragen. Über { $brand } ist noch niemand eingeladen.
event-created-link = Setzen Sie diesen Link in einen Newsletter oder auf eine Webseite: Wer ihn öffnet, kann sich die Einladung schicken lassen.
event-created-api = Laden Sie über die API ein, eine Person oder viele je Aufruf:
event-created-list = Oder schicken Sie eine Liste von Personen als CSV an { $address }, mit dem Namen des Termins im Betreff.
event-created-name = Der Name des Termins in der API:
event-created-change = Ändern Sie den Termin in Ihrem Kalender, oder sagen Sie ihn dort ab: Alle Eingeladenen werden benachrichtigt.
event-created-footer = Sie erhalten diese Nachricht, weil Sie { $brand } zu einem Termin eingeladen haben.
event-created-cancelled-subject = Als abgesagt eingetragen: { $summary }, { $when }
event-created-cancelled-preview = Auch die Absage ist bei uns angekommen.
event-created-cancelled-intro = Ihr Termin ist als abgesagt eingetragen: Auch die Absage aus Ihrem Kalender ist bei uns angekommen. Niemand kann dazu eingeladen werden.
event-created-cancelled-after-all = Wenn er doch stattfinden soll, ändern Sie ihn in Ihrem Kalender, und schicken Sie die Aktualisierung dorthin, wohin Sie die Einladung geschickt haben: Dann gilt er wieder.

## event-refused

event-refused-subject = Nicht angenommen: { $subject }
event-refused-heading = Ihre Mail wurde nicht angenommen
event-refused-which = Ihre Mail: „{ $subject }“
event-refused-nothing = Es wurde nichts eingetragen oder geändert.
event-refused-footer = Sie erhalten diese Nachricht, weil eine Mail von Ihrer Adresse bei { $address } oder einem anderen Postfach von { $brand } angekommen ist. Aus demselben Grund wird höchstens eine Nachricht je Stunde verschickt.

## unsubscribed

unsubscribed-subject = Sie erhalten keine Einladungen mehr von { $organizer }
unsubscribed-heading = Sie erhalten keine Einladungen mehr
unsubscribed-preview = Wie gewünscht. Sie brauchen nichts weiter zu tun.
unsubscribed-from-one = Wie gewünscht erhalten Sie keine Einladungen und keine Aktualisierungen mehr von { $organizer }.
unsubscribed-from-all = Wie gewünscht erhalten Sie keine Einladungen und keine Aktualisierungen mehr, die über { $brand } verschickt werden.
unsubscribed-still = Eines erfahren Sie weiterhin: wenn ein Termin, den Sie zugesagt haben, nicht stattfindet.
unsubscribed-entries = Einträge in Ihrem Kalender bleiben dort; Sie können sie löschen.
unsubscribed-footer = Sie erhalten diese Nachricht einmalig, weil Sie uns geschrieben haben. Sie brauchen nichts weiter zu tun.

## erasing

erasing-heading = Sie werden gelöscht
erasing-preview = Wie gewünscht. Sie brauchen nichts weiter zu tun.
erasing-begun = Wie gewünscht wird gelöscht, was { $brand } über { $address } speichert: Ihre Einladungen, Ihre Antworten, was Sie dazu geschrieben haben, und die Nachrichten selbst.
erasing-when = Das dauert meist Minuten. Danach verschwinden auch Sicherungskopien, spätestens nach 35 Tagen. Aktualisierungen und Absagen der Termine, zu denen Sie eingeladen waren, erhalten Sie nicht mehr.
erasing-kept = Eines wird behalten: dass Sie keine Mail mehr möchten, damit Sie niemand wieder einlädt.
erasing-elsewhere = Einträge in Ihrem Kalender bleiben dort; Sie können sie löschen. Listen, die sich Organisatoren selbst gemacht haben, erreichen wir nicht.
erasing-organizes-heading = Es wurde nichts gelöscht, denn Sie organisieren Termine
erasing-organizes-preview = Wer zu Ihren Terminen eingeladen ist, verlässt sich darauf. Das können Sie tun.
erasing-organizes = Mit { $address } werden hier Termine organisiert, und wer dazu eingeladen ist, verlässt sich darauf. Bitte sagen Sie Ihre Termine in Ihrem Kalender ab und antworten Sie dann auf diese Nachricht: Es kümmert sich jemand darum.
erasing-organizes-peace = Einladungen und Aktualisierungen, die über { $brand } verschickt werden, erhalten Sie nicht mehr.
erasing-footer = Sie erhalten diese Nachricht einmalig, weil Sie uns geschrieben haben.

## limit-reached

limit-reached-subject = So viele wie möglich sind eingeladen: { $summary }
limit-reached-heading = So viele wie möglich sind eingeladen
limit-reached-preview = Es sollte noch jemand eingeladen werden, das ging aber nicht. Das können Sie tun.
limit-reached-intro = { $limit ->
    [one] Zu diesem Termin ist eine Person eingeladen, mehr erlaubt Ihr Tarif nicht. Es sollte noch jemand eingeladen werden, das ging nicht.
   *[other] Zu diesem Termin sind { $limit } Personen eingeladen, mehr erlaubt Ihr Tarif nicht. Es sollte noch jemand eingeladen werden, das ging nicht.
}
limit-reached-meaning = Ab jetzt wird niemand mehr dazu eingeladen. Wer schon eingeladen ist, erfährt weiterhin von jeder Änderung.
limit-reached-remedy = Um mehr Personen einzuladen, wechseln Sie in einen größeren Tarif und laden Sie dann noch einmal ein, wer nicht eingeladen wurde. Wenn Sie Fragen haben, antworten Sie auf diese Nachricht.
limit-reached-footer = Diese Nachricht kommt für einen Termin höchstens einmal am Tag.

## list-receipt

list-refused-subject = Ihre Liste wurde nicht angenommen: { $summary }
list-dry-run-subject = Ihre Liste würde { $invited } von { $rows } einladen: { $summary }
list-subject = Ihre Liste lädt { $invited } von { $rows } ein: { $summary }
list-preview = { $invited } von { $rows } Zeilen { $invited ->
    [one] lädt
   *[other] laden
} jemanden ein.
list-refused-heading = Ihre Liste wurde nicht angenommen
list-refused-nobody = Niemand wurde eingeladen.
list-dry-run-heading = Was Ihre Liste bewirken würde
list-dry-run = Dies war ein Probelauf: Niemand wurde eingeladen.
list-heading = Ihre Liste ist geprüft
list-waits = Die Einladungen warten noch etwas; Näheres steht in einer weiteren Nachricht.
list-goes-out = Die Einladungen sind unterwegs.
list-rows = { $rows ->
    [one] 1 Zeile
   *[other] { $rows } Zeilen
}
list-invited = { $invited ->
    [one] 1 wird eingeladen
   *[other] { $invited } werden eingeladen
}
list-would-be-invited = { $invited ->
    [one] 1 würde eingeladen
   *[other] { $invited } würden eingeladen
}
list-rows-refused = { $rows } { $reason }
list-nobody = Zeilen, die niemanden einladen:
list-row = Zeile { $line }: { $why }
list-more-rows = und { $count ->
    [one] eine weitere Zeile
   *[other] { $count } weitere Zeilen
}
list-another = Ihre Mail enthält eine weitere Liste, die nicht gelesen wurde. Bitte schicken Sie jede Liste für sich.
list-attached = Was aus jeder Zeile geworden ist, steht in der angehängten Datei. Wie weit der Versand ist, sagt die API:
list-at-the-api = Was aus jeder Zeile geworden ist und wie weit der Versand ist, sagt die API:
list-again = Schicken Sie dieselbe Liste gern noch einmal: Eingeladen wird nur, wer darauf neu ist.
list-footer = Sie erhalten diese Nachricht, weil bei { $brand } eine Liste von Personen für Ihren Termin angekommen ist.

## fan-out-held

held-list-subject = { $people ->
    [one] Eine Person wird
   *[other] { $people } Personen werden
} eingeladen: { $summary }, { $when }
held-cancellation-subject = { $people ->
    [one] Eine Person erfährt
   *[other] { $people } Personen erfahren
} von der Absage: { $summary }, { $when }
held-reminder-subject = { $people ->
    [one] Eine Person wird
   *[other] { $people } Personen werden
} an die Antwort erinnert: { $summary }, { $when }
held-update-subject = { $people ->
    [one] Eine Person erfährt
   *[other] { $people } Personen erfahren
} von Ihrer Änderung: { $summary }, { $when }
held-preview = Der Versand beginnt: { $until }. Antworten Sie vorher mit STOPP, wenn Sie das nicht wollen.
held-list = { $people ->
    [one] Eine Person auf Ihrer Liste wird
   *[other] { $people } Personen auf Ihrer Liste werden
} zu diesem Termin eingeladen.
held-cancellation = { $people ->
    [one] Eine Person wird
   *[other] { $people } Personen werden
} benachrichtigt, dass dieser Termin nicht stattfindet.
held-reminder = { $people ->
    [one] Eine Person, die noch nicht geantwortet hat, wird
   *[other] { $people } Personen, die noch nicht geantwortet haben, werden
} an diesen Termin erinnert.
held-update = { $people ->
    [one] Eine Person wird
   *[other] { $people } Personen werden
} benachrichtigt, dass sich dieser Termin geändert hat.
held-replaces = Dies ersetzt, was wir Ihnen zuvor angekündigt haben; jenes wird nicht mehr für sich verschickt.
held-until = Der Versand beginnt: { $until }
held-how = Wenn Sie das nicht wollen, antworten Sie vorher auf diese Mail mit einem Wort in der ersten Zeile:
held-stop = STOPP
held-then = Dann erhält niemand eine Nachricht. Ist alles richtig, brauchen Sie nichts zu tun.
held-changes = Was sich geändert hat, seit die meisten zuletzt benachrichtigt wurden
held-footer = Sie erhalten diese Nachricht, weil Ihre Nachrichten an viele Personen bei { $brand } etwas warten, bevor sie hinausgehen.

## fan-out-stopped

stopped-subject = Angehalten: { $summary }, { $when }
stopped-list-preview = Niemand auf Ihrer Liste wird eingeladen.
stopped-list = Angehalten: { $people ->
    [one] Die eine Person auf Ihrer Liste wird nicht eingeladen, und die Einladung gilt als nicht verbraucht.
   *[other] Keine der { $people } Personen auf Ihrer Liste wird eingeladen, und die { $people } Einladungen gelten als nicht verbraucht.
}
stopped-list-again = Sie können die Liste jederzeit noch einmal schicken.
stopped-cancellation-preview = Niemand erfährt von der Absage.
stopped-cancellation = Angehalten: { $people ->
    [one] Niemand wird benachrichtigt, dass dieser Termin abgesagt ist.
   *[other] Keine der { $people } Personen wird benachrichtigt, dass dieser Termin abgesagt ist.
}
stopped-cancellation-now = Hier ist er abgesagt, aber in den Kalendern der anderen findet er weiterhin statt.
stopped-cancellation-next = Wenn er stattfinden soll, schicken Sie den Termin noch einmal aus Ihrem Kalender: Alle erfahren dann, wie er geplant ist. Wenn er doch abgesagt werden soll, schicken Sie ihn zuerst noch einmal, und sagen Sie ihn dann wieder ab.
stopped-reminder-preview = Niemand wird erinnert.
stopped-reminder = Angehalten: { $people ->
    [one] Niemand wird an diesen Termin erinnert.
   *[other] Keine der { $people } Personen wird an diesen Termin erinnert.
}
stopped-reminder-again = Sie können die Erinnerung jederzeit erneut auslösen.
stopped-update-preview = Niemand erfährt von Ihrer Änderung.
stopped-update = Angehalten: { $people ->
    [one] Niemand wird von Ihrer Änderung benachrichtigt.
   *[other] Keine der { $people } Personen wird von Ihrer Änderung benachrichtigt.
}
stopped-update-now = Hier bleibt der Termin geändert, so wie er unten steht. Die Eingeladenen behalten die Fassung, die sie haben.
stopped-update-next = Die nächste Änderung, die Sie schicken, geht an alle und nennt alles, was sich für jede Person seitdem geändert hat.
stopped-footer = Sie erhalten diese Nachricht, weil Ihre Nachrichten an viele Personen bei { $brand } etwas warten, bevor sie hinausgehen, und diese angehalten wurden.

## enrolled

enrolled-subject = Ihr Tarif ist freigeschaltet: { $plan }
enrolled-preview = Was er umfasst und wie Sie einen Termin anlegen.
enrolled-own = Sie haben jetzt den Tarif „{ $plan }“ bei { $brand }.
enrolled-bought = { $purchaser } hat für Sie den Tarif „{ $plan }“ bei { $brand } gekauft.
enrolled-allows = Was er umfasst
enrolled-events = { $count ->
    [one] einen Termin
   *[other] { $count } Termine
}
enrolled-any-events = beliebig viele Termine
enrolled-invites = { $count ->
    [one] eine Einladung je Termin
   *[other] { $count } Einladungen je Termin
}
enrolled-holds = Das gilt ab sofort, auch für Ihre bisherigen Termine. Haben Sie mehrere Tarife, zählt der großzügigste.
enrolled-create = Um einen Termin anzulegen, laden Sie aus Ihrem Kalender { $address } dazu ein.
enrolled-product = Produkt: { $product }
enrolled-order = Bestellung: { $order }
enrolled-footer = Sie erhalten diese Nachricht, weil eine Bestellung bei { $brand } Ihre Adresse nennt.

## report

report-subject = { $rows ->
    [one] Eine eingeladene Person
   *[other] { $rows } Eingeladene
}: { $summary }, { $when }
report-preview = { $accepted } Zusagen, { $tentative } unter Vorbehalt, { $declined } Absagen, { $noaction } ohne Antwort.
report-intro = Hier ist die Teilnehmerliste, die Sie angefordert haben: wer eingeladen ist, was jede Person geantwortet hat und was aus der Mail an sie geworden ist.
report-rows = { $count } eingeladen
report-accepted = { $count } zugesagt
report-tentative = { $count } unter Vorbehalt
report-declined = { $count } abgesagt
report-no-action = { $count } ohne Antwort
report-linked = Die Liste ist zu groß für eine Mail. Bis { $until } liegt sie hier, für alle, die diesen Link haben:
report-attached = Die Liste ist in der angehängten Datei.
report-keep = Sie enthält Namen und Adressen: Bitte bewahren Sie sie so auf, dass nur Personen sie sehen, die sie brauchen.
report-footer = Sie erhalten diese Nachricht, weil bei { $brand } eine Liste zu Ihrem Termin angefordert wurde.
