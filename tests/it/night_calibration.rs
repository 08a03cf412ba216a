//! A budget of false pairs: each night grades payments whose code it hides, the next ones use what
//! they tell, and the report says which margin that allows and on what it rests.

use doisoat::config::Config;
use doisoat::job::nightly::{self, Mode};
use doisoat::sandbox::District;
use serde_json::Value;

use crate::database::Kind;
use crate::simulate::street::Street;
use crate::town::{FIRST, as_is, codes, day, document};

fn with_budget(text: &str) -> String {
    text.replacen("\n\n", "\n\n[rules]\nmax_false_match = \"1%\"\n\n", 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_margin_follows_from_the_nights_before() {
    let mut both = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let district = District::sized(4, day(FIRST).date(), 3, 150);
        let mut street = Street::new(kind, district).await;
        let mut told: Vec<Value> = Vec::new();
        for n in 0..3 {
            let of = day(FIRST).plus(n);
            street.export(of);
            street.morning_after(of);
            let desk = street.town.desk(&|text| with_budget(&text)).await;
            let night = street.night(&desk, of).await;
            assert_eq!(codes(&night), [0], "{kind:?} {of}");
            let page = std::fs::read_to_string(night.folder.join("index.html")).unwrap();
            told.push(document(&night)["calibration"].clone());
            let labelled = told[told.len() - 1]["labelled"].to_string();
            let said = format!("{labelled} khoản nộp đã biết chưa đủ chứng tỏ sai không quá 1");
            assert!(page.contains(&said), "{kind:?} {of}: {said}");
            // the same night again is the same, and what it kept can be decided again
            let again = nightly::run(&desk, of, Mode::Publish).await.unwrap();
            assert!(!again.published, "{kind:?} {of}");
            desk.close().await;
        }
        let labelled = |told: &Value| told["labelled"].as_u64().unwrap();
        assert_eq!(labelled(&told[0]), 0, "{kind:?}: no night before");
        let grows = labelled(&told[0]) <= labelled(&told[1]) && labelled(&told[2]) > 0;
        assert!(grows, "{told:?}");
        // a few nights show nothing at all: then nothing is paired
        assert!(told.iter().all(|told| told["margin"].is_null()), "{told:?}");
        assert_eq!(told[2]["max_false_match"], "0.01000000");
        // without the budget the fixed margin holds, and the rules are others
        let desk = street.town.desk(&as_is).await;
        let last = day(FIRST).plus(2);
        let night = street.night(&desk, last).await;
        assert!(night.published && document(&night)["calibration"].is_null());
        desk.close().await;
        both.push(told);
    }
    assert_eq!(both[0], both[1], "SQLite and PostgreSQL");
}

#[test]
fn a_budget_has_one_form() {
    let read = |budget: &str| {
        let text =
            format!("[database]\nurl = \"sqlite:x.db\"\n[rules]\nmax_false_match = {budget}\n");
        Config::parse(&text, std::path::Path::new("doisoat.toml"))
    };
    for bad in ["\"0%\"", "\"2%\"", "\"0.0001\"", "5"] {
        let error = read(bad).unwrap_err().to_string();
        assert!(error.contains("max_false_match"), "{bad}: {error}");
    }
}
