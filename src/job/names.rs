//! Which settled rows the night's new rows name.

use super::desk::Desk;
use super::error::JobError;
use crate::domain::{Day, Inputs};
use crate::matching::names::Names;
