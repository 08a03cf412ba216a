//! Files that lie about their size, never end, nest without bound or lost digits: refused, or told
//! row by row, within bounds.

use std::path::PathBuf;

use doisoat::cli::inspect::inspect_bytes;
use doisoat::domain::Lang;

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "statements", name]
        .iter()
        .collect()
}

fn refused(name: &str, bytes: &[u8], said: &str) {
    let file = inspect_bytes(name, bytes, None, Lang::En);
    let error = file.error.unwrap_or_default();
    assert!(
        error.starts_with(name) && error.contains(said),
        "{said}: {error}"
    );
}

/// An XLSX of one sheet.
pub(crate) fn xlsx(sheet: &str) -> Vec<u8> {
    xlsx_of("", sheet)
}

/// The same, with something in front of the sheet.
fn xlsx_of(before: &str, sheet: &str) -> Vec<u8> {
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        book.start_file(name, SimpleFileOptions::default()).unwrap();
        book.write_all(text.as_bytes()).unwrap();
    };
    let types = "http://schemas.openxmlformats.org";
    part(
        "[Content_Types].xml",
        &format!("<Types xmlns=\"{types}/package/2006/content-types\"/>"),
    );
    part(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{types}/package/2006/relationships\"><Relationship Id=\"rId1\" \
             Type=\"{types}/officeDocument/2006/relationships/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{types}/spreadsheetml/2006/main\" \
             xmlns:r=\"{types}/officeDocument/2006/relationships\"><sheets>\
             <sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"{types}/package/2006/relationships\"><Relationship Id=\"rId1\" \
             Type=\"{types}/officeDocument/2006/relationships/worksheet\" \
             Target=\"worksheets/sheet1.xml\"/></Relationships>"
        ),
    );
    part(
        "xl/worksheets/sheet1.xml",
        &format!(
            "{before}<worksheet xmlns=\"{types}/spreadsheetml/2006/main\"><sheetData>{sheet}</sheetData>\
             </worksheet>"
        ),
    );
    book.finish().unwrap().into_inner()
}

#[test]
fn hostile_and_broken_files_are_refused_with_their_reason() {
    let check = |bytes: &[u8], said: &str| {
        let file = inspect_bytes("sao_ke.xlsx", bytes, None, Lang::En);
        let error = file.error.unwrap_or_default();
        assert!(error.contains(said), "{said}: {error}");
    };
    check(b"PK\x03\x04 not a container", "damaged");
    let part = "part \"xl/worksheets/sheet1.xml\" inside: the spreadsheet ";
    check(
        &xlsx(&"<row r=\"1\"/>".repeat(2_000_000)),
        &format!("{part}would inflate to hundreds of times"),
    );
    let corner = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    check(
        &xlsx(corner),
        "sheet \"S\", row 1048576: the spreadsheet has more columns or cells",
    );
    check(
        &xlsx("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"),
        "no header row",
    );
    check(
        b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><Document><BkToCstmrStmt>&b;",
        "document type",
    );
    let mut cut = std::fs::read(path("account.xlsx")).unwrap();
    cut.truncate(3_000);
    check(&cut, "damaged");
}

#[test]
fn a_spreadsheet_with_entities_or_lying_sizes_says_so() {
    let part = "part \"xl/worksheets/sheet1.xml\" inside: the spreadsheet ";
    let row = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let document = "<!DOCTYPE worksheet [<!ENTITY x \"5\">]>";
    let with_type = xlsx_of(document, &row.replace(">1<", ">&x;<"));
    refused("a.xlsx", &with_type, &format!("{part}has a document type"));
    // the directory tells another length of the last part, of the sheet
    let mut lying = xlsx(row);
    let entry = b"PK\x01\x02";
    let at = lying.windows(4).rposition(|w| w == entry).unwrap();
    let told = u32::from_le_bytes(lying[at + 24..at + 28].try_into().unwrap());
    for length in [told - 1, told + 1, 1] {
        put(&mut lying, at + 24, &length.to_le_bytes());
        refused("a.xlsx", &lying, &format!("{part}tells another length"));
    }
    // what is damaged in a sheet is told with the sheet
    let broken = xlsx("<row r=\"1\"><c r=\"A1\"><v>1</c></row>");
    refused("a.xlsx", &broken, "sheet \"S\": the spreadsheet is damaged");
}

#[test]
fn numbers_that_lost_digits_are_told() {
    let cell =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let head = ["Ngày", "Số tham chiếu", "Số tiền"];
    let head: String = head
        .iter()
        .zip(["A1", "B1", "C1"])
        .map(|(h, at)| cell(at, h))
        .collect();
    let row = |n: u32, reference: &str| {
        let day = cell(&format!("A{n}"), "05/12/2022");
        format!(
            "<row r=\"{n}\">{day}<c r=\"B{n}\"><v>{reference}</v></c><c r=\"C{n}\"><v>50000</v></c></row>"
        )
    };
    let sheet = format!(
        "<row r=\"1\">{head}</row>{}{}",
        row(2, "123456789012345"),
        row(3, "1234567890123456789")
    );
    let file = inspect_bytes("x.xlsx", &xlsx(&sheet), None, Lang::Vi);
    let [bad] = file.rejects.as_slice() else {
        panic!("{file:?}")
    };
    assert_eq!((bad.line, &*bad.column), (3, "Số tham chiếu"));
    assert!(bad.reason.contains("15 chữ số"), "{bad:?}");
    assert_eq!(file.statements[0].entries, 2);
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Where a record of the workbook begins.
fn record(bytes: &[u8], kind: u16, length: u16) -> usize {
    let head = [kind.to_le_bytes(), length.to_le_bytes()].concat();
    bytes.windows(4).position(|w| w == head).unwrap()
}

#[test]
fn xls_files_that_lie_are_refused() {
    let whole = std::fs::read(path("account.xls")).unwrap();
    // a told extent of four billion rows
    let mut told = whole.clone();
    let at = record(&told, 0x0200, 14);
    put(&mut told, at + 8, &u32::MAX.to_le_bytes());
    let sheet = "sheet \"Sao ke\"";
    let much = ": the spreadsheet has more columns or cells";
    refused("a.xls", &told, &format!("{sheet}{much}"));
    // a cell in the last corner of the sheet
    let mut corner = whole.clone();
    let at = record(&corner, 0x00fd, 10);
    put(&mut corner, at + 4, &[0xff, 0xff, 0xff, 0x00]);
    refused("a.xls", &corner, &format!("{sheet}, row 65536{much}"));
    // a chain of sectors that bites its own tail
    let number = |at: usize| u32::from_le_bytes(whole[at..at + 4].try_into().unwrap());
    let place = |sector: u32| (usize::try_from(sector).unwrap() + 1) * 512;
    let mut endless = whole.clone();
    let directory = number(48);
    let at = place(number(76)) + usize::try_from(directory).unwrap() * 4;
    put(&mut endless, at, &directory.to_le_bytes());
    refused("a.xls", &endless, "damaged");
    // a stream that begins outside of the file
    let mut outside = whole.clone();
    put(&mut outside, 48, &0x00ff_ffff_u32.to_le_bytes());
    refused("a.xls", &outside, "damaged");
    // cut and spoilt anywhere: read or refused, never stuck
    for cut in (0..whole.len()).step_by(61) {
        let _ = inspect_bytes("a.xls", &whole[..cut], None, Lang::En);
    }
    for at in (0..whole.len()).step_by(3) {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 0x5a;
        let _ = inspect_bytes("a.xls", &spoilt, None, Lang::En);
    }
}

#[test]
fn tables_beyond_all_measure_are_refused_with_their_line() {
    let wide = format!("Ngày;Số tiền\n05/12/2022;5\n{}\n", ";".repeat(1_000_000));
    refused(
        "a.csv",
        wide.as_bytes(),
        "from line 3 on the table has more columns",
    );
    let page = format!(
        "<html><table>\n<tr>{}</tr></table></html>",
        "<td colspan=64>x".repeat(20_000)
    );
    refused(
        "a.xls",
        page.as_bytes(),
        "from line 2 on the table has more columns",
    );
    let scripts = format!("<html>{}</html>", "<script></SCRIPT>".repeat(1_000_000));
    refused("a.html", scripts.as_bytes(), "no header row");
    let large = "x".repeat((32 << 20) + 1);
    refused("a.csv", large.as_bytes(), "more than 16777216 bytes");
    let open = format!("Ngày;Số tiền\n05/12/2022;\"{}", "5\n".repeat(9 << 20));
    refused("a.csv", open.as_bytes(), "line 2 is never closed");
}

#[test]
fn a_text_is_walked_however_many_cells_it_has() {
    // no table that is held may have as many cells
    let blank = format!("{}\n", ";".repeat(250)).repeat(9_000);
    let row = "05/12/2022;5\n";
    let long = format!("Ngày;Số tiền ghi có\n{row}{blank}{row}");
    let file = inspect_bytes("a.csv", long.as_bytes(), None, Lang::En);
    assert_eq!(file.error, None);
    assert_eq!(file.statements[0].entries, 2);
    assert_eq!(file.statements[0].credits.sum, "10");
}

#[test]
fn of_very_many_bad_rows_the_first_are_listed() {
    let text = format!("Ngày;Số tiền ghi có\n{}", "05/12/2022;x\n".repeat(10_002));
    let file = inspect_bytes("a.csv", text.as_bytes(), None, Lang::En);
    assert_eq!(file.rejects.len(), 10_000);
    assert!(file.notes[0].contains("10002 rows"), "{:?}", file.notes);
}

#[test]
fn a_long_table_of_which_nothing_can_be_read_is_not_read_to_its_end() {
    let rows = "05/12/2022;khong co so tien nao o day\n".repeat(900_000);
    let text = format!("Ngày;Số tiền ghi có\n{rows}");
    refused(
        "a.csv",
        text.as_bytes(),
        "none can be read, the rest was not looked at",
    );
}

#[test]
fn messages_beyond_all_measure_are_refused_with_their_line() {
    let head = "<?xml version=\"1.0\"?>\n<Document><BkToCstmrStmt>\n";
    let deep = format!("{head}{}", "<a>".repeat(100_000));
    refused(
        "a.xml",
        deep.as_bytes(),
        "line 3: the XML is nested too deeply",
    );
    let text = format!("{head}<Stmt><Id>{}</Id>", "x".repeat(3 << 20));
    refused(
        "a.xml",
        text.as_bytes(),
        "line 3: the XML holds a tag or text that is far too long",
    );
    let tag = format!("{head}<Stmt a=\"{}\">", "x".repeat(3 << 20));
    refused("a.xml", tag.as_bytes(), "far too long");
    let entity = format!("{head}&x;");
    refused("a.xml", entity.as_bytes(), "line 3: the XML uses an entity");
    // a line of MT940 may be as long as it likes, and a narrative, too
    let swift = format!(
        ":20:X\n:25:1\n:60F:C221204VND0,\n:61:221205C5,NTRFA\n:86:{}\n:62F:C221205VND5,\n",
        "x".repeat(5 << 20)
    );
    let file = inspect_bytes("a.mt940", swift.as_bytes(), None, Lang::En);
    assert_eq!(
        (file.error, file.statements[0].balanced),
        (None, Some(true))
    );
}

/// More shared texts are announced than there are: a reader that makes room for them all fails.
#[test]
fn a_spreadsheet_that_announces_too_much_is_refused() {
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    book.start_file("xl/sharedStrings.xml", SimpleFileOptions::default())
        .unwrap();
    book.write_all(b"<sst count=\"1\" uniqueCount=\"999999999999\"><si><t>x</t></si></sst>")
        .unwrap();
    let bytes = book.finish().unwrap().into_inner();
    refused("a.xlsx", &bytes, "hundreds of times");
}

/// Of each statement something is held until the end of a file.
#[test]
fn a_message_of_countless_statements_is_refused() {
    let camt = |n: usize| {
        let many = "<Stmt><Id>1</Id></Stmt>".repeat(n);
        let space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
        format!("<Document xmlns=\"{space}\"><BkToCstmrStmt>{many}</BkToCstmrStmt></Document>")
    };
    let swift =
        |n: usize| ":20:X\n:25:1\n:28C:1\n:60F:C221204VND0,\n:62F:C221205VND0,\n-\n".repeat(n);
    for text in [camt(50_001), swift(50_001)] {
        let file = inspect_bytes("a", text.as_bytes(), None, Lang::Vi);
        let said = file.error.unwrap();
        assert!(said.contains("hơn 50000 sao kê"), "{said}");
        assert_eq!(file.statements.len(), 0);
    }
    let file = inspect_bytes("a", camt(3).as_bytes(), None, Lang::Vi);
    assert_eq!((file.error, file.statements.len()), (None, 3));
}
