//! Papers of closed periods: each ends with the night of the closing, stays as it was when more
//! comes later, and the next one begins where it ended. All figures are sums of what the files of a
//! small office say, made here by hand.

use std::collections::BTreeMap;

use doisoat::domain::{Day, Period, SourceName};
use doisoat::job::Exit;
use doisoat::job::forms::Form;
use doisoat::job::report_again::{self, Asked, Span};

use crate::database::Kind;
use crate::forms::{TURNOVER, behind, figure, said, write_of};
use crate::office::{BANK, Office, csv};
use crate::periods::close;
use crate::town::{FIRST, day, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const FOURTH: &str = "2022-12-08";
const FIFTH: &str = "2022-12-09";

pub(crate) const CREDITS: &str = "Ghi có vào tài khoản của bên A";
pub(crate) const DEBITS: &str = "Ghi nợ tài khoản của bên A";
pub(crate) const LEFT: &str =
    "Bên B còn phải chuyển cho bên A, của các ngày đến cuối kỳ (dòng 1 cộng dòng 2, trừ dòng 3)";
pub(crate) const BEFORE: &str =
    "Còn phải chuyển của các ngày trước kỳ, khi biên bản kỳ trước kết thúc";
pub(crate) const DUE: &str =
    "Phải chuyển của kỳ này (dòng II.1 trừ dòng II.2, cộng dòng XI, trừ dòng VIII)";
pub(crate) const RECEIVED: &str = "Đã chuyển: ngân hàng của bên A đã nhận";
const LATE: &str = "Trong đó giao dịch của các ngày trước kỳ, chưa có trong biên bản kỳ trước";
const OPENING: &str = "Kỳ trước chuyển sang, chưa khớp";
const CLOSING: &str = "Chuyển kỳ sau, chưa khớp (phụ lục)";

const GATEWAY: &str = "[[source]]\nname = \"gw\"\nkind = \"settlement\"\npath = \"inbox/gw\"\n\
instrument = \"qr\"\n\n[source.map]\nbank_ref = \"Mã GD\"\norder_ref = \"Mã đơn\"\n\
amount = \"Số tiền\"\nfee = \"Phí\"\nnet = \"Thực nhận\"\ntime = \"Thời gian\"\n\
status = \"Trạng thái\"\nkind = \"Loại\"\nmemo = \"Mô tả\"\ntime_format = \"dd/MM/yyyy HH:mm:ss\"\n\
success = \"OK\"\npending = \"WAIT\"\npayment = \"PAY\"\nfile_day = \"T\"\n";

/// A bank and a gateway that pays each day out on the next.
pub(crate) struct Pair(pub(crate) Office);

impl Pair {
    pub(crate) async fn new(kind: Kind) -> Self {
        Self(Office::new(kind, &format!("{BANK}\n{GATEWAY}")).await)
    }

    /// Rows of id, dossier, amount, fee, day and state.
    pub(crate) fn gateway(&self, file: &str, rows: &[(&str, &str, i64, i64, &str, &str)]) {
        let head = "Mã GD,Mã đơn,Số tiền,Phí,Thực nhận,Thời gian,Trạng thái,Loại,Mô tả\n";
        let row = |(id, dossier, amount, fee, on, state): &(&str, &str, i64, i64, &str, &str)| {
            let net = amount - fee;
            format!("{id},O{id},{amount},{fee},{net},{on} 09:00:00,{state},PAY,{dossier}\n")
        };
        let rows: String = rows.iter().map(row).collect();
        let path = self.0.town.dir().join("inbox/gw").join(file);
        std::fs::write(path, format!("{head}{rows}")).unwrap();
    }

    pub(crate) fn bank(&self, file: &str, rows: &[&str]) {
        self.0.put(file, csv(rows).as_bytes());
    }

    /// The night of a day, with its dossiers.
    pub(crate) async fn night(&self, date: &str) {
        if date != FIRST {
            self.0.fees(date);
        }
        self.0
            .town
            .set_now(day(date).plus(1).start_ms() + 5_400_000);
        night(&self.0.desk, date).await;
    }

    /// The first two days: the gateway collects 57,350 net, then 49,450 net and one payment that
    /// waits; the bank receives the first sum, a transfer, a sum that is no fee, and pays a charge.
    pub(crate) async fn two_days(&self) {
        let rows = [
            (
                "G1",
                "H48.18.22-221205-0001",
                50_000,
                550,
                "05/12/2022",
                "OK",
            ),
            (
                "G2",
                "H48.18.22-221205-0002",
                8_000,
                100,
                "05/12/2022",
                "OK",
            ),
        ];
        self.gateway("gw_2022-12-05.csv", &rows);
        self.bank(
            "saoke_2022-12-05.csv",
            &["05/12/2022;F0;0;1.000;1.000;chuyen tien"],
        );
        self.night(FIRST).await;
        let rows = [
            (
                "G3",
                "H48.18.22-221206-0001",
                50_000,
                550,
                "06/12/2022",
                "OK",
            ),
            (
                "G4",
                "H48.18.22-221206-0009",
                30_000,
                330,
                "06/12/2022",
                "WAIT",
            ),
        ];
        self.gateway("gw_2022-12-06.csv", &rows);
        self.bank(
            "saoke_2022-12-06.csv",
            &[
                "06/12/2022;F1;0;57.350;58.350;QUYET TOAN GW 051222",
                "06/12/2022;F2;0;20.000;78.350;NOP PHI H48.18.22-221206-0003",
                "06/12/2022;F3;0;1.000.000;1.078.350;tra lai tien vay",
                "06/12/2022;F4;3.300;0;1.075.050;phi quan ly tai khoan",
            ],
        );
        self.night(SECOND).await;
    }

    /// Two more: the third day is paid out, the second waits; what comes with the fourth, late, is
    /// of the second: 7,912 net at the gateway and 20,000 at the bank.
    pub(crate) async fn two_more(&self) {
        let rows = [
            (
                "G5",
                "H48.18.22-221207-0003",
                20_000,
                220,
                "07/12/2022",
                "OK",
            ),
            (
                "G5b",
                "H48.18.22-221207-0002",
                8_000,
                90,
                "07/12/2022",
                "OK",
            ),
        ];
        self.gateway("gw_2022-12-07.csv", &rows);
        self.bank(
            "saoke_2022-12-07.csv",
            &["07/12/2022;F5;0;10.000;1.105.050;tien lai thang"],
        );
        self.night(THIRD).await;
        let late = [("G6", "H48.18.22-221206-0002", 8_000, 88, "06/12/2022", "OK")];
        self.gateway("gwlate_2022-12-06.csv", &late);
        let rows = [(
            "G7",
            "H48.18.22-221208-0001",
            50_000,
            550,
            "08/12/2022",
            "OK",
        )];
        self.gateway("gw_2022-12-08.csv", &rows);
        self.bank(
            "saoke_late_2022-12-06.csv",
            &["06/12/2022;F9;0;20.000;1.095.050;NOP PHI H48.18.22-221205-0003"],
        );
        self.bank(
            "saoke_2022-12-08.csv",
            &["08/12/2022;F6;0;27.690;1.132.740;QUYET TOAN GW 071222"],
        );
        self.night(FOURTH).await;
    }

    /// The night in which the payment that waited becomes one of its day.
    async fn fifth(&self) {
        let rows = [(
            "G4",
            "H48.18.22-221206-0009",
            30_000,
            330,
            "09/12/2022",
            "OK",
        )];
        self.gateway("gw_2022-12-09.csv", &rows);
        self.bank(
            "saoke_2022-12-09.csv",
            &["09/12/2022;F7;0;57.362;1.190.102;QUYET TOAN GW 061222"],
        );
        self.night(FIFTH).await;
    }

    pub(crate) async fn files(
        &self,
        form: Form,
        (from, to): (&str, &str),
    ) -> BTreeMap<String, Vec<u8>> {
        let days = Period::range(day(from), day(to));
        write_of(&self.0.desk, form, Span::Days(days)).await
    }

    pub(crate) async fn minutes(&self, source: &str, days: (&str, &str)) -> Vec<String> {
        let form = Form::Minutes(Some(SourceName::new(source)));
        let files = self.files(form, days).await;
        said(&files[&format!("bien-ban-doi-soat_{source}.docx")])
    }
}

pub(crate) fn told(texts: &[String], line: &str) -> [i64; 2] {
    let cells = behind(texts, line, 2);
    [0, 1].map(|at: usize| match &*cells[at] {
        "—" => 0,
        told => figure(told),
    })
}

fn has(texts: &[String], what: &str) -> bool {
    texts.iter().any(|text| text.contains(what))
}

fn both() -> Period {
    Period::range(day(FIRST), day(SECOND))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_paper_ends_with_its_closing_and_the_next_begins_there() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let pair = Pair::new(kind).await;
        pair.two_days().await;
        pair.two_more().await;
        // as long as it is open it is as of its own last night
        let open = pair.minutes("gw", (FIRST, SECOND)).await;
        assert_eq!(told(&open, DUE)[1], 57_350 + 49_450, "{kind:?}");
        // and names the run of that night, not the last of all
        let own = pair.0.desk.store.published(day(SECOND)).await.unwrap();
        assert!(has(&open, own.unwrap().id.as_str()), "{kind:?}");
        let next = pair.minutes("gw", (THIRD, FOURTH)).await;
        assert_eq!(told(&next, LATE), [1, 8_000], "{kind:?}");
        Box::pin(close(&pair.0.desk, &both())).await.unwrap();
        let one = pair.minutes("gw", (FIRST, SECOND)).await;
        assert!(has(&one, "Số liệu chốt đến hết ngày 08/12/2022."));
        // the first day came to the bank; the second is still there, with what came late
        assert_eq!(told(&one, DUE)[1], 57_350 + 49_450 + 7_912, "{kind:?}");
        assert_eq!(told(&one, RECEIVED)[1], 57_350, "{kind:?}");
        assert_eq!(told(&one, LEFT)[1], 57_362, "{kind:?}");
        let words = "còn phải chuyển cho bên A, sau các khoản đã chuyển (dòng XII): 57.362 đồng. \
                     Bằng chữ: Năm mươi bảy nghìn ba trăm sáu mươi hai đồng.";
        assert!(has(&one, words), "{kind:?} {one:?}");
        let two = pair.minutes("gw", (THIRD, FOURTH)).await;
        let begins =
            "Biên bản kỳ trước đã tính đến hết đêm 08/12/2022; biên bản này tính tiếp từ đó.";
        assert!(has(&two, begins) && !has(&two, LATE), "{kind:?}");
        assert_eq!(told(&two, BEFORE)[1], 57_362, "{kind:?}");
        assert_eq!(told(&two, DUE)[1], 27_690 + 49_450, "{kind:?}");
        assert_eq!(told(&two, RECEIVED)[1], 27_690, "{kind:?}");
        assert_eq!(told(&two, LEFT)[1], 57_362 + 49_450, "{kind:?}");
        assert_eq!(told(&two, OPENING), told(&one, CLOSING), "{kind:?}");
        // the bank's: what came late was credited in the closed period
        let [one, two] = [(FIRST, SECOND), (THIRD, FOURTH)];
        let one = pair.minutes("bank", one).await;
        let two = pair.minutes("bank", two).await;
        let credited = 1_000 + 57_350 + 20_000 + 1_000_000 + 20_000;
        assert_eq!(told(&one, CREDITS), [5, credited], "{kind:?}");
        assert_eq!(told(&two, CREDITS), [2, 10_000 + 27_690], "{kind:?}");
        Box::pin(pair.0.desk.close()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_paper_stays_to_the_byte_when_a_payment_that_waited_ends() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let pair = Pair::new(kind).await;
        pair.two_days().await;
        pair.two_more().await;
        Box::pin(close(&pair.0.desk, &both())).await.unwrap();
        let form = || Form::Minutes(None);
        let was = pair.files(form(), (FIRST, SECOND)).await;
        let texts = said(&was["bien-ban-doi-soat_gw.docx"]);
        assert!(told(&texts, TURNOVER[2])[1] >= 30_000, "it waits");
        pair.fifth().await;
        let now = pair.files(form(), (FIRST, SECOND)).await;
        let is_paper = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == "docx");
        for (name, bytes) in was.iter().filter(|(name, _)| is_paper(name)) {
            assert_eq!(said(&now[name]), said(bytes), "{kind:?} {name}");
        }
        let papers = was.iter().filter(|(name, _)| name.starts_with("bien-ban"));
        let same = papers.filter(|(name, bytes)| now[*name] == **bytes).count();
        assert_eq!(
            same, 8,
            "{kind:?}: a signed paper or its list is another now"
        );
        let next = pair.minutes("gw", (THIRD, FIFTH)).await;
        assert_eq!(told(&next, OPENING), told(&texts, CLOSING), "{kind:?}");
        // 27,690 came to the bank, and what was left of the closed days
        assert_eq!(told(&next, DUE)[1], 27_690 + 49_450 + 29_670, "{kind:?}");
        assert_eq!(told(&next, RECEIVED)[1], 27_690 + 57_362, "{kind:?}");
        assert_eq!(told(&next, LEFT)[1], 49_450 + 29_670, "{kind:?}");
        Box::pin(pair.0.desk.close()).await;
    }
}

/// The sum of the form, and what it carries over.
fn form_sum(texts: &[String]) -> (i64, i64) {
    let amount = |text: &str, before: &str| {
        let tail = text.split(before).nth(1).unwrap();
        figure(tail.split(" đồng").next().unwrap())
    };
    let find = |start: &str| texts.iter().find(|text| text.starts_with(start));
    let sum = amount(find("Tổng số phí, lệ phí đã thu").unwrap(), "đã thu: ");
    let carried = find("Chuyển kỳ: ").map_or(0, |text| amount(text, ", cộng "));
    (sum, carried)
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_payments_around_a_closing_count_all_money_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let pair = Pair::new(kind).await;
        pair.two_days().await;
        pair.two_more().await;
        let sums = async |days: (&str, &str)| {
            let files = pair.files(Form::Payments, days).await;
            form_sum(&said(&files["thanh-toan-766.docx"]))
        };
        let late = 8_000 + 20_000;
        let all = sums((FIRST, FOURTH)).await;
        let open = [sums((FIRST, SECOND)).await, sums((THIRD, FOURTH)).await];
        assert_eq!(open[1].1, late, "{kind:?}");
        assert_eq!(open[0].0 + open[1].0 + open[1].1, all.0, "{kind:?}");
        Box::pin(close(&pair.0.desk, &both())).await.unwrap();
        let closed = [sums((FIRST, SECOND)).await, sums((THIRD, FOURTH)).await];
        assert_eq!(closed[0].0, open[0].0 + late, "{kind:?}: as of its closing");
        assert_eq!(closed[1], (open[1].0, 0), "{kind:?}: nothing twice");
        assert_eq!(closed[0].0 + closed[1].0, all.0, "{kind:?}");
        Box::pin(pair.0.desk.close()).await;
    }
}

/// Where the night of the closing was published again since, the book is not what was signed.
#[tokio::test(flavor = "multi_thread")]
async fn papers_around_a_closing_whose_night_was_made_again_are_refused() {
    let pair = Pair::new(Kind::Sqlite).await;
    pair.two_days().await;
    pair.two_more().await;
    let desk = &pair.0.desk;
    Box::pin(close(desk, &both())).await.unwrap();
    let rows = [(
        "G8",
        "H48.18.22-221206-0003",
        20_000,
        220,
        "06/12/2022",
        "OK",
    )];
    pair.gateway("gwlater_2022-12-06.csv", &rows);
    pair.night(FOURTH).await;
    let refused = async |from: Day, to: Day| {
        let asked = Asked {
            form: Some(Form::Minutes(None)),
            ..Asked::of(Span::Days(Period::range(from, to)))
        };
        let root = &desk.config.report_dir;
        let error = report_again::write(desk, &asked, root).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        error.to_string()
    };
    for (from, to) in [(FIRST, SECOND), (THIRD, FOURTH)] {
        let said = Box::pin(refused(day(from), day(to))).await;
        let why = "kỳ 2022-12-05/2022-12-06 đã chốt, và các đêm 2022-12-08 đã công bố lại sau đó";
        assert!(said.contains(why), "{said}");
    }
    Box::pin(desk.clone().close()).await;
}
