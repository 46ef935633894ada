//! Takes orders: quotes, reservations, payments.
//!
//! [`open`] wires everything for a program; [`order`] and [`decide`] are the pure core. The layers are those of
//! `docs/ARCHITECTURE.md`: the core knows neither store, gateway nor HTTP, and the outside world is behind [`ports`].

pub mod catalogue;
pub mod decide;
pub mod error;
mod files;
mod gateway;
mod http;
mod keys;
pub mod merchant;
pub mod order;
mod placing;
pub mod ports;
mod request;
mod settling;
mod shop;
pub mod store;
#[cfg(all(test, feature = "sandbox"))]
mod testing;
mod worker;

pub use catalogue::{FolderBundle, MemoryBundle};
pub use request::CheckoutRequest;
#[cfg(feature = "sandbox")]
pub use shop::{Checkout, open};
pub use shop::{OnFault, OnOrder, OpenError, OrderEvent, STORE_FILE, Settings, SystemClock};
