//! Rows that belong to no dossier of ours.

use super::build::{Account, Builder, later, moment};
use super::cashless::Transfer;
use super::{Scenario, names};

impl Builder {
    /// A row that belongs to no dossier.
    pub(crate) fn stranger(&mut self, day: chrono::NaiveDate, scenario: Scenario) {
        let at = later(moment(day, 7, 30, 0), self.dice.between(0, 36_000));
        let person = names::person(&mut self.dice);
        let date = day.format("%y%m%d");
        let sequence = self.dice.between(41, 49) * 100 + self.dice.between(10, 99);
        let (memo, amount, payer) = match scenario {
            Scenario::Orphan => {
                let code = self.known_code(day);
                let amount = 1_000 * self.dice.between(8, 120);
                (
                    format!("{code}-{date}-{sequence}"),
                    amount,
                    person.bank_name,
                )
            }
            Scenario::Foreign => {
                let province = *self.dice.pick(&["H15.50.05", "000.00.29.H15", "H56.31.20"]);
                let amount = 1_000 * self.dice.between(8, 120);
                (
                    format!("nop phi {province}-{date}-0{}", sequence % 1000),
                    amount,
                    person.bank_name,
                )
            }
            Scenario::BankFee => {
                let memo = *self
                    .dice
                    .pick(&["THU PHI DICH VU SMS BANKING", "PHI QUAN LY TAI KHOAN"]);
                (
                    memo.to_owned(),
                    -*self.dice.pick(&[11_000, 22_000, 55_000]),
                    String::new(),
                )
            }
            _ => {
                let amount = self.dice.between(1_200, 48_000);
                (
                    "TRA LAI TIEN GUI KHONG KY HAN".to_owned(),
                    amount,
                    String::new(),
                )
            }
        };
        let account = if self.dice.chance(500) {
            Account::A
        } else {
            Account::B
        };
        let arrives = later(at, self.dice.between(5, 90));
        let dossiers = Vec::new();
        self.row(Transfer {
            account,
            memo,
            amount,
            at,
            arrives,
            payer,
            scenario,
            dossiers,
        });
    }

    fn known_code(&mut self, day: chrono::NaiveDate) -> &'static str {
        let valid = self
            .district
            .agencies
            .iter()
            .filter(|one| one.valid_on(day));
        let codes: Vec<&'static str> = valid
            .filter(|one| one.level != "province")
            .map(|one| one.code)
            .collect();
        let at = self.dice.index(codes.len());
        codes[at]
    }
}
