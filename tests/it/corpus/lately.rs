//! What the registry says while it is not sure, what of it cannot be read, and the units of 2025:
//! one unit whose dossiers carry its old code and its new one.

use super::clock::{self, DAY};
use super::keys::{self, open_payment};
use super::memo::{self, Writing};
use super::people;
use super::roads::{plain_bank_row, printed};
use super::rows::{FeeRow, Label};
use super::town::{Dossier, Town};

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lately {
    /// The registry waits for an answer; nothing came.
    Pending,
    /// The registry waits for an answer; the money is there.
    PendingPaid,
    /// A fee that cannot be read.
    FeeReject,
    /// A fee that cannot be read, and its payment.
    FeeRejectPaid,
    /// A dossier of the unit that was merged, under the code of its day.
    Succession,
    /// The same, its payment written with the code of the new unit.
    NewCode,
}

pub(crate) fn tell(town: &mut Town, what: Lately) {
    match what {
        Lately::Pending => pending(town, false),
        Lately::PendingPaid => pending(town, true),
        Lately::FeeReject => fee_reject(town, false),
        Lately::FeeRejectPaid => fee_reject(town, true),
        Lately::Succession => succession(town, false),
        Lately::NewCode => succession(town, true),
    }
}

/// The end of the old unit, the day before the new one began.
pub(crate) const MERGED: (i32, u32, u32) = (2025, 7, 1);

fn pending(town: &mut Town, paid: bool) {
    let dossier = town.any_dossier();
    let (defect, class) = if paid {
        ("pending_paid", "status_mismatch")
    } else {
        ("pending_unpaid", "unpaid")
    };
    let id = paid.then(|| {
        let row = named(town, &dossier, &dossier.code);
        let links = dossier.lines.iter().map(|l| (l.id.clone(), l.amount));
        let label = Label::new("ok", defect, "yes").linked(links.collect(), &dossier.code);
        town.event(&[dossier.agency], true);
        town.kept(dossier.agency, true, dossier.total());
        town.full(dossier.agency, true);
        town.txn(row, &label)
    });
    for (n, line) in dossier.lines.iter().enumerate() {
        let row = FeeRow::new("qr", "pending");
        let links = id.iter().map(|id| (id.clone(), line.amount)).collect();
        let label = Label::new(class, defect, "yes").linked(links, "");
        town.fee(&dossier, n, &row, &label);
    }
}

/// A bank line of the dossier's payer with this code in its text.
fn named(town: &mut Town, dossier: &Dossier, code: &str) -> super::rows::TxnRow {
    let payer = dossier.payer.bank_name.clone();
    let at = clock::DAY * town.day + town.dice.between(8 * 3600, 17 * 3600);
    let mut row = plain_bank_row(town, None, dossier.total(), at, &payer);
    let writing = town.dice.pick(&[Writing::Bare, Writing::Words]);
    let typed = memo::typed(&mut town.dice, code, writing);
    row.memo = printed(town, typed, &payer, at);
    row
}

/// Its dossier has no other line, so nobody knows of it.
fn fee_reject(town: &mut Town, paid: bool) {
    let mut dossier = town.any_dossier();
    dossier.lines.truncate(1);
    let defect = if paid {
        "fee_reject_paid"
    } else {
        "fee_reject"
    };
    let mut row = FeeRow::new("qr", "paid");
    let bad = ["50.000", "-8000", "12345678901234567890", "8e3", ""];
    row.amount = Some(town.dice.pick(&bad).to_owned());
    town.fee(&dossier, 0, &row, &Label::new("reject", defect, "no"));
    if paid {
        // a payment it is, but of a dossier of which the registry says nothing
        let row = named(town, &dossier, &dossier.code);
        town.txn(row, &Label::new("orphan|near_reference", defect, "no"));
        town.event(&[dossier.agency], true);
        town.kept(dossier.agency, true, dossier.total());
    }
}

/// The old unit takes dossiers until it is merged, the new one from then on; a dossier of the old
/// one may be paid later, under either code.
fn succession(town: &mut Town, new_code: bool) {
    let (old, new) = people::merged(&town.agencies);
    let (year, month, day) = MERGED;
    let merged = clock::of(year, month, day);
    let after = town.day >= merged;
    let late = after && town.dice.chance(600) || new_code;
    let agency = if after && !late { new } else { old };
    let payer = people::person(&mut town.dice);
    let amount = town.dice.pick(&[8_000, 50_000, 75_000, 100_000]);
    let mut dossier = town.dossier(agency, payer, &[("phi", amount)]);
    if after && late {
        // received in the last weeks of the old unit
        let days = town.dice.between(1, 20);
        let date = clock::form((merged - days) * DAY, "%y%m%d");
        let (head, rest) = dossier.code.split_once('-').expect("codes have dashes");
        let (_, number) = rest.split_once('-').expect("codes have two dashes");
        dossier.code = format!("{head}-{date}-{}{number}", town.day % 10);
        dossier.received = (merged - days) * DAY + 9 * 3600;
    }
    if !new_code {
        let row = named(town, &dossier, &dossier.code);
        return open_payment(town, &dossier, row, ("ok", "ok"), "succession", "yes");
    }
    let code = dossier
        .code
        .replace(&town.agencies[old].code, &town.agencies[new].code);
    let row = named(town, &dossier, &code);
    let classes = ("orphan|near_reference", keys::OPEN_FEE);
    open_payment(town, &dossier, row, classes, "succession_new_code", "no");
}
