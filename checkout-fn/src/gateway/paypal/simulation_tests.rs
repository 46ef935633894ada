//! Orders are created, approved, captured and refunded while anything may fail anywhere; what counts is where the money is.

use catalog::currency::Currency;
use proptest::prelude::*;

use super::api::Api;
use super::double::{Outcome, Trouble, WEBHOOK_ID};
use super::error::Error;
use super::refund::{self, RefundSpec};
use super::signature::Verifier;
use super::testing::{Pair, spec};
use crate::ports::Clock;

/// Repeats a call until its answer is final.
async fn insist<T>(call: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..20 {
        match call().await {
            Err(Error::Unavailable(_) | Error::Unanswered(_) | Error::Unauthorised(_)) => {}
            answer => return answer,
        }
    }
    panic!("there is more trouble than there were plans for");
}

/// The id of the capture of an order, however often it has to be tried.
async fn pay(api: &Api, pair: &Pair, order: &str) -> String {
    for attempt in 0..4 {
        match insist(async || api.capture_order(&format!("capture-{attempt}"), order).await).await {
            Ok(order) => return order.capture().unwrap().id.clone(),
            Err(Error::AlreadyCaptured) => {
                let order = insist(async || api.order(order).await).await.unwrap().unwrap();
                return order.capture().unwrap().id.clone();
            }
            Err(Error::InstrumentDeclined) => assert!(pair.double.approve(order)),
            Err(other) => panic!("{other}"),
        }
    }
    panic!("declined again and again");
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop::sample::select(vec![Trouble::Fail, Trouble::FailAfter, Trouble::Hang, Trouble::Lose, Trouble::Forget])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One payment, one refund, and one genuine notice of each, whatever goes wrong.
    #[test]
    fn the_money_moves_once(troubles in prop::collection::vec((1_u32..20, trouble()), 0..10), declined in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let pair = Pair::new();
            for (nth, trouble) in troubles {
                pair.double.trouble(None, nth, trouble);
            }
            let order = insist(async || pair.create(1).await).await.unwrap().id;
            assert!(pair.double.approve(&order));
            if declined {
                pair.double.will(&order, Outcome::InstrumentDeclined);
            }
            let capture = pay(&pair.api, &pair, &order).await;
            assert_eq!(pair.double.holds(), 5990);

            let body = refund::compose(&RefundSpec {
                refund: "re-1".into(),
                order: spec(1).order,
                amount_minor: 990,
                currency: Currency::parse("EUR").unwrap(),
            });
            let body = body.unwrap();
            insist(async || pair.api.refund_capture("refund", &capture, &body).await).await.unwrap();
            assert_eq!(pair.double.holds(), 5000);

            let verifier = Verifier::new(pair.double.http(), pair.double.trust(), WEBHOOK_ID);
            let notices = pair.double.notices();
            let count = |kind: &str| notices.iter().filter(|notice| notice.kind == kind).count();
            assert_eq!((count("PAYMENT.CAPTURE.COMPLETED"), count("PAYMENT.CAPTURE.REFUNDED")), (1, 1));
            for notice in &notices {
                let verdict = async || verifier.verify(&notice.headers, &notice.body, pair.clock.now()).await;
                let mut verdicts = Vec::new();
                while verdicts.last() != Some(&Ok(())) && verdicts.len() < 20 {
                    verdicts.push(verdict().await);
                }
                assert_eq!(verdicts.last(), Some(&Ok(())));
            }
        });
    }
}
