//! What of a bank line is of which day of a gateway.

use super::{JobError, PayoutDay, usage};
use crate::domain::{Day, Lang, Ruling, Txn, Vnd};
use crate::store::{GatewayDaySum, Store};
use crate::text;

/// The ruling that a line is these days of a gateway: as told, so much of each, else what each day
/// has to hand on.
///
/// # Errors
/// Days of several sources, or told twice; days on which the source took nothing in; parts that do
/// not add up to the line, or exceed what a day took in.
pub(super) async fn of(
    store: &Store,
    asked: &[PayoutDay],
    line: &Txn,
    lang: Lang,
) -> Result<Ruling, JobError> {
    let mut days: Vec<&PayoutDay> = asked.iter().collect();
    days.sort_by_key(|(_, day, _)| *day);
    let one_source = days
        .windows(2)
        .all(|pair| pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1);
    let ends = days.first().zip(days.last());
    let Some(((source, first, _), (_, last, _))) = ends.filter(|_| one_source) else {
        return Err(usage(
            lang,
            "decide-payout-days",
            "decide-payout-days-fix",
            &[],
        ));
    };
    if line.order_ref.is_some() {
        let args = [("id", &*line.id)];
        return Err(usage(
            lang,
            "decide-payout-line",
            "decide-payout-line-fix",
            &args,
        ));
    }
    let sums = store.gateway_days(source, (*first, *last)).await?;
    let mut known: Vec<(Day, Option<Vnd>, &GatewayDaySum)> = Vec::new();
    for (_, day, part) in days {
        let Some(sum) = sums.iter().find(|sum| sum.day == *day && sum.gross > 0) else {
            let told = text::day(lang, *day);
            let args = [("source", source.as_str()), ("day", &*told)];
            return Err(usage(
                lang,
                "decide-payout-none",
                "decide-payout-none-fix",
                &args,
            ));
        };
        known.push((*day, *part, sum));
    }
    let amount = line.amount.wide();
    let Some(parts) = parts(&known, amount) else {
        let told = |(day, _, sum): &Known| {
            format!("{}: {}", text::day(lang, *day), text::money(lang, sum.net))
        };
        let told: Vec<String> = known.iter().map(told).collect();
        let all = known.iter().map(|(.., sum)| sum.net).sum::<i128>();
        let args = [
            ("source", source.as_str()),
            ("days", &*told.join("; ")),
            ("sum", &*text::money(lang, all)),
            ("amount", &*text::money(lang, amount)),
        ];
        return Err(usage(
            lang,
            "decide-payout-sum",
            "decide-payout-sum-fix",
            &args,
        ));
    };
    Ok(Ruling::Payout {
        source: source.clone(),
        days: parts,
    })
}

/// A day, the part of it that was told, and what the gateway took in.
type Known<'a> = (Day, Option<Vnd>, &'a GatewayDaySum);

/// The parts as told; where none is told the net sums, or else the gross sums, that are the line.
fn parts(known: &[Known], amount: i128) -> Option<Vec<(Day, Vnd)>> {
    let told = known.iter().filter(|(_, part, _)| part.is_some()).count();
    let ways: [fn(&Known) -> i128; 2] = if told == 0 {
        [|(.., sum)| sum.net, |(.., sum)| sum.gross]
    } else {
        [|(_, part, _)| part.map_or(0, Vnd::wide); 2]
    };
    let fits = |way: &fn(&Known) -> i128| {
        let sum: i128 = known.iter().map(way).sum();
        let each = |day: &Known| (1..=day.2.gross).contains(&way(day));
        sum == amount && known.iter().all(each)
    };
    let way = ways.into_iter().find(fits)?;
    let part = |day: &Known| Some((day.0, Vnd::from_wide(way(day)).ok()?));
    known.iter().map(part).collect()
}
