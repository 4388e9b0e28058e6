//! What became of each row, as a list again: CSV (RFC 4180) that spreadsheets open without running anything in it.

use super::RowResult;

/// The first line of a result, with the mark by which spreadsheet programs know UTF-8.
pub const RESULT_HEADER: &str = "\u{feff}line,email,name,result,reason\r\n";

/// Writes rows after those that are there.
pub fn write_results(results: &[RowResult], into: &mut String) {
    for row in results {
        into.push_str(&row.line.to_string());
        for cell in [
            row.cell.as_str(),
            row.name.as_deref().unwrap_or_default(),
            row.refused.map_or("invited", super::RowRefusal::code),
            row.why.as_str(),
        ] {
            into.push(',');
            write_cell(cell, into);
        }
        into.push_str("\r\n");
    }
}

/// A cell that begins like a formula would be one (CSV injection): an apostrophe makes it text, in every program.
fn write_cell(cell: &str, into: &mut String) {
    let is_formula = cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠',
    ]);
    let mark = if is_formula { "'" } else { "" };
    // Some programs take a semicolon for the separator, and would find a formula behind it.
    if cell.contains(['"', ',', ';', '\t', '\r', '\n']) {
        into.push('"');
        into.push_str(mark);
        into.push_str(&cell.replace('"', "\"\""));
        into.push('"');
    } else {
        into.push_str(mark);
        into.push_str(cell);
    }
}
