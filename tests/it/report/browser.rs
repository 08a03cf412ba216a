//! The page in a real browser: nothing is loaded, nothing runs, the key figures are there.
//!
//! Needs Chromium (Debian package `chromium`); the test fails without it.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::example;
use super::page;

const CHROMIUM: &str = "/usr/bin/chromium";

fn chromium(dir: &Path, args: &[&str], url: &str) -> Output {
    assert!(
        Path::new(CHROMIUM).exists(),
        "{CHROMIUM} is missing: apt-get install chromium (Debian package `chromium`)"
    );
    let profile = dir.join("profile");
    Command::new(CHROMIUM)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--v=0"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(args)
        .arg(url)
        .output()
        .unwrap()
}

fn dom(dir: &Path, html: &str) -> (String, String) {
    let file = dir.join("index.html");
    std::fs::write(&file, html).unwrap();
    let output = chromium(dir, &["--dump-dom"], &format!("file://{}", file.display()));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into(),
    )
}

#[test]
fn the_page_is_rendered_and_asks_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (dom, log) = dom(dir.path(), &page(&example::undecided()));
    let dom = dom.replace("&nbsp;", " ").replace('\u{a0}', " ");
    for text in [
        "Ngày đối soát 05/12/2022",
        "CHƯA ĐỦ CĂN CỨ",
        "nếu 1 ngoại lệ quyết định",
        "UBND huyện Mộ Đức",
        "49,65 %",
        "49,39 % – 50,16 %",
        "2.645.000 ₫",
        "Đối chiếu tổng",
        "Thiếu phía nhà cung cấp",
        "1.250.00",
    ] {
        assert!(dom.contains(text), "{text}");
    }
    assert!(
        !log.contains("Content Security Policy"),
        "our own page breaks its policy:\n{log}"
    );
}

#[test]
fn the_policy_names_our_style_and_blocks_everything_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            // A request is counted by its bytes: an idle connection asks for nothing.
            std::thread::spawn(move || {
                let read = stream.read(&mut [0; 64]).unwrap_or(0);
                count.fetch_add(usize::from(read > 0), Ordering::SeqCst);
            });
        }
    });
    // What an attacker would add if an escape were forgotten somewhere.
    let attack = format!(
        "<img src=\"http://127.0.0.1:{port}/i\"><link rel=stylesheet href=\"http://127.0.0.1:{port}/c\">\
         <script src=\"http://127.0.0.1:{port}/s\"></script><iframe src=\"http://127.0.0.1:{port}/f\"></iframe>\
         <script>document.title='OWNED'</script><style>body{{display:none}}</style></main>"
    );
    let page = page(&example::undecided());
    let attacked = page.replace("</main>", &attack);
    assert_ne!(attacked, page);
    let dir = tempfile::tempdir().unwrap();
    let (dom, log) = dom(dir.path(), &attacked);
    assert!(!dom.contains("<title>OWNED"), "a script ran");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "something was loaded");
    // The same listener counts when the policy is taken away: the test can fail.
    let (head, rest) = attacked.split_once("<meta http-equiv").unwrap();
    let open = format!("{head}{}", rest.split_once('>').unwrap().1);
    let (dom, _) = self::dom(dir.path(), &open);
    assert!(
        dom.contains("<title>OWNED") && asked.load(Ordering::SeqCst) > 0,
        "{log}"
    );
}

#[test]
fn it_prints_on_a4() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("index.html");
    std::fs::write(&file, page(&example::undecided())).unwrap();
    let pdf = dir.path().join("report.pdf");
    let print = format!("--print-to-pdf={}", pdf.display());
    let url = format!("file://{}", file.display());
    chromium(dir.path(), &["--no-pdf-header-footer", &print], &url);
    let bytes = std::fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&bytes);
    // A4 is 595 x 842 points.
    assert!(
        text.contains("/MediaBox [0 0 594.95996 841.91998]") || text.contains("/MediaBox [0 0 595")
    );
}
