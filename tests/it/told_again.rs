//! A past night told again, in what it was not published in: every figure is that of its
//! `run.json`, whatever came since.

use std::collections::BTreeMap;

use doisoat::config::Format;
use doisoat::domain::Lang;
use doisoat::job::{Desk, Exit};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::text;
use serde_json::Value;

use crate::database::Kind;
use crate::pdf::{read, squeezed};
use crate::periods::late_of;
use crate::town::{FIRST, Town, day, files, headline, night};

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

/// The transactions of the night, and of each source: counts and sums as they are written.
fn is_told(text: &str, run: &Value, what: &str) {
    let (text, none) = (squeezed(text), squeezed("Đây là lỗi của chương trình"));
    assert!(!text.contains(&none), "{what}: {text}");
    assert!(!text.contains(&squeezed("các tệp xuất bị giữ lại")), "{what}");
    let all = &run["totals"]["transactions"];
    let sum = text::money(Lang::Vi, dong(all, "sum_vnd"));
    let wanted = squeezed(&format!("{}{sum}", all["count"]));
    assert!(text.contains(&wanted), "{what}: {wanted} in {text}");
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
        is_told(&read(&told["doisoat.pdf"]).text, &run, &format!("{date} PDF"));
        let page = std::str::from_utf8(&told["index.html"]).unwrap();
        assert!(!page.contains("Đây là lỗi của chương trình"), "{date}");
        assert!(told.contains_key("doisoat.xlsx"), "{date}: nothing is withheld");
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
    assert!(said.contains("ra số khác với bản đã công bố (run.json."), "{said}");
    assert!(fix.contains("doisoat report --date 2022-12-06"), "{fix}");
    let own = files(&town.folder(SECOND));
    assert!(told(&desk, &asked(Format::Json)).await["run.json"] == own["run.json"]);
}
