//! One simulation on its way: what goes wrong on a night, and what must come of it all the same.

use doisoat::domain::Day;
use doisoat::job::nightly::Night;
use doisoat::job::pull;
use doisoat::sandbox::District;
use doisoat::sandbox::fault::{Hits, Outcome};

use super::check::{complaints, is_complete};
use super::plan::{Cut, Mishaps};
use super::street::Street;
use crate::database::Kind;
use crate::town::{FIRST, codes, day, document, files, source};

/// A town, its nights so far and what was wrong with them.
pub(crate) struct Course {
    pub(crate) street: Street,
    name: &'static str,
    /// Exports that come a day late.
    owed: Vec<Day>,
    /// Nights that nobody has run yet.
    behind: Vec<Day>,
    complaints: Vec<String>,
    pub(crate) last: Option<Night>,
}

impl Course {
    pub(crate) async fn new(name: &'static str, kind: Kind, district: District) -> Self {
        Self {
            street: Street::new(kind, district).await,
            name,
            owed: Vec::new(),
            behind: Vec::new(),
            complaints: Vec::new(),
            last: None,
        }
    }

    /// The morning after `of`: the exports are there.
    pub(crate) fn begin(&mut self, of: Day, mishaps: &Mishaps) {
        self.street.morning_after(of);
        for late in std::mem::take(&mut self.owed) {
            self.street.export(late);
        }
        if mishaps.late_export {
            self.owed.push(of);
        } else {
            self.street.export(of);
        }
        self.behind.push(of);
    }

    /// A morning with everything that goes wrong.
    pub(crate) async fn morning(&mut self, of: Day, mishaps: &Mishaps) {
        self.begin(of, mishaps);
        if mishaps.skipped {
            return;
        }
        let desk = self.street.desk(mishaps.fault).await;
        for n in 0..mishaps.pulls {
            let back = n % 3;
            if of.days_since(day(FIRST)) >= i64::from(back) {
                pull::alone(&desk, of.minus(back), None).await.unwrap();
            }
        }
        let nights = std::mem::take(&mut self.behind);
        for night in nights {
            if let (Some(Cut::AtClock(at)), true) = (mishaps.cut, night == of) {
                let own = self.street.desk(mishaps.fault).await;
                self.street.killed(own, night, at).await;
            }
            let done = self.street.night(&desk, night).await;
            self.judge(&done, mishaps).await;
            self.last = Some(done);
        }
        desk.close().await;
        self.cut_afterwards(mishaps).await;
        if let Some(ago) = mishaps.again {
            self.again(of, ago).await;
        }
    }

    /// What holds of every night, and the states of its sources.
    pub(crate) async fn judge(&mut self, night: &Night, mishaps: &Mishaps) {
        let of = night.run.business_date;
        let late_rows = mishaps.fault.filter(|(fault, _)| fault.name == "late_rows");
        let holding = late_rows.map(|(_, provider)| provider);
        let mut found = complaints(&self.street, night, holding).await;
        let run = document(night);
        for (name, provider) in [
            ("sepay-main", "sepay"),
            ("casso-main", "casso"),
            ("vnpay", "vnpay"),
        ] {
            let complete = source(&run, name)["state"] == "complete";
            let fault = mishaps.fault.filter(|(_, hit)| *hit == provider);
            // A fault of one request may have hit a run that was killed, or a pull before.
            let lasting = fault.is_some_and(|(fault, _)| fault.hits == Hits::Always);
            let must = match fault.map(|(fault, _)| fault.outcome) {
                None | Some(Outcome::Complete) => Some(true),
                Some(Outcome::Fail) if lasting && self.street.shows(provider, of) => Some(false),
                Some(_) => None,
            };
            if must.is_some_and(|must| must != complete) {
                let state = &source(&run, name)["state"];
                found.push(format!("{of}: {name} is {state} after {mishaps:?}"));
            }
        }
        let exported = self.street.has_export(of);
        if exported && source(&run, "one-stop")["state"] != "complete" {
            found.push(format!(
                "{of}: the registry has delivered and is not complete"
            ));
        }
        if codes(night)
            .iter()
            .any(|code| ![0, 3, 5, 12].contains(code))
        {
            found.push(format!("{of}: exit codes {:?}", codes(night)));
        }
        self.complaints.extend(found);
    }

    /// Kills around the commit: the next start makes the folder good.
    async fn cut_afterwards(&mut self, mishaps: &Mishaps) {
        let Some(night) = self.last.clone() else {
            return;
        };
        let of = night.run.business_date;
        let before = files(&night.folder);
        let root = self.street.town.dir().join("reports");
        match mishaps.cut {
            Some(Cut::Unrevealed) => {
                let hidden = root.join(format!(".{of}.{}.tmp", night.run.id));
                std::fs::rename(&night.folder, hidden).unwrap();
            }
            Some(Cut::Lost) => std::fs::remove_dir_all(&night.folder).unwrap(),
            Some(Cut::Leftover) => {
                let other = root.join(format!(".{of}.{of}-0123456789ab-9.tmp"));
                std::fs::create_dir(&other).unwrap();
            }
            Some(Cut::AtClock(_)) | None => return,
        }
        let desk = self.street.desk(None).await;
        let again = self.street.night(&desk, of).await;
        desk.close().await;
        // Where a source was not complete, this run may have brought more, and is another one.
        let same = !again.published && files(&again.folder) == before;
        if is_complete(&document(&night)) && mishaps.fault.is_none() && !same {
            self.complaints
                .push(format!("{of}: not made good after {mishaps:?}"));
        }
        self.last = Some(again);
    }

    /// Runs an earlier night again, when no provider has a fault.
    async fn again(&mut self, of: Day, ago: u32) {
        if of.days_since(day(FIRST)) < i64::from(ago) {
            return;
        }
        let desk = self.street.desk(None).await;
        let done = self.street.night(&desk, of.minus(ago)).await;
        self.judge(&done, &Mishaps::default()).await;
        let twice = self.street.night(&desk, of.minus(ago)).await;
        desk.close().await;
        if twice.published || twice.run.id != done.run.id {
            self.complaints
                .push(format!("{of}: the same night twice is two runs"));
        }
        if ago == 0 {
            self.last = Some(done);
        }
    }

    /// Everything that was wrong so far; and the last night must be green.
    pub(crate) fn report(mut self) -> Street {
        let last = self.last.take().unwrap();
        if codes(&last) != [0] {
            self.complaints
                .push(format!("the last night ends with {:?}", codes(&last)));
        }
        let (name, all) = (self.name, self.complaints.join("\n"));
        assert!(all.is_empty(), "{name}:\n{all}");
        self.street
    }
}
