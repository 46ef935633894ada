//! What a program that takes real orders writes down: one JSON object a line, with the request's id and the order's number and
//! without personal data. Where a platform reads figures out of the log, they stand in it in the embedded metric format.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::decide::News;
use crate::ports::Clock;
use crate::service::Surroundings;
use crate::watch::{Figure, OrderEvent, request_id};

/// The namespace of all figures.
const NAMESPACE: &str = "Shopfront";

/// Writes lines to standard output.
#[derive(Clone)]
pub struct Journal {
    clock: Arc<dyn Clock>,
    has_figures: bool,
}

/// One figure of a line.
struct Measure {
    name: &'static str,
    unit: &'static str,
    value: f64,
    /// What it is counted by: name and value.
    by: Option<(&'static str, String)>,
}

impl Measure {
    fn count(name: &'static str) -> Self {
        Self { name, unit: "Count", value: 1.0, by: None }
    }

    fn milliseconds(name: &'static str, took: Duration) -> Self {
        Self { name, unit: "Milliseconds", value: (took.as_secs_f64() * 1e6).round() / 1e3, by: None }
    }

    fn by(self, name: &'static str, value: &str) -> Self {
        Self { by: Some((name, value.to_owned())), ..self }
    }
}

impl Journal {
    /// `has_figures`: whether the platform reads figures out of the log.
    pub fn new(clock: Arc<dyn Clock>, has_figures: bool) -> Self {
        Self { clock, has_figures }
    }

    /// Writes down whatever a checkout tells of.
    pub fn surroundings(&self) -> Surroundings {
        let (news, faults, figures) = (self.clone(), self.clone(), self.clone());
        Surroundings {
            clock: Arc::clone(&self.clock),
            on_order: Some(Arc::new(move |event| put(&news.order(&event)))),
            on_fault: Some(Arc::new(move |text| put(&faults.fault(text)))),
            on_figure: self.has_figures.then(|| Arc::new(move |figure: &Figure| put(&figures.figure(figure))) as _),
        }
    }

    /// Something that is worth a line. Empty values are left out; none may be personal.
    pub fn note(&self, message: &str, more: &[(&str, &str)]) {
        put(&self.line("info", message, more, None));
    }

    /// Something that somebody has to mend.
    pub fn complain(&self, cause: &str) {
        put(&self.fault(cause));
    }

    fn order(&self, event: &OrderEvent) -> Value {
        let news = format!("{:?}", event.news).to_lowercase();
        let due = event.due.to_string();
        let attention = event.attention.as_deref().unwrap_or_default();
        let measure = match event.news {
            News::Paid => Some(Measure::count("Orders")),
            News::Attention => Some(Measure::count("Attention")),
            News::Placed | News::Processing | News::Closed | News::Sent | News::Refunded => None,
        };
        self.line("info", "order", &[("order", &event.number), ("news", &news), ("due", &due), ("attention", attention)], measure)
    }

    fn fault(&self, text: &str) -> Value {
        self.line("error", "fault", &[("cause", text)], Some(Measure::count("Faults")))
    }

    fn figure(&self, figure: &Figure) -> Value {
        match figure {
            Figure::Refused(code) => self.line("info", "refused", &[], Some(Measure::count("Refusals").by("Code", code))),
            Figure::Gateway(gateway, took) => {
                let measure = Measure::milliseconds("GatewayLatency", *took).by("Gateway", gateway.name());
                self.line("info", "gateway", &[], Some(measure))
            }
            Figure::Store(took) => self.line("info", "store", &[], Some(Measure::milliseconds("StoreLatency", *took))),
            Figure::SweepBehind(by) => {
                let measure = Measure { name: "SweepBehind", unit: "Seconds", value: by.as_secs_f64(), by: None };
                self.line("info", "sweep", &[], Some(measure))
            }
        }
    }

    fn line(&self, level: &str, message: &str, more: &[(&str, &str)], measure: Option<Measure>) -> Value {
        let now = self.clock.now();
        let mut line = Map::new();
        line.insert("at".to_owned(), now.to_string().into());
        line.insert("level".to_owned(), level.into());
        line.insert("message".to_owned(), message.into());
        if let Some(id) = request_id() {
            line.insert("request".to_owned(), id.into());
        }
        line.extend(more.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| ((*key).to_owned(), (*value).into())));
        if let Some(measure) = measure.filter(|_| self.has_figures) {
            let dimensions: Vec<&str> = measure.by.iter().map(|(name, _)| *name).collect();
            let metric = json!({ "Name": measure.name, "Unit": measure.unit });
            let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": [metric] });
            line.insert("_aws".to_owned(), json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive] }));
            line.insert(measure.name.to_owned(), measure.value.into());
            line.extend(measure.by.map(|(name, value)| (name.to_owned(), value.into())));
        }
        Value::Object(line)
    }
}

/// Whoever reads it may have gone, which is no failure.
fn put(line: &Value) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use catalog::currency::{Currency, Gateway};
    use catalog::money::Money;
    use jiff::Timestamp;

    use super::*;
    use crate::watch::in_request;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-05-01T12:00:00Z".parse().expect("a time")
        }
    }

    fn paid() -> OrderEvent {
        let due = Money::new(4490, Currency::parse("EUR").expect("a currency"));
        OrderEvent { number: "7K3M-Q9TD".into(), news: News::Paid, due, lines: vec![(2, "Mug".into())], attention: None }
    }

    #[test]
    fn a_line_names_order_and_figure() {
        let line = Journal::new(Arc::new(Noon), true).order(&paid());
        let metrics = json!([{ "Namespace": "Shopfront", "Dimensions": [[]], "Metrics": [{ "Name": "Orders", "Unit": "Count" }] }]);
        let expected = json!({
            "at": "2026-05-01T12:00:00Z", "level": "info", "message": "order", "order": "7K3M-Q9TD", "news": "paid", "due": "€44.90",
            "_aws": { "Timestamp": 1_777_636_800_000_i64, "CloudWatchMetrics": metrics }, "Orders": 1.0,
        });
        assert_eq!(line, expected);
        assert_eq!(Journal::new(Arc::new(Noon), false).order(&paid()).get("_aws"), None);
    }

    #[test]
    fn figures_are_counted_by_what_they_are_about() {
        let journal = Journal::new(Arc::new(Noon), true);
        let refused = journal.figure(&Figure::Refused("out_of_stock"));
        assert_eq!((&refused["Refusals"], &refused["Code"]), (&json!(1.0), &json!("out_of_stock")));
        assert_eq!(refused["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Code"]]));
        let gateway = journal.figure(&Figure::Gateway(Gateway::Stripe, Duration::from_micros(123_456)));
        assert_eq!((&gateway["GatewayLatency"], &gateway["Gateway"]), (&json!(123.456), &json!("stripe")));
        assert_eq!(journal.figure(&Figure::SweepBehind(Duration::from_secs(90)))["SweepBehind"], json!(90.0));
        assert_eq!(journal.fault("the line is cut")["Faults"], json!(1.0));
    }

    #[tokio::test]
    async fn lines_of_a_request_carry_its_id() {
        let journal = Journal::new(Arc::new(Noon), true);
        let line = in_request("r-1".into(), async { journal.fault("the line is cut") }).await;
        assert_eq!(line["request"], json!("r-1"));
        assert_eq!(journal.fault("the line is cut").get("request"), None);
    }
}
