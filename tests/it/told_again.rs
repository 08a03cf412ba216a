//! A past night told again, in what it was not published in: every figure is that of its
//! `run.json`, whatever came since.

use std::collections::BTreeMap;

use doisoat::config::Format;
use doisoat::domain::{Lang, Period};
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use doisoat::text;
use serde_json::Value;

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::pdf::{is_accessible, read, squeezed};
use crate::periods::late_of;
use crate::town::{FIRST, Town, as_is, day, files, headline, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const NIGHTS: [&str; 3] = [FIRST, SECOND, THIRD];

/// Three nights, published as `formats`; the third brings payments of the days of the first two.
async fn town(formats: &str) -> (Town, Desk) {
    let town = Town::new(Kind::Sqlite).await;
    let formats = format!("[report]\nformats = [{formats}]\n[[target]]");
    let desk = town
        .desk(&|text: String| text.replacen("[[target]]", &formats, 1))
        .await;
    for date in NIGHTS {
        if date == THIRD {
            let config = &desk.config.sources;
            let bank = config.iter().find(|s| s.registration.kind == "sepay");
            let rows = [("late-1", 54_000, FIRST), ("late-2", 21_000, SECOND)];
            late_of(&desk, &bank.unwrap().name.clone(), day(THIRD), &rows).await;
        }
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    (town, desk)
}

async fn told(desk: &Desk, asked: &Asked) -> BTreeMap<String, Vec<u8>> {
    let folder = report_again::write(desk, asked, &desk.config.report_dir).await;
    files(&folder.unwrap())
}

async fn published(desk: &Desk, date: &str) -> Value {
    let run = desk.store.published(day(date)).await.unwrap().unwrap();
    serde_json::from_str(&run.run_json).unwrap()
}

fn dong(figure: &Value, name: &str) -> i128 {
    i128::from(figure[name].as_i64().unwrap())
}

/// The transactions of the night, those that are settled and those that are open, as written.
fn is_told(text: &str, run: &Value, what: &str) {
    let (text, none) = (squeezed(text), squeezed("Đây là lỗi của chương trình"));
    assert!(!text.contains(&none), "{what}: {text}");
    assert!(
        !text.contains(&squeezed("các tệp xuất bị giữ lại")),
        "{what}"
    );
    for name in ["transactions", "matched", "open"] {
        let sum = text::money(Lang::Vi, dong(&run["totals"][name], "sum_vnd"));
        assert!(
            text.contains(&squeezed(&sum)),
            "{what} {name}: {sum} in {text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_format_tells_the_published_figures() {
    let (town, desk) = town("\"json\"").await;
    for date in NIGHTS {
        let run = published(&desk, date).await;
        let asked = Asked {
            formats: Some(vec![Format::Pdf, Format::Html, Format::Xlsx]),
            ..Asked::of(Span::Night(day(date)))
        };
        let told = told(&desk, &asked).await;
        let own = files(&town.folder(date));
        assert!(told["run.json"] == own["run.json"], "{date}");
        is_told(
            &read(&told["doisoat.pdf"]).text,
            &run,
            &format!("{date} PDF"),
        );
        let page = std::str::from_utf8(&told["index.html"]).unwrap();
        assert!(!page.contains("Đây là lỗi của chương trình"), "{date}");
        assert!(
            told.contains_key("doisoat.xlsx"),
            "{date}: nothing is withheld"
        );
    }
}

/// The definition asked for leads; all that does not depend on it is as published.
#[tokio::test(flavor = "multi_thread")]
async fn another_definition_leads_whatever_came_since() {
    let (_town, desk) = town("\"html\", \"json\"").await;
    for date in NIGHTS {
        let was = published(&desk, date).await;
        let asked = Asked {
            definition: Some("DOSSIER_CASHLESS".into()),
            ..Asked::of(Span::Night(day(date)))
        };
        let told = told(&desk, &asked).await;
        let now: Value = serde_json::from_slice(&told["run.json"]).unwrap();
        for block in ["totals", "tie_out", "sources", "open_bridge", "exceptions"] {
            assert_eq!(now[block], was[block], "{date} {block}");
        }
        for part in ["numerator", "denominator", "low", "high"] {
            assert_eq!(headline(&now)[part], headline(&was)[part], "{date} {part}");
        }
        let page = std::str::from_utf8(&told["index.html"]).unwrap();
        let top = page.split_once("<nav").unwrap().0;
        let name = "Tỷ lệ hồ sơ thanh toán không dùng tiền mặt";
        assert!(top.contains(name), "{date}");
    }
}

/// The night before was published again since, and the store tells what was open by its new
/// version: other figures are not shown, and what was published is still there.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_other_figures_is_refused_in_words() {
    let (town, desk) = town("\"json\"").await;
    let config = &desk.config.sources;
    let bank = config.iter().find(|s| s.registration.kind == "sepay");
    let rows = [("late-3", 77_000, FIRST)];
    late_of(&desk, &bank.unwrap().name.clone(), day(FIRST), &rows).await;
    town.set_now(day(THIRD).plus(1).start_ms() + 3 * 3_600_000);
    let again = night(&desk, FIRST).await;
    assert_eq!(again.run.version, 2);
    let asked = |format: Format| Asked {
        formats: Some(vec![format]),
        ..Asked::of(Span::Night(day(SECOND)))
    };
    let root = &desk.config.report_dir;
    let refused = report_again::write(&desk, &asked(Format::Html), root).await;
    let refused = refused.unwrap_err();
    let (said, fix) = refused.message_and_fix();
    assert_eq!(refused.exit(), Exit::Usage);
    assert!(
        said.contains("ra số khác với bản đã công bố (run.json."),
        "{said}"
    );
    assert!(fix.contains("doisoat report --date 2022-12-06"), "{fix}");
    let own = files(&town.folder(SECOND));
    assert!(told(&desk, &asked(Format::Json)).await["run.json"] == own["run.json"]);
}

/// A language that is asked for is that of the whole folder, beside the one that was published;
/// none asked for, what is made beside the published files speaks as they do.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_speaks_one_language() {
    let (town, desk) = town("\"html\", \"csv\", \"json\"").await;
    let own = files(&town.folder(SECOND));
    let asked = |formats: Option<Vec<Format>>, lang: Option<Lang>| Asked {
        formats,
        lang,
        ..Asked::of(Span::Night(day(SECOND)))
    };
    let page = |files: &BTreeMap<String, Vec<u8>>| -> String {
        String::from_utf8(files["index.html"].clone()).unwrap()
    };
    // the configuration speaks English by now, the night was published in Vietnamese
    let english = town
        .desk(&|text: String| format!("lang = \"en\"\n{text}"))
        .await;
    let paper = vec![Format::Html, Format::Pdf];
    let both = told(&english, &asked(Some(paper.clone()), None)).await;
    assert!(both["index.html"] == own["index.html"], "as published");
    is_accessible(&both["doisoat.pdf"], "vi-VN");
    // asked for in English
    let root = &desk.config.report_dir;
    let all = report_again::write(&desk, &asked(None, Some(Lang::En)), root).await;
    let folder = all.unwrap();
    assert!(folder.ends_with("2022-12-06_en"), "{}", folder.display());
    let all = files(&folder);
    let names: Vec<&String> = all.keys().collect();
    assert_eq!(names, own.keys().collect::<Vec<_>>());
    assert!(
        all["run.json"] == own["run.json"],
        "the figures are those published"
    );
    assert!(page(&all).starts_with("<!doctype html>\n<html lang=\"en\">"));
    assert!(page(&own).starts_with("<!doctype html>\n<html lang=\"vi\">"));
    let run = published(&desk, SECOND).await;
    let all_of = &run["totals"]["transactions"];
    let sum = text::number(Lang::En, dong(all_of, "sum_vnd"));
    assert!(page(&all).contains(&sum), "{sum}");
    let some = told(&desk, &asked(Some(paper), Some(Lang::En))).await;
    assert!(page(&some).contains("<html lang=\"en\">"));
    is_accessible(&some["doisoat.pdf"], "en-US");
    // the language that it was published in: the published bytes
    let same = report_again::write(&english, &asked(None, Some(Lang::Vi)), root).await;
    let same = same.unwrap();
    assert!(same.ends_with("2022-12-06"), "{}", same.display());
    assert_eq!(files(&same), own);
}

/// A closed period in the other language: its closed figures, beside the folder that was closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_period_speaks_the_language_asked_for() {
    let (_town, desk) = town("\"html\", \"json\"").await;
    let both = Period::range(day(FIRST), day(SECOND));
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    };
    let closed = period::close(&desk, &lease, &both, &word).await;
    desk.store.release_lease(lease).await.unwrap();
    let closed = files(&closed.unwrap());
    let asked = |lang: Lang| Asked {
        lang: Some(lang),
        ..Asked::of(Span::Days(both.clone()))
    };
    let english = told(&desk, &asked(Lang::En)).await;
    assert!(
        english["run.json"] == closed["run.json"],
        "the closed figures"
    );
    let page = String::from_utf8(english["index.html"].clone()).unwrap();
    assert!(page.contains("<html lang=\"en\">"));
    assert_eq!(told(&desk, &asked(Lang::Vi)).await, closed, "as closed");
}

/// What finance staff are refused is said in their language, with what to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_refused_in_the_language_of_the_office() {
    let town = Town::new(Kind::Sqlite).await;
    let write = |lang: &str| {
        let text = town.toml(&|text: String| format!("lang = \"{lang}\"\n{text}"));
        std::fs::write(town.dir().join("doisoat.toml"), text).unwrap();
    };
    let said = async |args: &[&str]| -> String {
        let made = run(&town, &[&["report"], args].concat()).await;
        assert_eq!(code(&made), 2, "{args:?}");
        String::from_utf8(made.stderr).unwrap()
    };
    write("vi");
    assert!(said(&[]).await.contains("chưa công bố đêm nào"));
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    desk.close().await;
    let refused: [(&[&str], &str, &str); 5] = [
        (
            &["--date", SECOND],
            "đêm 06/12/2022 chưa công bố",
            "the night 2022-12-06 was never published",
        ),
        (
            &["--month", "2022-11"],
            "chưa đêm nào của 2022-11 được công bố",
            "no night of 2022-11 was published",
        ),
        (
            &["--month", "2022-12", "--as-of", "2022-12-01"],
            "đến ngày 01/12/2022 chưa biết gì về 2022-12",
            "nothing of 2022-12 was known on 2022-12-01",
        ),
        (
            &[
                "--month", "2022-12", "--form", "minutes", "--source", "khac",
            ],
            "không có nguồn tiền \"khac\"",
            "there is no money source \"khac\"",
        ),
        (
            &["--month", "2022-11", "--form", "payments"],
            "chưa đêm nào của 2022-11 được công bố",
            "no night of 2022-11 was published",
        ),
    ];
    for (lang, at) in [("vi", 1), ("en", 2)] {
        write(lang);
        for (args, vi, en) in &refused {
            let wanted = if at == 1 { vi } else { en };
            let said = said(args).await;
            assert!(said.contains(wanted), "{lang} {args:?}: {said}");
        }
    }
}
