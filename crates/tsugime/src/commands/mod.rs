//! The program's commands, one file each.

pub(crate) mod assess;
pub(crate) mod attack;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod bench_gate;
pub(crate) mod bench_ledger;
pub(crate) mod bench_scale;
pub(crate) mod demo;
pub(crate) mod desk;
pub(crate) mod keys;
pub(crate) mod lift;
pub(crate) mod migrate;
pub(crate) mod prove;
pub(crate) mod restore;
pub(crate) mod rules;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod smoke;
pub(crate) mod which;
