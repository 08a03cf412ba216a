//! How large files may be: what a source writes holds, what is too large is told with the key that
//! raises it, and a container or page up to 64 MiB is read within bounds.

use std::time::Duration;

use doisoat::cli::inspect::inspect_bytes;
use doisoat::clock::Stopwatch;
use doisoat::config::Config;
use doisoat::domain::Lang;

use crate::database::Kind;
use crate::hostile_files::xlsx;
use crate::office::{BANK, Office, csv, figures};
use crate::town::FIRST;

const ROW: &str = "05/12/2022;1;0;50.000;;NOP PHI H48.18.22-221205-0001";

/// The night of an office whose source has this key, with a file; what is said of it.
async fn told(key: &str, name: &str, bytes: &[u8]) -> (String, String) {
    let office = Office::new(Kind::Sqlite, &format!("{BANK}{key}\n")).await;
    office.put(name, bytes);
    let (_, of) = office.night(FIRST).await;
    (figures(&of).0.to_owned(), of["trouble"].to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_may_hold_is_set_and_told_with_its_key() {
    let text = csv(&[ROW, &ROW.replace(";1;", ";2;")]);
    let row = |n: u32| {
        format!("<row r=\"{n}\"><c r=\"A{n}\"><v>1</v></c><c r=\"J{n}\"><v>1</v></c></row>")
    };
    let sheet = (1..=40).map(row).collect::<Vec<_>>().concat();
    for (key, name, bytes, said) in [
        (
            "bytes_max = \"2GiB\"",
            "a.csv",
            text.as_bytes().to_vec(),
            "",
        ),
        ("rows_max = 3", "a.csv", text.as_bytes().to_vec(), ""),
        (
            "bytes_max = \"1KiB\"",
            "a.csv",
            text.repeat(20).into_bytes(),
            "tăng `bytes_max`",
        ),
        (
            "rows_max = 2",
            "a.csv",
            text.as_bytes().to_vec(),
            "rows_max",
        ),
        ("cells_max = 100", "a.xlsx", xlsx(&sheet), "cells_max"),
        ("rows_max = 30", "a.xlsx", xlsx(&sheet), "rows_max"),
    ] {
        let (state, trouble) = told(key, name, &bytes).await;
        if said.is_empty() {
            assert_eq!(state, "complete", "{key}: {trouble}");
        } else {
            assert_ne!(state, "complete", "{key}");
            assert!(trouble.contains(said), "{key}: {trouble}");
        }
    }
}

#[test]
fn keys_beyond_the_bounds_are_refused_by_name() {
    let read = |key: &str| {
        let text = format!("[database]\nurl = \"sqlite://x.db\"\n{BANK}{key}\n");
        Config::parse(&text, std::path::Path::new("doisoat.toml"))
    };
    for good in [
        "bytes_max = \"1KiB\"",
        "bytes_max = \"2GiB\"",
        "rows_max = 100000000",
        "cells_max = 20000000",
    ] {
        assert!(read(good).is_ok(), "{good}: {:?}", read(good).err());
    }
    for bad in [
        "bytes_max = \"3GiB\"",
        "bytes_max = \"0KiB\"",
        "bytes_max = 64",
        "rows_max = 0",
        "rows_max = 100000001",
        "cells_max = 20000001",
        "cells_max = \"many\"",
    ] {
        let key = bad.split(' ').next().unwrap();
        let said = format!("{:?}", read(bad).err().unwrap());
        assert!(said.contains(key), "{bad}: {said}");
    }
    // a source with an address has its own, and webhooks have none
    let push = BANK.replace("statement", "push") + "provider = \"sepay\"\nbytes_max = \"1MiB\"\n";
    let text = format!("[database]\nurl = \"sqlite://x.db\"\n{push}");
    let said = Config::parse(&text, std::path::Path::new("doisoat.toml")).err();
    let said = format!("{said:?}");
    assert!(said.contains("bytes_max"), "{said}");
}

/// A page of so many bytes with two entries and a comment that fills it.
fn page(bytes: usize) -> Vec<u8> {
    let head = "<html><table><tr><td>Ngày giao dịch<td>Số tham chiếu<td>Ghi nợ<td>Ghi có<td>Nội dung</tr>\
        <tr><td>05/12/2022<td>1<td>0<td>50.000<td>NOP PHI</tr>\
        <tr><td>05/12/2022<td>2<td>0<td>8.000<td>NOP PHI</tr></table><!--";
    let tail = "--></html>";
    let fill = bytes - head.len() - tail.len();
    format!("{head}{}{tail}", "x".repeat(fill)).into_bytes()
}

/// A container with a part of so many bytes that no packing makes smaller.
fn container(bytes: usize) -> Vec<u8> {
    use std::io::Write;
    use zip::CompressionMethod::Stored;
    use zip::write::SimpleFileOptions;
    let cell =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |n: u32, cells: [&str; 3]| {
        let all = cells.iter().zip(["A", "B", "C"]);
        let all: String = all
            .map(|(text, at)| cell(&format!("{at}{n}"), text))
            .collect();
        format!("<row r=\"{n}\">{all}</row>")
    };
    let sheet = row(1, ["Ngày giao dịch", "Ghi có", "Nội dung"])
        + &row(2, ["05/12/2022", "50.000", "NOP PHI"]);
    let mut book = zip::ZipWriter::new_append(std::io::Cursor::new(xlsx(&sheet))).unwrap();
    let stored = SimpleFileOptions::default().compression_method(Stored);
    book.start_file("xl/media/image1.png", stored).unwrap();
    book.write_all(&vec![7; bytes]).unwrap();
    book.finish().unwrap().into_inner()
}

#[test]
fn a_page_or_container_up_to_64_mib_is_read_and_a_larger_one_refused_at_once() {
    for (name, bytes, entries) in [
        ("a.xls", page(60 << 20), Some(2)),
        ("a.xls", page((64 << 20) + 1), None),
        ("a.xlsx", container(60 << 20), Some(1)),
        ("a.xlsx", container(65 << 20), None),
    ] {
        let begun = Stopwatch::start();
        let file = inspect_bytes(name, &bytes, None, Lang::En);
        let took = begun.elapsed();
        if let Some(entries) = entries {
            assert_eq!(file.error, None, "{name}");
            assert_eq!(file.statements[0].entries, entries, "{name}");
            continue;
        }
        assert!(took < Duration::from_secs(5), "{name}: {took:?}");
        let error = file.error.unwrap();
        let told = error.contains("67108864") && error.contains("bytes_max");
        assert!(told, "{error}");
    }
}
