//! The rows that a case may hold.

use doisoat::domain::{
    Agency, AgencyCode, CollectionMode, Completeness, Conflict, Day, DecidedShare, Decision,
    DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus, FeeThen, FilingChannel, Fraction,
    Instrument, Moment, OrderStatus, PaymentOrder, Period, Receipt, ReceiptStatus, Reject,
    RejectCode, RowKey, Ruling, Side, SourceFacts, SourceName, Target, Txn, TxnKind, TxnStatus,
    Vnd, fee::FeeMore,
};

use super::parse::{Case, Words, amount};

/// Adds one row or rule.
pub(crate) fn add(case: &mut Case, first: &str, words: &mut Words) -> Result<(), String> {
    match first {
        "tonight" => case.inputs.business_date = Some(day(&words.next("a day")?)?),
        "agency" => agency(case, words)?,
        "source" => source(case, words)?,
        "account" => {
            let account = words.next("an account")?.into();
            let agency = words.value("agency").map(Into::into);
            case.rules.collection_accounts.push((account, agency));
        }
        "e_receipts" => case.rules.e_receipts = true,
        "definition" => {
            let id = words.next("a definition")?.into();
            case.rules.definitions.push(id);
        }
        "period" => period(case, words)?,
        "target" => target(case, words)?,
        "procedures" | "by" | "grey" | "custom" => super::measures::add(case, first, words)?,
        "fee" => fee(case, words)?,
        "order" => order(case, words)?,
        "receipt" => receipt(case, words)?,
        "conflict" => conflict(case, words)?,
        "reject" => reject(case, words)?,
        "decide" => decide(case, words)?,
        source => payment(case, source, words)?,
    }
    Ok(())
}

fn day(raw: &str) -> Result<Day, String> {
    Day::parse(raw).map_err(|_| format!("\"{raw}\" is not a day"))
}

/// A day, or a day and a time of day.
fn moment(raw: &str) -> Result<Moment, String> {
    if raw.len() == 10 {
        return day(raw).map(Moment::of_day);
    }
    let seconds = if raw.len() == 16 { ":00" } else { "" };
    Moment::parse(&format!("{raw}{seconds}")).map_err(|_| format!("\"{raw}\" is not a time"))
}

/// The next two words as a day and a time of day.
fn when(words: &mut Words) -> Result<Moment, String> {
    let (day, time) = (words.next("a day")?, words.next("a time")?);
    moment(&format!("{day} {time}"))
}

fn code(raw: &str) -> Result<DossierCode, String> {
    DossierCode::parse(raw).map_err(|_| format!("\"{raw}\" is not a dossier code"))
}

pub(super) fn word<T>(
    raw: Option<String>,
    default: T,
    parse: fn(&str) -> Option<T>,
) -> Result<T, String> {
    match raw {
        None => Ok(default),
        Some(raw) => parse(&raw).ok_or_else(|| format!("\"{raw}\" is not a known word")),
    }
}

fn name(case: &mut Case, name: &str, key: RowKey) -> Result<(), String> {
    match case.names.insert(name.to_owned(), key) {
        None => Ok(()),
        Some(_) => Err(format!("two rows are called \"{name}\"")),
    }
}

fn agency(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let name = words.value("name").unwrap_or_default();
    case.inputs.agencies.push(Agency {
        code: AgencyCode::new(&words.next("a code")?),
        valid_from: day(words.value("from").as_deref().unwrap_or("2015-01-01"))?,
        valid_to: words.value("to").map(|raw| day(&raw)).transpose()?,
        name: name.into(),
        level: "".into(),
        parent_code: words.value("parent").map(|code| AgencyCode::new(&code)),
        successor_code: words.value("next").map(|code| AgencyCode::new(&code)),
        kind: "".into(),
    });
    Ok(())
}

fn source(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let name = words.next("a source")?;
    let kind = words.value("kind").unwrap_or_else(|| name.clone());
    let missing = words.value("missing").map(|raw| day(&raw)).transpose()?;
    case.inputs.sources.push(SourceFacts {
        name: SourceName::new(&name),
        kind: kind.into(),
        carries_money: words.value("money").as_deref() != Some("no"),
        required: true,
        state: word(
            words.value("state"),
            Completeness::Complete,
            Completeness::parse,
        )?,
        missing_days: missing.into_iter().collect(),
        missing_orders: 0,
        deadline_passed: words.value("deadline").as_deref() == Some("passed"),
        control: None,
        trouble: None,
        unrun: Vec::new(),
    });
    words.no_more("a source")
}

fn period(case: &mut Case, words: &mut Words) -> Result<(), String> {
    case.rules.periods.push(Period {
        label: "".into(),
        from: day(&words.next("a day")?)?,
        to: day(&words.next("a day")?)?,
    });
    Ok(())
}

fn target(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let definition = words.next("a definition")?.into();
    let raw = words.next("a share")?;
    let percent = raw.strip_suffix('%').and_then(|n| n.parse().ok());
    let num = percent.ok_or_else(|| format!("\"{raw}\" is not a share"))?;
    case.rules.targets.push(Target {
        definition,
        share: Fraction { num, den: 100 },
        valid_from: day(words.value("from").as_deref().unwrap_or("2022-01-01"))?,
        valid_to: words.value("to").map(|raw| day(&raw)).transpose()?,
    });
    words.no_more("a target")
}

fn fee(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let id = words.next("a fee id")?;
    let dossier_code = code(&words.next("a dossier code")?)?;
    let kind = words.next("a kind")?;
    let kind = FeeKind::parse(&kind).ok_or_else(|| format!("\"{kind}\" is no kind of fee"))?;
    let agency = words.value("agency");
    let at = |raw: Option<String>| raw.map(|raw| moment(&raw)).transpose();
    let fee_id = FeeId::new(&words.value("id").unwrap_or_else(|| id.clone()));
    let fee = Fee {
        kind,
        amount: words.amount()?,
        agency_code: agency.map_or_else(|| dossier_code.agency(), |code| AgencyCode::new(&code)),
        procedure_code: words
            .value("procedure")
            .unwrap_or_else(|| "1.001612".to_owned())
            .into(),
        declared_method: word(
            words.value("method"),
            DeclaredMethod::None,
            DeclaredMethod::parse,
        )?,
        due_at: at(words.value("due"))?,
        payer_name: words.value("payer").unwrap_or_default().into(),
        status: word(words.value("status"), FeeStatus::Paid, FeeStatus::parse)?,
        more: FeeMore {
            collection_mode: words
                .value("mode")
                .and_then(|raw| CollectionMode::parse(&raw)),
            filing_channel: words
                .value("filed")
                .and_then(|raw| FilingChannel::parse(&raw)),
            paid_at: at(words.value("paid_at"))?,
            processing_started_at: at(words.value("begun"))?,
            online_payment_flag: words.value("flag").and_then(|raw| raw.parse().ok()),
            received_at: at(words.value("received"))?,
            result_at: at(words.value("result"))?,
            field_code: words.value("field").map(Into::into),
            request_id: words.value("request").map(Into::into),
            receipt_no: words.value("receipt_no").map(Into::into),
            ..FeeMore::default()
        }
        .into(),
        dossier_code,
        fee_id,
        spot: doisoat::domain::Aside::default(),
    };
    words.no_more("a fee")?;
    name(case, &id, fee.key())?;
    case.inputs.fees.push(fee);
    Ok(())
}

fn order(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let order = PaymentOrder {
        order_id: words.next("an order id")?.into(),
        provider: words.next("a provider")?.into(),
        dossier_code: code(&words.next("a dossier code")?)?,
        amount: words.amount()?,
        fee_ids: words
            .value("fees")
            .map(|ids| ids.split(',').map(FeeId::new).collect())
            .unwrap_or_default(),
        created_at: moment("2022-12-01 08:00")?,
        status: word(
            words.value("status"),
            OrderStatus::Created,
            OrderStatus::parse,
        )?,
    };
    words.no_more("an order")?;
    case.inputs.orders.push(order);
    Ok(())
}

fn receipt(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let id = words.next("a receipt id")?;
    let collected_at = when(words)?;
    let fee = words.next("a fee id")?;
    let known = case.names.get(&fee);
    let dossier = match words.value("dossier") {
        Some(raw) => code(&raw)?,
        None => known
            .and_then(|key| key.dossier.clone())
            .ok_or_else(|| format!("no fee is called \"{fee}\""))?,
    };
    let fee_id = known.map_or_else(|| FeeId::new(&fee), |key| FeeId::new(&key.id));
    let agency = words.value("agency");
    let receipt = Receipt {
        receipt_id: id.as_str().into(),
        receipt_no: id.as_str().into(),
        agency_code: agency.map_or_else(|| dossier.agency(), |code| AgencyCode::new(&code)),
        dossier_code: dossier,
        fee_id,
        amount: words.amount()?,
        collected_at,
        cashier: words.value("cashier").unwrap_or_else(|| "C1".into()).into(),
        status: word(
            words.value("status"),
            ReceiptStatus::Valid,
            ReceiptStatus::parse,
        )?,
        spot: doisoat::domain::Aside::default(),
    };
    words.no_more("a receipt")?;
    name(case, &id, receipt.key())?;
    case.inputs.receipts.push(receipt);
    Ok(())
}

fn payment(case: &mut Case, source: &str, words: &mut Words) -> Result<(), String> {
    let id = words.next("the name of a payment")?;
    let paid_at = when(words)?;
    let kind = words.words.first().and_then(|raw| TxnKind::parse(raw));
    if kind.is_some() {
        words.next("a kind")?;
    }
    let amount_vnd = words.amount()?;
    let fee = words.value("fee").map(|raw| amount(&raw)).transpose()?;
    let fee = fee.unwrap_or(Vnd::ZERO);
    let booked = words.value("booked").map(|raw| day(&raw)).transpose()?;
    let text = |raw: Option<String>| raw.map(Into::into);
    let txn = Txn {
        status_word: None,
        source: SourceName::new(source),
        id: words.value("id").unwrap_or_else(|| id.clone()).into(),
        order_ref: text(words.value("ref")),
        memo: words.value("memo").unwrap_or_default().into(),
        amount: amount_vnd,
        net: amount_vnd.checked_sub(fee).unwrap(),
        fee,
        paid_on: paid_at.day(),
        business_date: booked.unwrap_or_else(|| paid_at.day()),
        paid_at,
        status: word(words.value("status"), TxnStatus::Success, TxnStatus::parse)?,
        kind: kind.unwrap_or(TxnKind::Payment),
        payer: words.value("payer").unwrap_or_default().into(),
        account: text(words.value("account")),
        bank_ref: text(words.value("bank_ref")),
        instrument: Instrument::Transfer,
        spot: doisoat::domain::Aside::default(),
    };
    words.no_more("a payment")?;
    name(case, &id, txn.key())?;
    case.inputs.txns.push(txn);
    Ok(())
}

/// The same id came again with another amount; the row above is the version kept.
fn conflict(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let row = words.name(&case.names)?;
    let other = words.amount()?;
    case.inputs.conflicts.push(Conflict {
        key: case.names[&row].clone(),
        kept: Vnd::ZERO,
        largest: other,
        versions: vec!["a".into(), "b".into()],
        business_date: day("2022-12-02")?,
    });
    Ok(())
}

fn reject(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let id = words.next("the name of a row")?;
    let side = words.next("a side")?;
    let reject = Reject {
        side: Side::parse(&side).ok_or_else(|| format!("\"{side}\" is no side"))?,
        source: SourceName::new(&words.next("a source")?),
        id: id.as_str().into(),
        file: "transactions_bank.csv".into(),
        line: 7,
        column: words
            .value("column")
            .map_or("amount_vnd".into(), Into::into),
        value: "1.250.00".into(),
        code: RejectCode::BadAmount,
        amount: words.value("amount").map(|raw| amount(&raw)).transpose()?,
        business_date: day("2022-12-02")?,
        spot: doisoat::domain::Aside::default(),
    };
    name(case, &id, reject.key())?;
    case.inputs.rejects.push(reject);
    Ok(())
}

/// `decide T1 pays F1 50.000 F2 8.000`, `decide B1 payout vnpay 2022-12-02 58.000`, `decide T1
/// not_fee` or `decide F1 write_off was=unpaid`; `when=60.000` is the amount on which the person
/// ruled, `was` the class; `due=60.000` and `status=unpaid` what the lines were that the person
/// gave money to.
fn decide(case: &mut Case, words: &mut Words) -> Result<(), String> {
    let row = words.name(&case.names)?;
    let key = case.names[&row].clone();
    let ruled = words.value("when").map(|raw| amount(&raw)).transpose()?;
    let was = words.value("was").unwrap_or_default();
    let due_then = words.value("due").map(|raw| amount(&raw)).transpose()?;
    let status = words.value("status").and_then(|raw| FeeStatus::parse(&raw));
    let has = |txn: &&Txn| txn.key() == key;
    let now = case.inputs.txns.iter().find(has).map(|txn| txn.amount);
    let fees = case.inputs.fees.iter();
    let due = fees.filter(|fee| fee.key() == key).map(|fee| fee.amount);
    let now = now.or_else(|| due.into_iter().next_back());
    let verb = words.next("pays, payout, not_fee, write_off or refund_requested")?;
    let ruling = if verb == "not_fee" {
        Ruling::NotFee
    } else if verb == "write_off" {
        Ruling::WriteOff
    } else if verb == "refund_requested" {
        Ruling::RefundRequested
    } else if verb == "payout" {
        let source = SourceName::new(&words.next("a source")?);
        let mut days = Vec::new();
        while !words.words.is_empty() {
            days.push((day(&words.next("a day")?)?, words.amount()?));
        }
        Ruling::Payout { source, days }
    } else {
        let mut shares = Vec::new();
        while !words.words.is_empty() {
            let fee = words.name(&case.names)?;
            let key = &case.names[&fee];
            shares.push(DecidedShare {
                dossier_code: key.dossier.clone().ok_or("only fees can be paid")?,
                fee_id: FeeId::new(&key.id),
                amount: words.amount()?,
                fee_then: due_then.map(|amount| FeeThen {
                    amount,
                    status: status.unwrap_or(FeeStatus::Paid),
                }),
            });
        }
        Ruling::Pays(shares)
    };
    case.inputs.decisions.push(Decision {
        row: key,
        ruling,
        amount_then: ruled.or(now).unwrap_or_default(),
        class_then: was.into(),
        by: "ke-toan".into(),
        reason: "the payer called".into(),
    });
    Ok(())
}
