//! One run at a time.

use super::{Store, StoreError};

/// Who asks for the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it is about to do, e.g. `run 2022-12-05`.
    pub name: String,
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// Now, RFC 3339.
    pub now_wall: String,
}

/// The right to write a night. Dropping it, or dying, gives it back.
#[derive(Debug)]
pub struct Lease {}

impl Store {
    /// Takes the lease or fails at once with [`StoreError::Held`].
    pub async fn acquire_lease(&self, _holder: &Holder) -> Result<Lease, StoreError> {
        todo!()
    }

    /// Says that the holder is alive; an error when the lease was lost.
    pub async fn heartbeat(&self, _lease: &mut Lease, _now_wall: &str) -> Result<(), StoreError> {
        todo!()
    }

    /// Gives the lease back in good order.
    pub async fn release_lease(&self, _lease: Lease) -> Result<(), StoreError> {
        todo!()
    }
}
