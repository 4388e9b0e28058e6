//! What the person wrote: quoted mail, signatures and footers taken off.

use super::words::fold;

/// Lines that begin what was quoted without any mark, folded; dashes and underscores around them are gone.
const ORIGINAL: [&str; 18] = [
    "original message",
    "original appointment",
    "forwarded message",
    "begin forwarded message",
    "urspruengliche nachricht",
    "urspruenglicher termin",
    "weitergeleitete nachricht",
    "originalnachricht",
    "original nachricht",
    "anfang der weitergeleiteten nachricht",
    "message d'origine",
    "message original",
    "message transfere",
    "debut du message transfere",
    "mensaje original",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "cita original",
];

/// Headers as Outlook and Apple Mail write them above a quotation, folded.
const SENDER: [&str; 3] = ["from", "von", "de"];
const HEADERS: [&str; 21] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoye",
    "envoye le",
    "a",
    "objet",
    "enviado",
    "enviado el",
    "fecha",
    "para",
    "asunto",
    "antwort an",
    "organizer",
];

/// How the line above a quotation begins, and what it says, folded.
const WROTE: [&str; 9] = [
    " wrote",
    " schrieb",
    " a ecrit",
    " escribio",
    " ha scritto",
    " schreef",
    " escreveu",
    " skrev",
    " hat geschrieben",
];

/// Lines that mail programs add, folded, by their beginning.
const FOOTERS: [&str; 30] = [
    "sent from my ",
    "sent from mail for",
    "sent from outlook",
    "sent from yahoo",
    "sent from proton",
    "sent from samsung",
    "sent from gmail",
    "get outlook for",
    "sent via ",
    "sent with ",
    "von meinem ",
    "von meiner ",
    "gesendet von ",
    "gesendet mit ",
    "gesendet aus ",
    "gesendet ueber ",
    "diese nachricht wurde von meinem",
    "outlook fuer ",
    "holen sie sich outlook",
    "envoye de mon ",
    "envoye depuis ",
    "envoye a partir de",
    "envoye avec ",
    "telecharger outlook",
    "obtenez outlook",
    "enviado desde ",
    "enviado de mi ",
    "enviado con ",
    "obtener outlook",
    "descargar outlook",
];

/// How lawyers begin, folded, and what they then say.
const DISCLAIMERS: [&str; 19] = [
    "this e-mail",
    "this email",
    "this message",
    "the information",
    "the contents of",
    "confidentiality",
    "disclaimer",
    "important notice",
    "diese e-mail",
    "diese mail",
    "diese nachricht",
    "der inhalt dieser",
    "ce message",
    "cet e-mail",
    "ce courriel",
    "este mensaje",
    "este correo",
    "aviso legal",
    "la informacion",
];
const LAWYERS: [&str; 9] = [
    "confiden",
    "vertraul",
    "intended",
    "bestimmt",
    "destin",
    "privileg",
    "unauthori",
    "legal",
    "rechtlich",
];

/// A line longer than this is no footer.
const FOOTER_CHARS: usize = 90;

/// The lines a person wrote, outer blank lines gone.
pub(super) fn written(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let folded: Vec<String> = lines.iter().map(|line| fold(line.trim())).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some((line, words)) = lines.get(at).zip(folded.get(at)) {
        let after = folded.get(at + 1..).unwrap_or_default();
        if is_quoted(line) || is_footer(words) {
            at += 1;
        } else if let Some(length) = attribution(words, after) {
            // Marked quotes end by themselves, unmarked ones never do.
            let next = after
                .get(length - 1..)
                .unwrap_or_default()
                .iter()
                .find(|next| !next.is_empty());
            match next {
                Some(next) if is_quoted(next) => at += length,
                _ => break,
            }
        } else if begins_original(words)
            || is_header_block(words, after)
            || *line == "--"
            || is_disclaimer(words, after)
        {
            break;
        } else {
            kept.push(line);
            at += 1;
        }
    }
    kept.join("\n").trim().to_owned()
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

fn is_footer(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '_', '*', ' ']);
    line.chars().count() <= FOOTER_CHARS
        && !line.contains([',', '?', '!'])
        && (FOOTERS.iter().any(|footer| line.starts_with(footer)) && !is_sentence(line)
            || line.ends_with("reacted via gmail"))
}

/// "Von meinem Chef bekomme ich frei." is no footer, "Von meinem iPhone gesendet" is.
fn is_sentence(line: &str) -> bool {
    (line.starts_with("von meinem ") || line.starts_with("von meiner "))
        && !line.contains("gesendet")
}

/// How many lines say "On …, somebody wrote:"; Gmail wraps it.
fn attribution(line: &str, after: &[String]) -> Option<usize> {
    if line.is_empty() {
        return None;
    }
    let mut all = line.to_owned();
    for length in 1..=3 {
        if let Some(said) = all.strip_suffix(':') {
            let says_who = WROTE
                .iter()
                .any(|wrote| format!("{said} ").contains(&format!("{wrote} ")));
            let old_gmail = said.ends_with('>') && said.contains('@') && said.starts_with("20");
            let says_when = said.contains(|c: char| c.is_ascii_digit()) || said.contains('@');
            return (old_gmail || says_who && says_when).then_some(length);
        }
        let next = after
            .get(length - 1)
            .filter(|next| !next.is_empty() && !is_quoted(next))?;
        all.push(' ');
        all.push_str(next);
    }
    None
}

fn begins_original(line: &str) -> bool {
    let inner = line.trim_matches(|c: char| matches!(c, '-' | '_' | '*' | ' ' | ':' | '='));
    let is_marked = line.starts_with(['-', '_', '*', '=']) || line.ends_with(':');
    is_marked && ORIGINAL.contains(&inner)
}

/// "From: …" with two more headers right below.
fn is_header_block(line: &str, after: &[String]) -> bool {
    let name = |line: &str| {
        let line = line.trim_start_matches(['*', ' ']);
        line.split_once(':')
            .map(|(name, _)| name.trim_matches(['*', ' ']).to_owned())
    };
    name(line).is_some_and(|first| SENDER.contains(&first.as_str()))
        && after
            .iter()
            .filter(|line| !line.is_empty())
            .take(4)
            .filter_map(|line| name(line))
            .filter(|name| HEADERS.contains(&name.as_str()))
            .count()
            >= 2
}

fn is_disclaimer(line: &str, after: &[String]) -> bool {
    let line = line.trim_start_matches(['*', '_', ' ']);
    DISCLAIMERS.iter().any(|start| line.starts_with(start))
        && std::iter::once(line)
            .chain(after.iter().take(2).map(String::as_str))
            .any(|line| LAWYERS.iter().any(|word| line.contains(word)))
}
