//! A statement of any format: the first byte says which reader is asked for. It is read or refused
//! with a reason, twice alike.
#![no_main]

use doisoat::cli::inspect::inspect_bytes;
use doisoat::domain::Lang;
use libfuzzer_sys::fuzz_target;

const FORMATS: [Option<&str>; 8] = [
    None,
    Some("mt940"),
    Some("camt.053"),
    Some("csv"),
    Some("xlsx"),
    Some("xls"),
    Some("html"),
    Some("ods"),
];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let format = FORMATS[usize::from(*which) % FORMATS.len()];
    let told = || serde_json::to_string(&inspect_bytes("file", bytes, format, Lang::En)).unwrap();
    let seen = inspect_bytes("file", bytes, format, Lang::En);
    if let Some(error) = &seen.error {
        assert!(error.len() > 10 && seen.statements.is_empty(), "{error}");
    }
    assert_eq!(told(), told());
});
