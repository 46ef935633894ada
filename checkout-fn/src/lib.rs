//! Takes orders: quotes, reservations, payments.
//!
//! [`open`] wires everything for a program; [`order`] and [`decide`] are the pure core. The layers are those of
//! `docs/ARCHITECTURE.md`: the core knows neither store, gateway nor HTTP, and the outside world is behind [`ports`].

pub mod catalogue;
mod chance;
pub mod decide;
#[cfg(feature = "doubles")]
pub mod doubles;
mod downloads;
pub mod error;
mod files;
mod gateway;
mod handover;
mod http;
#[cfg(feature = "service")]
pub mod journal;
mod keys;
#[cfg(all(test, unix, feature = "sandbox", feature = "server", feature = "doubles"))]
mod killed;
pub mod letters;
#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "sandbox")]
pub mod merchant;
#[cfg(test)]
mod model;
pub mod order;
mod placing;
pub mod ports;
mod preparing;
mod pricing;
mod reconciling;
mod request;
#[cfg(feature = "service")]
pub mod service;
mod settling;
mod shop;
#[cfg(feature = "simulation")]
pub mod simulation;
#[cfg(feature = "smtp")]
mod smtp;
pub mod store;
#[cfg(any(test, feature = "doubles"))]
#[cfg_attr(not(test), allow(dead_code, reason = "tests and stand-ins each use a part of it"))]
mod testing;
pub mod watch;
#[cfg(feature = "doubles")]
mod watched;
mod worker;

pub use catalogue::{FolderBundle, MemoryBundle};
pub use decide::News;
pub use files::LocalFiles;
#[cfg(feature = "mail")]
pub use files::MailFolder;
#[cfg(feature = "paypal")]
pub use gateway::paypal::{PayPal, PayPalSettings};
#[cfg(feature = "stripe")]
pub use gateway::stripe::{Stripe, StripeSettings};
pub use reconciling::Reconciled;
pub use request::CheckoutRequest;
#[cfg(feature = "sandbox")]
pub use shop::open;
pub use shop::{Checkout, Mail, OpenError, Ports, STORE_FILE, Settings, SystemClock};
pub use watch::{Figure, OnFault, OnFigure, OnOrder, OrderEvent};
