//! A text that is walked gives what the same text gives when it is held.

use super::*;
use crate::format::tables::Tables;
use proptest::prelude::*;

/// What walking gives, and what holding gives.
type Both = [Result<(Vec<GridRow>, &'static str, char, End), String>; 2];

fn both(bytes: &[u8], forms: Forms) -> Both {
    let walked = || {
        let text = Text::open(Box::new(bytes), forms, Limits::TEXT)?;
        let Ok(text) = text else { panic!("a page") };
        let rows: Vec<GridRow> = text.walk().collect();
        match text.fault() {
            Some(fault) => Err(fault),
            None => Ok((rows, text.encoding, text.delimiter, text.end)),
        }
    };
    let held = |tables: Tables| {
        let encoding = tables.encoding.unwrap_or_default();
        let rows = tables.sheets.into_iter().flat_map(|sheet| sheet.rows);
        (rows.collect(), encoding, tables.delimiter, tables.end)
    };
    [
        walked().map_err(|error: FormatError| error.to_string()),
        Tables::read(bytes.to_vec(), forms)
            .map(held)
            .map_err(|error| error.to_string()),
    ]
}

fn same(bytes: &[u8], forms: Forms) -> Option<Vec<GridRow>> {
    let [walked, held] = both(bytes, forms);
    assert_eq!(walked, held, "{bytes:?} {forms:?}");
    walked.ok().map(|found| found.0)
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_encoding_is_walked_as_it_is_held() {
    let composed = "Ngày giao dịch;Số tiền\n05/12/2022;1.000\n";
    let apart: String = composed.nfd().collect();
    let files: [Vec<u8>; 12] = [
        composed.into(),
        format!("\u{feff}\"{composed}").into(),
        format!("\u{feff}\"a\nb\";c\n{composed}").into(),
        utf16(composed, u16::to_le_bytes),
        utf16(&format!("\u{feff}{apart}"), u16::to_le_bytes),
        utf16(&format!("\u{feff}{composed}"), u16::to_be_bytes),
        b"Ng\xb5y,S\xe8 ti\xd2n\n1,2".to_vec(),
        b"Nga\xf8y,So\xe1 tie\xe0n\r\n1,2\r\n".to_vec(),
        b"Ng\xe0y,S\xf4\xec ti\xea\xccn\r1,2\r".to_vec(),
        "Ngµy,Sè tiÒn\n1,2\n".into(),
        b" \r\n\t".to_vec(),
        utf16(" \n ", u16::to_le_bytes),
    ];
    let names = [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "windows-1258",
        "tcvn3",
        "vni",
    ];
    for file in &files {
        for encoding in names.map(Some).into_iter().chain([None]) {
            let forms = Forms {
                encoding,
                ..Forms::default()
            };
            same(file, forms);
        }
    }
}

#[test]
fn what_stands_far_down_decides_too() {
    let far = |head: &str, tail: &[u8]| {
        let middle = "1,2\n".repeat(100_000);
        [head.as_bytes(), middle.as_bytes(), tail].concat()
    };
    // one byte that is no UTF-8 makes it an older encoding; a sign above U+00FF no old font
    for (head, tail) in [
        ("a,b\n", b"x,\xe0\n".as_slice()),
        ("Ngµy,Sè tiÒn\n", "x,ạ\n".as_bytes()),
        ("Ngµy,Sè tiÒn\n", "x,è".as_bytes()),
        ("a,b\n", b"x,\"y\n"),
        ("a,b\n", b"x,\"y\n\"\"z\"\n"),
    ] {
        let wide = far(head, tail);
        same(&wide, Forms::default());
    }
    let lines = same(&far("a,b\n", b"x,y\n"), Forms::default()).unwrap();
    assert_eq!(lines.last().map(|row| row.line), Some(100_002));
}

#[test]
fn limits_hold_while_a_text_is_walked() {
    let limits = Limits {
        file_bytes: 1 << 20,
        record_bytes: 1 << 16,
        ..Limits::TEXT
    };
    let fault = |bytes: &[u8]| {
        let text = match Text::open(Box::new(bytes), Forms::default(), limits) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => panic!("a page"),
            Err(error) => return error.to_string(),
        };
        assert!(text.walk().count() < 10);
        text.fault()
            .map(|fault| fault.to_string())
            .unwrap_or_default()
    };
    let line = format!("a,b\n1,2\n{}", "x".repeat(1 << 19));
    assert_eq!(
        fault(line.as_bytes()),
        "the row that begins in line 3 has more than 65536 bytes"
    );
    let quote = format!("a;b\n1;\"{}", "x;y\n".repeat(1 << 16));
    assert_eq!(
        fault(quote.as_bytes()),
        "the quote opened in line 2 is never closed"
    );
    let wide = format!("a,b\n{}\n", ",".repeat(300));
    assert_eq!(
        fault(wide.as_bytes()),
        "line 2: the table is too wide or too large"
    );
    let large = "1,2\n".repeat(1 << 18) + "3";
    assert_eq!(
        fault(large.as_bytes()),
        "the file has 1048577 bytes, more than the 1048576 allowed"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn any_text_is_walked_as_it_is_held(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                &b"a"[..], b"1", b",", b";", b"\"", b"\"\"", b"\n", b"\r\n", b"\r", b" ",
                "ạ".as_bytes(), "è".as_bytes(), b"\xe0", b"\xff", b"\0",
            ]),
            0..30,
        ),
    ) {
        same(&parts.concat(), Forms::default());
    }
}
