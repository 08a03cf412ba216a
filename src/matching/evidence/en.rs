//! The evidence in English.

use super::super::say;
use super::super::words::plain;
use super::doubt::why_not;
use super::state;
use super::{Evidence, date, dong, edit_name, join, parts, span};
use crate::domain::{Day, DossierCode, Lang, Vnd};

impl Evidence {
    /// The sentence.
    pub(super) fn en(&self) -> String {
        let d = |amount: &Vnd| dong(*amount, Lang::En);
        let day = |day: &Day| date(*day, Lang::En);
        match self {
            Self::OrderRef(code) => format!("{}{code}", say::ORDER_REF.en),
            Self::MemoIsCode(code) => format!("{}{code}", say::MEMO_IS_CODE.en),
            Self::MemoHolds(code) => format!("{}{code}", say::MEMO_HOLDS.en),
            Self::ReceiptNames(code) => format!("{}{code}", say::RECEIPT_NAMES.en),
            Self::AmountFits(amount) => format!("{}{}", say::AMOUNT_FITS.en, d(amount)),
            Self::AmountDiffers(due, paid) => format!("due {}, paid {}", d(due), d(paid)),
            Self::PayerAgrees => "the payer agrees".into(),
            Self::PayerDiffers => "the payer differs".into(),
            Self::PaidAfterDue(due, paid) => format!("due {}, paid {}", day(due), day(paid)),
            Self::NamesTransaction(id) => format!("the memo names transaction {id}"),
            Self::Undoes(id) => format!("returns or undoes transaction {id}"),
            Self::Repeats(id) => format!("already paid by {id}"),
            Self::PaidAgainBy(id) => format!("paid again by {id}"),
            Self::ReturnedBy(id) => format!("sent back by transaction {id}"),
            Self::RepeatBack(id, on, left) => {
                let (on, rest) = (day(on), d(left));
                if left.is_zero() {
                    format!("this repeat was sent back whole on {on} by transaction {id}")
                } else {
                    format!("sent back in part on {on} by transaction {id}, {rest} left")
                }
            }
            Self::OfRepeat(id) => format!("what went back repeated {id}; the fee keeps its money"),
            Self::SurplusBack(id, on, left) => {
                let (on, rest) = (day(on), d(left));
                if left.is_zero() {
                    format!("the surplus was sent back whole on {on} by transaction {id}")
                } else {
                    format!(
                        "the surplus was sent back in part on {on} by transaction {id}, {rest} left"
                    )
                }
            }
            Self::OfSurplus(id, rest) if rest.is_zero() => {
                format!("what went back is what {id} paid too much; the fee keeps its money")
            }
            Self::OfSurplus(id, rest) => {
                format!(
                    "what went back is what {id} paid too much, and {} of the fee",
                    d(rest)
                )
            }
            Self::RefundAgreed => "all of it went back, and the records agree".into(),
            Self::SameAs(id) => format!("the same payment as {id}"),
            Self::BatchOf(source, on, sum) => {
                format!("equals the net sum of {source} on {}: {}", day(on), d(sum))
            }
            Self::BatchOfDays(source, days, sum) => format!(
                "equals the net sum of {source} {}: {} ({})",
                span(days, Lang::En),
                d(sum),
                parts(days, Lang::En)
            ),
            Self::DepositOfDays(agency, days, sum) => format!(
                "equals the receipts of {agency} {}: {} ({})",
                span(days, Lang::En),
                d(sum),
                parts(days, Lang::En)
            ),
            Self::DepositOf(agency, on, sum) => {
                format!("equals the receipts of {agency} on {}: {}", day(on), d(sum))
            }
            Self::MayBeBatch(source, first, last, why) if first == last => format!(
                "exactly the net sum of {source} on {}; not taken for it: {}",
                day(first),
                why_not(why, Lang::En)
            ),
            Self::MayBeBatch(source, first, last, why) => format!(
                "exactly the net sum of {source} from {} to {}; not taken for it: {}",
                day(first),
                day(last),
                why_not(why, Lang::En)
            ),
            Self::MayBeDeposit(agency, on, why) => format!(
                "exactly the cash that {agency} took on {}; not taken for it: {}",
                day(on),
                why_not(why, Lang::En)
            ),
            Self::SumOverDossiers(n, sum) => format!(
                "one transfer for {n} dossiers, the sum is exact: {}",
                d(sum)
            ),
            Self::Instalments(n, paid, due) => {
                format!("{n} instalments, {} of {} paid", d(paid), d(due))
            }
            Self::NetOfFee(fee) => format!("the shortfall is the provider's fee {}", d(fee)),
            Self::Declared(said, real) => {
                let (said, real) = (plain(said, Lang::En), plain(real, Lang::En));
                format!("declared \"{said}\", really \"{real}\"")
            }
            Self::RegistrySays(word) => format!("the registry says \"{}\"", plain(word, Lang::En)),
            Self::ProviderSays(word) => {
                format!("the provider says \"{}\"", plain(word, Lang::En))
            }
            Self::DaysDiffer(a, b) => format!("registry day {}, accounting day {}", day(a), day(b)),
            Self::MovesNothing => "a row over 0 dong: no money moved".into(),
            Self::NoMoney => "no payment of this fee was found".into(),
            Self::NamedInVain(id) => {
                format!("transaction {id} names this dossier, but does not count for this fee")
            }
            Self::BackBeyond(left, back) => format!(
                "{} goes back, more than is left of what was paid ({}): check the amount of the \
                 refund with the bank or provider",
                d(back),
                d(left)
            ),
            Self::BackBefore(id, paid, back) => format!(
                "goes back on {}, before payment {id} came on {}: find the earlier payment, or \
                 correct the date",
                day(back),
                day(paid)
            ),
            Self::BackAgain(id) => format!(
                "the payment was already sent back by {id}: ask whether this is the same refund \
                 told twice, else claim it back"
            ),
            Self::NothingToUndo(amount) => format!(
                "no payment of exactly {} is left to undo: ask the provider which it reverses",
                d(amount)
            ),
            Self::NoReceipt => "no valid receipt names this fee".into(),
            Self::NoCode => "the memo holds no dossier code".into(),
            Self::UnknownCode(code) => format!("{code} is well formed but no such dossier exists"),
            Self::OtherProvince(code) => format!("{code} belongs to another province"),
            Self::SeveralCodes(codes) => format!(
                "the memo holds {} dossier codes: {}",
                codes.len(),
                join(codes)
            ),
            Self::OneEdit(raw, code, edit) => format!(
                "written \"{raw}\", nearest is {code} ({})",
                edit_name(edit, Lang::En)
            ),
            Self::Rival(code) => {
                format!("dossier {code} is one edit away with this amount and payer")
            }
            Self::RivalOfAmount(code) => format!(
                "dossier {code} is one edit away with this amount; no payer is told to tell them apart"
            ),
            Self::WaitingFor(source) => format!("source {source} is not yet due"),
            Self::Versions(versions) => format!(
                "{} different contents: {}",
                versions.len(),
                versions.join(" | ")
            ),
            Self::OutgoingUnnamed => "money going out, no dossier named".into(),
            Self::At(file, line, column, value, _) => {
                format!("{file}, line {line}, column \"{column}\": \"{value}\"")
            }
            Self::Also(class) => format!("also {class}"),
            Self::DecidedBy(who, why) => format!("decided by {who}: {why}"),
            Self::StaleDecision(who, why) => {
                format!("the decision of {who} ({why}) no longer fits the data")
            }
            Self::FeeBecame(line, then, now) => {
                format!("fee {line} changed from {} to {}", d(then), d(now))
            }
            Self::FeeCancelled(line, true) => format!("fee {line} was cancelled"),
            Self::FeeCancelled(line, false) => format!("fee {line} is not cancelled any more"),
            Self::NoSuchLine(line) => format!("no such fee line: {line}"),
            Self::BeforeStart(start) => format!("opening item: older than go-live {}", day(start)),
            Self::AccountOf(account, fee) => format!("account of {account}, fee of {fee}"),
            Self::AccountIs(agency) => format!("into the collection account of {agency}"),
            Self::FeeAccount => "into a dedicated collection account".into(),
            Self::AgencyNamed(agency) => format!("the memo names agency {agency}"),
            Self::HoldsTail(code) => {
                format!("the memo holds date and sequence of dossier {code}")
            }
            Self::RecordedOn(on) => format!("the registry recorded a payment on {}", day(on)),
            Self::Assigned(score, margin) => {
                format!("paired by evidence: {score} of 1000, {margin} ahead of the next pairing")
            }
            Self::TooClose(score, margin, least) => {
                format!("{score} of 1000, {margin} ahead of the next pairing, {least} are needed")
            }
            Self::TooMany(payments, dossiers) => format!(
                "{payments} payments and {dossiers} dossiers hang together, too many to tell apart"
            ),
            Self::InSet(agency, on, k, each) => format!(
                "of a set of {k} payments and {k} dossiers of {agency} on {}, {} each: \
                 certain as a sum, not paired one by one",
                day(on),
                d(each)
            ),
            Self::SubsetSum(n, ways) => {
                format!(
                    "equals a sum of open dossiers of this payer: {ways} such sums, {n} dossiers in them"
                )
            }
            Self::Together(n, ways) => format!(
                "with others of this payer it is what the dossier lacks: {ways} ways, {n} payments in all"
            ),
            Self::TogetherCapped(n) => {
                format!("this payer has {n} payments without a code, too many to add up")
            }
            Self::SearchCapped(n) => {
                format!("this payer has {n} open dossiers, too many to look for sums")
            }
            Self::UnknownState(word, code) => {
                let of = of_dossier(code.as_ref());
                format!(
                    "the provider tells the unknown state \"{word}\"{of}: not counted as paid; ask the provider \
                     what it means, then write it down at the source where that has a key for it \
                     (status_map, or the words of [source.map])"
                )
            }
            Self::VnpayState(code, dossier) => {
                let meaning = state::meaning(code).map_or("", |text| text.get(Lang::En));
                let of = of_dossier(dossier.as_ref());
                format!("VNPAY tells the state \"{code}\"{of}: not counted as paid; {meaning}")
            }
        }
    }
}

fn of_dossier(code: Option<&DossierCode>) -> String {
    code.map_or_else(String::new, |code| format!(" for dossier {code}"))
}
