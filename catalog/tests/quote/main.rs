//! Properties of the quote over random shops and carts. Each holds for 10,000 cases and more.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use self::reference::Numbers;
use self::shop::{Case, Kind, cases};

mod more;
mod reach;
mod reference;
mod refunds;
mod shop;
mod smallest;
mod sums;

/// `PROPTEST_CASES` may ask for more cases, not for fewer.
const LEAST_CASES: u32 = 10_000;

/// Holds a property to random inputs.
#[track_caller]
fn check<S: Strategy>(inputs: S, property: impl Fn(S::Value) -> TestCaseResult) {
    let standard = ProptestConfig::default();
    let cases = standard.cases.max(LEAST_CASES);
    let config = ProptestConfig { cases, failure_persistence: None, ..standard };
    if let Err(error) = TestRunner::new(config).run(&inputs, property) {
        panic!("{error}");
    }
}

/// Every number of the quote is the one that follows from the rules, and both refuse the same carts.
#[test]
fn agrees_with_the_reference() {
    check(cases(Kind::Any), |case: Case| {
        let numbers = case.quote().as_ref().map(Numbers::from);
        let expected = reference::quote(&case).ok().map(|(numbers, _)| numbers);
        prop_assert_eq!(numbers, expected);
        Ok(())
    });
}
