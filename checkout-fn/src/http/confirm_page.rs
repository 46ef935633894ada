//! The page between product and payment for shoppers without JavaScript: the quote, the address form, the ways of
//! sending. It reserves nothing; its button posts to `/api/checkout`.

use catalog::quote::Quote;
use catalog::terms::Terms;

use super::answer::sentence;
use super::form::Fields;
use super::html::{Attributes, Html};
use super::{countries, pages};
use crate::error::Complaint;
use crate::request::CheckoutRequest;
use crate::shop::Shop;

/// Everything the page shows.
pub(super) struct ConfirmPage<'a> {
    pub(super) shop: &'a Shop,
    pub(super) terms: &'a Terms,
    pub(super) quote: &'a Quote,
    pub(super) request: &'a CheckoutRequest,
    /// What was typed, kept as it is.
    pub(super) fields: &'a Fields,
    /// Shown beside their fields, and summed up above.
    pub(super) complaints: &'a [Complaint],
    /// Why the page is shown again.
    pub(super) notice: Option<&'a str>,
}

/// One text field of the address form.
struct TextField {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    class: &'static str,
    required: bool,
}

const fn text(name: &'static str, label: &'static str, autocomplete: &'static str) -> TextField {
    TextField { name, label, kind: "text", autocomplete, class: "field", required: true }
}

const fn code(name: &'static str, label: &'static str) -> TextField {
    TextField { required: false, class: "field field--half", ..text(name, label, "off") }
}

const EMAIL: TextField = TextField { kind: "email", ..text("email", "E-mail", "email") };
const NAME: TextField = text("name", "Name", "name");
const LINE1: TextField = text("line1", "Street and number", "address-line1");
const LINE2: TextField = TextField { required: false, ..text("line2", "Address, second line (optional)", "address-line2") };
const POSTCODE: TextField = TextField { required: false, class: "field field--half", ..text("postcode", "Postal code", "postal-code") };
const CITY: TextField = TextField { class: "field field--half", ..text("city", "Town or city", "address-level2") };
const REGION: TextField = TextField { required: false, ..text("region", "State or province (optional)", "address-level1") };
/// Where taxes or sending go by it.
const REGION_CODE: TextField = TextField { label: "State or province (its code, such as CA)", ..REGION };
const DISCOUNT: TextField = code("discount", "Discount code (optional)");
const GIFT_CARD: TextField = code("gift_card", "Gift card (optional)");
const PHONE: TextField = TextField { required: false, kind: "tel", ..text("phone", "Phone, for the carrier (optional)", "tel") };

impl ConfirmPage<'_> {
    pub(super) fn html(&self) -> Html {
        let mut html = Html::new();
        let h = &mut html;
        h.el("h1", &[], |h| h.text("Your order"));
        if let Some(notice) = self.notice {
            h.el("p", &[("class", "notice notice--error"), ("role", "alert")], |h| h.text(&sentence(notice)));
        }
        self.error_summary(h);
        let is_said = |message: &String| self.complaints.iter().any(|complaint| complaint.message == *message);
        for notice in self.quote.notices.iter().filter(|notice| !is_said(&notice.message)) {
            h.el("p", &[("class", "notice")], |h| h.text(&sentence(&notice.message)));
        }
        pages::quote(h, self.shop, self.quote, "Left to pay");
        let action = self.shop.path("/api/checkout");
        h.el("form", &[("class", "form"), ("method", "post"), ("action", &action)], |h| self.form(h));
        html
    }

    fn error_summary(&self, h: &mut Html) {
        if self.complaints.is_empty() {
            return;
        }
        h.el("div", &[("class", "error-summary"), ("role", "alert")], |h| {
            h.el("h2", &[], |h| h.text("Please look at this again"));
            h.el("ul", &[], |h| {
                for complaint in self.complaints {
                    h.el("li", &[], |h| match complaint.field.map(own_name) {
                        Some(name) => h.el("a", &[("href", &format!("#{name}"))], |h| h.text(&sentence(&complaint.message))),
                        None => h.text(&sentence(&complaint.message)),
                    });
                }
            });
        });
    }

    fn form(&self, h: &mut Html) {
        self.carried_along(h);
        self.text_field(h, &EMAIL);
        if self.quote.needs_shipping {
            pages::hidden(h, "address", "yes");
            self.text_field(h, &NAME);
            self.text_field(h, &LINE1);
            self.text_field(h, &LINE2);
            h.el("div", &[("class", "form__row")], |h| {
                self.text_field(h, &POSTCODE);
                self.text_field(h, &CITY);
            });
            self.text_field(h, if self.quote.needs_region { &REGION_CODE } else { &REGION });
        }
        self.country(h);
        if self.quote.needs_shipping {
            self.text_field(h, &PHONE);
        } else {
            if self.quote.needs_region {
                self.text_field(h, &REGION_CODE);
            }
            if self.quote.needs_postcode {
                self.text_field(h, &POSTCODE);
            }
        }
        self.methods(h);
        h.el("div", &[("class", "form__row")], |h| {
            self.text_field(h, &DISCOUNT);
            self.text_field(h, &GIFT_CARD);
        });
        let update = self.shop.path("/api/confirm");
        let attributes: Attributes<'_> = &[
            ("class", "button button--quiet"),
            ("type", "submit"),
            ("name", "update"),
            ("value", "yes"),
            ("formaction", &update),
            ("formnovalidate", ""),
        ];
        h.el("button", attributes, |h| h.text("Update the total"));
        self.consent(h);
        h.el("button", &[("class", "button button--primary"), ("type", "submit")], |h| {
            if self.quote.due == 0 {
                h.text("Place the order");
            } else {
                h.text(&format!("Pay {}", pages::money(self.quote, self.quote.due)));
            }
        });
    }

    fn carried_along(&self, h: &mut Html) {
        let lines = serde_json::to_string(&self.request.lines).expect("lines have text keys, so they are JSON");
        pages::hidden(h, "cart", &lines);
        pages::hidden(h, "expected_total", &self.quote.due.to_string());
        // A new key on each showing, because each showing may lead to another order.
        pages::hidden(h, "idempotency_key", &crate::chance::name().to_string());
        pages::hidden(h, "currency", self.quote.currency.code());
        for name in ["language", "gateway", "replaces"] {
            if let Some(value) = self.fields.get(name) {
                pages::hidden(h, name, value);
            }
        }
    }

    fn value(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn complaint(&self, name: &str) -> Option<&Complaint> {
        self.complaints.iter().find(|complaint| complaint.field.map(own_name) == Some(name))
    }

    fn text_field(&self, h: &mut Html, field: &TextField) {
        let complaint = self.complaint(field.name);
        let described = format!("{}-error", field.name);
        h.el("div", &[("class", field.class)], |h| {
            h.el("label", &[("for", field.name)], |h| h.text(field.label));
            let mut attributes = vec![
                ("type", field.kind),
                ("id", field.name),
                ("name", field.name),
                ("value", self.value(field.name)),
                ("autocomplete", field.autocomplete),
                ("maxlength", "200"),
            ];
            if field.required {
                attributes.push(("required", ""));
            }
            if complaint.is_some() {
                attributes.extend([("aria-invalid", "true"), ("aria-describedby", described.as_str())]);
            }
            h.void("input", &attributes);
            error(h, complaint, &described);
        });
    }

    fn country(&self, h: &mut Html) {
        let complaint = self.complaint("country");
        let offered = if self.quote.needs_shipping { countries::deliverable(&self.terms.shipping) } else { countries::all() };
        let chosen = self.quote.country.as_deref().unwrap_or_default();
        h.el("div", &[("class", "field")], |h| {
            h.el("label", &[("for", "country")], |h| h.text("Country"));
            let is_open = !offered.iter().any(|(code, _)| *code == chosen);
            let mut attributes = vec![("id", "country"), ("name", "country"), ("autocomplete", "country")];
            if is_open {
                attributes.push(("required", ""));
            }
            if complaint.is_some() {
                attributes.extend([("aria-invalid", "true"), ("aria-describedby", "country-error")]);
            }
            h.el("select", &attributes, |h| {
                if is_open {
                    h.el("option", &[("value", ""), ("selected", "")], |h| h.text("Choose a country"));
                }
                for (code, name) in &offered {
                    let selected: Attributes<'_> = if *code == chosen { &[("value", code), ("selected", "")] } else { &[("value", code)] };
                    h.el("option", selected, |h| h.text(name));
                }
            });
            error(h, complaint, "country-error");
        });
    }

    fn methods(&self, h: &mut Html) {
        if self.quote.shipping_methods.is_empty() {
            return;
        }
        h.el("fieldset", &[("class", "choices")], |h| {
            h.el("legend", &[], |h| h.text("Shipping"));
            for method in &self.quote.shipping_methods {
                h.el("label", &[("class", "choice")], |h| {
                    let mut attributes = vec![("type", "radio"), ("name", "shipping"), ("value", method.code.as_str())];
                    if self.quote.shipping_method.as_deref() == Some(method.code.as_str()) {
                        attributes.push(("checked", ""));
                    }
                    h.void("input", &attributes);
                    let days = method.days.as_ref().map_or_else(String::new, |days| format!(" ({days} days)"));
                    h.el("span", &[("class", "choice__text")], |h| {
                        h.text(&format!("{}{days}", method.title));
                        if let Some(note) = &method.note {
                            h.text(" ");
                            h.el("small", &[("class", "choice__note")], |h| h.text(note));
                        }
                    });
                    let price = if method.price == 0 { "Free".to_owned() } else { pages::money(self.quote, method.price) };
                    h.el("span", &[("class", "choice__price num")], |h| h.text(&price));
                });
            }
        });
    }

    fn consent(&self, h: &mut Html) {
        let Some(terms_url) = &self.terms.terms_url else { return };
        let complaint = self.complaint("accept_terms");
        h.el("div", &[("class", "field")], |h| {
            h.el("label", &[("class", "choice")], |h| {
                let mut attributes =
                    vec![("type", "checkbox"), ("id", "accept_terms"), ("name", "accept_terms"), ("value", "yes"), ("required", "")];
                if self.fields.contains_key("accept_terms") {
                    attributes.push(("checked", ""));
                }
                if complaint.is_some() {
                    attributes.extend([("aria-invalid", "true"), ("aria-describedby", "accept_terms-error")]);
                }
                h.void("input", &attributes);
                h.el("span", &[("class", "choice__text")], |h| {
                    h.text("I accept the ");
                    h.el("a", &[("href", &pages::address(self.shop, terms_url))], |h| h.text("terms"));
                });
            });
            error(h, complaint, "accept_terms-error");
        });
    }
}

fn error(h: &mut Html, complaint: Option<&Complaint>, id: &str) {
    if let Some(complaint) = complaint {
        h.el("p", &[("class", "field__error"), ("id", id)], |h| h.text(&sentence(&complaint.message)));
    }
}

/// The form's name of a request's field.
fn own_name(field: &'static str) -> &'static str {
    match field {
        "discounts" => "discount",
        "gift_cards" => "gift_card",
        field => field.strip_prefix("ship_to.").unwrap_or(field),
    }
}
