//! How people write the target of a decision.

use super::Target;
use crate::domain::{DossierCode, FeeId, SourceName, Vnd};

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

#[cfg(test)]
mod tests {
    use super::*;

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
