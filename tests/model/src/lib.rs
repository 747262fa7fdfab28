//! The delivery protocol, explored: from wire to topic through every order of steps, with crashes between any two of them,
//! zombies, answers that are lost, late or untrue, and a database that goes back to an older state.
//!
//! Two machines, each of which assumes of its input what the other one proves of its output:
//!
//! - [`stage`]: a stage with a stored verdict (the loop of `shared/runtime`, the memo of `shared/store`). Whatever happens, every
//!   input comes out at least once, and every time with the same verdict.
//! - [`delivery`]: ledger, outbox and relay. Whatever happens, every version that the input calls for is in Postgres once and in
//!   the topic once, under read_committed.
//!
//! What is explored is the code itself where that is a function: [`decide`](wiredesk_store::ledger::decide), the judgement of a
//! compare-and-swap ([`judge`](wiredesk_store::ledger::offsets::judge)), the phases of a relay
//! ([`Phase`](wiredesk_relay::recover::Phase)) and its window ([`Window`](wiredesk_relay::window::Window)). Postgres and Kafka are
//! modelled by what their manuals promise: row locks, transaction numbers and snapshots; transactions, epochs, and the last stable
//! offset.
//!
//! A model that cannot fail proves nothing: each guard of the protocol can be taken out ([`delivery::Guard`], [`stage::Guard`]), and
//! each must then be missed.

pub mod delivery;
pub mod explore;
pub mod stage;
