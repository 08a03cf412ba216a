//! How people write the target of a decision.

use super::Target;
use crate::domain::fold::fold_name;
use crate::domain::{Day, DossierCode, FeeId, Lang, SourceName, Vnd};
use crate::text;

/// Reads `DOSSIER[/FEE]`.
pub fn read_target(raw: &str) -> Result<Target, String> {
    let (code, fee) = match raw.split_once('/') {
        Some((code, fee)) => (code, Some(fee.trim())),
        None => (raw, None),
    };
    let dossier_code = DossierCode::parse(code.trim()).map_err(|error| error.to_string())?;
    let fee_id = fee.filter(|fee| !fee.is_empty()).map(FeeId::new);
    Ok(Target {
        dossier_code,
        fee_id,
    })
}

/// Reads `DOSSIER[/FEE]=AMOUNT`.
pub fn read_part(raw: &str) -> Result<(Target, Vnd), String> {
    let (what, amount) = raw.rsplit_once('=').ok_or("write DOSSIER/FEE=AMOUNT")?;
    let amount = Vnd::parse_digits(amount.trim()).map_err(|error| error.to_string())?;
    Ok((read_target(what)?, amount))
}

/// Reads `SOURCE/ID`.
pub fn read_row(raw: &str) -> Result<(SourceName, Box<str>), String> {
    let (source, id) = raw.split_once('/').ok_or("write SOURCE/ID")?;
    Ok((SourceName::new(source.trim()), id.trim().into()))
}

/// A day of a gateway's source, and what of the line is of it; none where it is the day's sum.
pub type PayoutDay = (SourceName, Day, Option<Vnd>);

/// Reads `SOURCE/DAY[=AMOUNT]`; the day as `2025-06-20` or as `20/06/2025`.
pub fn read_payout(raw: &str) -> Result<PayoutDay, String> {
    let (what, amount) = match raw.rsplit_once('=') {
        Some((what, amount)) => (what, Some(amount)),
        None => (raw, None),
    };
    let (source, day) = what.split_once('/').ok_or("write SOURCE/DAY")?;
    let day = day.trim();
    let turned: Vec<&str> = day.rsplit('/').collect();
    let iso = if let [year, month, of_month] = turned.as_slice() {
        format!("{year}-{month:0>2}-{of_month:0>2}")
    } else {
        day.to_owned()
    };
    let day = Day::parse(&iso).map_err(|error| error.to_string())?;
    let amount = amount.map(|amount| Vnd::parse_digits(amount.trim()));
    let amount = amount.transpose().map_err(|error| error.to_string())?;
    Ok((SourceName::new(source.trim()), day, amount))
}

/// True of a reason that says only that there is one: the drop-down's "another reason" with nothing
/// behind it, in either language, whatever its case, marks and blanks.
pub fn is_no_reason(reason: &str) -> bool {
    let said = fold_name(reason.trim_matches([' ', ';', ':', '.', ',', '-']));
    let others = [Lang::Vi, Lang::En].map(|lang| text::say(lang, "reason-other", &[]));
    others.iter().any(|other| fold_name(other) == said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reason_alone_is_none() {
        for said in [
            "Lý do khác",
            " ly do khac; ",
            "LÝ DO KHÁC.",
            "Another reason",
            "another reason -",
        ] {
            assert!(is_no_reason(said), "{said}");
        }
        for said in ["Lý do khác; Hồ sơ đã rút", "Ngân hàng xác nhận", "khác"] {
            assert!(!is_no_reason(said), "{said}");
        }
    }

    #[test]
    fn days_of_a_payout_are_read() {
        let day = Day::parse("2025-06-02").unwrap();
        for said in ["vnpay/2025-06-02", " vnpay / 02/06/2025 ", "vnpay/2/6/2025"] {
            assert_eq!(read_payout(said), Ok((SourceName::new("vnpay"), day, None)));
        }
        let part = read_payout("vnpay/02/06/2025=98900").unwrap().2;
        assert_eq!(part, Some(Vnd::new(98_900)));
        for said in ["vnpay", "vnpay/31/02/2025", "vnpay/2025-06-02=x"] {
            assert!(read_payout(said).is_err(), "{said}");
        }
    }

    #[test]
    fn targets_are_read() {
        let check = |raw: &str, code: &str, fee: Option<&str>| {
            let read = read_target(raw).unwrap();
            assert_eq!(read.dossier_code.as_str(), code);
            assert_eq!(read.fee_id.as_ref().map(FeeId::as_str), fee);
        };
        check("H48.18.22-221205-0001", "H48.18.22-221205-0001", None);
        check(
            "H48.18.22-221205-0001/F1",
            "H48.18.22-221205-0001",
            Some("F1"),
        );
        let (read, amount) = read_part("H48.18.22-221205-0001/F=1=50000").unwrap();
        assert_eq!(
            (read.fee_id, amount.get()),
            (Some(FeeId::new("F=1")), 50_000)
        );
        assert!(read_part("H48.18.22-221205-0001").is_err());
        assert!(read_target("nothing").is_err());
        assert!(read_row("FT1").is_err());
    }
}
