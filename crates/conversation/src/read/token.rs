//! Lines → statements → words and texts.

use std::path::Path;

use crate::problem::Problem;

/// A word, or a text that stood in quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    Word(String),
    Text(String),
}

/// One statement with the lines that continue it.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) indented: bool,
    pub(super) tokens: Vec<(usize, Token)>,
}

const KEYWORDS: [&str; 8] = [
    "at",
    "given",
    "mail",
    "invite",
    "again",
    "redeliver",
    "together",
    "expect",
];

/// Splits a file into its title and statements.
pub(super) fn statements(file: &Path, text: &str) -> Result<(String, Vec<Statement>), Problem> {
    let problem = |line: usize, text: String| Problem {
        file: file.to_owned(),
        line,
        text,
    };
    let title = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .filter(|title| !title.trim().is_empty())
        .ok_or_else(|| {
            problem(
                1,
                "the first line is `# ` and a title that names the law, e.g. `# RFC 5546 2.1.5: …`"
                    .to_owned(),
            )
        })?;
    let mut statements: Vec<Statement> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let tokens = tokens(trimmed).map_err(|text| problem(number, text))?;
        let indented = trimmed.len() != line.len();
        let starts = starts_statement(&tokens);
        let tokens = tokens.into_iter().map(|token| (number, token));
        if starts {
            statements.push(Statement {
                indented,
                tokens: tokens.collect(),
            });
        } else if let Some(last) = statements.last_mut().filter(|_| indented) {
            last.tokens.extend(tokens);
        } else {
            let keywords = KEYWORDS.map(|word| format!("`{word}`")).join(", ");
            return Err(problem(
                number,
                format!(
                    "a statement starts with one of {keywords}; what continues one is indented"
                ),
            ));
        }
    }
    Ok((title.trim().to_owned(), statements))
}

fn starts_statement(tokens: &[Token]) -> bool {
    let word = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => word.as_str(),
        _ => "",
    };
    // `mail out 1` is an expectation and may stand first in a continued line.
    KEYWORDS.contains(&word(0)) && !(word(0) == "mail" && word(1) == "out")
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = quoted
                .split_once('"')
                .ok_or("a text that begins with \" must end with \" on the same line")?;
            tokens.push(Token::Text(text.to_owned()));
            rest = after.trim_start();
        } else {
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            tokens.push(Token::Word(word.to_owned()));
            rest = after.trim_start();
        }
    }
    Ok(tokens)
}
