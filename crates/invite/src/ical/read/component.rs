//! Lines → components within components.

use super::{MAX_COMPONENTS, MAX_LINE_BYTES, MAX_NESTING, TOO_LARGE, at, line};
use crate::{ical::ContentLine, mail::Problem};

/// How many lines that are no content lines are named before the rest is only counted.
const MAX_NAMED: usize = 5;

/// What stands between a BEGIN and its END.
#[derive(Debug)]
pub(super) struct Component {
    /// Upper case.
    pub(super) name: String,
    /// With the number of the line each begins on.
    pub(super) lines: Vec<(usize, ContentLine)>,
    pub(super) children: Vec<Component>,
}

impl Component {
    fn new(name: String) -> Self {
        Self {
            name,
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

/// The outermost components of a text; an error when a limit is passed.
pub(super) fn tree(text: &str, problems: &mut Vec<Problem>) -> Result<Vec<Component>, Problem> {
    let mut roots = Vec::new();
    let mut open: Vec<Component> = Vec::new();
    let mut components = 0;
    let mut unreadable = 0;
    for (number, text) in line::unfolded(text) {
        if text.len() > MAX_LINE_BYTES {
            return Err(Problem::new(
                TOO_LARGE,
                format!("a line of more than {MAX_LINE_BYTES} bytes {}", at(number)),
            ));
        }
        let Some(line) = line::parse(&text) else {
            unreadable += 1;
            if unreadable <= MAX_NAMED {
                problems.push(Problem::new(
                    "not-a-content-line",
                    format!("a line without a property name was left out {}", at(number)),
                ));
            }
            continue;
        };
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
                open.push(Component::new(line.value.trim().to_ascii_uppercase()));
            }
            "END" => end(&line.value, number, &mut open, &mut roots, problems),
            _ => match open.last_mut() {
                Some(component) => component.lines.push((number, line)),
                None if unreadable < MAX_NAMED => {
                    unreadable += 1;
                    problems.push(Problem::new(
                        "outside-of-a-component",
                        format!(
                            "a property outside of any component was left out {}",
                            at(number)
                        ),
                    ));
                }
                None => {}
            },
        }
    }
    if !open.is_empty() {
        problems.push(Problem::new(
            "unterminated",
            "the text ends inside of a component; it may be cut off",
        ));
    }
    while let Some(component) = open.pop() {
        close(component, &mut open, &mut roots);
    }
    Ok(roots)
}

fn end(
    name: &str,
    number: usize,
    open: &mut Vec<Component>,
    roots: &mut Vec<Component>,
    problems: &mut Vec<Problem>,
) {
    let name = name.trim();
    let begun = open
        .iter()
        .rposition(|component| component.name.eq_ignore_ascii_case(name));
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
            format!("a BEGIN without its END was closed {}", at(number)),
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
        format!("a BEGIN without its END was closed {}", at(number)),
    ));
    while open.len() > first {
        if let Some(component) = open.pop() {
            close(component, open, roots);
        }
    }
}

fn close(component: Component, open: &mut [Component], roots: &mut Vec<Component>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(component),
        None => roots.push(component),
    }
}
