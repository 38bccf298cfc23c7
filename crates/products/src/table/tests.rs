use super::*;

/// ASVS 1.2.10, A21: no cell is a formula, and each means what it did.
#[test]
fn what_a_spreadsheet_would_calculate_is_made_neutral_and_meant_as_it_was() {
    for formula in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u{a0}+1",
        "\0=1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        "'=1",
        "''=1",
        "' =1",
        "' '=",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"a\")",
    ] {
        let cell = neutral(formula);
        assert!(cell.starts_with('\''), "{formula:?}");
        assert_eq!(meant(&cell), formula);
    }
    for harmless in ["", "Anvil", "'", "''", "'tis", "1=1", "a-b", "O'=x", "\"=1\"", "'\"=1"] {
        assert_eq!(neutral(harmless), harmless);
        assert_eq!(meant(harmless), harmless);
    }
}

/// The same with every short text over the letters that matter.
#[test]
fn neutral_cells_are_read_as_they_were_whatever_they_hold() {
    let letters = ['\'', '=', '-', ' ', '\t', 'a', '"', ','];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        let longer = texts.iter().flat_map(|text| letters.map(|it| format!("{text}{it}")));
        texts = longer.chain([String::new()]).collect();
        for text in &texts {
            let cell = neutral(text);
            assert_eq!(meant(&cell), text);
            assert!(!cell.trim_start().starts_with(['=', '-']), "{text:?}");
        }
    }
}

#[test]
fn a_first_row_names_known_columns_once() {
    let named = |names: &str| {
        let names: Vec<_> = names.split(',').map(|it| it.as_bytes().to_vec()).collect();
        columns(&names)
    };
    assert_eq!(named("sku, name").unwrap(), [Column::Sku, Column::Name]);
    assert_eq!(named("id").unwrap(), [Column::Id]);
    let all = String::from_utf8(heading()).unwrap();
    assert_eq!(named(all.trim_end()).unwrap(), Column::ALL);
    for wrong in ["", "name", "sku,sku", "sku,colour", "SKU", "sku;name", "sku,"] {
        assert!(named(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_row_says_what_its_cells_say() {
    let read = |cells: [&str; 8]| {
        let cells = cells.map(|it| it.as_bytes().to_vec());
        document(&Column::ALL, &cells).map(Value::Object)
    };
    let whole = read(["", "A", "'=x", "", "", "5", "EUR", "{\"a\":1}"]).unwrap();
    let price = serde_json::json!({ "amount": 5, "currency": "EUR" });
    let meant = serde_json::json!({
        "sku": "A", "name": "=x", "description": "", "price": price, "attributes": { "a": 1 }
    });
    assert_eq!(whole, meant);
    let odd = read(["", "A", "", "", "", "1,5", "", ""]).unwrap();
    assert_eq!(odd["price"], serde_json::json!({ "amount": "1,5" }));
    let broken = read(["", "A", "", "", "", "", "", "{\"a\":1,\"a\":2}"]).unwrap_err();
    assert_eq!(broken.pointer, "/attributes");
    assert_eq!(document(&[Column::Sku], &[]).unwrap_err().code, "columns");
    assert_eq!(document(&[Column::Sku], &[vec![0xff]]).unwrap_err().code, "encoding");
}
