//! Lines → components within components.

use super::{
    MAX_COMPONENTS, MAX_LINE_BYTES, MAX_NESTING, MAX_PARAMETERS, TOO_LARGE, at, line, word,
};
use crate::{ical::ContentLine, mail::Problem};

/// Properties of prose, behind which a line that is none is a line break somebody forgot to escape.
const PROSE: [&str; 4] = ["COMMENT", "DESCRIPTION", "LOCATION", "SUMMARY"];

/// What stands between a BEGIN and its END.
#[derive(Debug)]
pub(super) struct Component {
    /// Upper case.
    pub(super) name: String,
    /// Where its BEGIN stands; 0 if it has none.
    pub(super) begin: usize,
    /// With the number of the line each begins on.
    pub(super) lines: Vec<(usize, ContentLine)>,
    pub(super) children: Vec<Component>,
}

impl Component {
    pub(super) fn new(name: String, begin: usize) -> Self {
        Self {
            name,
            begin,
            lines: Vec::new(),
            children: Vec::new(),
        }
    }

    /// The first property of that name.
    pub(super) fn first(&self, name: &str) -> Option<&(usize, ContentLine)> {
        self.lines.iter().find(|(_, line)| line.name == name)
    }

    /// BEGIN, properties, inner components, END.
    pub(super) fn write_lines(&self, out: &mut Vec<ContentLine>) {
        let mark = |name: &str| ContentLine {
            name: name.to_owned(),
            params: Vec::new(),
            value: self.name.clone(),
        };
        out.push(mark("BEGIN"));
        out.extend(self.lines.iter().map(|(_, line)| line.clone()));
        for child in &self.children {
            child.write_lines(out);
        }
        out.push(mark("END"));
    }
}

/// The outermost components of a text, the last one nameless for the properties outside of any; an error when a limit
/// is passed.
pub(super) fn tree(text: &str, problems: &mut Vec<Problem>) -> Result<Vec<Component>, Problem> {
    let mut roots = Vec::new();
    let mut outside = Component::new(String::new(), 0);
    let mut open: Vec<Component> = Vec::new();
    let mut components = 0;
    let mut parameters = 0;
    let mut mended = 0;
    for (number, text) in line::unfolded(text) {
        if text.len() > MAX_LINE_BYTES {
            return Err(Problem::new(
                TOO_LARGE,
                format!(
                    "{} has more than {MAX_LINE_BYTES} bytes {}",
                    word(text.split([':', ';']).next().unwrap_or_default()),
                    at(number)
                ),
            ));
        }
        let Some(line) = line::parse(&text) else {
            torn(&text, number, &mut mended, open.last_mut(), problems);
            continue;
        };
        parameters += line
            .params
            .iter()
            .map(|(_, values)| values.len().max(1))
            .sum::<usize>();
        if parameters > MAX_PARAMETERS {
            return Err(Problem::new(
                TOO_LARGE,
                format!(
                    "more than {MAX_PARAMETERS} parameters, with those of {} {}",
                    word(&line.name),
                    at(number)
                ),
            ));
        }
        match line.name.as_str() {
            "BEGIN" => {
                close_forgotten(&line.value, number, &mut open, &mut roots, problems);
                components += 1;
                if components > MAX_COMPONENTS || open.len() >= MAX_NESTING {
                    return Err(Problem::new(
                        TOO_LARGE,
                        format!(
                            "more than {MAX_COMPONENTS} components, or {MAX_NESTING} one inside \
                             the other {}",
                            at(number)
                        ),
                    ));
                }
                open.push(Component::new(
                    line.value.trim().to_ascii_uppercase(),
                    number,
                ));
            }
            "END" => end(&line.value, number, &mut open, &mut roots, problems),
            _ => match open.last_mut() {
                Some(component) => component.lines.push((number, line)),
                None => outside.lines.push((number, line)),
            },
        }
    }
    if let Some(innermost) = open.last() {
        problems.push(Problem::new(
            "unterminated",
            format!(
                "the text ends inside of a component; it may be cut off (BEGIN in line {})",
                innermost.begin
            ),
        ));
    }
    while let Some(component) = open.pop() {
        close(component, &mut open, &mut roots);
    }
    roots.push(outside);
    Ok(roots)
}

/// A line that is no content line is what a line break tore off the one before: the rest of its parameters or value,
/// or more of its prose. Anything else is left out.
fn torn(
    text: &str,
    number: usize,
    mended: &mut usize,
    component: Option<&mut Component>,
    problems: &mut Vec<Problem>,
) {
    if let Some((begun, last)) = component.and_then(|component| component.lines.last_mut()) {
        let whole = (text.starts_with([':', ';']) && last.value.is_empty() && *mended != *begun)
            .then(|| last.to_string())
            .and_then(|head| line::parse(&format!("{}{text}", head.strip_suffix(':')?)));
        let is_prose = PROSE.contains(&last.name.as_str());
        if whole.is_some() || is_prose {
            problems.push(Problem::new(
                "not-a-content-line",
                format!(
                    "a line without a property name was added to {} {}",
                    last.name,
                    at(number)
                ),
            ));
        }
        if let Some(whole) = whole {
            // Once a property, so that a text of torn lines is not put together over and over.
            *mended = *begun;
            *last = whole;
            return;
        }
        if is_prose {
            last.value.push_str("\\n");
            last.value.push_str(text.trim_end());
            return;
        }
    }
    problems.push(Problem::new(
        "not-a-content-line",
        format!("a line without a property name was left out {}", at(number)),
    ));
}

fn end(
    name: &str,
    number: usize,
    open: &mut Vec<Component>,
    roots: &mut Vec<Component>,
    problems: &mut Vec<Problem>,
) {
    let name = name.trim().to_ascii_uppercase();
    let begun = open
        .iter()
        .rposition(|component| component.name == name)
        // `END:VCALENDAR--boundary`, or whatever a gateway put behind it.
        .or_else(|| {
            open.iter().rposition(|component| {
                !component.name.is_empty() && name.starts_with(component.name.as_str())
            })
        });
    let Some(begun) = begun else {
        problems.push(Problem::new(
            "unmatched-end",
            format!("an END without its BEGIN was left out {}", at(number)),
        ));
        return;
    };
    if begun + 1 != open.len() {
        problems.push(Problem::new(
            "unmatched-begin",
            forgotten(open, begun + 1, number),
        ));
    }
    while open.len() > begun {
        if let Some(component) = open.pop() {
            close(component, open, roots);
        }
    }
}

/// An event does not stand in an event: where one begins, the END of the one before it was forgotten or misspelt.
fn close_forgotten(
    begun: &str,
    number: usize,
    open: &mut Vec<Component>,
    roots: &mut Vec<Component>,
    problems: &mut Vec<Problem>,
) {
    const OF_A_CALENDAR: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"];
    let begun = begun.trim().to_ascii_uppercase();
    let ends = |component: &Component| match begun.as_str() {
        "VCALENDAR" => true,
        begun => OF_A_CALENDAR.contains(&begun) && OF_A_CALENDAR.contains(&component.name.as_str()),
    };
    let Some(first) = open.iter().position(ends) else {
        return;
    };
    problems.push(Problem::new(
        "unmatched-begin",
        forgotten(open, first, number),
    ));
    while open.len() > first {
        if let Some(component) = open.pop() {
            close(component, open, roots);
        }
    }
}

fn forgotten(open: &[Component], first: usize, number: usize) -> String {
    let begin = open.get(first).map_or(0, |component| component.begin);
    format!(
        "the BEGIN in line {begin} has no END and was closed {}",
        at(number)
    )
}

fn close(component: Component, open: &mut [Component], roots: &mut Vec<Component>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(component),
        None => roots.push(component),
    }
}
