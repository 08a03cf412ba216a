//! Which deadlines of a night have passed, and by which instant that is judged.
//!
//! A night is judged at the instant at which the schedule runs it, never later than now, so that
//! nights caught up equal nights that ran on time. A night that is run again is judged as the run
//! that stands judged it: time alone makes no new version. Of a source that brought nothing, or
//! that lacks days or orders, it is judged now: what is still due when the night is run, and what
//! is missing, is a fact of today, and nobody may wait for what is over its time.

use crate::config::SourceSettings;
use crate::domain::{Completeness, Day, SourceFacts, SourceName};
use crate::job::desk::Desk;
use crate::job::stored;
use crate::store::RunRecord;

use super::Pulled;

/// The instants by which a night's deadlines are judged.
#[derive(Clone, Debug)]
pub(super) struct Freshness {
    /// The pull, milliseconds since 1970 in UTC.
    pub(super) now_ms: i64,
    /// When the schedule runs the night, never later than the pull.
    night_ms: i64,
    /// As the run that stands judged its sources.
    standing: Vec<SourceFacts>,
}

impl Freshness {
    /// Of a night that is pulled at `now_ms`; `standing` is its run, where it has one.
    pub(super) fn of(
        desk: &Desk,
        night: Day,
        now_ms: i64,
        standing: Option<&RunRecord>,
    ) -> anyhow::Result<Self> {
        let due_ms = desk.config.nights().due_ms(night);
        let standing = standing.map(|run| stored::sources(&run.sources_json));
        Ok(Self {
            now_ms,
            night_ms: due_ms.map_or(now_ms, |due| due.min(now_ms)),
            standing: standing.transpose()?.unwrap_or_default(),
        })
    }

    /// True once the source's deadline had passed; `lacks`: something of it is known to be missing.
    pub(super) fn passed(&self, settings: &SourceSettings, night: Day, lacks: bool) -> bool {
        let deadline_ms = deadline_ms(settings, night);
        let told = self.told(&settings.name);
        let judged = told.unwrap_or(self.night_ms >= deadline_ms);
        judged || lacks && self.now_ms >= deadline_ms
    }

    fn told(&self, name: &SourceName) -> Option<bool> {
        let facts = self.standing.iter().find(|facts| facts.name == *name);
        facts.map(|facts| facts.deadline_passed)
    }
}

/// The end of the business date plus the freshness limit of the source, in milliseconds since 1970
/// in UTC.
fn deadline_ms(settings: &SourceSettings, night: Day) -> i64 {
    let cutoff = settings.cutoff.ms();
    let end = if cutoff == 0 {
        night.plus(1).start_ms()
    } else {
        night.start_ms() + cutoff
    };
    let freshness = i64::try_from(settings.freshness.as_millis()).unwrap_or(i64::MAX);
    end.saturating_add(freshness)
}

impl Pulled {
    /// Judges every deadline by the instant of this pull: something new came for a night that was
    /// published before, so that a new version is made of what is known today.
    pub(in crate::job) fn judge_anew(&mut self, desk: &Desk, night: Day) {
        for facts in &mut self.facts {
            let mut sources = desk.config.sources.iter();
            if let Some(settings) = sources.find(|settings| settings.name == facts.name) {
                facts.deadline_passed = self.at_ms >= deadline_ms(settings, night);
            }
            if facts.state == Completeness::Late && facts.deadline_passed {
                facts.state = Completeness::Missing;
            }
        }
    }
}
