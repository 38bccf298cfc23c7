//! The next rows of a file.

use kernel::{
    Invalid, OrgView,
    http::{cleaned, faults_of, read_json},
};
use serde_json::{Map, Value};

use super::receive::PIECE;
use crate::{
    Error,
    cutter::{Content, Cut, Cutter, Place},
    models::{
        ProductId,
        imports::{self, Format, Import},
    },
    table::{self, Column},
};

/// How many rows a slice has at the most.
const ROWS: usize = 1000;

/// How many bytes of the file a slice has at the most, but for a row that is longer.
const BYTES: u64 = 1024 * 1024;

/// Some rows of a file.
pub struct Slice {
    /// The columns, where it is a table.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Where the rest begins, if nothing of this slice is left over.
    pub end: Place,
    /// Whether there is a rest.
    pub rest: Rest,
}

/// Whether a file goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It does, or may.
    More,
    /// It ends here.
    Nothing,
}

/// A row, and where it ends.
pub struct Row {
    pub line: i64,
    pub end: Place,
    pub content: Result<Named, Vec<Invalid>>,
}

/// What a row says of the product that it names.
pub struct Named {
    pub id: Option<ProductId>,
    pub sku: Option<String>,
    /// What it says, but for the id.
    pub members: Map<String, Value>,
}

/// The next rows of an import's file; `None` where its first row names no columns.
pub async fn slice(view: &OrgView, import: &Import) -> Result<Option<Slice>, Error> {
    let begin = import.place();
    let mut cutter = Cutter::at(begin, import.format);
    let (columns, rows) = (import.columns.0.clone(), Vec::new());
    let mut slice = Slice { columns, rows, end: begin, rest: Rest::More };
    let (mut number, mut skipped) = piece_of(begin.offset);
    loop {
        let piece = imports::piece(view, import.id, number).await?;
        if piece.is_none() && begin_of(number) < import.size {
            return Err(Error::PieceMissing);
        }
        let mut bytes = piece.as_deref().unwrap_or_default().get(skipped..).unwrap_or_default();
        loop {
            let cut = cutter.next(&mut bytes);
            let cut = cut.or_else(|| piece.is_none().then(|| cutter.last()).flatten());
            let Some(cut) = cut else { break };
            slice.end = cut.end;
            if import.format == Format::Csv && slice.columns.is_empty() {
                match heading(cut) {
                    Some(columns) => slice.columns = columns,
                    None => return Ok(None),
                }
                continue;
            }
            slice.rows.push(row(cut, &slice.columns));
            if slice.rows.len() >= ROWS || slice.end.offset - begin.offset >= BYTES {
                return Ok(Some(slice));
            }
        }
        if piece.is_none() {
            slice.rest = Rest::Nothing;
            let headless = import.format == Format::Csv && slice.columns.is_empty();
            return Ok((!headless).then_some(slice));
        }
        (number, skipped) = (number + 1, 0);
    }
}

/// In which piece a place is, and how far in.
pub fn piece_of(offset: u64) -> (i32, usize) {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    (i32::try_from(offset / PIECE).unwrap_or(i32::MAX), offset % PIECE)
}

fn begin_of(piece: i32) -> i64 {
    i64::from(piece).saturating_mul(i64::try_from(PIECE).unwrap_or(i64::MAX))
}

fn heading(cut: Cut) -> Option<Vec<Column>> {
    match cut.content {
        Ok(Content::Cells(names)) => table::columns(&names),
        _ => None,
    }
}

fn row(cut: Cut, columns: &[Column]) -> Row {
    let Cut { line, end, content } = cut;
    let said = content.map_err(|fault| vec![fault]).and_then(|content| said(&content, columns));
    Row { line, end, content: said.and_then(named) }
}

/// What a row says, as clean JSON.
fn said(content: &Content, columns: &[Column]) -> Result<Value, Vec<Invalid>> {
    let read = match content {
        Content::Cells(cells) => {
            let document = table::document(columns, cells).map_err(|fault| vec![fault])?;
            cleaned(Value::Object(document))
        }
        Content::Line(line) if std::str::from_utf8(line).is_err() => {
            return Err(vec![table::not_utf8()]);
        }
        Content::Line(line) => read_json(line),
    };
    read.map_err(|problem| faults_of(&problem))
}

fn named(said: Value) -> Result<Named, Vec<Invalid>> {
    let fault = |pointer, code, message| Err(vec![Invalid::new(pointer, code, message)]);
    let Value::Object(mut members) = said else {
        return fault("", "type", "must be a JSON object");
    };
    let id = match members.remove("id") {
        None => None,
        Some(id) => match id.as_str().and_then(|id| id.parse().ok()) {
            Some(id) => Some(id),
            None => return fault("/id", "type", "must be an id"),
        },
    };
    let sku = members.get("sku").and_then(Value::as_str).map(str::to_owned);
    if id.is_none() && !members.contains_key("sku") {
        return fault("/sku", "required", "is missing");
    }
    Ok(Named { id, sku, members })
}
