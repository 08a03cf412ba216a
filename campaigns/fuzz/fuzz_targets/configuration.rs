//! A configuration: accepted, or refused with a place and a fix.
#![no_main]

use std::path::Path;

use doisoat::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Err(error) = Config::parse(&text, Path::new("doisoat.toml")) {
        assert!(error.place.starts_with("doisoat.toml"), "{error}");
        assert!(!error.message.is_empty() && !error.fix.is_empty(), "{error}");
    }
});
