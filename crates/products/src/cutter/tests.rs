use super::*;

const BEGIN: Place = Place { offset: 0, line: 1 };

/// The rows of a file that comes `size` bytes at a time, by their lines; what is wrong by its code.
fn rows(file: &[u8], format: Format, size: usize) -> Vec<(i64, String)> {
    let (mut cutter, mut cuts) = (Cutter::at(BEGIN, format), Vec::new());
    for mut bytes in file.chunks(size) {
        cuts.extend(std::iter::from_fn(|| cutter.next(&mut bytes)));
        assert!(bytes.is_empty());
    }
    cuts.extend(cutter.last());
    cuts.into_iter().map(|cut| (cut.line, told(cut.content))).collect()
}

fn told(content: Result<Content, Invalid>) -> String {
    match content {
        Ok(Content::Line(line)) => String::from_utf8_lossy(&line).into_owned(),
        Ok(Content::Cells(cells)) => {
            let cells: Vec<_> = cells.iter().map(|it| String::from_utf8_lossy(it)).collect();
            cells.join("|")
        }
        Err(fault) => fault.code,
    }
}

fn same(file: &[u8], format: Format, expected: &[(i64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(n, row)| (*n, (*row).to_owned())).collect();
    for size in [1, 2, 3, 5, 7, 1 << 20] {
        assert_eq!(rows(file, format, size), expected, "{size} bytes at a time");
    }
}

#[test]
fn rows_of_csv_are_those_of_rfc_4180_in_their_lines() {
    let file = b"a,b\r\n1,\"two\r\nlines, and \"\"quotes\"\"\"\r\n\r\n\n3,\n,,\n\"\"\nlast";
    let rows = [
        (1, "a|b"),
        (2, "1|two\r\nlines, and \"quotes\""),
        (6, "3|"),
        (7, "||"),
        (8, ""),
        (9, "last"),
    ];
    same(file, Format::Csv, &rows);
    same(b"", Format::Csv, &[]);
    same(b"\n\r\n", Format::Csv, &[]);
    same(b"a,\xff", Format::Csv, &[(1, "a|\u{fffd}")]);
    assert_eq!(rows_of(b"\xef\xbb\xbfa,b\n"), [(1, "a|b".to_owned())]);
}

fn rows_of(file: &[u8]) -> Vec<(i64, String)> {
    rows(file, Format::Csv, 1 << 20)
}

#[test]
fn rows_of_ndjson_are_lines_that_are_not_blank() {
    let file = b"{\"a\":1}\r\n\n   \n {} \n[1,\n2]";
    same(file, Format::Ndjson, &[(1, "{\"a\":1}"), (4, "{}"), (5, "[1,"), (6, "2]")]);
    same(b" \n ", Format::Ndjson, &[]);
    let marked = rows(b"\xef\xbb\xbf{}\n", Format::Ndjson, 64);
    assert_eq!(marked, [(1, "{}".to_owned())]);
}

/// A16: a row without end costs no memory, and those behind it are read.
#[test]
fn a_row_that_is_too_long_is_one_row() {
    let long = "x".repeat(LONGEST * 3);
    let file = format!("a\n{long}\nb\n\"{long}\n\",1\nc\n");
    for size in [1000, 1 << 20] {
        let expected = [(1, "a"), (2, "too_long"), (3, "b"), (4, "too_long"), (6, "c")];
        let expected = expected.map(|(n, row)| (n, row.to_owned()));
        assert_eq!(rows(file.as_bytes(), Format::Csv, size), expected);
    }
    let file = format!("a\n{long}\nb\n");
    let expected = [(1, "a"), (2, "too_long"), (3, "b")];
    same(file.as_bytes(), Format::Ndjson, &expected);
    let wide = format!("{}\nb\n", ",".repeat(CELLS * 2));
    same(wide.as_bytes(), Format::Csv, &[(1, "too_long"), (2, "b")]);
    let unclosed = format!("a\n\"{long}");
    same(unclosed.as_bytes(), Format::Csv, &[(1, "a"), (2, "too_long")]);
}

#[test]
fn a_new_cutter_goes_on_where_another_was() {
    let file = "a,b\r\n1,\"x\ny\"\r\n2,z\n\n3,\"\"\"\"".as_bytes();
    let whole = rows_of(file);
    let (mut place, mut found) = (BEGIN, Vec::new());
    loop {
        let mut cutter = Cutter::at(place, Format::Csv);
        let from = usize::try_from(place.offset).unwrap();
        let Some(cut) = cutter.next(&mut &file[from..]).or_else(|| cutter.last()) else {
            break;
        };
        place = cut.end;
        found.push((cut.line, told(cut.content)));
    }
    assert_eq!(found, whole);
}
