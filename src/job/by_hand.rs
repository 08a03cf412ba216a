//! Writing a person's decision into the book: is the exception there, does the ruling fit its row,
//! did nobody else decide meanwhile?

mod payout;
mod read;
mod shares;
mod words;

use anyhow::Context as _;

use super::error::JobError;
use crate::clock::Clock;
use crate::decision::{Action, Draft, Entry, owners};
use crate::domain::{
    Day, DossierCode, FeeId, Lang, Moment, RowKey, Ruling, Side, SourceName, Txn, TxnKind, Vnd,
};
use crate::report::model::row_kind;
use crate::store::{ExceptionRecord, Store, StoreError};
use crate::text;
use shares::shares_of;
use words::{action_word, side_word};

pub use read::{PayoutDay, is_no_reason, read_part, read_payout, read_row, read_target};

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
    /// The bank line is a gateway's payout of these days, so much each.
    Payout(Vec<PayoutDay>),
    /// A ruling that needs no target.
    Rule(Ruling),
    /// The program's rules decide again.
    Undo,
    /// Somebody is to settle it.
    Assign(Box<str>),
    /// Something is noted of it; whoever is to settle it stays.
    Note,
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
    /// The language of what is said against it.
    pub lang: Lang,
}

/// A decision that fits its row, before it is written.
#[derive(Clone, Debug)]
pub struct Plan {
    draft: Draft,
    seen: Option<u64>,
    lang: Lang,
    /// Who is to settle the row so far; empty for nobody.
    pub owner: Box<str>,
    /// True when the row's last ruling says the same already.
    pub is_written: bool,
}

/// Appends the decision to the book; it counts from the first night not yet published.
pub async fn decide(store: &Store, clock: &dyn Clock, ask: &Ask) -> Result<Entry, JobError> {
    let plan = plan(store, clock, ask, Again::Refused)
        .await
        .map_err(|unfit| unfit.error)?;
    let written = write(store, &[&plan]).await?;
    let entry = written.into_iter().next();
    Ok(entry.context("no entry was written")?)
}

/// A decision that does not fit.
#[derive(Debug)]
pub struct Unfit {
    /// True when the dossier, fee, amount or transaction that it names is wrong, and not the
    /// exception or the choice.
    pub of_target: bool,
    /// What is wrong.
    pub error: JobError,
}

impl Unfit {
    fn target(error: JobError) -> Self {
        Self {
            of_target: true,
            error,
        }
    }
}

impl From<JobError> for Unfit {
    fn from(error: JobError) -> Self {
        Self {
            of_target: false,
            error,
        }
    }
}

impl From<StoreError> for Unfit {
    fn from(error: StoreError) -> Self {
        JobError::from(error).into()
    }
}

/// Whether the same decision once more is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// As somebody at the command line wants to know.
    Refused,
    /// As in a file that is read twice.
    Known,
}

impl Again {
    /// What to do: at the command line, or in the workbook, where there are no options.
    fn fix(self, [at_command, in_file]: [&'static str; 2]) -> &'static str {
        match self {
            Self::Refused => at_command,
            Self::Known => in_file,
        }
    }
}

/// Checks a decision against its row and what was decided so far; writes nothing.
pub async fn plan(
    store: &Store,
    clock: &dyn Clock,
    ask: &Ask,
    again: Again,
) -> Result<Plan, Unfit> {
    let lang = ask.lang;
    if ask.reason.trim().is_empty() || ask.by.trim().is_empty() {
        return Err(usage(lang, "decide-who", "decide-who-fix", &[]).into());
    }
    let decides = !matches!(ask.choice, Choice::Assign(_) | Choice::Note);
    if decides && is_no_reason(&ask.reason) {
        return Err(usage(lang, "decide-other-reason", "decide-other-reason-fix", &[]).into());
    }
    let Some(last) = store.last_run().await? else {
        return Err(usage(lang, "decide-no-night", "decide-no-night-fix", &[]).into());
    };
    let night = last.business_date.plus(1);
    let Some(detail) = store.exception(&ask.id, None).await? else {
        let args = [("id", &*ask.id)];
        return Err(usage(lang, "decide-unknown", "decide-see-list", &args).into());
    };
    let record = detail.record;
    let known = again == Again::Known;
    let may_be_closed = known || matches!(ask.choice, Choice::Undo);
    if let Some(closed) = record.closed.filter(|_| !may_be_closed) {
        return Err(closed_on(lang, &record, closed).into());
    }
    let (row, mut action) = action(store, &record, ask, again).await?;
    let of_row = store.decisions_of(&row).await?;
    let owner = owners(&of_row).into_values().next().unwrap_or_default();
    let owner: Box<str> = owner.into();
    if ask.choice == Choice::Note {
        action = Action::Assign(owner.clone());
    }
    let is_written = known && is_said(&of_row, &action, ask);
    if !is_written {
        let undoes = matches!(ask.choice, Choice::Undo);
        if let Some(closed) = record.closed.filter(|_| !undoes) {
            return Err(closed_on(lang, &record, closed).into());
        }
        may_rule(&of_row, &action, night, (ask, again))?;
    }
    let (amount_then, class_then) = if row == record.key {
        (record.amount, record.class.clone())
    } else {
        (money(store, &row, lang).await?.amount, "".into())
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
    Ok(Plan {
        draft,
        seen,
        lang,
        owner,
        is_written,
    })
}

/// Appends planned decisions, all of them or none.
pub async fn write(store: &Store, plans: &[&Plan]) -> Result<Vec<Entry>, JobError> {
    let drafts = plans.iter().map(|plan| (&plan.draft, plan.seen));
    let entries = store.append_decisions(&drafts.collect::<Vec<_>>()).await?;
    entries.ok_or_else(|| {
        let lang = plans.first().map_or(Lang::default(), |plan| plan.lang);
        usage(lang, "decide-at-once", "decide-look-again", &[])
    })
}

fn closed_on(lang: Lang, record: &ExceptionRecord, closed: Day) -> JobError {
    let closed = closed.to_string();
    let args = [("id", record.id.as_str()), ("day", &*closed)];
    usage(lang, "decide-closed", "decide-see-open", &args)
}

/// True when the last entry of its kind about the row says the same, by the same and for the same
/// reason.
fn is_said(of_row: &[Entry], action: &Action, ask: &Ask) -> bool {
    let assigns = |action: &Action| matches!(action, Action::Assign(_));
    let same_kind = |entry: &&Entry| assigns(&entry.draft.action) == assigns(action);
    of_row.iter().rfind(same_kind).is_some_and(|entry| {
        let draft = &entry.draft;
        draft.action == *action
            && *draft.by == *ask.by.trim()
            && *draft.reason == *ask.reason.trim()
    })
}

/// A ruling that waits for its night is not decided again by accident, and only a ruling is undone.
fn may_rule(
    of_row: &[Entry],
    action: &Action,
    night: Day,
    (ask, again): (&Ask, Again),
) -> Result<(), JobError> {
    if matches!(action, Action::Assign(_)) {
        return Ok(());
    }
    let is_ruling = |entry: &&Entry| !matches!(entry.draft.action, Action::Assign(_));
    let ruled = of_row.iter().rfind(is_ruling);
    if let Some(entry) = ruled.filter(|entry| entry.draft.night >= night && !ask.replace) {
        let Draft {
            by, reason, action, ..
        } = &entry.draft;
        let what = action_word(ask.lang, action);
        let args = [("by", &**by), ("what", &*what), ("why", &**reason)];
        let fix = again.fix(["decide-ruled-fix", "decide-ruled-file"]);
        return Err(usage(ask.lang, "decide-ruled", fix, &args));
    }
    if *action == Action::Undo && ruled.is_none_or(|entry| entry.draft.action == Action::Undo) {
        return Err(usage(ask.lang, "decide-nothing", "decide-see-show", &[]));
    }
    Ok(())
}

/// A message and what to do.
fn usage(lang: Lang, message: &str, fix: &str, args: &[(&str, &str)]) -> JobError {
    JobError::Usage {
        message: text::say(lang, message, args),
        fix: text::say(lang, fix, args),
    }
}

/// The row that the choice is about, and what it does.
async fn action(
    store: &Store,
    record: &ExceptionRecord,
    ask: &Ask,
    again: Again,
) -> Result<(RowKey, Action), Unfit> {
    let (key, lang) = (record.key.clone(), ask.lang);
    let rule = |ruling| Action::Rule(ruling);
    let is_other = |message, fixes| {
        let kind = side_word(lang, key.side);
        let args = [("id", &*key.id), ("kind", &*kind)];
        Unfit::from(usage(lang, message, again.fix(fixes), &args))
    };
    match &ask.choice {
        Choice::Undo => Ok((key, Action::Undo)),
        Choice::Assign(to) => Ok((key, Action::Assign(to.clone()))),
        // to whoever is to settle it so far
        Choice::Note => Ok((key, Action::Assign("".into()))),
        Choice::Rule(Ruling::NotFee) if key.side != Side::Txn && !is_unread(record) => Err(
            is_other("decide-no-txn", ["decide-no-txn-fix", "decide-no-txn-file"]),
        ),
        Choice::Rule(ruling) => Ok((key, rule(ruling.clone()))),
        Choice::Pair(target) => {
            let txn = payment(store, &key, lang).await?;
            let shares = shares_of(store, &[(target.clone(), None)], txn.amount, lang).await;
            let shares = shares.map_err(Unfit::target)?;
            Ok((key, rule(Ruling::Pays(shares))))
        }
        Choice::Split(parts) => {
            let txn = payment(store, &key, lang).await?;
            let parts: Vec<_> = parts
                .iter()
                .map(|(t, part)| (t.clone(), Some(*part)))
                .collect();
            let shares = shares_of(store, &parts, txn.amount, lang).await;
            let shares = shares.map_err(Unfit::target)?;
            Ok((key, rule(Ruling::Pays(shares))))
        }
        Choice::Payout(days) => {
            let line = payment(store, &key, lang).await?;
            let ruling = payout::of(store, days, &line, lang)
                .await
                .map_err(Unfit::target);
            Ok((key, rule(ruling?)))
        }
        Choice::PaidBy(source, id) => {
            let (Side::Fee, Some(dossier_code)) = (key.side, key.dossier.clone()) else {
                return Err(is_other(
                    "decide-no-fee",
                    ["decide-no-fee-fix", "decide-no-fee-file"],
                ));
            };
            let row = RowKey::txn(source, id);
            let txn = payment(store, &row, lang).await.map_err(Unfit::target)?;
            let fee_id = Some(FeeId::new(&key.id));
            let target = Target {
                dossier_code,
                fee_id,
            };
            let shares = shares_of(store, &[(target, None)], txn.amount, lang).await;
            let shares = shares.map_err(Unfit::target)?;
            Ok((row, rule(Ruling::Pays(shares))))
        }
    }
}

/// A row that could not be read, whatever else was ruled on it.
fn is_unread(record: &ExceptionRecord) -> bool {
    &*record.class == "reject" || record.also.iter().any(|class| &**class == "reject")
}

async fn money(store: &Store, row: &RowKey, lang: Lang) -> Result<Txn, JobError> {
    let txn = match row.side {
        Side::Txn => store.txn(row).await?,
        Side::Fee | Side::Receipt => None,
    };
    txn.ok_or_else(|| {
        let kind = side_word(lang, row.side);
        let args = [
            ("source", row.source.as_str()),
            ("id", &*row.id),
            ("kind", &*kind),
        ];
        usage(lang, "decide-gone", "decide-gone-fix", &args)
    })
}

/// The transaction, which must be a payment.
async fn payment(store: &Store, row: &RowKey, lang: Lang) -> Result<Txn, JobError> {
    let txn = money(store, row, lang).await?;
    if txn.kind == TxnKind::Payment {
        return Ok(txn);
    }
    let kind = row_kind(lang, txn.kind.id());
    let args = [
        ("source", txn.source.as_str()),
        ("id", &*txn.id),
        ("kind", &*kind),
    ];
    Err(usage(
        lang,
        "decide-no-payment",
        "decide-no-payment-fix",
        &args,
    ))
}
