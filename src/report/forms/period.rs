//! How an office names a period on a paper: the month, quarter, half year, nine months or year
//! where it is one, by the calendar or by Decree 09/2019, and always its first and last day.

use crate::domain::{Day, Lang, Named, Period, PeriodKind};
use crate::text;

/// The sentence that names the stretches of a period without published figures; none where there
/// are none.
pub(super) fn missing(lang: Lang, stretches: &[(Day, Day)]) -> Option<String> {
    let stretch = |(from, to): &(Day, Day)| match (text::day(lang, *from), text::day(lang, *to)) {
        (from, to) if from == to => from,
        (from, to) => format!("{from} – {to}"),
    };
    let days: Vec<String> = stretches.iter().map(stretch).collect();
    let days = days.join("; ");
    (!stretches.is_empty()).then(|| text::say(lang, "form-minutes-missing", &[("days", &days)]))
}

/// `Tháng 12 năm 2022 (từ ngày 01/12/2022 đến ngày 31/12/2022)`; of a range the days alone,
/// in brackets as the provincial form has them.
pub(super) fn name(lang: Lang, period: &Period) -> String {
    let (from, to) = (text::day(lang, period.from), text::day(lang, period.to));
    let named = Named::of(period.from, period.to);
    let key = match named {
        None if period.from == period.to => "form-day",
        None => "form-days",
        Some(named) => key_of(named),
    };
    let quarter = ["I", "II", "III", "IV"];
    let number = named.map_or(0, |named| named.number);
    let quarter = usize::try_from(number)
        .ok()
        .and_then(|number| quarter.get(number.checked_sub(1)?));
    let year = named.map_or(0, |named| named.year).to_string();
    let month = period.to.date().format("%m").to_string();
    let args = [
        ("from", &*from),
        ("to", &*to),
        ("month", &*month),
        ("quarter", quarter.copied().unwrap_or_default()),
        ("year", &*year),
    ];
    text::say(lang, key, &args)
}

fn key_of(named: Named) -> &'static str {
    match (named.kind, named.number, named.reporting) {
        (PeriodKind::Month, _, false) => "form-month",
        (PeriodKind::Quarter, _, false) => "form-quarter",
        (PeriodKind::Half, 1, false) => "form-first-half",
        (PeriodKind::Half, _, false) => "form-second-half",
        (PeriodKind::NineMonths, _, false) => "form-nine-months",
        (PeriodKind::Year, _, false) => "form-year",
        (PeriodKind::Month, _, true) => "form-reporting-month",
        (PeriodKind::Quarter, _, true) => "form-reporting-quarter",
        (PeriodKind::Half, 1, true) => "form-reporting-first-half",
        (PeriodKind::Half, _, true) => "form-reporting-second-half",
        (PeriodKind::NineMonths, _, true) => "form-reporting-nine-months",
        (PeriodKind::Year, _, true) => "form-reporting-year",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_named_as_an_office_names_it() {
        let check = |period: Option<Period>, wanted: &str| {
            assert_eq!(name(Lang::Vi, &period.unwrap()), wanted);
        };
        check(
            Period::month("2022-12"),
            "Tháng 12 năm 2022 (từ ngày 01/12/2022 đến ngày 31/12/2022)",
        );
        check(
            Period::reporting_month("2022-12"),
            "Kỳ báo cáo tháng 12 năm 2022 (từ ngày 15/11/2022 đến ngày 14/12/2022)",
        );
        check(
            Period::quarter("2022-Q4"),
            "Quý IV năm 2022 (từ ngày 01/10/2022 đến ngày 31/12/2022)",
        );
        check(
            Period::named("2022-H2", &[PeriodKind::Half]),
            "6 tháng cuối năm 2022 (từ ngày 01/07/2022 đến ngày 31/12/2022)",
        );
        check(
            Period::named("2022-9M", &[PeriodKind::NineMonths]),
            "9 tháng đầu năm 2022 (từ ngày 01/01/2022 đến ngày 30/09/2022)",
        );
        for (raw, wanted) in [
            (
                "2023-Q1",
                "Kỳ báo cáo quý I năm 2023 (từ ngày 15/12/2022 đến ngày 14/03/2023)",
            ),
            (
                "2023-H1",
                "Kỳ báo cáo 6 tháng đầu năm 2023 (từ ngày 15/12/2022 đến ngày 14/06/2023)",
            ),
            (
                "2023-H2",
                "Kỳ báo cáo 6 tháng cuối năm 2023 (từ ngày 15/06/2023 đến ngày 14/12/2023)",
            ),
            (
                "2023-9M",
                "Kỳ báo cáo 9 tháng đầu năm 2023 (từ ngày 15/12/2022 đến ngày 14/09/2023)",
            ),
            (
                "2023",
                "Kỳ báo cáo năm 2023 (từ ngày 15/12/2022 đến ngày 14/12/2023)",
            ),
        ] {
            let named = Named::read(raw).unwrap();
            check(named.reporting().period(), wanted);
        }
        check(
            Period::year("2022"),
            "Năm 2022 (từ ngày 01/01/2022 đến ngày 31/12/2022)",
        );
        let day = |text: &str| Day::parse(text).unwrap();
        let range = |from, to| Some(Period::range(day(from), day(to)));
        check(range("2022-12-05", "2022-12-05"), "Ngày 05/12/2022");
        check(
            range("2022-12-02", "2022-12-15"),
            "(Từ ngày 02/12/2022 đến ngày 15/12/2022)",
        );
    }
}
