//! Rows of a file, cut out of its bytes as they come.
//!
//! Between two rows a cutter remembers nothing but where it is: a new one put to the same place cuts
//! the same rows.

#[cfg(test)]
mod tests;

use csv_core::{ReadRecordResult, Reader};
use kernel::Invalid;

use crate::models::imports::Format;

/// The most bytes a row may have: the largest product, with every quote doubled as CSV has it, and more.
pub const LONGEST: usize = 128 * 1024;

/// The most cells that are kept of a row.
const CELLS: usize = 64;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where a row begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many bytes are before it.
    pub offset: u64,
    /// In which line it is, from 1 on.
    pub line: i64,
}

/// A row.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// In which line it begins.
    pub line: i64,
    /// Where it ends.
    pub end: Place,
    /// What it holds.
    pub content: Result<Content, Invalid>,
}

/// What a row holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The cells of a row of CSV.
    Cells(Vec<Vec<u8>>),
    /// A line of NDJSON that is not blank.
    Line(Vec<u8>),
}

/// Cuts one row after the other.
pub struct Cutter {
    format: Format,
    place: Place,
    /// Where the row that is being cut begins; `None` between two rows.
    begun: Option<Place>,
    text: Vec<u8>,
    length: usize,
    ends: Vec<usize>,
    cells: usize,
    overflown: Overflown,
    reader: Reader,
}

/// Whether a row had more than there is room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overflown {
    Yes,
    No,
}

impl Cutter {
    /// Cuts from `place` on, where a row begins.
    pub fn at(place: Place, format: Format) -> Self {
        Self {
            format,
            place,
            begun: None,
            text: vec![0; LONGEST],
            length: 0,
            ends: vec![0; CELLS],
            cells: 0,
            overflown: Overflown::No,
            reader: Reader::new(),
        }
    }

    /// The next row, as soon as its end has come; of `bytes` it takes what it has looked at.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Option<Cut> {
        loop {
            if self.begun.is_none() {
                self.begin(bytes)?;
            }
            match self.format {
                Format::Csv => self.read_cells(bytes)?,
                Format::Ndjson => self.read_line(bytes)?,
            }
            if let Some(cut) = self.cut() {
                return Some(cut);
            }
        }
    }

    /// The row that only the end of the file ends.
    pub fn last(&mut self) -> Option<Cut> {
        self.begun?;
        while self.format == Format::Csv {
            match self.step(&mut &[][..]) {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
                _ => {}
            }
        }
        self.cut()
    }

    /// Goes to the first byte of the next row.
    fn begin(&mut self, bytes: &mut &[u8]) -> Option<()> {
        if self.place.offset == 0 && bytes.starts_with(BYTE_ORDER_MARK) {
            self.take(bytes, BYTE_ORDER_MARK.len());
        }
        let ends = bytes.iter().take_while(|it| matches!(it, b'\r' | b'\n')).count();
        self.take(bytes, ends);
        bytes.first()?;
        self.begun = Some(self.place);
        Some(())
    }

    fn read_line(&mut self, bytes: &mut &[u8]) -> Option<()> {
        let end = bytes.iter().position(|it| *it == b'\n');
        let line = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        match self.text.get_mut(self.length..self.length + line.len()) {
            Some(room) => {
                room.copy_from_slice(line);
                self.length += line.len();
            }
            None => self.overflown = Overflown::Yes,
        }
        self.take(bytes, line.len() + usize::from(end.is_some()));
        end.map(|_| ())
    }

    fn read_cells(&mut self, bytes: &mut &[u8]) -> Option<()> {
        while !bytes.is_empty() {
            if self.step(bytes) == ReadRecordResult::Record {
                return Some(());
            }
        }
        None
    }

    /// One step of the parser, to which no bytes mean the end of the file.
    fn step(&mut self, bytes: &mut &[u8]) -> ReadRecordResult {
        let room = self.text.get_mut(self.length..).unwrap_or_default();
        let ends = self.ends.get_mut(self.cells..).unwrap_or_default();
        let (result, taken, written, ended) = self.reader.read_record(bytes, room, ends);
        self.length += written;
        self.cells += ended;
        self.take(bytes, taken);
        if matches!(result, ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull) {
            self.overflown = Overflown::Yes;
            (self.length, self.cells) = (0, 0);
        }
        result
    }

    /// The row that has ended, but for a blank line.
    fn cut(&mut self) -> Option<Cut> {
        let begun = self.begun.take()?;
        let text = self.text.get(..self.length).unwrap_or_default();
        let content = match self.format {
            Format::Ndjson => Content::Line(text.trim_ascii().to_vec()),
            Format::Csv => {
                let ends = self.ends.iter().take(self.cells);
                let cells = ends.scan(0, |start, end| {
                    let cell = text.get(*start..*end).unwrap_or_default();
                    *start = *end;
                    Some(cell.to_vec())
                });
                Content::Cells(cells.collect())
            }
        };
        let content = match self.overflown {
            Overflown::Yes => Err(Invalid::new("", "too_long", "is longer than 128 KiB")),
            Overflown::No => Ok(content),
        };
        (self.length, self.cells, self.overflown) = (0, 0, Overflown::No);
        self.reader.reset();
        let blank = matches!(&content, Ok(Content::Line(line)) if line.is_empty());
        (!blank).then_some(Cut { line: begun.line, end: self.place, content })
    }

    fn take(&mut self, bytes: &mut &[u8], some: usize) {
        let (taken, rest) = bytes.split_at_checked(some).unwrap_or((bytes, &[]));
        let lines = taken.split(|it| *it == b'\n').skip(1).count();
        self.place.offset += u64::try_from(taken.len()).unwrap_or_default();
        self.place.line += i64::try_from(lines).unwrap_or_default();
        *bytes = rest;
    }
}
