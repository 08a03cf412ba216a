//! PDF of a night, of a month and of the forms, read back by poppler: the figures of `run.json`,
//! the same bytes again, the same words as the DOCX.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use doisoat::config::Format;
use doisoat::domain::Period;
use doisoat::job::forms::Form;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::report::pdf;
use doisoat::text;
use sha2::{Digest as _, Sha256};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::database::Kind;
use crate::forms::said;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, day, document, files, night};

/// What a reader of PDF finds in a file.
pub(crate) struct Read {
    /// The letters in the order of the pages.
    pub(crate) text: String,
    /// What the file says of itself.
    pub(crate) info: BTreeMap<String, String>,
    /// Name, and whether it is embedded and cut down.
    pub(crate) fonts: String,
}

fn poppler(program: &str, options: &[&str], bytes: &[u8]) -> String {
    let child = Command::new(program)
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|e| panic!("{program} (Debian: poppler-utils): {e}"));
    let mut to = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || to.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    let _closed_early = writer.join().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    // poppler 22 takes the entry for a name; ISO 32000-1, table 321 says boolean
    let wrong = "Syntax Error: Suspects object is wrong type (boolean)\n";
    let error = error.replace(wrong, "");
    assert!(
        output.status.success() && error.is_empty(),
        "{program}: {error}"
    );
    // poppler prints titles of headings as they stand in the file, in UTF-16
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn read(bytes: &[u8]) -> Read {
    let told = poppler("pdfinfo", &["-"], bytes);
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    Read {
        text: poppler("pdftotext", &["-raw", "-nopgbrk", "-", "-"], bytes),
        info: told.lines().filter_map(pair).collect(),
        fonts: poppler("pdffonts", &["-"], bytes),
    }
}

/// The text of each page.
pub(crate) fn pages_of(bytes: &[u8]) -> Vec<String> {
    let text = poppler("pdftotext", &["-raw", "-", "-"], bytes);
    let pages = text.trim_end_matches('\u{c}').split('\u{c}');
    pages.map(str::to_owned).collect()
}

/// The height of each word of each page, in hundredths of a point.
pub(crate) fn heights(bytes: &[u8]) -> Vec<Vec<i64>> {
    let told = poppler("pdftotext", &["-bbox", "-", "-"], bytes);
    let hundredths = |line: &str, name: &str| {
        let rest = line.split_once(&format!("{name}=\"")).unwrap().1;
        let (whole, part) = rest.split('"').next().unwrap().split_once('.').unwrap();
        let part = part.get(..2).unwrap();
        whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
    };
    let words = |page: &str| {
        let words = page.lines().filter(|line| line.contains("<word "));
        words
            .map(|line| hundredths(line, "yMax") - hundredths(line, "yMin"))
            .collect()
    };
    told.split("<page ").skip(1).map(words).collect()
}

/// The tree of meaning with its texts; slow.
pub(crate) fn heard(bytes: &[u8]) -> String {
    poppler("pdfinfo", &["-struct-text", "-"], bytes)
}

impl Read {
    pub(crate) fn pages(&self) -> usize {
        self.info["Pages"].parse().unwrap()
    }

    /// The letters without white.
    pub(crate) fn letters(&self) -> String {
        squeezed(&self.text)
    }
}

/// A text without white.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What every file of ours says of itself.
pub(crate) fn is_accessible(bytes: &[u8], lang: &str) -> Read {
    let read = read(bytes);
    assert_eq!(read.info["Tagged"], "yes");
    assert!(read.info["Page size"].contains("A4"), "{:?}", read.info);
    assert!(!read.info["Title"].is_empty());
    assert_eq!(read.info["JavaScript"], "no");
    let fonts: Vec<&str> = read.fonts.lines().skip(2).collect();
    assert!(!fonts.is_empty());
    for font in fonts {
        // embedded, a subset, and with a way back to letters
        assert!(
            font.contains("DoisoatSerif") && font.contains("yes yes yes"),
            "{font}"
        );
    }
    let file = String::from_utf8_lossy(bytes);
    for mark in [
        "<pdfuaid:part>1<",
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
    ] {
        assert!(file.contains(mark), "{mark}");
    }
    assert!(file.contains(&format!("<rdf:li>{lang}</rdf:li>")), "{lang}");
    assert!(is_nfc(&read.text), "composed letters");
    assert!(
        !read.text.contains('\u{fffd}'),
        "each letter can be read back"
    );
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_of_a_night_is_one_of_its_files() {
    let town = Town::new(Kind::Sqlite).await;
    let formats =
        "[report]\nformats = [\"html\", \"xlsx\", \"csv\", \"pdf\", \"json\"]\n[[target]]";
    let with_pdf = |text: String| text.replacen("[[target]]", formats, 1);
    let desk = town.desk(&with_pdf).await;
    town.morning_after(day(FIRST));
    let run_json = document(&night(&desk, FIRST).await);
    let published = files(&town.folder(FIRST));
    let bytes = &published["doisoat.pdf"];
    let sums = String::from_utf8(published["SHA256SUMS"].clone()).unwrap();
    assert!(sums.contains(&format!(
        "{}  doisoat.pdf",
        hex::encode(Sha256::digest(bytes))
    )));

    let read = is_accessible(bytes, "vi-VN");
    let letters = read.letters();
    let vi = doisoat::domain::Lang::Vi;
    for name in ["transactions", "matched", "open", "excluded"] {
        let figure = &run_json["totals"][name];
        let (count, sum) = (figure["count"].as_i64(), figure["sum_vnd"].as_i64());
        let figure = format!(
            "{}{}",
            text::number(vi, count.unwrap()),
            text::money(vi, sum.unwrap())
        );
        assert!(letters.contains(&squeezed(&figure)), "{name}: {figure}");
    }
    let share = crate::town::headline(&run_json);
    let (part, whole) = (&share["numerator"], &share["denominator"]);
    let parts = [part, whole].map(|n| text::number(vi, n.as_i64().unwrap()));
    assert!(letters.contains(&parts.join("/")), "{parts:?}");
    for word in [
        "BÁO CÁO ĐỐI SOÁT PHÍ, LỆ PHÍ",
        "Người lập biểu",
        "Kế toán trưởng",
        "sepay-main",
    ] {
        assert!(letters.contains(&squeezed(word)), "{word}");
    }
    let pages = read.pages();
    for page in 1..=pages {
        assert!(
            letters.contains(&format!("Trang{page}/{pages}")),
            "{page}/{pages}"
        );
    }

    // as published, made again, and replayed
    let asked = |formats: Vec<Format>| Asked {
        formats: Some(formats),
        ..Asked::of(Span::Night(day(FIRST)))
    };
    let root = town.dir().join("again");
    let folder = report_again::write(&desk, &asked(vec![Format::Pdf]), &root)
        .await
        .unwrap();
    assert!(
        folder.ends_with(format!("{FIRST}_pdf-json")),
        "{}",
        folder.display()
    );
    assert!(files(&folder)["doisoat.pdf"] == *bytes);
    let month = Asked {
        formats: Some(vec![Format::Pdf]),
        ..Asked::of(Span::Days(Period::month("2022-12").unwrap()))
    };
    let folder = report_again::write(&desk, &month, &root).await.unwrap();
    is_accessible(&files(&folder)["doisoat.pdf"], "vi-VN");
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&with_pdf)).unwrap();
    let replayed = run(&town, &["replay", FIRST]).await;
    assert_eq!(
        code(&replayed),
        0,
        "{}",
        String::from_utf8_lossy(&replayed.stdout)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_that_was_not_published_is_made_on_request() {
    let town = Town::new(Kind::Sqlite).await;
    let as_usual = |text: String| text;
    let desk = town.desk(&as_usual).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    assert!(
        !files(&town.folder(FIRST)).contains_key(pdf::FILE),
        "not among the usual files"
    );
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_usual)).unwrap();
    let made = |lang| {
        let args = [
            "report", "--format", "pdf", "--out", lang, "--lang", lang, "--json",
        ];
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let town = &town;
        async move {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let made = run(town, &args).await;
            assert_eq!(code(&made), 0, "{}", String::from_utf8_lossy(&made.stderr));
            let said: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
            files(&town.dir().join(said["report"].as_str().unwrap()))["doisoat.pdf"].clone()
        }
    };
    let (vi, en) = (made("vi").await, made("en").await);
    assert!(is_accessible(&vi, "vi-VN").letters().contains("Trang1/"));
    let read = is_accessible(&en, "en-US");
    assert!(read.letters().contains("Page1/") && !read.letters().contains("Trang1/"));
    assert!(read.info["Title"].contains("2022-12-05"), "{:?}", read.info);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_of_each_form_says_what_the_docx_says() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&|text| text).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    for form in [Form::Minutes(None), Form::Payments] {
        let asked = Asked {
            form: Some(form),
            ..Asked::of(Span::Night(day(FIRST)))
        };
        let folder = report_again::write(&desk, &asked, &desk.config.report_dir).await;
        let papers = files(&folder.unwrap());
        let named = |end: &str| papers.keys().filter(|name| name.ends_with(end)).count();
        assert!(
            named(".pdf") > 0 && named(".pdf") == named(".docx"),
            "{:?}",
            papers.keys()
        );
        for (name, bytes) in papers
            .iter()
            .filter(|(name, _)| name.rsplit('.').next() == Some("pdf"))
        {
            let read = is_accessible(bytes, "vi-VN");
            let letters = read.letters();
            let docx = said(&papers[&name.replace(".pdf", ".docx")]);
            let unescaped = |text: &String| text.replace("&amp;", "&").replace("&quot;", "\"");
            for line in docx.iter().map(unescaped) {
                let line: String = squeezed(&line).nfc().collect();
                assert!(letters.contains(&line), "{name}: {line}");
            }
            for word in [
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
            ] {
                assert!(letters.contains(&squeezed(word)), "{name}: {word}");
            }
        }
    }
}
