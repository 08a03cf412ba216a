//! What a later night knows of what an earlier one settled: a dossier that its memos spell, a line
//! that a person gave money to.

use doisoat::domain::Lang;
use doisoat::job::by_hand::{Choice, Target};

use crate::by_hand::{ask, open_of};
use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::office::{Office, csv};
use crate::rows;
use crate::town::FIRST;

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const PAID: &str = "H48.18.22-221205-0001";
const LATER: &str = "H48.18.22-221205-0345";

/// One fee line, as the registry tells it on `date`.
fn told(office: &Office, date: &str, dossier: &str, dong: &str, payer: &str) {
    let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                declared_method,due_at,payer_name,status";
    let line = format!("{dossier},F1,phi,{dong},H48.18.22,P1,transfer,,{payer},paid");
    let name = format!("inbox/dossier_fees_{date}_b.csv");
    std::fs::write(office.town.dir().join(name), format!("{head}\n{line}\n")).unwrap();
}

/// One payment of 50.000 on the first day.
async fn first(kind: Kind, memo: &str) -> Office {
    let office = Office::bank(kind).await;
    let row = format!("05/12/2022;1;0;50.000;150.000;{memo}");
    office.put("t05.csv", csv(&[&row]).as_bytes());
    office.night(FIRST).await;
    office
}

async fn after(office: &Office, date: &str) {
    let on = &date[8..];
    let balance = 150 + 8 * (on.parse::<u32>().unwrap() - 5);
    let row = format!("{on}/12/2022;{on};0;8.000;{balance}.000;NOP PHI H48.18.22-2212{on}-0002");
    office.put(&format!("t{on}.csv"), csv(&[&row]).as_bytes());
    office.next(date).await;
}

fn file(office: &Office, name: &str) -> String {
    String::from_utf8(office.town.reports()[name].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_told_of_later_reopens_the_payment_that_spells_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = first(kind, &format!("HS {PAID} {LATER}")).await;
        let of_first = |office: &Office| {
            let mut all = office.town.reports();
            all.retain(|name, _| name.starts_with(FIRST));
            all
        };
        let published = of_first(&office);
        let links = file(&office, &format!("{FIRST}/links.csv"));
        assert!(links.contains(PAID), "{kind:?}: {links}");
        told(&office, SECOND, LATER, "50000", "PHAM THI Q");
        after(&office, SECOND).await;
        let open = file(&office, &format!("{SECOND}/exceptions.csv"));
        let about: Vec<&str> = open
            .lines()
            .filter(|line| line.contains(",50000,"))
            .collect();
        let of = |class: &str| about.iter().filter(|line| line.contains(class)).count();
        assert_eq!(of(",ambiguous,"), 1, "{kind:?}: {open}");
        let missing = about
            .iter()
            .find(|line| line.contains(LATER) && line.contains("F1"));
        assert!(
            missing.is_some_and(|line| line.contains("missing_payment")),
            "{open}"
        );
        assert_eq!(
            of_first(&office),
            published,
            "the first night stands as published"
        );
        let diff = stdout(&run(&office.town, &["diff", FIRST, SECOND, "--lang", "en"]).await);
        assert!(diff.contains(LATER), "{kind:?}: {diff}");
        let verified = run(&office.town, &["verify", "--all"]).await;
        assert_eq!(code(&verified), 0, "{kind:?}: {}", stdout(&verified));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_comes_back_when_its_line_changes() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let office = first(kind, "TT DVC").await;
        let store = &office.desk.store;
        let credit = open_of(store, "unidentified").await.remove(0);
        let target = Target {
            dossier_code: rows::code(PAID),
            fee_id: None,
        };
        let id = credit.id.as_str();
        ask(store, id, Choice::Pair(target), false).await.unwrap();
        after(&office, SECOND).await;
        let links = file(&office, &format!("{SECOND}/links.csv"));
        assert!(links.contains("decision"), "{kind:?}: {links}");
        // what the registry believes of the payment changes nothing, another amount does
        told(&office, THIRD, PAID, "50000", "NGUYEN VAN A");
        after(&office, THIRD).await;
        assert!(
            open_of(store, "decision_stale").await.is_empty(),
            "{kind:?}"
        );
        told(&office, "2022-12-08", PAID, "60000", "NGUYEN VAN A");
        after(&office, "2022-12-08").await;
        let stale = open_of(store, "decision_stale").await;
        assert_eq!(stale.len(), 1, "{kind:?}: {stale:?}");
        let said: Vec<String> = stale[0].evidence.iter().map(|e| e.say(Lang::Vi)).collect();
        let said = said.join("; ");
        let words = "khoản thu F1 đổi từ 50.000 đồng thành 60.000 đồng";
        assert!(said.contains(words), "{said}");
        let verified = run(&office.town, &["verify", "--all"]).await;
        assert_eq!(code(&verified), 0, "{kind:?}: {}", stdout(&verified));
    }
}
