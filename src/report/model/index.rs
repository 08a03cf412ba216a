//! Pure: the rows behind the keys. Maps are only looked up, never walked.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::domain::ids::MADE;
use crate::domain::{
    Agency, AgencyCode, AgencyDirectory, Day, Decision, DossierCode, Fee, FeeStatus, Lang, Receipt,
    Reject, RowKey, Side, Txn, Vnd,
};
use crate::matching::{Evidence, Nearest};
use crate::settle::Inputs;
use crate::text;

/// Inputs by key.
#[derive(Debug)]
pub struct Index<'a> {
    /// The inputs themselves.
    pub inputs: &'a Inputs,
    /// All agencies.
    pub directory: AgencyDirectory,
    txns: FxHashMap<(&'a str, &'a str), &'a Txn>,
    receipts: FxHashMap<&'a str, &'a Receipt>,
    fees: FxHashMap<(&'a str, &'a str), &'a Fee>,
    agencies: FxHashMap<&'a str, &'a AgencyCode>,
    fields: FxHashMap<&'a str, &'a str>,
    rejects: FxHashMap<RowKey, &'a Reject>,
    decisions: FxHashMap<&'a RowKey, &'a Decision>,
    /// By dossier, made when first asked for: the place of the first line, and what all come to.
    dossiers: OnceCell<FxHashMap<Box<str>, (usize, Vnd)>>,
    /// By id alone; none where several sources have it.
    ids: FxHashMap<&'a str, Option<&'a Txn>>,
}

impl<'a> Index<'a> {
    /// Indexes the inputs.
    pub fn new(inputs: &'a Inputs) -> Self {
        let mut directory = AgencyDirectory::new(inputs.agencies.iter().cloned());
        inputs
            .fees
            .iter()
            .for_each(|fee| directory.add_code(&fee.agency_code));
        let mut ids = FxHashMap::default();
        for txn in &inputs.txns {
            let alone = ids.entry(&*txn.id).or_insert(Some(txn));
            *alone = alone.filter(|known: &&Txn| known.source == txn.source);
        }
        let txn = |t: &'a Txn| ((t.source.as_str(), &*t.id), t);
        let field = |f: &'a Fee| Some((f.dossier_code.as_str(), f.more.field_code.as_deref()?));
        let fee = |f: &'a Fee| ((f.dossier_code.as_str(), f.fee_id.as_str()), f);
        Self {
            inputs,
            directory,
            txns: inputs.txns.iter().map(txn).collect(),
            receipts: inputs
                .receipts
                .iter()
                .map(|r| (&*r.receipt_id, r))
                .collect(),
            fees: inputs.fees.iter().map(fee).collect(),
            agencies: inputs
                .fees
                .iter()
                .map(|f| (f.dossier_code.as_str(), &f.agency_code))
                .collect(),
            fields: inputs.fees.iter().filter_map(field).collect(),
            rejects: inputs.rejects.iter().map(|r| (r.key(), r)).collect(),
            decisions: inputs.decisions.iter().map(|d| (&d.row, d)).collect(),
            dossiers: OnceCell::new(),
            ids,
        }
    }

    /// The transaction behind a key.
    pub fn txn(&self, key: &RowKey) -> Option<&'a Txn> {
        let found = || self.txns.get(&(key.source.as_str(), &*key.id)).copied();
        (key.side == Side::Txn).then(found).flatten()
    }

    /// A transaction by its source and its id there.
    pub fn by_name(&self, source: &str, id: &str) -> Option<&'a Txn> {
        self.txns.get(&(source, id)).copied()
    }

    /// The transaction of an id that no other source has and no receipt.
    pub fn alone(&self, id: &str) -> Option<&'a Txn> {
        let is_receipt = self.receipts.contains_key(id);
        let txn = self.ids.get(id).copied().flatten();
        txn.filter(|_| !is_receipt)
    }

    /// What the bank knows a transaction by, and when it was; its amount where it has no number.
    /// None for a row that its own id tells.
    pub fn called(&self, lang: Lang, id: &str) -> Option<String> {
        let told = |txn: &&Txn| txn.bank_ref.is_some() || txn.id.starts_with(MADE);
        let txn = self.alone(id).filter(told)?;
        Some(text::letter::called(lang, txn))
    }

    /// A sentence that calls another row by what the bank knows it by.
    pub fn say(&self, lang: Lang, evidence: &Evidence) -> String {
        let seen = super::rejects::mask_seen(evidence);
        seen.called(|id| self.called(lang, id)).say(lang)
    }

    /// A candidate, called likewise.
    pub fn say_near(&self, lang: Lang, near: &Nearest) -> String {
        let candidate = self.called(lang, &near.candidate);
        let candidate = candidate.map_or_else(|| near.candidate.clone(), Into::into);
        let (amount, failed) = (near.amount, near.failed);
        let near = Nearest {
            candidate,
            amount,
            failed,
        };
        near.say(lang)
    }

    /// What others know a row by: a transaction by the bank's reference, else its id.
    pub fn reference(&self, key: &RowKey) -> String {
        let txn = self.txn(key);
        txn.map_or_else(|| key.id.to_string(), Txn::reference)
    }

    /// The same for people: an id that the program made up is no name.
    pub fn person_reference(&self, lang: Lang, key: &RowKey) -> String {
        let reference = self.reference(key);
        if !reference.starts_with(MADE) {
            return reference;
        }
        let txn = self.txn(key);
        txn.map_or(reference, |txn| text::letter::called(lang, txn))
    }

    /// The receipt behind a key.
    pub fn receipt(&self, key: &RowKey) -> Option<&'a Receipt> {
        (key.side == Side::Receipt)
            .then(|| self.receipts.get(&*key.id).copied())
            .flatten()
    }

    /// The fee line behind a key.
    pub fn fee(&self, key: &RowKey) -> Option<&'a Fee> {
        let dossier = key.dossier.as_ref()?;
        self.fee_line(dossier, &key.id)
    }

    /// The first line of a dossier, and what its lines that were not cancelled come to.
    pub fn dossier(&self, code: &DossierCode) -> Option<(&'a Fee, Vnd)> {
        let all = self.dossiers.get_or_init(|| {
            let mut all = FxHashMap::default();
            for (place, fee) in self.inputs.fees.iter().enumerate() {
                let key = fee.dossier_code.as_str().into();
                let (_, sum) = all.entry(key).or_insert((place, Vnd::default()));
                if fee.status != FeeStatus::Cancelled {
                    *sum = sum.checked_add(fee.amount).unwrap_or(*sum);
                }
            }
            all
        });
        let (place, sum) = all.get(code.as_str()).copied()?;
        Some((self.inputs.fees.get(place)?, sum))
    }

    /// A fee line by its identity.
    pub fn fee_line(&self, dossier: &DossierCode, fee_id: &str) -> Option<&'a Fee> {
        self.fees.get(&(dossier.as_str(), fee_id)).copied()
    }

    /// The reject behind a key.
    pub fn reject(&self, key: &RowKey) -> Option<&'a Reject> {
        self.rejects.get(key).copied()
    }

    /// What people ruled on a row.
    pub fn decision(&self, key: &RowKey) -> Option<&'a Decision> {
        self.decisions.get(key).copied()
    }

    /// The row's own amount; that of a conflict may differ from the money at risk.
    pub fn amount(&self, key: &RowKey) -> Option<Vnd> {
        match key.side {
            Side::Txn => self.txn(key).map(|t| t.amount),
            Side::Receipt => self.receipt(key).map(|r| r.amount),
            Side::Fee => self.fee(key).map(|f| f.amount),
        }
    }

    /// Every fee line.
    pub fn every_fee(&self) -> impl Iterator<Item = &'a Fee> {
        self.inputs.fees.iter()
    }

    /// The agency of a dossier: that of its fees, else the one in the code where it is known.
    pub fn agency_of(&self, dossier: &DossierCode) -> Option<AgencyCode> {
        let of_fees = self
            .agencies
            .get(dossier.as_str())
            .map(|code| (*code).clone());
        of_fees.or_else(|| Some(dossier.agency()).filter(|code| self.directory.knows(code)))
    }

    /// The field (lĩnh vực) of a dossier, where its fees tell one.
    pub fn field_of(&self, dossier: &DossierCode) -> Option<&'a str> {
        self.fields.get(dossier.as_str()).copied()
    }

    /// The name of a code over a period: of several agencies that bore it each with the day on
    /// which it ended or began, else as on the last day.
    pub fn agency_within(&self, code: &AgencyCode, period: (Day, Day), lang: Lang) -> String {
        let all = self.bodies(code, period);
        if all.is_empty() {
            return self.agency_name(code, period.1);
        }
        let said = |agency: &&Agency| {
            let name = ("name", &*agency.name);
            let ended = agency.valid_to.filter(|end| *end < period.1);
            let day = text::day(lang, ended.unwrap_or(agency.valid_from));
            let args = [name, ("day", &*day)];
            if ended.is_some() {
                text::say(lang, "agency-until", &args)
            } else {
                text::say(lang, "agency-since", &args)
            }
        };
        all.iter().map(said).collect::<Vec<_>>().join("; ")
    }

    /// Several agencies that bore a code within a period, in order of time; none where it was one.
    pub fn bodies(&self, code: &AgencyCode, period: (Day, Day)) -> Vec<&Agency> {
        let mut all = self.directory.within(code, period);
        let is_one = all.windows(2).all(|pair| pair[0].name == pair[1].name);
        if is_one {
            all.clear();
        }
        all
    }

    /// The name the agency bore on `day`, or its code.
    pub fn agency_name(&self, code: &AgencyCode, day: Day) -> String {
        self.directory
            .on(code, day)
            .map_or_else(|| code.to_string(), |a| a.name.to_string())
    }
}
