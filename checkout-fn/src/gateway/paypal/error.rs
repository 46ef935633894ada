//! Why PayPal did not do it: its answers and the lack of one, sorted by what is to be done then.

use axum::body::Bytes;
use axum::http::{Response, StatusCode};

use crate::gateway::http::HttpError;

/// Why a call gave nothing. Only [`Error::Unavailable`] and [`Error::Unanswered`] leave open whether it was done after
/// all; both may be sent again with the same request id, and have the same effect once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Another try gives the same answer.
    #[error("PayPal refuses: {issue}: {message}")]
    Refused {
        /// PayPal's stable name of the reason, such as `PAYEE_ACCOUNT_RESTRICTED`.
        issue: String,
        /// PayPal's words, for the log.
        message: String,
    },
    /// The shopper's bank or card does not pay. The shopper may go back to the same order and choose another one.
    #[error("the payer's instrument was declined")]
    InstrumentDeclined,
    /// The money has moved before; look at the order.
    #[error("the order is captured already")]
    AlreadyCaptured,
    /// The shopper has not approved the order, or has to do so again.
    #[error("the order is not approved")]
    NotApproved,
    /// The approval, or the order, is too old.
    #[error("the order has expired")]
    OrderExpired,
    /// Another payment or refund has the same invoice id: most likely this one, made before.
    #[error("the invoice id was used before")]
    DuplicateInvoice,
    /// A setting of the shop is wrong. The message says which.
    #[error("{0}")]
    Unauthorised(String),
    /// PayPal cannot at the moment, or was not reached. To be sent again with the same request id.
    #[error("PayPal is not available: {0}")]
    Unavailable(String),
    /// It was sent, and nobody knows what became of it. To be looked up, or sent again with the same request id.
    #[error("no answer from PayPal: {0}")]
    Unanswered(String),
}

/// What PayPal says about an error, in the shapes of its three interfaces.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Complaint {
    name: String,
    message: String,
    details: Vec<Detail>,
    error: String,
    error_description: String,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Detail {
    issue: String,
    description: String,
    field: String,
}

/// Issues with a meaning of their own. Source: the lists of issues in PayPal's description of Orders v2 and Payments v2;
/// `ORDER_EXPIRED` is in its guides only.
fn known(issue: &str) -> Option<Error> {
    Some(match issue {
        "INSTRUMENT_DECLINED" | "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING" => Error::InstrumentDeclined,
        "ORDER_ALREADY_CAPTURED" => Error::AlreadyCaptured,
        "ORDER_NOT_APPROVED" | "PAYER_ACTION_REQUIRED" => Error::NotApproved,
        "ORDER_EXPIRED" => Error::OrderExpired,
        "DUPLICATE_INVOICE_ID" => Error::DuplicateInvoice,
        "ORDER_COMPLETION_IN_PROGRESS" | "PREVIOUS_REQUEST_IN_PROGRESS" => Error::Unavailable(issue.to_owned()),
        _ => return None,
    })
}

impl Error {
    /// The meaning of an answer that is not a success.
    pub(super) fn of(answer: &Response<Bytes>) -> Self {
        let status = answer.status();
        let complaint: Complaint = serde_json::from_slice(answer.body()).unwrap_or_default();
        if let Some(error) = complaint.details.iter().find_map(|detail| known(&detail.issue)) {
            return error;
        }
        let issue = complaint.issue().unwrap_or_else(|| format!("HTTP_{}", status.as_u16()));
        let message = complaint.text();
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT => {
                Self::Unavailable(format!("{issue} {message}"))
            }
            StatusCode::UNAUTHORIZED => Self::Unauthorised(format!("PayPal does not accept the shop's access token: {issue} {message}")),
            StatusCode::FORBIDDEN => {
                Self::Unauthorised(format!("the PayPal app of `{}` may not do this: {issue} {message}", super::api::ID_SETTING))
            }
            status if status.is_client_error() => Self::Refused { issue, message },
            // A redirect is none of PayPal's answers: something stands in between.
            _ => Self::Unavailable(format!("status {} {message}", status.as_u16())),
        }
    }
}

impl Complaint {
    fn issue(&self) -> Option<String> {
        let names = self.details.iter().map(|detail| &detail.issue).chain([&self.name, &self.error]);
        names.into_iter().find(|name| !name.is_empty()).cloned()
    }

    fn text(&self) -> String {
        let details = self.details.iter().map(|detail| format!("{} {}", detail.field, detail.description));
        let texts = [self.message.clone(), self.error_description.clone()].into_iter().chain(details);
        texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreached(_) => Self::Unavailable(error.to_string()),
            HttpError::Unanswered(_) => Self::Unanswered(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, body: &str) -> Error {
        Error::of(&Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
    }

    /// The kind of an error, and its issue where it has one.
    fn kind(error: &Error) -> (&'static str, &str) {
        match error {
            Error::Refused { issue, .. } => ("refused", issue),
            Error::InstrumentDeclined => ("declined", ""),
            Error::AlreadyCaptured => ("captured", ""),
            Error::NotApproved => ("not approved", ""),
            Error::OrderExpired => ("expired", ""),
            Error::DuplicateInvoice => ("duplicate", ""),
            Error::Unauthorised(_) => ("unauthorised", ""),
            Error::Unavailable(_) => ("unavailable", ""),
            Error::Unanswered(_) => ("unanswered", ""),
        }
    }

    #[test]
    fn issues_are_sorted_by_what_is_to_be_done() {
        let cases = [
            (422, "INSTRUMENT_DECLINED", ("declined", "")),
            (422, "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", ("declined", "")),
            (422, "ORDER_ALREADY_CAPTURED", ("captured", "")),
            (422, "ORDER_NOT_APPROVED", ("not approved", "")),
            (422, "PAYER_ACTION_REQUIRED", ("not approved", "")),
            (422, "ORDER_EXPIRED", ("expired", "")),
            (422, "DUPLICATE_INVOICE_ID", ("duplicate", "")),
            (422, "PAYEE_ACCOUNT_RESTRICTED", ("refused", "PAYEE_ACCOUNT_RESTRICTED")),
            (422, "ORDER_COMPLETION_IN_PROGRESS", ("unavailable", "")),
            (400, "INVALID_PARAMETER_SYNTAX", ("refused", "INVALID_PARAMETER_SYNTAX")),
            (404, "INVALID_RESOURCE_ID", ("refused", "INVALID_RESOURCE_ID")),
            (409, "PREVIOUS_REQUEST_IN_PROGRESS", ("unavailable", "")),
            (401, "", ("unauthorised", "")),
            (403, "PERMISSION_DENIED", ("unauthorised", "")),
            (429, "RATE_LIMIT_REACHED", ("unavailable", "")),
            (302, "", ("unavailable", "")),
            (500, "", ("unavailable", "")),
            (503, "", ("unavailable", "")),
        ];
        for (status, issue, expected) in cases {
            let body = json!({"name": "SOME_NAME", "message": "No.", "details": [{"issue": issue, "description": "Because."}]});
            assert_eq!(kind(&of(status, &body.to_string())), expected, "{status} {issue}");
        }
    }

    #[test]
    fn the_first_known_issue_counts() {
        let body = json!({"details": [{"issue": "SOMETHING_ELSE"}, {"issue": "ORDER_ALREADY_CAPTURED"}]});
        assert_eq!(of(422, &body.to_string()), Error::AlreadyCaptured);
    }

    #[test]
    fn an_error_without_words_is_an_error() {
        for body in ["", "<html>", "[]", "{}"] {
            assert_eq!(of(404, body), Error::Refused { issue: "HTTP_404".into(), message: String::new() }, "{body:?}");
        }
    }

    #[test]
    fn all_words_are_kept_for_the_log() {
        let body = json!({"name": "INVALID_REQUEST", "message": "Bad.", "details": [
            {"issue": "MISSING", "field": "/purchase_units", "description": "Give it."}, {"issue": "X", "description": "Also."}]});
        let message = "Bad.; /purchase_units Give it.; Also.".to_owned();
        assert_eq!(of(400, &body.to_string()), Error::Refused { issue: "MISSING".into(), message });
    }
}
