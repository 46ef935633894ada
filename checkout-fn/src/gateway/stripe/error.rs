//! What Stripe's refusals mean for whoever asked: give up, ask again under the same key, or find out what happened.
//! Source: <https://docs.stripe.com/error-low-level> and <https://docs.stripe.com/api/idempotent_requests>.

use axum::body::Bytes;
use axum::http::Response;

use super::key::SETTING;
use crate::gateway::http::HttpError;

/// Why a call has no answer of the kind that was asked for. The texts are for the log; they may hold what the shopper wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// Another try gives the same answer.
    #[error("Stripe refuses: {0}")]
    Refused(Refusal),
    /// The key of the request was used before, for a request with other contents. Nothing was done now.
    #[error("the idempotency key belongs to another request: {0}")]
    IdempotencyMismatch(String),
    /// The same request is being worked on, or its object is. Nothing was done now; ask again under the same key.
    #[error("Stripe is busy with the same: {0}")]
    Conflict(String),
    /// Too many requests. Nothing was done; ask again under the same key.
    #[error("too many requests to Stripe: {0}")]
    RateLimited(String),
    /// Stripe fails, or cannot be reached. Ask again under the same key.
    #[error("Stripe is not available: {message}")]
    Unavailable {
        /// What it said.
        message: String,
        /// Whether this is the answer of an earlier try, kept for the key: it stays the same until the key is forgotten
        /// after a day, so look for the object instead of asking on.
        is_replayed: bool,
    },
    /// The key is wrong, expired, or may not do this.
    #[error("{0}")]
    Unauthorised(String),
    /// Nobody knows whether it was done: ask again under the same key, or look.
    #[error("no answer from Stripe: {0}")]
    Unanswered(String),
}

/// What Stripe says when it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Stable, such as `amount_too_small`; empty where there is none.
    pub(crate) code: String,
    /// In English, for developers.
    pub(crate) message: String,
    /// The field it is about.
    pub(crate) param: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        self.param.as_ref().map_or(Ok(()), |param| write!(f, " (`{param}`)"))
    }
}

impl ApiError {
    /// Whether it is a refusal with that code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == code)
    }

    /// Whether the object is not there.
    pub(crate) fn is_missing(&self) -> bool {
        self.has_code("resource_missing")
    }

    /// Whether the same request under the same key may yet be answered otherwise.
    #[cfg(test)]
    pub(crate) fn is_worth_repeating(&self) -> bool {
        match self {
            Self::Conflict(_) | Self::RateLimited(_) | Self::Unanswered(_) => true,
            Self::Unavailable { is_replayed, .. } => !is_replayed,
            Self::Refused(_) | Self::IdempotencyMismatch(_) | Self::Unauthorised(_) => false,
        }
    }

    /// What an answer that is not a success means.
    pub(super) fn of(answer: &Response<Bytes>) -> Self {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let told = serde_json::from_slice(answer.body()).map(|body: ErrorBody| body.error).unwrap_or_default();
        let status = answer.status().as_u16();
        let message = told.message.unwrap_or_else(|| format!("status {status} without a reason"));
        let message = header("request-id").map_or_else(|| message.clone(), |id| format!("{message} ({id})"));
        let code = told.code.unwrap_or_default();
        match (status, told.kind.as_deref(), code.as_str()) {
            (_, Some("idempotency_error"), _) if status != 409 => Self::IdempotencyMismatch(message),
            (401 | 403, ..) => Self::Unauthorised(format!("Stripe does not accept the key in `{SETTING}`: {message}")),
            (409, ..) | (429, _, "lock_timeout") => Self::Conflict(message),
            (429, ..) => Self::RateLimited(message),
            (408 | 424 | 425 | 500..=599, ..) => Self::Unavailable { message, is_replayed: header("idempotent-replayed") == Some("true") },
            (400..=499, ..) => Self::Refused(Refusal { status, code, message, param: told.param }),
            // Neither success nor error: somebody on the way has answered.
            _ => Self::Unanswered(message),
        }
    }
}

impl From<HttpError> for ApiError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreached(_) => Self::Unavailable { message: error.to_string(), is_replayed: false },
            HttpError::Unanswered(why) => Self::Unanswered(why),
        }
    }
}

#[derive(serde::Deserialize)]
struct ErrorBody {
    error: Told,
}

#[derive(Default, serde::Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    message: Option<String>,
    param: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: &ApiError) -> &'static str {
        match error {
            ApiError::Refused(_) => "refused",
            ApiError::IdempotencyMismatch(_) => "mismatch",
            ApiError::Conflict(_) => "conflict",
            ApiError::RateLimited(_) => "rate limited",
            ApiError::Unavailable { is_replayed: false, .. } => "unavailable",
            ApiError::Unavailable { is_replayed: true, .. } => "unavailable again",
            ApiError::Unauthorised(_) => "unauthorised",
            ApiError::Unanswered(_) => "unanswered",
        }
    }

    #[test]
    fn sorts_answers() {
        let cases = [
            (
                400,
                r#"{"error":{"type":"invalid_request_error","code":"amount_too_small","message":"Too small","param":"amount"}}"#,
                "",
                "refused",
            ),
            (400, r#"{"error":{"type":"invalid_request_error","message":"No such parameter"}}"#, "", "refused"),
            (400, r#"{"error":{"type":"idempotency_error","message":"Keys for idempotent requests"}}"#, "", "mismatch"),
            (400, "not JSON", "", "refused"),
            (401, r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}"#, "", "unauthorised"),
            (402, r#"{"error":{"type":"card_error","code":"card_declined"}}"#, "", "refused"),
            (403, r#"{"error":{"type":"invalid_request_error","message":"lacks the permission"}}"#, "", "unauthorised"),
            (404, r#"{"error":{"type":"invalid_request_error","code":"resource_missing"}}"#, "", "refused"),
            (409, r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#, "", "conflict"),
            (429, r#"{"error":{"type":"invalid_request_error","code":"lock_timeout"}}"#, "", "conflict"),
            (429, r#"{"error":{"type":"invalid_request_error","code":"rate_limit"}}"#, "", "rate limited"),
            (429, "", "", "rate limited"),
            (424, "{}", "", "unavailable"),
            (500, r#"{"error":{"type":"api_error"}}"#, "", "unavailable"),
            (500, r#"{"error":{"type":"api_error"}}"#, "true", "unavailable again"),
            (502, "<html>", "", "unavailable"),
            (503, r#"{"error":"text"}"#, "", "unavailable"),
            (302, "", "", "unanswered"),
        ];
        for (status, body, replayed, expected) in cases {
            let answer = Response::builder().status(status).header("idempotent-replayed", replayed).header("request-id", "req_1");
            let error = ApiError::of(&answer.body(Bytes::from(body)).expect("an answer"));
            assert_eq!(kind(&error), expected, "{status} {body}");
            assert!(error.to_string().contains("req_1"), "{error}");
            let again = ["conflict", "rate limited", "unavailable", "unanswered"].contains(&expected);
            assert_eq!(error.is_worth_repeating(), again, "{status} {body}");
        }
        assert_eq!(kind(&HttpError::Unreached("x".into()).into()), "unavailable");
        assert_eq!(kind(&HttpError::Unanswered("x".into()).into()), "unanswered");
    }

    #[test]
    fn says_what_is_refused_and_which_setting_is_wrong() {
        let body = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such coupon","param":"discounts[0][coupon]"}}"#;
        let error = ApiError::of(&Response::builder().status(404).body(Bytes::from(body)).expect("an answer"));
        assert!(error.is_missing());
        assert_eq!(error.to_string(), "Stripe refuses: 404 resource_missing: No such coupon (`discounts[0][coupon]`)");
        let error = ApiError::of(&Response::builder().status(401).body(Bytes::new()).expect("an answer"));
        assert!(error.to_string().contains(SETTING), "{error}");
    }
}
