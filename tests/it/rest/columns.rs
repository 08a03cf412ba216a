//! Rows that tell their direction by the column of their amount.

use super::feed;
use super::paging::{RECORD, tables};
use crate::fake::{Fake, json, list_one};

#[tokio::test]
async fn rows_of_two_columns_tell_their_direction() {
    let fake = Fake::answering(|_| {
        json(
            r#"{"items":[
            {"id":1,"in":"45000.00","out":"0.00","at":1670202000,"acc":"A"},
            {"id":2,"in":"0","out":"20000","at":1670202000,"acc":"A"},
            {"id":3,"in":"1","out":"1","at":1670202000,"acc":"A"},
            {"id":4,"in":"7","out":"","at":1670202000,"acc":"B"}]}"#,
        )
    })
    .await;
    let text = tables("", "style = \"none\"", "").replace(
        RECORD,
        "[source.record]\nid = \"/id\"\namount_in = \"/in\"\namount_out = \"/out\"\namount_form = \"decimal\"\n\
         time = \"/at\"\ntime_form = \"unix\"\naccount = \"/acc\"\n",
    );
    let (feed, _) = feed(fake.port, &format!("account = \"A\"\n{text}"));
    let (pull, _) = list_one(feed.as_ref()).await;
    let told: Vec<_> = pull
        .records
        .iter()
        .map(|r| {
            (
                r.id.as_deref().unwrap(),
                r.kind.map(doisoat::domain::TxnKind::id),
                r.amount.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("1", Some("payment"), Some("45000.00")),
            ("2", Some("debit"), Some("20000")),
            ("3", None, Some("1")),
        ],
        "a row of another account is left away, one with both columns goes to a person"
    );
    assert_eq!(pull.records[0].time.as_deref(), Some("1670202000000"));
}
