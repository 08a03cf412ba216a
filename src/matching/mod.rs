//! Pure: which payments belong to which fees. Each pass consumes both sides; a looser pass never
//! sees what a stricter one could have decided; where two answers are equally good nothing is
//! paired.

pub mod almost;
pub mod assign;
pub mod calibrate;
pub mod code_scan;
pub mod credits;
pub mod desk;
pub mod edit;
pub mod evidence;
pub mod group;
pub mod groups;
pub mod lane;
pub mod ledger;
pub mod left;
mod many;
pub mod money;
pub mod names;
pub mod pair;
pub mod part;
pub mod partial;
pub mod pass;
pub mod pool;
pub mod reading;
mod say;
mod squeezed;
pub mod suggest;
pub mod weight;
pub mod words;

use desk::Desk;
use lane::Lane;
use pass::PASSES;
use pool::Pool;

pub use evidence::{Evidence, Nearest, Test};
pub use group::{Difference, Leg, MatchGroup, Role, Suggestion};
pub use names::{Names, Spoken, lost_codes, payers_of, spoken};
pub use part::{Part, Why};

/// Runs every pass over the pool.
pub fn run<'p, 'a>(pool: &'p Pool<'a>, lane: Lane) -> Desk<'p, 'a> {
    let mut desk = Desk::new(pool, lane);
    for pass in PASSES {
        (pass.run)(&mut desk);
    }
    lane::leave(&mut desk);
    desk
}
