//! How long an answer may be.

use super::*;

#[tokio::test]
async fn how_long_an_answer_may_be_is_up_to_the_source() {
    let long = format!("{GOOD}{}", " ".repeat(2048));
    let text = ends(json(&*long), 1, "bytes_max = \"2KiB\"").await;
    assert!(
        text.contains("the answer is larger than 2048 bytes"),
        "{text}"
    );
    let (pull, ..) = pull(vec![json(&*long)], "bytes_max = \"3KiB\"").await;
    assert_eq!(pull.state, Completeness::Complete, "{:?}", pull.trouble);
}
