//! A source that lists the newest rows first.

use doisoat::domain::Completeness;

use super::paging::{ids, page, read, tables};
use crate::fake::{Fake, numbers, param};

#[tokio::test]
async fn a_source_that_lists_the_newest_first_is_not_read_by_since() {
    let newest = |rows: usize| async move {
        let fake = Fake::answering(move |line| {
            let since = param(line, "since").map_or(1, |id| id.parse().unwrap());
            let mut ids = numbers(since, rows);
            ids.reverse();
            ids.truncate(3);
            page(&ids, "")
        })
        .await;
        let paging = "style = \"since\"\nsize = 3";
        read(&fake, &tables("since = \"{since}\"", paging, "")).await
    };
    // 1 to 4 would be lost without a word
    let pull = newest(7).await;
    assert_eq!((pull.state, ids(&pull)), (Completeness::Missing, vec![]));
    let error = pull.trouble.unwrap();
    let text = error.sentence(doisoat::domain::Lang::Vi);
    assert!(text.contains("nguồn xếp dòng mới nhất trước"), "{text}");
    assert!(text.contains("[source.paging]"), "{text}");
    // what fits into one answer is whole in any order
    let pull = newest(2).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, vec![1, 2])
    );
}
