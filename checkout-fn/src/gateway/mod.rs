//! Payment gateways: adapters from what they say to [`crate::ports::PaymentGateway`].

#[cfg(feature = "gateway-http")]
#[cfg_attr(not(test), expect(dead_code, reason = "the adapter to the port calls it"))]
pub(crate) mod http;
#[cfg(feature = "paypal")]
#[cfg_attr(not(test), expect(dead_code, reason = "the adapter to the port calls it"))]
pub(crate) mod paypal;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox_page;
#[cfg(feature = "gateway-http")]
pub(crate) mod secret;
#[cfg(feature = "stripe")]
#[cfg_attr(not(test), expect(dead_code, reason = "the adapter to the port calls it"))]
pub(crate) mod stripe;
