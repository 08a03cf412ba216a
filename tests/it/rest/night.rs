//! A whole night by tables is the night of the adapters.

use super::by_tables;
use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, document, night, source};

#[tokio::test(flavor = "multi_thread")]
async fn a_night_by_tables_is_the_night_of_the_adapters() {
    let (built_in, town) = (Town::new(Kind::Sqlite).await, Town::new(Kind::Sqlite).await);
    for one in [&built_in, &town] {
        one.morning_after(day(FIRST));
    }
    let expected = night(&built_in.desk(&as_is).await, FIRST).await;
    let desk = town.desk(&|toml| by_tables(&toml, &town.sandbox)).await;
    let kinds: Vec<&str> = desk.config.sources.iter().map(|s| s.kind()).collect();
    assert_eq!(kinds, ["export", "sepay", "rest", "rest"]);
    let found = night(&desk, FIRST).await;
    assert_eq!(codes(&found), codes(&expected));
    let (is, was) = (document(&found), document(&expected));
    for name in ["casso-main", "vnpay"] {
        for figure in ["state", "rows", "sum_vnd", "by_kind"] {
            let (is, was) = (&source(&is, name)[figure], &source(&was, name)[figure]);
            assert_eq!(is, was, "{name} {figure}");
        }
        assert_ne!(source(&is, name)["rows"], 0, "{name}");
    }
    let (is, was) = (town.reports(), built_in.reports());
    for name in ["exceptions.csv", "links.csv", "share.csv"] {
        let path = format!("{FIRST}/{name}");
        let text = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
            String::from_utf8(files[&path].clone()).unwrap()
        };
        assert_eq!(text(&is), text(&was), "{name}");
    }
}
