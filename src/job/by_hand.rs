//! Writing a person's decision into the book: is the exception there, does the ruling fit its row,
//! did nobody else decide meanwhile?

use std::collections::BTreeSet;

use super::error::JobError;
use crate::clock::Clock;
use crate::decision::{Action, Draft, Entry};
use crate::domain::{
    Day, DecidedShare, DossierCode, Fee, FeeId, Moment, RowKey, Ruling, Side, SourceName, Txn,
    TxnKind, Vnd,
};
use crate::store::{ExceptionRecord, Store};

/// A fee line, or all open lines of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The dossier.
    pub dossier_code: DossierCode,
    /// The line; none means its lines in the order of the waterfall.
    pub fee_id: Option<FeeId>,
}

/// What a person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The payment is for this dossier or line.
    Pair(Target),
    /// The payment is for these lines, so much each.
    Split(Vec<(Target, Vnd)>),
    /// The fee was paid by this transaction.
    PaidBy(SourceName, Box<str>),
    /// A ruling that needs no target.
    Rule(Ruling),
    /// The program's rules decide again.
    Undo,
    /// Somebody is to settle it.
    Assign(Box<str>),
}

/// A decision as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The exception's id, or its unambiguous beginning.
    pub id: Box<str>,
    /// What was chosen.
    pub choice: Choice,
    /// Who decides.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// True to decide anew what was decided since the last night.
    pub replace: bool,
}

/// Appends the decision to the book; it counts from the first night not yet published.
pub async fn decide(store: &Store, clock: &dyn Clock, ask: &Ask) -> Result<Entry, JobError> {
    if ask.reason.trim().is_empty() || ask.by.trim().is_empty() {
        return Err(usage(
            "a decision needs who made it and why",
            "add --reason \"...\" (and --by NAME)",
        ));
    }
    let Some(last) = store.last_run().await? else {
        return Err(usage(
            "no night was published yet",
            "run one: `doisoat run`",
        ));
    };
    let night = last.business_date.plus(1);
    let Some(detail) = store.exception(&ask.id, None).await? else {
        return Err(usage(
            &format!("there is no exception \"{}\"", ask.id),
            "see `doisoat exceptions list`",
        ));
    };
    let record = detail.record;
    let may_be_closed = matches!(ask.choice, Choice::Undo);
    if let Some(closed) = record.closed.filter(|_| !may_be_closed) {
        return Err(usage(
            &format!("{} was closed on {closed}", record.id),
            "see `doisoat exceptions list` for what is open",
        ));
    }
    let (row, action) = action(store, &record, &ask.choice).await?;
    let of_row = store.decisions_of(&row).await?;
    may_rule(&of_row, &action, night, ask.replace)?;
    let (amount_then, class_then) = if row == record.key {
        (record.amount, record.class.clone())
    } else {
        (money(store, &row).await?.amount, "".into())
    };
    let seen = of_row.last().map(|entry| entry.seq);
    let draft = Draft {
        dossier_code: record.dossier_code.clone(),
        action,
        amount_then,
        class_then,
        by: ask.by.trim().into(),
        reason: ask.reason.trim().into(),
        night,
        at_wall: Moment::of_ms(clock.now_ms()).text().into(),
        row,
    };
    store.append_decision(&draft, seen).await?.ok_or_else(|| {
        usage(
            "somebody else decided it at the same moment",
            "look at it again: `doisoat exceptions show`",
        )
    })
}

/// A ruling that waits for its night is not decided again by accident, and only a ruling is undone.
fn may_rule(of_row: &[Entry], action: &Action, night: Day, replace: bool) -> Result<(), JobError> {
    if matches!(action, Action::Assign(_)) {
        return Ok(());
    }
    let is_ruling = |entry: &&Entry| !matches!(entry.draft.action, Action::Assign(_));
    let ruled = of_row.iter().rfind(is_ruling);
    if let Some(entry) = ruled.filter(|entry| entry.draft.night >= night && !replace) {
        let (by, what, why) = (
            &entry.draft.by,
            entry.draft.action.id(),
            &entry.draft.reason,
        );
        return Err(usage(
            &format!("{by} has decided it since the last night: {what} ({why})"),
            "add --replace to decide it anew",
        ));
    }
    if *action == Action::Undo && ruled.is_none_or(|entry| entry.draft.action == Action::Undo) {
        return Err(usage(
            "nobody has decided it, so there is nothing to undo",
            "see `doisoat exceptions show`",
        ));
    }
    Ok(())
}

fn usage(message: &str, fix: &str) -> JobError {
    JobError::Usage {
        message: message.to_owned(),
        fix: fix.to_owned(),
    }
}

/// The row that the choice is about, and what it does.
async fn action(
    store: &Store,
    record: &ExceptionRecord,
    choice: &Choice,
) -> Result<(RowKey, Action), JobError> {
    let key = record.key.clone();
    let rule = |ruling| Action::Rule(ruling);
    match choice {
        Choice::Undo => Ok((key, Action::Undo)),
        Choice::Assign(to) => Ok((key, Action::Assign(to.clone()))),
        Choice::Rule(Ruling::NotFee) if key.side != Side::Txn => Err(usage(
            &format!("{} is a {}, not a transaction", key.id, key.side.id()),
            "--not-fee is for transactions; for a fee see --write-off",
        )),
        Choice::Rule(ruling) => Ok((key, rule(ruling.clone()))),
        Choice::Pair(target) => {
            let txn = payment(store, &key).await?;
            let shares = shares_of(store, &[(target.clone(), None)], txn.amount).await?;
            Ok((key, rule(Ruling::Pays(shares))))
        }
        Choice::Split(parts) => {
            let txn = payment(store, &key).await?;
            let parts: Vec<_> = parts
                .iter()
                .map(|(t, part)| (t.clone(), Some(*part)))
                .collect();
            let shares = shares_of(store, &parts, txn.amount).await?;
            Ok((key, rule(Ruling::Pays(shares))))
        }
        Choice::PaidBy(source, id) => {
            let (Side::Fee, Some(dossier_code)) = (key.side, key.dossier.clone()) else {
                return Err(usage(
                    &format!("{} is a {}, not a fee", key.id, key.side.id()),
                    "--paid-by is for fees; for a payment see --pair",
                ));
            };
            let row = RowKey::txn(source, id);
            let txn = payment(store, &row).await?;
            let fee_id = Some(FeeId::new(&key.id));
            let target = Target {
                dossier_code,
                fee_id,
            };
            let shares = shares_of(store, &[(target, None)], txn.amount).await?;
            Ok((row, rule(Ruling::Pays(shares))))
        }
    }
}

async fn money(store: &Store, row: &RowKey) -> Result<Txn, JobError> {
    let txn = match row.side {
        Side::Txn => store.txn(row).await?,
        Side::Fee | Side::Receipt => None,
    };
    txn.ok_or_else(|| {
        let (side, source, id) = (row.side.id(), &row.source, &row.id);
        usage(
            &format!("there is no transaction {source}/{id} ({side})"),
            "see `doisoat exceptions show` for its source and id",
        )
    })
}

/// The transaction, which must be a payment.
async fn payment(store: &Store, row: &RowKey) -> Result<Txn, JobError> {
    let txn = money(store, row).await?;
    if txn.kind == TxnKind::Payment {
        return Ok(txn);
    }
    Err(usage(
        &format!(
            "{}/{} is a {}, not a payment",
            txn.source,
            txn.id,
            txn.kind.id()
        ),
        "only a payment can pay a fee",
    ))
}

/// What each line gets: as told, else as much as it is due while something is left.
async fn shares_of(
    store: &Store,
    parts: &[(Target, Option<Vnd>)],
    amount: Vnd,
) -> Result<Vec<DecidedShare>, JobError> {
    let codes: BTreeSet<DossierCode> = parts.iter().map(|(t, _)| t.dossier_code.clone()).collect();
    let fees = store.fees_of(&codes).await?;
    let mut left = amount.wide();
    let mut shares: Vec<DecidedShare> = Vec::new();
    for (target, part) in parts {
        let lines = lines(&fees, target)?;
        let due: i128 = lines.iter().map(|fee| fee.amount.wide()).sum();
        let code = &target.dossier_code;
        let mut part = part.map_or(left.min(due), Vnd::wide);
        if part <= 0 || part > due || part > left {
            return Err(usage(
                &format!("{code} cannot get {part} dong: {due} due, {left} left of the payment"),
                "the parts must fit the fees and add up to no more than the payment",
            ));
        }
        left -= part;
        for fee in lines {
            let share = part.min(fee.amount.wide());
            if let Some(amount) = Vnd::from_wide(share).ok().filter(|_| share > 0) {
                shares.push(DecidedShare {
                    dossier_code: fee.dossier_code.clone(),
                    fee_id: fee.fee_id.clone(),
                    amount,
                });
            }
            part -= share;
        }
    }
    Ok(shares)
}

/// The lines of a target, in the order of the waterfall.
fn lines<'f>(fees: &'f [Fee], target: &Target) -> Result<Vec<&'f Fee>, JobError> {
    let of_dossier = || {
        fees.iter()
            .filter(|fee| fee.dossier_code == target.dossier_code)
    };
    let wanted = |fee: &&Fee| target.fee_id.as_ref().is_none_or(|id| fee.fee_id == *id);
    let lines: Vec<&Fee> = of_dossier().filter(wanted).collect();
    if !lines.is_empty() {
        return Ok(lines);
    }
    let code = &target.dossier_code;
    let known: Vec<&str> = of_dossier().map(|fee| fee.fee_id.as_str()).collect();
    Err(match &target.fee_id {
        Some(id) if !known.is_empty() => usage(
            &format!("{code} has no fee {id}"),
            &format!("it has {}", known.join(", ")),
        ),
        _ => usage(
            &format!("no fee of dossier {code} is known"),
            "check the code; a dossier is known once an export has told it",
        ),
    })
}
