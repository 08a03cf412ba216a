//! What is told of a night, as those receive it who are told: a mail server, a webhook and a
//! dead-man's switch on loopback.

mod figures;
mod forged;
mod said;
mod hooks;
pub(crate) mod mail;
mod refused;
mod send_test;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use doisoat::domain::Lang;
use doisoat::job::Desk;
use doisoat::notify::{About, Summary};
use doisoat::store::Delivered;
use serde_json::{Value, json};

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, codes, day, document, night, same_dump};
use mail::{Mail, Server};

const SECRET: &str = "CANARY-whsec-77";

fn email(port: u16, more: &str) -> String {
    email_to(port, "ketoan@example.vn") + more
}

/// A target on loopback.
pub(crate) fn email_to(port: u16, to: &str) -> String {
    format!(
        "\n[[notify.email]]\nhost = \"localhost\"\nport = {port}\ntls = \"none\"\n\
         from = \"Đối soát <doisoat@example.vn>\"\nto = [\"{to}\"]\n"
    )
}

async fn desk(town: &Town, notify: &str) -> Desk {
    let secret = town.dir().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let notify = notify.to_owned();
    town.desk(&move |text| format!("{text}{notify}")).await
}

/// A port where nobody listens.
fn nobody() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Every name of a payer in the exports of the town.
fn payers(town: &Town) -> Vec<String> {
    let text = town.dir().join(format!("inbox/dossier_fees_{FIRST}.csv"));
    let mut reader = csv::Reader::from_path(text).unwrap();
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|h| h == "payer_name");
    let names = reader
        .records()
        .map(|row| row.unwrap()[at.unwrap()].to_owned());
    names.filter(|name| name.contains(' ')).collect()
}

fn no_payer(names: &[String], what: &str, text: &str) {
    let folded = text.to_lowercase();
    for name in names {
        assert!(
            !folded.contains(&name.to_lowercase()),
            "{what} names {name}"
        );
    }
}

fn inflated(workbook: &[u8]) -> String {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut all = String::new();
    for nth in 0..book.len() {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut book.by_index(nth).unwrap(), &mut bytes).unwrap();
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_told_by_mail_with_files_and_without_people() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let desk = desk(&town, &email(server.port, "")).await;
    town.morning_after(day(FIRST));
    let night = night(&desk, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    let run = document(&night);
    let share = crate::town::headline(&run);
    let percent = share["share"].as_str().unwrap();
    let percent = format!(
        "{},{} %",
        percent[2..4].trim_start_matches('0'),
        &percent[4..6]
    );
    let subject = mail.subject().replace('\u{a0}', " ");
    let verdict = match share["verdict"].as_str().unwrap() {
        "met" => "ĐẠT",
        "missed" => "CHƯA ĐẠT",
        _ => "CHƯA ĐỦ CĂN CỨ",
    };
    let start = format!("[Đối soát] 05/12/2022 – {verdict} – không tiền mặt {percent} [");
    assert!(subject.starts_with(&start), "{subject} / {start}");
    assert!(
        subject.ends_with('₫') && subject.contains(" ngoại lệ – "),
        "{subject}"
    );
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("doisoat@example.vn", &["ketoan@example.vn".to_owned()][..])
    );
    assert_eq!(
        mail.header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert!(
        mail.header("Message-ID")
            .unwrap()
            .starts_with(&format!("<{}.", night.run.id))
    );

    let parts = mail.parts();
    let kinds: Vec<&str> = parts.iter().map(|part| part.kind.as_str()).collect();
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(kinds, ["text/plain", "text/html", "text/html", book]);
    let (text, html) = (parts[0].text(), parts[1].text());
    for part in [&text, &html] {
        assert!(
            part.contains("sepay-main") && part.contains("05/12/2022"),
            "{part}"
        );
        assert!(
            part.contains(&desk.config.report_dir.join(FIRST).display().to_string()),
            "{part}"
        );
    }
    for bad in [
        "<style", "<script", "<img", "<svg", "src=", "href=", "class=",
    ] {
        assert!(!html.contains(bad), "{bad}: {html}");
    }
    let folder = town.folder(FIRST);
    assert_eq!(
        parts[2].body,
        std::fs::read(folder.join("index.html")).unwrap()
    );
    // the published workbook but for its links: they lead to the page as the mail calls it
    let published = std::fs::read(folder.join("doisoat.xlsx")).unwrap();
    assert!(is_relinked(&published, &parts[3].body, "doisoat-2022-12-05.html") > 0);
    let mut names = payers(&town);
    assert!(names.len() > 10, "{names:?}");
    // who paid at the bank, and from and to which account
    let rows = desk.store.new_rows(day(FIRST)).await.unwrap();
    let told = rows.txns.iter().map(|txn| txn.payer.to_string());
    let told: Vec<String> = told.filter(|payer| payer.contains(' ')).collect();
    let accounts = rows.txns.iter().filter_map(|txn| txn.account.as_deref());
    let accounts: Vec<String> = accounts.map(str::to_owned).collect();
    let counts = (told.len(), accounts.len());
    assert!(counts.0 > 3 && counts.1 > 3, "{counts:?}");
    names.extend(told.into_iter().chain(accounts));
    names.sort();
    names.dedup();
    no_payer(&names, "the text", &text);
    no_payer(&names, "the mail", &html);
    no_payer(&names, "the page", &parts[2].text());
    no_payer(&names, "the workbook", &inflated(&parts[3].body));
}

fn entries(workbook: &[u8]) -> Vec<(String, String)> {
    use std::io::Read as _;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let read = |at| {
        let mut part = zip.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        (part.name().unwrap().into_owned(), text)
    };
    let parts = 0..zip::ZipArchive::new(std::io::Cursor::new(workbook))
        .unwrap()
        .len();
    parts.map(read).collect()
}

/// How many links of a workbook lead to `page` instead of `index.html`; all else is the same.
fn is_relinked(published: &[u8], attached: &[u8], page: &str) -> usize {
    let (published, attached) = (entries(published), entries(attached));
    assert_eq!(published.len(), attached.len());
    let mut links = 0;
    for ((name, was), (own, is)) in published.iter().zip(&attached) {
        assert_eq!(name, own);
        links += was.matches("Target=\"index.html\"").count();
        let wanted = was.replace("Target=\"index.html\"", &format!("Target=\"{page}\""));
        assert!(wanted == *is, "{name}");
        assert!(!is.contains("Target=\"index.html\""), "{name}");
    }
    links
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_links_to_the_report_where_its_address_is_known() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let base = "https://baocao.example.vn/doisoat";
    let notify = format!("\n[notify]\nlink_base = \"{base}/\"\n");
    let more = "attach = [\"xlsx\"]\nattach_max = \"5 MB\"\n";
    let mut desk = desk(&town, &(notify + &email(server.port, more))).await;
    let mut config = (*desk.config).clone();
    // a report folder by a path from here, as settings beside the program have it
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    let relative = format!(
        "{up}{}",
        config
            .report_dir
            .display()
            .to_string()
            .trim_start_matches('/')
    );
    config.report_dir = relative.into();
    desk.config = std::sync::Arc::new(config);
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    let parts = mail.parts();
    let link = format!("{base}/2022-12-05/index.html");
    let (text, html) = (parts[0].text(), parts[1].text());
    assert!(text.lines().any(|line| line == link), "{text}");
    assert!(
        html.contains(&format!("<a href=\"{link}\">Mở báo cáo")),
        "{html}"
    );
    let at = text.split("Báo cáo đầy đủ: ").nth(1).unwrap();
    assert!(at.starts_with('/'), "{at}");
    let published = std::fs::read(town.folder(FIRST).join("doisoat.xlsx")).unwrap();
    assert!(is_relinked(&published, &parts[2].body, &link) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_goes_along_where_it_is_wanted() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let formats = "\n[report]\nformats = [\"html\", \"pdf\"]\n";
    let notify = email(server.port, "attach = [\"pdf\"]\n") + formats;
    let desk = desk(&town, &notify).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    let parts = mail.parts();
    let kinds: Vec<&str> = parts.iter().map(|part| part.kind.as_str()).collect();
    assert_eq!(kinds, ["text/plain", "text/html", "application/pdf"]);
    let published = std::fs::read(town.folder(FIRST).join("doisoat.pdf")).unwrap();
    assert_eq!(parts[2].body, published);
    no_payer(
        &payers(&town),
        "the summary",
        &crate::pdf::read(&published).text,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_over_the_limit_is_named_and_english_is_a_switch() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::plain();
    let mut desk = desk(&town, &email(server.port, "attach_max = \"1 KB\"\n")).await;
    let mut config = (*desk.config).clone();
    config.lang = Lang::En;
    desk.config = std::sync::Arc::new(config);
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    assert!(
        mail.subject().starts_with("[Reconciliation] 2022-12-05 – "),
        "{}",
        mail.subject()
    );
    let parts = mail.parts();
    assert_eq!(parts.len(), 2);
    let folder = town.folder(FIRST);
    let told = format!(
        "Not attached, because over 1 KB: index.html, doisoat.xlsx; see {}.",
        folder.display()
    );
    assert!(parts[0].text().contains(&told), "{}", parts[0].text());
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_checks_the_certificate_before_anything_is_said() {
    let town = Town::new(Kind::Sqlite).await;
    let server = Server::starttls();
    let login = "user = \"doisoat\"\npassword = { file = \"secret\" }\n";
    let secure = |more: &str| {
        email(server.port, &format!("{login}{more}")).replace("\"none\"", "\"starttls\"")
    };
    let distrusting = desk(&town, &secure("")).await;
    town.morning_after(day(FIRST));
    night(&distrusting, FIRST).await;
    assert!(server.mails().is_empty());
    let said = server.said();
    assert!(
        said.iter()
            .all(|line| line.starts_with("EHLO") || line == "STARTTLS"),
        "{said:?}"
    );
    let [waiting] = distrusting
        .store
        .outbox(Delivered::Waiting)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(waiting.attempts, 1);
    let ca = format!(
        "ca_file = \"{}/fixtures/tls/ca.pem\"\n",
        env!("CARGO_MANIFEST_DIR")
    );
    night(&desk(&town, &secure(&ca)).await, FIRST).await;
    let [mail] = server.mails().try_into().unwrap();
    assert!(mail.secure);
    assert_eq!(mail.header("Message-ID").unwrap(), waiting.what.key);
    let said = server.said().join("\n");
    assert!(said.contains("AUTH PLAIN"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_changes_nothing_and_is_made_good_by_the_next_start() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, quiet) = (Town::new(kind).await, Town::new(kind).await);
        quiet.morning_after(day(FIRST));
        let untold = night(&quiet.desk(&as_is).await, FIRST).await;
        town.morning_after(day(FIRST));
        let down = desk(&town, &email(nobody(), "")).await;
        let told = night(&down, FIRST).await;
        assert_eq!(codes(&told), codes(&untold), "{kind:?}");
        assert_eq!((&told.run.id, told.published), (&untold.run.id, true));
        assert_eq!(town.reports(), quiet.reports(), "{kind:?}");
        same_dump(
            &town.dump().await,
            &quiet.dump().await,
            "delivery is no business state",
        );
        let [waiting] = down
            .store
            .outbox(Delivered::Waiting)
            .await
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!(
            (waiting.attempts, waiting.what.channel.as_str()),
            (1, "email")
        );
        assert!(waiting.error.contains("localhost"), "{}", waiting.error);

        // the next start, another night: both are told, the older one first
        let server = Server::plain();
        let up = desk(&town, &email(server.port, "")).await;
        town.morning_after(day("2022-12-06"));
        let next = night(&up, "2022-12-06").await;
        let mails = server.mails();
        let ids: Vec<String> = mails
            .iter()
            .map(|m| m.header("Message-ID").unwrap())
            .collect();
        assert_eq!(ids.len(), 2, "{ids:?}");
        assert_eq!(ids[0], waiting.what.key);
        assert!(ids[1].contains(next.run.id.as_str()), "{ids:?}");
        // the same night again: nothing new is published, nobody hears of it again
        assert!(!night(&up, "2022-12-06").await.published);
        assert_eq!(server.mails().len(), 2);

        // killed between the server's yes and our note of it: once more, the very same mail
        town.database
            .execute("UPDATE outbox SET state = 'waiting', attempts = 0, tried_wall = ''")
            .await;
        night(&up, "2022-12-06").await;
        let again: Vec<Mail> = server.mails().split_off(2);
        assert_eq!(again.len(), 2);
        for (first, second) in mails.iter().zip(&again) {
            assert_eq!(first.raw, second.raw, "{kind:?}");
        }
        night(&up, "2022-12-06").await;
        assert_eq!(server.mails().len(), 4, "noted, so not a third time");
    }
}
