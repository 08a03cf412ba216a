//! One reading of one source under a fault, against the same reading without.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doisoat::clock::FixedClock;
use doisoat::config::Surroundings;
use doisoat::domain::{Completeness, TxnStatus};
use doisoat::sandbox::Sandbox;
use doisoat::sandbox::fault::Outcome;
use doisoat::source::error::SourceError;
use doisoat::source::{Handle, Opening, Pull, RegistryPull};

use super::{
    Canaries, Case, FIRST_DAY, district, misdeeds, night, pace, source_table, unclear, wire,
};
use crate::fake::{Kept, day, settings_of};
use crate::source_faults::orders;

/// Orders asked about in one reading.
const ORDERS: usize = 16;

/// What a reading tells: (id, whole dong, money came). An amount that cannot be read is -1.
type Rows = BTreeSet<(String, i64, bool)>;

/// What one reading came to.
struct Told {
    rows: Rows,
    complete: bool,
    trouble: Option<SourceError>,
}

async fn read(sandbox: &Sandbox, case: Case) -> Told {
    let mut settings = settings_of(&source_table(sandbox, case));
    settings.account = sandbox.account(wire(case.dialect)).map(Into::into);
    let known = sandbox.credentials(wire(case.dialect)).iter();
    let known = known.map(|known| (known.env.to_owned(), known.value.to_owned()));
    let opening = Opening {
        settings: &settings,
        around: &Surroundings::fixed(known.collect(), None),
        clock: Arc::new(FixedClock::new(
            day(FIRST_DAY).plus(1).start_ms() + 5_400_000,
        )),
        pace: pace(),
    };
    let (first, kept) = (day(FIRST_DAY), Kept::default());
    match opening.open().unwrap() {
        Handle::Feed(feed) => of_pull(case, feed.list(first..=first, &kept).await.unwrap()),
        Handle::Probe(probe) => of_pull(
            case,
            probe.ask(&orders(sandbox, ORDERS), &kept).await.unwrap(),
        ),
        Handle::Registry(registry) => of_registry(registry.changed(first, &kept).await.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn of_pull(case: Case, pull: Pull) -> Told {
    let hundredths = if wire(case.dialect) == "vnpay" {
        100
    } else {
        1
    };
    let dong = |raw: &str| -> i64 {
        let plain = raw.trim_start_matches('-').trim_end_matches(".00");
        plain.parse::<i64>().map_or(-1, |n| n / hundredths)
    };
    let one = |record: &doisoat::source::Record| {
        (
            record.id.as_deref().unwrap_or("-").to_owned(),
            record.amount.as_deref().map_or(-1, dong),
            record.status == Some(TxnStatus::Success),
        )
    };
    Told {
        rows: pull.records.iter().map(one).collect(),
        complete: pull.state == Completeness::Complete,
        trouble: pull.trouble,
    }
}

fn of_registry(pull: RegistryPull) -> Told {
    // `45000.0`: what stands before the point tells one amount from another
    let dong = |raw: &str| {
        let whole = raw.split('.').next().unwrap_or(raw);
        whole.parse::<i64>().unwrap_or(-1)
    };
    let mut rows = Rows::new();
    for dossier in &pull.dossiers {
        rows.insert((dossier.code.to_string(), 0, false));
        for fee in &dossier.fees {
            rows.insert((fee.id.to_string(), dong(&fee.amount), false));
        }
    }
    Told {
        rows,
        complete: pull.state == Completeness::Complete,
        trouble: pull.trouble,
    }
}

fn ids(rows: &Rows) -> BTreeSet<&str> {
    rows.iter().map(|(id, ..)| id.as_str()).collect()
}

/// What came, by order.
fn sums(rows: &Rows) -> BTreeMap<&str, i64> {
    let mut sums = BTreeMap::new();
    for (id, dong, _) in rows.iter().filter(|(.., came)| *came) {
        let order = id.split('#').next().unwrap_or(id);
        *sums.entry(order).or_default() += dong;
    }
    sums
}

/// Whether the reading is what the table says.
fn is_right(case: Case, told: &Told, truth: &Rows) -> bool {
    let (complete, is) = (told.complete, &told.rows);
    let whole = || ids(truth).is_subset(&ids(is));
    match case.fault.outcome {
        Outcome::Complete if case.fault.name == "paid_in_parts" => {
            complete && sums(is) == sums(truth)
        }
        Outcome::Complete => complete && truth.is_subset(is),
        Outcome::Fail => !complete && is.is_empty(),
        // what is gone is gone; that there were two versions only the night can tell
        Outcome::Conflict if case.fault.name == "amended_rows" => {
            let gone = ids(truth).len() - ids(is).len();
            complete && ids(is).is_subset(&ids(truth)) && gone <= 2 && !is.is_subset(truth)
        }
        // a transfer that cannot be read stands under its own name: `<order>#<reference>`
        Outcome::Quarantine => {
            let orders = |rows| -> BTreeSet<&str> {
                let names = ids(rows).into_iter();
                names.map(|id| id.split('#').next().unwrap_or(id)).collect()
            };
            complete && orders(truth).is_subset(&orders(is))
        }
        Outcome::Conflict => complete && whole(),
        Outcome::Either => !complete || whole(),
        Outcome::Open => {
            let due = sums(truth);
            let within =
                |(order, dong): (&&str, &i64)| due.get(order).is_some_and(|due| dong <= due);
            complete && sums(is) != due && sums(is).iter().all(within)
        }
    }
}

pub(super) async fn complaints(case: Case) -> Vec<String> {
    let district = district(case.dialect, case.seed, night::permille(case.fault));
    let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
    let slow = case.fault.name == "rate_limit";
    sandbox.set_rate_limit(false);
    let truth = read(&sandbox, case).await;
    assert!(
        truth.complete && !truth.rows.is_empty(),
        "{:?}",
        truth.trouble
    );
    sandbox.set_rate_limit(slow);
    sandbox.set_fault(Some(case.fault));
    let mut told = read(&sandbox, case).await;
    let mut all = Vec::new();
    if let Some(trouble) = &told.trouble {
        all.extend(unclear(trouble, &source_name(&sandbox, case)));
    }
    if matches!(
        case.fault.name,
        "late_rows" | "amended_rows" | "pending_first"
    ) {
        // it shows with the second look: the next night's
        told = read(&sandbox, case).await;
    }
    if !is_right(case, &told, &truth.rows) {
        let missing: Vec<_> = truth.rows.difference(&told.rows).take(3).collect();
        let extra: Vec<_> = told.rows.difference(&truth.rows).take(3).collect();
        let (word, complete, why) = (case.fault.outcome, told.complete, &told.trouble);
        all.push(format!(
            "not {word:?}: complete {complete}, missing {missing:?}, extra {extra:?}, {why:?}"
        ));
    }
    let counters = sandbox.counters();
    all.extend(misdeeds(case.fault, &counters));
    let most = counters.attempts.values().max().copied().unwrap_or(0);
    // iGate's token is asked for again as often as it ends
    if most > 5 && case.dialect != "igate" && !slow_twice(case) {
        all.push(format!("{most} attempts of one request"));
    }
    let canaries = Canaries::of(&sandbox);
    for said in told.trouble.iter().flat_map(|error| {
        [doisoat::domain::Lang::Vi, doisoat::domain::Lang::En].map(|lang| error.say(lang))
    }) {
        all.extend(canaries.found_in("the message", &said, true));
    }
    all
}

/// Cases that are read twice, so that attempts add up.
fn slow_twice(case: Case) -> bool {
    matches!(
        case.fault.name,
        "late_rows" | "amended_rows" | "pending_first"
    )
}

/// The name that the sandbox's table gives the source.
pub(super) fn source_name(sandbox: &Sandbox, case: Case) -> String {
    let table = source_table(sandbox, case);
    let rest = table.split_once("name = \"").unwrap().1;
    rest.split('"').next().unwrap().to_owned()
}
