//! Pure: which payments belong to which fees. Each pass consumes both sides; a looser pass never
//! sees what a stricter one could have decided; where two answers are equally good nothing is
//! paired.

pub mod evidence;
pub mod group;
pub mod names;

pub use evidence::{Evidence, Nearest, Test};
pub use group::{Difference, Leg, MatchGroup, Role, Suggestion};
pub use names::Names;
