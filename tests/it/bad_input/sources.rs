//! A source that cannot be read: only its own rows are missing, the raw bytes are kept, and when it
//! answers again the night is what it would have been.

use doisoat::sandbox::Fault;

use super::proxy::Proxy;
use super::*;
use crate::night_cli::program;

/// The one warning of a night, as an event.
fn warning(output: &Output) -> Value {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let mut lines = text.lines();
    let event = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(lines.next(), None, "one warning: {text}");
    event
}

/// Rows of every other source stand as in the reference night; fees may differ where the source's
/// money had settled them.
fn only_that_source_is_missing(before: &Files, files: &Files, source_name: &str) {
    let run = run_json(files);
    totals_tie(&run);
    let was = run_json(before);
    for name in ["one-stop", "sepay-main", "casso-main", "vnpay"] {
        if name == source_name {
            assert_eq!(
                source(&run, name)["rows"],
                0,
                "nothing half-read is taken for a row"
            );
        } else {
            let (now, then) = (source(&run, name), source(&was, name));
            assert_eq!(now, then, "{name}");
        }
    }
    let touched: BTreeSet<String> = table(before, "links.csv")
        .into_iter()
        .filter(|row| row["source"] == source_name)
        .map(|row| row["dossier_code"].clone())
        .collect();
    assert!(!touched.is_empty(), "{source_name} had settled something");
    for name in ["links.csv", "exceptions.csv"] {
        let (lost, added) = changes(before, files, name);
        let concerns =
            |row: &&Row| row["source"] == source_name || touched.contains(&row["dossier_code"]);
        let others: Vec<_> = lost
            .iter()
            .chain(&added)
            .filter(|row| !concerns(row))
            .collect();
        assert!(others.is_empty(), "{name}: {others:#?}");
        let gained = added.iter().find(|row| row["source"] == source_name);
        assert_eq!(gained, None, "{name}");
    }
    let headline = crate::town::headline(&run);
    assert_eq!(
        headline["verdict"], "undecided",
        "incomplete is never green"
    );
}

/// Once it answers, the night is the reference night.
async fn heals(town: &Town, before: &Files) {
    configure(town, &as_is);
    let (output, files) = night(town, &[], 0).await;
    assert!(output.stderr.is_empty());
    for name in ["links.csv", "exceptions.csv", "share.csv"] {
        assert!(
            files[name] == before[name],
            "{name} is not what it would have been"
        );
    }
    let (run, was) = (run_json(&files), run_json(before));
    assert_eq!(
        (&run["totals"], &run["share"]),
        (&was["totals"], &was["share"])
    );
    assert_eq!(run["version_of_night"], 2);
}

/// `where: what. What to do.` stands in the log event and in the page.
fn told(output: &Output, files: &Files, source: &str, state: &str, said: &str) {
    let event = warning(output);
    assert_eq!(event["level"], "WARN");
    assert_eq!(
        (&event["source.id"], &event["state"]),
        (&source.into(), &state.into())
    );
    assert_eq!(event["error"], said, "the operator's log names the address");
    // the page goes out by mail: the same words without it
    let (_, words) = said.split_once(" http://").unwrap();
    let (address, words) = words.split_once(": ").unwrap();
    let page = page(files);
    assert!(page.contains(words), "{words}\n{}", part(&page, source));
    for (name, bytes) in files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(address), "{name} names {address}");
    }
}

const JSON: [&str; 2] = ["--log-format", "json"];
const ENGLISH: [&str; 4] = ["--log-format", "json", "--lang", "en"];

#[tokio::test(flavor = "multi_thread")]
async fn a_401_loses_that_source_only() {
    let before = reference().await;
    let town = morning().await;
    configure(&town, &as_is);
    let mut command = program(&town);
    command
        .args(["run", "--date", FIRST])
        .args(JSON)
        .env("DOISOAT_SANDBOX_CASSO_TOKEN", "WRONG");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert_eq!(code(&output), 12);
    let files = published(&town);
    let at = format!(
        "casso-main: GET {}/v2/transactions",
        town.sandbox.base_url("casso")
    );
    let said = format!(
        "{at}: nguồn không chấp nhận thông tin xác thực của chúng ta (HTTP 401). Kiểm tra thông tin \
         truy cập của nguồn này trong doisoat.toml (token, client_secret hoặc password: đã hết hạn \
         hoặc bị thu hồi?), rồi chạy `doisoat check`."
    );
    told(&output, &files, "casso-main", "refused", &said);
    assert_eq!(run_json(&files)["exit_codes"], serde_json::json!([12, 3]));
    assert_eq!(source(&run_json(&files), "casso-main")["state"], "refused");
    only_that_source_is_missing(before, &files, "casso-main");
    heals(&town, before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_loses_the_gateway_only_and_its_answer_is_kept() {
    let before = reference().await;
    let town = morning().await;
    configure(&town, &as_is);
    town.sandbox
        .set_fault(Some(Fault::named("wrong_signature").unwrap()));
    let (output, files) = night(&town, &ENGLISH, 12).await;
    let at = format!(
        "vnpay: POST {}/merchant_webapi/api/transaction",
        town.sandbox.base_url("vnpay")
    );
    let said = format!(
        "{at}: the answer's signature does not verify. No row of this pull is used. Check \
         the keys of this source in doisoat.toml; if they are right, tell the provider: somebody may have altered \
         the answer."
    );
    told(&output, &files, "vnpay", "refused", &said);
    only_that_source_is_missing(before, &files, "vnpay");
    assert!(
        archive_holds(&town, b"vnp_SecureHash"),
        "what came is evidence"
    );
    town.sandbox.set_fault(None);
    heals(&town, before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_cut_once_is_asked_for_again_and_one_always_cut_is_no_day() {
    let before = reference().await;
    let town = morning().await;
    let cut = |body: &str| {
        body.chars()
            .take(body.chars().count() / 2)
            .collect::<String>()
    };
    let first = std::sync::atomic::AtomicBool::new(true);
    let once = Proxy::before(&town, move |_, body| {
        if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            cut(&body)
        } else {
            body
        }
    })
    .await;
    configure(&town, &|toml| once.in_front_of("casso", &toml));
    let (output, files) = night(&town, &[], 0).await;
    assert!(output.stderr.is_empty());
    assert!(files == *before, "the same bytes as without the cut page");

    let town = morning().await;
    let always = Proxy::before(&town, move |line, body| {
        if line.contains("fromDate=2022-12-05") {
            cut(&body)
        } else {
            body
        }
    })
    .await;
    let twice = |toml: String| {
        toml.replace(
            "name = \"casso-main\"\n",
            "name = \"casso-main\"\nretries = 2\n",
        )
    };
    configure(&town, &|toml| twice(always.in_front_of("casso", &toml)));
    let (output, files) = night(&town, &JSON, 3).await;
    let said = format!(
        "casso-main: GET http://127.0.0.1:{}/casso/v2/transactions: cả 2 lần thử đều hỏng; lần \
         cuối: JSON bị cắt giữa chừng. Ngày và lệnh thanh toán đã đọc đủ vẫn được dùng. Chạy lại sau; nếu lặp \
         lại, hỏi nhà cung cấp.",
        always.port()
    );
    told(&output, &files, "casso-main", "missing", &said);
    only_that_source_is_missing(before, &files, "casso-main");
    assert!(
        archive_holds(&town, b"\"totalRecords\":16,"),
        "the half that came is kept"
    );
    heals(&town, before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_body_with_200_is_no_empty_day() {
    let before = reference().await;
    let town = morning().await;
    let empty = Proxy::before(&town, |_, _| String::new()).await;
    let twice = |toml: String| {
        toml.replace(
            "name = \"sepay-main\"\n",
            "name = \"sepay-main\"\nretries = 2\n",
        )
    };
    configure(&town, &|toml| twice(empty.in_front_of("sepay", &toml)));
    let (output, files) = night(&town, &ENGLISH, 3).await;
    let said = format!(
        "sepay-main: GET http://127.0.0.1:{}/sepay/userapi/transactions/list: all 2 attempts \
         failed; the last one: an empty body with a success status. An empty answer is not an \
         empty day. Some providers (SePay) answer this way when they do not accept the token: \
         check it, then run again.",
        empty.port()
    );
    told(&output, &files, "sepay-main", "missing", &said);
    only_that_source_is_missing(before, &files, "sepay-main");
    heals(&town, before).await;
}
