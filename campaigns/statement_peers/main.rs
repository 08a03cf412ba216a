//! `statement-peers FORMAT FILE`: reads a statement file with what is published for its format in
//! Rust, and prints the number of entries.

use std::io::Cursor;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let entries = match args[1].as_str() {
        "mt940" => {
            let text = std::fs::read_to_string(&args[2]).expect("a file");
            // the crate knows no dash at the end of a message, nor a line end behind the last field
            let text = text.trim_end_matches(['-', '\n']);
            let statements = mt940::parse_mt940(text).expect("an MT940");
            statements.iter().map(|s| s.statement_lines.len()).sum::<usize>()
        }
        "camt" => {
            let document = camt053::Document::load(&args[2]).expect("a camt.053");
            let statements = document.statements().iter();
            statements.map(|s| s.entry.len()).sum()
        }
        "xlsx" => {
            let bytes = std::fs::read(&args[2]).expect("a file");
            let mut book: calamine::Xlsx<_> =
                calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
            let sheet = calamine::Reader::worksheet_range_at(&mut book, 0);
            sheet.expect("a sheet").expect("cells").height()
        }
        other => panic!("no such format: {other}"),
    };
    println!("{entries}");
}
