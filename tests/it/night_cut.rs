//! Nights whose statements are cut or do not agree: such a day is never whole, the source is
//! partial, the page says which file and where, and the right file heals the night.

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::night_untied::DAY;
use crate::office::{Office, csv, figures, fixture};
use crate::town::{FIRST, codes, document};

fn swift() -> String {
    std::fs::read_to_string(fixture("account.mt940")).unwrap()
}

/// The text up to a place in it.
fn until<'t>(text: &'t str, place: &str) -> &'t str {
    &text[..text.find(place).unwrap_or_else(|| panic!("{place}"))]
}

fn page(office: &Office, date: &str) -> String {
    let page = office.town.reports()[&format!("{date}/index.html")].clone();
    String::from_utf8(page).unwrap()
}

fn says(office: &Office, date: &str, words: &[&str]) {
    let page = page(office, date);
    for word in words {
        assert!(page.contains(word), "{word} is not on the page of {date}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_statement_is_partial_wherever_it_is_cut() {
    let whole = swift();
    // the place at which the text ends, the rows taken, the line of the reject, its value
    let places = [
        (":62F:", 3, 13, "8000,"),
        ("00,NCHG", 2, 11, "1500"),
        ("Y TAI KHOAN", 2, 11, "150000,"),
        (":61:2212051205C50000", 0, 5, ""),
    ];
    for (place, rows, line, value) in places {
        let office = Office::bank(Kind::Sqlite).await;
        office.put("thieu.mt940", until(&whole, place).as_bytes());
        let (cut, of) = office.night(FIRST).await;
        assert_eq!(
            (codes(&cut), figures(&of).0),
            (vec![3], "partial"),
            "{place}: {of}"
        );
        assert_eq!(
            (figures(&of).1, of["rejects"].as_u64()),
            (rows, Some(1)),
            "{place}: {of}"
        );
        let said = of.to_string();
        assert!(
            said.contains(&format!("thieu.mt940: sao kê bị cắt ở dòng {line}")),
            "{place}: {said}"
        );
        says(
            &office,
            FIRST,
            &["thieu.mt940: sao kê bị cắt", "hãy tải lại sao kê"],
        );
        let dump = office.town.dump().await;
        let reject = dump
            .lines()
            .find(|row| row.starts_with("reject_row"))
            .unwrap();
        for told in [
            "\"code\":\"cut_off\"".to_owned(),
            "\"file\":\"thieu.mt940\"".to_owned(),
            format!("\"line\":{line},"),
            format!("\"value\":\"{value}\""),
            "\"amount_vnd\":null".to_owned(),
        ] {
            assert!(reject.contains(&told), "{place}: {told}: {reject}");
        }
        let share = crate::town::headline(&document(&cut)).clone();
        let decided = ["met", "missed"].contains(&share["verdict"].as_str().unwrap());
        assert!(!decided, "{place}: {share}");
        assert!(
            !office.night(FIRST).await.0.published,
            "{place}: twice the same"
        );
        // the whole statement beside the cut one
        office.put("du.mt940", whole.as_bytes());
        let (healed, of) = office.night(FIRST).await;
        assert_eq!(codes(&healed), [0], "{place}: {of}");
        assert_eq!(figures(&of), ("complete", 4, 216_000), "{place}: {of}");
        assert!(!of.to_string().contains("bị cắt"), "{place}: {of}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_night_is_proved_verified_and_made_again() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = Office::bank(kind).await;
        let whole = swift();
        office.put("thieu.mt940", until(&whole, ":62F:").as_bytes());
        assert_eq!(codes(&office.night(FIRST).await.0), [3], "{kind:?}");
        let second = csv(&[
            "06/12/2022;1;0;50.000;150.000;NOP PHI H48.18.22-221205-0001",
            "06/12/2022;3;0;8.000;178.000;NOP PHI H48.18.22-221206-0002",
        ]);
        office.put("lech.csv", second.as_bytes());
        let (untied, of) = office.next("2022-12-06").await;
        assert_eq!(
            (codes(&untied), figures(&of).0),
            (vec![5, 3], "partial"),
            "{kind:?}: {of}"
        );
        let Office { town, desk } = office;
        desk.close().await;
        let (dump, reports) = (town.dump().await, town.reports());
        for date in [FIRST, "2022-12-06"] {
            for args in [
                &["replay", date, "--lang", "en"][..],
                &["verify", "--date", date, "--lang", "en"],
                &[
                    "report",
                    "--date",
                    date,
                    "--as-of",
                    "2022-12-06",
                    "--out",
                    "seen",
                ],
            ] {
                let done = run(&town, args).await;
                let said = crate::cli::stdout(&done) + &String::from_utf8_lossy(&done.stderr);
                assert_eq!(code(&done), 0, "{kind:?} {args:?}: {said}");
            }
        }
        assert!(town.dump().await == dump, "{kind:?}");
        let kept = |name: &&String| !name.starts_with("seen");
        for name in reports.keys().filter(kept) {
            assert!(town.reports()[name] == reports[name], "{kind:?} {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_waits_for_the_one_after_it() {
    let whole = swift();
    let at = whole.find(":61:2212051205D150000").unwrap();
    let head = until(&whole, ":60F:");
    let first = format!("{}:62M:C221205VND1308000,\n-}}\n", &whole[..at]);
    let second = format!("{head}:60M:C221205VND1308000,\n{}", &whole[at..]);
    let second = second.replace(":28C:339/1", ":28C:339/2");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("trang1.mt940", first.as_bytes());
    let (half, of) = office.night(FIRST).await;
    assert_eq!((codes(&half), figures(&of).0), (vec![3], "partial"), "{of}");
    says(
        &office,
        FIRST,
        &["trang1.mt940: sao kê bị cắt, còn trang sau"],
    );
    // another page is not the next one
    let other = second.replace(":60M:C221205VND1308000,", ":60M:C221205VND1309000,");
    office.put(
        "khac.mt940",
        other.replace("VND1150000,", "VND1151000,").as_bytes(),
    );
    let (half, of) = office.night(FIRST).await;
    assert_eq!((codes(&half), figures(&of).0), (vec![3], "partial"), "{of}");
    says(
        &office,
        FIRST,
        &["khac.mt940: sao kê bị cắt, thiếu trang trước"],
    );
    // both pages are whole, in two files or in one
    for files in [
        vec![first.clone(), second.clone()],
        vec![format!("{first}{second}")],
    ] {
        let office = Office::bank(Kind::Sqlite).await;
        for (n, text) in files.iter().enumerate() {
            office.put(&format!("trang{n}.mt940"), text.as_bytes());
        }
        let (both, of) = office.night(FIRST).await;
        assert_eq!(codes(&both), [0], "{of}");
        assert_eq!(figures(&of), ("complete", 4, 216_000), "{of}");
    }
}

fn camt() -> String {
    std::fs::read_to_string(fixture("account.camt053.xml")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camt_page_and_its_own_sums_are_checked() {
    let paged = |number: u32, last: bool| {
        let pages =
            format!("<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>");
        camt().replace(
            "</Id>\n      <Acct>",
            &format!("</Id>{pages}\n      <Acct>"),
        )
    };
    let office = Office::bank(Kind::Sqlite).await;
    office.put("trang1.xml", paged(1, false).as_bytes());
    let (half, of) = office.night(FIRST).await;
    assert_eq!((codes(&half), figures(&of).0), (vec![3], "partial"), "{of}");
    says(
        &office,
        FIRST,
        &["trang1.xml: sao kê bị cắt, còn trang sau"],
    );
    let second = paged(2, true).replace("50000</Amt>", "8000</Amt>");
    let second = second.replace("1250000", "1300000").replace("CLBD", "ITBD");
    office.put("trang2.xml", second.replace("000001", "000002").as_bytes());
    let (both, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&both), figures(&of)),
        (vec![0], ("complete", 2, 58_000)),
        "{of}"
    );
    // the sums of the statement itself
    let sums = |count: u32, sum: u32| {
        let told = format!(
            "<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries><TtlCdtNtries>\
             <NbOfNtries>{count}</NbOfNtries><Sum>{sum}</Sum></TtlCdtNtries></TxsSummry><Ntry>"
        );
        camt().replacen("<Ntry>", &told, 1)
    };
    for (count, sum, words) in [
        (1, 50_000, None),
        (2, 50_000, Some("tệp ghi 2 bút toán ghi có, đếm được 1")),
        (
            1,
            58_000,
            Some("tệp ghi tổng ghi có 58.000 đồng, các bút toán cộng lại 50.000"),
        ),
    ] {
        let office = Office::bank(Kind::Sqlite).await;
        office.put("tong.xml", sums(count, sum).as_bytes());
        let (done, of) = office.night(FIRST).await;
        let wanted = match words {
            None => (vec![0], "complete"),
            Some(_) => (vec![3], "partial"),
        };
        assert_eq!((codes(&done), figures(&of).0), wanted, "{of}");
        assert!(
            of.to_string().contains(words.unwrap_or("tong.xml")) || words.is_none(),
            "{of}"
        );
    }
}

/// The sums of a statement in several pages are those of all of them, or of each.
#[tokio::test(flavor = "multi_thread")]
async fn the_sums_of_a_paged_camt_are_held_against_all_pages() {
    let page = |number: u32, last: bool, sums: (u32, u32)| {
        let pages =
            format!("<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>");
        let told = format!(
            "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries><Sum>{}</Sum></TtlNtries>\
             </TxsSummry><Ntry>",
            sums.0, sums.1
        );
        let text = camt().replace("</Id>\n      <Acct>", &format!("</Id>{pages}<Acct>"));
        text.replacen("<Ntry>", &told, 1)
    };
    let second = |sums| {
        let text = page(2, true, sums).replace("50000</Amt>", "8000</Amt>");
        let text = text.replace("1250000", "1300000").replace("CLBD", "ITBD");
        text.replace("000001", "000002")
    };
    let cases = [
        ((2, 58_000), (2, 58_000), None),
        ((1, 50_000), (1, 8_000), None),
        ((1, 50_000), (2, 58_000), None),
        (
            (3, 58_000),
            (3, 58_000),
            Some("sao kê ghi 3 bút toán ghi có và ghi nợ, đếm trên mọi trang được 2"),
        ),
        (
            (2, 70_000),
            (1, 8_000),
            Some("sao kê ghi tổng ghi có và ghi nợ 70.000 đồng, các bút toán trên mọi trang"),
        ),
    ];
    for (one, two, words) in cases {
        let office = Office::bank(Kind::Sqlite).await;
        office.put("trang1.xml", page(1, false, one).as_bytes());
        office.put("trang2.xml", second(two).as_bytes());
        let (done, of) = office.night(FIRST).await;
        let wanted = match words {
            None => (vec![0], "complete"),
            Some(_) => (vec![3], "partial"),
        };
        assert_eq!((codes(&done), figures(&of).0), wanted, "{of}");
        assert!(
            words.is_none_or(|words| of.to_string().contains(words)),
            "{of}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_cut_in_its_last_amount_keeps_no_wrong_one() {
    let office = Office::bank(Kind::Sqlite).await;
    let whole = csv(&DAY);
    office.put("cat.csv", until(&whole, "0.000;148.000").as_bytes());
    let (cut, of) = office.night(FIRST).await;
    assert_eq!((codes(&cut), figures(&of).0), (vec![3], "partial"), "{of}");
    assert_eq!(
        (figures(&of).1, of["rejects"].as_u64()),
        (3, Some(1)),
        "{of}"
    );
    assert!(
        of.to_string().contains("cat.csv: sao kê bị cắt ở dòng 5"),
        "{of}"
    );
    office.put("du.csv", whole.as_bytes());
    let (healed, of) = office.night(FIRST).await;
    assert_eq!(
        (codes(&healed), figures(&of)),
        (vec![0], ("complete", 4, 108_000)),
        "{of}"
    );
}

/// Banks write the account into the name of the file.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_a_file_name_is_masked() {
    let office = Office::bank(Kind::Sqlite).await;
    let whole = swift();
    let cut = until(&whole, ":62F:");
    office.put("sk_0071000000001_20221205.mt940", cut.as_bytes());
    office.put("sk_0071000000002.csv", b"khong phai sao ke\n");
    let (done, of) = office.night(FIRST).await;
    assert_eq!(codes(&done), [3], "{of}");
    let said = of["trouble"].as_str().unwrap();
    for name in ["sk_*********0001_20221205.mt940", "sk_*********0002.csv"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(!said.contains("00710000"), "{said}");
}
