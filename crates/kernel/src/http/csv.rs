//! Tables as text (RFC 4180), in which no spreadsheet finds a formula.

/// A row.
pub fn row(cells: impl IntoIterator<Item = String>) -> Vec<u8> {
    let quoted = cells.into_iter().map(|cell| {
        let plain = !cell.contains([',', '"', '\r', '\n']) && cell.trim() == cell;
        if plain { cell } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    });
    (quoted.collect::<Vec<_>>().join(",") + "\r\n").into_bytes()
}

/// A cell that no spreadsheet takes for a formula (ASVS 1.2.10): one more `'` stands before it then.
pub fn neutral(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The other way: what [`neutral`] put there is taken off again, and nothing else.
pub fn meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|it| is_formula(it)).unwrap_or(cell)
}

/// Whether a spreadsheet may calculate it, blanks, quotes and wide letters notwithstanding. It is the
/// same with a `'` more or less in front, so that [`neutral`] can be undone.
fn is_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let first = bare.trim_start_matches(|it: char| it.is_whitespace() || it.is_control());
    bare.starts_with(['\t', '\r', '\n'])
        || first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
