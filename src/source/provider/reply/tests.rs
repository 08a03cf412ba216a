//! What the configuration may say of answers, and what becomes of orders whose ids are cut.

use super::testing::{opened, order};
use super::*;
use crate::source::provider::dvcqg;
use crate::source::provider::states::order_time;

const DVCQG: &str = "kind = \"dvcqg\"\npartner_code = \"DVCTEST\"\nsecret_key = { env = \"S\" }\n";

fn fails(more: &str, message: &str) {
    let lines = format!("{DVCQG}{more}");
    let open = |opening: &Opening<'_>| (dvcqg::REGISTRATION.open)(opening);
    let error = opened(&lines, &[("S", "SECRET")], open).unwrap_err();
    let text = error.to_string();
    let (_, text) = text.split_once(": ").unwrap();
    assert_eq!(text, message, "{more}");
}

#[test]
fn a_setting_that_would_prove_nothing_is_refused() {
    fails(
        "reply_signature = \"MaLoi MaDoiTac MaThamChieu SoTien\"",
        "source \"s\": reply_signature leaves out TrangThaiGD: nothing would prove it\n  write every \
         signed field in its order, or reply_signature = \"none\" where the provider signs no answers",
    );
    fails(
        "status_map = { \"1\" = \"paid\" }",
        "source \"s\": status_map has no meaning \"paid\" for \"1\"\n  write success, pending, failed or \
         refunded; leave a word out and a person decides",
    );
    fails(
        "reply_signature = \"MaLoi, SoTien\"",
        "source.reply_signature = \"MaLoi, SoTien\" cannot be read\n  write the signed fields of an \
         answer in their order, blanks between them, or \"none\" where the provider signs no answers",
    );
    fails(
        "path = \"../other\"",
        "source.path = \"../other\" cannot be read\n  write what follows base_url, from its slash on: \
         \"/query\"; \"\" where base_url is the whole address",
    );
}

#[test]
fn a_path_cannot_leave_its_host() {
    for good in ["", "/", "/query", "/rest/payment/v1.0.5/query_transaction"] {
        assert!(is_path(good), "{good}");
    }
    for bad in [
        "query", "/../x", "/a/..", "/a b", "/a?b=c", "/a#b", "//x:1", "/%2e%2e", "@x",
    ] {
        assert!(!is_path(bad), "{bad}");
    }
}

#[test]
fn an_order_whose_id_is_cut_on_the_way_is_not_asked_about() {
    let ids = [
        "1001___HS0001",
        "1001___HS00010002-01",
        "1001___HS00010002-02",
        "1001___HS00010002-01-second",
        "1002___HS0001-and-more",
    ];
    let all = ids.map(|id| order(id, "20240905091200"));
    let cut: Vec<bool> = all.iter().map(|one| is_cut(one, &all, 20)).collect();
    assert_eq!(cut, [false, true, false, true, true]);
    assert!(
        !is_cut(&all[1], &all[..3], 20),
        "nothing longer begins with it"
    );
}

#[test]
fn the_time_of_the_order_goes_out_as_it_came_in() {
    for (created, sent) in [
        ("20240905091200", "20240905091200"),
        ("2024-09-05T09:12:00", "20240905091200"),
        ("2024-09-05T02:12:00Z", "20240905091200"),
        ("2024-09-04T20:12:00-06:00", "20240905091200"),
    ] {
        assert_eq!(&*order_time(&order("O-1", created)), sent, "{created}");
    }
}
