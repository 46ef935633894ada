//! Payment gateways: adapters from what they say to [`crate::ports::PaymentGateway`].

#[cfg(feature = "gateway-http")]
pub(crate) mod http;
#[cfg(feature = "paypal")]
pub(crate) mod paypal;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox_page;
#[cfg(feature = "gateway-http")]
pub(crate) mod secret;
#[cfg(feature = "stripe")]
pub(crate) mod stripe;
