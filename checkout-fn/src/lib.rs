//! Takes orders: quotes, reservations, payments.
//!
//! [`open`] wires everything for a program; [`order`] and [`decide`] are the pure core. The layers are those of
//! `docs/ARCHITECTURE.md`: the core knows neither store, gateway nor HTTP, and the outside world is behind [`ports`].

pub mod catalogue;
pub mod decide;
pub mod error;
mod files;
mod gateway;
mod handover;
mod http;
mod keys;
#[cfg(feature = "sandbox")]
pub mod merchant;
#[cfg(test)]
mod model;
pub mod order;
mod placing;
pub mod ports;
mod preparing;
mod pricing;
mod request;
mod settling;
mod shop;
pub mod store;
#[cfg(all(test, feature = "sandbox"))]
mod testing;
mod worker;

pub use catalogue::{FolderBundle, MemoryBundle};
pub use decide::News;
pub use files::LocalFiles;
pub use request::CheckoutRequest;
#[cfg(feature = "sandbox")]
pub use shop::open;
pub use shop::{Checkout, OnFault, OnOrder, OpenError, OrderEvent, Ports, STORE_FILE, Settings, SystemClock};
