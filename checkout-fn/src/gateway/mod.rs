//! Payment gateways: adapters from what they say to [`crate::ports::PaymentGateway`].

#[cfg(feature = "paypal")]
#[cfg_attr(not(test), expect(dead_code, reason = "the client behind it is not written yet"))]
pub(crate) mod http;
#[cfg(feature = "paypal")]
#[cfg_attr(not(test), expect(dead_code, reason = "the adapter to the port is not written yet"))]
pub(crate) mod paypal;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox_page;
#[cfg(feature = "paypal")]
pub(crate) mod secret;
