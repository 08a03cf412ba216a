//! Every mistake in the tables is told with its key, its place and what to write.

use super::{example, list, read};

pub(super) const TABLES: &str = r#"[source.secrets]
key = { env = "T" }
[source.values]
code = "M1"
[source.auth]
style = "bearer"
secret = "key"
[source.request]
method = "GET"
path = "/items"
[source.request.query]
from = "{from}"
page = "{page}"
[source.paging]
style = "page"
size = 10
[source.answer]
records = "/items"
[source.record]
id = "/id"
amount = "/amount"
time = "/at"
"#;

/// The first line of the tables in the file that `list` makes.
pub(super) const FIRST: usize = 8;

/// Replaces a part of a right source and compares the whole message. `LINE` stands for the line at
/// which `marker` stands.
fn fails(text: &str, from: &str, to: &str, place: &str, message: &str, fix: &str) {
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    let error = read(&text).expect_err(to);
    let expected = format!("doisoat.toml:{place}: {message}\n  {fix}");
    assert_eq!(error.to_string(), expected, "{to}");
}

pub(super) fn list_fails(
    from: &str,
    to: &str,
    (line, column): (usize, usize),
    message: &str,
    fix: &str,
) {
    let place = format!("{}:{column}", FIRST + line);
    fails(&list(1, TABLES), from, to, &place, message, fix);
}

fn probe_fails(from: &str, to: &str, message: &str, fix: &str) {
    let text = example("vnpay", "http://127.0.0.1:1");
    assert!(text.contains(from), "{from}");
    let error = read(&text.replacen(from, to, 1)).expect_err(to);
    let error = error.to_string();
    let (place, said) = error.split_once(": ").unwrap();
    assert!(place.starts_with("doisoat.toml:"), "{error}");
    assert_eq!(said, format!("{message}\n  {fix}"), "{to}");
}

#[test]
fn the_right_tables_are_read() {
    read(&list(1, TABLES)).unwrap();
    for dialect in ["casso", "vnpay", "momo", "vnptpay", "dvcqg"] {
        read(&example(dialect, "http://127.0.0.1:1")).unwrap();
    }
}

#[test]
fn the_mode_and_the_tables_must_be_there() {
    let text = list(1, TABLES);
    fails(
        &text,
        "mode = \"list\"\n",
        "",
        "1:1",
        "source.mode is missing",
        "write mode = \"list\" for a source that lists days, \"probe\" for one that is asked about orders",
    );
    fails(
        &text,
        "mode = \"list\"",
        "mode = \"lists\"",
        "4:8",
        "source.mode = \"lists\" is not known",
        "write one of: list, probe",
    );
    fails(
        &text,
        "[source.answer]\nrecords = \"/items\"\n",
        "",
        "1:1",
        "source.answer.records is missing",
        "say where the rows stand: records = \"/data/records\", or records_are_all = true",
    );
    fails(
        &text,
        "[source.paging]",
        "[source.pagin]",
        "22:9",
        "unknown key \"source.pagin\"",
        "did you mean \"paging\"?",
    );
}

#[test]
fn what_one_mode_cannot_use_is_named() {
    let add = |line: &str| list(1, TABLES).replace("records = \"/items\"", line);
    let check = |text: &str, message: &str| {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    check(
        &add("records = \"/items\"\norder = \"/id\""),
        "source.answer.order has no meaning for mode = \"list\"\n  leave it out, or write mode = \"probe\"",
    );
    check(
        &add("records = \"/items\"\nhttp_404 = \"not_found\""),
        "source.answer.http_404 has no meaning for mode = \"list\"",
    );
    let probe = example("momo", "http://127.0.0.1:1");
    check(
        &probe.replace(
            "order = \"/orderId\"",
            "order = \"/orderId\"\nrecords = \"/x\"",
        ),
        "source.answer.records has no meaning for mode = \"probe\"",
    );
    check(
        &probe.replace(
            "[source.record]",
            "[source.paging]\nstyle = \"link\"\n[source.record]",
        ),
        "source.paging has no meaning for a probe",
    );
    let since = list(1, TABLES)
        .replace("style = \"page\"", "style = \"since\"")
        .replace("page = \"{page}\"", "since = \"{since}\"")
        .replace("id = \"/id\"\n", "");
    check(
        &since,
        "source.record.id is missing\n  say where the id stands",
    );
    let wrapped =
        list(1, TABLES).replace("path = \"/items\"", "path = \"/items\"\nwrap = \"data\"");
    check(&wrapped, "source.request.wrap has nothing to wrap");
}

#[test]
fn requests_are_checked() {
    list_fails(
        "path = \"/items\"",
        "path = \"https://evil.example/items\"",
        (10, 8),
        "source.request.path is no path below base_url",
        "write what follows base_url: \"/v2/transactions\"; parameters stand in [source.request.query]",
    );
    for bad in [
        "/../admin",
        "//evil.example/x",
        "/x?y=1",
        "/x#y",
        "items",
        "/a b",
        "/a\\\\b",
    ] {
        let text = list(1, TABLES).replacen("path = \"/items\"", &format!("path = \"{bad}\""), 1);
        let error = read(&text).unwrap_err().to_string();
        assert!(
            error.contains("source.request.path is no path below base_url"),
            "{bad}: {error}"
        );
    }
    list_fails(
        "method = \"GET\"",
        "method = \"DELETE\"",
        (9, 10),
        "source.request.method = \"DELETE\" is not known",
        "write one of: GET, POST",
    );
    list_fails(
        "from = \"{from}\"",
        "from = \"{form}\"",
        (12, 8),
        "source.request.query.from: nothing is named \"form\" here",
        "did you mean \"from\"?",
    );
    list_fails(
        "from = \"{from}\"",
        "from = \"2022-12-05\"",
        (8, 1),
        "source.request names no days",
        "write {from} and {to} in the path, the query or the body",
    );
    list_fails(
        "[source.request.query]",
        "[source.request.headers]\nHost = \"evil\"\n[source.request.query]",
        (12, 8),
        "source.request.headers.Host is no header that can be set",
        "name a header that the source documents",
    );
    list_fails(
        "[source.request.query]",
        "[source.request.body]\na = \"b\"\n[source.request.query]",
        (11, 1),
        "source.request.body needs a POST",
        "write method = \"POST\", or move the fields to [source.request.query]",
    );
    list_fails(
        "path = \"/items\"",
        "path = \"/items/{cursor}\"",
        (10, 8),
        "source.request.path: nothing is named \"cursor\" here",
        "known here: code, from, offset, page, size, to, until",
    );
    list_fails(
        "path = \"/items\"",
        "path = \"/items/{secret.key}\"",
        (10, 8),
        "source.request.path: there is no secret \"key\" that may stand here",
        "secrets stand in headers, bodies and signatures only",
    );
}

#[test]
fn pages_and_records_are_checked() {
    list_fails(
        "style = \"page\"",
        "style = \"offset\"",
        (14, 1),
        "source.request never writes {offset}",
        "write {offset} in the query or the body of [source.request]",
    );
    list_fails(
        "size = 10\n",
        "",
        (14, 1),
        "source.paging.size is missing",
        "write size, the most rows of one answer, so that a full answer is seen",
    );
    list_fails(
        "size = 10",
        "size = 10\nnext = \"/n\"\nmore = \"/m\"",
        (14, 1),
        "source.paging has more than one end",
        "keep one of next, last and more",
    );
    list_fails(
        "style = \"page\"",
        "style = \"window\"",
        (14, 1),
        "a window cannot be cut where only its days are sent",
        "write {from:time} and {to:time}, or another form with a time of day",
    );
    list_fails(
        "records = \"/items\"",
        "records = \"items\"",
        (18, 11),
        "source.answer.records = \"items\" cannot be read",
        "write a JSON pointer: \"/data/records\" (RFC 6901)",
    );
    list_fails(
        "amount = \"/amount\"",
        "amount = \"/amount\"\namount_in = \"/in\"",
        (19, 1),
        "source.record tells no one amount",
        "write amount = \"/amount\", or amount_in and amount_out, or amount_sum",
    );
    list_fails(
        "time = \"/at\"",
        "time = \"/at\"\ntime_form = \"unx\"",
        (23, 13),
        "source.record.time_form = \"unx\" is not known",
        "write one of: iso, iso_or_day, compact, compact_or_iso, unix, unix_ms",
    );
    list_fails(
        "id = \"/id\"",
        "idd = \"/id\"",
        (20, 1),
        "unknown key \"source.record.idd\"",
        "did you mean \"id\"?",
    );
    list_fails(
        "time = \"/at\"",
        "time = \"/at\"\n[source.record.kind]\nat = \"/k\"\npayment = [\"in\"]\ndebit = [\"in\"]",
        (26, 9),
        "source.record.kind.debit: \"in\" has two meanings",
        "give each word one meaning",
    );
}

#[test]
fn identities_and_secrets_are_checked() {
    list_fails(
        "secret = \"key\"",
        "secret = \"kee\"",
        (7, 10),
        "source.auth.secret names no secret of [source.secrets]",
        "did you mean \"key\"?",
    );
    list_fails(
        "style = \"bearer\"",
        "style = \"digest\"",
        (6, 9),
        "source.auth.style = \"digest\" is not known",
        "write one of: none, bearer, apikey, basic, oauth2",
    );
    list_fails(
        "style = \"bearer\"\nsecret = \"key\"",
        "style = \"oauth2\"\npath = \"/token\"\ngrant = \"password\"\nclient_id = \"me\"",
        (5, 1),
        "source.auth.username is missing",
        "write the user name: username = \"…\"",
    );
    list_fails(
        "style = \"bearer\"",
        "style = \"bearer\"\nuser = \"me\"",
        (7, 1),
        "unknown key \"source.auth.user\"",
        "known here: secret, style",
    );
}

#[test]
fn probes_and_signatures_are_checked() {
    probe_fails(
        "order = \"/vnp_TxnRef\"\n",
        "",
        "source.answer.order is missing",
        "say where the answer names the order, so that it cannot be another's: order = \"/orderId\"",
    );
    probe_fails(
        "[source.record.status]",
        "[source.record.statu]",
        "source.record.status is missing",
        "add [source.record.status] with at, success, pending, failed: what it does not list is never paid",
    );
    probe_fails(
        "\"vnp_IpAddr\", \"vnp_OrderInfo\",\n]",
        "\"vnp_IpAddr\", \"vnp_OrderInf\",\n]",
        "source.request.signature.fields names \"vnp_OrderInf\", no field of the request",
        "did you mean \"vnp_OrderInfo\"?",
    );
    probe_fails(
        "into = \"vnp_SecureHash\"\n",
        "",
        "the signature has no one place",
        "write into = \"field\" or header = \"X-Signature\"",
    );
    probe_fails(
        "algorithm = \"hmac-sha512\"",
        "algorithm = \"sha512\"",
        "source.request.signature.algorithm = \"sha512\" is not known",
        "write one of: md5, sha256, hmac-sha1, hmac-sha256, hmac-sha512",
    );
    probe_fails(
        "algorithm = \"hmac-sha512\"",
        "algorithm = \"sha256\"",
        "signature.secret_place is missing",
        "write secret_place = \"append\" or \"prepend\"",
    );
    probe_fails(
        "algorithm = \"hmac-sha512\"",
        "algorithm = \"hmac-sha512\"\nsecret_place = \"append\"",
        "source.request.signature.secret_place does not go with the algorithm",
        "write \"key\" for hmac-…, \"append\" or \"prepend\" for md5 and sha256",
    );
    probe_fails(
        "at = \"/vnp_SecureHash\"\n",
        "",
        "the signature has no one place",
        "write at = \"/signature\" or header = \"X-Signature\"",
    );
    probe_fails(
        "not_found = [\"91\"]",
        "not_found = [\"91\", \"00\"]",
        "the code \"00\" stands twice in source.answer.code",
        "give each code one meaning",
    );
    probe_fails(
        "[source.refund]\nwhen",
        "[source.refund]\nwhe",
        "source.refund is told nowhere",
        "write list = \"/refunds\", or when = { at = \"/type\", is = [\"02\"] }",
    );
    let text = example("momo", "http://127.0.0.1:1")
        .replace("orderId = \"{order_id}\"", "orderId = \"x\"");
    let error = read(&text).unwrap_err().to_string();
    assert!(
        error.contains("source.request names no order\n  write {order_id}"),
        "{error}"
    );
}
