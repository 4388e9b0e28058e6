//! The page, as it is played.

use std::{fs, path::Path};

use e2e::fault::Fault;

/// What the page says.
pub(super) struct Table {
    pub(super) routes: Vec<Row>,
    /// Who is not known, and what he is answered.
    pub(super) unknown: Vec<(String, String)>,
}

/// A route, what it needs, and what each kind of caller is answered.
pub(super) struct Row {
    pub(super) route: String,
    pub(super) needs: Vec<String>,
    pub(super) cells: Vec<(String, String)>,
}

impl Row {
    pub(super) fn method_and_path(&self) -> (&str, &str) {
        self.route.split_once(' ').unwrap_or_default()
    }

    /// Whether only administrators in person may.
    pub(super) fn is_for_administrators(&self) -> bool {
        self.needs == ["an administrator"]
    }
}

impl Table {
    pub(super) fn read() -> Result<Self, Fault> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/authorization.md");
        let page = fs::read_to_string(&path)
            .map_err(|error| Fault::Wrong(format!("{}: {error}", path.display())))?;
        let mut rows = page
            .lines()
            .filter(|line| line.starts_with("| ") || line.starts_with("|--"))
            .map(cells);
        let header = rows.next().unwrap_or_default();
        let (mut routes, mut unknown) = (Vec::new(), Vec::new());
        for row in rows {
            match row.as_slice() {
                [route, needs, answers @ ..]
                    if answers.len() + 2 == header.len() && !route.starts_with('-') =>
                {
                    routes.push(Row {
                        route: route.replace('`', ""),
                        needs: needs.split(", ").map(|one| one.replace('`', "")).collect(),
                        cells: header
                            .iter()
                            .skip(2)
                            .cloned()
                            .zip(answers.iter().cloned())
                            .collect(),
                    });
                }
                [who, answer] if answer.starts_with('4') => {
                    unknown.push((who.clone(), answer.clone()));
                }
                _ => {}
            }
        }
        if routes.len() < 18 || unknown.len() < 15 {
            return Err(Fault::Wrong("the page has lost its tables".to_owned()));
        }
        Ok(Self { routes, unknown })
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|')
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}
