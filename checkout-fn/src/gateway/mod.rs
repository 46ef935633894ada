//! Payment gateways: adapters from what they say to [`crate::ports::PaymentGateway`].

#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox_page;
