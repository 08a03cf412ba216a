//! A day whose rows come in another order.

use doisoat::domain::Inputs;

/// The same day in another order.
pub(super) fn shuffled(day: &Inputs, seed: u64) -> Inputs {
    fn shuffle<T>(list: &mut [T], seed: u64) {
        let mut state = seed | 1;
        for i in (1..list.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let j = usize::try_from((state >> 33) % (u64::try_from(i).unwrap() + 1)).unwrap();
            list.swap(i, j);
        }
    }
    let mut day = day.clone();
    shuffle(&mut day.fees, seed);
    shuffle(&mut day.txns, seed ^ 1);
    shuffle(&mut day.receipts, seed ^ 2);
    shuffle(&mut day.rejects, seed ^ 3);
    shuffle(&mut day.conflicts, seed ^ 4);
    day
}
