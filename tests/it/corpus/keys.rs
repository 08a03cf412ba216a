//! Codes that cannot be read as they stand: slips of the finger, cut memos, and the trap of a slip
//! that is another dossier's code.

use super::clock::DAY;
use super::memo::{self, Writing};
use super::people::{self, Person};
use super::roads::{plain_bank_row, printed};
use super::rows::{FeeRow, Label, PORTAL};
use super::town::{Dossier, Town};

/// A slip in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// One digit of the number.
    Digit,
    /// One digit of the year.
    Year,
    /// Two neighbours swapped.
    Swap,
    /// O for 0.
    LetterO,
    /// I for 1.
    LetterI,
    /// One digit of the agency.
    Agency,
    /// Two digits of the number.
    Two,
    /// The province: another one's code.
    Province,
}

/// Every slip with its name.
pub(crate) const SLIPS: &[(Slip, &str)] = &[
    (Slip::Digit, "typo_digit"),
    (Slip::Year, "typo_year"),
    (Slip::Swap, "typo_swap"),
    (Slip::LetterO, "typo_o_for_0"),
    (Slip::LetterI, "typo_i_for_1"),
    (Slip::Agency, "typo_agency"),
    (Slip::Two, "two_digits_wrong"),
    (Slip::Province, "typo_province"),
];

/// Writes `with` over the character at `at`.
fn put(code: &str, at: usize, with: char) -> String {
    let replace = |(i, c): (usize, char)| if i == at { with } else { c };
    code.chars().enumerate().map(replace).collect()
}

/// The code with the slip; none where it has no place for it.
fn slipped(town: &mut Town, code: &str, slip: Slip) -> Option<String> {
    let number = code.len() - 4;
    let dash = code.find('-')?;
    let high = ['3', '4', '5', '6', '7', '8', '9'];
    let high = |town: &mut Town| town.dice.pick(&high);
    match slip {
        Slip::Digit => Some(put(code, number, high(town))),
        Slip::Year => Some(put(code, dash + 1, town.dice.pick(&['6', '7', '8']))),
        Slip::Swap => {
            let mut chars: Vec<char> = code.chars().collect();
            // 12xx becomes 21xx, which no counter reaches
            (chars[number] == '1').then(|| chars.swap(number, number + 1));
            (chars[number] == '2').then(|| chars.into_iter().collect())
        }
        Slip::LetterO => {
            let at = (number..code.len())
                .rev()
                .find(|at| code.as_bytes()[*at] == b'0')?;
            Some(put(code, at, 'O'))
        }
        Slip::LetterI => {
            let at = (number..code.len()).find(|at| code.as_bytes()[*at] == b'1')?;
            Some(put(code, at, 'I'))
        }
        Slip::Agency => {
            // the fourth digit of `000.dd.dd.H48`: no agency has a number above 79 there
            (code.starts_with("000")).then(|| put(code, 4, '9'))
        }
        Slip::Two => {
            let (first, second) = (high(town), high(town));
            Some(put(&put(code, number, first), number + 1, second))
        }
        Slip::Province => {
            let at = code.find("H48")?;
            Some(put(code, at + 2, town.dice.pick(&['2', '3', '5', '6'])))
        }
    }
}

/// A fee that the registry calls paid, of which no money is certain.
pub(crate) fn waiting_fees(
    town: &mut Town,
    dossier: &Dossier,
    class: &str,
    defect: &str,
    ident: &'static str,
    links: &[(String, i64)],
) {
    for (n, line) in dossier.lines.iter().enumerate() {
        let mut row = FeeRow::new(town.dice.pick(&["transfer", "qr"]), "paid");
        row.receipt_no = town.dice.digits(7);
        let mine = links
            .iter()
            .map(|(id, _)| (id.clone(), line.amount))
            .collect();
        let label = Label::new(class, defect, ident).linked(mine, "");
        town.fee(dossier, n, &row, &label);
    }
}

/// A payment whose code has a slip, by the fee's own payer or by somebody else.
pub(crate) fn slip(town: &mut Town, slip: Slip, defect: &str, own: bool) {
    let (dossier, code) = loop {
        let dossier = town.any_dossier();
        if let Some(code) = slipped(town, &dossier.code, slip) {
            break (dossier, code);
        }
    };
    let (txn_class, fee_class, ident) = match slip {
        Slip::Two => ("orphan|near_reference", "missing_payment", "no"),
        Slip::Province => ("foreign", "missing_payment", "no"),
        _ if !own => ("near_reference", "missing_payment", "no"),
        _ => ("ok|near_reference", "ok|missing_payment", "typo"),
    };
    let payer = if own {
        dossier.payer.bank_name.clone()
    } else {
        people::stranger(&mut town.dice, &dossier.payer).bank_name
    };
    let at = dossier.received + town.dice.between(300, DAY);
    let mut row = plain_bank_row(town, None, dossier.total(), at, &payer);
    let plain = matches!(slip, Slip::Digit | Slip::Year | Slip::Swap | Slip::Two);
    let writing = if plain && town.dice.chance(400) {
        town.dice
            .pick(&[Writing::Squeezed, Writing::Blanks, Writing::Broken])
    } else {
        town.dice.pick(&[Writing::Bare, Writing::Words])
    };
    let typed = memo::typed(&mut town.dice, &code, writing);
    row.memo = printed(town, typed, &payer, at);
    open_payment(town, &dossier, row, (txn_class, fee_class), defect, ident);
}

/// The class of a fee whose payment cannot be told.
pub(crate) const OPEN_FEE: &str = "missing_payment";

/// A payment that really is a dossier's, whatever can be told of it.
pub(crate) fn open_payment(
    town: &mut Town,
    dossier: &Dossier,
    row: super::rows::TxnRow,
    (txn_class, fee_class): (&str, &str),
    defect: &str,
    ident: &'static str,
) {
    let links: Vec<(String, i64)> = dossier
        .lines
        .iter()
        .map(|l| (l.id.clone(), l.amount))
        .collect();
    let label = Label::new(txn_class, defect, ident).linked(links, &dossier.code);
    let id = town.txn(row, &label);
    waiting_fees(town, dossier, fee_class, defect, ident, &[(id, 0)]);
    town.event(&[dossier.agency], true);
    town.kept(dossier.agency, true, dossier.total());
    town.full(dossier.agency, true);
}

/// A memo cut by the bank at 19, 25 or 35 characters.
pub(crate) fn cut(town: &mut Town) {
    let dossier = town.any_dossier();
    let width = town.dice.pick(&[19, 25, 35]);
    let word = town
        .dice
        .pick(&["", "HS ", "NOP PHI ", "NOP LE PHI ", "THANH TOAN LE PHI "]);
    let code = if town.dice.chance(500) {
        memo::squeeze(&dossier.code)
    } else {
        dossier.code.clone()
    };
    let text = format!("{word}{code}");
    let kept: String = text.chars().take(width).collect();
    let whole = kept == text;
    let payer = dossier.payer.bank_name.clone();
    let at = dossier.received + town.dice.between(300, DAY);
    let mut row = plain_bank_row(town, None, dossier.total(), at, &payer);
    row.memo = kept;
    let defect = format!("cut_at_{width}");
    if whole {
        open_payment(town, &dossier, row, ("ok", "ok"), &defect, "yes");
    } else {
        let classes = ("unidentified|near_reference|orphan", "missing_payment");
        open_payment(town, &dossier, row, classes, &defect, "no");
    }
}

/// What the dossier that is hit by mistake has to do with the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// The same amount, and nobody has paid it.
    OpenSame,
    /// The same amount, and its own payment came.
    PaidSame,
    /// Another amount, and its own payment came.
    PaidOther,
    /// Another amount, and nobody has paid it.
    OpenOther,
}

/// Two dossiers with neighbouring codes; the payer of the second writes the first one's.
pub(crate) fn trap(town: &mut Town, hit: Hit) {
    let agency = town.agency();
    let owner = people::person(&mut town.dice);
    let payer: Person = people::stranger(&mut town.dice, &owner);
    let amount = town.dice.pick(&[8_000, 50_000, 75_000, 100_000]);
    let same = matches!(hit, Hit::OpenSame | Hit::PaidSame);
    let other = if same { amount } else { amount + 20_000 };
    // neighbours in the last digit only: never 9 and 10
    let (victim, dossier) = loop {
        let victim = town.dossier(agency, owner.clone(), &[("phi", other)]);
        let next = town.dossier(agency, payer.clone(), &[("phi", amount)]);
        let head = |code: &str| code[..code.len() - 1].to_owned();
        if head(&victim.code) == head(&next.code) {
            break (victim, next);
        }
    };
    let defect = match hit {
        Hit::OpenSame => "trap_open_same",
        Hit::PaidSame => "trap_paid_same",
        Hit::PaidOther => "trap_paid_other",
        Hit::OpenOther => "trap_open_other",
    };
    let at = dossier.received + town.dice.between(300, DAY);
    let untold = hit == Hit::PaidSame && town.dice.chance(300);
    // without a payer, minutes after the other's own payment, it would be the same one seen twice
    let at = if untold { at + 2 * DAY } else { at };
    let name = if untold {
        String::new()
    } else {
        payer.bank_name.clone()
    };
    let mut row = plain_bank_row(town, None, amount, at, &name);
    let writing = town.dice.pick(&[
        Writing::Bare,
        Writing::Words,
        Writing::Squeezed,
        Writing::Broken,
    ]);
    let typed = memo::typed(&mut town.dice, &victim.code, writing);
    row.memo = printed(town, typed, &name, at);
    open_payment(
        town,
        &dossier,
        row,
        ("ambiguous", "missing_payment"),
        defect,
        "trap",
    );
    let paid = matches!(hit, Hit::PaidSame | Hit::PaidOther);
    if paid {
        paid_by_portal(town, &victim, defect);
    } else {
        let row = FeeRow::new("transfer", "unpaid");
        let label = Label::new("unpaid", defect, "yes");
        town.fee(&victim, 0, &row, &label);
    }
}

/// A dossier in order, paid through the portal.
pub(crate) fn paid_by_portal(town: &mut Town, dossier: &Dossier, defect: &str) {
    let at = dossier.received + town.dice.between(600, 20_000);
    let payer = dossier.payer.bank_name.clone();
    let row = super::roads::gateway_row(town, dossier, PORTAL, dossier.total(), at, &payer);
    open_payment(town, dossier, row, ("ok", "ok"), defect, "yes");
}

/// A stranger's payment came first, then the payer's own.
pub(crate) fn stranger_first(town: &mut Town) {
    let dossier = town.any_dossier();
    let stranger = people::stranger(&mut town.dice, &dossier.payer).bank_name;
    let defect = "stranger_first";
    let at = dossier.received + town.dice.between(300, 900);
    let mut row = plain_bank_row(town, None, dossier.total(), at, &stranger);
    row.memo = format!("nop phi {}", dossier.code);
    let label = Label::new("ambiguous", defect, "no");
    town.txn(row, &label);
    let payer = dossier.payer.bank_name.clone();
    let mut own = plain_bank_row(town, None, dossier.total(), at + DAY, &payer);
    let typed = memo::typed(&mut town.dice, &dossier.code, Writing::Words);
    own.memo = printed(town, typed, &payer, at);
    open_payment(town, &dossier, own, ("ok", "ok"), defect, "yes");
}
