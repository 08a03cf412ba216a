//! What banks do to the memo of a transfer.
//!
//! Layouts as seen in public statement samples of Vietnamese banks (Vietcombank, BIDV, MB,
//! VietinBank, ACB, MoMo payouts, the SePay prefix); names and numbers are invented.

use chrono::NaiveDateTime;

use super::build::Builder;
use super::dice::Dice;
use super::{Method, Mode, Scenario};

impl Builder {
    /// The memo as the bank prints it.
    pub(crate) fn memo_of(
        &mut self,
        at: usize,
        method: Method,
        paid_at: NaiveDateTime,
        scenario: Scenario,
    ) -> String {
        let dossier = &self.district.dossiers[at];
        let (code, payer) = (dossier.code.clone(), dossier.payer.bank_name.clone());
        let neighbour = self.neighbour(at);
        let dice = &mut self.dice;
        let text = match scenario {
            Scenario::MemoUpperNoSeparators => upper_without_separators(dice, &code),
            Scenario::MemoSpaces => spaced(dice, &code),
            Scenario::MemoTruncated => return truncated(dice, &code),
            Scenario::MemoTypo => typo(dice, &code),
            Scenario::MemoTrap => {
                let wrong = neighbour.unwrap_or(code);
                return boilerplate(dice, &wrong, &payer, paid_at);
            }
            Scenario::MemoWithoutCode => return without_code(dice, &payer),
            Scenario::MemoBoilerplate => return boilerplate(dice, &code, &payer, paid_at),
            _ => plain(dice, &code),
        };
        if method == Method::Wallet {
            wallet(dice, &text)
        } else {
            printed(dice, &text, &payer, paid_at)
        }
    }

    /// The code of a plain dossier just before this one, with one digit different and another
    /// amount due: what a slip of the finger can hit.
    pub(crate) fn neighbour(&self, at: usize) -> Option<String> {
        let dossier = &self.district.dossiers[at];
        let (head, sequence) = dossier.code.rsplit_once('-')?;
        let before = sequence.parse::<u32>().ok()?.checked_sub(1)?;
        let code = format!("{head}-{before:04}");
        if before == 0 || !sequence.starts_with(&code[code.len() - 4..code.len() - 1]) {
            return None;
        }
        let found = self
            .district
            .dossiers
            .iter()
            .rposition(|other| other.code == code)?;
        let other = &self.district.dossiers[found];
        let plain = other.scenario == Scenario::Plain && other.mode == Mode::Before;
        (plain && self.due(found) != self.due(at)).then_some(code)
    }
}

/// The code without its separators.
pub(crate) fn squeeze(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase()
}

/// The code the way most people leave it: as printed, squeezed, or with words in front.
pub(crate) fn plain(dice: &mut Dice, code: &str) -> String {
    let word = *dice.pick(&[
        "nop le phi",
        "thanh toan ho so",
        "HS",
        "nop phi ho so",
        "TT phi",
    ]);
    match dice.below(10) {
        0..=5 => code.to_owned(),
        6 => squeeze(code),
        7 => code.replace(['.', '-'], " "),
        _ => format!("{word} {code}"),
    }
}

/// The code in capitals without separators, glued to the words around it or not.
pub(crate) fn upper_without_separators(dice: &mut Dice, code: &str) -> String {
    let squeezed = squeeze(code);
    match dice.below(3) {
        0 => squeezed,
        1 => format!("NOP LE PHI {squeezed}"),
        _ => format!("HS{squeezed}"),
    }
}

/// Spaces inside the code, as line breaks of statements leave them.
pub(crate) fn spaced(dice: &mut Dice, code: &str) -> String {
    let mut text: Vec<char> = squeeze(code).chars().collect();
    for _ in 0..=dice.below(2) {
        let at = 3 + dice.index(text.len() - 4);
        text.insert(at, ' ');
    }
    text.into_iter().collect()
}

/// The code cut inside its sequence number.
pub(crate) fn truncated(dice: &mut Dice, code: &str) -> String {
    let lost = 2 + dice.index(2);
    let kept: String = code.chars().take(code.chars().count() - lost).collect();
    format!("nop le phi {kept}")
}

/// The code with one digit of the sequence wrong, so that no such dossier exists: sequences of a
/// day stay below 1000, so another first digit never hits one.
pub(crate) fn typo(dice: &mut Dice, code: &str) -> String {
    let (head, sequence) = code.rsplit_once('-').unwrap_or((code, "0000"));
    let wrong = dice.pick(&['3', '4', '6', '7']);
    format!("{head}-{wrong}{}", &sequence[1..])
}

/// Words that name no dossier.
pub(crate) fn without_code(dice: &mut Dice, payer: &str) -> String {
    match dice.below(5) {
        0 => "nop le phi".to_owned(),
        1 => "thanh toan phi ho so".to_owned(),
        2 => format!("{payer} chuyen tien"),
        3 => "nop tien cho UBND".to_owned(),
        _ => format!("{payer} nop phi chung thuc"),
    }
}

/// The memo as it may stand in the statement: most banks leave a short memo alone or add a prefix.
pub(crate) fn printed(dice: &mut Dice, memo: &str, payer: &str, at: NaiveDateTime) -> String {
    if dice.chance(550) {
        memo.to_owned()
    } else {
        boilerplate(dice, memo, payer, at)
    }
}

/// The memo inside a bank's own text.
pub(crate) fn boilerplate(dice: &mut Dice, memo: &str, payer: &str, at: NaiveDateTime) -> String {
    let (day, time) = (at.format("%d%m%y"), at.format("%H%M%S"));
    match dice.below(11) {
        0 => format!(
            "MBVCB.{}.{memo}.CT tu 0123499999 {payer} toi 0071000000000 KHO BAC SO THU",
            dice.digits(10)
        ),
        1 => format!("{}.{day}.{time}.{memo}", dice.digits(6)),
        2 => format!(
            "SHGD:{}.DD:{}.BO:{payer}.Remark:{memo}",
            dice.digits(8),
            at.format("%y%m%d")
        ),
        3 => format!("HBK-TKThe :0123499999, tai NCB. ND {memo} -CTLNHIDO000000000001-1/1-PMT-002"),
        4 => format!(
            "REM Tfr Ac:0123499999 O@L_080005_211601_0_0_{} {memo}",
            dice.digits(5)
        ),
        5 => {
            let trace = dice.digits(6);
            format!(
                "{memo} FT{}   Ma giao dich  Trace{trace} Trace {trace}",
                dice.digits(14)
            )
        }
        6 => format!("IBFT {memo} Ma giao dich Trace{}", dice.digits(6)),
        7 => format!("CUSTOMER -{memo}- Trace{}", dice.digits(5)),
        8 => format!("CT DEN:{} {memo}; tai Napas", dice.digits(12)),
        9 => format!(
            "{memo} GD {}-{day} {}",
            dice.digits(6),
            at.format("%H:%M:%S")
        ),
        _ => format!("BankAPINotify {memo}"),
    }
}

/// A wallet's payout into a bank account.
pub(crate) fn wallet(dice: &mut Dice, memo: &str) -> String {
    let id = dice.digits(11);
    format!("{id}-{memo} chuyen tien qua MoMo-CHUYEN TIEN-OQCH0000001-MOMO{id}MOMO")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "000.00.31.H48-221205-0012";

    fn at() -> NaiveDateTime {
        "2022-12-05T08:12:33".parse().unwrap()
    }

    #[test]
    fn a_typo_changes_exactly_one_digit() {
        let mut dice = Dice::new(3);
        for _ in 0..20 {
            let wrong = typo(&mut dice, CODE);
            let differing = CODE
                .chars()
                .zip(wrong.chars())
                .filter(|(a, b)| a != b)
                .count();
            assert_eq!((wrong.len(), differing), (CODE.len(), 1), "{wrong}");
        }
    }

    #[test]
    fn every_layout_keeps_the_memo() {
        let mut dice = Dice::new(4);
        for _ in 0..100 {
            let text = boilerplate(&mut dice, CODE, "NGUYEN VAN A", at());
            assert!(text.contains(CODE), "{text}");
        }
        assert!(wallet(&mut dice, CODE).contains(CODE));
    }

    #[test]
    fn spaces_disappear_when_squeezed_and_a_cut_code_does_not_come_back() {
        let mut dice = Dice::new(5);
        for _ in 0..50 {
            let text = spaced(&mut dice, CODE);
            assert!(text.contains(' '));
            assert_eq!(squeeze(&text), squeeze(CODE));
            assert!(!squeeze(&truncated(&mut dice, CODE)).contains(&squeeze(CODE)));
        }
    }
}
