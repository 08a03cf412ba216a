//! The bridges, the trend, late matches and the comparison with candidates, by figures told by
//! hand.

use doisoat::classify::{Bucket, CLASSES, Classified, Severity};
use doisoat::domain::{Fraction, RowKey, TxnKind, Vnd};
use doisoat::matching::{Evidence, Role};
use doisoat::notify::{About, Summary};
use doisoat::report::{Figure, Previous, SourceFile, TrendPoint};

use super::example::{self, day};
use super::schema::against_schema;
use super::{build, files, page, text};

#[test]
fn what_a_bridge_does_not_explain_is_a_column_of_its_own() {
    let mut scene = example::undecided();
    let is_open = |row: &&doisoat::classify::Classified| {
        row.bucket == Bucket::Open && row.key.source.as_str() == "sepay-main"
    };
    let mut second = scene.settlement.rows.iter().find(is_open).unwrap().clone();
    second.key.id = "second".into();
    scene.settlement.rows.push(second.clone());
    // what merely waits is no exception and was not counted the night before either
    second.key.id = "waits".into();
    second.exception_id = None;
    scene.settlement.rows.push(second);
    let open: Vec<(RowKey, Vnd)> = scene
        .settlement
        .rows
        .iter()
        .filter(is_open)
        .filter(|row| row.exception_id.is_some())
        .map(|row| (row.key.clone(), row.amount))
        .collect();
    assert!(open.len() > 1);
    let matched = scene
        .settlement
        .rows
        .iter()
        .find(|row| row.bucket == Bucket::Matched && row.key.source.as_str() == "sepay-main");
    let matched = matched.map(|row| (row.key.clone(), row.amount)).unwrap();
    let (was, late) = (open[0].clone(), matched.clone());
    scene.facts.page.open_before = vec![was.clone(), late];
    let row = |scene: &example::Scene| {
        let rows = build(scene).carries;
        rows.into_iter()
            .find(|row| &*row.source == "sepay-main")
            .unwrap()
    };
    let tied = row(&scene);
    assert_eq!(
        tied.opening,
        Figure::new(2, was.1.wide() + matched.1.wide())
    );
    assert_eq!(tied.matched, Figure::new(1, matched.1.wide()));
    assert_eq!(tied.came.count, u64::try_from(open.len() - 1).unwrap());
    assert_eq!(tied.closing.count, u64::try_from(open.len()).unwrap());
    assert_eq!(tied.rest(), (0, 0));
    // a row that is not seen any more, an amount that changed, and one that was matched at less
    let gone = RowKey::txn(&was.0.source, "gone");
    scene.facts.page.open_before.push((gone, Vnd::new(7)));
    scene.facts.page.open_before[0].1 = was.1.checked_add(Vnd::new(30)).unwrap();
    scene.facts.page.open_before[1].1 = Vnd::new(11);
    let moved = row(&scene);
    assert_eq!(moved.changed, Figure::new(1, -30));
    assert_eq!(moved.matched, Figure::new(1, 11));
    assert_eq!(moved.rest(), (1, 7));
    assert!(page(&scene).contains("bad\">1<br><span class=\"small\">7\u{a0}₫"));
}

#[test]
fn what_is_due_from_nobody_is_not_carried_forward() {
    let mut scene = example::undecided();
    let fee = |row: &&Classified| row.class == "missing_payment";
    let fee = scene.settlement.rows.iter().find(fee).unwrap().clone();
    let mut land = fee.clone();
    land.key.id = "F9".into();
    (land.class, land.severity) = ("land_obligation", Severity::Info);
    assert!(!land.is_open() && land.exception_id.is_some() && land.bucket == Bucket::Open);
    scene.settlement.rows.push(land.clone());
    let row = |scene: &example::Scene| {
        let rows = build(scene).carries;
        rows.into_iter().find(|row| row.source.is_empty()).unwrap()
    };
    let first = row(&scene);
    // with what the fee that is paid in part still lacks
    assert_eq!(first.closing, Figure::new(2, fee.amount.wide() + 50_000));
    assert_eq!((first.came, first.rest()), (first.closing, (0, 0)));
    // it was open as something else: it goes, with the amount of then
    scene.facts.page.open_before = vec![(land.key, Vnd::new(5)), (fee.key, fee.amount)];
    let next = row(&scene);
    assert_eq!(next.left_out, Figure::new(1, 5));
    assert_eq!((next.closing, next.rest()), (first.closing, (0, 0)));
}

/// One more successful line of the first source, of a kind and class, under a name.
fn line(scene: &mut example::Scene, id: &str, kind: TxnKind, class: &'static str) -> RowKey {
    let mut txn = scene.inputs.txns[0].clone();
    let key = txn.key();
    let row = scene.settlement.rows.iter().find(|row| row.key == key);
    let mut row = row.unwrap().clone();
    (txn.id, row.key.id) = (id.into(), id.into());
    (txn.kind, row.class) = (kind, class);
    if class != "ok" && class != "net_settlement" {
        row.bucket = Bucket::Excluded;
    }
    let key = row.key.clone();
    scene.inputs.txns.push(txn);
    scene.settlement.rows.push(row);
    key
}

#[test]
fn money_counts_once_and_stands_where_the_settlement_puts_it() {
    use TxnKind::{Debit, Payment};
    let mut scene = example::undecided();
    let dong = scene.inputs.txns[0].amount.wide();
    let source = scene.inputs.txns[0].source.clone();
    let read = |scene: &example::Scene| {
        let report = build(scene);
        let means = report.instruments.iter().filter(|row| !row.cash);
        let means: i128 = means.map(|row| row.paid.sum_vnd).sum();
        let paid: i128 = report.flows.iter().map(|row| row.paid.sum_vnd).sum();
        let row = report
            .flows
            .into_iter()
            .find(|row| *row.source == *source.as_str());
        (row.unwrap(), paid - means)
    };
    let (before, apart) = read(&scene);
    assert_eq!(
        apart, 150_000,
        "the payment made twice came, but counts once"
    );
    for class in ["batch_settlement", "cash_deposit", "sighting", "not_fee"] {
        line(&mut scene, class, Payment, class);
    }
    let (row, same) = read(&scene);
    assert_eq!(
        (same, &row.paid, row.net),
        (apart, &before.paid, before.net)
    );
    assert_eq!(row.uncounted, Figure::new(4, 4 * dong));
    assert_eq!(row.came.sum_vnd, before.came.sum_vnd + 4 * dong);
    // outgoing lines: one returns a payment, one is told by another source, one is neither
    let back = line(&mut scene, "back", Debit, "ok");
    let mut leg = scene.settlement.groups[0].legs[0].clone();
    (leg.money, leg.role) = (back, Role::Refund);
    scene.settlement.groups[0].legs.push(leg);
    line(&mut scene, "seen", Debit, "sighting");
    line(&mut scene, "out", Debit, "not_fee");
    let (row, _) = read(&scene);
    let one = Figure::new(1, dong);
    assert_eq!([row.returned, row.debits, row.uncounted_out], [one; 3]);
    assert_eq!((row.net, row.rest()), (before.net - 2 * dong, 0));
    assert!(page(&scene).contains("Không tính ở phần tiền ra: 1 dòng"));
    // a fee that the row does not tell: people paid it, the provider kept it
    line(&mut scene, "net", Payment, "net_settlement");
    let last = scene.settlement.rows.last_mut().unwrap();
    last.evidence = vec![Evidence::NetOfFee(Vnd::new(1_100))];
    let (row, same) = read(&scene);
    assert_eq!((row.fees, row.rest(), same), (1_100, 0, apart));
    assert_eq!(row.paid.sum_vnd, before.paid.sum_vnd + dong + 1_100);
    assert_eq!(row.kept_before, Figure::new(1, 1_100));
    assert!(page(&scene).contains("biên bản đối soát để khoản này ở dòng riêng"));
    // a row that tells the fee itself is not told twice
    scene.inputs.txns.last_mut().unwrap().fee = Vnd::new(1_100);
    assert_eq!(read(&scene).0.fees, 1_100);
}

#[test]
fn the_money_of_the_day_goes_from_paid_to_received() {
    let mut scene = example::undecided();
    let source = scene.inputs.txns[0].source.clone();
    let flow = |scene: &example::Scene| {
        let rows = build(scene).flows;
        rows.into_iter()
            .find(|row| *row.source == *source.as_str())
            .unwrap()
    };
    let before = flow(&scene);
    let txn = &mut scene.inputs.txns[0];
    (txn.fee, txn.net) = (
        Vnd::new(1_100),
        txn.amount.checked_sub(Vnd::new(1_100)).unwrap(),
    );
    let after = flow(&scene);
    assert_eq!(after.paid, before.paid);
    assert_eq!(
        (after.fees, after.rest()),
        (before.fees + 1_100, before.rest())
    );
    scene.inputs.txns[0].fee = Vnd::new(1_000);
    assert_eq!(flow(&scene).rest(), before.rest() + 100);
}

fn point(night: &str, hundredths: i128) -> TrendPoint {
    let share = |moved: i128| Fraction::new(hundredths + moved, 100);
    TrendPoint {
        business_date: day(night),
        share: share(0),
        low: share(-1),
        high: share(2),
        target: Fraction::new(1, 2),
        transactions: Figure::new(5, 100_000),
        open: Figure::new(1, 20_000),
        unseen: false,
    }
}

#[test]
fn a_day_or_month_without_a_report_is_a_gap() {
    let mut scene = example::undecided();
    scene.facts.trend = vec![
        point("2022-10-01", 40),
        point("2022-11-28", 47),
        point("2022-11-29", 48),
        point("2022-12-03", 49),
    ];
    scene.facts.page.months = vec![point("2022-08-31", 30), point("2022-11-29", 45)];
    let trend = build(&scene).trend;
    let days: Vec<bool> = trend.days.iter().map(|row| row.point.is_some()).collect();
    let known = [true, true, false, false, false, true, false, true];
    assert_eq!(days, known, "from 28/11, the older night is out of sight");
    let months: Vec<bool> = trend.months.iter().map(|row| row.point.is_some()).collect();
    assert_eq!(months, [true, false, false, true, true]);
    let html = page(&scene);
    let chart = html.split_once("Lũy kế năm, 30 ngày").unwrap().1;
    let chart = chart.split_once("</svg>").unwrap().0;
    assert_eq!(chart.matches("<circle").count(), 4);
    assert_eq!(
        chart.matches("class=\"band\"").count(),
        4,
        "each share has its interval"
    );
    assert_eq!(chart.matches("<polyline").count(), 1, "no line over a gap");
    assert!(
        chart.contains("<title>29/11/2022: 48,00\u{a0}% (47,00\u{a0}% – 50,00\u{a0}%)</title>")
    );
    assert_eq!(html.matches("không có báo cáo</td>").count(), 4 + 2);
}

#[test]
fn changes_are_told_against_the_night_and_the_month_before() {
    let mut scene = example::undecided();
    let tiles = build(&scene).tiles;
    assert!(
        tiles
            .iter()
            .all(|tile| tile.change_month.is_empty() && !tile.change.is_empty())
    );
    scene.facts.page.month_before = Some(Previous {
        business_date: day("2022-11-05"),
        exceptions: Figure::new(1, 1_000),
        ..scene.facts.previous.clone().unwrap()
    });
    let report = build(&scene);
    let tile = &report.tiles[3];
    let more = report.exceptions.work.count - 1;
    assert_eq!(tile.change_month, format!("+{more} so với 05/11/2022"));
    let run: serde_json::Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    assert_eq!(run["month_before"]["exceptions"]["sum_vnd"], 1_000);
    let about = About {
        lang: doisoat::domain::Lang::Vi,
        classes: Vec::new(),
        alerts: Vec::new(),
    };
    let mail = &Summary::read(&run, &about).tables[0];
    assert_eq!(mail.head[3], "So với đêm 05/11/2022");
    assert_eq!(mail.rows[3][3], format!("+{more}"));
}

#[test]
fn a_late_match_says_what_settled_it() {
    let mut scene = example::undecided();
    let leg = scene.settlement.groups[0].legs[0].clone();
    let group = scene.settlement.groups[0].label().vi;
    let closed = &mut scene.facts.changes.as_mut().unwrap().closed;
    let mut late = closed[0].clone();
    late.key = leg.money;
    late.opened = day("2022-11-25");
    closed.push(late);
    let views = build(&scene).closed.unwrap();
    assert_eq!(
        (views[0].matched, views[0].age_days, &*views[0].how),
        (true, 10, group)
    );
    assert_eq!(
        (views[1].matched, &*views[1].how),
        (false, "không còn trong dữ liệu")
    );
    let html = page(&scene);
    let late = html.split_once("Khớp trễ").unwrap().1;
    assert!(
        late.split_once("</table>")
            .unwrap()
            .0
            .contains("25/11/2022")
    );
}

#[test]
fn what_is_still_work_under_another_class_is_not_settled() {
    let mut scene = example::undecided();
    let rows = scene.settlement.rows.iter();
    let mut work = rows.filter(|row| row.exception_id.is_some() && row.severity != Severity::Info);
    let now = work.next().unwrap().clone();
    let closed = &mut scene.facts.changes.as_mut().unwrap().closed;
    closed[0].key = now.key.clone();
    let views = build(&scene).closed.unwrap();
    let class = CLASSES.iter().find(|class| class.id == now.class).unwrap();
    let label = views[0].how.strip_prefix("nay là: ").unwrap();
    assert!(
        !label.is_empty() && class.label.vi.starts_with(label),
        "{label}"
    );
    assert_eq!((views[0].matched, views[0].changed), (false, true));
    let html = page(&scene);
    let said = "so với đêm 04/12/2022: mới 2, đã xử lý 0, đổi loại 1 \
        (2 − 0 − 1 = +1; đổi loại được tính lại là mới).";
    assert!(html.contains(said));
    assert!(html.contains("Đổi loại, vẫn còn phải xử lý (1)"));
    assert!(!html.contains("Đóng vì lý do khác"));
    // what is new tonight is as old as the list says: no day, whatever the day of its row
    let new = &scene.facts.changes.as_ref().unwrap().opened;
    let shown = build(&scene).exceptions.shown;
    let aged = shown
        .iter()
        .filter(|view| new.iter().any(|id| id.as_str() == &*view.id));
    let ages: Vec<i64> = aged.map(|view| view.age_days).collect();
    assert!(
        !ages.is_empty() && ages.iter().all(|age| *age == 0),
        "{ages:?}"
    );
}

#[test]
fn candidates_stand_side_by_side() {
    let report = build(&example::undecided());
    let with = report
        .exceptions
        .shown
        .iter()
        .find(|e| !e.suggestions.is_empty());
    let compare = &with.unwrap().compare;
    let labels: Vec<&str> = compare.iter().map(|row| &*row.label).collect();
    assert!(
        labels.contains(&"Số tiền") && labels.contains(&"Vì sao chưa nhận"),
        "{labels:?}"
    );
    let columns = compare[0].theirs.len();
    assert!(columns >= 1 && compare.iter().all(|row| row.theirs.len() == columns));
    let money = compare.iter().find(|row| row.label == "Số tiền").unwrap();
    for (value, same) in &money.theirs {
        assert_eq!(*same, !value.is_empty() && *value == money.own);
    }
    // payer (masked) and day of both, and what the score is made of
    let line = |label: &str| {
        let found = compare.iter().find(|row| row.label == label);
        found.unwrap_or_else(|| panic!("{label}: {labels:?}"))
    };
    let (payer, when) = (line("Người nộp"), line("Ngày"));
    assert!(
        !payer.own.is_empty() && payer.own.contains('*'),
        "{payer:?}"
    );
    assert!(payer.theirs[0].0.contains('*'), "{payer:?}");
    assert!(when.own.contains("05/12/2022"), "{when:?}");
    assert_eq!(when.theirs[0].0, "nhận hồ sơ 01/12/2022");
    assert_eq!(line("Điểm").theirs[0].0, "640/1000");
    let parts = &line("Điểm gồm").theirs[0].0;
    assert!(parts.starts_with("+340 đúng số tiền"), "{parts}");
    assert!(parts.ends_with("; +300 đúng người nộp"), "{parts}");
    let html = page(&example::undecided());
    assert_eq!(
        html.matches(parts.as_str()).count(),
        2,
        "list and proposals"
    );
}

#[test]
fn files_and_rules_stand_in_the_annex() {
    let mut scene = example::undecided();
    scene.facts.page.files = vec![SourceFile {
        source: "one-stop".into(),
        name: "dossier_fees.csv".into(),
        sha256: "ab".repeat(32).into(),
        lines: 1_300,
    }];
    scene.facts.page.rules = vec![("Giữ để ghép lô".into(), "7 ngày".into())];
    let html = page(&scene);
    let files = html.split_once("Tệp đã đọc").unwrap().1;
    assert!(files.contains("dossier_fees.csv") && files.contains(&"ab".repeat(32)));
    assert!(html.contains("<dt>Giữ để ghép lô</dt><dd>7 ngày</dd>"));
}
