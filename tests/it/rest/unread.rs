//! A key that a style of paging does not read is refused: whoever wrote it expects an end by it.

use super::config::{FIRST, TABLES, list_fails};
use super::{list, read};

#[test]
fn keys_that_a_style_does_not_read_are_refused() {
    let check = |style: &str, key: &str, fix: &str| {
        let to = format!("style = \"{style}\"\n{key}");
        let name = key.split_once(' ').unwrap().0;
        let message = format!("source.paging.{name} is not read where style = \"{style}\"");
        let text = TABLES.replacen("style = \"page\"\nsize = 10", &to, 1);
        let text = text.replacen("from = \"{from}\"", "from = \"{from:time}\"", 1);
        let text = text.replacen("{page}", "{offset}", usize::from(style == "offset"));
        let text = text.replacen("{page}", "{cursor}", usize::from(style == "cursor"));
        let error = read(&list(1, &text)).expect_err(key).to_string();
        let place = format!("doisoat.toml:{}:{}: ", FIRST + 16, name.len() + 4);
        assert_eq!(error, format!("{place}{message}\n  {fix}"), "{style} {key}");
    };
    let header = "remove it: style = \"link\" goes on by the HTTP header Link alone; a next page that the \
                  answer names is read by style = \"cursor\" or \"page\"";
    for key in ["next = \"/next\"", "last = \"/last\"", "more = \"/more\""] {
        check("link", key, header);
        let by_size = "remove it: style = \"window\" knows a full answer by size alone";
        check("window", key, by_size);
        let one = "remove it, or write the style in which the source pages: page, offset, cursor, since, link \
                   or window";
        check("none", key, one);
    }
    let written = "remove it, or write {size} in the query or the body of [source.request]";
    check("link", "size = 10", written);
    check("none", "size = 10", written);
    let ids = "remove it: style = \"since\" goes on from the largest id; a cursor is read by style = \"cursor\"";
    check("since", "next = \"/next\"", ids);
    for style in ["none", "offset", "cursor", "since", "link", "window"] {
        let pages = "remove it: only style = \"page\" counts pages from a first one";
        check(style, "first = 0", pages);
    }
    for style in ["none", "page", "offset", "since", "window"] {
        let absent =
            "remove it: only style = \"cursor\" and style = \"link\" can end where nothing is told";
        check(style, "absent_is_end = true", absent);
    }
    let other = |style: &str, shown: &str, of: &str| {
        let to = format!("style = \"{style}\"");
        let message =
            format!("source.request writes {shown}, which style = \"{style}\" does not count");
        let fix = format!("remove it, or write style = \"{of}\" in [source.paging]");
        list_fails("style = \"page\"\nsize = 10", &to, (14, 1), &message, &fix);
    };
    other("link", "{page}", "page");
    let zero = "write size, the most rows of one answer, so that a full answer is seen";
    let text = TABLES.replacen("size = 10", "last = \"/last\"", 1);
    let text = text.replacen("{page}", "{page}\"\nsize = \"{size}", 1);
    let error = read(&list(1, &text)).expect_err("size").to_string();
    assert!(
        error.contains("source.paging.size is missing") && error.contains(zero),
        "{error}"
    );
}
